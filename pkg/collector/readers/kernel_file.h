#ifndef KUBEMONITOR_COLLECTOR_READERS_KERNEL_FILE_H_
#define KUBEMONITOR_COLLECTOR_READERS_KERNEL_FILE_H_

// Reading kernel files by read(2), relative to held directory descriptors. Nothing here writes, and
// nothing keeps state between threads.
//
// Errors are the same everywhere: NotFound = it is not there, or is gone (ENOENT, ENODEV, ENXIO,
// ESRCH, ENOTDIR: a cgroup or process that ended); Unimplemented = the kernel does not support it
// (EOPNOTSUPP: PSI that is switched off); PermissionDenied; anything else Internal. The first two
// are data for the caller, not something to log.

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kubemonitor {

// The status for `errno_value`; `what` names the operation and file.
absl::Status ErrnoToStatus(int errno_value, std::string_view what);

// Debian's absl::string_view is not std::string_view.
inline std::string_view MessageOf(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

inline bool IsGone(const absl::Status& status) { return absl::IsNotFound(status); }

// Reused between reads; grows to the largest file seen, up to kMaxFileBytes. A file as large or
// larger is not read (EFBIG): a part of it would give wrong sums.
using ReadBuffer = std::vector<char>;
inline constexpr size_t kMaxFileBytes = size_t{4} << 20;

// An owned file descriptor.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.Release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  ~UniqueFd();
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int Release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }

 private:
  int fd_ = -1;
};

// A directory held open. Movable.
class Directory {
 public:
  static absl::StatusOr<Directory> Open(const std::string& path);
  absl::StatusOr<Directory> OpenChild(const std::string& name) const;

  // The whole file `name` (may hold slashes): opened, read and closed. The view is into `buffer`.
  absl::StatusOr<std::string_view> Read(const char* name, ReadBuffer& buffer) const;
  // A descriptor to keep, for HeldRead.
  absl::StatusOr<UniqueFd> OpenFile(const char* name) const;
  // The same with the errno (0 = open) and no status made.
  UniqueFd OpenFile(const char* name, int* error) const;
  // Text of a symbolic link; it is not followed.
  absl::StatusOr<std::string> ReadLink(const char* name) const;
  bool Exists(const char* name) const;

  // Names of sub-directories (without . and ..), in the kernel's order; links are not followed.
  absl::StatusOr<std::vector<std::string>> Subdirectories() const;
  // The same as calls of `visit(name, inode)`.
  absl::Status ForEachSubdirectory(
      const std::function<void(std::string_view, uint64_t)>& visit) const;
  // Names of all entries.
  absl::StatusOr<std::vector<std::string>> Entries() const;
  // Number of sub-directories as the link count tells; nullopt where the file system does not say
  // (link count below 2).
  absl::StatusOr<std::optional<uint64_t>> SubdirectoryCount() const;
  // Inode number: a new directory of the same name has another.
  absl::StatusOr<uint64_t> Inode() const;
  // f_type of statfs(2), e.g. CGROUP2_SUPER_MAGIC.
  absl::StatusOr<uint64_t> FileSystemType() const;

  int fd() const { return fd_.get(); }

 private:
  explicit Directory(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

// Reads a held kernel file again from its start: every such read makes fresh content.
absl::StatusOr<std::string_view> HeldRead(const UniqueFd& fd, ReadBuffer& buffer);

// The same for files that the kernel makes in one piece (the cgroup and pressure files but
// cgroup.procs): a read that does not fill the buffer has seen the end, which saves the second
// call. `*error` is the errno (0 = read); no status is made, as a cgroup that ended is the common
// case.
std::string_view HeldReadSingle(const UniqueFd& fd, ReadBuffer& buffer, int* error);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_KERNEL_FILE_H_
