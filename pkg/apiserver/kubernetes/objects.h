#ifndef KUBEMONITOR_APISERVER_KUBERNETES_OBJECTS_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_OBJECTS_H_

// The objects that are read from the Kubernetes API: what an item of a list or the object of a
// watch event says, in plain structs. Texts are bounded and valid UTF-8.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "apiserver/kubernetes/cluster.h"

namespace kubemonitor {

enum class KubeKind : uint8_t {
  kPod,
  kNode,
  kNamespace,
  kReplicaSet,
  kDeployment,
  kStatefulSet,
  kDaemonSet,
  kJob,
  kCronJob,
};

inline constexpr std::array<KubeKind, 9> kKubeKinds = {
    KubeKind::kPod,        KubeKind::kNode,       KubeKind::kNamespace,
    KubeKind::kReplicaSet, KubeKind::kDeployment, KubeKind::kStatefulSet,
    KubeKind::kDaemonSet,  KubeKind::kJob,        KubeKind::kCronJob};

struct KubeKindInfo {
  std::string_view name;      // "Pod"
  std::string_view resource;  // "pods", as RBAC names it
  std::string_view group;     // "apps"; empty: the core group
  std::string_view path;      // "/api/v1/pods": of all namespaces
  bool metadata_only;         // no more is needed of it
};
const KubeKindInfo& InfoOf(KubeKind kind);

// metadata.ownerReferences, the one with `controller`.
struct ControllerReference {
  std::string kind, name, uid;
  bool operator==(const ControllerReference&) const = default;
};

struct PodObject {
  KubePod pod;  // all but deleted_at_ms, controller and owner
  std::optional<ControllerReference> controller;
};

struct WorkloadObject {
  KubeWorkload workload;  // all but deleted_at_ms and owner
  std::optional<ControllerReference> controller;
};

struct ReplicaSetObject {
  std::string namespace_name, name, uid;
  std::optional<ControllerReference> controller;
};

using KubeObject =
    std::variant<PodObject, KubeNode, KubeNamespace, ReplicaSetObject, WorkloadObject>;

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_OBJECTS_H_
