#include "collector/sampling/ledger.h"

#include <algorithm>
#include <limits>

#include "collector/sampling/usage_series.h"

namespace kubemonitor {
namespace {

// Counters come from files: what no counter of CPU time can be is cut before it is signed.
int64_t Signed(uint64_t delta) {
  constexpr auto kMax = static_cast<uint64_t>(std::numeric_limits<int64_t>::max() / 1024);
  return static_cast<int64_t>(std::min(delta, kMax));
}

uint64_t Plus(uint64_t a, uint64_t b) {
  return a > std::numeric_limits<uint64_t>::max() - b ? std::numeric_limits<uint64_t>::max()
                                                      : a + b;
}

struct MemorySums {
  bool any = false;
  uint64_t top = 0, pods = 0, charged = 0;
};

MemorySums SumMemory(const std::vector<LedgerEntry>& entries) {
  MemorySums sums;
  for (const LedgerEntry& entry : entries) {
    if (entry.pods) sums.pods = Plus(sums.pods, entry.memory_bytes.value_or(0));
    if (!entry.top_level || !entry.memory_bytes) continue;
    sums.any = true;
    sums.top = Plus(sums.top, *entry.memory_bytes);
    sums.charged = Plus(sums.charged, entry.kernel_memory_bytes.value_or(0));
  }
  return sums;
}

}  // namespace

std::optional<uint64_t> CounterDeltas::Take(uint64_t key, std::optional<uint64_t> value,
                                            std::optional<uint64_t> born_at_most) {
  if (!value) return std::nullopt;
  const auto [it, is_new] = entries_.try_emplace(key);
  Entry& entry = it->second;
  if (!is_new && entry.tick == tick_) return entry.delta;
  entry.delta.reset();
  if (is_new) {
    if (born_at_most && *value <= *born_at_most) entry.delta = *value;
  } else if (*value >= entry.value) {
    entry.delta = *value - entry.value;
  }
  entry.value = *value;
  entry.tick = tick_;
  return entry.delta;
}

void CounterDeltas::EndTick() {
  std::erase_if(entries_,
                [this](const auto& item) { return item.second.tick + kKeepTicks < tick_; });
}

void OwingCounter::Add(int64_t delta) {
  owed_ = std::min(owed_, kMaxOwedUsec);
  delta -= owed_;
  owed_ = delta < 0 ? std::min(-delta, kMaxOwedUsec) : 0;
  if (delta > 0) value_ += static_cast<uint64_t>(delta);
}

std::optional<uint64_t> LedgerMemory(std::optional<uint64_t> current, const MemoryStat& stat) {
  if (!current || !stat.active_file || !stat.inactive_file) return std::nullopt;
  uint64_t rest = *current;
  for (const uint64_t part :
       {*stat.active_file, *stat.inactive_file, stat.slab_reclaimable.value_or(0)}) {
    rest -= std::min(rest, part);
  }
  return rest;
}

std::optional<uint64_t> LedgerKernelMemory(const MemoryStat& stat) {
  return SubtractToZero(stat.kernel, stat.slab_reclaimable);
}

void Ledger::Update(const std::vector<LedgerEntry>& entries,
                    std::optional<uint64_t> root_cpu_usage_usec,
                    std::optional<uint64_t> root_cpu_delta_usec,
                    std::optional<uint64_t> kernel_memory_bytes, SeriesValues& node) {
  int64_t top = 0;
  int64_t pods = 0;
  bool has_cpu = false;
  for (const LedgerEntry& entry : entries) {
    const int64_t delta = Signed(entry.cpu_delta_usec.value_or(0));
    if (entry.top_level) top += delta;
    has_cpu = has_cpu || entry.has_cpu;
    if (entry.pods) pods += delta;
  }
  pods_.Add(pods);
  services_.Add(top - pods);
  not_set_off_ += top;
  if (root_cpu_delta_usec) {
    kernel_.Add(Signed(*root_cpu_delta_usec) - not_set_off_);
    not_set_off_ = 0;
  }
  if (has_cpu) {
    node.Set(Series::kLedgerPodsCpuUsec, pods_.value());
    node.Set(Series::kLedgerServicesCpuUsec, services_.value());
  }
  if (has_cpu && root_cpu_usage_usec) node.Set(Series::kLedgerKernelCpuUsec, kernel_.value());

  const MemorySums memory = SumMemory(entries);
  if (memory.any) {
    node.Set(Series::kLedgerPodsMemoryBytes, memory.pods);
    node.Set(Series::kLedgerServicesMemoryBytes,
             memory.top > memory.pods ? memory.top - memory.pods : 0);
    node.SetIf(Series::kLedgerKernelMemoryBytes,
               SubtractToZero(kernel_memory_bytes, memory.charged));
  }
}

}  // namespace kubemonitor
