#include "collector/readers/process_table.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <unordered_map>
#include <utility>

#include "collector/readers/descriptor_budget.h"
#include "collector/readers/kernel_file.h"
#include "collector/readers/proc_pid_files.h"
#include "collector/readers/proc_pids.h"
#include "collector/readers/proc_users.h"
#include "collector/readers/text.h"

namespace kubemonitor {
namespace {

constexpr size_t kMaxProcesses = 32768;
constexpr size_t kMaxCommandLineBytes = 4096;
// Every process is looked at again within this time: it may have moved to another cgroup, run
// another program, or be another one.
constexpr uint64_t kCheckUsec = 60'000'000;
constexpr uint64_t kCheckSpreadUsec = 15'000'000;

enum class Kind : uint8_t { kUnknown, kPod, kHost };

struct Counters {
  uint64_t boot_usec = 0;
  uint64_t cpu_usec = 0;
  std::optional<uint64_t> read_bytes, write_bytes;
};

struct Process {
  // Identity: the pid and its start. The inode of its directory changes when the pid is given to
  // another process; it comes with the listing, at no cost.
  uint32_t pid = 0;
  uint64_t start_ticks = 0;
  uint64_t inode = 0;

  Kind kind = Kind::kUnknown;
  bool kernel_thread = false;
  bool io_refused = false;  // reading io needs privileges the collector may not have
  bool facts_known = false;
  uint64_t seen_tick = 0;
  uint64_t measured_tick = 0;
  uint64_t picked_tick = 0;
  uint64_t check_usec = 0;      // boot time of the next check
  UniqueFd stat_file, io_file;  // host processes on a true procfs, while there is room

  std::optional<Counters> counters;
  std::optional<double> cpu_millicores, read_rate, write_rate;
  std::optional<uint64_t> rss_bytes;
  std::optional<uint32_t> threads;
  std::string comm;
  std::string unit;
  // Read for those that are reported.
  std::optional<uint32_t> uid;
  std::string executable;
  std::string command_line;
};

uint64_t Spread(uint32_t pid, uint64_t range) { return pid * uint64_t{2654435761} % range; }

// Per second; absent at first sight and where the counter went back.
std::optional<double> Rate(std::optional<uint64_t> before, std::optional<uint64_t> now,
                           uint64_t elapsed_usec) {
  if (!before || !now || *now < *before || elapsed_usec == 0) return std::nullopt;
  return static_cast<double>(*now - *before) * 1e6 / static_cast<double>(elapsed_usec);
}

// stat and io are written by one call of the kernel (single_open in fs/proc/base.c): what fits into
// the buffer comes with the first read, and asking for more would be a second system call for each
// process and tick.
absl::StatusOr<std::string_view> ReadOnce(const UniqueFd& file, ReadBuffer& buffer) {
  constexpr size_t kBytes = 4096;
  if (buffer.size() < kBytes) buffer.resize(kBytes);
  while (true) {
    const ssize_t n = pread(file.get(), buffer.data(), buffer.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoToStatus(errno, "read");
    if (static_cast<size_t>(n) == buffer.size()) return HeldRead(file, buffer);
    return std::string_view(buffer.data(), static_cast<size_t>(n));
  }
}

// At most kMaxCommandLineBytes of a file that may be as long as ARG_MAX.
std::string ReadCommandLine(const Directory& directory) {
  const absl::StatusOr<UniqueFd> file = directory.OpenFile("cmdline");
  if (!file.ok()) return {};
  std::array<char, kMaxCommandLineBytes> text;
  size_t used = 0;
  while (used < text.size()) {
    const ssize_t n =
        pread(file->get(), text.data() + used, text.size() - used, static_cast<off_t>(used));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    used += static_cast<size_t>(n);
  }
  return JoinCommandLine(std::string_view(text.data(), used), kMaxCommandLineBytes);
}

bool MoreCpu(const Process* a, const Process* b) {
  if (a->cpu_millicores != b->cpu_millicores) return a->cpu_millicores > b->cpu_millicores;
  if (a->rss_bytes != b->rss_bytes) return a->rss_bytes > b->rss_bytes;
  return a->pid < b->pid;
}

bool MoreMemory(const Process* a, const Process* b) {
  if (a->rss_bytes != b->rss_bytes) return a->rss_bytes > b->rss_bytes;
  return a->pid < b->pid;
}

}  // namespace

struct ProcessTable::State {
  using IsPodCgroup = std::function<bool(std::string_view)>;

  ProcessTableOptions options;
  std::optional<Directory> proc;
  bool kernel = false;  // a true procfs: descriptors can be held, and inodes tell processes apart
  bool counted_missing = false;
  uint64_t page_bytes = 4096;
  size_t held_limit = 0;  // beyond, files are opened each time
  size_t held = 0;
  uint64_t tick = 0;
  ReadBuffer buffer;
  ProcessList list;
  HostUsers users;
  std::vector<ListedProcess> listed;
  std::unordered_map<uint32_t, Process> processes;
  std::vector<Process*> order;
  std::vector<Process*> picked;
  // Of the call under way.
  uint64_t boot_usec = 0;
  const IsPodCgroup* is_pod_cgroup = nullptr;
  ReadErrors* errors = nullptr;

  void Open();
  void CountHeld();
  void Visit(const ListedProcess& listing);
  bool Check(Process& process, const ListedProcess& listing);
  bool Classify(Process& process, const Directory& directory);
  bool Identify(Process& process, uint32_t pid, const Directory& directory);
  void Schedule(Process& process, bool fresh);
  void Hold(Process& process, const Directory& directory);
  bool Measure(Process& process);
  absl::StatusOr<std::string_view> ReadOf(const Process& process, const UniqueFd& held_file,
                                          std::string_view name);
  void MeasureIo(Process& process, Counters& now);
  void ReadFacts(Process& process);
  void Pick();
  ProcessUsage UsageOf(const Process& process) const;
  // Counts what is neither gone nor kept from us.
  void CountOdd(uint32_t pid, std::string_view file, const absl::Status& status) {
    if (IsGone(status) || absl::IsPermissionDenied(status)) return;
    errors->Add("process {} {}: {}", pid, file, MessageOf(status));
  }
  void NotUnderstood(uint32_t pid, std::string_view file) {
    errors->Add("process {} {}: not understood", pid, file);
  }
};

void ProcessTable::State::Open() {
  if (proc) return;
  absl::StatusOr<Directory> opened = Directory::Open(options.proc_root);
  if (!opened.ok()) return;
  const absl::StatusOr<uint64_t> type = opened->FileSystemType();
  kernel = type.ok() && *type == kProcfsMagic;
  proc = std::move(*opened);
}

void ProcessTable::State::CountHeld() {
  held = 0;
  for (const auto& [pid, process] : processes) {
    held += (process.stat_file.valid() ? 1 : 0) + (process.io_file.valid() ? 1 : 0);
  }
}

void ProcessTable::State::Visit(const ListedProcess& listing) {
  auto found = processes.find(listing.pid);
  if (found == processes.end()) {
    if (processes.size() >= kMaxProcesses) return;
    found = processes.try_emplace(listing.pid).first;
  }
  Process& process = found->second;
  const bool due = process.kind == Kind::kUnknown || process.inode != listing.inode ||
                   boot_usec >= process.check_usec;
  bool good = !due || Check(process, listing);
  if (good && process.kind == Kind::kHost && !Measure(process)) {
    // In a plain directory another process may stand under the pid and inode of the one before.
    good = !kernel && Check(process, listing) && (process.kind != Kind::kHost || Measure(process));
  }
  if (!good) {
    processes.erase(found);
    return;
  }
  process.seen_tick = tick;
}

// Brings identity and kind up to date. False: it is gone, or cannot be understood.
bool ProcessTable::State::Check(Process& process, const ListedProcess& listing) {
  // Everything through one directory descriptor: it cannot come to mean another process.
  const absl::StatusOr<Directory> directory = proc->OpenChild(fmt::format("{}", listing.pid));
  if (!directory.ok()) {
    CountOdd(listing.pid, "", directory.status());
    return false;
  }
  if (process.pid == 0 || !kernel || process.inode != listing.inode) {
    if (!Identify(process, listing.pid, *directory)) return false;
  }
  const bool fresh = process.pid == 0;
  process.pid = listing.pid;
  process.inode = listing.inode;
  if (!Classify(process, *directory)) return false;
  Schedule(process, fresh);
  process.facts_known = false;
  process.io_refused = false;
  if (process.kind == Kind::kHost) {
    Hold(process, *directory);
  } else {
    process.stat_file = UniqueFd();
    process.io_file = UniqueFd();
    process.counters.reset();
  }
  return true;
}

// A process with another start than the known one is another process: its entry begins anew.
bool ProcessTable::State::Identify(Process& process, uint32_t pid, const Directory& directory) {
  const absl::StatusOr<std::string_view> text = directory.Read("stat", buffer);
  if (!text.ok()) {
    CountOdd(pid, "stat", text.status());
    return false;
  }
  const std::optional<ProcessStat> stat = ParseProcessStat(*text);
  if (!stat) {
    NotUnderstood(pid, "stat");
    return false;
  }
  if (process.pid == 0 || process.start_ticks != stat->start_ticks) process = Process();
  process.start_ticks = stat->start_ticks;
  process.kernel_thread = stat->kernel_thread;
  return true;
}

// False: it cannot be told whether it is a pod's, so it is not reported.
bool ProcessTable::State::Classify(Process& process, const Directory& directory) {
  const absl::StatusOr<std::string_view> text = directory.Read("cgroup", buffer);
  std::optional<std::string_view> path;
  if (text.ok()) {
    path = ParseProcessCgroup(*text);
    if (!path) NotUnderstood(process.pid, "cgroup");
  } else if (IsGone(text.status())) {
    // On a true procfs: a kernel without cgroups (a process that ended is noticed when it is
    // measured). In a recorded tree the file may just not have been recorded: what is known holds,
    // and only kernel threads are in no pod for certain.
    if (kernel || process.kernel_thread) {
      path = std::string_view();
    } else if (process.kind != Kind::kUnknown) {
      return true;
    }
  } else {
    CountOdd(process.pid, "cgroup", text.status());
  }
  if (!path) return false;
  process.kind = (*is_pod_cgroup)(*path) ? Kind::kPod : Kind::kHost;
  process.unit =
      process.kind == Kind::kPod || process.kernel_thread ? std::string() : UnitOfCgroup(*path);
  return true;
}

void ProcessTable::State::Schedule(Process& process, bool fresh) {
  if (fresh && tick == 1) {
    // All are new: their next checks are spread over the whole period.
    process.check_usec = boot_usec + Spread(process.pid, kCheckUsec);
  } else if (fresh) {
    // A container's first process starts in the cgroup of its runtime: look again at once.
    process.check_usec = boot_usec;
  } else {
    process.check_usec = boot_usec + kCheckUsec - Spread(process.pid, kCheckSpreadUsec);
  }
}

void ProcessTable::State::Hold(Process& process, const Directory& directory) {
  if (!kernel) return;
  const auto hold = [&](UniqueFd& file, const char* name) {
    if (file.valid() || held >= held_limit) return;
    absl::StatusOr<UniqueFd> opened = directory.OpenFile(name);
    if (!opened.ok()) return;
    file = std::move(*opened);
    ++held;
  };
  hold(process.stat_file, "stat");
  hold(process.io_file, "io");
}

absl::StatusOr<std::string_view> ProcessTable::State::ReadOf(const Process& process,
                                                             const UniqueFd& held_file,
                                                             std::string_view name) {
  if (held_file.valid()) return ReadOnce(held_file, buffer);
  std::array<char, 32> path{};
  fmt::format_to_n(path.data(), path.size() - 1, "{}/{}", process.pid, name);
  return proc->Read(path.data(), buffer);
}

// False: it is gone, is another process than it was, or cannot be understood.
bool ProcessTable::State::Measure(Process& process) {
  const absl::StatusOr<std::string_view> text = ReadOf(process, process.stat_file, "stat");
  if (!text.ok()) {
    CountOdd(process.pid, "stat", text.status());
    return false;
  }
  const std::optional<ProcessStat> stat = ParseProcessStat(*text);
  if (!stat) {
    // Where it is read again after this, it is counted there.
    if (kernel) NotUnderstood(process.pid, "stat");
    return false;
  }
  if (stat->start_ticks != process.start_ticks) return false;
  process.comm.assign(stat->comm);
  process.threads = stat->threads;
  process.rss_bytes.reset();
  if (stat->rss_pages && *stat->rss_pages <= UINT64_MAX / page_bytes) {
    process.rss_bytes = *stat->rss_pages * page_bytes;
  }
  Counters now{boot_usec, stat->cpu_usec, std::nullopt, std::nullopt};
  MeasureIo(process, now);
  process.cpu_millicores.reset();
  process.read_rate.reset();
  process.write_rate.reset();
  if (process.counters && process.counters->boot_usec < boot_usec) {
    const Counters& before = *process.counters;
    const uint64_t elapsed = boot_usec - before.boot_usec;
    // Microseconds of CPU a second are millionths of a core.
    process.cpu_millicores = Rate(before.cpu_usec, now.cpu_usec, elapsed);
    if (process.cpu_millicores) *process.cpu_millicores /= 1e3;
    process.read_rate = Rate(before.read_bytes, now.read_bytes, elapsed);
    process.write_rate = Rate(before.write_bytes, now.write_bytes, elapsed);
  }
  process.counters = now;
  process.measured_tick = tick;
  return true;
}

void ProcessTable::State::MeasureIo(Process& process, Counters& now) {
  if (process.io_refused) return;
  const absl::StatusOr<std::string_view> text = ReadOf(process, process.io_file, "io");
  if (!text.ok()) {
    if (absl::IsPermissionDenied(text.status())) {
      process.io_refused = true;
      process.io_file = UniqueFd();
    }
    CountOdd(process.pid, "io", text.status());
    return;
  }
  const std::optional<ProcessIo> io = ParseProcessIo(*text);
  if (!io) {
    NotUnderstood(process.pid, "io");
    return;
  }
  now.read_bytes = io->read_bytes;
  now.write_bytes = io->write_bytes;
}

void ProcessTable::State::ReadFacts(Process& process) {
  const absl::StatusOr<Directory> directory = proc->OpenChild(fmt::format("{}", process.pid));
  if (!directory.ok()) return;
  const absl::StatusOr<std::string_view> text = directory->Read("stat", buffer);
  const std::optional<ProcessStat> stat = text.ok() ? ParseProcessStat(*text) : std::nullopt;
  if (!stat || stat->start_ticks != process.start_ticks) return;
  process.facts_known = true;
  process.uid.reset();
  process.executable.clear();
  process.command_line.clear();
  if (const absl::StatusOr<std::string_view> status = directory->Read("status", buffer);
      status.ok()) {
    process.uid = ParseStatusUid(*status);
    if (!process.uid) NotUnderstood(process.pid, "status");
  }
  if (process.kernel_thread) return;
  if (absl::StatusOr<std::string> executable = directory->ReadLink("exe"); executable.ok()) {
    process.executable = std::move(*executable);
  }
  if (options.command_lines) process.command_line = ReadCommandLine(*directory);
}

void ProcessTable::State::Pick() {
  order.clear();
  picked.clear();
  for (auto& [pid, process] : processes) {
    if (process.measured_tick == tick) order.push_back(&process);
  }
  const auto pick = [&](size_t count, bool (*more)(const Process*, const Process*)) {
    count = std::min(count, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<ptrdiff_t>(count), order.end(),
                      more);
    for (size_t i = 0; i < count; ++i) {
      if (std::exchange(order[i]->picked_tick, tick) != tick) picked.push_back(order[i]);
    }
  };
  pick(options.top_by_cpu, MoreCpu);
  pick(options.top_by_memory, MoreMemory);
  std::sort(picked.begin(), picked.end(), MoreCpu);
}

ProcessUsage ProcessTable::State::UsageOf(const Process& process) const {
  ProcessUsage usage;
  usage.pid = process.pid;
  usage.name = process.comm;
  usage.command_line = process.command_line;
  usage.executable = process.executable;
  if (process.uid) usage.user = users.NameOf(*process.uid);
  usage.unit = process.unit;
  usage.cpu_millicores = process.cpu_millicores;
  usage.memory_rss_bytes = process.rss_bytes;
  usage.threads = process.threads;
  usage.disk_read_bytes_per_second = process.read_rate;
  usage.disk_write_bytes_per_second = process.write_rate;
  return usage;
}

ProcessTable::ProcessTable(ProcessTableOptions options) : state_(std::make_unique<State>()) {
  state_->options = std::move(options);
  state_->held_limit = OwnDescriptorBudget().process_files;
  const long page_bytes = sysconf(_SC_PAGESIZE);
  if (page_bytes > 0) state_->page_bytes = static_cast<uint64_t>(page_bytes);
  state_->Open();
}

ProcessTable::~ProcessTable() = default;

std::vector<ProcessUsage> ProcessTable::Read(
    uint64_t boot_usec, const std::function<bool(std::string_view)>& is_pod_cgroup,
    ReadErrors* errors) {
  State& state = *state_;
  state.boot_usec = boot_usec;
  state.is_pod_cgroup = &is_pod_cgroup;
  state.errors = errors;
  state.listed.clear();
  state.Open();
  if (!state.proc) {
    if (!std::exchange(state.counted_missing, true)) {
      errors->Add("{}: cannot be opened", state.options.proc_root);
    }
    return {};
  }
  if (const absl::Status listed = state.list.Read(*state.proc, state.listed); !listed.ok()) {
    errors->Add("{}: {}", state.options.proc_root, MessageOf(listed));
    return {};
  }
  ++state.tick;
  state.CountHeld();
  for (const ListedProcess& listing : state.listed) state.Visit(listing);
  std::erase_if(state.processes,
                [&](const auto& item) { return item.second.seen_tick != state.tick; });
  state.Pick();
  state.users.Refresh(*state.proc, boot_usec, state.buffer, *errors);
  std::vector<ProcessUsage> usages;
  usages.reserve(state.picked.size());
  for (Process* process : state.picked) {
    if (!process->facts_known) state.ReadFacts(*process);
    usages.push_back(state.UsageOf(*process));
  }
  return usages;
}

size_t ProcessTable::process_count() const { return state_->listed.size(); }

}  // namespace kubemonitor
