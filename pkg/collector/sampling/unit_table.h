#ifndef KUBEMONITOR_COLLECTOR_SAMPLING_UNIT_TABLE_H_
#define KUBEMONITOR_COLLECTOR_SAMPLING_UNIT_TABLE_H_

// The units of a tick: what each service uses, without the containers that a misconfigured or
// nested runtime has below it.

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/node_report.h"

namespace kubemonitor {

// One unit's cgroup as a tick read it, and the pods' cgroups below it.
struct UnitReading {
  uint64_t key = 0;  // of this cgroup alone
  std::string name;
  std::optional<uint64_t> cpu_usage_usec, cpu_delta_usec, memory_bytes, tasks;
  bool has_pods = false;
  uint64_t pods_cpu_usage_usec = 0, pods_cpu_delta_usec = 0, pods_memory_bytes = 0, pods_tasks = 0;
};

class UnitTable {
 public:
  // `elapsed_usec` since the tick before; 0 on the first: no rates. `memory_bytes` of the result is
  // memory.current, `process_count` pids.current (tasks). At most kMaxUnits by their order; the
  // rest is summed in one named "other".
  std::vector<UnitUsage> Update(const std::vector<UnitReading>& units, uint64_t elapsed_usec);

  static constexpr size_t kMaxUnits = 512;

 private:
  struct Own {  // of a unit with pods below: what it used itself, a counter that never falls
    uint64_t usage_usec = 0;
    uint64_t tick = 0;
  };
  UnitUsage Usage(const UnitReading& unit, uint64_t elapsed_usec);

  std::unordered_map<uint64_t, Own> with_pods_;
  uint64_t tick_ = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_SAMPLING_UNIT_TABLE_H_
