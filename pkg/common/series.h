#ifndef KUBEMONITOR_COMMON_SERIES_H_
#define KUBEMONITOR_COMMON_SERIES_H_

// The series of the product: what is measured per object and tick, kept for the retention and
// replayed. Numbers are wire numbers (api/proto/metrics.proto, Column.series) and never change
// their meaning.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kubemonitor {

enum class ObjectKind : uint8_t { kNode = 1, kPod = 2, kContainer = 3 };

// All values are unsigned integers in the unit the name ends with. Counters only grow while the
// object lives (within one boot of the node); gauges are what the tick saw. For a node:
// cpu_usage_usec is busy time by /proc/stat (user + nice + system + irq + softirq),
// memory_current_bytes is MemTotal − MemAvailable, disk_* are whole leaf devices, network_* the
// physical side.
enum class Series : uint8_t {
  // Containers and pods: from their own cgroup. Nodes: see above.
  kCpuUsageUsec = 1,           // counter
  kCpuUserUsec = 2,            // counter
  kCpuSystemUsec = 3,          // counter
  kCpuPeriods = 4,             // counter: nr_periods
  kCpuThrottledPeriods = 5,    // counter: nr_throttled
  kCpuThrottledUsec = 6,       // counter: throttled_usec
  kMemoryCurrentBytes = 7,     // gauge: memory.current
  kMemoryWorkingSetBytes = 8,  // gauge: max(0, current − inactive_file), as the kubelet
  kMemoryAnonBytes = 9,        // gauge
  kMemoryFileBytes = 10,       // gauge
  kMemoryKernelBytes = 11,     // gauge
  kMemorySwapBytes = 12,       // gauge
  kDiskReadBytes = 13,         // counter, leaf devices only
  kDiskWriteBytes = 14,        // counter
  kDiskReadOperations = 15,    // counter
  kDiskWriteOperations = 16,   // counter
  kPsiCpuSomeUsec = 17,        // counter
  kPsiMemorySomeUsec = 18,     // counter
  kPsiMemoryFullUsec = 19,     // counter
  kPsiIoSomeUsec = 20,         // counter
  kPsiIoFullUsec = 21,         // counter
  kPids = 22,                  // gauge: pids.current (tasks); of a node: processes
  kOomKills = 23,              // counter: memory.events oom_kill
  // Pods and nodes.
  kNetworkRxBytes = 24,    // counter
  kNetworkTxBytes = 25,    // counter
  kNetworkRxPackets = 26,  // counter
  kNetworkTxPackets = 27,  // counter
  // Of the simple form alone: a client's own mean, used where cpu_usage_usec is absent.
  kCpuReportedMillicores = 28,  // gauge
  // Nodes only.
  kNodeCpuUserUsec = 29,           // counter, /proc/stat: user (with guest)
  kNodeCpuNiceUsec = 30,           // counter
  kNodeCpuSystemUsec = 31,         // counter
  kNodeCpuIdleUsec = 32,           // counter
  kNodeCpuIowaitUsec = 33,         // counter; the kernel lets it fall at times
  kNodeCpuIrqUsec = 34,            // counter
  kNodeCpuSoftirqUsec = 35,        // counter
  kNodeCpuStealUsec = 36,          // counter
  kNodeMemoryAvailableBytes = 37,  // gauge
  kNodeLoad1Milli = 38,            // gauge, thousandths
  kNodeLoad5Milli = 39,            // gauge
  kNodeLoad15Milli = 40,           // gauge
  // The ledger: parts of the node's cpu_usage_usec and memory_current_bytes; what is left over is
  // unattributed.
  kLedgerPodsCpuUsec = 41,          // counter, from 0 at the collector's start
  kLedgerServicesCpuUsec = 42,      // counter
  kLedgerKernelCpuUsec = 43,        // counter
  kLedgerPodsMemoryBytes = 44,      // gauge
  kLedgerServicesMemoryBytes = 45,  // gauge
  kLedgerKernelMemoryBytes = 46,    // gauge
};

inline constexpr size_t kSeriesEnd = 47;  // one past the highest number

enum class SeriesType : uint8_t { kCounter, kGauge };

// Nullopt: no such number (an unknown column of a newer sender is skipped, not refused).
std::optional<Series> SeriesFromNumber(uint32_t number);
SeriesType TypeOf(Series series);
// The name in snake case with its unit, e.g. "cpu_usage_usec".
std::string_view NameOf(Series series);

// The values of one object at one tick. What was not measured is absent.
class SeriesValues {
 public:
  void Set(Series series, uint64_t value) {
    values_[Index(series)] = value;
    present_ |= Bit(series);
  }
  void SetIf(Series series, std::optional<uint64_t> value) {
    if (value) Set(series, *value);
  }
  void Clear(Series series) { present_ &= ~Bit(series); }
  bool Has(Series series) const { return (present_ & Bit(series)) != 0; }
  std::optional<uint64_t> Get(Series series) const {
    if (!Has(series)) return std::nullopt;
    return values_[Index(series)];
  }
  bool empty() const { return present_ == 0; }
  // Bit N is set when series number N has a value.
  uint64_t present_mask() const { return present_; }

  static constexpr size_t Index(Series series) { return static_cast<size_t>(series); }
  static constexpr uint64_t Bit(Series series) { return uint64_t{1} << Index(series); }

 private:
  uint64_t present_ = 0;
  std::array<uint64_t, kSeriesEnd> values_{};
};
static_assert(kSeriesEnd <= 64, "the presence mask has 64 bits");

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COMMON_SERIES_H_
