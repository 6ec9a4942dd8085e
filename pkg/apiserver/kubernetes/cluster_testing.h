#ifndef KUBEMONITOR_APISERVER_KUBERNETES_CLUSTER_TESTING_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_CLUSTER_TESTING_H_

// For tests: objects with short names, and everything about a pod as one line.

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apiserver/kubernetes/cluster.h"
#include "apiserver/kubernetes/objects.h"

namespace kubemonitor::testing {

inline std::string HexId(uint64_t number) { return fmt::format("{:064x}", number); }

inline std::string Text(const std::optional<int64_t>& value) {
  return value ? std::to_string(*value) : "-";
}
inline std::string Text(const ResourceAmounts& amounts) {
  return Text(amounts.cpu_millicores) + "/" + Text(amounts.memory_bytes);
}
inline std::string Text(const std::optional<KubeOwner>& owner) {
  return owner ? owner->kind + "/" + owner->name + (owner->inferred ? "?" : "") : "-";
}

inline std::string Describe(const KubePod& pod) {
  std::string out = fmt::format(
      "{}/{} {} {} on {} {} {} {} qos{} {}{} {} {} {} {} {} {} {} {}", pod.namespace_name, pod.name,
      pod.uid, pod.sample_uid, pod.node_name, pod.phase, pod.reason, pod.priority_class,
      static_cast<int>(pod.qos_class), pod.host_network, pod.ready, Text(pod.created_at_ms),
      Text(pod.started_at_ms), Text(pod.terminating_since_ms), Text(pod.deleted_at_ms),
      Text(pod.requests), Text(pod.limits), Text(pod.controller), Text(pod.owner));
  for (const auto& [key, value] : pod.labels) out += fmt::format(" {}={}", key, value);
  for (const KubeContainer& c : pod.containers) {
    out += fmt::format(" [{} {} {} {} {} {} {} {} {} {} {}]", c.name, static_cast<int>(c.type),
                       Text(c.requests), Text(c.limits), c.container_id, static_cast<int>(c.state),
                       c.reason, c.last_reason, c.restart_count, c.ready, Text(c.started_at_ms));
  }
  return out;
}

// A pod "namespace/name" of one container.
inline PodObject MakePod(const std::string& full_name, const std::string& uid) {
  const size_t slash = full_name.find('/');
  PodObject object;
  KubePod& pod = object.pod;
  pod.namespace_name = full_name.substr(0, slash);
  pod.name = full_name.substr(slash + 1);
  pod.uid = pod.sample_uid = uid;
  pod.phase = "Running";
  pod.requests = {100, 1000};
  KubeContainer container;
  container.name = "main";
  pod.containers.push_back(std::move(container));
  return object;
}

inline WorkloadObject MakeWorkload(const std::string& kind, const std::string& full_name,
                                   const std::string& uid) {
  const size_t slash = full_name.find('/');
  WorkloadObject object;
  object.workload.kind = kind;
  object.workload.namespace_name = full_name.substr(0, slash);
  object.workload.name = full_name.substr(slash + 1);
  object.workload.uid = uid;
  return object;
}

inline KubeNode MakeNode(const std::string& name, const std::string& uid = "n") {
  KubeNode node;
  node.name = name;
  node.uid = uid;
  return node;
}

inline KubeNamespace MakeNamespace(const std::string& name) {
  KubeNamespace out;
  out.name = name;
  return out;
}

}  // namespace kubemonitor::testing

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_CLUSTER_TESTING_H_
