#include "apiserver/kubernetes/objects.h"

#include <cstddef>

namespace kubemonitor {
namespace {

constexpr std::array<KubeKindInfo, kKubeKinds.size()> kInfos = {{
    {"Pod", "pods", "", "/api/v1/pods", false},
    {"Node", "nodes", "", "/api/v1/nodes", false},
    {"Namespace", "namespaces", "", "/api/v1/namespaces", false},
    {"ReplicaSet", "replicasets", "apps", "/apis/apps/v1/replicasets", true},
    {"Deployment", "deployments", "apps", "/apis/apps/v1/deployments", false},
    {"StatefulSet", "statefulsets", "apps", "/apis/apps/v1/statefulsets", false},
    {"DaemonSet", "daemonsets", "apps", "/apis/apps/v1/daemonsets", false},
    {"Job", "jobs", "batch", "/apis/batch/v1/jobs", false},
    {"CronJob", "cronjobs", "batch", "/apis/batch/v1/cronjobs", false},
}};

}  // namespace

const KubeKindInfo& InfoOf(KubeKind kind) { return kInfos[static_cast<size_t>(kind)]; }

}  // namespace kubemonitor
