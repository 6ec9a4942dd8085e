#include "collector/sampling/unit_table.h"

#include <algorithm>

#include "collector/sampling/usage_series.h"

namespace kubemonitor {
namespace {

constexpr uint64_t kKeepTicks = 8;  // of a unit that could not be read

void AddTo(std::optional<uint64_t>& sum, std::optional<uint64_t> part) {
  if (part) sum = sum.value_or(0) + *part;
}

// The counter of a sum falls when a part of it ends, so "other" has none.
void AddToOther(UnitUsage& other, const UnitUsage& part) {
  if (part.cpu_millicores)
    other.cpu_millicores = other.cpu_millicores.value_or(0) + *part.cpu_millicores;
  AddTo(other.memory_bytes, part.memory_bytes);
  AddTo(other.process_count, part.process_count);
}

}  // namespace

UnitUsage UnitTable::Usage(const UnitReading& unit, uint64_t elapsed_usec) {
  UnitUsage usage;
  usage.name = unit.name;
  usage.memory_bytes = SubtractToZero(unit.memory_bytes, unit.pods_memory_bytes);
  usage.process_count = SubtractToZero(unit.tasks, unit.pods_tasks);
  const std::optional<uint64_t> delta =
      SubtractToZero(unit.cpu_delta_usec, unit.pods_cpu_delta_usec);
  if (delta && elapsed_usec > 0) {
    usage.cpu_millicores = static_cast<double>(*delta) * 1000 / static_cast<double>(elapsed_usec);
  }
  usage.cpu_usage_usec = unit.cpu_usage_usec;
  const bool known = with_pods_.contains(unit.key);
  if (unit.cpu_usage_usec && (unit.has_pods || known)) {
    Own& own = with_pods_[unit.key];
    if (!known) {
      own.usage_usec = *SubtractToZero(unit.cpu_usage_usec, unit.pods_cpu_usage_usec);
    } else {
      own.usage_usec += delta.value_or(0);
    }
    own.tick = tick_;
    usage.cpu_usage_usec = own.usage_usec;
  }
  return usage;
}

std::vector<UnitUsage> UnitTable::Update(const std::vector<UnitReading>& units,
                                         uint64_t elapsed_usec) {
  ++tick_;
  std::vector<UnitUsage> usages;
  usages.reserve(std::min(units.size(), kMaxUnits));
  UnitUsage other;
  other.name = "other";
  for (const UnitReading& unit : units) {
    UnitUsage usage = Usage(unit, elapsed_usec);
    if (usages.size() + 1 < kMaxUnits || units.size() <= kMaxUnits) {
      usages.push_back(std::move(usage));
    } else {
      AddToOther(other, usage);
    }
  }
  if (units.size() > kMaxUnits) usages.push_back(std::move(other));
  std::erase_if(with_pods_,
                [this](const auto& item) { return item.second.tick + kKeepTicks < tick_; });
  return usages;
}

}  // namespace kubemonitor
