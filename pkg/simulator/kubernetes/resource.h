#ifndef KUBEMONITOR_SIMULATOR_KUBERNETES_RESOURCE_H_
#define KUBEMONITOR_SIMULATOR_KUBERNETES_RESOURCE_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace kubemonitor {

enum class Resource : uint8_t {
  kPods,
  kNodes,
  kNamespaces,
  kReplicaSets,
  kDeployments,
  kStatefulSets,
  kDaemonSets,
  kJobs,
  kCronJobs,
};
inline constexpr size_t kResources = 9;

struct ResourceInfo {
  std::string_view name;   // of paths: "pods"
  std::string_view kind;   // "Pod"
  std::string_view group;  // empty: the core group
  bool namespaced = true;
};

inline constexpr std::array<ResourceInfo, kResources> kResourceInfos{{
    {"pods", "Pod", ""},
    {"nodes", "Node", "", false},
    {"namespaces", "Namespace", "", false},
    {"replicasets", "ReplicaSet", "apps"},
    {"deployments", "Deployment", "apps"},
    {"statefulsets", "StatefulSet", "apps"},
    {"daemonsets", "DaemonSet", "apps"},
    {"jobs", "Job", "batch"},
    {"cronjobs", "CronJob", "batch"},
}};

constexpr const ResourceInfo& InfoOf(Resource resource) {
  return kResourceInfos[static_cast<size_t>(resource)];
}

// "v1", "apps/v1".
constexpr std::string_view ApiVersionOf(Resource resource) {
  const std::string_view group = InfoOf(resource).group;
  return group.empty() ? "v1" : group == "apps" ? "apps/v1" : "batch/v1";
}

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_KUBERNETES_RESOURCE_H_
