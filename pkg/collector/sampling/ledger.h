#ifndef KUBEMONITOR_COLLECTOR_SAMPLING_LEDGER_H_
#define KUBEMONITOR_COLLECTOR_SAMPLING_LEDGER_H_

// Who uses the node: pods, services, the kernel. Pure arithmetic on what a tick read.
//
// CPU. The parts are counters that start at 0 with the collector and grow by each tick's deltas, so
// that a cgroup that ends takes nothing back and one that is found makes no step:
//   pods     = the tops of the pod hierarchies, and pods and containers outside of any (a driver
//   mismatch) services = the top-level cgroups, less what of them is pods kernel   = the root's
//   cpu.stat less the top-level cgroups: processes directly in the root, kernel threads above all,
//   and what no
//              cgroup was charged for
// The files are read one after the other, so that a difference may come out slightly negative: it
// is owed and made good by the next deltas, and no negative delta is ever published.
//
// Memory. The parts are meant to add up to MemTotal − MemAvailable, which leaves out what the
// kernel can take back at once. So a cgroup counts as memory.current − active_file − inactive_file
// − slab_reclaimable, not below 0 (shmem stays in: it is on the anonymous lists):
//   pods, services as above
//   kernel   = the machine's unreclaimable kernel memory less what of it the top-level cgroups were
//   charged for (kernel −
//              slab_reclaimable), not below 0
// What is left over: memory that drivers hold without an account, and the reserve that MemAvailable
// leaves out (much on a small machine).

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "collector/readers/cgroup_files.h"
#include "common/series.h"

namespace kubemonitor {

// The delta of each of many counters since the tick before. Keys are never used again.
class CounterDeltas {
 public:
  void BeginTick() { ++tick_; }
  // Absent: first sight, a counter that went back, or no value. `born_at_most`: given for a counter
  // that came into being since the tick before, what it can have at most; one with more was there
  // before, and has no delta either.
  std::optional<uint64_t> Take(uint64_t key, std::optional<uint64_t> value,
                               std::optional<uint64_t> born_at_most);
  // Forgets the counters not taken for some ticks.
  void EndTick();

 private:
  struct Entry {
    uint64_t value = 0;
    uint64_t tick = 0;
    std::optional<uint64_t> delta;
  };
  static constexpr uint64_t kKeepTicks = 8;  // of a counter that could not be read
  std::unordered_map<uint64_t, Entry> entries_;
  uint64_t tick_ = 0;
};

// A counter that never falls, made of deltas that may be slightly negative.
class OwingCounter {
 public:
  void Add(int64_t delta);
  uint64_t value() const { return value_; }

 private:
  // More than reads one after the other can differ by: a delta that negative was no skew, and is
  // not waited for.
  static constexpr int64_t kMaxOwedUsec = 10'000'000;
  uint64_t value_ = 0;
  int64_t owed_ = 0;
};

// One cgroup the ledger is made of.
struct LedgerEntry {
  bool top_level = false;  // directly below the root
  bool pods = false;       // a part of the pods' share (CgroupPlace::pods_top)
  bool has_cpu = false;    // its usage was read; the delta may be absent all the same
  std::optional<uint64_t> cpu_delta_usec;
  std::optional<uint64_t> memory_bytes;         // LedgerMemory
  std::optional<uint64_t> kernel_memory_bytes;  // charged and unreclaimable: LedgerKernelMemory
};

// memory.current − active_file − inactive_file − slab_reclaimable, not below 0; absent without
// memory.current or either list.
std::optional<uint64_t> LedgerMemory(std::optional<uint64_t> current, const MemoryStat& stat);
// kernel − slab_reclaimable, not below 0.
std::optional<uint64_t> LedgerKernelMemory(const MemoryStat& stat);

class Ledger {
 public:
  // Sets the ledger's series in `node` as far as they are known: of CPU where a top-level cgroup
  // tells its usage (from the first tick on, as 0), of memory where one tells its memory.
  // `root_cpu_*` of the root's cpu.stat; `kernel_memory_bytes` of the machine (NodeReading).
  void Update(const std::vector<LedgerEntry>& entries, std::optional<uint64_t> root_cpu_usage_usec,
              std::optional<uint64_t> root_cpu_delta_usec,
              std::optional<uint64_t> kernel_memory_bytes, SeriesValues& node);

 private:
  OwingCounter pods_, services_, kernel_;
  int64_t not_set_off_ = 0;  // of the top-level cgroups, since the root was read last
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_SAMPLING_LEDGER_H_
