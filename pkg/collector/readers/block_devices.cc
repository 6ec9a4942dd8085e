#include "collector/readers/block_devices.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "collector/readers/node_reader.h"
#include "collector/readers/text.h"

namespace kubemonitor {
namespace {

constexpr uint64_t kSysfsMagic = 0x62656572;
// Topology is looked up again every so many ticks: about a minute at the usual interval.
constexpr uint64_t kTopologyTicks = 6;
constexpr size_t kMaxEntries = 8192;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsNumberedName(std::string_view name, std::string_view prefix) {
  return name.size() > prefix.size() && name.starts_with(prefix) && IsDigit(name[prefix.size()]);
}

bool IsVirtualName(std::string_view name) {
  return IsNumberedName(name, "loop") || IsNumberedName(name, "ram") ||
         IsNumberedName(name, "zram");
}

bool IsPathComponent(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos;
}

}  // namespace

DiskRole RoleOfDisk(const Directory& sys, std::string_view name, const std::string& directory,
                    ReadBuffer& buffer) {
  if (IsVirtualName(name)) return DiskRole::kVirtual;
  // NVMe multipath: the paths (nvme0c0n1) have counters beside the head (nvme0n1) that programs
  // use.
  const absl::StatusOr<std::string_view> hidden =
      sys.Read(fmt::format("{}/hidden", directory).c_str(), buffer);
  if (hidden.ok() && Trim(*hidden) == "1") return DiskRole::kHidden;
  if (sys.Exists(fmt::format("{}/partition", directory).c_str())) return DiskRole::kHidden;
  const absl::StatusOr<Directory> below = sys.OpenChild(fmt::format("{}/slaves", directory));
  if (!below.ok()) return DiskRole::kLeaf;
  const absl::StatusOr<std::vector<std::string>> slaves = below->Entries();
  return slaves.ok() && !slaves->empty() ? DiskRole::kStacked : DiskRole::kLeaf;
}

void NodeDisks::Begin(const Directory* sys, bool cache, const std::vector<DiskCounters>& disks) {
  sys_ = sys;
  cache_ = cache;
  ++ticks_;
  if (!cache_ || entries_.size() > kMaxEntries) entries_.clear();
  sys_knows_ = sys_ != nullptr && sys_->Exists("block");
  names_.clear();
  if (sys_knows_) return;
  for (const DiskCounters& disk : disks) names_.push_back(disk.name);
  std::sort(names_.begin(), names_.end());
}

bool NodeDisks::LooksLikePartition(std::string_view name) const {
  size_t end = name.size();
  while (end > 0 && IsDigit(name[end - 1])) --end;
  if (end == name.size() || end == 0) return false;
  std::string_view whole = name.substr(0, end);
  if (std::binary_search(names_.begin(), names_.end(), whole)) return true;
  if (!whole.ends_with('p')) return false;
  whole.remove_suffix(1);
  return !whole.empty() && IsDigit(whole.back()) &&
         std::binary_search(names_.begin(), names_.end(), whole);
}

bool NodeDisks::Counted(const DiskCounters& disk, ReadBuffer& buffer) {
  if (!sys_knows_) return !IsVirtualName(disk.name) && !LooksLikePartition(disk.name);
  std::string name(disk.name);
  // sysfs writes "cciss/c0d0" as "cciss!c0d0".
  std::replace(name.begin(), name.end(), '/', '!');
  if (!IsPathComponent(name)) return false;
  const auto known = entries_.find(name);
  if (known != entries_.end() && ticks_ - known->second.found_at < kTopologyTicks) {
    return known->second.counted;
  }
  const std::string directory = fmt::format("block/{}", name);
  const bool counted = sys_->Exists(directory.c_str()) &&
                       RoleOfDisk(*sys_, name, directory, buffer) == DiskRole::kLeaf;
  entries_[std::move(name)] = Entry{counted, ticks_};
  return counted;
}

struct BlockDevices::State {
  struct Entry {
    Device device;
    uint64_t found_at = 0;
  };

  std::string root;
  std::optional<Directory> sys;
  bool cache = false;
  uint64_t ticks = 0;
  ReadBuffer buffer;
  std::unordered_map<uint64_t, Entry> entries;
  // Number → name by /sys/block/*/dev, for trees without /sys/dev/block; made at need, once a tick.
  std::unordered_map<uint64_t, std::string> by_number;
  bool scanned = false;

  static uint64_t Key(uint32_t major, uint32_t minor) { return uint64_t{major} << 32 | minor; }
  void Open();
  void Scan();
  Device Find(uint32_t major, uint32_t minor);
};

void BlockDevices::State::Open() {
  absl::StatusOr<Directory> opened = Directory::Open(root);
  if (!opened.ok()) return;
  sys = std::move(*opened);
  const absl::StatusOr<uint64_t> type = sys->FileSystemType();
  cache = type.ok() && *type == kSysfsMagic;
}

void BlockDevices::State::Scan() {
  scanned = true;
  by_number.clear();
  absl::StatusOr<Directory> block = sys->OpenChild("block");
  if (!block.ok()) return;
  const absl::StatusOr<std::vector<std::string>> names = block->Entries();
  if (!names.ok()) return;
  for (const std::string& name : *names) {
    if (by_number.size() >= kMaxEntries) return;
    // 254:16
    const absl::StatusOr<std::string_view> text =
        block->Read(fmt::format("{}/dev", name).c_str(), buffer);
    if (!text.ok()) continue;
    const std::string_view number = Trim(*text);
    const size_t colon = number.find(':');
    if (colon == std::string_view::npos) continue;
    const std::optional<uint64_t> major = ParseUint(number.substr(0, colon));
    const std::optional<uint64_t> minor = ParseUint(number.substr(colon + 1));
    if (!major || !minor || *major > UINT32_MAX || *minor > UINT32_MAX) continue;
    by_number[Key(static_cast<uint32_t>(*major), static_cast<uint32_t>(*minor))] = name;
  }
}

BlockDevices::Device BlockDevices::State::Find(uint32_t major, uint32_t minor) {
  Device device{fmt::format("{}:{}", major, minor), true};
  if (!sys) Open();
  if (!sys) return device;
  const std::string numbered = fmt::format("dev/block/{}:{}", major, minor);
  const absl::StatusOr<std::string> target = sys->ReadLink(numbered.c_str());
  if (target.ok()) {
    const std::string name = target->substr(target->rfind('/') + 1);
    if (!IsPathComponent(name)) return device;
    // Recorded trees may hold the link without its target.
    const std::string by_name = fmt::format("block/{}", name);
    const std::string& directory = sys->Exists(numbered.c_str()) ? numbered : by_name;
    device.leaf = RoleOfDisk(*sys, name, directory, buffer) == DiskRole::kLeaf;
    device.name = name;
    return device;
  }
  if (!scanned) Scan();
  const auto found = by_number.find(Key(major, minor));
  if (found == by_number.end()) return device;
  device.name = found->second;
  device.leaf = RoleOfDisk(*sys, device.name, fmt::format("block/{}", device.name), buffer) ==
                DiskRole::kLeaf;
  return device;
}

BlockDevices::BlockDevices(const std::string& sys_root) : state_(std::make_unique<State>()) {
  state_->root = sys_root;
  state_->Open();
}

BlockDevices::~BlockDevices() = default;

const BlockDevices::Device& BlockDevices::Lookup(uint32_t major, uint32_t minor) {
  State& state = *state_;
  State::Entry& entry = state.entries[State::Key(major, minor)];
  if (entry.found_at == 0) {
    entry.device = state.Find(major, minor);
    entry.found_at = state.ticks + 1;
  }
  return entry.device;
}

void BlockDevices::RefreshTopology() {
  State& state = *state_;
  ++state.ticks;
  state.scanned = false;
  if (!state.cache || state.entries.size() > kMaxEntries) {
    state.entries.clear();
    return;
  }
  std::erase_if(state.entries, [&](const auto& item) {
    return item.second.found_at + kTopologyTicks <= state.ticks;
  });
}

}  // namespace kubemonitor
