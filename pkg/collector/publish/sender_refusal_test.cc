// What a server refuses, cannot read or asks for again: it costs only itself, and no loop.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "collector/publish/sender_testing.h"

namespace kubemonitor {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class SenderRefusalTest : public SenderTest {
 protected:
  // A server that cannot read a request with such a tick in it, for a minute of time and back-offs.
  void DrainUnreadable(const std::function<bool(const v1::Tick&)>& is_unreadable) {
    for (int i = 0; i < 120; ++i) {
      uint64_t wake = 0;
      const auto request = sender->Next(kInterval, &wake);
      if (!request) {
        clock.Advance(500);
        continue;
      }
      v1::MetricsRequest parsed;
      ASSERT_TRUE(parsed.ParseFromString(*request));
      ++requests;
      if (std::any_of(parsed.ticks().begin(), parsed.ticks().end(), is_unreadable)) {
        sender->OnAnswer(absl::InvalidArgumentError("cannot read this"));
      } else {
        sender->OnAnswer(server.Handle(*request));
      }
    }
  }
  size_t requests = 0;
};

TEST_F(SenderRefusalTest, OneUnreadableTickOfABatchCostsOnlyItself) {
  for (int i = 0; i < 6; ++i) AddTick();
  const int64_t bad = Tick(3);
  ::testing::internal::CaptureStderr();
  DrainUnreadable([bad](const v1::Tick& tick) { return tick.tick_ms() == bad; });
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("cannot read a request with 5"));
  EXPECT_EQ(server.ticks, (std::set<int64_t>{Tick(5), Tick(4), Tick(2), Tick(1), Tick()}));
  EXPECT_EQ(sender->unreadable_ticks(), 1U);
  EXPECT_LE(requests, 8U) << "the newest, the batch, each of the batch";
}

TEST_F(SenderRefusalTest, AnUnreadableTickIsNotRepeatedForEver) {
  AddTick();
  DrainUnreadable([](const v1::Tick&) { return true; });
  EXPECT_EQ(requests, 2U) << "with details, then without";
  EXPECT_EQ(sender->unreadable_ticks(), 1U);
}

TEST_F(SenderRefusalTest, UnreadableDetailsDoNotCostTheTick) {
  AddTick();
  DrainUnreadable([](const v1::Tick& tick) { return tick.has_node_details(); });
  EXPECT_TRUE(server.ticks.contains(Tick()));
  EXPECT_EQ(sender->unreadable_ticks(), 0U);
}

TEST_F(SenderRefusalTest, GivenUpTicksStaySoBesideAGap) {
  for (int i = 0; i < 3; ++i) AddTick();
  const int64_t refused = Tick(1);
  server.refused_ticks = {refused};
  Drain(&server);
  AddTick();
  PassJitter();
  Drain(nullptr);
  AddTick();
  PassJitter();
  EXPECT_THAT(Drain(&server), Each(Not(Contains(refused))));
  EXPECT_TRUE(server.ticks.contains(Tick(1))) << "the gap is filled";
}

TEST_F(SenderRefusalTest, WhatIsRememberedOfTicksIsBoundedByTheLog) {
  TickLog short_log({.history_ms = 50'000});
  Sender short_sender(short_log, clock, SenderOptions{"server", "node-1", "i1", "boot", "0.1.0"});
  for (int i = 0; i < 30; ++i) {
    clock.Advance(kInterval - clock.wall_ms % kInterval);
    short_log.Add(MakeSample(clock.wall_ms), clock.boot_usec);
    server.refused_ticks.insert(clock.wall_ms);
    PassJitter();
    uint64_t wake = 0;
    while (const auto request = short_sender.Next(kInterval, &wake)) {
      short_sender.OnAnswer(server.Handle(*request));
    }
  }
  EXPECT_GT(short_sender.remembered_ticks(), 0U);
  size_t logged = 0;
  for (const LoggedBlock& block : short_log.Blocks()) logged += block.ticks.size();
  EXPECT_LE(short_sender.remembered_ticks(), logged);
  EXPECT_LT(logged, 30U);
}

TEST_F(SenderRefusalTest, ATimeThatComesAgainIsAnotherTick) {
  AddTick();
  AddTick();
  const int64_t refused = Tick();
  server.refused_ticks = {refused};
  PassJitter();
  Drain(&server);
  clock.wall_ms -= 40'000;
  server.refused_ticks.clear();
  while (clock.wall_ms < refused) {
    AddTick();
    clock.boot_usec += 2'000'000;  // the jitter
    Drain(&server);
  }
  EXPECT_TRUE(server.ticks.contains(refused));
}

TEST_F(SenderRefusalTest, IdentitiesOfARequestThatWasRefusedAsAWholeAreToldAgain) {
  for (const auto reason :
       {v1::REFUSAL_REASON_CLOCK_SKEW, v1::REFUSAL_REASON_SUPERSEDED, v1::REFUSAL_REASON_VERSION}) {
    sender = NewSender();
    FakeServer refusing("s9");
    refusing.refuse_all = reason;
    AddTick({MakeIdentity(1, "a")});
    Drain(&refusing);
    refusing.refuse_all = v1::REFUSAL_REASON_UNSPECIFIED;
    clock.Advance(30'000);
    sender->OnAnswer(refusing.Handle(*sender->Next(kInterval, &last_wake)));
    EXPECT_TRUE(refusing.ticks.contains(Tick())) << "with the first request that is looked at";
  }
}

TEST_F(SenderRefusalTest, AnIdentityThatChangesWhileItIsAskedForIsToldAsItIs) {
  AddTick({MakeIdentity(1, "a")});
  Drain(&server);
  server.objects.clear();
  AddTick({MakeIdentity(1, "a")});
  PassJitter();
  uint64_t wake = 0;
  sender->OnAnswer(server.Handle(*sender->Next(kInterval, &wake)));  // it asks for 1
  AddTick({MakeIdentity(1, "renamed"), MakeIdentity(2, "b")});
  PassJitter();
  sender->OnAnswer(server.Handle(*sender->Next(kInterval, &wake)));
  ASSERT_EQ(server.request.identities_size(), 2);
  EXPECT_EQ(server.request.identities(0).pod_name(), "renamed");
  EXPECT_EQ(server.identities_received, 3U);
}

TEST_F(SenderRefusalTest, IdentitiesThatTheLogForgotAreNotAskedForInALoop) {
  TickLog short_log({.history_ms = 10'000});
  Sender short_sender(short_log, clock, SenderOptions{"server", "node-1", "i1", "boot", "0.1.0"});
  size_t sent = 0;
  for (int i = 0; i < 6; ++i) {
    clock.Advance(kInterval - clock.wall_ms % kInterval);
    const bool has_pod = i == 0;
    short_log.Add(
        has_pod ? MakeSample(clock.wall_ms, {MakeIdentity(1, "a")}) : MakeSample(clock.wall_ms),
        clock.boot_usec);
    PassJitter();
    uint64_t wake = 0;
    for (int turn = 0; turn < 100; ++turn) {
      const auto request = short_sender.Next(kInterval, &wake);
      if (!request) break;
      ++sent;
      v1::MetricsResponse response;
      ASSERT_TRUE(response.ParseFromString(server.Handle(*request)));
      response.add_identities_wanted(1);
      short_sender.OnAnswer(response.SerializeAsString());
    }
  }
  EXPECT_EQ(server.ticks.size(), 6U);
  EXPECT_LE(sent, 12U);
}

}  // namespace
}  // namespace kubemonitor
