// Answers that are pushed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/mutex.h"
#include "http/http_server.h"
#include "http/http_server_testing.h"
#include "http/push_body.h"

namespace kubemonitor {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kWatch = "GET /watch HTTP/1.1\r\nHost: localhost\r\n\r\n";

// True once `condition` is, within a time that only a broken server needs.
bool Eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

// Hands out pushed answers at /watch, and what Serve has elsewhere.
class HttpServerPushTest : public HttpServerTest {
 protected:
  ~HttpServerPushTest() override {
    server_.reset();
    MutexLock lock(mutex_);
    EXPECT_EQ(gone_, pushers_.size()) << "every pusher learns once that its client is gone";
  }

  void StartPushing(HttpServerOptions options = {}, PushOptions push = {}) {
    push.on_gone = [this] { ++gone_; };
    Start(std::move(options), [this, push](const HttpRequest& request) {
      if (request.path != "/watch" && request.path != "/prefix") return Serve(request);
      PushedBody pushed = MakePushedBody(push);
      HttpResponse response;
      response.headers = {{"Content-Type", "text/event-stream"}};
      if (request.path == "/prefix") response.source = Lines(200);
      response.push = pushed.body;
      MutexLock lock(mutex_);
      pushers_.push_back(std::move(pushed.pusher));
      return response;
    });
  }
  size_t Count() {
    MutexLock lock(mutex_);
    return pushers_.size();
  }
  std::shared_ptr<Pusher> At(size_t index) {
    EXPECT_TRUE(Eventually([&] { return Count() > index; }));
    MutexLock lock(mutex_);
    return pushers_.at(index);
  }

  Mutex mutex_;
  std::vector<std::shared_ptr<Pusher>> pushers_ GUARDED_BY(mutex_);
  std::atomic<size_t> gone_ = 0;
};

TEST_F(HttpServerPushTest, PiecesArriveAsTheyArePushed) {
  StartPushing();
  RawClient client = Connect();
  ASSERT_TRUE(
      client.Send("GET /watch HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n"));
  const auto head = client.Receive(/*head_only=*/true);  // before anything is pushed
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->headers.at("content-type"), "text/event-stream");
  EXPECT_EQ(head->headers.at("transfer-encoding"), "chunked");
  EXPECT_THAT(head->head, Not(HasSubstr("Content-Encoding")));
  const auto pusher = At(0);
  for (const std::string piece : {"one", "two", "three"}) {
    EXPECT_TRUE(pusher->Push(piece));
    EXPECT_EQ(client.ReceiveChunk(), piece);
  }
  EXPECT_EQ(server_->counters().push_streams_open, 1u);
  EXPECT_TRUE(pusher->Push(""));
  EXPECT_TRUE(pusher->open());
  EXPECT_EQ(gone_, 0u);
  EXPECT_TRUE(pusher->Push("last"));
  pusher->Close();
  EXPECT_FALSE(pusher->Push("too late"));
  EXPECT_FALSE(pusher->open());
  EXPECT_EQ(client.ReceiveChunk(), "last");
  EXPECT_EQ(client.ReceiveChunk(), "");
  EXPECT_TRUE(client.WaitForClose());
  EXPECT_TRUE(Eventually([&] { return server_->counters().connections_open == 0; }));
  EXPECT_EQ(server_->counters().push_streams_open, 0u);
  EXPECT_EQ(gone_, 1u);
}

TEST_F(HttpServerPushTest, WhatIsKnownAtOnceComesFirst) {
  StartPushing();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send("GET /prefix HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  At(0)->Push("pushed");
  At(0)->Close();
  const auto response = client.Receive();
  ASSERT_TRUE(response);
  EXPECT_TRUE(response->complete);
  EXPECT_EQ(response->body, AllLines(200) + "pushed");
}

TEST_F(HttpServerPushTest, ClientsOfHttp10GetNoChunks) {
  StartPushing();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send("GET /watch HTTP/1.0\r\n\r\n"));
  At(0)->Push("one ");
  At(0)->Push("two");
  At(0)->Close();
  const auto response = client.Receive();
  ASSERT_TRUE(response);
  EXPECT_TRUE(response->complete);
  EXPECT_EQ(response->body, "one two");
}

TEST_F(HttpServerPushTest, HeadGetsNoStream) {
  StartPushing();
  RawClient client = Connect();
  const auto head = client.Exchange("HEAD /watch HTTP/1.1\r\nHost: localhost\r\n\r\n", true);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->headers.at("transfer-encoding"), "chunked");
  EXPECT_TRUE(client.WaitForClose());
  EXPECT_TRUE(Eventually([&] { return gone_ == 1; }));
  EXPECT_FALSE(At(0)->Push("x"));
}

TEST_F(HttpServerPushTest, ThePusherLearnsThatTheClientIsGone) {
  StartPushing();
  for (size_t i = 0; i < 4; ++i) {
    auto client = std::make_unique<RawClient>(Connect());
    ASSERT_TRUE(client->Send(kWatch));
    ASSERT_TRUE(client->Receive(/*head_only=*/true));
    // Closed, closed with unread data, half closed, never silent.
    if (i == 1) {
      EXPECT_TRUE(At(i)->Push("unread"));
    }
    if (i == 2) client->ShutdownSend();
    if (i == 3) client->Send(std::string(100'000, 'x'));
    if (i < 2) client.reset();
    EXPECT_TRUE(Eventually([&] { return gone_ == i + 1; })) << i;
    EXPECT_FALSE(At(i)->open());
    EXPECT_FALSE(At(i)->Push("x"));
  }
  EXPECT_TRUE(Eventually([&] { return server_->counters().connections_open == 0; }));
}

TEST_F(HttpServerPushTest, WaitingHasNoDeadlineAndTakesNoWorker) {
  StartPushing({.worker_threads = 1,
                .header_timeout = milliseconds(50),
                .idle_timeout = milliseconds(50),
                .write_timeout = milliseconds(50),
                .linger_timeout = milliseconds(50)});
  std::vector<RawClient> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(Connect());
    ASSERT_TRUE(clients.back().Send(kWatch));
    ASSERT_TRUE(clients.back().Receive(/*head_only=*/true));
  }
  // Until another connection has been idle for too long five times.
  for (int i = 0; i < 5; ++i) {
    RawClient idle = Connect();
    ASSERT_TRUE(idle.Get("/echo"));
    ASSERT_TRUE(idle.WaitForClose());
  }
  for (size_t i = 0; i < clients.size(); ++i) {
    EXPECT_TRUE(At(i)->Push("still here"));
    EXPECT_EQ(clients[i].ReceiveChunk(), "still here");
  }
  EXPECT_EQ(server_->counters().timed_out, 0u);
}

TEST_F(HttpServerPushTest, AClientThatDoesNotReadIsEndedWhenItsBufferIsFull) {
  StartPushing({}, {.max_pending_bytes = 256 * 1024});
  RawClient client = Connect(/*receive_buffer=*/4096);
  ASSERT_TRUE(client.Send(kWatch));
  ASSERT_TRUE(client.Receive(/*head_only=*/true));
  const std::string piece(10'000, 'x');
  const auto pusher = At(0);
  EXPECT_TRUE(Eventually([&] { return !pusher->Push(piece); }));
  EXPECT_TRUE(Eventually([&] { return gone_ == 1; }));  // long before write_timeout
  EXPECT_EQ(server_->counters().push_streams_overflowed, 1u);
  EXPECT_EQ(server_->counters().timed_out, 0u);
  EXPECT_TRUE(client.WaitForClose());
  EXPECT_EQ(Connect().Get("/echo")->status, 200);
}

TEST_F(HttpServerPushTest, APieceLargerThanTheBufferEndsTheClient) {
  StartPushing({}, {.max_pending_bytes = 100});
  RawClient client = Connect();
  ASSERT_TRUE(client.Send(kWatch));
  EXPECT_FALSE(At(0)->Push(std::string(101, 'x')));
  EXPECT_TRUE(client.WaitForClose());
  EXPECT_TRUE(Eventually([&] { return gone_ == 1; }));
  EXPECT_EQ(server_->counters().push_streams_overflowed, 1u);
}

TEST_F(HttpServerPushTest, PendingDataHasADeadline) {
  StartPushing({.write_timeout = milliseconds(100)}, {.max_pending_bytes = 64 << 20});
  RawClient client = Connect(/*receive_buffer=*/4096);
  ASSERT_TRUE(client.Send(kWatch));
  ASSERT_TRUE(client.Receive(/*head_only=*/true));
  EXPECT_TRUE(At(0)->Push(std::string(16 << 20, 'x')));
  EXPECT_TRUE(Eventually([&] { return gone_ == 1; }));
  EXPECT_EQ(server_->counters().timed_out, 1u);
  EXPECT_EQ(server_->counters().push_streams_overflowed, 0u);
}

TEST_F(HttpServerPushTest, TooManyAreRefused) {
  StartPushing({.max_push_streams = 2});
  std::vector<RawClient> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(Connect());
    ASSERT_TRUE(clients.back().Send(kWatch));
    ASSERT_TRUE(clients.back().Receive(/*head_only=*/true));
  }
  RawClient client = Connect();
  const auto refused = client.Get("/watch");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->headers.at("retry-after"), "1");
  EXPECT_EQ(refused->headers.at("content-type"), "application/problem+json");
  EXPECT_THAT(refused->body, HasSubstr("as many open streams as it can"));
  EXPECT_FALSE(At(2)->Push("x"));
  EXPECT_EQ(server_->counters().push_streams_refused, 1u);
  EXPECT_EQ(client.Get("/stream")->body, AllLines(500)) << "other answers are not concerned";
  clients.pop_back();
  ASSERT_TRUE(Eventually([&] { return server_->counters().push_streams_open == 1; }));
  ASSERT_TRUE(client.Send(kWatch));
  EXPECT_EQ(client.Receive(/*head_only=*/true)->status, 200) << "a place is free again";
}

TEST_F(HttpServerPushTest, NoStreamMakesRoomForAConnection) {
  StartPushing({.max_connections = 3, .eviction_grace = milliseconds(0)});
  RawClient first = Connect();
  ASSERT_TRUE(first.Send(kWatch));
  ASSERT_TRUE(first.Receive(/*head_only=*/true));
  RawClient second = Connect();
  ASSERT_TRUE(second.Send(kWatch));
  ASSERT_TRUE(second.Receive(/*head_only=*/true));
  RawClient idle = Connect();  // the newest, and yet the one that has to go
  ASSERT_TRUE(idle.Get("/echo"));
  RawClient third = Connect();
  ASSERT_TRUE(third.Send(kWatch));
  ASSERT_TRUE(third.Receive(/*head_only=*/true));
  EXPECT_TRUE(idle.WaitForClose());
  EXPECT_EQ(Connect().Receive()->status, 503);
  EXPECT_EQ(server_->counters().push_streams_open, 3u);
  At(0)->Push("still here");
  EXPECT_EQ(first.ReceiveChunk(), "still here");
}

TEST_F(HttpServerPushTest, StopEndsStreamsProperly) {
  StartPushing();
  std::vector<RawClient> clients;
  for (size_t i = 0; i < 10; ++i) {
    clients.push_back(Connect());
    ASSERT_TRUE(clients.back().Send(kWatch));
    ASSERT_TRUE(clients.back().Receive(/*head_only=*/true));
  }
  At(9)->Push("before the end");
  std::jthread stopper([&] { server_->Stop(seconds(20)); });
  EXPECT_EQ(clients[9].ReceiveChunk(), "before the end");
  for (RawClient& client : clients) {
    EXPECT_EQ(client.ReceiveChunk(), "");
    EXPECT_TRUE(client.WaitForClose());
  }
  clients.clear();  // nobody waits for the deadline
  stopper.join();
  EXPECT_EQ(server_->counters().push_streams_open, 0u);
  EXPECT_FALSE(At(0)->Push("x"));
}

TEST_F(HttpServerPushTest, StopCutsOffAStreamThatIsNotRead) {
  StartPushing({}, {.max_pending_bytes = 64 << 20});
  RawClient client = Connect(/*receive_buffer=*/4096);
  ASSERT_TRUE(client.Send(kWatch));
  ASSERT_TRUE(client.Receive(/*head_only=*/true));
  At(0)->Push(std::string(16 << 20, 'x'));
  const auto begin = std::chrono::steady_clock::now();
  server_->Stop(milliseconds(100));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(5));
  EXPECT_EQ(gone_, 1u);
}

TEST_F(HttpServerPushTest, PushersClientsAndStopRace) {
  StartPushing({.max_push_streams = 40}, {.max_pending_bytes = 4096});
  std::atomic<bool> end = false;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {  // as many bytes as come, with an end now and then
      const std::string piece(t == 0 ? 10 : 100, 'p');
      for (int turn = 0; !end; ++turn) {
        const size_t count = Count();
        for (size_t i = count > 40 ? count - 40 : 0; i < count; ++i) {
          const auto pusher = At(i);
          pusher->Push(piece);
          if ((turn + i) % 50 == 0) pusher->Close();
        }
      }
    });
  }
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 40; ++i) {
        RawClient client = Connect();
        client.Send(kWatch);
        if ((i + t) % 3 == 0) continue;  // gone at once
        const auto head = client.Receive(/*head_only=*/true);
        if (!head || (i + t) % 3 == 1) continue;
        for (int n = 0; n < 5 && !client.ReceiveChunk().empty(); ++n) {
        }
      }
    });
  }
  while (threads.size() > 2) threads.pop_back();
  std::vector<RawClient> last;
  for (int i = 0; i < 5; ++i) {
    last.push_back(Connect());
    last.back().Send(kWatch);
  }
  server_->Stop(milliseconds(200));
  end = true;
  threads.clear();
  EXPECT_EQ(server_->counters().push_streams_open, 0u);
  EXPECT_EQ(gone_, Count());
}

TEST_F(HttpServerPushTest, AThousandClientsGetEveryPiece) {
  constexpr size_t kClients = 1'000;
  rlimit limit = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  StartPushing({.max_connections = 1'100});
  std::vector<RawClient> clients;
  for (size_t i = 0; i < kClients; ++i) {
    clients.push_back(Connect());
    ASSERT_TRUE(clients.back().Send(kWatch));
    ASSERT_TRUE(clients.back().Receive(/*head_only=*/true)) << i;
  }
  ASSERT_EQ(Count(), kClients);
  for (int round = 0; round < 3; ++round) {
    const std::string piece = fmt::format("round {}", round);
    for (size_t i = 0; i < kClients; ++i) ASSERT_TRUE(At(i)->Push(piece));
    for (RawClient& client : clients) ASSERT_EQ(client.ReceiveChunk(), piece);
  }
  EXPECT_EQ(server_->counters().push_streams_open, kClients);
  EXPECT_EQ(Connect().Get("/echo")->status, 200);
}

}  // namespace
}  // namespace kubemonitor
