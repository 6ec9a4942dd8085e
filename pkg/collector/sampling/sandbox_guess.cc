#include "collector/sampling/sandbox_guess.h"

#include <fmt/format.h>

#include "collector/readers/text.h"

namespace kubemonitor {

SandboxLook LookForSandbox(const Cgroup& cgroup, CgroupTree& tree, ProcNetwork& proc) {
  SandboxLook look;
  std::vector<uint32_t> pids;
  if (!tree.ReadPids(cgroup, pids) || pids.empty()) return look;
  look.guess = SandboxGuess::kApp;
  if (pids.size() > 1 || proc.proc() == nullptr) return look;
  const absl::StatusOr<std::string_view> comm =
      proc.proc()->Read(fmt::format("{}/comm", pids.front()).c_str(), proc.buffer());
  if (!comm.ok()) return look;
  look.pid = pids.front();
  // Between clone and exec it is runc's or crun's own.
  if (comm->starts_with("runc") || comm->starts_with("crun")) {
    look.guess = SandboxGuess::kUndecided;
  } else {
    look.guess = Trim(*comm) == "pause" ? SandboxGuess::kSandbox : SandboxGuess::kSingle;
  }
  return look;
}

}  // namespace kubemonitor
