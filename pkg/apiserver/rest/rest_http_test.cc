// The REST handlers behind the real HTTP server, over loopback.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <future>
#include <thread>

#include "apiserver/rest/rest_testing.h"
#include "http/http_server.h"

namespace kubemonitor {
namespace {

using ::testing::EndsWith;
using testing::FakeClock;
using ::testing::HasSubstr;
using testing::OptionsFor;
using testing::SmallCluster;
using ::testing::StartsWith;

int PortOf(const std::string& address) {
  int port = 0;
  const size_t colon = address.rfind(':');
  std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
  return port;
}

// Sends a request and reads up to the end of the connection, or until nothing comes any more.
std::string Exchange(const std::string& address, const std::string& request) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_GE(fd, 0);
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_port = htons(static_cast<uint16_t>(PortOf(address)));
  peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{20, 0};
  EXPECT_EQ(::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
  EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&peer), sizeof(peer)), 0);
  EXPECT_EQ(::send(fd, request.data(), request.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  while (true) {
    const ssize_t count = ::recv(fd, buffer, sizeof(buffer), 0);
    if (count <= 0) break;
    answer.append(buffer, static_cast<size_t>(count));
  }
  ::close(fd);
  return answer;
}

std::string Request(const std::string& method, const std::string& target) {
  return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
}

// Makes queries wait.
class BlockedVisibility final : public Visibility {
 public:
  explicit BlockedVisibility(std::shared_future<void> released) : released_(std::move(released)) {}

  bool NodeVisible(std::string_view) const override {
    if (!asked_.test_and_set()) asked_.notify_all();
    released_.wait();
    return true;
  }
  bool NamespaceVisible(std::string_view) const override { return true; }

  void WaitUntilAsked() const { asked_.wait(false); }

 private:
  const std::shared_future<void> released_;
  mutable std::atomic_flag asked_;
};

class RestHttpTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::vector<HttpListener> listeners;
    const RestOptions options = OptionsFor(*store_, clock_);
    listeners.push_back(MakeRestListener("127.0.0.1:0", options));
    listeners.push_back(MakeHealthListener("127.0.0.1:0", options));
    auto server = HttpServer::Create({}, std::move(listeners));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  std::string Answer(const std::string& method, const std::string& target) {
    return Exchange(server_->addresses()[0], Request(method, target));
  }

  FakeClock clock_;
  std::unique_ptr<SummedStore> store_ = SmallCluster();
  std::unique_ptr<HttpServer> server_;
};

TEST_F(RestHttpTest, ListsAreSentWhole) {
  const std::string answer = Answer("GET", "/api/v1/pods?window=120");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(answer, HasSubstr("\"window\":{"));
  EXPECT_THAT(answer, HasSubstr("kube-proxy-x"));
  EXPECT_THAT(answer, HasSubstr("\"total\":4}\n"));
}

TEST_F(RestHttpTest, HeadHasNoBody) {
  const std::string answer = Answer("HEAD", "/api/v1/nodes/node-a");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(RestHttpTest, Errors) {
  EXPECT_THAT(Answer("GET", "/api/v1/pods?limit=x"), HasSubstr("application/problem+json"));
  EXPECT_THAT(Answer("GET", "/api/v1/pods?limit=x"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Answer("GET", "/nowhere"), StartsWith("HTTP/1.1 404 "));
  const std::string post = Answer("POST", "/api/v1/pods");
  EXPECT_THAT(post, StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(post, HasSubstr("Allow: "));
}

TEST_F(RestHttpTest, HealthListener) {
  const std::string& address = server_->addresses()[1];
  EXPECT_THAT(Exchange(address, Request("GET", "/readyz")), EndsWith("\r\n\r\nok"));
  EXPECT_THAT(Exchange(address, Request("GET", "/api/v1/nodes")), StartsWith("HTTP/1.1 404 "));
}

TEST_F(RestHttpTest, ProbesDoNotWaitForQueries) {
  std::promise<void> release;
  const BlockedVisibility blocked(release.get_future().share());
  RestOptions heavy = OptionsFor(*store_, clock_);
  heavy.visibility = &blocked;
  std::vector<HttpListener> listeners;
  listeners.push_back(MakeRestListener("127.0.0.1:0", heavy));
  listeners.push_back(MakeHealthListener("127.0.0.1:0", heavy));
  const auto server = HttpServer::Create({.worker_threads = 1}, std::move(listeners));
  ASSERT_TRUE(server.ok()) << server.status();
  std::string answer;
  std::jthread query(
      [&] { answer = Exchange((*server)->addresses()[0], Request("GET", "/api/v1/nodes")); });
  blocked.WaitUntilAsked();
  for (const std::string& address : (*server)->addresses()) {
    for (const char* path : {"/healthz", "/livez", "/readyz", "/livez/?verbose"}) {
      EXPECT_THAT(Exchange(address, Request("GET", path)), EndsWith("\r\n\r\nok")) << path;
    }
  }
  release.set_value();
  query.join();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace kubemonitor
