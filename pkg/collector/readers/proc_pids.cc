#include "collector/readers/proc_pids.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

#include "collector/readers/text.h"

namespace kubemonitor {
namespace {

constexpr size_t kBufferBytes = size_t{64} << 10;

std::optional<uint32_t> PidOf(std::string_view name) {
  if (name.empty() || name.front() < '1' || name.front() > '9') return std::nullopt;
  const std::optional<uint64_t> pid = ParseUint(name);
  if (!pid || *pid > INT32_MAX) return std::nullopt;
  return static_cast<uint32_t>(*pid);
}

}  // namespace

absl::Status ProcessList::Read(const Directory& proc, std::vector<ListedProcess>& processes) {
  processes.clear();
  if (!fd_.valid() || proc_fd_ != proc.fd()) {
    fd_ = UniqueFd(openat(proc.fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd_.valid()) return ErrnoToStatus(errno, "open process list");
    proc_fd_ = proc.fd();
  }
  if (lseek(fd_.get(), 0, SEEK_SET) != 0) return ErrnoToStatus(errno, "rewind process list");
  buffer_.resize(kBufferBytes);
  while (true) {
    const ssize_t size = getdents64(fd_.get(), buffer_.data(), buffer_.size());
    if (size < 0) {
      const int error = errno;
      processes.clear();
      fd_ = UniqueFd();
      return ErrnoToStatus(error, "list processes");
    }
    if (size == 0) return absl::OkStatus();
    for (size_t at = 0; at < static_cast<size_t>(size);) {
      dirent64 entry;
      const size_t head = offsetof(dirent64, d_name);
      std::memcpy(&entry, buffer_.data() + at, head);
      const char* const name = buffer_.data() + at + head;
      at += entry.d_reclen;
      if (entry.d_type != DT_DIR && entry.d_type != DT_UNKNOWN) continue;
      if (const std::optional<uint32_t> pid = PidOf(name)) {
        processes.push_back(ListedProcess{*pid, entry.d_ino});
      }
    }
  }
}

}  // namespace kubemonitor
