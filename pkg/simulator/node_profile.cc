#include "simulator/node_profile.h"

#include <algorithm>

namespace kubemonitor {
namespace {

constexpr uint64_t kPages = 4096;
constexpr uint64_t kMiB = uint64_t{1} << 20;

uint64_t RoundUp(uint64_t value, uint64_t to) { return (value + to - 1) / to * to; }

uint64_t MostOf(const Signal& walk) { return walk.unit * (walk.scale + kWalkSpan); }

// Fills one signal after the other, each with a key of its own.
class Signals {
 public:
  Signals(uint64_t key, int64_t interval_ms)
      : key_(key), interval_ms_(static_cast<uint64_t>(interval_ms)) {}

  Signal Cpu(uint64_t low_millionths, uint64_t high_millionths) {
    const uint64_t key = Next();
    const uint64_t mean = LogUniform(low_millionths, high_millionths, HashOf(key, 0));
    return {Shape::kSteady, key, mean * interval_ms_ / 1000};
  }
  Signal Memory(uint64_t low_mib, uint64_t high_mib) {
    const uint64_t key = Next();
    const uint64_t mib = LogUniform(low_mib, high_mib, HashOf(key, 0));
    return {Shape::kWalk, key, mib * (kMiB / kPages), kPages};
  }
  Signal Bytes(uint64_t low_per_second, uint64_t high_per_second) {
    const uint64_t key = Next();
    const uint64_t mean = LogUniform(low_per_second, high_per_second, HashOf(key, 0));
    return {Shape::kSteady, key, mean * interval_ms_ / 1000};
  }
  Signal Disk(uint64_t low_pages, uint64_t high_pages) {
    const uint64_t key = Next();
    return {Shape::kBusy, key, LogUniform(low_pages, high_pages, HashOf(key, 0)), kPages};
  }
  Signal Pressure() {
    const uint64_t key = Next();
    return {Shape::kSparse, key, LogUniform(1, 32, HashOf(key, 0)) * interval_ms_};
  }
  uint64_t Next() { return HashOf(key_, number_++); }

 private:
  const uint64_t key_;
  const uint64_t interval_ms_;
  uint64_t number_ = 1'000;
};

void SetCpu(const NodeProfile& profile, const SlotSums& sums, uint64_t k, SeriesValues& out) {
  const uint64_t services = ValueAt(profile.services_cpu, k);
  const uint64_t kernel = ValueAt(profile.kernel_cpu, k);
  const uint64_t busy = sums.cpu_usec + services + kernel + ValueAt(profile.other_cpu, k);
  const uint64_t user = busy * 7 / 10;
  const uint64_t irq = busy / 200;
  const uint64_t softirq = busy / 50;
  const uint64_t iowait = ValueAt(profile.iowait, k);
  const uint64_t all = profile.cores * profile.interval_usec * (k + 1);
  out.Set(Series::kCpuUsageUsec, busy);
  out.Set(Series::kNodeCpuUserUsec, user);
  out.Set(Series::kNodeCpuNiceUsec, 0);
  out.Set(Series::kNodeCpuSystemUsec, busy - user - irq - softirq);
  out.Set(Series::kNodeCpuIdleUsec, all - std::min(all, busy + iowait));
  out.Set(Series::kNodeCpuIowaitUsec, iowait);
  out.Set(Series::kNodeCpuIrqUsec, irq);
  out.Set(Series::kNodeCpuSoftirqUsec, softirq);
  out.Set(Series::kNodeCpuStealUsec, 0);
  out.Set(Series::kLedgerPodsCpuUsec, sums.cpu_usec);
  out.Set(Series::kLedgerServicesCpuUsec, services);
  out.Set(Series::kLedgerKernelCpuUsec, kernel);
}

void SetMemory(const NodeProfile& profile, const SlotSums& sums, uint64_t k, SeriesValues& out) {
  const uint64_t services = ValueAt(profile.services_memory, k);
  const uint64_t kernel = ValueAt(profile.kernel_memory, k);
  const uint64_t used =
      sums.working_set_bytes + services + kernel + ValueAt(profile.other_memory, k);
  // Half of the containers' page cache counts as active.
  const uint64_t cache = sums.memory_bytes - std::min(sums.memory_bytes, sums.working_set_bytes);
  out.Set(Series::kMemoryCurrentBytes, used);
  out.Set(Series::kMemoryWorkingSetBytes, used + cache / kPages / 2 * kPages);
  out.Set(Series::kNodeMemoryAvailableBytes,
          profile.memory_bytes - std::min(profile.memory_bytes, used));
  out.Set(Series::kLedgerPodsMemoryBytes, sums.working_set_bytes);
  out.Set(Series::kLedgerServicesMemoryBytes, services);
  out.Set(Series::kLedgerKernelMemoryBytes, kernel);
}

void SetLoad(const NodeProfile& profile, uint64_t k, SeriesValues& out) {
  const uint64_t mean = profile.mean_cpu_usec * 1000 / profile.interval_usec;
  const auto about = [&](uint64_t per_mille, uint64_t hold_ticks, uint64_t which) {
    const uint64_t noise = HashOf(profile.load_key + which, k / hold_ticks) % (2 * per_mille + 1);
    return mean * (1000 - per_mille + noise) / 1000;
  };
  out.Set(Series::kNodeLoad1Milli, about(200, 1, 1));
  out.Set(Series::kNodeLoad5Milli, about(80, 4, 2));
  out.Set(Series::kNodeLoad15Milli, about(30, 12, 3));
}

}  // namespace

NodeProfile MakeNodeProfile(const Model& model, uint32_t node, uint64_t cpu_usec,
                            uint64_t memory_bytes) {
  const int64_t interval_ms = model.options().interval_ms;
  Signals make(model.NodeKey(node), interval_ms);
  NodeProfile out;
  out.interval_usec = static_cast<uint64_t>(interval_ms) * 1000;
  out.services_cpu = make.Cpu(20'000, 120'000);
  out.kernel_cpu = make.Cpu(5'000, 50'000);
  out.other_cpu = make.Cpu(500, 4'000);
  out.iowait = make.Cpu(500, 20'000);
  out.services_memory = make.Memory(200, 800);
  out.kernel_memory = make.Memory(100, 400);
  out.other_memory = make.Memory(16, 64);
  out.disk_read = make.Disk(4, 64);
  out.disk_write = make.Disk(16, 512);
  out.network_rx = make.Bytes(1'000, 50'000);
  out.network_tx = make.Bytes(1'000, 50'000);
  out.psi_cpu = make.Pressure();
  out.psi_memory = make.Pressure();
  out.psi_io = make.Pressure();
  out.load_key = make.Next();
  out.mean_cpu_usec = cpu_usec + out.services_cpu.scale + out.kernel_cpu.scale +
                      out.other_cpu.scale + out.iowait.scale;
  // A tick has at most 1.3 times the mean.
  const uint64_t most = out.mean_cpu_usec * 13 / 10 / out.interval_usec + 1;
  out.cores = std::max<uint64_t>(4, RoundUp(most + most / 4, 2));
  const uint64_t used = memory_bytes + MostOf(out.services_memory) + MostOf(out.kernel_memory) +
                        MostOf(out.other_memory);
  out.memory_bytes = RoundUp(used + used / 8, 4096 * kMiB);
  return out;
}

NodeProfile ProfileOf(const Model& model, uint32_t node) {
  constexpr size_t kCpu = 0;
  constexpr size_t kMemory = 5;
  static_assert(kContainerSeries[kCpu] == Series::kCpuUsageUsec);
  static_assert(kContainerSeries[kMemory] == Series::kMemoryCurrentBytes);
  uint64_t cpu_usec = 0;
  uint64_t memory_bytes = 0;
  for (uint32_t slot = 0; slot < model.options().pods_per_node; ++slot) {
    for (uint32_t c = 0; c < model.options().containers_per_pod; ++c) {
      cpu_usec += model.ContainerSignal(node, slot, c, kCpu).scale;
      memory_bytes += MostOf(model.ContainerSignal(node, slot, c, kMemory));
    }
  }
  return MakeNodeProfile(model, node, cpu_usec, memory_bytes);
}

SeriesValues NodeValues(const NodeProfile& profile, const SlotSums& sums, uint64_t k) {
  SeriesValues out;
  SetCpu(profile, sums, k, out);
  SetMemory(profile, sums, k, out);
  SetLoad(profile, k, out);
  out.Set(Series::kDiskReadBytes, sums.read_bytes + ValueAt(profile.disk_read, k));
  out.Set(Series::kDiskWriteBytes, sums.write_bytes + ValueAt(profile.disk_write, k));
  out.Set(Series::kNetworkRxBytes, sums.rx_bytes + ValueAt(profile.network_rx, k));
  out.Set(Series::kNetworkTxBytes, sums.tx_bytes + ValueAt(profile.network_tx, k));
  out.Set(Series::kPsiCpuSomeUsec, ValueAt(profile.psi_cpu, k));
  out.Set(Series::kPsiMemorySomeUsec, ValueAt(profile.psi_memory, k));
  out.Set(Series::kPsiIoSomeUsec, ValueAt(profile.psi_io, k));
  out.Set(Series::kPids, sums.pids + 150);
  return out;
}

}  // namespace kubemonitor
