#ifndef KUBEMONITOR_APISERVER_KUBERNETES_CLUSTER_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_CLUSTER_H_

// What Kubernetes says of the cluster, as queries see it: one immutable snapshot. Everything in it
// came over the network and is bounded and valid UTF-8, and nothing more: it is still others' text.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/node_report.h"

namespace kubemonitor {

using KubeLabels = std::map<std::string, std::string, std::less<>>;

// Absent: not set.
struct ResourceAmounts {
  std::optional<int64_t> cpu_millicores, memory_bytes;
  bool operator==(const ResourceAmounts&) const = default;
};

// A controller. `kind` is Kubernetes' own word and may be one that kubemonitor does not read
// ("Rollout").
struct KubeOwner {
  std::string kind, name;
  bool inferred = false;  // from labels and names: the object between them is not known
  bool operator==(const KubeOwner&) const = default;
};

enum class KubeContainerState : uint8_t { kUnknown, kWaiting, kRunning, kTerminated };

struct KubeContainer {
  std::string name;
  ContainerType type = ContainerType::kApp;
  ResourceAmounts requests, limits;
  std::string container_id;  // 64 hexadecimal digits; empty while it waits
  KubeContainerState state = KubeContainerState::kUnknown;
  std::string reason;       // of waiting or terminated: "CrashLoopBackOff", "Completed"
  std::string last_reason;  // how the run before ended: "OOMKilled"
  uint32_t restart_count = 0;
  bool ready = false;
  std::optional<int64_t> started_at_ms;
};

// A container that is started again when it ends, or may be.
inline bool ComesBack(ContainerType type) {
  return type != ContainerType::kInit && type != ContainerType::kEphemeral;
}

struct KubePod {
  std::string namespace_name, name;
  std::string uid;         // metadata.uid
  std::string sample_uid;  // what cgroups and the runtime call it: a static pod's config hash
  std::string node_name;   // empty: not scheduled
  std::string phase;       // "Running"
  std::string reason;      // status.reason: "Evicted"; else why it has no node: "Unschedulable"
  std::string priority_class;
  QosClass qos_class = QosClass::kUnknown;
  bool host_network = false;
  bool ready = false;
  std::optional<int64_t> created_at_ms, started_at_ms;
  std::optional<int64_t> terminating_since_ms;  // deletionTimestamp less the grace period
  std::optional<int64_t> deleted_at_ms;  // when it went; such a pod is kept for the retention
  ResourceAmounts requests, limits;      // effective; a limit only where every container has one
  KubeLabels labels;
  std::optional<KubeOwner> controller;  // its direct one: a ReplicaSet, a Job
  std::optional<KubeOwner> owner;       // the one at the top: a Deployment, a CronJob, a Node
  std::vector<KubeContainer> containers;

  bool ended() const { return phase == "Succeeded" || phase == "Failed"; }
  // As kubectl counts them: restarts of what is meant to run on. Nullopt: it has no such container.
  std::optional<uint32_t> restarts() const {
    std::optional<uint32_t> sum;
    for (const KubeContainer& container : containers) {
      if (ComesBack(container.type)) sum = sum.value_or(0) + container.restart_count;
    }
    return sum;
  }
  // It is Pending, or a container of it waits or was restarted: what somebody may have to look at.
  bool in_trouble() const {
    if (phase == "Pending") return true;
    for (const KubeContainer& container : containers) {
      const bool waits = container.state == KubeContainerState::kWaiting;
      if (waits || container.restart_count > 0) return true;
    }
    return false;
  }
};

struct KubeCondition {
  std::string type, status, reason;  // "Ready", "True" "False" "Unknown"
  std::optional<int64_t> last_transition_ms;
};

struct KubeNode {
  std::string name, uid;
  KubeLabels labels;
  std::vector<std::string> roles;  // of the labels node-role.kubernetes.io/…
  bool unschedulable = false;
  std::optional<int64_t> created_at_ms;
  ResourceAmounts capacity, allocatable;
  std::optional<int64_t> allocatable_pods;
  std::vector<KubeCondition> conditions;
  std::string kubelet_version, kernel_version, os_image, runtime_version, architecture;
  std::string operating_system;  // "linux", "windows"
  bool ready() const {
    for (const KubeCondition& condition : conditions) {
      if (condition.type == "Ready") return condition.status == "True";
    }
    return false;
  }
};

struct KubeNamespace {
  std::string name, phase;
  KubeLabels labels;
  std::optional<int64_t> created_at_ms;
};

struct KubeWorkload {  // Deployment, StatefulSet, DaemonSet, Job, CronJob
  std::string kind, namespace_name, name, uid;
  KubeLabels labels;
  std::optional<int64_t> created_at_ms;
  std::optional<int64_t> deleted_at_ms;  // when it went; kept for the retention
  std::optional<KubeOwner> owner;        // of a Job: its CronJob
  std::optional<int64_t> desired, ready, available, updated;  // replicas
  std::optional<int64_t> active, succeeded, failed;           // pods of a Job
};

// Thread-safe, and never changes. Pointers live as long as the snapshot.
class Cluster {
 public:
  virtual ~Cluster() = default;

  // A pod is handed out as it is asked for: what is kept of it is smaller.
  using PodFunction = std::function<void(const KubePod&)>;

  // The pod that samples belong to: by uid (Kubernetes', else as samples have it), else by one of
  // the container ids, else by namespace and name. Empty arguments match nothing. Those that went
  // within the retention are found too; one that lives goes before one that went.
  virtual std::optional<KubePod> FindPod(std::string_view uid,
                                         const std::vector<std::string_view>& container_ids,
                                         std::string_view namespace_name,
                                         std::string_view name) const = 0;
  // The pod with that uid of Kubernetes, for an item of a list: without owners, and of its
  // containers nothing but type, state, reason, readiness, start and restarts.
  virtual std::optional<KubePod> FindForList(std::string_view uid) const {
    return FindPod(uid, {}, "", "");
  }
  // Its restarts() alone.
  virtual std::optional<uint32_t> FindRestarts(std::string_view uid) const {
    const std::optional<KubePod> pod = FindForList(uid);
    return pod ? pod->restarts() : std::nullopt;
  }
  // Pods that exist, in no order; with a namespace or a node, those of it. Node "" are those not
  // scheduled.
  virtual void ForEachPod(std::optional<std::string_view> namespace_name,
                          std::optional<std::string_view> node_name,
                          const PodFunction& function) const = 0;
  // The same without labels and containers: cheaper, for every pod of a list.
  virtual void ForEachPodBriefly(std::optional<std::string_view> namespace_name,
                                 std::optional<std::string_view> node_name,
                                 const PodFunction& function) const {
    ForEachPod(namespace_name, node_name, function);
  }
  // Pods that exist and are in_trouble(), in no order: cheap where most are not.
  virtual void ForEachPodInTrouble(const PodFunction& function) const {
    ForEachPod(std::nullopt, std::nullopt, [&function](const KubePod& pod) {
      if (pod.in_trouble()) function(pod);
    });
  }
  // Sums over the pods of a node or namespace that have not ended.
  struct PodTotals {
    uint64_t pods = 0;
    ResourceAmounts requests, limits;
    ResourceAmounts limits_of_all;  // limits, where each of the pods has one
  };
  virtual PodTotals NodeTotals(std::string_view node_name) const = 0;
  // Names of the nodes that pods are on, in order: gone ones too, and "" if some are not scheduled.
  virtual std::vector<std::string> NodesOfPods() const = 0;
  virtual PodTotals NamespaceTotals(std::string_view namespace_name) const = 0;

  // By name.
  virtual const std::vector<std::shared_ptr<const KubeNode>>& nodes() const = 0;
  virtual const std::vector<std::shared_ptr<const KubeNamespace>>& namespaces() const = 0;
  // By namespace, kind and name.
  virtual const std::vector<std::shared_ptr<const KubeWorkload>>& workloads() const = 0;
  virtual const KubeNode* FindNode(std::string_view name) const = 0;
  virtual const KubeNamespace* FindNamespace(std::string_view name) const = 0;
  virtual const KubeWorkload* FindWorkload(std::string_view kind, std::string_view namespace_name,
                                           std::string_view name) const = 0;

  // Whether pods (nodes, namespaces, workloads of a kind) were read whole at least once: only then
  // "not there" means that it does not exist.
  virtual bool Knows(std::string_view kind) const = 0;  // "Pod", "Node", "Namespace", "Deployment"
};

// Where queries get the newest snapshot from. Null: Kubernetes is not asked, or has not answered.
class ClusterSource {
 public:
  virtual ~ClusterSource() = default;
  virtual std::shared_ptr<const Cluster> cluster() const = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_CLUSTER_H_
