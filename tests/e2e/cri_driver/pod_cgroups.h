#ifndef KUBEMONITOR_TESTS_E2E_CRI_DRIVER_POD_CGROUPS_H_
#define KUBEMONITOR_TESTS_E2E_CRI_DRIVER_POD_CGROUPS_H_

#include <absl/status/status.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cri_driver/pod_spec.h"

// What the kubelet does to the cgroup tree itself: the hierarchy kubepods / QoS class / pod with
// its limits, by mkdir (driver cgroupfs) or by asking systemd for slices (driver systemd).
namespace kubemonitor::e2e {

enum class CgroupDriver { kCgroupfs, kSystemd };

// CPU shares and quota of Kubernetes millicores, as the kubelet rounds them.
int64_t SharesOf(std::optional<int64_t> millicores);
int64_t QuotaOf(int64_t millicores);  // microseconds of each 100 ms

// The cgroup_parent of the pod as the runtime wants it: "/kubepods/burstable/pod<uid>", or
// "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod<uid_>.slice".
std::string PodCgroupParent(const PodSpec& pod, CgroupDriver driver);

absl::Status CreateQosCgroups(const std::vector<PodSpec>& pods, CgroupDriver driver);
absl::Status CreatePodCgroup(const PodSpec& pod, CgroupDriver driver);
// Removes the pod's cgroup; it must hold no process. Already gone is fine.
absl::Status RemovePodCgroup(const PodSpec& pod, CgroupDriver driver);

}  // namespace kubemonitor::e2e

#endif  // KUBEMONITOR_TESTS_E2E_CRI_DRIVER_POD_CGROUPS_H_
