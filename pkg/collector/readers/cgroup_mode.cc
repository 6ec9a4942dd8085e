#include "collector/readers/cgroup_mode.h"

#include <linux/magic.h>

#include "collector/readers/kernel_file.h"

namespace kubemonitor {
namespace {

bool IsKernelMount(const Directory& directory) {
  const absl::StatusOr<uint64_t> type = directory.FileSystemType();
  return type.ok() && *type == CGROUP2_SUPER_MAGIC;
}

}  // namespace

CgroupRoot DetectCgroupRoot(const std::string& path) {
  CgroupRoot root;
  const absl::StatusOr<Directory> top = Directory::Open(path);
  if (!top.ok()) return root;
  root.kernel_mount = IsKernelMount(*top);
  if (root.kernel_mount || top->Exists("cgroup.controllers")) {
    root.mode = CgroupMode::kV2;
    // The machine's own root has none of these.
    root.nested =
        top->Exists("cgroup.type") || top->Exists("cgroup.events") || top->Exists("memory.current");
    return root;
  }
  const absl::StatusOr<Directory> unified = top->OpenChild("unified");
  if (unified.ok() && (IsKernelMount(*unified) || unified->Exists("cgroup.controllers"))) {
    root.mode = CgroupMode::kHybrid;
  } else if (top->Exists("memory") || top->Exists("cpu") || top->Exists("cpuacct") ||
             top->Exists("cpu,cpuacct")) {
    root.mode = CgroupMode::kV1;
  }
  return root;
}

std::string_view NameOf(CgroupMode mode) {
  switch (mode) {
    case CgroupMode::kV2:
      return "v2";
    case CgroupMode::kHybrid:
      return "hybrid";
    case CgroupMode::kV1:
      return "v1";
    case CgroupMode::kNone:
      return "none";
  }
  return "none";
}

}  // namespace kubemonitor
