// Random histories (churn, restarts, boots, gaps, missing values, late and repeated ticks) against
// a recomputation that knows nothing of grids, columns or look-back: it walks the whole history for
// every single figure.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <span>

#include "apiserver/kubernetes/plain_cluster_testing.h"
#include "apiserver/query/query_testing.h"
#include "apiserver/query/recomputation_testing.h"

namespace kubemonitor {
namespace {

using testing::At;
using testing::Belongs;
using testing::ClusterTest;
using testing::ContainerIdentity;
using testing::Fraction;
using testing::History;
using testing::kI;
using testing::kT0;
using testing::LastTick;
using testing::NaivePod;
using testing::NaiveSum;
using testing::NaiveSumNow;
using testing::NodeTick;
using testing::Number;
using testing::Object;
using testing::PodHistory;
using testing::PodIdentity;
using testing::Reading;

constexpr int kTicks = 60;
constexpr int kNodes = 3;
constexpr int kPodsPerNode = 5;

// ---- Making histories.

class Maker {
 public:
  explicit Maker(uint32_t seed) : random_(seed) {}

  bool Chance(unsigned percent) { return random_() % 100 < percent; }
  uint64_t Below(uint64_t limit) { return random_() % limit; }

  History Make() {
    History history;
    for (int node = 0; node < kNodes; ++node) {
      const std::string name = "n" + std::to_string(node);
      history.nodes[name] = MakeTicks();
      for (int pod = 0; pod < kPodsPerNode; ++pod) {
        history.pods.push_back(MakePod(name, static_cast<uint32_t>(pod), history.nodes[name]));
      }
    }
    return history;
  }

 private:
  std::map<int64_t, NodeTick> MakeTicks() {
    std::map<int64_t, NodeTick> ticks;
    int boot = 0;
    uint64_t boot_usec = 500'000'000;
    for (int n = 0; n < kTicks; ++n) {
      boot_usec += 9'500'000 + Below(1'000'000);
      if (Chance(3)) {
        ++boot;
        boot_usec = 20'000'000 + Below(50'000'000);
      }
      if (Chance(3)) n += static_cast<int>(Below(6));  // a gap
      ticks[kT0 - (kTicks - 1 - n) * kI] = {boot_usec, boot};
    }
    return ticks;
  }

  // A value is missing only between two ticks that have it.
  bool MayMiss(const std::map<int64_t, NodeTick>& ticks, int64_t tick_ms, int64_t from,
               int64_t to) const {
    return tick_ms - kI >= from && tick_ms + kI <= to && ticks.contains(tick_ms - kI) &&
           ticks.contains(tick_ms + kI);
  }

  Object MakeObject(Identity identity, const std::map<int64_t, NodeTick>& ticks, int64_t from,
                    int64_t to, bool with_cpu, bool with_network) {
    Object object;
    object.identity = std::move(identity);
    uint64_t cpu = Below(1'000'000'000);
    uint64_t network = Below(1'000'000);
    bool missed = false;
    for (const auto& [tick_ms, tick] : ticks) {
      if (tick_ms < from || tick_ms > to) continue;
      cpu = Chance(2) ? Below(1000) : cpu + Below(5'000'000);
      network += Below(100'000);
      Reading reading{tick_ms, tick.boot_usec, tick.boot, {}};
      missed = !missed && Chance(8) && MayMiss(ticks, tick_ms, from, to);
      if (with_cpu) {
        if (!missed) reading.values.Set(Series::kCpuUsageUsec, cpu);
        reading.values.Set(Series::kMemoryCurrentBytes, Below(1 << 30));
      }
      if (with_network) reading.values.Set(Series::kNetworkRxBytes, network);
      if (!reading.values.empty()) object.readings.push_back(reading);
    }
    return object;
  }

  PodHistory MakePod(const std::string& node, uint32_t pod_number,
                     const std::map<int64_t, NodeTick>& ticks) {
    const uint32_t number = 10 * pod_number + 1;
    const std::string name = "pod-" + node + "-" + std::to_string(pod_number);
    const int64_t from = Chance(50) ? 0 : kT0 - static_cast<int64_t>(Below(kTicks)) * kI;
    const int64_t to = Chance(60) ? kT0 : kT0 - static_cast<int64_t>(Below(kTicks)) * kI;
    PodHistory pod;
    pod.node = node;
    const char* namespace_name = Chance(70) ? "shop" : "lab";
    Identity identity = PodIdentity(number, "uid-" + name, namespace_name, name);
    pod.named_late = Chance(20);
    identity.host_network = Chance(20);
    pod.own = MakeObject(identity, ticks, from, to, Chance(60), Chance(70));
    const int64_t restart = kT0 - static_cast<int64_t>(Below(kTicks)) * kI;
    pod.containers = {MakeObject(ContainerIdentity(number + 1, number, name + "-a", "main"), ticks,
                                 from, std::min(to, restart), true, false),
                      MakeObject(ContainerIdentity(number + 2, number, name + "-b", "main"), ticks,
                                 std::max(from, restart + kI), to, true, false),
                      MakeObject(ContainerIdentity(number + 3, number, name + "-c", "side"), ticks,
                                 from, to, true, false)};
    return pod;
  }

  std::mt19937 random_;
};

class QueryPropertyTest : public ClusterTest, public ::testing::WithParamInterface<uint32_t> {
 protected:
  // In random order, some twice.
  void Store(const History& history, Maker& maker) {
    std::vector<NodeReport> reports;
    for (const auto& [node, ticks] : history.nodes) {
      for (const auto& [tick_ms, tick] : ticks) {
        reports.push_back(MakeReport(history, node, tick_ms, tick));
        if (maker.Chance(5)) reports.push_back(reports.back());
      }
    }
    for (size_t index = reports.size(); index > 1; --index) {
      if (maker.Chance(30)) std::swap(reports[index - 1], reports[maker.Below(index)]);
    }
    const size_t half = reports.size() / 2;
    for (size_t index = 0; index < reports.size(); ++index) {
      if (index < half) HideLateNames(history, &reports[index]);
      if (index == half) TellAgain(index, &reports);
      EXPECT_EQ(store_->Append(reports[index], kT0).accepted_ticks, 1u);
      if (maker.Chance(5)) store_->Expire(kT0 + 120'000);  // compresses sums
    }
    for (const auto& [node, ticks] : history.nodes) {
      const auto& [tick_ms, tick] = *ticks.begin();
      EXPECT_EQ(store_->Append(MakeReport(history, node, tick_ms, tick), kT0).accepted_ticks, 1u);
    }
  }

  // The store drops all, and is told again what it held: the first `count` reports.
  void TellAgain(size_t count, std::vector<NodeReport>* reports) {
    store_->Clear();
    for (size_t index = 0; index < count; ++index) {
      reports->push_back(NodeReport(reports->at(index)));
    }
  }

  static void HideLateNames(const History& history, NodeReport* report) {
    for (const PodHistory& pod : history.pods) {
      if (pod.node != report->node_name || !pod.named_late) continue;
      for (Identity& identity : report->identities) {
        if (identity.object != pod.own.identity.object) continue;
        identity.namespace_name.clear();
        identity.pod_name.clear();
      }
    }
  }

  static NodeReport MakeReport(const History& history, const std::string& node, int64_t tick_ms,
                               const NodeTick& tick) {
    NodeReport report = testing::Report(node, {}, {testing::TickAt(tick_ms)});
    report.boot_id = "boot-" + std::to_string(tick.boot);
    report.ticks[0].boot_usec = tick.boot_usec;
    auto add = [&](const Object& object, std::vector<ObjectSample>* samples) {
      const Reading* reading = At(object, tick_ms);
      if (reading == nullptr) return;
      samples->push_back({object.identity.object, reading->values});
    };
    for (const PodHistory& pod : history.pods) {
      if (pod.node != node) continue;
      report.identities.push_back(pod.own.identity);
      add(pod.own, &report.ticks[0].pods);
      for (const Object& container : pod.containers) {
        report.identities.push_back(container.identity);
        add(container, &report.ticks[0].containers);
      }
    }
    return report;
  }

  static void ExpectNear(Number actual, Number expected, const std::string& what) {
    ASSERT_EQ(actual.has_value(), expected.has_value()) << what;
    if (actual) {
      EXPECT_NEAR(*actual, *expected, 1e-6 * (1 + std::abs(*expected))) << what;
    }
  }

  // Every point and statistic of one series.
  template <typename F>
  void Check(const Item& item, Metric metric, const WindowAxis& axis, const F& at,
             const std::string& what) {
    const MetricSeries* series = SeriesOf(item, metric);
    ASSERT_NE(series, nullptr) << what;
    ASSERT_EQ(series->points.size(), axis.timestamps.size()) << what;
    std::vector<double> values;
    Fraction all;
    for (size_t index = 0; index < axis.timestamps.size(); ++index) {
      Fraction step;
      const int64_t end_ms = axis.timestamps[index] * 1000;
      const int64_t begin_ms = std::max(end_ms - axis.step * 1000, axis.start * 1000);
      for (int64_t tick = begin_ms + 1; tick <= end_ms; ++tick) {
        if (tick % kI != 0) {
          tick += kI - tick % kI - 1;
          continue;
        }
        const std::optional<Fraction> value = at(tick);
        if (!value) continue;
        step.over += value->over;
        step.under += value->under;
        values.push_back(value->over / value->under);
      }
      all.over += step.over;
      all.under += step.under;
      ExpectNear(series->points[index], step.under > 0 ? Number(step.over / step.under) : Number(),
                 what + " point " + std::to_string(index));
    }
    const Statistics& statistics = series->statistics;
    if (values.empty()) {
      EXPECT_EQ(statistics.avg, std::nullopt);
      return;
    }
    ExpectNear(statistics.last, values.back(), what + " last");
    ExpectNear(statistics.avg, all.over / all.under, what + " avg");
    std::sort(values.begin(), values.end());
    ExpectNear(statistics.min, values.front(), what + " min");
    ExpectNear(statistics.max, values.back(), what + " max");
    const size_t rank = (values.size() * 95 + 99) / 100;
    ExpectNear(statistics.p95, values[rank - 1], what + " p95");
  }

  void CheckSums(const History& history, Query& query, const std::optional<ItemRef>& ref,
                 const Belongs& belongs, std::span<const Metric> metrics, const std::string& what) {
    if (!ref) return;
    const Item item = query.Describe(*ref, false);
    std::vector<Metric> all(metrics.begin(), metrics.end());
    all.push_back(Metric::kPodCount);
    for (const Metric metric : all) {
      Check(
          item, metric, *query.axis(),
          [&](int64_t tick) { return NaiveSum(history, belongs, metric, tick); },
          fmt::format("sum of {} {}", what, MetricKey(metric)));
      ExpectNear(query.SortValue(*ref, metric, SortStatistic::kMax),
                 SeriesOf(item, metric)->statistics.max,
                 fmt::format("order of {} {}", what, MetricKey(metric)));
    }
    if (query.tick_ms() == kT0) return;  // there the clock decides who is stale
    for (const Metric metric : metrics) {
      ExpectNear(Usage(item, metric), NaiveSumNow(history, belongs, metric, query.tick_ms()),
                 fmt::format("now {} {}", what, MetricKey(metric)));
    }
  }

  void CheckGroups(const History& history, Query& query, std::span<const Metric> metrics) {
    for (const char* name : {"shop", "lab"}) {
      CheckSums(
          history, query, query.FindNamespace(name),
          [name](const PodHistory& pod) { return pod.own.identity.namespace_name == name; },
          metrics, name);
    }
    // Listed, they are made together; found, each alone.
    std::vector<ItemRef> listed = query.Workloads({.with_parts = true});
    for (const ItemRef& ref : listed) {
      const Item item = query.Describe(ref, false);
      const auto belongs = [&](const PodHistory& pod) {
        const WorkloadName owner = OwnerOf(history, pod);
        return pod.own.identity.namespace_name == item.namespace_name &&
               owner.kind == item.workload_kind && owner.name == item.name;
      };
      CheckSums(history, query, ref, belongs, metrics, item.workload_kind + "/" + item.name);
    }
  }

  // By its place, so that histories are what they were without owners.
  static constexpr std::array<std::string_view, 3> kWorkloads = {"Deployment", "StatefulSet",
                                                                 "Rollout"};
  static WorkloadName OwnerOf(const History& history, const PodHistory& pod) {
    const auto place = static_cast<size_t>(&pod - history.pods.data()) % (kWorkloads.size() + 1);
    if (place == kWorkloads.size()) return {};
    return {std::string(kWorkloads[place]), pod.own.identity.namespace_name, "front"};
  }

  // Kubernetes has the pods that live, remembers those that went, and knows one that never ran.
  static std::shared_ptr<const Cluster> ClusterOf(const History& history) {
    auto cluster = std::make_shared<testing::PlainCluster>();
    const auto add = [&](const PodHistory& pod, const std::string& suffix) {
      const WorkloadName owner = OwnerOf(history, pod);
      KubePod known;
      known.namespace_name = pod.own.identity.namespace_name;
      known.name = pod.own.identity.pod_name + suffix;
      known.uid = pod.own.identity.pod_uid + suffix;
      known.node_name = pod.node;
      known.phase = "Running";
      if (!owner.kind.empty()) known.owner = KubeOwner{owner.kind, owner.name};
      if (LastTick(pod) < kT0) known.deleted_at_ms = LastTick(pod);
      cluster->Add(std::move(known));
    };
    for (const PodHistory& pod : history.pods) add(pod, "");
    add(history.pods.front(), "-never");
    return cluster;
  }
};

TEST_P(QueryPropertyTest, EqualsTheRecomputation) {
  Maker maker(GetParam());
  const History history = maker.Make();
  Store(history, maker);
  cluster_ = ClusterOf(history);
  constexpr Metric kMetrics[] = {Metric::kCpuMillicores, Metric::kMemoryBytes,
                                 Metric::kNetworkRxBytesPerSecond};
  for (int round = 0; round < 4; ++round) {
    QueryOptions options;
    options.window_seconds = 1 + static_cast<int64_t>(maker.Below(620));
    const int64_t steps = *options.window_seconds / 10;
    options.step_seconds =
        steps < 1 ? 10 : 10 * (1 + static_cast<int64_t>(maker.Below(static_cast<uint64_t>(steps))));
    if (round > 0) options.end_seconds = kT0 / 1000 - static_cast<int64_t>(maker.Below(500));
    options.include_terminated = true;
    for (const Metric metric : kMetrics) options.metrics.Add(metric);
    options.metrics.Add(Metric::kPodCount);
    auto query = MakeQuery(options, kT0);
    const WindowAxis& axis = *query->axis();

    for (const PodHistory& pod : history.pods) {
      const std::string& name = pod.own.identity.pod_name;
      const auto ref = query->FindPod(pod.own.identity.namespace_name, name, {});
      if (!ref) continue;
      const Item item = query->Describe(*ref, false);
      for (const Metric metric : kMetrics) {
        Check(
            item, metric, axis, [&](int64_t tick) { return NaivePod(pod, metric, tick); },
            fmt::format("{} {}", name, MetricKey(metric)));
        // A list is ordered by means that are made in another way.
        ExpectNear(query->SortValue(*ref, metric, SortStatistic::kAvg),
                   SeriesOf(item, metric)->statistics.avg,
                   fmt::format("order of {} {}", name, MetricKey(metric)));
      }
    }
    CheckGroups(history, *query, kMetrics);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, QueryPropertyTest, ::testing::Range(1u, 41u));

}  // namespace
}  // namespace kubemonitor
