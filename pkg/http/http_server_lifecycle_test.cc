// Listening and stopping.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <latch>
#include <string>
#include <thread>

#include "http/http_server.h"
#include "http/http_server_testing.h"

namespace kubemonitor {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;

TEST(HttpServerListenTest, EveryListenerHasItsOwnHandlerAndHostRule) {
  auto health = [](const HttpRequest&) { return HttpResponse{.body = "ok"}; };
  auto server = HttpServer::Create(
      {},
      {{"127.0.0.1:0", Serve}, {"127.0.0.1:0", health, /*check_host=*/false}, {"[::1]:0", Serve}});
  if (!server.ok() && absl::IsUnavailable(server.status())) GTEST_SKIP() << server.status();
  ASSERT_TRUE(server.ok()) << server.status();
  const auto& addresses = (*server)->addresses();
  ASSERT_EQ(addresses.size(), 3u);
  EXPECT_THAT(addresses[2], HasSubstr("[::1]:"));
  EXPECT_EQ(RawClient(addresses[0]).Get("/echo")->body, "[echo]");
  EXPECT_EQ(
      RawClient(addresses[1]).Exchange("GET /x HTTP/1.1\r\nHost: 10.1.2.3:8081\r\n\r\n")->body,
      "ok");
  EXPECT_EQ(RawClient(addresses[2]).Exchange("GET /echo HTTP/1.1\r\nHost: [::1]:80\r\n\r\n")->body,
            "[echo]");
}

TEST(HttpServerListenTest, ErrorsSayWhatToDo) {
  auto first = HttpServer::Create({}, {{"127.0.0.1:0", Serve}});
  ASSERT_TRUE(first.ok());
  const std::string taken = (*first)->addresses()[0];
  const auto in_use = HttpServer::Create({}, {{taken, Serve}}).status();
  EXPECT_EQ(in_use.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(in_use.ToString(), AllOf(HasSubstr(taken), HasSubstr("another port")));
  const auto foreign = HttpServer::Create({}, {{"192.0.2.1:0", Serve}}).status();
  EXPECT_EQ(foreign.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(foreign.ToString(), HasSubstr("no such address"));
  const auto name = HttpServer::Create({}, {{"localhost:80", Serve}}).status();
  EXPECT_EQ(name.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(name.ToString(), AllOf(HasSubstr("localhost:80"), HasSubstr("127.0.0.1:8080")));
  const auto host = HttpServer::Create({.allowed_hosts = {"http://x"}}, {{"127.0.0.1:0", Serve}});
  EXPECT_THAT(host.status().ToString(), HasSubstr("http://x"));
  const auto options = HttpServer::Create({.worker_threads = 0, .max_connections = 0}, {}).status();
  EXPECT_THAT(options.ToString(), AllOf(HasSubstr("worker_threads"), HasSubstr("max_connections"),
                                        HasSubstr("no address")));
}

TEST_F(HttpServerTest, StopFinishesRunningRequestsAndClosesIdleConnections) {
  std::latch begun(1);
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  Start({}, [&](const HttpRequest& request) {
    if (request.path == "/slow") {
      begun.count_down();
      released.wait();
    }
    HttpResponse response;
    response.source = Lines(300);
    return response;
  });
  RawClient idle = Connect();
  ASSERT_TRUE(idle.Get("/"));
  RawClient incomplete = Connect();
  ASSERT_TRUE(incomplete.Send("GET /"));
  RawClient running = Connect();
  ASSERT_TRUE(running.Send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  begun.wait();
  std::jthread stopper([&] { server_->Stop(seconds(20)); });
  EXPECT_TRUE(idle.WaitForClose());
  EXPECT_TRUE(incomplete.WaitForClose());
  EXPECT_FALSE(Connect().connected());
  release.set_value();
  const auto response = running.Receive();
  ASSERT_TRUE(response);
  EXPECT_TRUE(response->complete);
  EXPECT_EQ(response->body, AllLines(300));
  EXPECT_EQ(response->headers.at("connection"), "close");
  EXPECT_TRUE(running.WaitForClose());
  stopper.join();
  server_->Stop(seconds(1));  // may be called again
  EXPECT_EQ(server_->counters().connections_open, 0u);
}

TEST_F(HttpServerTest, StopCutsOffAtItsDeadline) {
  Start();
  RawClient endless = Connect(4096);
  ASSERT_TRUE(endless.Send("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  while (server_->counters().requests == 0) std::this_thread::yield();
  const auto begin = std::chrono::steady_clock::now();
  server_->Stop(milliseconds(100));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(5));
  EXPECT_TRUE(endless.WaitForClose());
}

}  // namespace
}  // namespace kubemonitor
