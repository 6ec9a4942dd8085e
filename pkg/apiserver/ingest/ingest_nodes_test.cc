// Who reports for which node, and how many nodes there may be.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "apiserver/ingest/ingest_testing.h"

namespace kubemonitor {
namespace {

using ::testing::HasSubstr;

TEST_F(IngestTest, NodeWithAWrongClockIsShown) {
  v1::MetricsRequest request = GoodRequest();
  request.set_sent_at_ms(kNow + 3'600'000);
  Send(request);
  EXPECT_TRUE(Node().health.clock_refused);
  EXPECT_EQ(Node().health.clock_skew_seconds, -3'600);
  EXPECT_FALSE(Node().newest_tick_ms.has_value());
  request.set_sent_at_ms(kNow - 1'500);
  Send(request);
  EXPECT_FALSE(Node().health.clock_refused);
  EXPECT_EQ(Node().health.clock_skew_seconds, 1.5);
}

TEST_F(IngestTest, WhatTheCollectorLostIsShown) {
  v1::MetricsRequest request = GoodRequest();
  request.set_lost_ticks(7);
  Send(request);
  EXPECT_EQ(Node().health.lost_ticks, 7U);
}

TEST_F(IngestTest, WhatTheCollectorStillOwesIsShown) {
  v1::MetricsRequest request = GoodRequest();
  request.set_owed_ticks(7);
  Send(request);
  EXPECT_EQ(Node().health.owed_ticks, 7U);
  request.set_owed_ticks(UINT64_MAX);
  Send(request);
  EXPECT_EQ(Node().health.owed_ticks, 360U) << "no more than are kept";
  Send(GoodRequest());
  EXPECT_EQ(Node().health.owed_ticks, 0U);
}

TEST_F(IngestTest, NewInstanceTakesOverAndTheOldOneIsRefusedByName) {
  Send(GoodRequest("i1"));
  clock.Advance(kInterval);
  EXPECT_EQ(Send(GoodRequest("i2")).accepted(), 1U);
  const v1::MetricsResponse answer = Send(GoodRequest("i1"));
  EXPECT_EQ(Refusals(answer), (Expected{{v1::REFUSAL_REASON_SUPERSEDED, 1}}));
  EXPECT_THAT(answer.refusals(0).detail(), HasSubstr("'i1'"));
  EXPECT_THAT(answer.refusals(0).detail(), HasSubstr("'i2'"));
  EXPECT_FALSE(Node().health.conflict);
  EXPECT_EQ(store->Objects(Node().node).size(), 1U) << "the same pod goes on";
}

TEST_F(IngestTest, ThreeChangesInFiveMinutesAreAConflict) {
  for (const char* instance : {"i1", "i2", "i3", "i4"}) {
    EXPECT_FALSE(store->Nodes().size() == 1 && Node().health.conflict) << instance;
    Send(GoodRequest(instance));
    clock.Advance(kInterval);
  }
  EXPECT_TRUE(Node().health.conflict);
  clock.Advance(300'000 - 2 * kInterval);
  Send(GoodRequest("i4"));
  EXPECT_TRUE(Node().health.conflict);
  clock.Advance(2 * kInterval);
  Send(GoodRequest("i4"));
  EXPECT_FALSE(Node().health.conflict) << "five quiet minutes";
}

TEST_F(IngestTest, SlowChangesAreNoConflict) {
  for (const char* instance : {"i1", "i2", "i3", "i4", "i5"}) {
    Send(GoodRequest(instance));
    clock.Advance(160'000);
    EXPECT_FALSE(Node().health.conflict) << instance;
  }
}

TEST_F(IngestTest, TooManyNodes) {
  StoreOptions options;
  options.max_nodes = 1;
  Make(options);
  Send(GoodRequest());
  v1::MetricsRequest request = GoodRequest();
  request.set_node_name("node-2");
  EXPECT_EQ(Refusals(Send(request)), (Expected{{v1::REFUSAL_REASON_CAPACITY, 1}}));
}

TEST_F(IngestTest, NamesOfRefusedRequestsDoNotFillTheTable) {
  StoreOptions options;
  options.max_nodes = 10;
  Make(options);
  Send(GoodRequest("i1"));
  Send(GoodRequest("i2"));
  for (int i = 0; i < 3'000; ++i) {
    v1::MetricsRequest hostile = Request("");
    hostile.set_node_name("made-up-" + std::to_string(i));
    ASSERT_EQ(Refusals(Send(hostile)), (Expected{{v1::REFUSAL_REASON_INVALID, 1}})) << i;
  }
  v1::MetricsRequest honest = GoodRequest();
  honest.set_node_name("node-2");
  EXPECT_EQ(Send(honest).accepted(), 1U);
  EXPECT_EQ(Refusals(Send(GoodRequest("i1"))), (Expected{{v1::REFUSAL_REASON_SUPERSEDED, 1}}))
      << "what is remembered of a node that is stored stays";
}

TEST_F(IngestTest, NodesWithAWrongClockDoNotFillTheStore) {
  StoreOptions options;
  options.max_nodes = 20;
  Make(options);
  const auto send = [this](const std::string& node, int64_t clock_error_ms) {
    v1::MetricsRequest request = GoodRequest();
    request.set_node_name(node);
    request.set_sent_at_ms(clock.wall_ms + clock_error_ms);
    return Send(request);
  };
  constexpr int64_t kAnHour = 3'600'000;
  for (int i = 0; i < 50; ++i) {
    const v1::MetricsResponse answer = send("wrong-" + std::to_string(i), kAnHour);
    EXPECT_EQ(Refusals(answer), (Expected{{v1::REFUSAL_REASON_CLOCK_SKEW, 1}})) << i;
  }
  EXPECT_EQ(store->Nodes().size(), 2U) << "a tenth of the places";
  for (int i = 0; i < 10; ++i) EXPECT_EQ(send("right-" + std::to_string(i), 0).accepted(), 1U) << i;
  EXPECT_EQ(send("wrong-0", 0).accepted(), 1U);
  EXPECT_EQ(store->Nodes().size(), 12U);
  send("wrong-7", kAnHour);
  EXPECT_TRUE(Node("wrong-7").health.clock_refused) << "wrong-0 is stored and gave its place";
  clock.Advance(kAnHour + kInterval);
  store->Expire(clock.wall_ms);
  send("wrong-8", kAnHour);
  EXPECT_TRUE(Node("wrong-8").health.clock_refused) << "the others were not seen for the retention";
}

}  // namespace
}  // namespace kubemonitor
