#include "common/series.h"

namespace kubemonitor {
namespace {

struct Description {
  std::string_view name;  // empty: no such number
  SeriesType type = SeriesType::kGauge;
};

constexpr std::array<Description, kSeriesEnd> kDescriptions = [] {
  constexpr SeriesType kC = SeriesType::kCounter;
  constexpr SeriesType kG = SeriesType::kGauge;
  std::array<Description, kSeriesEnd> table{};
  auto set = [&table](Series series, std::string_view name, SeriesType type) {
    table[SeriesValues::Index(series)] = {name, type};
  };
  set(Series::kCpuUsageUsec, "cpu_usage_usec", kC);
  set(Series::kCpuUserUsec, "cpu_user_usec", kC);
  set(Series::kCpuSystemUsec, "cpu_system_usec", kC);
  set(Series::kCpuPeriods, "cpu_nr_periods", kC);
  set(Series::kCpuThrottledPeriods, "cpu_nr_throttled", kC);
  set(Series::kCpuThrottledUsec, "cpu_throttled_usec", kC);
  set(Series::kMemoryCurrentBytes, "memory_current_bytes", kG);
  set(Series::kMemoryWorkingSetBytes, "memory_working_set_bytes", kG);
  set(Series::kMemoryAnonBytes, "memory_anon_bytes", kG);
  set(Series::kMemoryFileBytes, "memory_file_bytes", kG);
  set(Series::kMemoryKernelBytes, "memory_kernel_bytes", kG);
  set(Series::kMemorySwapBytes, "memory_swap_bytes", kG);
  set(Series::kDiskReadBytes, "disk_read_bytes", kC);
  set(Series::kDiskWriteBytes, "disk_write_bytes", kC);
  set(Series::kDiskReadOperations, "disk_read_operations", kC);
  set(Series::kDiskWriteOperations, "disk_write_operations", kC);
  set(Series::kPsiCpuSomeUsec, "psi_cpu_some_usec", kC);
  set(Series::kPsiMemorySomeUsec, "psi_memory_some_usec", kC);
  set(Series::kPsiMemoryFullUsec, "psi_memory_full_usec", kC);
  set(Series::kPsiIoSomeUsec, "psi_io_some_usec", kC);
  set(Series::kPsiIoFullUsec, "psi_io_full_usec", kC);
  set(Series::kPids, "pids", kG);
  set(Series::kOomKills, "oom_kills", kC);
  set(Series::kNetworkRxBytes, "network_rx_bytes", kC);
  set(Series::kNetworkTxBytes, "network_tx_bytes", kC);
  set(Series::kNetworkRxPackets, "network_rx_packets", kC);
  set(Series::kNetworkTxPackets, "network_tx_packets", kC);
  set(Series::kCpuReportedMillicores, "cpu_reported_millicores", kG);
  set(Series::kNodeCpuUserUsec, "node_cpu_user_usec", kC);
  set(Series::kNodeCpuNiceUsec, "node_cpu_nice_usec", kC);
  set(Series::kNodeCpuSystemUsec, "node_cpu_system_usec", kC);
  set(Series::kNodeCpuIdleUsec, "node_cpu_idle_usec", kC);
  set(Series::kNodeCpuIowaitUsec, "node_cpu_iowait_usec", kC);
  set(Series::kNodeCpuIrqUsec, "node_cpu_irq_usec", kC);
  set(Series::kNodeCpuSoftirqUsec, "node_cpu_softirq_usec", kC);
  set(Series::kNodeCpuStealUsec, "node_cpu_steal_usec", kC);
  set(Series::kNodeMemoryAvailableBytes, "node_memory_available_bytes", kG);
  set(Series::kNodeLoad1Milli, "node_load1_milli", kG);
  set(Series::kNodeLoad5Milli, "node_load5_milli", kG);
  set(Series::kNodeLoad15Milli, "node_load15_milli", kG);
  set(Series::kLedgerPodsCpuUsec, "ledger_pods_cpu_usec", kC);
  set(Series::kLedgerServicesCpuUsec, "ledger_services_cpu_usec", kC);
  set(Series::kLedgerKernelCpuUsec, "ledger_kernel_cpu_usec", kC);
  set(Series::kLedgerPodsMemoryBytes, "ledger_pods_memory_bytes", kG);
  set(Series::kLedgerServicesMemoryBytes, "ledger_services_memory_bytes", kG);
  set(Series::kLedgerKernelMemoryBytes, "ledger_kernel_memory_bytes", kG);
  return table;
}();

}  // namespace

std::optional<Series> SeriesFromNumber(uint32_t number) {
  if (number >= kSeriesEnd || kDescriptions[number].name.empty()) return std::nullopt;
  return static_cast<Series>(number);
}

SeriesType TypeOf(Series series) { return kDescriptions[SeriesValues::Index(series)].type; }

std::string_view NameOf(Series series) { return kDescriptions[SeriesValues::Index(series)].name; }

}  // namespace kubemonitor
