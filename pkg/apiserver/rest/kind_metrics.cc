#include "apiserver/rest/kind_metrics.h"

#include <array>

namespace kubemonitor {
namespace {

constexpr std::array<std::string_view, 3> kFactKeys = {"oomKills", "restartCount", "startedAt"};

bool IsAggregate(ItemKind kind) {
  return kind == ItemKind::kNamespace || kind == ItemKind::kWorkload || kind == ItemKind::kCluster;
}

}  // namespace

bool KindHasMetric(ItemKind kind, Metric metric) {
  switch (GroupOf(metric)) {
    case MetricGroup::kUsage:
      return true;
    case MetricGroup::kCount:
      return IsAggregate(kind);
    case MetricGroup::kThrottling:
      return kind != ItemKind::kNode && kind != ItemKind::kCluster;
    case MetricGroup::kCumulative:
    case MetricGroup::kPressure:
    case MetricGroup::kMemory:
      return !IsAggregate(kind);
  }
  return false;
}

bool KindHasFact(ItemKind kind, Fact fact) {
  return fact == Fact::kOomKills || kind == ItemKind::kPod;
}

std::string_view FactKey(Fact fact) { return kFactKeys[static_cast<size_t>(fact)]; }

std::optional<Fact> FactFromKey(std::string_view key) {
  for (size_t number = 0; number < kFactKeys.size(); ++number) {
    if (kFactKeys[number] == key) return static_cast<Fact>(number);
  }
  return std::nullopt;
}

std::string FactKeysOf(ItemKind kind) {
  std::string keys;
  for (size_t number = 0; number < kFactKeys.size(); ++number) {
    if (!KindHasFact(kind, static_cast<Fact>(number))) continue;
    if (!keys.empty()) keys += ", ";
    keys += kFactKeys[number];
  }
  return keys;
}

bool IsUsageMetric(Metric metric) {
  const MetricGroup group = GroupOf(metric);
  return group == MetricGroup::kUsage || group == MetricGroup::kCumulative;
}

std::vector<Metric> UsageMetrics(ItemKind kind) {
  std::vector<Metric> metrics;
  for (size_t i = 0; i < kMetricCount; ++i) {
    const auto metric = static_cast<Metric>(i);
    if (IsUsageMetric(metric) && KindHasMetric(kind, metric)) metrics.push_back(metric);
  }
  return metrics;
}

std::string MetricKeysOf(ItemKind kind) {
  std::string keys;
  for (size_t i = 0; i < kMetricCount; ++i) {
    const auto metric = static_cast<Metric>(i);
    if (!KindHasMetric(kind, metric)) continue;
    if (!keys.empty()) keys += ", ";
    keys += MetricKey(metric);
  }
  return keys;
}

}  // namespace kubemonitor
