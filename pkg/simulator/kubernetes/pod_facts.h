#ifndef KUBEMONITOR_SIMULATOR_KUBERNETES_POD_FACTS_H_
#define KUBEMONITOR_SIMULATOR_KUBERNETES_POD_FACTS_H_

// What a pod's object says, gathered: of a pod in a slot, a replica that waits, or a bare pod on a
// node without a collector.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/kubernetes/objects.h"

namespace kubemonitor {

struct ContainerFacts {
  std::string name, id;
  ContainerResources resources;
  uint32_t restarts = 0;
  bool init = false;     // ends before the others begin
  bool sidecar = false;  // an init container that goes on
};

struct PodFacts {
  Workload workload;
  PodShape shape;
  std::string node_name;  // where it will be; empty: finds no place
  std::string host_ip, pod_ip;
  int64_t created_ms = 0;
  int64_t started_ms = 0;
  std::optional<int64_t> ended_ms;  // of one that ends of itself
  std::vector<ContainerFacts> containers;
};

PodFacts FactsOf(const ObjectContext& context, const ObjectRef& ref);
ObjectMeta PodMetaOf(const ObjectContext& context, const ObjectState& state);
std::string_view PhaseOf(const PodFacts& pod, PodStage stage);
void WritePodSpec(const PodFacts& pod, PodStage stage, JsonWriter* json);
void WritePodStatus(const PodFacts& pod, const ObjectState& state, JsonWriter* json);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_KUBERNETES_POD_FACTS_H_
