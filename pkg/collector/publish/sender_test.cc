#include "collector/publish/sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector/publish/publish_testing.h"
#include "collector/publish/sender_testing.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(SenderTest, BeforeTheFirstTickItLearnsTheInterval) {
  EXPECT_THAT(Drain(&server), ElementsAre(IsEmpty()));
  EXPECT_EQ(last_wake, UINT64_MAX);
  EXPECT_EQ(sender->server_interval_ms(), 10'000U);
}

TEST_F(SenderTest, FirstContactSendsTheNewestFirstThenTheRest) {
  for (int i = 0; i < 4; ++i) AddTick();
  EXPECT_THAT(Drain(&server),
              ElementsAre(ElementsAre(Tick()), ElementsAre(Tick(3), Tick(2), Tick(1))));
  EXPECT_EQ(server.request.node_name(), "node-1");
  EXPECT_EQ(server.request.protocol_version(), 1U);
  EXPECT_EQ(server.request.instance_id(), "i1");
  EXPECT_EQ(server.request.sent_at_ms(), clock.wall_ms);
  EXPECT_EQ(sender->server_interval_ms(), 10'000U);
}

TEST_F(SenderTest, DetailsTravelWithTheNewestTickOnly) {
  AddTick();
  AddTick();
  uint64_t wake = 0;
  sender->OnAnswer(server.Handle(*sender->Next(kInterval, &wake)));
  EXPECT_TRUE(server.request.ticks(0).has_node_details());
  EXPECT_EQ(server.request.ticks(0).tick_ms(), Tick()) << "one message out of two pieces";
  sender->OnAnswer(server.Handle(*sender->Next(kInterval, &wake)));
  EXPECT_FALSE(server.request.ticks(0).has_node_details());
}

TEST_F(SenderTest, LiveTicksWaitForTheNodesJitter) {
  AddTick();
  Drain(&server);
  AddTick();
  EXPECT_THAT(Drain(&server), IsEmpty());
  EXPECT_GT(last_wake, clock.boot_usec);
  EXPECT_LE(last_wake, clock.boot_usec + 2'000'000) << "min(2 s, interval / 5)";
  clock.Advance(static_cast<int64_t>(last_wake - clock.boot_usec) / 1000 + 1);
  EXPECT_THAT(Drain(&server), ElementsAre(ElementsAre(Tick())));
}

TEST_F(SenderTest, JitterIsAFifthOfAShortInterval) {
  AddTick();
  Drain(&server);
  AddTick();
  uint64_t wake = 0;
  EXPECT_FALSE(sender->Next(1'000, &wake).has_value());
  EXPECT_LE(wake, clock.boot_usec + 200'000);
}

TEST_F(SenderTest, IdentitiesOnceAndOnChange) {
  const auto a = MakeIdentity(1, "a");
  AddTick({a});
  Drain(&server);
  EXPECT_EQ(server.identities_received, 1U);
  AddTick({a});
  PassJitter();
  Drain(&server);
  EXPECT_EQ(server.identities_received, 1U);
  AddTick({MakeIdentity(1, "better known"), MakeIdentity(2, "new")});
  PassJitter();
  Drain(&server);
  EXPECT_EQ(server.identities_received, 3U);
  EXPECT_EQ(server.ticks.size(), 3U);
}

TEST_F(SenderTest, ServerRestartIsToldEverythingNewestFirst) {
  const auto a = MakeIdentity(1, "a");
  for (int i = 0; i < 5; ++i) AddTick({a});
  Drain(&server);
  ASSERT_EQ(server.ticks.size(), 5U);
  FakeServer restarted("s2");
  AddTick({a});
  PassJitter();
  const auto requests = Drain(&restarted);
  ASSERT_GE(requests.size(), 2U);
  EXPECT_THAT(requests[0], ElementsAre(Tick())) << "it learns that the server is another one";
  EXPECT_THAT(requests[1], ElementsAre(Tick())) << "again, with identities";
  clock.Advance(kInterval);
  Drain(&restarted);
  EXPECT_EQ(restarted.ticks,
            (std::set<int64_t>{Tick(5), Tick(4), Tick(3), Tick(2), Tick(1), Tick()}));
}

TEST_F(SenderTest, ServerAwayThenBack) {
  const auto a = MakeIdentity(1, "a");
  AddTick({a});
  Drain(&server);
  for (int i = 0; i < 30; ++i) {
    AddTick({a});
    PassJitter();
    EXPECT_LE(Drain(nullptr).size(), 1U) << "one attempt, then a pause";
    EXPECT_GT(last_wake, clock.boot_usec);
    EXPECT_LE(last_wake, clock.boot_usec + 5'000'000) << "half an interval at most";
  }
  clock.Advance(5'000);
  const auto requests = Drain(&server);
  ASSERT_FALSE(requests.empty());
  EXPECT_THAT(requests[0], ElementsAre(Tick())) << "the newest at once, without jitter";
  EXPECT_EQ(server.ticks.size(), 31U) << "and the gap is filled";
  EXPECT_EQ(server.identities_received, 1U) << "the server is the same";
}

TEST_F(SenderTest, BackOffGrowsWithJitterAndIsCapped) {
  AddTick();
  uint64_t longest = 0;
  for (int i = 0; i < 12; ++i) {
    ASSERT_EQ(Drain(nullptr).size(), 1U);
    const uint64_t pause = last_wake - clock.boot_usec;
    if (i == 0) {
      EXPECT_LE(pause, 500'000U);
    }
    longest = std::max(longest, pause);
    clock.Advance(static_cast<int64_t>(pause / 1000) + 1);
  }
  EXPECT_LE(longest, 5'000'000U);
  EXPECT_GE(longest, 2'500'000U);
}

TEST_F(SenderTest, BackOffCapOfALongInterval) {
  AddTick();
  uint64_t wake = 0;
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(sender->Next(60'000, &wake).has_value());
    sender->OnAnswer(absl::UnavailableError("away"));
    EXPECT_FALSE(sender->Next(60'000, &wake).has_value());
    EXPECT_LE(wake - clock.boot_usec, 30'000'000U);
    clock.Advance(30'001);
  }
}

TEST_F(SenderTest, LostAnswerIsRepeatedAndCostsNothing) {
  AddTick({MakeIdentity(1, "a")});
  uint64_t wake = 0;
  server.Handle(*sender->Next(kInterval, &wake));
  sender->OnAnswer(absl::DeadlineExceededError("the answer was lost"));
  clock.Advance(1'000);
  EXPECT_THAT(Drain(&server), ElementsAre(ElementsAre(Tick())));
  EXPECT_EQ(server.ticks.size(), 1U);
}

TEST_F(SenderTest, CollectorRestartBeginsAnew) {
  AddTick({MakeIdentity(1, "a")});
  Drain(&server);
  sender = NewSender("i2");
  EXPECT_THAT(Drain(&server), ElementsAre(ElementsAre(Tick())));
  EXPECT_EQ(server.request.instance_id(), "i2");
  EXPECT_EQ(server.identities_received, 2U);
}

TEST_F(SenderTest, WantedIdentitiesAreSentAgain) {
  const auto a = MakeIdentity(1, "a");
  AddTick({a});
  Drain(&server);
  server.objects.clear();  // the server forgot
  AddTick({a});
  PassJitter();
  EXPECT_THAT(Drain(&server), ElementsAre(ElementsAre(Tick()), ElementsAre(Tick())));
  EXPECT_EQ(server.ticks.size(), 2U);
}

TEST_F(SenderTest, RefusedTicksAreGivenUp) {
  for (int i = 0; i < 4; ++i) AddTick();
  server.refused_ticks = {Tick(1)};
  Drain(&server);
  clock.Advance(3'600'000);
  EXPECT_THAT(Drain(&server), IsEmpty());
  EXPECT_EQ(server.ticks.size(), 3U);
}

TEST_F(SenderTest, WholeRefusalsAreRepeatedSlowly) {
  for (const auto reason : {v1::REFUSAL_REASON_CLOCK_SKEW, v1::REFUSAL_REASON_SUPERSEDED,
                            v1::REFUSAL_REASON_CAPACITY, v1::REFUSAL_REASON_VERSION}) {
    sender = NewSender();
    FakeServer refusing("s9");
    refusing.refuse_all = reason;
    AddTick();
    EXPECT_EQ(Drain(&refusing).size(), 1U);
    EXPECT_EQ(last_wake, clock.boot_usec + 30'000'000);
    refusing.refuse_all = v1::REFUSAL_REASON_UNSPECIFIED;
    clock.Advance(30'000);
    Drain(&refusing);
    EXPECT_TRUE(refusing.ticks.contains(Tick())) << "nothing was given up";
  }
}

TEST_F(SenderTest, AServerThatNeverHoldsATickIsNotAskedForEver) {
  AddTick();
  size_t requests = 0;
  for (int i = 0; i < 100; ++i) {
    uint64_t wake = 0;
    if (const auto request = sender->Next(kInterval, &wake)) {
      ++requests;
      v1::MetricsResponse empty;
      empty.set_server_instance("s1");
      sender->OnAnswer(empty.SerializeAsString());
    }
    clock.Advance(5'000);
  }
  EXPECT_LE(requests, 5U);
}

TEST_F(SenderTest, AServerThatWantsTheSameForEverIsNotAnsweredInALoop) {
  AddTick({MakeIdentity(1, "a")});
  size_t requests = 0;
  uint64_t wake = 0;
  v1::MetricsResponse answer;
  answer.set_server_instance("s1");
  answer.add_identities_wanted(1);
  answer.add_identities_wanted(4711);
  for (int i = 0; i < 1000; ++i) {
    const auto request = sender->Next(kInterval, &wake);
    if (!request) break;
    ++requests;
    sender->OnAnswer(answer.SerializeAsString());
  }
  EXPECT_LE(requests, 5U);
}

TEST_F(SenderTest, ServersThatTakeTurnsBehindOneAddressAreNotTold) {
  AddTick({MakeIdentity(1, "a")});
  size_t requests = 0;
  uint64_t wake = 0;
  FakeServer one("s1");
  FakeServer two("s2");
  for (int i = 0; i < 1000; ++i) {
    const auto request = sender->Next(kInterval, &wake);
    if (!request) break;
    sender->OnAnswer((i % 2 == 0 ? one : two).Handle(*request));
    ++requests;
  }
  EXPECT_LE(requests, 10U);
}

TEST_F(SenderTest, GarbageForAnAnswerIsAFailure) {
  AddTick();
  uint64_t wake = 0;
  for (const std::string answer : {"\xff\xff\xff", ""}) {
    ASSERT_TRUE(sender->Next(kInterval, &wake).has_value());
    sender->OnAnswer(answer);
    EXPECT_FALSE(sender->connected());
    clock.Advance(5'000);
  }
}

TEST_F(SenderTest, BatchesAreBounded) {
  std::vector<std::shared_ptr<const Identity>> identities;
  for (uint32_t i = 1; i <= 50; ++i) identities.push_back(MakeIdentity(i, "pod"));
  for (int i = 0; i < 40; ++i) AddTick(identities);
  sender = NewSender("i1", 2'000);
  Drain(&server);
  EXPECT_EQ(server.ticks.size(), 40U);
  EXPECT_EQ(server.objects.size(), 50U);
  for (const size_t size : server.sizes) EXPECT_LE(size, 2'600U) << "a batch and one tick";
}

TEST_F(SenderTest, TicksOffTheServersGridAreNotSent) {
  server.interval_ms = 20'000;
  for (int i = 0; i < 7; ++i) AddTick();
  Drain(&server);
  clock.Advance(60'000);
  Drain(&server);
  for (const int64_t tick : server.ticks) {
    // The very first one was sent before the server's interval was known.
    EXPECT_TRUE(tick % 20'000 == 0 || tick == Tick()) << tick;
  }
  EXPECT_GE(server.ticks.size(), 3U);
  EXPECT_EQ(sender->server_interval_ms(), 20'000U);
}

TEST_F(SenderTest, AnAbsurdIntervalIsNotAdopted) {
  server.interval_ms = 1;
  AddTick();
  Drain(&server);
  EXPECT_EQ(sender->server_interval_ms(), 0U);
}

}  // namespace
}  // namespace kubemonitor
