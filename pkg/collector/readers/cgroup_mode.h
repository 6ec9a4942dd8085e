#ifndef KUBEMONITOR_COLLECTOR_READERS_CGROUP_MODE_H_
#define KUBEMONITOR_COLLECTOR_READERS_CGROUP_MODE_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace kubemonitor {

enum class CgroupMode : uint8_t { kV2, kHybrid, kV1, kNone };

struct CgroupRoot {
  CgroupMode mode = CgroupMode::kNone;
  bool kernel_mount = false;  // a cgroup2 mount, not a directory of recorded files
  bool nested = false;        // the top of a container (kind, k3d, LXC), not the machine's own root
};

// What kind of tree stands at `path`. A plain directory is v2 when it has cgroup.controllers.
// Hybrid is told by `unified` below it, v1 by the controllers' directories. A path that cannot be
// opened has no cgroups.
CgroupRoot DetectCgroupRoot(const std::string& path);

// "v2", "hybrid", "v1" or "none".
std::string_view NameOf(CgroupMode mode);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_CGROUP_MODE_H_
