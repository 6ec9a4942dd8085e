#ifndef KUBEMONITOR_COLLECTOR_READERS_PROC_FILES_H_
#define KUBEMONITOR_COLLECTOR_READERS_PROC_FILES_H_

// Parsers of the machine-wide files of /proc: pure functions on text, thread-safe. A value that is
// missing or cannot be understood is absent, never 0; unknown keys and further columns are skipped.
// Nullopt as a whole: nothing of the file could be understood. Results that hold views point into
// the text.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "collector/readers/checked_math.h"
#include "common/node_report.h"

namespace kubemonitor {

// Ticks of /proc are in USER_HZ, which is 100 for user space on every architecture that containers
// run on.
inline constexpr uint64_t kUsecPerTick = 10'000;

// The first line of /proc/stat, cumulative. `guest` is inside user and `guest_nice` inside nice.
struct CpuTimes {
  std::optional<uint64_t> user_usec, nice_usec, system_usec, idle_usec, iowait_usec;
  std::optional<uint64_t> irq_usec, softirq_usec, steal_usec;
};
std::optional<CpuTimes> ParseCpuTimes(std::string_view text);
// user + nice + system + irq + softirq. The last two are columns of 2.6 and later; without them the
// kernel has that time in system.
std::optional<uint64_t> BusyUsec(const CpuTimes& times);
// Number of cpuN lines of /proc/stat: the CPUs that are on line. Nullopt: none.
std::optional<uint64_t> CountCpuLines(std::string_view text);
// Number of CPUs in a list like "0-3,8" (/sys/devices/system/cpu/online).
std::optional<uint64_t> CountCpuList(std::string_view text);

// /proc/meminfo, in bytes.
struct MemInfo {
  std::optional<uint64_t> total, available, buffers, cached, anon_pages, swap_total, swap_free;
  std::optional<uint64_t> slab_reclaimable, slab_unreclaimable, kernel_stack, page_tables;
  std::optional<uint64_t> secondary_page_tables, percpu, vmalloc_used;
  uint32_t odd_lines = 0;  // known keys whose value could not be understood
};
std::optional<MemInfo> ParseMemInfo(std::string_view text);
// SUnreclaim + PageTables + SecPageTables + Percpu + the larger of KernelStack and VmallocUsed
// (stacks are vmalloc'ed where CONFIG_VMAP_STACK is on, as on x86-64 and arm64, and would count
// twice). Keys that a kernel does not have are left out; nullopt without SUnreclaim.
std::optional<uint64_t> UnreclaimableKernelBytes(const MemInfo& info);

struct LoadAverages {  // in thousandths
  uint64_t one = 0, five = 0, fifteen = 0;
};
std::optional<LoadAverages> ParseLoadAverages(std::string_view text);

// Whole seconds since boot, of /proc/uptime.
std::optional<uint64_t> ParseUptimeSeconds(std::string_view text);

// The value of `key` in a file of "key value" lines (/proc/vmstat).
std::optional<uint64_t> ParseKeyedValue(std::string_view text, std::string_view key);

// One line of /proc/diskstats, cumulative. A sector there is 512 bytes, whatever the device's own
// is.
struct DiskCounters {
  uint32_t major = 0, minor = 0;
  std::string_view name;
  std::optional<uint64_t> read_bytes, write_bytes, read_operations, write_operations;
};
std::optional<DiskCounters> ParseDiskLine(std::string_view line);

// /proc/net/dev without loopback; `counted` is not set. Every network namespace has a loopback: a
// file without any interface was not understood and has one odd line at least.
struct NetworkDevices {
  std::vector<InterfaceUsage> interfaces;
  uint32_t odd_lines = 0;
};
NetworkDevices ParseNetworkDevices(std::string_view text);

// The interface of the default route with the lowest metric, by /proc/net/route or by
// /proc/net/ipv6_route. Empty: there is none.
std::string_view DefaultRouteInterface(std::string_view route);
std::string_view DefaultRouteInterfaceV6(std::string_view ipv6_route);

// Totals of a pressure file, cumulative.
struct Pressure {
  std::optional<uint64_t> some_usec, full_usec;
};
std::optional<Pressure> ParsePressure(std::string_view text);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_PROC_FILES_H_
