#ifndef KUBEMONITOR_APISERVER_QUERY_METRIC_H_
#define KUBEMONITOR_APISERVER_QUERY_METRIC_H_

// The metrics of the REST API: what series are turned into before anybody sees them.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace kubemonitor {

// The order is the order in answers. Keys are the enumerators without `k`, first letter small
// (MetricKey).
enum class Metric : uint8_t {
  // `usage` of everything.
  kCpuMillicores,
  kMemoryBytes,
  kMemoryWorkingSetBytes,
  kMemoryRssBytes,
  kDiskReadBytesPerSecond,
  kDiskWriteBytesPerSecond,
  kNetworkRxBytesPerSecond,
  kNetworkTxBytesPerSecond,
  kProcessCount,
  // `usage` of containers, pods and nodes alone: cumulative.
  kDiskReadBytes,
  kDiskWriteBytes,
  kNetworkRxBytes,
  kNetworkTxBytes,
  // Beside `usage`.
  kThrottledPercent,     // throttling: of periods
  kThrottledMillicores,  // throttling: throttled time per wall time, in thousandths
  kCpuSomePercent,       // pressure
  kMemorySomePercent,
  kMemoryFullPercent,
  kIoSomePercent,
  kIoFullPercent,
  kSwapBytes,  // of containers, pods and nodes
  kPodCount,   // of aggregates
  kNodeCount,
};
inline constexpr size_t kMetricCount = 23;

enum class MetricGroup : uint8_t { kUsage, kCumulative, kThrottling, kPressure, kMemory, kCount };

std::string_view MetricKey(Metric metric);  // "cpuMillicores"
MetricGroup GroupOf(Metric metric);
std::optional<Metric> MetricFromKey(std::string_view key);

// A set of metrics.
class MetricSet {
 public:
  void Add(Metric metric) { bits_ |= Bit(metric); }
  bool Has(Metric metric) const { return (bits_ & Bit(metric)) != 0; }
  bool HasAll(const MetricSet& other) const { return (other.bits_ & ~bits_) == 0; }
  bool empty() const { return bits_ == 0; }
  bool operator==(const MetricSet&) const = default;

 private:
  static uint32_t Bit(Metric metric) { return uint32_t{1} << static_cast<unsigned>(metric); }
  uint32_t bits_ = 0;
};

using MetricValues = std::array<std::optional<double>, kMetricCount>;  // by enumerator

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_METRIC_H_
