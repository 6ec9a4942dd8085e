#ifndef KUBEMONITOR_SIMULATOR_KUBERNETES_CHANGES_H_
#define KUBEMONITOR_SIMULATOR_KUBERNETES_CHANGES_H_

// Every change of an object of the simulated cluster between two resource versions.

#include <cstdint>
#include <vector>

#include "simulator/kubernetes/objects.h"

namespace kubemonitor {

enum class ChangeType : uint8_t { kAdded, kModified, kDeleted };

struct Change {
  ObjectState state;  // with it; of a deleted one the last, at the revision of its deletion
  ChangeType type = ChangeType::kModified;
  PodStage before = PodStage::kNone;  // of a pod
};

// Those in (from, to] in the order of their revisions. What has none costs some 100 ns a pod.
std::vector<Change> ChangesBetween(const ObjectContext& context, Revision from, Revision to);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_KUBERNETES_CHANGES_H_
