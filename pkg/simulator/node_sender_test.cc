#include "simulator/node_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulator/simulator_testing.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using testing::FakeClock;
using testing::FakeNode;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kIntervalMs = 10'000;

ModelOptions Options(uint32_t churn = 0) {
  ModelOptions out;
  out.nodes = 2;
  out.pods_per_node = 4;
  out.containers_per_pod = 1;
  out.churn_per_minute = churn;
  return out;
}

// A sender and the server it talks to.
class Link {
 public:
  explicit Link(int64_t backfill_ticks, uint32_t churn = 0, size_t ticks_per_request = 100)
      : model(Options(churn)),
        now(model.TickAt(FakeClock::start_ms)),
        numbers(model, now - backfill_ticks),
        maker(model, numbers, 1, "v"),
        sender({&model, &numbers, &clock, now - backfill_ticks, ticks_per_request}, 1) {}

  // Sends what is to be sent, if anything.
  NextSend Step() {
    NextSend next = sender.Next();
    if (next.kind == SendKind::kNothing) return next;
    v1::MetricsRequest request;
    EXPECT_TRUE(request.ParseFromString(maker.Make(1, next.content, clock.WallMs())));
    sender.OnSend(next.content);
    if (away) {
      outcome = sender.OnAnswer(absl::UnavailableError("away"));
    } else {
      outcome = sender.OnAnswer(server.Handle(request, instance).SerializeAsString());
    }
    return next;
  }
  // Until there is nothing to do now; at most so often.
  int RunDry(int most = 1'000) {
    int steps = 0;
    while (steps < most && Step().kind != SendKind::kNothing) ++steps;
    return steps;
  }
  bool Holds(int64_t tick) const { return server.ticks.contains(model.TickMs(tick)); }

  FakeClock clock;
  Model model;
  int64_t now;
  ObjectNumbers numbers;
  RequestMaker maker;
  NodeSender sender;
  FakeNode server;
  std::string instance = "server-1";
  bool away = false;
  SendOutcome outcome;
};

TEST(NodeSender, AsksFirstWhatTheServerKeeps) {
  Link link(6);
  link.server.retention_seconds = 30;
  EXPECT_EQ(link.Step().kind, SendKind::kHello);
  const NextSend next = link.Step();
  EXPECT_EQ(next.kind, SendKind::kHistory);
  EXPECT_THAT(next.content.ticks, ElementsAre(link.now - 2, link.now - 1, link.now))
      << "what is not quite too old";
}

TEST(NodeSender, BackfillsOldestFirstInBatches) {
  Link link(10, 0, 4);
  link.Step();
  NextSend next = link.Step();
  EXPECT_EQ(next.kind, SendKind::kHistory);
  EXPECT_THAT(next.content.ticks,
              ElementsAre(link.now - 10, link.now - 9, link.now - 8, link.now - 7));
  EXPECT_THAT(next.content.identities, SizeIs(4));
  EXPECT_FALSE(next.content.details);
  EXPECT_FALSE(link.sender.backfilled());
  EXPECT_EQ(link.outcome.ticks, 4U);
  next = link.Step();
  EXPECT_THAT(next.content.identities, IsEmpty()) << "told once";
  next = link.Step();
  EXPECT_THAT(next.content.ticks, ElementsAre(link.now - 2, link.now - 1, link.now));
  EXPECT_TRUE(next.content.details) << "with the newest tick";
  EXPECT_EQ(link.Step().kind, SendKind::kNothing);
  EXPECT_TRUE(link.sender.backfilled());
  EXPECT_THAT(link.server.ticks, SizeIs(11));
  EXPECT_EQ(link.server.ticks_received, 11U);
}

TEST(NodeSender, GoesOnLiveWithAJitterOfItsOwn) {
  Link link(0);
  link.RunDry();
  EXPECT_TRUE(link.Holds(link.now));
  const uint64_t wake = link.sender.Next().wake_usec;
  const uint64_t next_tick = link.clock.BootUsec() + kIntervalMs * 1000;
  EXPECT_GE(wake, next_tick);
  EXPECT_LT(wake, next_tick + 2'000'000);
  link.clock.AdvanceUsec(wake - link.clock.BootUsec() - 1);
  EXPECT_EQ(link.Step().kind, SendKind::kNothing);
  link.clock.AdvanceUsec(1'000);
  const NextSend next = link.Step();
  EXPECT_EQ(next.kind, SendKind::kNewest);
  EXPECT_THAT(next.content.ticks, ElementsAre(link.now + 1));
  EXPECT_TRUE(next.content.details);
  EXPECT_EQ(link.Step().kind, SendKind::kNothing);
}

TEST(NodeSender, WithoutAPastItIsLiveAtOnce) {
  Link link(0);
  link.server.codec_version = kBlockVersion;
  link.server.credit_bytes = 0;
  link.clock.AdvanceMs(2'000);
  link.RunDry();
  EXPECT_TRUE(link.sender.backfilled());
  EXPECT_THAT(link.server.ticks, SizeIs(1)) << "without a credit";
}

TEST(NodeSender, NodesDoNotSendTogether) {
  Link link(0);
  const SenderContext context{&link.model, &link.numbers, &link.clock, link.now, 10};
  std::set<uint64_t> wakes;
  for (uint32_t node = 0; node < 2; ++node) {
    NodeSender sender(context, node);
    sender.OnSend(sender.Next().content);
    FakeNode server;
    server.ticks.insert(FakeClock::start_ms);
    sender.OnAnswer(server.Handle({}, "server").SerializeAsString());
    wakes.insert(sender.Next().wake_usec);
  }
  EXPECT_THAT(wakes, SizeIs(2));
}

TEST(NodeSender, ARestartedServerGetsTheNewestTickAtOnceThenTheRestOldestFirst) {
  Link link(5);
  link.RunDry();
  ASSERT_TRUE(link.sender.backfilled());
  link.server = {};
  link.instance = "server-2";
  link.clock.AdvanceMs(12'000);
  NextSend next = link.Step();
  EXPECT_EQ(next.kind, SendKind::kNewest);
  EXPECT_THAT(next.content.identities, IsEmpty())
      << "it cannot know yet that the server is another";
  next = link.Step();
  EXPECT_EQ(next.kind, SendKind::kNewest) << "refused for want of names, and told again";
  EXPECT_THAT(next.content.ticks, ElementsAre(link.now + 1));
  EXPECT_THAT(next.content.identities, SizeIs(4));
  EXPECT_TRUE(link.Holds(link.now + 1));
  next = link.Step();
  EXPECT_EQ(next.kind, SendKind::kHistory);
  EXPECT_THAT(next.content.ticks, ElementsAre(link.now - 5, link.now - 4, link.now - 3,
                                              link.now - 2, link.now - 1, link.now));
  EXPECT_THAT(link.server.ticks, SizeIs(7));
}

TEST(NodeSender, AfterAFailureItWaitsAndThenSendsAtOnce) {
  Link link(0);
  link.RunDry();
  link.away = true;
  link.clock.AdvanceMs(12'000);
  EXPECT_EQ(link.Step().kind, SendKind::kNewest);
  EXPECT_TRUE(link.outcome.failed);
  uint64_t waited = 0;
  for (int i = 0; i < 12; ++i) {
    const NextSend next = link.Step();
    ASSERT_EQ(next.kind, SendKind::kNothing) << "not before the back-off is over";
    const uint64_t wait = next.wake_usec - link.clock.BootUsec();
    EXPECT_GE(wait, waited == 0 ? 250'000U : 400'000U);
    EXPECT_LE(wait, 5'000'000U) << "half an interval at most";
    waited = wait;
    link.clock.AdvanceUsec(wait);
    EXPECT_EQ(link.Step().kind, SendKind::kNewest);
  }
  link.away = false;
  link.clock.AdvanceMs(60'000);
  const int64_t newest = link.model.TickAt(link.clock.WallMs());
  EXPECT_THAT(link.Step().content.ticks, ElementsAre(newest)) << "without a jitter";
  EXPECT_FALSE(link.outcome.failed);
  link.RunDry();
  for (int64_t tick = link.now; tick <= newest; ++tick) EXPECT_TRUE(link.Holds(tick)) << tick;
}

TEST(NodeSender, RemembersAnHourAndNoMore) {
  Link link(0);
  link.RunDry();
  link.clock.AdvanceMs(7'205'000);
  link.server.retention_seconds = 36'000;
  EXPECT_EQ(link.Step().kind, SendKind::kNewest);
  const NextSend next = link.Step();
  EXPECT_EQ(next.kind, SendKind::kHistory);
  EXPECT_EQ(next.content.ticks.front(), link.now + 349) << "an hour, and what its first rate needs";
}

TEST(NodeSender, OnlyTicksOfTheServersGrid) {
  Link link(6);
  link.server.interval_ms = 20'000;
  link.RunDry();
  for (const int64_t tick_ms : link.server.ticks) EXPECT_EQ(tick_ms % 20'000, 0);
  EXPECT_THAT(link.server.ticks, SizeIs(4));
}

TEST(NodeSender, WhatIsRefusedForGoodIsGivenUp) {
  Link link(3);
  link.server.refused_ticks.insert(link.model.TickMs(link.now - 1));
  EXPECT_LE(link.RunDry(), 3);
  EXPECT_TRUE(link.sender.backfilled());
  EXPECT_THAT(link.server.ticks, SizeIs(3));
  EXPECT_EQ(link.server.ticks_received, 4U) << "not sent again";
}

TEST(NodeSender, WhatOnlyAPersonChangesIsTriedAgainSlowly) {
  Link link(3);
  link.server.refuse_all = v1::REFUSAL_REASON_SUPERSEDED;
  EXPECT_EQ(link.Step().kind, SendKind::kHello);
  EXPECT_EQ(link.outcome.refused, 1U);
  EXPECT_EQ(link.outcome.first_refusal, "refused by the test");
  EXPECT_TRUE(link.sender.backfilled()) << "nobody waits for it";
  const NextSend next = link.Step();
  EXPECT_EQ(next.kind, SendKind::kNothing);
  EXPECT_EQ(next.wake_usec, link.clock.BootUsec() + 30'000'000);
  link.server.refuse_all = v1::REFUSAL_REASON_UNSPECIFIED;
  link.clock.AdvanceMs(31'000);
  link.RunDry();
  EXPECT_TRUE(link.Holds(link.now - 3));
  EXPECT_TRUE(link.Holds(link.now + 3));
}

TEST(NodeSender, AnAnswerThatIsNoneIsAFailure) {
  Link link(0);
  link.sender.OnSend(link.sender.Next().content);
  EXPECT_TRUE(link.sender.OnAnswer(std::string("\xff\xff")).failed);
  EXPECT_TRUE(link.sender.OnAnswer(std::string()).failed);
}

TEST(NodeSender, ARequestThatCannotBeReadIsNotSentAgain) {
  Link link(0);
  link.Step();
  const NextSend next = link.sender.Next();
  ASSERT_THAT(next.content.ticks, ElementsAre(link.now));
  link.sender.OnSend(next.content);
  EXPECT_TRUE(link.sender.OnAnswer(absl::InvalidArgumentError("no request")).failed);
  link.clock.AdvanceMs(5'000);
  EXPECT_EQ(link.Step().kind, SendKind::kNothing);
}

TEST(NodeSender, NewPodsAreTold) {
  // Every pod lives for about a minute.
  Link link(30, 8);
  link.RunDry();
  EXPECT_THAT(link.server.ticks, SizeIs(31));
  std::set<uint32_t> pods;
  for (int64_t tick = link.now - 30; tick <= link.now; ++tick) {
    for (uint32_t slot = 0; slot < 4; ++slot) {
      pods.insert(link.numbers.Pod(link.model.PodAt(1, slot, tick)));
    }
  }
  EXPECT_GT(pods.size(), 15U);
  EXPECT_EQ(link.server.identities_received, 2 * pods.size());
  // For hours, without forgetting what is needed.
  for (int i = 0; i < 1'000; ++i) {
    link.clock.AdvanceMs(10'000);
    link.RunDry(10);
  }
  EXPECT_EQ(link.server.ticks_received, link.server.ticks.size());
}

TEST(NodeSender, NamesThatTheServerForgotAreToldAgain) {
  Link link(0);
  link.RunDry();
  link.server.objects.clear();
  link.clock.AdvanceMs(12'000);
  EXPECT_THAT(link.Step().content.identities, IsEmpty());
  EXPECT_THAT(link.Step().content.identities, SizeIs(4));
  EXPECT_TRUE(link.Holds(link.now + 1));
}

// A server that reads blocks.

TEST(NodeSender, BackfillsInBlocksWhereTheServerReadsThem) {
  Link link(360, 6);
  link.server.codec_version = kBlockVersion;
  link.RunDry();
  EXPECT_TRUE(link.sender.backfilled());
  EXPECT_THAT(link.server.ticks, SizeIs(361));
  EXPECT_GE(link.server.blocks_received, 11U);
  EXPECT_LT(link.server.ticks_received, 31U) << "those of the block that is not full yet";
}

TEST(NodeSender, SendsNoMoreThanItHasCreditFor) {
  Link link(360);
  link.server.codec_version = kBlockVersion;
  link.server.credit_bytes = 1;
  link.Step();
  link.Step();
  const NextSend next = link.Step();
  EXPECT_THAT(next.content.blocks, SizeIs(1));
  EXPECT_GT(next.content.waiting_bytes, 0U);
  EXPECT_GT(next.content.owed_ticks, 300U);
}

TEST(NodeSender, WaitsForCreditWithAllButTheNewestTick) {
  Link link(360);
  link.RunDry();
  link.server = FakeNode();
  link.server.codec_version = kBlockVersion;
  link.server.credit_bytes = 0;
  link.server.retry_ms = 7'000;
  link.instance = "server-2";
  link.clock.AdvanceMs(13'000);
  link.RunDry();
  link.clock.AdvanceMs(10'000);  // what a new instance is waited for
  link.RunDry();
  EXPECT_THAT(link.server.ticks, SizeIs(2));
  EXPECT_EQ(link.server.blocks_received, 0U);
  link.server.credit_bytes = 1 << 20;
  link.clock.AdvanceMs(10'000);
  link.RunDry();
  EXPECT_GE(link.server.ticks.size(), 361U);
  EXPECT_GE(link.server.blocks_received, 11U);
}

TEST(NodeSender, SendsTicksOfBlocksThatAreRefusedOrPartlyHeld) {
  for (const bool refuse : {true, false}) {
    Link link(360);
    link.server.codec_version = kBlockVersion;
    link.server.refuse_blocks = refuse;
    link.server.ticks.insert(link.model.TickMs(link.now - 100));
    link.RunDry();
    // The oldest tick is too old by now; a block takes it along.
    EXPECT_THAT(link.server.ticks, SizeIs(refuse ? 360 : 361));
    EXPECT_EQ(link.server.blocks_received > 0, !refuse);
  }
}

}  // namespace
}  // namespace kubemonitor
