// What a server lacks of the past: blocks where it reads them, ticks where not, within its credit.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "collector/publish/sender_testing.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SenderHistoryTest : public SenderTest {
 protected:
  SenderHistoryTest() { server.codec_version = kBlockVersion; }

  // An hour that ends with a full block and one tick of the next one.
  void AddHour() {
    const auto a = MakeIdentity(1, "a");
    while (log.Blocks().size() < 13 || log.Blocks().back().ticks.size() > 1) {
      AddTick(log.Blocks().size() < 3 ? std::vector{a, MakeIdentity(2, "ended")} : std::vector{a});
    }
  }
  std::set<int64_t> AllTicks() const {
    std::set<int64_t> ticks;
    for (const LoggedBlock& block : log.Blocks()) {
      ticks.insert(block.ticks.begin(), block.ticks.end());
    }
    return ticks;
  }
  // What the next request brings.
  void SendOne(FakeServer* to) {
    uint64_t wake = 0;
    const auto request = sender->Next(kInterval, &wake);
    ASSERT_TRUE(request.has_value());
    sender->OnAnswer(to->Handle(*request));
  }
};

TEST_F(SenderHistoryTest, TheNewestTickThenSealedBlocksOldestFirst) {
  AddHour();
  SendOne(&server);
  EXPECT_THAT(server.RequestTicks(), ElementsAre(Tick()));
  EXPECT_GT(server.request.history_waiting_bytes(), 0U);
  EXPECT_EQ(server.request.owed_ticks(), AllTicks().size() - 1);
  EXPECT_EQ(server.request.codec_version(), kBlockVersion);
  SendOne(&server);
  EXPECT_THAT(server.RequestTicks(), IsEmpty());
  EXPECT_THAT(server.request.blocks(), SizeIs(12));
  EXPECT_TRUE(std::is_sorted(server.block_ticks.begin(), server.block_ticks.end()));
  EXPECT_EQ(server.request.history_waiting_bytes(), 0U);
  EXPECT_EQ(server.request.owed_ticks(), 0U);
  EXPECT_THAT(Drain(&server), IsEmpty());
  EXPECT_EQ(server.ticks, AllTicks());
  EXPECT_THAT(server.objects, ElementsAre(1, 2)) << "of the pod that ended, too";
}

TEST_F(SenderHistoryTest, NoMoreThanTheCreditButOneBlock) {
  AddHour();
  server.credit_bytes = 1;
  SendOne(&server);
  server.credit_bytes = log.Blocks()[0].sealed->size() * 5 / 2;
  SendOne(&server);
  EXPECT_THAT(server.request.blocks(), SizeIs(1));
  SendOne(&server);
  EXPECT_THAT(server.request.blocks(), SizeIs(2));
}

TEST_F(SenderHistoryTest, WithoutCreditItWaitsAsLongAsItIsTold) {
  AddHour();
  server.credit_bytes = 0;
  server.retry_ms = 4'000;
  EXPECT_THAT(Drain(&server), ElementsAre(ElementsAre(Tick())));
  EXPECT_EQ(last_wake, clock.boot_usec + 4'000'000);
  clock.Advance(4'000);
  EXPECT_THAT(Drain(&server), ElementsAre(IsEmpty())) << "it asks";
  EXPECT_GT(server.request.history_waiting_bytes(), 0U);
  clock.Advance(1'000);
  AddTick();
  PassJitter();
  EXPECT_THAT(Drain(&server), ElementsAre(ElementsAre(Tick()))) << "the newest needs no credit";
  server.credit_bytes = 1 << 20;
  clock.Advance(4'000);
  Drain(&server);
  EXPECT_EQ(server.ticks, AllTicks());
}

TEST_F(SenderHistoryTest, WhatIsOwedIsSaidAlsoWhileItMayNotAsk) {
  AddHour();
  server.credit_bytes = 0;
  server.retry_ms = 30'000;
  Drain(&server);
  AddTick();
  PassJitter();
  Drain(&server);
  EXPECT_THAT(server.RequestTicks(), ElementsAre(Tick()));
  EXPECT_EQ(server.request.history_waiting_bytes(), 0U);
  EXPECT_EQ(server.request.owed_ticks(), AllTicks().size() - 2);
}

TEST_F(SenderHistoryTest, AServerThatNeverGrantsIsNotAskedInALoop) {
  AddHour();
  server.credit_bytes = 0;
  size_t requests = 0;
  for (int i = 0; i < 100; ++i) {
    requests += Drain(&server).size();
    clock.Advance(10);
  }
  EXPECT_LE(requests, 12U);
}

TEST_F(SenderHistoryTest, ABlockPartlyHeldGoesAsTicks) {
  AddHour();
  const std::vector<LoggedBlock> blocks = log.Blocks();
  server.ticks.insert(blocks[4].ticks[7]);
  SendOne(&server);
  SendOne(&server);
  EXPECT_THAT(server.request.blocks(), SizeIs(4)) << "those before it";
  SendOne(&server);
  EXPECT_THAT(server.request.blocks(), IsEmpty());
  EXPECT_THAT(server.RequestTicks(), SizeIs(29));
  Drain(&server);
  EXPECT_EQ(server.ticks, AllTicks());
}

TEST_F(SenderHistoryTest, AnOldServerGetsTicks) {
  server.codec_version = 0;
  server.credit_bytes = 0;
  AddHour();
  Drain(&server);  // fails on any block
  EXPECT_EQ(server.ticks, AllTicks());
}

TEST_F(SenderHistoryTest, BlocksThatAreRefusedGoAsTicks) {
  for (const auto reason :
       {v1::REFUSAL_REASON_VERSION, v1::REFUSAL_REASON_INVALID, v1::REFUSAL_REASON_OFF_GRID}) {
    sender = NewSender();
    FakeServer refusing("s" + std::to_string(reason));
    refusing.codec_version = kBlockVersion;
    refusing.refuse_blocks = reason;
    AddHour();
    const std::vector<std::vector<int64_t>> requests = Drain(&refusing);
    EXPECT_EQ(refusing.ticks, AllTicks()) << reason;
    EXPECT_LE(requests.size(), 30U);
  }
}

TEST_F(SenderHistoryTest, BlocksThatCannotBeReadGoAsTicks) {
  AddHour();
  SendOne(&server);
  uint64_t wake = 0;
  ASSERT_TRUE(sender->Next(kInterval, &wake).has_value());
  sender->OnAnswer(absl::InvalidArgumentError("cannot read this"));
  clock.Advance(5'000);
  Drain(&server);
  EXPECT_EQ(server.ticks, AllTicks());
  EXPECT_EQ(sender->unreadable_ticks(), 0U);
}

TEST_F(SenderHistoryTest, AnotherIntervalGetsTheTicksOfItsGrid) {
  server.interval_ms = 20'000;
  AddHour();
  Drain(&server);
  std::set<int64_t> expected = AllTicks();
  std::erase_if(expected, [](int64_t tick_ms) { return tick_ms % 20'000 != 0; });
  expected.insert(Tick());  // it went before the interval was known
  EXPECT_EQ(server.ticks, expected);
}

TEST_F(SenderHistoryTest, ARestartedServerGetsTheHourBack) {
  AddHour();
  Drain(&server);
  FakeServer restarted("s2");
  restarted.codec_version = kBlockVersion;
  AddTick({MakeIdentity(1, "a")});
  PassJitter();
  Drain(&restarted);
  clock.Advance(kInterval);
  Drain(&restarted);
  EXPECT_EQ(restarted.ticks, AllTicks());
}

TEST_F(SenderHistoryTest, ServersAreIndependent) {
  AddHour();
  Sender other(log, clock, SenderOptions{"other", "node-1", "i1", "boot", "0.1.0"});
  FakeServer slow("s2");
  slow.codec_version = kBlockVersion;
  uint64_t wake = 0;
  other.OnAnswer(slow.Handle(*other.Next(kInterval, &wake)));
  const auto half_sent = other.Next(kInterval, &wake);  // never answered
  Drain(&server);
  EXPECT_EQ(server.ticks, AllTicks());
  other.OnAnswer(absl::UnavailableError("it died"));
  EXPECT_EQ(other.remembered_ticks(), 0U);
}

TEST_F(SenderHistoryTest, WhatTheLogForgetsWhileTheServerIsAwayIsCounted) {
  AddTick();
  Drain(&server);
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 450; ++i) {
    AddTick();
    PassJitter();
    Drain(nullptr);
    clock.Advance(5'000);
  }
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(text, ::testing::HasSubstr("are lost"));
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 120) << "at a limited rate";
  const uint64_t lost = sender->lost_ticks();
  EXPECT_GE(lost, 450U - 362U);
  EXPECT_LE(lost, 450U - 358U);
  Drain(&server);
  EXPECT_EQ(sender->lost_ticks(), lost);
  EXPECT_EQ(server.request.lost_ticks(), lost) << "the server is told";
  EXPECT_GE(server.ticks.size(), 451U - lost);
  EXPECT_LT(server.ticks.size(), 451U - lost + 30) << "the oldest block came as a whole";
}

TEST_F(SenderHistoryTest, WhatTheLogForgetsWhileTheServerRefusesIsCounted) {
  server.refuse_all = v1::REFUSAL_REASON_CLOCK_SKEW;
  for (int i = 0; i < 450; ++i) {
    AddTick();
    PassJitter();
    Drain(&server);
  }
  EXPECT_GE(sender->lost_ticks(), 450U - 390U);
  EXPECT_LE(sender->lost_ticks(), 450U - 358U);
}

// 8,000 bytes a second, of which a tick takes an eighth: requests that take too long end without an
// answer.
TEST_F(SenderHistoryTest, ASlowLinkGetsTheHourInPortions) {
  constexpr size_t kBytesASecond = 8'000;
  constexpr int64_t kTimeoutMs = 15'000;
  std::vector<std::shared_ptr<const Identity>> pods;
  for (uint32_t object = 1; object <= 400; ++object) {
    pods.push_back(MakeIdentity(object, "pod"));
  }
  std::mt19937 random(1);
  while (log.Blocks().size() < 13) {
    clock.Advance(kInterval);
    Sample sample = MakeSample(clock.wall_ms / kInterval * kInterval, pods);
    for (ObjectSample& pod : sample.tick.pods) {
      for (const Series series : {Series::kMemoryCurrentBytes, Series::kMemoryAnonBytes,
                                  Series::kMemoryFileBytes, Series::kMemoryWorkingSetBytes}) {
        pod.values.Set(series, random() % (1U << 30));
      }
    }
    log.Add(std::move(sample), clock.boot_usec);
  }
  ASSERT_GT(log.Blocks()[1].sealed->size(), kBytesASecond * kTimeoutMs / 1000);
  const int64_t start_ms = clock.wall_ms;
  int64_t freshest_ms = 0;  // how old the newest tick got
  const auto whole = [&] {
    const std::set<int64_t> all = AllTicks();
    return std::includes(server.ticks.begin(), server.ticks.end(), all.begin(), all.end());
  };
  while (!whole() && clock.wall_ms < start_ms + 3'000'000) {
    uint64_t wake = 0;
    const auto request = sender->Next(kInterval, &wake);
    if (!request) {
      clock.Advance(100);
    } else if (const int64_t took = static_cast<int64_t>(request->size() * 1000 / kBytesASecond);
               took > kTimeoutMs) {
      clock.Advance(kTimeoutMs);
      sender->OnAnswer(absl::DeadlineExceededError("too slow"));
    } else {
      clock.Advance(took);
      sender->OnAnswer(server.Handle(*request));
      if (clock.wall_ms > start_ms + 300'000) {
        freshest_ms = std::max(freshest_ms, clock.wall_ms - *server.ticks.rbegin());
      }
    }
    while (clock.wall_ms >= Tick() + kInterval) {
      log.Add(MakeSample(Tick() + kInterval, {pods[0]}), clock.boot_usec);
    }
  }
  EXPECT_TRUE(whole());
  EXPECT_EQ(sender->lost_ticks(), 0U);
  EXPECT_LT(freshest_ms, 3 * int64_t{kInterval});
}

TEST_F(SenderHistoryTest, NothingIsLostOfAServerThatIsThere) {
  AddHour();
  Drain(&server);
  for (int i = 0; i < 400; ++i) {
    AddTick();
    PassJitter();
    Drain(&server);
  }
  EXPECT_EQ(sender->lost_ticks(), 0U);
}

}  // namespace
}  // namespace kubemonitor
