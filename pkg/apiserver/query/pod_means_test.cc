#include "apiserver/query/pod_means.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "apiserver/query/query_testing.h"
#include "apiserver/query/readings.h"

namespace kubemonitor {
namespace {

using testing::ClusterTest;
using testing::ContainerIdentity;
using testing::kI;
using testing::kT0;
using testing::PodIdentity;
using testing::Values;

constexpr int kTicks = 12;  // of the grid; one more stands before it

// The values of the pod's own cgroup and of its two containers at tick 0 (before the grid) to
// kTicks.
struct History {
  const char* name;
  bool told;  // without a value for each tick
  Metric metric;
  std::function<SeriesValues(int tick)> own, first, second;
  int reboot_at = 0;  // 0: never
};

SeriesValues Nothing(int) { return {}; }
SeriesValues Cpu(uint64_t usec) { return Values({{Series::kCpuUsageUsec, usec}}); }
SeriesValues Growing(int tick) { return Cpu(static_cast<uint64_t>(tick * tick) * 1000); }
SeriesValues Fast(int tick) { return Cpu(static_cast<uint64_t>(tick) * 7'000'000); }
SeriesValues Network(int tick) {
  return Values({{Series::kNetworkRxBytes, static_cast<uint64_t>(tick) * 100}});
}
SeriesValues Memory(int tick) {
  return Values({{Series::kMemoryCurrentBytes, static_cast<uint64_t>(1000 - 3 * tick)}});
}
std::function<SeriesValues(int)> Within(int first, int last,
                                        std::function<SeriesValues(int)> values) {
  return [=](int tick) { return tick < first || tick > last ? SeriesValues() : values(tick); };
}
std::function<SeriesValues(int)> Without(int hole, std::function<SeriesValues(int)> values) {
  return [=](int tick) { return tick == hole ? SeriesValues() : values(tick); };
}
SeriesValues FallsOnce(int tick) { return Cpu(tick < 5 ? 900 : static_cast<uint64_t>(tick)); }
SeriesValues FallsAtTheFirst(int tick) { return Cpu(tick < 1 ? 900 : static_cast<uint64_t>(tick)); }
SeriesValues Reported(int) { return Values({{Series::kCpuReportedMillicores, 50}}); }

const History kHistories[] = {
    {"containers alone", true, Metric::kCpuMillicores, Network, Growing, Fast},
    {"the pod's own", true, Metric::kCpuMillicores, Fast, Growing, Growing},
    {"own network", true, Metric::kNetworkRxBytesPerSecond, Network, Growing, Fast},
    {"memory", true, Metric::kMemoryBytes, Nothing, Memory, Memory},
    {"memory with a beginning and an end", true, Metric::kMemoryBytes, Nothing,
     Within(2, 6, Memory), Within(5, 9, Memory)},
    {"memory with a hole", false, Metric::kMemoryBytes, Nothing, Memory, Without(4, Memory)},
    {"no values", true, Metric::kMemoryBytes, Network, Growing, Fast},
    {"begins in the window", true, Metric::kCpuMillicores, Nothing, Within(3, 12, Growing), Fast},
    {"one restarted as the other", true, Metric::kCpuMillicores, Nothing, Within(0, 5, Growing),
     Within(6, 12, Fast)},
    {"one that ends", true, Metric::kCpuMillicores, Nothing, Within(0, 4, Growing), Growing},
    {"a single value", true, Metric::kCpuMillicores, Nothing, Within(7, 7, Growing), Nothing},
    {"own as long as its containers", true, Metric::kCpuMillicores, Within(3, 12, Fast),
     Within(3, 12, Growing), Within(4, 9, Growing)},
    {"own begins later", false, Metric::kCpuMillicores, Within(4, 12, Fast), Growing, Growing},
    {"own ends sooner", false, Metric::kCpuMillicores, Within(0, 8, Fast), Growing, Growing},
    {"own misses a tick", false, Metric::kCpuMillicores, Without(6, Fast), Growing, Growing},
    {"a value is missing", false, Metric::kCpuMillicores, Nothing, Without(6, Growing), Fast},
    {"missing before the grid", true, Metric::kCpuMillicores, Nothing, Without(0, Growing), Fast},
    {"the counter falls", false, Metric::kCpuMillicores, Nothing, FallsOnce, Fast},
    {"it falls at the first tick", false, Metric::kCpuMillicores, Nothing, FallsAtTheFirst, Fast},
    {"the node boots", false, Metric::kCpuMillicores, Nothing, Growing, Fast, 6},
    {"the node boots at the first tick", false, Metric::kCpuMillicores, Nothing, Growing, Fast, 1},
    {"a client's own means", false, Metric::kCpuMillicores, Nothing, Reported, Fast},
    {"memory of both", false, Metric::kMemoryBytes, Memory, Memory, Nothing},
    {"throttling", false, Metric::kThrottledMillicores, Network, Growing, Fast},
    {"pressure", false, Metric::kIoSomePercent, Network, Growing, Fast},
};

class PodMeansTest : public ClusterTest {
 protected:
  void Customize(NodeReport* report) override { report->boot_id = boot_; }

  void Store(const History& history) {
    store_ = NewSummedStore({});
    for (int tick = 0; tick <= kTicks; ++tick) {
      boot_ = history.reboot_at != 0 && tick >= history.reboot_at ? "second" : "first";
      std::vector<testing::Sampled> objects;
      const auto add = [&](const Identity& identity, const SeriesValues& values) {
        if (!values.empty()) objects.push_back({identity, values});
      };
      add(PodIdentity(1, "uid-1", "shop", "cart"), history.own(tick));
      add(ContainerIdentity(2, 1, "c-1", "main"), history.first(tick));
      add(ContainerIdentity(3, 1, "c-2", "side"), history.second(tick));
      // The pod is known before its containers.
      objects.insert(objects.begin(), {PodIdentity(1, "uid-1", "shop", "cart"), {}});
      Append("n1", kT0 - (kTicks - tick) * kI, objects, Values({{Series::kPids, 1}}));
    }
  }

  std::string boot_;
};

TEST_F(PodMeansTest, AreThoseOfThePodsColumn) {
  const Grid grid{kT0 - (kTicks - 1) * kI, kI, kTicks};
  for (const History& history : kHistories) {
    SCOPED_TRACE(history.name);
    Store(history);
    const TimeFrame frame{kT0, true, std::nullopt};
    Snapshot snapshot(*store_, EverythingVisible(), store_->Nodes(), nullptr, frame, kT0 + 1000);
    ASSERT_EQ(snapshot.LoadNode(0).count, 1u);
    const PodEntry& pod = snapshot.loaded_pods().front();
    const PodRows rows = ReadPod(*store_, pod, SeriesMask(history.metric), RangeOf(grid));
    const std::optional<double> expected =
        StatisticsOf(PodColumn(pod.host_network, rows, history.metric, grid)).avg;
    PodMeans means(*store_, history.metric, grid);
    for (int round = 0; round < 2; ++round) {  // what is kept of a node does not show in the next
      means.BeginNode(snapshot.nodes()[0].info->node);
      means.AddPod(pod);
      means.Read();
      const std::optional<std::optional<double>> mean = means.Mean(0);
      EXPECT_EQ(mean.has_value(), history.told);
      if (!mean) continue;
      ASSERT_EQ(mean->has_value(), expected.has_value());
      if (expected) {
        EXPECT_NEAR(**mean, *expected, 1e-9 * (1 + *expected));
      }
    }
  }
}

}  // namespace
}  // namespace kubemonitor
