#include "apiserver/rest/kind_metrics.h"

namespace kubemonitor {
namespace {

bool IsAggregate(ItemKind kind) {
  return kind == ItemKind::kNamespace || kind == ItemKind::kWorkload;
}

}  // namespace

bool KindHasMetric(ItemKind kind, Metric metric) {
  switch (GroupOf(metric)) {
    case MetricGroup::kUsage:
      return true;
    case MetricGroup::kCount:
      return IsAggregate(kind);
    case MetricGroup::kThrottling:
      return kind != ItemKind::kNode;
    case MetricGroup::kCumulative:
    case MetricGroup::kPressure:
    case MetricGroup::kMemory:
      return !IsAggregate(kind);
  }
  return false;
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
