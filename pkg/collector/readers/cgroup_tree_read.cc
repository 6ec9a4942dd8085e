#include <fcntl.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "collector/readers/cgroup_tree.h"

namespace kubemonitor {
namespace {

constexpr std::array<const char*, kCgroupFileCount> kFileNames = {
    "cpu.stat",      "memory.current", "memory.stat",  "memory.swap.current",
    "memory.events", "io.stat",        "cpu.pressure", "memory.pressure",
    "io.pressure",   "pids.current",   "cgroup.events"};

constexpr int kMaxPidDepth = 4;
constexpr size_t kMaxPidDirectories = 64;
constexpr size_t kReleasedAtOnce = 256;

const char* NameOf(CgroupFile file) { return kFileNames[static_cast<size_t>(file)]; }

bool IsGoneErrno(int error) { return error == ENODEV || error == ENXIO || error == ESRCH; }

// Data, not an error: the file or its cgroup is not there, or the kernel has it switched off.
bool IsAbsentErrno(int error) {
  return error == ENOENT || error == EOPNOTSUPP || IsGoneErrno(error);
}

void Empty(CgroupReading& reading) {
  std::vector<IoDevice> devices = std::move(reading.devices);
  devices.clear();
  reading = CgroupReading();
  reading.devices = std::move(devices);  // keeps its room
}

}  // namespace

bool CgroupTree::MayHold() {
  if (!hold_ || !held_all_) return false;
  if (held_ < may_hold_) return true;
  held_all_ = false;
  if (!std::exchange(said_descriptors_, true)) {
    LogWarning("{} files are held open, more are not allowed: the rest is opened each time", held_);
  }
  return false;
}

// Somebody else took the last descriptors: gives some back, so that files can be opened one at a
// time.
void CgroupTree::ReleaseSome() {
  held_all_ = false;
  if (!std::exchange(said_descriptors_, true)) {
    LogWarning("out of file descriptors with {} held: the rest is opened each time", held_);
  }
  // Not by all_: during a listing it still names cgroups that were just forgotten.
  held_ -= ReleaseBelow(*root_, kReleasedAtOnce);
}

size_t CgroupTree::ReleaseBelow(Cgroup& cgroup, size_t most) {
  size_t released = 0;
  for (auto& [name, child] : cgroup.children) {
    if (released >= most) return released;
    released += ReleaseBelow(*child, most - released);
  }
  if (released >= most) return released;
  for (UniqueFd& file : cgroup.files) {
    if (!file.valid()) continue;
    file = UniqueFd();
    ++released;
  }
  return released;
}

// The directory of `cgroup`: the held one, or one opened for now. Null: it is gone or cannot be
// opened (counted).
const Directory* CgroupTree::DirectoryOf(Cgroup& cgroup, std::optional<Directory>& opened) {
  if (cgroup.directory) return &*cgroup.directory;
  if (cgroup.parent == nullptr || !root_->directory) return nullptr;
  const auto open = [&] {
    // Relative to a held parent the kernel has one name to resolve.
    const bool by_parent = cgroup.parent->directory && cgroup.parent->parent != nullptr;
    return by_parent ? cgroup.parent->directory->OpenChild(cgroup.name)
                     : root_->directory->OpenChild(cgroup.path);
  };
  absl::StatusOr<Directory> directory = open();
  if (absl::IsResourceExhausted(directory.status())) {
    ReleaseSome();
    directory = open();
  }
  if (!directory.ok()) {
    if (IsGone(directory.status())) {
      MarkGone(cgroup);
    } else {
      CountError(cgroup, "", MessageOf(directory.status()));
    }
    return nullptr;
  }
  if (MayHold()) {
    cgroup.directory = *std::move(directory);
    ++held_;
    return &*cgroup.directory;
  }
  opened = *std::move(directory);
  return &*opened;
}

bool CgroupTree::Read(Cgroup& cgroup, CgroupFileSet files) {
  cgroup.read_tick = tick_;
  Empty(cgroup.reading);
  if (cgroup.gone) return false;
  if (files == 0) {
    if (cgroup.parent == nullptr) return true;
    files = FileBit(CgroupFile::kEvents);
  }
  std::optional<Directory> opened;
  const Directory* directory = DirectoryOf(cgroup, opened);
  if (directory == nullptr) return !cgroup.gone;
  for (size_t i = 0; i < kCgroupFileCount; ++i) {
    const auto file = static_cast<CgroupFile>(i);
    if ((files & FileBit(file) & ~cgroup.missing) == 0) continue;
    int error = 0;
    const std::string_view text = ReadFile(cgroup, *directory, file, &error);
    if (error == 0) {
      Store(cgroup, file, text);
    } else if (!HandleError(cgroup, *directory, file, error)) {
      Empty(cgroup.reading);
      return false;
    }
  }
  return true;
}

// Out of descriptors it gives some back first.
UniqueFd CgroupTree::OpenFile(const Directory& directory, const char* name, int* error) {
  UniqueFd fd = directory.OpenFile(name, error);
  if (*error == EMFILE || *error == ENFILE) {
    ReleaseSome();
    fd = directory.OpenFile(name, error);
  }
  return fd;
}

std::string_view CgroupTree::ReadFile(Cgroup& cgroup, const Directory& directory, CgroupFile file,
                                      int* error) {
  const char* name = NameOf(file);
  if (options_.fail_read) {
    *error = options_.fail_read(cgroup.path.empty() ? name : cgroup.path + "/" + name);
    if (*error != 0) return {};
  }
  UniqueFd& held = cgroup.files[static_cast<size_t>(file)];
  if (held.valid()) return HeldReadSingle(held, buffer_, error);
  UniqueFd fd = OpenFile(directory, name, error);
  if (*error != 0) return {};
  const std::string_view text = HeldReadSingle(fd, buffer_, error);
  if (*error == 0 && MayHold()) {
    held = std::move(fd);
    ++held_;
  }
  return text;
}

// False: the cgroup is gone.
bool CgroupTree::HandleError(Cgroup& cgroup, const Directory& directory, CgroupFile file,
                             int error) {
  if (IsGoneErrno(error)) {
    MarkGone(cgroup);
    return false;
  }
  if (error == ENOENT || error == EOPNOTSUPP) {
    // A cgroup that was removed has no files either; one that is there has cgroup.procs.
    if (error == ENOENT && hold_ && cgroup.parent != nullptr && !directory.Exists("cgroup.procs")) {
      MarkGone(cgroup);
      return false;
    }
    if (hold_) cgroup.missing |= FileBit(file);
    return true;
  }
  CountError(cgroup, NameOf(file), std::generic_category().message(error));
  return true;
}

void CgroupTree::Store(Cgroup& cgroup, CgroupFile file, std::string_view text) {
  CgroupReading& reading = cgroup.reading;
  bool good = true;
  const auto number = [&](std::optional<uint64_t>& field) {
    field = ParseNumber(text);
    good = field.has_value();
  };
  const auto pressure = [&](CgroupPressure& field) {
    field = ParseCgroupPressure(text);
    good = !field.malformed;
  };
  switch (file) {
    case CgroupFile::kCpuStat:
      reading.cpu = ParseCpuStat(text);
      good = !reading.cpu.malformed;
      break;
    case CgroupFile::kMemoryStat:
      reading.memory = ParseMemoryStat(text);
      good = !reading.memory.malformed;
      break;
    case CgroupFile::kMemoryEvents:
      reading.memory_events = ParseMemoryEvents(text);
      good = !reading.memory_events.malformed;
      break;
    case CgroupFile::kIoStat:
      reading.has_io = true;
      good = ParseIoStat(text, reading.devices);
      break;
    case CgroupFile::kMemoryCurrent:
      number(reading.memory_current);
      break;
    case CgroupFile::kMemorySwapCurrent:
      number(reading.memory_swap_current);
      break;
    case CgroupFile::kPidsCurrent:
      number(reading.pids_current);
      break;
    case CgroupFile::kCpuPressure:
      pressure(reading.cpu_pressure);
      break;
    case CgroupFile::kMemoryPressure:
      pressure(reading.memory_pressure);
      break;
    case CgroupFile::kIoPressure:
      pressure(reading.io_pressure);
      break;
    case CgroupFile::kEvents:
      reading.populated = ParsePopulated(text);
      good = reading.populated.has_value();
      break;
  }
  if (!good) CountError(cgroup, NameOf(file), "not understood");
}

void CgroupTree::CountError(const Cgroup& cgroup, std::string_view file, std::string_view what) {
  ++read_errors_;
  uint64_t held_back = 0;
  if (!log_limiter_.Allow(boot_usec_, &held_back)) return;
  LogWarning("cgroup /{} {}: {} ({} more like it not logged)", cgroup.path, file, what, held_back);
}

std::optional<Limit> CgroupTree::ReadLimit(Cgroup& cgroup, const Directory& directory,
                                           const char* name) {
  int error = 0;
  const UniqueFd fd = OpenFile(directory, name, &error);
  const std::string_view text =
      error == 0 ? HeldReadSingle(fd, buffer_, &error) : std::string_view();
  if (error != 0) {
    if (!IsAbsentErrno(error)) CountError(cgroup, name, std::generic_category().message(error));
    return std::nullopt;
  }
  const bool cpu = name == std::string_view("cpu.max");
  std::optional<Limit> limit = cpu ? ParseCpuMax(text) : ParseLimit(text);
  if (!limit) CountError(cgroup, name, "not understood");
  return limit;
}

void CgroupTree::ReadLimits(Cgroup& cgroup) {
  if (cgroup.gone) return;
  const bool turn = !hold_ || !cgroup.limits_read || (tick_ + cgroup.serial) % kLimitsEvery == 0;
  if (!turn) return;
  std::optional<Directory> opened;
  const Directory* directory = DirectoryOf(cgroup, opened);
  if (directory == nullptr) return;
  cgroup.limits_read = true;
  cgroup.limits.cpu_millicores = ReadLimit(cgroup, *directory, "cpu.max");
  cgroup.limits.memory_bytes = ReadLimit(cgroup, *directory, "memory.max");
  cgroup.limits.pids = ReadLimit(cgroup, *directory, "pids.max");
}

bool CgroupTree::ReadPids(const Cgroup& cgroup, std::vector<uint32_t>& pids) {
  pids.clear();
  if (!root_->directory) return false;
  if (cgroup.directory) {
    size_t visited = 0;
    return PidsBelow(*cgroup.directory, 0, &visited, pids);
  }
  const absl::StatusOr<Directory> directory = root_->directory->OpenChild(cgroup.path);
  size_t visited = 0;
  return directory.ok() && PidsBelow(*directory, 0, &visited, pids);
}

bool CgroupTree::PidsBelow(const Directory& directory, int depth, size_t* visited,
                           std::vector<uint32_t>& pids) {
  absl::StatusOr<std::string_view> text = directory.Read("cgroup.procs", buffer_);
  // A threaded cgroup has no processes of its own.
  if (absl::IsUnimplemented(text.status())) text = directory.Read("cgroup.threads", buffer_);
  if (text.ok()) ParseProcs(*text, options_.max_pids, pids);
  if (!pids.empty()) return true;
  if (depth >= kMaxPidDepth) return text.ok();
  const absl::StatusOr<std::vector<std::string>> names = directory.Subdirectories();
  if (!names.ok()) return text.ok();
  bool any = text.ok();
  for (const std::string& name : *names) {
    if (++*visited > kMaxPidDirectories) break;
    const absl::StatusOr<Directory> child = directory.OpenChild(name);
    if (!child.ok()) continue;
    any = PidsBelow(*child, depth + 1, visited, pids) || any;
    if (!pids.empty()) return true;
  }
  return any;
}

}  // namespace kubemonitor
