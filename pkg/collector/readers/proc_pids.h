#ifndef KUBEMONITOR_COLLECTOR_READERS_PROC_PIDS_H_
#define KUBEMONITOR_COLLECTOR_READERS_PROC_PIDS_H_

// The processes that a /proc lists.

#include <absl/status/status.h>

#include <cstdint>
#include <vector>

#include "collector/readers/kernel_file.h"

namespace kubemonitor {

inline constexpr uint64_t kProcfsMagic = 0x9fa0;  // PROC_SUPER_MAGIC of linux/magic.h

struct ListedProcess {
  uint32_t pid = 0;
  uint64_t inode = 0;  // of its directory
};

// Lists the numeric directories of /proc into a reused vector, without an allocation once that is
// large enough. Not thread-safe.
class ProcessList {
 public:
  // `processes` is in the order of the directory, and empty after an error.
  absl::Status Read(const Directory& proc, std::vector<ListedProcess>& processes);

 private:
  UniqueFd fd_;
  int proc_fd_ = -1;  // the directory that fd_ lists
  ReadBuffer buffer_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_PROC_PIDS_H_
