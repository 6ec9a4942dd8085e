#include "apiserver/ingest/ingest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "apiserver/ingest/ingest_testing.h"
#include "wire/limits.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(IngestTest, GoodReportIsStoredAndAnswered) {
  const v1::MetricsResponse answer = Send(GoodRequest());
  EXPECT_EQ(answer.server_instance(), "server");
  EXPECT_EQ(answer.interval_ms(), 10'000U);
  EXPECT_EQ(answer.retention_seconds(), 3'620U) << "and what the first rate reaches back";
  EXPECT_EQ(answer.accepted(), 1U);
  EXPECT_EQ(answer.refusals_size(), 0);
  ASSERT_EQ(answer.held_size(), 1);
  EXPECT_EQ(answer.held(0).first_ms(), kNow);
  EXPECT_EQ(answer.held(0).last_ms(), kNow);
  EXPECT_EQ(Node().newest_tick_ms, kNow);
  EXPECT_EQ(Node().health.clock_skew_seconds, 0);
  EXPECT_EQ(ingest->counters().requests, 1U);
  EXPECT_EQ(ingest->counters().accepted_ticks, 1U);
  EXPECT_EQ(ingest->counters().last_lag_seconds, 0);
}

TEST_F(IngestTest, DuplicatesAndReorderingsChangeNothing) {
  v1::MetricsRequest request = Request();
  AddIdentity(request, 1, "u1");
  AddTick(request, kNow, {1});
  AddTick(request, kNow - kInterval, {1});
  AddTick(request, kNow, {1});
  Send(request);
  const StoreStats before = store->Stats();
  const v1::MetricsResponse answer = Send(request);
  EXPECT_EQ(answer.refusals_size(), 0);
  EXPECT_EQ(store->Stats().samples, before.samples);
  ASSERT_EQ(answer.held_size(), 1);
  EXPECT_EQ(answer.held(0).first_ms(), kNow - kInterval);
}

TEST_F(IngestTest, UnknownNumbersAreAskedFor) {
  v1::MetricsRequest request = Request();
  AddTick(request, kNow, {4, 9});
  const v1::MetricsResponse answer = Send(request);
  EXPECT_THAT(answer.identities_wanted(), ElementsAre(4, 9));
  EXPECT_EQ(answer.held_size(), 0);
  EXPECT_EQ(answer.accepted(), 0U);
}

TEST_F(IngestTest, WholeRequestRefusals) {
  const struct {
    const char* name;
    std::function<void(v1::MetricsRequest&)> change;
    v1::RefusalReason reason;
    const char* detail;
  } cases[] = {
      {"no node", [](auto& r) { r.clear_node_name(); }, v1::REFUSAL_REASON_INVALID, "node_name"},
      {"bad node", [](auto& r) { r.set_node_name("Node 1\n"); }, v1::REFUSAL_REASON_INVALID,
       "'Node 1\\x0A'"},
      {"10 MB node", [](auto& r) { r.set_node_name(std::string(10'000'000, 'n')); },
       v1::REFUSAL_REASON_INVALID, "node_name"},
      {"version 2", [](auto& r) { r.set_protocol_version(2); }, v1::REFUSAL_REASON_VERSION,
       "version 2"},
      {"version 0 with ticks", [](auto& r) { r.set_protocol_version(0); },
       v1::REFUSAL_REASON_VERSION, "protocol_version 1"},
      {"both forms", [](auto& r) { r.add_metrics(); }, v1::REFUSAL_REASON_INVALID, "of their own"},
      {"no instance", [](auto& r) { r.clear_instance_id(); }, v1::REFUSAL_REASON_INVALID,
       "instance_id"},
      {"instance not UTF-8", [](auto& r) { r.set_instance_id("\xff"); }, v1::REFUSAL_REASON_INVALID,
       "instance_id is not UTF-8"},
      {"no sent_at", [](auto& r) { r.clear_sent_at_ms(); }, v1::REFUSAL_REASON_INVALID,
       "sent_at_ms"},
      {"negative sent_at", [](auto& r) { r.set_sent_at_ms(INT64_MIN); }, v1::REFUSAL_REASON_INVALID,
       "sent_at_ms"},
      {"clock ahead", [](auto& r) { r.set_sent_at_ms(kNow + 300'001); },
       v1::REFUSAL_REASON_CLOCK_SKEW, "300 s ahead of"},
      {"clock behind", [](auto& r) { r.set_sent_at_ms(kNow - 86'400'000); },
       v1::REFUSAL_REASON_CLOCK_SKEW, "86400 s behind"},
      {"1970", [](auto& r) { r.set_sent_at_ms(1); }, v1::REFUSAL_REASON_CLOCK_SKEW, "behind"},
      {"clock at the end of time", [](auto& r) { r.set_sent_at_ms(INT64_MAX); },
       v1::REFUSAL_REASON_CLOCK_SKEW, "ahead of"},
  };
  for (const auto& c : cases) {
    Make();
    v1::MetricsRequest request = GoodRequest();
    c.change(request);
    const v1::MetricsResponse answer = Send(request);
    ASSERT_EQ(answer.refusals_size(), 1) << c.name;
    EXPECT_EQ(answer.refusals(0).reason(), c.reason) << c.name;
    EXPECT_THAT(answer.refusals(0).detail(), HasSubstr(c.detail)) << c.name;
    EXPECT_LE(answer.refusals(0).detail().size(), 500U) << c.name;
    EXPECT_EQ(answer.accepted(), 0U) << c.name;
    EXPECT_EQ(store->Stats().samples, 0U) << c.name;
    EXPECT_EQ(answer.interval_ms(), 10'000U) << c.name;
    EXPECT_GE(ingest->counters().refused[static_cast<size_t>(c.reason)], 1U) << c.name;
  }
}

TEST_F(IngestTest, TickRefusalsLeaveTheOthers) {
  const struct {
    const char* name;
    std::function<void(v1::Tick&)> change;
    v1::RefusalReason reason;
  } cases[] = {
      {"1970", [](auto& t) { t.set_tick_ms(0); }, v1::REFUSAL_REASON_TOO_OLD},
      {"before 1970", [](auto& t) { t.set_tick_ms(INT64_MIN); }, v1::REFUSAL_REASON_TOO_OLD},
      {"2100", [](auto& t) { t.set_tick_ms(4'102'444'800'000); }, v1::REFUSAL_REASON_IN_FUTURE},
      {"the end of time", [](auto& t) { t.set_tick_ms(INT64_MAX); }, v1::REFUSAL_REASON_IN_FUTURE},
      {"retention", [](auto& t) { t.set_tick_ms(kNow - 3'630'000); }, v1::REFUSAL_REASON_TOO_OLD},
      {"off grid", [](auto& t) { t.set_tick_ms(kNow - 5'000); }, v1::REFUSAL_REASON_OFF_GRID},
      {"negative value",
       [](auto& t) { t.mutable_pods()->mutable_columns(0)->set_values(0, ~uint64_t{0}); },
       v1::REFUSAL_REASON_INVALID},
      {"broken columns", [](auto& t) { t.mutable_pods()->mutable_columns(0)->add_values(1); },
       v1::REFUSAL_REASON_INVALID},
  };
  for (const auto& c : cases) {
    Make();
    v1::MetricsRequest request = GoodRequest();
    c.change(*AddTick(request, kNow - kInterval, {1}));
    const v1::MetricsResponse answer = Send(request);
    EXPECT_EQ(Refusals(answer), (Expected{{c.reason, 1}})) << c.name;
    EXPECT_EQ(answer.accepted(), 1U) << c.name;
    EXPECT_EQ(answer.held_size(), 1) << c.name;
  }
}

TEST_F(IngestTest, FiveMinutesAheadAreFine) {
  v1::MetricsRequest request = Request();
  AddTick(request, kNow + 300'000);
  EXPECT_EQ(Send(request).accepted(), 1U);
}

TEST_F(IngestTest, BadIdentityCostsItsObjectOnly) {
  v1::MetricsRequest request = GoodRequest();
  AddIdentity(request, 2, "u2");
  request.mutable_identities(1)->set_pod_name(std::string(10'000'000, 'x'));
  AddTick(request, kNow - kInterval, {1, 2});
  v1::MetricsResponse answer = Send(request);
  EXPECT_EQ(Refusals(answer), (Expected{{v1::REFUSAL_REASON_INVALID, 2}}));
  EXPECT_EQ(answer.accepted(), 2U);
  EXPECT_THAT(answer.identities_wanted(), IsEmpty());
  // Told properly it is taken.
  request = Request();
  AddIdentity(request, 2, "u2");
  AddTick(request, kNow - 2 * kInterval, {1, 2});
  answer = Send(request);
  EXPECT_EQ(answer.refusals_size(), 0);
  EXPECT_EQ(store->Objects(Node().node).size(), 2U);
}

TEST_F(IngestTest, TooManyObjectsCostThemselvesOnly) {
  StoreOptions options;
  options.max_objects_per_node = 2;
  Make(options);
  v1::MetricsRequest request = Request();
  for (uint32_t i = 1; i <= 4; ++i) AddIdentity(request, i, "u" + std::to_string(i));
  AddTick(request, kNow, {1, 2, 3, 4});
  v1::MetricsResponse answer = Send(request);
  EXPECT_EQ(answer.accepted(), 1U);
  EXPECT_GE(Refusals(answer)[v1::REFUSAL_REASON_CAPACITY], 2U);
  clock.Advance(kInterval);
  request = Request();
  AddTick(request, Tick0(), {1, 2, 3, 4});
  answer = Send(request);
  EXPECT_EQ(answer.accepted(), 1U) << "the node and the admitted pods go on";
  EXPECT_EQ(Refusals(answer), (Expected{{v1::REFUSAL_REASON_CAPACITY, 2}}));
}

TEST_F(IngestTest, MemoryLimitRefusesNewObjectsOnly) {
  // 28 series × 360 ticks × 2 bytes: about 20 kB an object; the node itself counts as one.
  StoreOptions options;
  options.memory_limit_bytes = 70'000;
  Make(options);
  v1::MetricsRequest request = Request();
  for (uint32_t i = 1; i <= 5; ++i) AddIdentity(request, i, "u" + std::to_string(i));
  AddTick(request, kNow, {1, 2, 3, 4, 5});
  v1::MetricsResponse answer = Send(request);
  EXPECT_EQ(answer.accepted(), 1U);
  EXPECT_THAT(answer.refusals(0).detail(), HasSubstr("memory limit of 70000 bytes"));
  const size_t admitted = store->Objects(Node().node).size();
  EXPECT_GE(admitted, 2U);
  EXPECT_LT(admitted, 5U);
  // A restarted collector's known objects are no new ones.
  clock.Advance(kInterval);
  request = Request("i2");
  for (uint32_t i = 1; i <= admitted; ++i) AddIdentity(request, i, "u" + std::to_string(i));
  AddTick(request, Tick0(), {1, 2});
  EXPECT_EQ(Send(request).refusals_size(), 0);
}

TEST_F(IngestTest, YoungServersAdmitByWhatAnHourUsuallyCosts) {
  StoreOptions options;
  options.memory_limit_bytes = 1'000'000;
  Make(options);
  for (int tick = 0; tick < 3; ++tick) {
    // In its first ticks a value takes several bytes more than it will.
    v1::MetricsRequest request = Request();
    std::vector<uint32_t> numbers;
    for (uint32_t i = 1; i <= 40; ++i) {
      if (tick == 0) AddIdentity(request, i, "u" + std::to_string(i));
      numbers.push_back(i);
    }
    AddTick(request, Tick0(), numbers);
    EXPECT_EQ(Send(request).refusals_size(), 0);
    clock.Advance(kInterval);
  }
  EXPECT_EQ(store->Objects(Node().node).size(), 40U);
}

TEST_F(IngestTest, TellsSendersWhatTheMemoryLimitLeaves) {
  StoreOptions options;
  options.memory_limit_bytes = 1;
  Make(options);
  v1::MetricsRequest request = Request();
  AddTick(request, kNow - 3'000'000);
  EXPECT_EQ(Send(request).retention_seconds(), 2900U) << "since the end of the block that went";
  request = Request();
  AddTick(request, kNow - 2'950'000);
  AddTick(request, kNow);
  const v1::MetricsResponse answer = Send(request);
  EXPECT_EQ(answer.accepted(), 1U);
  EXPECT_EQ(Refusals(answer), (Expected{{v1::REFUSAL_REASON_TOO_OLD, 1}}));
}

v1::Metric SimpleMetric(const std::string& pod, int64_t timestamp) {
  v1::Metric metric;
  metric.set_pod_name(pod);
  metric.set_namespace_("default");
  metric.set_cpu_millicores(100);
  metric.set_timestamp(timestamp);
  return metric;
}

TEST_F(IngestTest, SimpleForm) {
  v1::MetricsRequest request;
  request.set_node_name("edge");
  *request.add_metrics() = SimpleMetric("a", kNow + 700);
  *request.add_metrics() = SimpleMetric("b", kNow + 900);
  *request.add_metrics() = SimpleMetric("", kNow);
  *request.add_metrics() = SimpleMetric("old", 1);
  *request.add_metrics() = SimpleMetric("late", 4'102'444'800'000);
  *request.add_metrics() = SimpleMetric("never", INT64_MIN);
  v1::MetricsResponse answer = Send(request);
  EXPECT_EQ(answer.accepted(), 2U);
  EXPECT_EQ(Refusals(answer), (Expected{{v1::REFUSAL_REASON_INVALID, 1},
                                        {v1::REFUSAL_REASON_TOO_OLD, 2},
                                        {v1::REFUSAL_REASON_IN_FUTURE, 1}}));
  EXPECT_EQ(Node("edge").newest_tick_ms, kNow);
  EXPECT_EQ(store->Objects(Node("edge").node).size(), 2U);

  // The same again changes nothing; what another client says of the tick joins it.
  request.clear_metrics();
  *request.add_metrics() = SimpleMetric("a", kNow + 700);
  *request.add_metrics() = SimpleMetric("c", kNow + 700);
  answer = Send(request);
  EXPECT_EQ(answer.accepted(), 2U);
  EXPECT_EQ(Refusals(answer), Expected{});
  EXPECT_EQ(store->Objects(Node("edge").node).size(), 3U);
}

TEST_F(IngestTest, SimpleFormDoesNotPushACollectorAside) {
  Send(GoodRequest());
  v1::MetricsRequest request;
  request.set_node_name("node-1");
  *request.add_metrics() = SimpleMetric("a", kNow);
  EXPECT_EQ(Refusals(Send(request)), (Expected{{v1::REFUSAL_REASON_SUPERSEDED, 1}}));
  clock.Advance(600'000);
  request.mutable_metrics(0)->set_timestamp(clock.wall_ms);
  EXPECT_EQ(Send(request).accepted(), 1U) << "the collector is gone";
  clock.Advance(kInterval);
  EXPECT_EQ(Send(GoodRequest()).accepted(), 1U) << "and may come back";
}

TEST_F(IngestTest, HandleBytes) {
  std::string answer;
  ASSERT_TRUE(ingest->HandleBytes(GoodRequest().SerializeAsString(), "p", &answer).ok());
  v1::MetricsResponse response;
  ASSERT_TRUE(response.ParseFromString(answer));
  EXPECT_EQ(response.accepted(), 1U);
  EXPECT_TRUE(absl::IsInvalidArgument(ingest->HandleBytes("GET / HTTP/1.1\r\n", "p", &answer)));
  EXPECT_TRUE(absl::IsInvalidArgument(
      ingest->HandleBytes(std::string(kMaxRequestBytes + 1, 'x'), "p", &answer)));
  EXPECT_EQ(ingest->counters().malformed_requests, 2U);
}

TEST_F(IngestTest, ManyLargeTicksAreTakenInPieces) {
  v1::MetricsRequest request = Request();
  std::vector<uint32_t> objects;
  for (uint32_t i = 1; i <= 3'000; ++i) {
    AddIdentity(request, i, std::to_string(i));
    objects.push_back(i);
  }
  for (int64_t i = 0; i < 20; ++i) AddTick(request, kNow - i * kInterval, objects);
  const v1::MetricsResponse answer = Send(request);
  EXPECT_EQ(answer.accepted(), 20U);
  EXPECT_EQ(answer.refusals_size(), 0);
  EXPECT_EQ(answer.held_size(), 1);
}

TEST_F(IngestTest, TheWorkOfARequestIsBounded) {
  v1::MetricsRequest request = Request();
  std::vector<uint32_t> objects;
  for (uint32_t i = 1; i <= 20'000; ++i) objects.push_back(i);
  for (int64_t i = 0; i < 22; ++i) {
    AddTick(request, kNow - i * kInterval, objects)->mutable_pods()->clear_columns();
  }
  const v1::MetricsResponse answer = Send(request);
  EXPECT_EQ(Refusals(answer), (Expected{{v1::REFUSAL_REASON_INVALID, 2}}));
  EXPECT_THAT(answer.refusals(0).detail(), HasSubstr("more than 400000 samples"));
}

TEST_F(IngestTest, ThreadsSideBySide) {
  constexpr int kThreads = 4;
  constexpr int64_t kTicks = 50;
  std::vector<std::jthread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t] {
      for (int64_t i = kTicks; i > 0; --i) {
        // Two threads a node, each under an instance of its own.
        v1::MetricsRequest request = Request("i" + std::to_string(t));
        request.set_node_name("node-" + std::to_string(t / 2));
        AddIdentity(request, 1, "u1");
        AddTick(request, kNow - i * kInterval, {1});
        Send(request);
        ingest->counters();
      }
    });
  }
  threads.clear();
  EXPECT_EQ(ingest->counters().requests, uint64_t{kThreads * kTicks});
  EXPECT_EQ(store->Nodes().size(), 2U);
}

TEST_F(IngestTest, LagIsThatOfTheLastMinutes) {
  v1::MetricsRequest request = Request();
  AddTick(request, kNow - 60'000);
  Send(request);
  EXPECT_EQ(ingest->counters().max_lag_seconds, 60);
  clock.Advance(60'000);
  Send(GoodRequest());
  EXPECT_EQ(ingest->counters().last_lag_seconds, 0);
  EXPECT_EQ(ingest->counters().max_lag_seconds, 60);
  clock.Advance(180'000);
  EXPECT_FALSE(ingest->counters().max_lag_seconds.has_value());
}

}  // namespace
}  // namespace kubemonitor
