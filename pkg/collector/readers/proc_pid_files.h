#ifndef KUBEMONITOR_COLLECTOR_READERS_PROC_PID_FILES_H_
#define KUBEMONITOR_COLLECTOR_READERS_PROC_PID_FILES_H_

// Parsers of the files of one process (/proc/PID): pure functions on text, thread-safe. Results
// that hold views point into the text. Nullopt: the text is not such a file.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kubemonitor {

// /proc/PID/stat.
struct ProcessStat {
  uint32_t pid = 0;
  std::string_view comm;  // verbatim: may hold blanks, parentheses, newlines, any byte but NUL
  char state = '?';       // R, S, D, Z, …
  bool kernel_thread = false;
  uint64_t cpu_usec = 0;     // utime + stime, cumulative, of live and ended threads
  uint64_t start_ticks = 0;  // since boot: with the pid it identifies the process
  std::optional<uint32_t> threads;
  std::optional<uint64_t> rss_pages;
};
std::optional<ProcessStat> ParseProcessStat(std::string_view text);

// /proc/PID/io: bytes that reached or left storage, cumulative.
struct ProcessIo {
  std::optional<uint64_t> read_bytes, write_bytes;
};
std::optional<ProcessIo> ParseProcessIo(std::string_view text);

// The effective user of /proc/PID/status.
std::optional<uint32_t> ParseStatusUid(std::string_view text);

// /proc/PID/cgroup: the path, without " (deleted)" and without the leading "/.." of a process
// outside the reader's cgroup namespace. The v2 line ("0::/path") is taken; where that is missing
// or just "/" (hybrid nodes), the one of systemd, of memory or of cpu. Empty: in no cgroup (nothing
// is mounted).
std::optional<std::string_view> ParseProcessCgroup(std::string_view text);

// The systemd unit of a cgroup path: its last component that ends with .service or .scope, else the
// last component.
std::string_view UnitOfCgroup(std::string_view path);

// /proc/PID/cmdline with blanks between the arguments, at most `max_bytes`. Bytes are kept as they
// are.
std::string JoinCommandLine(std::string_view text, size_t max_bytes);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_PROC_PID_FILES_H_
