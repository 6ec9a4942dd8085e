// Random histories (churn, restarts, boots, gaps, missing values, late and repeated ticks) against
// a recomputation that knows nothing of grids, columns or look-back: it walks the whole history for
// every single figure.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <span>

#include "apiserver/query/query_testing.h"

namespace kubemonitor {
namespace {

using testing::ClusterTest;
using testing::ContainerIdentity;
using testing::kI;
using testing::kT0;
using testing::PodIdentity;

constexpr int kTicks = 60;
constexpr int kNodes = 3;
constexpr int kPodsPerNode = 5;

using Number = std::optional<double>;

struct Reading {
  int64_t tick_ms;
  uint64_t boot_usec;
  int boot;
  SeriesValues values;
};

struct Object {
  Identity identity;
  std::vector<Reading> readings;  // in order
};

struct PodHistory {
  std::string node;
  bool named_late = false;  // half of the reports come before its names do
  Object own;
  std::vector<Object> containers;
};

struct NodeTick {
  uint64_t boot_usec;
  int boot;
};

struct History {
  std::map<std::string, std::map<int64_t, NodeTick>> nodes;
  std::vector<PodHistory> pods;
};

// ---- The recomputation.

const Reading* At(const Object& object, int64_t tick_ms) {
  for (const Reading& reading : object.readings) {
    if (reading.tick_ms == tick_ms) return &reading;
  }
  return nullptr;
}

struct Fraction {
  double over = 0, under = 0;
};

// ΔV and Δt of a counter at a tick.
std::optional<Fraction> NaiveRate(const Object& object, Series series, int64_t tick_ms) {
  const Reading* now = At(object, tick_ms);
  if (now == nullptr || !now->values.Has(series)) return std::nullopt;
  const Reading* before = nullptr;
  for (const Reading& reading : object.readings) {
    if (reading.tick_ms < tick_ms && reading.values.Has(series)) before = &reading;
  }
  if (before == nullptr || before->boot != now->boot) return std::nullopt;
  const double delta = static_cast<double>(*now->values.Get(series)) -
                       static_cast<double>(*before->values.Get(series));
  const double usec = static_cast<double>(now->boot_usec) - static_cast<double>(before->boot_usec);
  if (delta < 0 || usec <= 0) return std::nullopt;
  return Fraction{delta, usec};
}

std::optional<Fraction> NaiveObject(const Object& object, Metric metric, int64_t tick_ms) {
  if (metric == Metric::kMemoryBytes) {
    const Reading* now = At(object, tick_ms);
    if (now == nullptr || !now->values.Has(Series::kMemoryCurrentBytes)) return std::nullopt;
    return Fraction{static_cast<double>(*now->values.Get(Series::kMemoryCurrentBytes)), 1};
  }
  const bool cpu = metric == Metric::kCpuMillicores;
  auto rate = NaiveRate(object, cpu ? Series::kCpuUsageUsec : Series::kNetworkRxBytes, tick_ms);
  if (rate) rate->over *= cpu ? 1000 : 1e6;
  return rate;
}

std::optional<Fraction> NaivePod(const PodHistory& pod, Metric metric, int64_t tick_ms) {
  if (metric == Metric::kNetworkRxBytesPerSecond && pod.own.identity.host_network) {
    return std::nullopt;
  }
  const Series series = metric == Metric::kCpuMillicores ? Series::kCpuUsageUsec
                        : metric == Metric::kMemoryBytes ? Series::kMemoryCurrentBytes
                                                         : Series::kNetworkRxBytes;
  const Reading* own = At(pod.own, tick_ms);
  const bool populated = own != nullptr && own->values.Has(Series::kCpuUsageUsec);
  const bool own_measured = own != nullptr && own->values.Has(series);
  bool any_container = false;
  Number sum;
  double longest = 0;
  for (const Object& container : pod.containers) {
    const Reading* reading = At(container, tick_ms);
    any_container = any_container || (reading != nullptr && reading->values.Has(series));
    const auto part = NaiveObject(container, metric, tick_ms);
    if (!part) continue;
    sum = sum.value_or(0) + part->over / part->under;
    longest = std::max(longest, part->under);
  }
  if (own_measured && (populated || !any_container)) return NaiveObject(pod.own, metric, tick_ms);
  if (!sum) return std::nullopt;
  return Fraction{*sum * longest, longest};
}

bool Present(const PodHistory& pod, int64_t tick_ms) {
  bool present = At(pod.own, tick_ms) != nullptr;
  for (const Object& container : pod.containers) {
    present = present || At(container, tick_ms) != nullptr;
  }
  return present;
}

// As a pod counts in sums: in thousandths.
double Share(const Fraction& value) {
  return static_cast<double>(std::llround(value.over / value.under * 1000)) / 1000;
}

std::optional<Fraction> NaiveSum(const History& history, const std::string& namespace_name,
                                 Metric metric, int64_t tick_ms) {
  Number sum;
  for (const PodHistory& pod : history.pods) {
    if (pod.own.identity.namespace_name != namespace_name) continue;
    if (metric == Metric::kPodCount) {
      if (Present(pod, tick_ms)) sum = sum.value_or(0) + 1;
    } else if (const auto part = NaivePod(pod, metric, tick_ms)) {
      sum = sum.value_or(0) + Share(*part);
    }
  }
  if (!sum) return std::nullopt;
  return Fraction{*sum, 1};
}

int64_t LastTick(const PodHistory& pod) {
  int64_t last = 0;
  auto look = [&last](const Object& object) {
    if (!object.readings.empty()) last = std::max(last, object.readings.back().tick_ms);
  };
  look(pod.own);
  for (const Object& container : pod.containers) look(container);
  return last;
}

// The sum at T over the pods that live there on nodes that are not stale, each with what it showed
// last.
Number NaiveSumNow(const History& history, const std::string& namespace_name, Metric metric,
                   int64_t t_ms) {
  Number sum;
  for (const PodHistory& pod : history.pods) {
    if (pod.own.identity.namespace_name != namespace_name) continue;
    const auto& ticks = history.nodes.at(pod.node);
    auto newest = ticks.upper_bound(t_ms);
    if (newest == ticks.begin()) continue;
    const int64_t tick_ms = std::prev(newest)->first;
    const bool exists = Present(pod, tick_ms) && LastTick(pod) >= tick_ms;
    if (!exists || t_ms - tick_ms >= 3 * kI) continue;
    const auto part = NaivePod(pod, metric, tick_ms);
    if (part) sum = sum.value_or(0) + Share(*part);
  }
  return sum;
}

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
    for (size_t index = 0; index < reports.size(); ++index) {
      if (index < reports.size() / 2) HideLateNames(history, &reports[index]);
      EXPECT_EQ(store_->Append(reports[index], kT0).accepted_ticks, 1u);
      if (maker.Chance(5)) store_->Expire(kT0 + 120'000);  // compresses sums
    }
    for (const auto& [node, ticks] : history.nodes) {
      const auto& [tick_ms, tick] = *ticks.begin();
      EXPECT_EQ(store_->Append(MakeReport(history, node, tick_ms, tick), kT0).accepted_ticks, 1u);
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

  void CheckSums(const History& history, Query& query, const std::string& namespace_name,
                 std::span<const Metric> metrics) {
    if (!query.FindNamespace(namespace_name)) return;
    const Item item = DescribeNamespace(query, namespace_name);
    std::vector<Metric> all(metrics.begin(), metrics.end());
    all.push_back(Metric::kPodCount);
    for (const Metric metric : all) {
      Check(
          item, metric, *query.axis(),
          [&](int64_t tick) { return NaiveSum(history, namespace_name, metric, tick); },
          fmt::format("sum of {} {}", namespace_name, MetricKey(metric)));
    }
    if (query.tick_ms() == kT0) return;  // there the clock decides who is stale
    for (const Metric metric : metrics) {
      ExpectNear(Usage(item, metric), NaiveSumNow(history, namespace_name, metric, query.tick_ms()),
                 fmt::format("now {} {}", namespace_name, MetricKey(metric)));
    }
  }
};

TEST_P(QueryPropertyTest, EqualsTheRecomputation) {
  Maker maker(GetParam());
  const History history = maker.Make();
  Store(history, maker);
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
    CheckSums(history, *query, "shop", kMetrics);
    CheckSums(history, *query, "lab", kMetrics);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, QueryPropertyTest, ::testing::Range(1u, 41u));

}  // namespace
}  // namespace kubemonitor
