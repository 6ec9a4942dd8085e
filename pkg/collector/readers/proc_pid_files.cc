#include "collector/readers/proc_pid_files.h"

#include <algorithm>
#include <array>

#include "collector/readers/proc_files.h"
#include "collector/readers/text.h"

namespace kubemonitor {
namespace {

std::optional<uint32_t> ParseUint32(std::string_view text) {
  const std::optional<uint64_t> value = ParseUint(text);
  if (!value || *value > UINT32_MAX) return std::nullopt;
  return static_cast<uint32_t>(*value);
}

constexpr std::string_view kDeleted = " (deleted)";

std::string_view CleanCgroupPath(std::string_view path) {
  if (path.ends_with(kDeleted)) path.remove_suffix(kDeleted.size());
  while (path == "/.." || path.starts_with("/../")) path.remove_prefix(3);
  return path.empty() ? std::string_view("/") : path;
}

bool HasController(std::string_view list, std::string_view controller) {
  while (!list.empty()) {
    const size_t comma = list.find(',');
    if (list.substr(0, comma) == controller) return true;
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return false;
}

}  // namespace

// 1 (node-init) S 0 0 0 0 -1 4194560 305 1952 16 6 4 88 7 122 20 0 1 0 48 2314240 394
// 18446744073709551615 … The name may hold ")": the numbers start behind the last one.
std::optional<ProcessStat> ParseProcessStat(std::string_view text) {
  const size_t open = text.find('(');
  const size_t close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return std::nullopt;
  }
  const std::optional<uint32_t> pid = ParseUint32(Trim(text.substr(0, open)));
  if (!pid) return std::nullopt;
  // Columns by their number in proc(5); 3 is the first behind the name.
  constexpr size_t kFirst = 3;
  constexpr size_t kEnd = 25;
  std::array<std::string_view, kEnd> columns;
  std::string_view rest = text.substr(close + 1);
  rest = rest.substr(0, rest.find('\n'));
  for (size_t i = kFirst; i < kEnd && NextWord(rest, columns[i]); ++i) {
  }
  constexpr uint64_t kKernelThread = 0x00200000;  // PF_KTHREAD of include/linux/sched.h
  const std::optional<uint64_t> flags = ParseUint(columns[9]);
  const std::optional<uint64_t> cpu_usec =
      MultiplyChecked(AddChecked(ParseUint(columns[14]), ParseUint(columns[15])), kUsecPerTick);
  const std::optional<uint64_t> start_ticks = ParseUint(columns[22]);
  if (columns[3].size() != 1 || !flags || !cpu_usec || !start_ticks) return std::nullopt;
  ProcessStat stat;
  stat.pid = *pid;
  stat.comm = text.substr(open + 1, close - open - 1);
  stat.state = columns[3].front();
  stat.kernel_thread = (*flags & kKernelThread) != 0;
  stat.cpu_usec = *cpu_usec;
  stat.start_ticks = *start_ticks;
  stat.threads = ParseUint32(columns[20]);
  stat.rss_pages = ParseUint(columns[24]);
  return stat;
}

// read_bytes: 4088832
// write_bytes: 4096
// cancelled_write_bytes: 0
std::optional<ProcessIo> ParseProcessIo(std::string_view text) {
  ProcessIo io;
  std::string_view line;
  while (NextLine(text, line)) {
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view key = line.substr(0, colon);
    if (key == "read_bytes") io.read_bytes = ParseUint(Trim(line.substr(colon + 1)));
    if (key == "write_bytes") io.write_bytes = ParseUint(Trim(line.substr(colon + 1)));
  }
  if (!io.read_bytes && !io.write_bytes) return std::nullopt;
  return io;
}

// Uid:	0	0	0	0     (real, effective, saved, file system)
std::optional<uint32_t> ParseStatusUid(std::string_view text) {
  std::string_view line;
  while (NextLine(text, line)) {
    std::string_view word;
    if (!line.starts_with("Uid:")) continue;
    line.remove_prefix(4);
    if (!NextWord(line, word) || !NextWord(line, word)) return std::nullopt;
    return ParseUint32(word);
  }
  return std::nullopt;
}

// 0::/system.slice/containerd.service
// Hybrid: 1:name=systemd:/system.slice/ssh.service
std::optional<std::string_view> ParseProcessCgroup(std::string_view text) {
  if (Trim(text).empty()) return std::string_view();
  std::optional<std::string_view> unified, systemd, memory, cpu;
  bool understood = false;
  std::string_view line;
  while (NextLine(text, line)) {
    const size_t first = line.find(':');
    const size_t second =
        first == std::string_view::npos ? std::string_view::npos : line.find(':', first + 1);
    if (second == std::string_view::npos || !line.substr(second + 1).starts_with('/')) continue;
    if (!ParseUint(line.substr(0, first))) continue;
    understood = true;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const std::string_view path = CleanCgroupPath(line.substr(second + 1));
    if (controllers.empty()) unified = path;
    if (controllers == "name=systemd") systemd = path;
    if (HasController(controllers, "memory")) memory = path;
    if (HasController(controllers, "cpu")) cpu = path;
  }
  if (!understood) return std::nullopt;
  for (const std::optional<std::string_view>& path : {unified, systemd, memory, cpu}) {
    if (path && *path != "/") return path;
  }
  return std::string_view("/");
}

std::string_view UnitOfCgroup(std::string_view path) {
  std::string_view unit;
  std::string_view last;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view component = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (component.empty()) continue;
    last = component;
    if (component.ends_with(".service") || component.ends_with(".scope")) unit = component;
  }
  return unit.empty() ? last : unit;
}

std::string JoinCommandLine(std::string_view text, size_t max_bytes) {
  const size_t end = text.find_last_not_of('\0');
  if (end == std::string_view::npos) return {};
  std::string line(text.substr(0, std::min(end + 1, max_bytes)));
  std::replace(line.begin(), line.end(), '\0', ' ');
  return line;
}

}  // namespace kubemonitor
