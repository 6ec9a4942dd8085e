#ifndef KUBEMONITOR_APISERVER_KUBERNETES_POD_RESOURCES_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_POD_RESOURCES_H_

// What a pod may count on and may use, as the scheduler and `kubectl describe node` reckon it
// (component-helpers resource/helpers.go, PodRequests and PodLimits).

#include <optional>
#include <vector>

#include "apiserver/kubernetes/cluster.h"
#include "common/node_report.h"

namespace kubemonitor {

struct Resources {
  ResourceAmounts requests, limits;
  bool operator==(const Resources&) const = default;
};

// A container of the spec, and what its status says of a resize in place.
struct ContainerResources {
  ContainerType type = ContainerType::kApp;  // kApp, kInit or kSidecar
  Resources spec;
  ResourceAmounts allocated;        // status.allocatedResources
  std::optional<Resources> actual;  // status.resources
};

struct PodResources {
  std::vector<ContainerResources> containers;  // init containers and sidecars first, in their order
  Resources pod_level;                         // spec.resources
  ResourceAmounts overhead;
  bool resize_infeasible = false;  // the condition PodResizePending has the reason Infeasible
};

// The greater of what is wanted and what is in force: a resize under way holds on to both.
Resources EffectiveResources(const ContainerResources& container, bool resize_infeasible);

// Of the pod, per resource: the most that ever runs at the same time, the pod's own values in its
// place, and the overhead. A request is what containers with one ask for; a limit is there only
// where every container that stays has one.
Resources EffectiveResources(const PodResources& pod);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_POD_RESOURCES_H_
