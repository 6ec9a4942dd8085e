#ifndef KUBEMONITOR_APISERVER_QUERY_RECOMPUTATION_TESTING_H_
#define KUBEMONITOR_APISERVER_QUERY_RECOMPUTATION_TESTING_H_

// Histories of pods, and every figure made of them in the plainest way: the whole history is walked
// for each. For tests.

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/query/query_testing.h"

namespace kubemonitor::testing {

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

inline const Reading* At(const Object& object, int64_t tick_ms) {
  for (const Reading& reading : object.readings) {
    if (reading.tick_ms == tick_ms) return &reading;
  }
  return nullptr;
}

struct Fraction {
  double over = 0, under = 0;
};

// ΔV and Δt of a counter at a tick.
inline std::optional<Fraction> NaiveRate(const Object& object, Series series, int64_t tick_ms) {
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

inline std::optional<Fraction> NaiveObject(const Object& object, Metric metric, int64_t tick_ms) {
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

inline std::optional<Fraction> NaivePod(const PodHistory& pod, Metric metric, int64_t tick_ms) {
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

inline bool Present(const PodHistory& pod, int64_t tick_ms) {
  bool present = At(pod.own, tick_ms) != nullptr;
  for (const Object& container : pod.containers) {
    present = present || At(container, tick_ms) != nullptr;
  }
  return present;
}

// As a pod counts in sums: in thousandths.
inline double Share(const Fraction& value) {
  return static_cast<double>(std::llround(value.over / value.under * 1000)) / 1000;
}

// Which pods a sum is made of.
using Belongs = std::function<bool(const PodHistory&)>;

inline std::optional<Fraction> NaiveSum(const History& history, const Belongs& belongs,
                                        Metric metric, int64_t tick_ms) {
  Number sum;
  for (const PodHistory& pod : history.pods) {
    if (!belongs(pod)) continue;
    if (metric == Metric::kPodCount) {
      if (Present(pod, tick_ms)) sum = sum.value_or(0) + 1;
    } else if (const auto part = NaivePod(pod, metric, tick_ms)) {
      sum = sum.value_or(0) + Share(*part);
    }
  }
  if (!sum) return std::nullopt;
  return Fraction{*sum, 1};
}

inline int64_t LastTick(const PodHistory& pod) {
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
inline Number NaiveSumNow(const History& history, const Belongs& belongs, Metric metric,
                          int64_t t_ms) {
  Number sum;
  for (const PodHistory& pod : history.pods) {
    if (!belongs(pod)) continue;
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

}  // namespace kubemonitor::testing

#endif  // KUBEMONITOR_APISERVER_QUERY_RECOMPUTATION_TESTING_H_
