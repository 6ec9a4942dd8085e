// Deadlines, slow clients, and more of them than there is room for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <latch>
#include <utility>
#include <vector>

#include "http/http_server.h"
#include "http/http_server_testing.h"

namespace kubemonitor {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

TEST_F(HttpServerTest, ARequestThatStopsInTheMiddleTimesOut) {
  Start({.header_timeout = milliseconds(200)});
  RawClient stopped = Connect();
  ASSERT_TRUE(stopped.Send("GET /echo HTTP/1.1\r\nHost: loc"));
  RawClient silent = Connect();
  RawClient no_body = Connect();
  ASSERT_TRUE(no_body.Send("GET /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nab"));
  for (RawClient* client : {&stopped, &no_body}) {
    const auto response = client->Receive();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 408);
    EXPECT_EQ(response->headers.at("content-type"), "application/problem+json");
    EXPECT_TRUE(client->WaitForClose());
  }
  EXPECT_FALSE(silent.Receive());
  EXPECT_TRUE(silent.WaitForClose());
  EXPECT_EQ(server_->counters().timed_out, 2u);
}

TEST_F(HttpServerTest, ADripDoesNotProlongTheDeadline) {
  Start({.header_timeout = milliseconds(300)});
  RawClient client = Connect();
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\n"));
  while (!client.WaitForClose(milliseconds(20)) && client.Send("X: y\r\n")) {
    ASSERT_LT(std::chrono::steady_clock::now() - begin, seconds(10));
  }
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(290));
}

TEST_F(HttpServerTest, IdleConnectionsAreClosed) {
  Start({.idle_timeout = milliseconds(100)});
  RawClient client = Connect();
  ASSERT_TRUE(client.Get("/echo"));
  EXPECT_TRUE(client.WaitForClose());
  EXPECT_EQ(server_->counters().timed_out, 0u);
}

TEST_F(HttpServerTest, AReaderThatNeverReadsIsReset) {
  Start({.write_timeout = milliseconds(200)});
  RawClient client = Connect(/*receive_buffer=*/4096);
  ASSERT_TRUE(client.Send("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const auto end = std::chrono::steady_clock::now() + seconds(20);
  while (server_->counters().timed_out == 0 && std::chrono::steady_clock::now() < end) {
    EXPECT_EQ(Connect().Get("/echo")->status, 200);  // others are served meanwhile
  }
  EXPECT_EQ(server_->counters().timed_out, 1u);
  EXPECT_TRUE(client.WaitForClose());
}

TEST_F(HttpServerTest, HundredsOfSlowConnectionsDoNotHarmAHealthyOne) {
  rlimit limit = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  Start({.max_streams = 500});
  std::vector<RawClient> slow;
  for (int i = 0; i < 500; ++i) {
    slow.push_back(Connect(4096));
    ASSERT_TRUE(slow.back().connected()) << i;
    if (i % 4 == 1) slow.back().Send("GET /ec");
    if (i % 4 == 2) slow.back().Send("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n");
    if (i % 4 == 3) {
      ASSERT_TRUE(slow.back().Get("/echo"));
    }
  }
  RawClient healthy = Connect();
  for (int i = 0; i < 100; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const auto response = healthy.Get("/echo");
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(2));
  }
  EXPECT_EQ(server_->counters().connections_open, 501u);
  EXPECT_EQ(server_->counters().connections_refused, 0u);
}

TEST_F(HttpServerTest, AFullServerMakesRoomAtTheExpenseOfTheIdle) {
  Start({.max_connections = 4, .eviction_grace = seconds(100)});
  std::vector<RawClient> idle;
  for (int i = 0; i < 4; ++i) {
    idle.push_back(Connect());
    ASSERT_TRUE(idle.back().Get("/echo"));
  }
  RawClient fifth = Connect();
  EXPECT_EQ(fifth.Get("/echo")->status, 200);
  EXPECT_TRUE(idle[0].WaitForClose());  // the one idle for longest
  EXPECT_EQ(idle[3].Get("/echo")->status, 200);
  EXPECT_EQ(server_->counters().connections_evicted, 1u);
}

TEST_F(HttpServerTest, AFullServerMakesRoomAtTheExpenseOfTheSlow) {
  Start({.max_connections = 4, .eviction_grace = milliseconds(0)});
  std::vector<RawClient> slow;
  for (int i = 0; i < 4; ++i) {
    slow.push_back(Connect());
    ASSERT_TRUE(slow.back().Send("GET /"));
  }
  EXPECT_EQ(Connect().Get("/echo")->status, 200);
  EXPECT_EQ(server_->counters().connections_evicted, 1u);
}

TEST_F(HttpServerTest, AServerFullOfWorkRefuses) {
  std::latch begun(2);
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  Start({.max_connections = 2}, [&](const HttpRequest&) {
    begun.count_down();
    released.wait();
    return HttpResponse{};
  });
  RawClient first = Connect();
  RawClient second = Connect();
  const std::string request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  ASSERT_TRUE(first.Send(request) && second.Send(request));
  begun.wait();
  RawClient third = Connect();
  third.Send(request);
  const auto refused = third.Receive();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->headers.at("retry-after"), "1");
  EXPECT_EQ(refused->headers.at("content-type"), "application/problem+json");
  EXPECT_EQ(server_->counters().connections_refused, 1u);
  release.set_value();
  EXPECT_EQ(first.Receive()->status, 200);
  EXPECT_EQ(second.Receive()->status, 200);
}

TEST_F(HttpServerTest, TooManyLongAnswersAreRefused) {
  Start({.max_streams = 2, .stream_grace = seconds(100)});
  std::vector<RawClient> slow;
  for (int i = 0; i < 2; ++i) {
    slow.push_back(Connect(/*receive_buffer=*/4096));
    ASSERT_TRUE(slow.back().Send("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    ASSERT_TRUE(slow.back().Receive(/*head_only=*/true));
  }
  RawClient client = Connect();
  const auto refused = client.Get("/endless");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->headers.at("retry-after"), "1");
  EXPECT_EQ(refused->headers.at("content-type"), "application/problem+json");
  EXPECT_THAT(refused->body, HasSubstr("as many long answers as it can"));
  EXPECT_EQ(server_->counters().streams_refused, 1u);
  EXPECT_EQ(client.Get("/short-stream")->body, AllLines(1));
  EXPECT_EQ(client.Get("/long")->body, AllLines(200));
  slow.pop_back();
  const auto end = std::chrono::steady_clock::now() + seconds(20);
  while (client.Get("/stream")->status == 503) ASSERT_LT(std::chrono::steady_clock::now(), end);
  EXPECT_EQ(client.Get("/stream")->body, AllLines(500)) << "its place is free again";
}

TEST_F(HttpServerTest, ALongAnswerMakesRoomAtTheExpenseOfTheSlow) {
  Start({.max_streams = 1, .stream_grace = milliseconds(0)});
  RawClient slow = Connect(/*receive_buffer=*/4096);
  ASSERT_TRUE(slow.Send("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  ASSERT_TRUE(slow.Receive(/*head_only=*/true));
  RawClient client = Connect();
  const auto end = std::chrono::steady_clock::now() + seconds(20);
  // Until the slow one's buffers are full the server does not wait for it.
  while (client.Get("/stream")->status == 503) ASSERT_LT(std::chrono::steady_clock::now(), end);
  EXPECT_TRUE(slow.WaitForClose());
  EXPECT_EQ(server_->counters().connections_evicted, 1u);
}

TEST_F(HttpServerTest, UrgentRequestsDoNotWaitForOthers) {
  std::latch begun(1);
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  HttpListener listener;
  listener.address = "127.0.0.1:0";
  listener.urgent = [](const HttpRequest& request) { return request.path == "/urgent"; };
  listener.handler = [&](const HttpRequest& request) {
    if (request.path == "/urgent") return HttpResponse{.body = "ok"};
    begun.count_down();
    released.wait();
    return HttpResponse{.body = "late"};
  };
  Start({.worker_threads = 1}, std::move(listener));
  RawClient heavy = Connect();
  ASSERT_TRUE(heavy.Send("GET /heavy HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  begun.wait();
  const auto answer = Connect().Get("/urgent");
  release.set_value();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "ok");
  EXPECT_EQ(heavy.Receive()->body, "late");
}

}  // namespace
}  // namespace kubemonitor
