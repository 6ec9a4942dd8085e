#ifndef KUBEMONITOR_COLLECTOR_SAMPLING_SANDBOX_GUESS_H_
#define KUBEMONITOR_COLLECTOR_SAMPLING_SANDBOX_GUESS_H_

// Which of a pod's container cgroups is its sandbox (the pause container), when no runtime tells:
// by its process.

#include <cstdint>
#include <string>
#include <vector>

#include "collector/readers/cgroup_tree.h"
#include "collector/sampling/pod_network.h"

namespace kubemonitor {

enum class SandboxGuess : uint8_t {
  kUndecided,  // its process is still the runtime's own, or not there yet
  kSandbox,    // one process, and that is `pause`
  kSingle,     // one process, another
  kApp,
  kUnknown,  // no processes are to be seen
};

struct SandboxLook {
  SandboxGuess guess = SandboxGuess::kUnknown;
  uint32_t pid = 0;  // of the one process
};

// What a look at the cgroup's processes tells now.
SandboxLook LookForSandbox(const Cgroup& cgroup, CgroupTree& tree, ProcNetwork& proc);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_SAMPLING_SANDBOX_GUESS_H_
