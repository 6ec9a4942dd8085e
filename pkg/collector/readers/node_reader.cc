#include "collector/readers/node_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/readers/block_devices.h"
#include "collector/readers/network_devices.h"
#include "collector/readers/proc_files.h"
#include "collector/readers/proc_pids.h"
#include "collector/readers/text.h"

namespace kubemonitor {
namespace {

constexpr uint64_t kSysfsMagic = 0x62656572;
constexpr size_t kMaxTextBytes = 128;
constexpr size_t kMaxDisks = 8192;

// Absent, not broken: the file is not there, or the kernel has it switched off.
bool IsAbsent(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsUnimplemented(status);
}

// A file that is read each tick. On a true procfs its descriptor is held: a read through it makes
// fresh content at a fraction of the cost of opening. In a plain directory the file may be
// replaced, so it is opened each time.
class TickFile {
 public:
  explicit TickFile(const char* name) : name_(name) {}

  const char* name() const { return name_; }

  absl::StatusOr<std::string_view> Read(const Directory& root, bool hold, ReadBuffer& buffer) {
    if (!hold) return root.Read(name_, buffer);
    if (!held_.valid()) {
      absl::StatusOr<UniqueFd> opened = root.OpenFile(name_);
      if (!opened.ok()) return opened.status();
      held_ = std::move(*opened);
    }
    absl::StatusOr<std::string_view> text = HeldRead(held_, buffer);
    // Pressure files that are switched off open well and fail to read: opening is the expensive
    // part, so the descriptor stays.
    if (!text.ok() && !absl::IsUnimplemented(text.status())) held_ = UniqueFd();
    return text;
  }

 private:
  const char* name_;
  UniqueFd held_;
};

struct Root {
  std::string path;
  std::optional<Directory> directory;
  bool kernel = false;           // a true procfs or sysfs
  bool counted_missing = false;  // its absence is in the errors

  void Open(uint64_t magic) {
    if (directory) return;
    absl::StatusOr<Directory> opened = Directory::Open(path);
    if (!opened.ok()) return;
    const absl::StatusOr<uint64_t> type = opened->FileSystemType();
    kernel = type.ok() && *type == magic;
    directory = std::move(*opened);
  }
  void CountMissing(ReadErrors* errors) {
    if (directory || counted_missing) return;
    counted_missing = true;
    errors->Add("{}: cannot be opened", path);
  }
};

// One line of text, bounded; empty where it holds anything but printable ASCII.
std::string PrintableLine(std::string_view text) {
  text = Trim(text);
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  return printable ? std::string(text.substr(0, kMaxTextBytes)) : std::string();
}

// What the kernel's own memory is in the memory.stat of a cgroup (`kernel`): reclaimable slab is
// part of it.
std::optional<uint64_t> KernelBytes(const MemInfo& info) {
  return AddChecked(UnreclaimableKernelBytes(info), info.slab_reclaimable);
}

std::optional<uint64_t> Minus(std::optional<uint64_t> a, std::optional<uint64_t> b) {
  if (!a || !b || *b > *a) return std::nullopt;
  return *a - *b;
}

}  // namespace

struct NodeReader::State {
  Root proc;
  Root sys;
  ReadBuffer buffer;
  ReadBuffer topology_buffer;  // while views into `buffer` are in use
  TickFile stat{"stat"}, meminfo{"meminfo"}, loadavg{"loadavg"}, uptime{"uptime"};
  TickFile vmstat{"vmstat"}, diskstats{"diskstats"}, net_dev{"1/net/dev"}, own_net_dev{"net/dev"};
  TickFile psi_cpu{"pressure/cpu"}, psi_memory{"pressure/memory"}, psi_io{"pressure/io"};
  NodeDisks disks;
  CountedInterfaces interfaces;
  ProcessList process_list;
  std::vector<ListedProcess> processes;
  std::vector<DiskCounters> disk_lines;
  std::string kernel_version;
  ReadErrors* errors = nullptr;  // of the call under way

  std::optional<std::string_view> Text(TickFile& file);
  // Counts a file that was there and could not be understood.
  template <typename T>
  bool Understood(const TickFile& file, const std::optional<T>& parsed) {
    if (!parsed) errors->Add("{}/{}: not understood", proc.path, file.name());
    return parsed.has_value();
  }
  // Counts lines that were not.
  void CountLines(const TickFile& file, uint32_t lines) {
    errors->AddMany(lines, "{}/{}: {} lines not understood", proc.path, file.name(), lines);
  }

  void ReadCpu(NodeReading& reading);
  void ReadMemory(NodeReading& reading);
  void ReadLoad(NodeReading& reading);
  void ReadPressure(NodeReading& reading);
  void ReadDisks(NodeReading& reading);
  void ReadNetwork(NodeReading& reading);
  void ReadSystem(NodeReading& reading);
};

std::optional<std::string_view> NodeReader::State::Text(TickFile& file) {
  const absl::StatusOr<std::string_view> text = file.Read(*proc.directory, proc.kernel, buffer);
  if (text.ok()) return *text;
  if (!IsAbsent(text.status())) {
    errors->Add("{}/{}: {}", proc.path, file.name(), MessageOf(text.status()));
  }
  return std::nullopt;
}

void NodeReader::State::ReadCpu(NodeReading& reading) {
  std::optional<uint64_t> cpus;
  if (sys.directory) {
    const absl::StatusOr<std::string_view> online =
        sys.directory->Read("devices/system/cpu/online", buffer);
    if (online.ok()) cpus = CountCpuList(*online);
  }
  if (const std::optional<std::string_view> text = Text(stat)) {
    if (!cpus) cpus = CountCpuLines(*text);
    const std::optional<CpuTimes> times = ParseCpuTimes(*text);
    if (Understood(stat, times)) {
      SeriesValues& values = reading.values;
      values.SetIf(Series::kCpuUsageUsec, BusyUsec(*times));
      values.SetIf(Series::kNodeCpuUserUsec, times->user_usec);
      values.SetIf(Series::kNodeCpuNiceUsec, times->nice_usec);
      values.SetIf(Series::kNodeCpuSystemUsec, times->system_usec);
      values.SetIf(Series::kNodeCpuIdleUsec, times->idle_usec);
      values.SetIf(Series::kNodeCpuIowaitUsec, times->iowait_usec);
      values.SetIf(Series::kNodeCpuIrqUsec, times->irq_usec);
      values.SetIf(Series::kNodeCpuSoftirqUsec, times->softirq_usec);
      values.SetIf(Series::kNodeCpuStealUsec, times->steal_usec);
    }
  }
  reading.details.cpu_capacity_millicores = MultiplyChecked(cpus, 1000);
}

void NodeReader::State::ReadMemory(NodeReading& reading) {
  const std::optional<std::string_view> text = Text(meminfo);
  if (!text) return;
  const std::optional<MemInfo> info = ParseMemInfo(*text);
  if (!Understood(meminfo, info)) return;
  CountLines(meminfo, info->odd_lines);
  SeriesValues& values = reading.values;
  values.SetIf(Series::kMemoryCurrentBytes, Minus(info->total, info->available));
  values.SetIf(Series::kNodeMemoryAvailableBytes, info->available);
  values.SetIf(Series::kMemoryAnonBytes, info->anon_pages);
  values.SetIf(Series::kMemoryFileBytes, AddChecked(info->cached, info->buffers));
  values.SetIf(Series::kMemoryKernelBytes, KernelBytes(*info));
  values.SetIf(Series::kMemorySwapBytes, Minus(info->swap_total, info->swap_free));
  reading.kernel_memory_bytes = UnreclaimableKernelBytes(*info);
  reading.details.memory_capacity_bytes = info->total;
  reading.details.swap_capacity_bytes = info->swap_total;
}

void NodeReader::State::ReadLoad(NodeReading& reading) {
  const std::optional<std::string_view> text = Text(loadavg);
  if (!text) return;
  const std::optional<LoadAverages> load = ParseLoadAverages(*text);
  if (!Understood(loadavg, load)) return;
  reading.values.Set(Series::kNodeLoad1Milli, load->one);
  reading.values.Set(Series::kNodeLoad5Milli, load->five);
  reading.values.Set(Series::kNodeLoad15Milli, load->fifteen);
}

void NodeReader::State::ReadPressure(NodeReading& reading) {
  SeriesValues& values = reading.values;
  const auto read = [&](TickFile& file) {
    const std::optional<std::string_view> text = Text(file);
    if (!text) return Pressure{};
    const std::optional<Pressure> pressure = ParsePressure(*text);
    return Understood(file, pressure) ? *pressure : Pressure{};
  };
  values.SetIf(Series::kPsiCpuSomeUsec, read(psi_cpu).some_usec);
  const Pressure memory = read(psi_memory);
  values.SetIf(Series::kPsiMemorySomeUsec, memory.some_usec);
  values.SetIf(Series::kPsiMemoryFullUsec, memory.full_usec);
  const Pressure io = read(psi_io);
  values.SetIf(Series::kPsiIoSomeUsec, io.some_usec);
  values.SetIf(Series::kPsiIoFullUsec, io.full_usec);
}

void NodeReader::State::ReadDisks(NodeReading& reading) {
  const std::optional<std::string_view> text = Text(diskstats);
  if (!text) return;
  disk_lines.clear();
  std::string_view rest = *text;
  std::string_view line;
  while (NextLine(rest, line) && disk_lines.size() < kMaxDisks) {
    if (Trim(line).empty()) continue;
    const std::optional<DiskCounters> disk = ParseDiskLine(line);
    if (Understood(diskstats, disk)) disk_lines.push_back(*disk);
  }
  disks.Begin(sys.directory ? &*sys.directory : nullptr, sys.kernel, disk_lines);
  std::optional<uint64_t> read_bytes(0), write_bytes(0), read_operations(0), write_operations(0);
  for (const DiskCounters& disk : disk_lines) {
    if (!disks.Counted(disk, topology_buffer)) continue;
    reading.details.disks.push_back(DeviceUsage{std::string(disk.name), disk.read_bytes,
                                                disk.write_bytes, disk.read_operations,
                                                disk.write_operations});
    read_bytes = AddChecked(read_bytes, disk.read_bytes);
    write_bytes = AddChecked(write_bytes, disk.write_bytes);
    read_operations = AddChecked(read_operations, disk.read_operations);
    write_operations = AddChecked(write_operations, disk.write_operations);
  }
  if (reading.details.disks.empty()) return;
  reading.values.SetIf(Series::kDiskReadBytes, read_bytes);
  reading.values.SetIf(Series::kDiskWriteBytes, write_bytes);
  reading.values.SetIf(Series::kDiskReadOperations, read_operations);
  reading.values.SetIf(Series::kDiskWriteOperations, write_operations);
}

void NodeReader::State::ReadNetwork(NodeReading& reading) {
  // /proc/net is the reader's own namespace; that of process 1 is the node's.
  const TickFile* file = &net_dev;
  std::string_view directory = "1/net";
  std::optional<std::string_view> text = Text(net_dev);
  if (!text) {
    file = &own_net_dev;
    directory = "net";
    text = Text(own_net_dev);
  }
  if (!text) return;
  NetworkDevices devices = ParseNetworkDevices(*text);
  CountLines(*file, devices.odd_lines);
  interfaces.Mark(sys.directory ? &*sys.directory : nullptr, sys.kernel, &*proc.directory,
                  directory, devices.interfaces, buffer);
  std::optional<uint64_t> rx_bytes(0), tx_bytes(0), rx_packets(0), tx_packets(0);
  bool any = false;
  for (const InterfaceUsage& usage : devices.interfaces) {
    if (!usage.counted) continue;
    any = true;
    rx_bytes = AddChecked(rx_bytes, usage.rx_bytes);
    tx_bytes = AddChecked(tx_bytes, usage.tx_bytes);
    rx_packets = AddChecked(rx_packets, usage.rx_packets);
    tx_packets = AddChecked(tx_packets, usage.tx_packets);
  }
  reading.details.interfaces = std::move(devices.interfaces);
  if (!any) return;
  reading.values.SetIf(Series::kNetworkRxBytes, rx_bytes);
  reading.values.SetIf(Series::kNetworkTxBytes, tx_bytes);
  reading.values.SetIf(Series::kNetworkRxPackets, rx_packets);
  reading.values.SetIf(Series::kNetworkTxPackets, tx_packets);
}

void NodeReader::State::ReadSystem(NodeReading& reading) {
  if (const std::optional<std::string_view> text = Text(uptime)) {
    reading.details.uptime_seconds = ParseUptimeSeconds(*text);
    Understood(uptime, reading.details.uptime_seconds);
  }
  if (const std::optional<std::string_view> text = Text(vmstat)) {
    // Kernels before 4.13 do not count: absent, not odd.
    reading.values.SetIf(Series::kOomKills, ParseKeyedValue(*text, "oom_kill"));
  }
  if (kernel_version.empty() || !proc.kernel) {
    kernel_version.clear();
    const absl::StatusOr<std::string_view> text =
        proc.directory->Read("sys/kernel/osrelease", buffer);
    if (text.ok()) kernel_version = PrintableLine(*text);
  }
  reading.details.kernel_version = kernel_version;
  // None: a tree without processes, for the collector itself would be listed.
  if (const absl::Status listed = process_list.Read(*proc.directory, processes); !listed.ok()) {
    errors->Add("{}: {}", proc.path, MessageOf(listed));
  } else if (!processes.empty()) {
    reading.values.Set(Series::kPids, processes.size());
  }
}

NodeReader::NodeReader(const std::string& proc_root, const std::string& sys_root)
    : state_(std::make_unique<State>()) {
  state_->proc.path = proc_root;
  state_->sys.path = sys_root;
  state_->proc.Open(kProcfsMagic);
  state_->sys.Open(kSysfsMagic);
}

NodeReader::~NodeReader() = default;

NodeReading NodeReader::Read(ReadErrors* errors) {
  State& state = *state_;
  NodeReading reading;
  state.errors = errors;
  state.proc.Open(kProcfsMagic);
  state.sys.Open(kSysfsMagic);
  state.proc.CountMissing(errors);
  state.sys.CountMissing(errors);
  if (!state.proc.directory) return reading;
  state.ReadCpu(reading);
  state.ReadMemory(reading);
  state.ReadLoad(reading);
  state.ReadPressure(reading);
  state.ReadDisks(reading);
  state.ReadNetwork(reading);
  state.ReadSystem(reading);
  return reading;
}

std::string NodeReader::BootId() {
  State& state = *state_;
  state.proc.Open(kProcfsMagic);
  if (!state.proc.directory) return {};
  const absl::StatusOr<std::string_view> text =
      state.proc.directory->Read("sys/kernel/random/boot_id", state.buffer);
  return text.ok() ? PrintableLine(*text) : std::string();
}

}  // namespace kubemonitor
