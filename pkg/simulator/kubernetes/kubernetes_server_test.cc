// The fake API over real sockets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>

#include "common/clock.h"
#include "http/raw_client.h"
#include "simulator/kubernetes/kubernetes_api_testing.h"

namespace kubemonitor::testing {
namespace {

using ::testing::HasSubstr;

class KubernetesServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ModelOptions options;
    options.interval_ms = 1'000;
    options.nodes = 10;
    options.pods_per_node = 20;
    options.churn_per_minute = 1'200;
    auto server = KubernetesServer::Create("127.0.0.1:0", options, SystemClock());
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  RawResponse Get(const std::string& path, const std::string& fields = "") {
    const auto answer = RawClient(server_->address()).Get(path, fields);
    EXPECT_TRUE(answer.has_value());
    return answer.value_or(RawResponse{});
  }

  std::unique_ptr<KubernetesServer> server_;
};

TEST_F(KubernetesServerTest, ListsAreCompressedOnDemand) {
  const RawResponse plain = Get("/api/v1/pods");
  EXPECT_EQ(plain.status, 200);
  EXPECT_TRUE(plain.complete);
  EXPECT_GE(ParseJson(plain.body)["items"].Size(), 200U);
  const RawResponse packed = Get("/api/v1/pods", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(packed.headers.at("content-encoding"), "gzip");
  EXPECT_LT(packed.body.size(), plain.body.size() / 4);
  const auto unpacked = Gunzip(packed.body);
  ASSERT_TRUE(unpacked.has_value());
  EXPECT_GE(ParseJson(*unpacked)["items"].Size(), 200U);
}

TEST_F(KubernetesServerTest, AWatchIsOneEventALine) {
  const std::string version =
      ParseJson(Get("/api/v1/pods?limit=1").body)["metadata"]["resourceVersion"].GetString();
  RawClient client(server_->address());
  ASSERT_TRUE(
      client.Send("GET /api/v1/pods?watch=true&timeoutSeconds=2&allowWatchBookmarks=true"
                  "&resourceVersion=" +
                  version + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const auto answer = client.Receive();
  ASSERT_TRUE(answer.has_value());
  EXPECT_TRUE(answer->complete) << "ended by its time";
  EXPECT_EQ(answer->headers.at("transfer-encoding"), "chunked");
  std::istringstream lines(answer->body);
  int events = 0;
  std::string last;
  for (std::string line; std::getline(lines, line);) {
    const auto event = ParseJson(line);
    last = event["type"].GetString();
    ++events;
  }
  EXPECT_GT(events, 20) << "twenty pods a second are replaced";
  EXPECT_EQ(last, "BOOKMARK");
}

// Whoever hangs holds up nobody who takes it back.
TEST_F(KubernetesServerTest, HangsUntilToldOtherwise) {
  EXPECT_EQ(Get("/control?mode=hang").status, 200);
  auto hanging = std::async(std::launch::async, [this] { return Get("/api/v1/nodes?limit=1"); });
  EXPECT_EQ(hanging.wait_for(std::chrono::milliseconds(200)), std::future_status::timeout);
  EXPECT_THAT(Get("/control").body, HasSubstr("\"mode\":\"hang\""));
  EXPECT_EQ(Get("/control?mode=slow&millis=50").status, 200);
  EXPECT_EQ(hanging.get().status, 200);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(Get("/version").status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(50));
}

TEST_F(KubernetesServerTest, StopsWhileItHangs) {
  RawClient watch(server_->address());
  ASSERT_TRUE(watch.Send("GET /api/v1/nodes?watch=true HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_EQ(Get("/control?mode=hang").status, 200);
  RawClient client(server_->address());
  ASSERT_TRUE(client.Send("GET /api/v1/nodes HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const auto began = std::chrono::steady_clock::now();
  server_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

}  // namespace
}  // namespace kubemonitor::testing
