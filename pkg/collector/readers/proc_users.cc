#include "collector/readers/proc_users.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <optional>

#include "collector/readers/text.h"

namespace kubemonitor {
namespace {

constexpr const char* kPasswd = "1/root/etc/passwd";
constexpr uint64_t kPeriodUsec = 60'000'000;
constexpr size_t kMaxUsers = 16384;
constexpr size_t kMaxNameBytes = 256;

}  // namespace

// root:x:0:0:root:/root:/bin/bash
std::unordered_map<uint32_t, std::string> ParsePasswd(std::string_view text) {
  std::unordered_map<uint32_t, std::string> names;
  std::string_view line;
  while (NextLine(text, line) && names.size() < kMaxUsers) {
    std::array<std::string_view, 3> fields;  // name, password, uid
    size_t count = 0;
    while (count < fields.size()) {
      const size_t colon = line.find(':');
      fields[count++] = line.substr(0, colon);
      if (colon == std::string_view::npos) break;
      line.remove_prefix(colon + 1);
    }
    const std::optional<uint64_t> uid = ParseUint(fields[2]);
    if (!uid || *uid > UINT32_MAX || fields[0].empty() || fields[0].size() > kMaxNameBytes) {
      continue;
    }
    names.try_emplace(static_cast<uint32_t>(*uid), fields[0]);
  }
  return names;
}

void HostUsers::Refresh(const Directory& proc, uint64_t boot_usec, ReadBuffer& buffer,
                        ReadErrors& errors) {
  if (boot_usec < next_usec_) return;
  next_usec_ = boot_usec + kPeriodUsec;
  struct stat st{};
  if (fstatat(proc.fd(), kPasswd, &st, 0) != 0 || !S_ISREG(st.st_mode)) return;
  const Version version{st.st_mtim.tv_sec, st.st_mtim.tv_nsec, st.st_size, st.st_ino};
  if (version == version_) return;
  const absl::StatusOr<std::string_view> text = proc.Read(kPasswd, buffer);
  if (IsGone(text.status()) || absl::IsPermissionDenied(text.status())) return;
  version_ = version;
  if (!text.ok()) {
    errors.Add("{}: {}", kPasswd, MessageOf(text.status()));
    return;
  }
  names_ = ParsePasswd(*text);
}

std::string HostUsers::NameOf(uint32_t uid) const {
  const auto found = names_.find(uid);
  return found == names_.end() ? fmt::format("{}", uid) : found->second;
}

}  // namespace kubemonitor
