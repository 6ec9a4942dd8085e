#include "apiserver/rest/tick_stream.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "apiserver/rest/rest_testing.h"
#include "apiserver/store/store_testing.h"

namespace kubemonitor {
namespace {

using testing::FakeClock;
using testing::kIntervalMs;
using testing::kNewestTickMs;
using testing::SmallCluster;

constexpr int64_t kNewest = kNewestTickMs / 1000;

class TickStreamTest : public ::testing::Test {
 protected:
  static std::string Taken(const HttpResponse& client) {
    std::string pieces;
    EXPECT_EQ(client.push->Take(&pieces), PushBody::State::kOpen);
    return pieces;
  }
  static std::string Event(int64_t tick, int64_t oldest = kNewest - 120) {
    return fmt::format(
        "event: tick\ndata: {{\"tick\":{},\"oldestTick\":{},\"instance\":\"run-1\"}}\n\n", tick,
        oldest);
  }
  void Report(const std::string& node, int64_t tick_ms) {
    store_->Append(testing::Report(node, {}, {testing::TickAt(tick_ms, testing::Values({}))}),
                   clock_.WallMs());
  }

  FakeClock clock_;
  std::unique_ptr<SummedStore> store_ = SmallCluster();
  TickStream stream_{*store_, clock_, "run-1"};
};

TEST_F(TickStreamTest, ANewClientLearnsTheTickAtOnce) {
  const HttpResponse client = stream_.Open();
  EXPECT_EQ(client.status, 200);
  EXPECT_EQ(testing::HeaderOf(client, "Content-Type"), "text/event-stream");
  EXPECT_EQ(testing::HeaderOf(client, "Cache-Control"), "no-store");
  EXPECT_EQ(Taken(client), "retry: 2000\n\n" + Event(kNewest));
  stream_.Poll();
  EXPECT_EQ(Taken(client), "") << "nothing has happened";
}

TEST_F(TickStreamTest, TicksOfBeforeTheClockWasSetBackAreNotWaitedFor) {
  constexpr int64_t kHourMs = 3'600'000;
  const HttpResponse client = stream_.Open();
  Taken(client);
  clock_.StepWall(-kHourMs);
  stream_.Poll();
  EXPECT_EQ(Taken(client), "") << "the same tick is no news";
  store_->Expire(clock_.WallMs());
  stream_.Poll();
  EXPECT_EQ(Taken(client), "") << "nothing is known of that time";
  Report("node-a", kNewestTickMs - kHourMs);
  stream_.Poll();
  EXPECT_EQ(Taken(client), Event(kNewest - 3600, kNewest - 3600));
}

TEST_F(TickStreamTest, ATickIsAnnouncedOnceItIsComplete) {
  const HttpResponse first = stream_.Open();
  const HttpResponse second = stream_.Open();
  Taken(first);
  Taken(second);
  clock_.Advance(kIntervalMs);
  Report("node-a", kNewestTickMs + kIntervalMs);
  stream_.Poll();
  EXPECT_EQ(Taken(first), "") << "node-b has not reported";
  Report("node-b", kNewestTickMs + kIntervalMs);
  stream_.Poll();
  EXPECT_EQ(Taken(first), Event(kNewest + 10));
  EXPECT_EQ(Taken(second), Event(kNewest + 10));
  clock_.Advance(kIntervalMs);
  Report("node-a", kNewestTickMs + 2 * kIntervalMs);
  stream_.Poll();
  EXPECT_EQ(Taken(first), ":\n\n");
  clock_.Advance(6'000);  // who has not reported by now is not waited for
  stream_.Poll();
  EXPECT_EQ(Taken(first), Event(kNewest + 20));
}

TEST_F(TickStreamTest, ANodeThatAppearsTakesNothingBack) {
  const HttpResponse client = stream_.Open();
  Taken(client);
  Report("node-c", kNewestTickMs - kIntervalMs);
  stream_.Poll();
  EXPECT_EQ(Taken(client), "");
}

TEST_F(TickStreamTest, AClientBetweenTwoLooksMakesTheTickKnownToAll) {
  const HttpResponse first = stream_.Open();
  Taken(first);
  clock_.Advance(kIntervalMs);
  Report("node-a", kNewestTickMs + kIntervalMs);
  Report("node-b", kNewestTickMs + kIntervalMs);
  const HttpResponse second = stream_.Open();
  EXPECT_EQ(Taken(second), "retry: 2000\n\n" + Event(kNewest + 10));
  EXPECT_EQ(Taken(first), Event(kNewest + 10));
  stream_.Poll();
  EXPECT_EQ(Taken(first), "");
}

TEST_F(TickStreamTest, CommentsKeepTheConnectionAlive) {
  const HttpResponse client = stream_.Open();
  Taken(client);
  clock_.Advance(14'900);
  stream_.Poll();
  EXPECT_EQ(Taken(client), "");
  clock_.Advance(100);
  stream_.Poll();
  EXPECT_EQ(Taken(client), ":\n\n");
  clock_.Advance(15'000);
  stream_.Poll();
  EXPECT_EQ(Taken(client), ":\n\n");
}

TEST_F(TickStreamTest, BeforeTheFirstTickThereIsNone) {
  const std::unique_ptr<SummedStore> empty = NewSummedStore({});
  TickStream stream(*empty, clock_, "run-1");
  const HttpResponse client = stream.Open();
  EXPECT_EQ(Taken(client), "retry: 2000\n\n");
  empty->Append(
      testing::Report("node-a", {}, {testing::TickAt(kNewestTickMs, testing::Values({}))}),
      clock_.WallMs());
  stream.Poll();
  EXPECT_EQ(Taken(client), Event(kNewest, kNewest));
}

TEST_F(TickStreamTest, TheOldestTickIsWithinTheRetention) {
  const HttpResponse client = stream_.Open();
  Taken(client);
  clock_.Advance(3'600'000);
  Report("node-a", kNewestTickMs + 3'600'000);
  stream_.Poll();
  // 2 s after the tick an hour ago: that one is just not shown any more.
  EXPECT_EQ(Taken(client), Event(kNewest + 3'600, kNewest + 10) + ":\n\n");
}

TEST_F(TickStreamTest, WhoIsGoneIsForgotten) {
  HttpResponse first = stream_.Open();
  const HttpResponse second = stream_.Open();
  EXPECT_EQ(stream_.clients(), 2u);
  first.push.reset();
  stream_.Poll();
  EXPECT_EQ(stream_.clients(), 1u);
}

TEST_F(TickStreamTest, RunAnnouncesByItself) {
  std::jthread run([this](const std::stop_token& stop) { stream_.Run(stop); });
  std::atomic<int> announced = 0;
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 4; ++i) {
      clients.emplace_back([&] {
        const HttpResponse client = stream_.Open();
        std::string all;
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (all.find(Event(kNewest + 10)) == std::string::npos &&
               std::chrono::steady_clock::now() < end) {
          all += Taken(client);
          std::this_thread::yield();
        }
        if (all.find(Event(kNewest + 10)) != std::string::npos) ++announced;
      });
    }
    clock_.Advance(kIntervalMs);
    Report("node-a", kNewestTickMs + kIntervalMs);
    Report("node-b", kNewestTickMs + kIntervalMs);
  }
  EXPECT_EQ(announced, 4);
  run.request_stop();
}

}  // namespace
}  // namespace kubemonitor
