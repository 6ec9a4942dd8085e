// Any bytes as each of the kernel's files: what a parser gives is written in the file, and bounded.

#include <fmt/format.h>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "collector/readers/cgroup_files.h"
#include "collector/readers/proc_files.h"
#include "collector/readers/proc_pid_files.h"
#include "collector/readers/proc_users.h"
#include "collector/readers/text.h"
#include "fuzz/fuzzing.h"

namespace kubemonitor {
namespace {

using Numbers = std::vector<std::optional<uint64_t>>;

// Each number is absent, or `unit` times one that stands in the text: nothing is made up.
void RequireWritten(std::string_view text, const Numbers& numbers, uint64_t unit = 1) {
  for (const std::optional<uint64_t>& number : numbers) {
    if (!number) continue;
    Require(*number % unit == 0, "a number in its unit");
    Require(text.find(fmt::to_string(*number / unit)) != std::string_view::npos,
            "a number that the file has");
  }
}

void CpuStatFile(std::string_view text) {
  const CpuStat stat = ParseCpuStat(text);
  RequireWritten(text, {stat.usage_usec, stat.user_usec, stat.system_usec, stat.nr_periods,
                        stat.nr_throttled, stat.throttled_usec});
}

void MemoryFiles(std::string_view text) {
  const MemoryStat stat = ParseMemoryStat(text);
  RequireWritten(text, {stat.anon, stat.file, stat.shmem, stat.inactive_file, stat.active_file,
                        stat.slab_reclaimable});
  const MemoryEvents events = ParseMemoryEvents(text);
  RequireWritten(text, {events.oom, events.oom_kill});
}

void PressureFiles(std::string_view text) {
  const CgroupPressure of_cgroup = ParseCgroupPressure(text);
  RequireWritten(text, {of_cgroup.some_usec, of_cgroup.full_usec});
  if (const auto of_node = ParsePressure(text)) {
    RequireWritten(text, {of_node->some_usec, of_node->full_usec});
    Require(of_node->some_usec || of_node->full_usec, "a pressure that has a value");
  }
}

void IoStatFile(std::string_view text) {
  std::vector<IoDevice> devices(1);
  ParseIoStat(text, devices);
  for (const IoDevice& device : devices) {
    RequireWritten(text, {device.rbytes, device.wbytes, device.rios, device.wios});
    Require(device.rbytes || device.wbytes || device.rios || device.wios, "a device with a value");
    Require(device.named || (device.major == 0 && device.minor == 0), "a device without a name");
  }
  const IoTotals sum = SumLeafDevices(devices, [](uint32_t, uint32_t) { return true; });
  for (const IoDevice& device : devices) {
    Require(!sum.rbytes || *sum.rbytes >= device.rbytes.value_or(0), "a sum above its parts");
  }
}

void SmallCgroupFiles(std::string_view text) {
  if (const auto limit = ParseLimit(text)) RequireWritten(text, {limit->value()});
  if (const auto limit = ParseCpuMax(text)) {
    Require(limit->unlimited() == (Trim(text).starts_with("max")), "a limit where there is one");
  }
  RequireWritten(text, {ParseNumber(text)});
  if (ParsePopulated(text)) Require(text.find("populated") != text.npos, "the key is there");
  constexpr size_t kLimit = 100;
  std::vector<uint32_t> pids;
  ParseProcs(text, kLimit, pids);
  Require(pids.size() <= kLimit, "no more processes than asked for");
  for (const uint32_t pid : pids) RequireWritten(text, {pid > 0 ? std::optional(pid) : 1});
}

void StatFile(std::string_view text) {
  if (const auto times = ParseCpuTimes(text)) {
    RequireWritten(text,
                   {times->user_usec, times->nice_usec, times->system_usec, times->idle_usec,
                    times->iowait_usec, times->irq_usec, times->softirq_usec, times->steal_usec},
                   kUsecPerTick);
    const auto busy = BusyUsec(*times);
    Require(!busy || *busy >= *times->user_usec, "busy time has the user's in it");
  }
  if (const auto cpus = CountCpuLines(text)) Require(*cpus <= text.size(), "a line a CPU");
  if (const auto cpus = CountCpuList(text)) {
    Require(*cpus > 0 && *cpus / (text.size() + 1) <= uint64_t{1} << 32, "ranges of 32 bits");
  }
}

void MemInfoFile(std::string_view text) {
  const auto info = ParseMemInfo(text);
  if (!info) return;
  RequireWritten(text,
                 {info->total, info->available, info->buffers, info->cached, info->anon_pages,
                  info->swap_total, info->swap_free, info->slab_reclaimable,
                  info->slab_unreclaimable, info->kernel_stack, info->page_tables,
                  info->secondary_page_tables, info->percpu, info->vmalloc_used},
                 1024);
  const auto kernel = UnreclaimableKernelBytes(*info);
  Require(!kernel || *kernel >= *info->slab_unreclaimable, "a sum above its parts");
}

void SmallProcFiles(std::string_view text) {
  if (const auto load = ParseLoadAverages(text)) {
    RequireWritten(text, {load->one / 1000, load->five / 1000, load->fifteen / 1000});
  }
  RequireWritten(text, {ParseUptimeSeconds(text), ParseKeyedValue(text, "oom_kill")});
}

void DiskStatsFile(std::string_view text) {
  std::string_view rest = text;
  std::string_view line;
  while (NextLine(rest, line)) {
    const auto disk = ParseDiskLine(line);
    if (!disk) continue;
    Require(IsPartOf(disk->name, line) && !disk->name.empty(), "a name out of the line");
    RequireWritten(line, {disk->major, disk->minor, disk->read_operations, disk->write_operations});
    RequireWritten(line, {disk->read_bytes, disk->write_bytes}, 512);
  }
}

void NetDevFile(std::string_view text) {
  const NetworkDevices devices = ParseNetworkDevices(text);
  Require(!devices.interfaces.empty() || devices.odd_lines > 0 ||
              text.find("lo") != std::string_view::npos,
          "no interface and nothing odd");
  for (const InterfaceUsage& usage : devices.interfaces) {
    Require(!usage.name.empty() && usage.name.size() <= 64 && usage.name != ".." &&
                usage.name.find('/') == std::string::npos,
            "a name that is safe in a path");
    const Numbers numbers = {usage.rx_bytes,  usage.tx_bytes,  usage.rx_packets, usage.tx_packets,
                             usage.rx_errors, usage.tx_errors, usage.rx_dropped, usage.tx_dropped};
    for (const auto& number : numbers) Require(number.has_value(), "all columns or no line");
    RequireWritten(text, numbers);
  }
}

void RouteFiles(std::string_view text) {
  for (const std::string_view name : {DefaultRouteInterface(text), DefaultRouteInterfaceV6(text)}) {
    Require(IsPartOf(name, text) && name.find_first_of(" \t\n") == name.npos, "a word of the file");
  }
}

void ProcessFiles(std::string_view text) {
  if (const auto stat = ParseProcessStat(text)) {
    Require(IsPartOf(stat->comm, text), "a name out of the file");
    RequireWritten(text, {stat->pid, stat->start_ticks, stat->threads, stat->rss_pages});
    Require(stat->cpu_usec % kUsecPerTick == 0, "time in ticks");
  }
  if (const auto io = ParseProcessIo(text)) RequireWritten(text, {io->read_bytes, io->write_bytes});
  RequireWritten(text, {ParseStatusUid(text)});
}

void ProcessTexts(std::string_view text) {
  constexpr size_t kLimit = 64;
  const std::string line = JoinCommandLine(text, kLimit);
  Require(line.size() <= kLimit && line.find('\0') == std::string::npos, "a bounded line");
  for (const auto& [uid, name] : ParsePasswd(text)) {
    RequireWritten(text, {uid});
    Require(!name.empty() && name.size() <= 256, "a bounded name");
    Require(text.find(name) != std::string_view::npos, "a name that the file has");
  }
}

constexpr std::array kParsers = {CpuStatFile,      MemoryFiles, PressureFiles, IoStatFile,
                                 SmallCgroupFiles, StatFile,    MemInfoFile,   SmallProcFiles,
                                 DiskStatsFile,    NetDevFile,  RouteFiles,    ProcessFiles,
                                 ProcessTexts};

}  // namespace
}  // namespace kubemonitor

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using kubemonitor::kParsers;
  std::string_view text = kubemonitor::TextOf(data, size);
  kParsers[kubemonitor::CutChoice(text, kParsers.size())](text);
  return 0;
}
