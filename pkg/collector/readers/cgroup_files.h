#ifndef KUBEMONITOR_COLLECTOR_READERS_CGROUP_FILES_H_
#define KUBEMONITOR_COLLECTOR_READERS_CGROUP_FILES_H_

// Parsers of the cgroup v2 files: pure functions on text. Keys are found by name (the kernel adds
// new ones in the middle); unknown ones are skipped; a key that is missing leaves its field absent,
// never 0. A value that is no decimal number of 64 bits leaves its field absent and sets
// `malformed`; the rest of the file stands.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "collector/readers/checked_math.h"

namespace kubemonitor {

// A limit file: a number, or the word `max`.
class Limit {
 public:
  static Limit Unlimited() { return Limit(std::nullopt); }
  static Limit Of(uint64_t value) { return Limit(value); }
  bool unlimited() const { return !value_.has_value(); }
  // Absent: unlimited.
  std::optional<uint64_t> value() const { return value_; }
  bool operator==(const Limit&) const = default;

 private:
  explicit Limit(std::optional<uint64_t> value) : value_(value) {}
  std::optional<uint64_t> value_;
};

struct CpuStat {  // cpu.stat; microseconds
  std::optional<uint64_t> usage_usec, user_usec, system_usec;
  // Of this cgroup's own cpu.max alone; there with the cpu controller.
  std::optional<uint64_t> nr_periods, nr_throttled, throttled_usec;
  bool malformed = false;
};
CpuStat ParseCpuStat(std::string_view text);

struct MemoryStat {  // memory.stat; bytes
  std::optional<uint64_t> anon, file, shmem, inactive_file, active_file, slab_reclaimable;
  // `kernel` where there is one (5.18), else the sum of slab, kernel_stack, pagetables,
  // sec_pagetables, percpu and vmalloc as far as they are there.
  std::optional<uint64_t> kernel;
  bool malformed = false;
};
MemoryStat ParseMemoryStat(std::string_view text);

struct MemoryEvents {  // memory.events
  std::optional<uint64_t> oom, oom_kill;
  bool malformed = false;
};
MemoryEvents ParseMemoryEvents(std::string_view text);

struct CgroupPressure {  // cpu.pressure and its like: the totals, microseconds
  std::optional<uint64_t> some_usec, full_usec;
  bool malformed = false;
};
CgroupPressure ParseCgroupPressure(std::string_view text);

struct IoDevice {  // one line of io.stat
  // `(unknown)` where the kernel cannot name the device (ZFS, NVMe multipath heads): then both are
  // 0 and `named` is false.
  uint32_t major = 0, minor = 0;
  bool named = false;
  std::optional<uint64_t> rbytes, wbytes, rios, wios;
};
// io.stat: fills `devices` with the lines that have values. Devices without values and torn lines
// are no data; of several devices on one line the values belong to the last. An empty file is no
// I/O so far. False: some line could not be understood.
bool ParseIoStat(std::string_view text, std::vector<IoDevice>& devices);

struct IoTotals {  // absent: the sum does not fit
  std::optional<uint64_t> rbytes = 0, wbytes = 0, rios = 0, wios = 0;
};
// The sum over leaf devices: a stacked device (dm, md) and the disk below it both count the same
// bytes. `is_leaf(major, minor)` tells; devices the kernel does not name count.
template <typename IsLeaf>
IoTotals SumLeafDevices(const std::vector<IoDevice>& devices, IsLeaf is_leaf) {
  IoTotals sum;
  for (const IoDevice& device : devices) {
    if (device.named && !is_leaf(device.major, device.minor)) continue;
    sum.rbytes = AddChecked(sum.rbytes, device.rbytes.value_or(0));
    sum.wbytes = AddChecked(sum.wbytes, device.wbytes.value_or(0));
    sum.rios = AddChecked(sum.rios, device.rios.value_or(0));
    sum.wios = AddChecked(sum.wios, device.wios.value_or(0));
  }
  return sum;
}

// cpu.max, as CPU in thousandths of a core; nullopt: not understood (a period of 0 as well).
std::optional<Limit> ParseCpuMax(std::string_view text);

// memory.max, pids.max: a number or `max`; nullopt: not understood.
std::optional<Limit> ParseLimit(std::string_view text);

// memory.current and its like: one number and a newline; nullopt: not understood.
std::optional<uint64_t> ParseNumber(std::string_view text);

// cgroup.events: `populated`, whether there is a process in the cgroup or below.
std::optional<bool> ParsePopulated(std::string_view text);

// cgroup.procs: one pid a line, in the reader's pid namespace; 0 is a process that it cannot see.
// Appends those that are numbers and not 0, at most `limit` in all.
void ParseProcs(std::string_view text, size_t limit, std::vector<uint32_t>& pids);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_CGROUP_FILES_H_
