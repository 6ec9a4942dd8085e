#include "simulator/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "simulator/cluster.h"
#include "simulator/simulator_testing.h"

namespace kubemonitor {
namespace {

using testing::FakeCalls;
using testing::FakeClock;
using ::testing::MatchesRegex;

ModelOptions Options(uint32_t nodes) {
  ModelOptions out;
  out.nodes = nodes;
  out.pods_per_node = 3;
  out.containers_per_pod = 2;
  return out;
}

// A worker over fake calls, run in the test's own thread until a condition holds.
class Rig {
 public:
  Rig(uint32_t nodes, int64_t backfill_ticks, WorkerOptions options = {})
      : model(Options(nodes)),
        now(model.TickAt(FakeClock::start_ms)),
        numbers(model, now - backfill_ticks) {
    auto owned = std::make_unique<FakeCalls>(clock);
    calls = owned.get();
    options.version = "v";
    options.on_backfilled = [this] { ++backfilled; };
    const SenderContext context{&model, &numbers, &clock, now - backfill_ticks, 10};
    worker = std::make_unique<Worker>(context, options, std::move(owned));
  }
  void Until(const std::function<bool()>& done) {
    std::stop_source stop;
    calls->on_wait = [&] {
      if (done()) stop.request_stop();
    };
    worker->Run(stop.get_token());
    calls->on_wait = nullptr;
  }
  void For(uint64_t ms) {
    const uint64_t end = clock.BootUsec() + ms * 1000;
    Until([this, end] { return clock.BootUsec() >= end; });
  }

  FakeClock clock;
  Model model;
  int64_t now;
  ObjectNumbers numbers;
  FakeCalls* calls = nullptr;
  std::unique_ptr<Worker> worker;
  uint32_t backfilled = 0;
};

TEST(Worker, BackfillsAllNodesInTurnsOldestFirst) {
  WorkerOptions options;
  options.history_calls = 3;
  Rig rig(20, 30, options);
  rig.Until([&rig] { return rig.backfilled == 20; });
  EXPECT_EQ(rig.calls->most_running, 3U) << "bounded over all nodes";
  EXPECT_EQ(rig.calls->nodes.size(), 20U);
  std::map<uint32_t, int64_t> newest;
  std::map<uint32_t, int> requests;
  for (const auto& [node, request] : rig.calls->log) {
    for (const v1::Tick& tick : request.ticks()) {
      EXPECT_GT(tick.tick_ms(), newest[node]);
      newest[node] = tick.tick_ms();
    }
    // In turns: nobody is more than two requests ahead.
    ++requests[node];
    for (const auto& [other, count] : requests) EXPECT_LE(requests[node] - count, 2) << other;
  }
  const SendCounters& counters = rig.worker->counters();
  EXPECT_EQ(counters.ticks, 20U * 31);
  EXPECT_EQ(counters.samples, counters.ticks * ValuesPerTick(rig.model.options()));
  EXPECT_EQ(counters.errors, 0U);
  EXPECT_EQ(counters.requests, rig.calls->log.size());
}

TEST(Worker, SendsEachTickOnceWhileItIsLive) {
  Rig rig(5, 0);
  rig.For(65'000);
  for (uint32_t node = 0; node < 5; ++node) {
    EXPECT_EQ(rig.calls->nodes[node].ticks.size(), 7U) << node;
    EXPECT_EQ(rig.calls->nodes[node].ticks_received, 7U) << node;
  }
  // At its place in the interval: no earlier than the tick, no later than a fifth of an interval.
  for (const auto& [node, request] : rig.calls->log) {
    if (request.ticks_size() == 0 || request.ticks(0).tick_ms() == FakeClock::start_ms) continue;
    EXPECT_LE(request.sent_at_ms() - request.ticks(0).tick_ms(), 2'001);
  }
}

TEST(Worker, ARestartedServerIsToldEverything) {
  Rig rig(4, 20);
  rig.Until([&rig] { return rig.backfilled == 4; });
  rig.calls->Restart("server-2");
  rig.For(25'000);
  for (uint32_t node = 0; node < 4; ++node) {
    EXPECT_EQ(rig.calls->nodes[node].ticks.size(), 23U) << node;
  }
}

TEST(Worker, AServerThatIsAwayIsTriedAgain) {
  Rig rig(4, 0);
  rig.calls->away = true;
  rig.For(30'000);
  EXPECT_GT(rig.worker->counters().errors, 16U);
  EXPECT_LT(rig.worker->counters().errors, 200U);
  EXPECT_EQ(rig.backfilled, 0U);
  rig.calls->away = false;
  rig.For(20'000);
  EXPECT_EQ(rig.backfilled, 4U);
}

TEST(Worker, TakesItsShareOfTheNodes) {
  WorkerOptions options;
  options.first_node = 2;
  options.node_step = 3;
  Rig rig(10, 0, options);
  rig.Until([&rig] { return rig.backfilled == 3; });
  std::set<uint32_t> seen;
  for (const auto& [node, request] : rig.calls->log) {
    seen.insert(node);
    EXPECT_EQ(request.node_name(), rig.model.NodeName(node));
  }
  EXPECT_EQ(seen, (std::set<uint32_t>{2, 5, 8}));
}

TEST(Cluster, EndsAfterItsDurationAndSaysWhatItSent) {
  FakeClock clock;
  ClusterOptions options;
  options.model = Options(12);
  options.backfill_ms = 300'000;
  options.duration_ms = 0;
  std::stop_source stop;
  const ClusterSummary summary = RunCluster(
      options, clock, [&clock] { return std::make_unique<FakeCalls>(clock); }, stop.get_token());
  EXPECT_GE(summary.counters.ticks, 12U * 31);
  EXPECT_EQ(summary.counters.errors, 0U);
  EXPECT_TRUE(summary.backfill_seconds.has_value());
  EXPECT_THAT(SummaryJson(summary),
              MatchesRegex("\\{\"samples\":[0-9]+,\"errors\":0,\"wallSeconds\":[0-9.]+,"
                           "\"bytes\":[0-9]+,\"ticks\":[0-9]+,\"requests\":[0-9]+,\"refused\":0,"
                           "\"backfillSeconds\":[0-9.]+,\"cpuSeconds\":[0-9.]+\\}"));
}

TEST(Cluster, StopsWhenItIsTold) {
  FakeClock clock;
  ClusterOptions options;
  options.model = Options(3);
  std::stop_source stop;
  stop.request_stop();
  const ClusterSummary summary = RunCluster(
      options, clock,
      [&clock] {
        auto calls = std::make_unique<FakeCalls>(clock);
        calls->away = true;
        return calls;
      },
      stop.get_token());
  EXPECT_EQ(summary.counters.samples, 0U);
  EXPECT_FALSE(summary.backfill_seconds.has_value());
  EXPECT_THAT(SummaryJson(summary), ::testing::HasSubstr("\"backfillSeconds\":null"));
}

}  // namespace
}  // namespace kubemonitor
