#include "apiserver/query/metric.h"

namespace kubemonitor {
namespace {

struct Description {
  std::string_view key;
  MetricGroup group;
};

constexpr std::array<Description, kMetricCount> kDescriptions = {{
    {"cpuMillicores", MetricGroup::kUsage},
    {"memoryBytes", MetricGroup::kUsage},
    {"memoryWorkingSetBytes", MetricGroup::kUsage},
    {"memoryRssBytes", MetricGroup::kUsage},
    {"diskReadBytesPerSecond", MetricGroup::kUsage},
    {"diskWriteBytesPerSecond", MetricGroup::kUsage},
    {"networkRxBytesPerSecond", MetricGroup::kUsage},
    {"networkTxBytesPerSecond", MetricGroup::kUsage},
    {"processCount", MetricGroup::kUsage},
    {"diskReadBytes", MetricGroup::kCumulative},
    {"diskWriteBytes", MetricGroup::kCumulative},
    {"networkRxBytes", MetricGroup::kCumulative},
    {"networkTxBytes", MetricGroup::kCumulative},
    {"throttledPercent", MetricGroup::kThrottling},
    {"throttledMillicores", MetricGroup::kThrottling},
    {"cpuSomePercent", MetricGroup::kPressure},
    {"memorySomePercent", MetricGroup::kPressure},
    {"memoryFullPercent", MetricGroup::kPressure},
    {"ioSomePercent", MetricGroup::kPressure},
    {"ioFullPercent", MetricGroup::kPressure},
    {"swapBytes", MetricGroup::kMemory},
    {"podCount", MetricGroup::kCount},
    {"nodeCount", MetricGroup::kCount},
}};
static_assert(static_cast<size_t>(Metric::kNodeCount) + 1 == kMetricCount);

}  // namespace

std::string_view MetricKey(Metric metric) { return kDescriptions[static_cast<size_t>(metric)].key; }

MetricGroup GroupOf(Metric metric) { return kDescriptions[static_cast<size_t>(metric)].group; }

std::optional<Metric> MetricFromKey(std::string_view key) {
  for (size_t number = 0; number < kMetricCount; ++number) {
    if (kDescriptions[number].key == key) return static_cast<Metric>(number);
  }
  return std::nullopt;
}

}  // namespace kubemonitor
