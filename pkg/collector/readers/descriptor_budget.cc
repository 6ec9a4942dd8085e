#include "collector/readers/descriptor_budget.h"

#include <sys/resource.h>

#include <algorithm>

namespace kubemonitor {
namespace {

// What the cgroup tree leaves, and what of that the process table leaves; of a small limit half.
constexpr size_t kLeftByCgroups = 1280;
constexpr size_t kLeftByProcesses = 256;

size_t RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  if (limit.rlim_cur < limit.rlim_max) {
    rlimit raised = limit;
    raised.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  return limit.rlim_cur == RLIM_INFINITY ? size_t{1} << 20 : static_cast<size_t>(limit.rlim_cur);
}

}  // namespace

DescriptorBudget DivideDescriptors(size_t limit) {
  const size_t left_by_cgroups = std::min(limit / 2, kLeftByCgroups);
  const size_t left_by_processes = std::min(left_by_cgroups / 2, kLeftByProcesses);
  return {limit - left_by_cgroups, left_by_cgroups - left_by_processes};
}

DescriptorBudget OwnDescriptorBudget() { return DivideDescriptors(RaiseDescriptorLimit()); }

}  // namespace kubemonitor
