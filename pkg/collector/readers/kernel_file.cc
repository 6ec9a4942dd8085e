#include "collector/readers/kernel_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <memory>
#include <system_error>
#include <utility>

namespace kubemonitor {
namespace {

constexpr size_t kFirstRead = 4096;

// One pread is one generation of a kernel file when the buffer is large enough; otherwise the rest
// follows at its offset.
absl::StatusOr<std::string_view> ReadAll(int fd, ReadBuffer& buffer) {
  if (buffer.size() < kFirstRead) buffer.resize(kFirstRead);
  size_t used = 0;
  while (true) {
    const ssize_t n =
        pread(fd, buffer.data() + used, buffer.size() - used, static_cast<off_t>(used));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoToStatus(errno, "read");
    used += static_cast<size_t>(n);
    if (n == 0) return std::string_view(buffer.data(), used);
    if (used == kMaxFileBytes) return ErrnoToStatus(EFBIG, "read");
    if (used == buffer.size()) buffer.resize(std::min(buffer.size() * 2, kMaxFileBytes));
  }
}

struct DirCloser {
  void operator()(DIR* dir) const { closedir(dir); }
};

// Calls visit(entry) for each entry but . and ..
template <typename Visit>
absl::Status ForEachEntry(int fd, Visit visit) {
  // A descriptor of its own: its offset must not be shared with another reader of the held one.
  const int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (own < 0) return ErrnoToStatus(errno, "open directory");
  std::unique_ptr<DIR, DirCloser> dir(fdopendir(own));
  if (!dir) {
    const int error = errno;
    close(own);
    return ErrnoToStatus(error, "fdopendir");
  }
  while (true) {
    errno = 0;
    const dirent* entry = readdir(dir.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") visit(*entry);
  }
  if (errno != 0) return ErrnoToStatus(errno, "readdir");
  return absl::OkStatus();
}

bool IsDirectory(int fd, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  struct stat st{};
  return fstatat(fd, entry.d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

}  // namespace

absl::Status ErrnoToStatus(int errno_value, std::string_view what) {
  const std::string message =
      fmt::format("{}: {}", what, std::generic_category().message(errno_value));
  switch (errno_value) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
    case ESRCH:
    case ENOTDIR:
      return absl::NotFoundError(message);
    case EOPNOTSUPP:
      return absl::UnimplementedError(message);
    case EACCES:
    case EPERM:
      return absl::PermissionDeniedError(message);
    case EMFILE:
    case ENFILE:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::InternalError(message);
  }
}

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) close(fd_);
    fd_ = other.Release();
  }
  return *this;
}

UniqueFd::~UniqueFd() {
  if (fd_ >= 0) close(fd_);
}

absl::StatusOr<Directory> Directory::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return ErrnoToStatus(errno, fmt::format("open {}", path));
  return Directory(UniqueFd(fd));
}

absl::StatusOr<Directory> Directory::OpenChild(const std::string& name) const {
  const int fd = openat(fd_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return ErrnoToStatus(errno, "open directory");
  return Directory(UniqueFd(fd));
}

absl::StatusOr<UniqueFd> Directory::OpenFile(const char* name) const {
  int error = 0;
  UniqueFd fd = OpenFile(name, &error);
  if (error != 0) return ErrnoToStatus(error, "open");
  return fd;
}

UniqueFd Directory::OpenFile(const char* name, int* error) const {
  // O_NONBLOCK: a fixture or a hostile tree may hold a FIFO, which must not stop the tick.
  const int fd = openat(fd_.get(), name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  *error = fd < 0 ? errno : 0;
  return UniqueFd(fd);
}

absl::StatusOr<std::string_view> Directory::Read(const char* name, ReadBuffer& buffer) const {
  absl::StatusOr<UniqueFd> fd = OpenFile(name);
  if (!fd.ok()) return fd.status();
  return ReadAll(fd->get(), buffer);
}

absl::StatusOr<std::string> Directory::ReadLink(const char* name) const {
  std::array<char, PATH_MAX> text{};
  const ssize_t n = readlinkat(fd_.get(), name, text.data(), text.size());
  if (n < 0) return ErrnoToStatus(errno, "readlink");
  return std::string(text.data(), static_cast<size_t>(n));
}

bool Directory::Exists(const char* name) const { return faccessat(fd_.get(), name, F_OK, 0) == 0; }

absl::StatusOr<std::vector<std::string>> Directory::Subdirectories() const {
  std::vector<std::string> names;
  absl::Status status = ForEachEntry(fd_.get(), [&](const dirent& entry) {
    if (IsDirectory(fd_.get(), entry)) names.emplace_back(entry.d_name);
  });
  if (!status.ok()) return status;
  return names;
}

absl::Status Directory::ForEachSubdirectory(
    const std::function<void(std::string_view, uint64_t)>& visit) const {
  return ForEachEntry(fd_.get(), [&](const dirent& entry) {
    if (IsDirectory(fd_.get(), entry)) visit(entry.d_name, static_cast<uint64_t>(entry.d_ino));
  });
}

absl::StatusOr<std::vector<std::string>> Directory::Entries() const {
  std::vector<std::string> names;
  absl::Status status =
      ForEachEntry(fd_.get(), [&](const dirent& entry) { names.emplace_back(entry.d_name); });
  if (!status.ok()) return status;
  return names;
}

absl::StatusOr<std::optional<uint64_t>> Directory::SubdirectoryCount() const {
  struct stat st{};
  if (fstat(fd_.get(), &st) != 0) return ErrnoToStatus(errno, "fstat");
  if (st.st_nlink < 2) return std::optional<uint64_t>();
  return std::optional<uint64_t>(st.st_nlink - 2);
}

absl::StatusOr<uint64_t> Directory::Inode() const {
  struct stat st{};
  if (fstat(fd_.get(), &st) != 0) return ErrnoToStatus(errno, "fstat");
  return static_cast<uint64_t>(st.st_ino);
}

absl::StatusOr<uint64_t> Directory::FileSystemType() const {
  struct statfs st{};
  if (fstatfs(fd_.get(), &st) != 0) return ErrnoToStatus(errno, "fstatfs");
  return static_cast<uint64_t>(st.f_type);
}

absl::StatusOr<std::string_view> HeldRead(const UniqueFd& fd, ReadBuffer& buffer) {
  return ReadAll(fd.get(), buffer);
}

std::string_view HeldReadSingle(const UniqueFd& fd, ReadBuffer& buffer, int* error) {
  if (buffer.size() < kFirstRead) buffer.resize(kFirstRead);
  *error = 0;
  while (true) {
    const ssize_t n = pread(fd.get(), buffer.data(), buffer.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      *error = errno;
      return {};
    }
    const auto used = static_cast<size_t>(n);
    if (used < buffer.size()) return {buffer.data(), used};
    if (used == kMaxFileBytes) {
      *error = EFBIG;
      return {};
    }
    // Full: there may be more. Once again with more room, so that it is one generation.
    buffer.resize(std::min(buffer.size() * 2, kMaxFileBytes));
  }
}

}  // namespace kubemonitor
