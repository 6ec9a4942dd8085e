#ifndef KUBEMONITOR_COLLECTOR_READERS_PROC_USERS_H_
#define KUBEMONITOR_COLLECTOR_READERS_PROC_USERS_H_

// Names of the host's users.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "collector/readers/kernel_file.h"
#include "collector/readers/read_errors.h"

namespace kubemonitor {

// Name by uid, of the text of an /etc/passwd: lines that are no users are skipped, the first name
// of a uid counts, sizes are bounded.
std::unordered_map<uint32_t, std::string> ParsePasswd(std::string_view text);

// Reads `<proc>/1/root/etc/passwd`, the host's own (the reader's is its container image's), again
// when it changed. Not thread-safe.
class HostUsers {
 public:
  // Once a tick; looks at the file at most once a minute of the boot clock. `proc` is used during
  // the call alone.
  void Refresh(const Directory& proc, uint64_t boot_usec, ReadBuffer& buffer, ReadErrors& errors);
  // The name, or the number as text where the host's file is not readable or does not tell.
  std::string NameOf(uint32_t uid) const;

 private:
  struct Version {
    int64_t modified_sec = 0, modified_nsec = 0;
    int64_t size = -1;
    uint64_t inode = 0;
    bool operator==(const Version&) const = default;
  };
  uint64_t next_usec_ = 0;
  Version version_;
  std::unordered_map<uint32_t, std::string> names_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_PROC_USERS_H_
