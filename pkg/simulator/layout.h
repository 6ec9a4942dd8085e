#ifndef KUBEMONITOR_SIMULATOR_LAYOUT_H_
#define KUBEMONITOR_SIMULATOR_LAYOUT_H_

// Which workload owns the pods of which slot (model.h), by arithmetic alone:
//
// - Of each node's `pods_per_node` slots the last few are its own: one of a static pod where there
//   are 8 or more, before it one of a DaemonSet where there are 4 or more, three where there
//   are 20.
// - The others are numbered through the cluster. Of 32 in a row 4 belong to StatefulSets, 2 to
//   CronJobs, 1 to a Job, 1 is a bare pod, and 24 belong to Deployments.
// - `deployments` Deployments take theirs in turns, and so do an eighth as many StatefulSets. Every
//   CronJob, Job and bare pod has one slot.

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace kubemonitor {

struct ModelOptions {
  uint64_t seed = 1;
  uint32_t nodes = 3;
  uint32_t pods_per_node = 30;
  uint32_t containers_per_pod = 2;
  uint32_t namespaces = 10;
  uint32_t deployments = 40;
  uint32_t churn_per_minute = 0;  // pods replaced, over the whole cluster
  int64_t interval_ms = 10'000;
};

enum class WorkloadKind : uint8_t {
  kDeployment,
  kStatefulSet,
  kCronJob,
  kJob,
  kBarePod,
  kDaemonSet,
  kStaticPod,
};
inline constexpr size_t kWorkloadKinds = 7;

struct Workload {
  WorkloadKind kind = WorkloadKind::kDeployment;
  uint32_t number = 0;  // of its kind, from 0
  auto operator<=>(const Workload&) const = default;
};

struct Slot {
  uint32_t node = 0, slot = 0;
  auto operator<=>(const Slot&) const = default;
};

// Immutable: thread-safe.
class Layout {
 public:
  explicit Layout(const ModelOptions& options);

  struct Place {
    Workload workload;
    uint32_t member = 0;  // which of the workload's slots, from 0
  };
  Place PlaceOf(const Slot& slot) const;

  uint32_t Count(WorkloadKind kind) const;           // workloads
  uint32_t Members(const Workload& workload) const;  // slots of it
  Slot MemberAt(const Workload& workload, uint32_t member) const;

 private:
  uint32_t Slots(WorkloadKind kind) const { return slots_[static_cast<size_t>(kind)]; }

  const uint32_t nodes_, pods_per_node_;
  const uint32_t daemon_sets_, static_pods_;  // slots of each node
  const uint32_t shared_;                     // the others of each node
  const uint32_t deployments_;
  uint32_t stateful_sets_ = 0;
  std::array<uint32_t, kWorkloadKinds> slots_{};  // in the whole cluster
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_LAYOUT_H_
