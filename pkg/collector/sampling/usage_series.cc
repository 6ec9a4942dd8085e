#include "collector/sampling/usage_series.h"

namespace kubemonitor {
namespace {

constexpr size_t kMaxDisks = 64;

}  // namespace

std::optional<uint64_t> SubtractToZero(std::optional<uint64_t> a, std::optional<uint64_t> b) {
  if (!a || !b) return std::nullopt;
  return *a > *b ? *a - *b : 0;
}

SeriesValues UsageSeries(const CgroupReading& reading, BlockDevices& devices) {
  SeriesValues values;
  values.SetIf(Series::kCpuUsageUsec, reading.cpu.usage_usec);
  values.SetIf(Series::kCpuUserUsec, reading.cpu.user_usec);
  values.SetIf(Series::kCpuSystemUsec, reading.cpu.system_usec);
  values.SetIf(Series::kCpuPeriods, reading.cpu.nr_periods);
  values.SetIf(Series::kCpuThrottledPeriods, reading.cpu.nr_throttled);
  values.SetIf(Series::kCpuThrottledUsec, reading.cpu.throttled_usec);
  values.SetIf(Series::kMemoryCurrentBytes, reading.memory_current);
  values.SetIf(Series::kMemoryWorkingSetBytes,
               SubtractToZero(reading.memory_current, reading.memory.inactive_file));
  values.SetIf(Series::kMemoryAnonBytes, reading.memory.anon);
  values.SetIf(Series::kMemoryFileBytes, reading.memory.file);
  values.SetIf(Series::kMemoryKernelBytes, reading.memory.kernel);
  values.SetIf(Series::kMemorySwapBytes, reading.memory_swap_current);
  if (reading.has_io) {
    const IoTotals io = SumLeafDevices(reading.devices, [&devices](uint32_t major, uint32_t minor) {
      return devices.Lookup(major, minor).leaf;
    });
    values.SetIf(Series::kDiskReadBytes, io.rbytes);
    values.SetIf(Series::kDiskWriteBytes, io.wbytes);
    values.SetIf(Series::kDiskReadOperations, io.rios);
    values.SetIf(Series::kDiskWriteOperations, io.wios);
  }
  values.SetIf(Series::kPsiCpuSomeUsec, reading.cpu_pressure.some_usec);
  values.SetIf(Series::kPsiMemorySomeUsec, reading.memory_pressure.some_usec);
  values.SetIf(Series::kPsiMemoryFullUsec, reading.memory_pressure.full_usec);
  values.SetIf(Series::kPsiIoSomeUsec, reading.io_pressure.some_usec);
  values.SetIf(Series::kPsiIoFullUsec, reading.io_pressure.full_usec);
  values.SetIf(Series::kPids, reading.pids_current);
  values.SetIf(Series::kOomKills, reading.memory_events.oom_kill);
  return values;
}

void AddUsageDetails(const Cgroup& cgroup, BlockDevices& devices, ObjectDetails& details) {
  const CgroupLimits& limits = cgroup.limits;
  if (limits.cpu_millicores) details.cpu_limit_millicores = limits.cpu_millicores->value();
  if (limits.memory_bytes) details.memory_limit_bytes = limits.memory_bytes->value();
  if (limits.pids) details.pids_limit = limits.pids->value();
  details.oom_events = cgroup.reading.memory_events.oom;
  for (const IoDevice& device : cgroup.reading.devices) {
    if (details.disks.size() == kMaxDisks) break;
    DeviceUsage usage;
    if (device.named) {
      const BlockDevices::Device& known = devices.Lookup(device.major, device.minor);
      if (!known.leaf) continue;
      usage.name = known.name;
    } else {
      usage.name = "(unknown)";  // as the kernel has it
    }
    usage.read_bytes = device.rbytes;
    usage.write_bytes = device.wbytes;
    usage.read_operations = device.rios;
    usage.write_operations = device.wios;
    details.disks.push_back(std::move(usage));
  }
}

std::optional<uint64_t> NodeWorkingSet(const CgroupReading& root, bool nested) {
  std::optional<uint64_t> used = root.memory_current;
  if (!nested || !used) {
    if (!root.memory.anon || !root.memory.file) return std::nullopt;
    used = *root.memory.anon + *root.memory.file;
  }
  return SubtractToZero(used, root.memory.inactive_file);
}

}  // namespace kubemonitor
