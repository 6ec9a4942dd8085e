#ifndef KUBEMONITOR_SIMULATOR_KUBERNETES_OBJECTS_H_
#define KUBEMONITOR_SIMULATOR_KUBERNETES_OBJECTS_H_

// The objects of the fake API at a resource version, made when they are asked for.
//
// Beside what the model has there are some that no collector reports: of one Deployment in fifty a
// replica that finds no place (Pending), and two nodes without a collector, one of Windows and one
// that is not ready, each with a bare pod.

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/json_writer.h"
#include "simulator/kubernetes/pod_life.h"
#include "simulator/kubernetes/resource.h"
#include "simulator/model.h"

namespace kubemonitor {

// An object of all time. `version` sets apart what comes one after the other in a place:
// generations of a slot, pod templates of a Deployment; 0 elsewhere.
struct ObjectRef {
  Resource resource = Resource::kPods;
  uint32_t place = 0;  // of the resource, from 0
  int64_t version = 0;
  auto operator<=>(const ObjectRef&) const = default;
};

struct ObjectState {
  ObjectRef ref;
  Revision revision = 0;             // of its last change
  PodStage stage = PodStage::kNone;  // of a pod, and of a Job's pod
};

struct ObjectOwner {
  std::string api_version, kind, name, uid;
};

struct ObjectMeta {
  std::string name, generate_name, namespace_name, uid;
  int64_t generation = 0;  // 0: has none
  int64_t created_ms = 0;
  std::optional<int64_t> deletion_ms;
  std::map<std::string, std::string> labels, annotations;
  std::optional<ObjectOwner> owner;
};

// The objects of one resource. Immutable: thread-safe.
class ObjectSource {
 public:
  virtual ~ObjectSource() = default;
  virtual uint32_t Places() const = 0;
  // Appends what exists in the place as of `at`: mostly one object, or none.
  virtual void AtPlace(uint32_t place, Revision at, std::vector<ObjectState>* out) const = 0;
  virtual ObjectMeta MetaOf(const ObjectState& state) const = 0;
  // The members behind metadata: spec and status.
  virtual void WriteBody(const ObjectState& state, JsonWriter* json) const = 0;
  // Of a field that can be selected by, beside name and namespace; nothing if there is no such one.
  virtual std::optional<std::string> FieldOf(const ObjectState& /*state*/,
                                             std::string_view /*field*/) const {
    return std::nullopt;
  }
};

// Which places objects have. Immutable: thread-safe.
class ObjectPlaces {
 public:
  explicit ObjectPlaces(const Model& model);  // which outlives this
  const Model& model() const { return model_; }

  // Pods: those of slots, then waiting replicas, then those of the nodes without a collector.
  uint32_t Pods() const { return slots_ + waiting_ + kOtherNodes; }
  uint32_t PodOf(const Slot& slot) const;
  std::optional<Slot> SlotOf(uint32_t pod_place) const;
  bool HasWaitingReplica(uint32_t deployment) const;
  uint32_t WaitingReplicaOf(uint32_t deployment) const;
  std::optional<uint32_t> DeploymentOfWaiting(uint32_t pod_place) const;
  uint32_t FirstOtherPod() const { return slots_ + waiting_; }

  // Jobs: those of CronJobs, then the others.
  uint32_t Jobs() const { return cron_jobs_ + jobs_; }
  uint32_t JobOf(const Workload& workload) const;  // of a CronJob or Job
  Workload OwnerOfJob(uint32_t job_place) const;

  // Nodes: those with a collector, then the other two.
  static constexpr uint32_t kOtherNodes = 2;
  std::string NodeName(uint32_t node_place) const;

 private:
  const Model& model_;
  const uint32_t slots_, waiting_, cron_jobs_, jobs_;
};

// What the sources below are made of; outlives them.
struct ObjectContext {
  explicit ObjectContext(const Model& model) : lives(model), places(model) {}
  const Model& model() const { return places.model(); }
  const PodLives lives;
  const ObjectPlaces places;
};

std::unique_ptr<ObjectSource> NewPodObjects(const ObjectContext& context);
std::unique_ptr<ObjectSource> NewNodeObjects(const ObjectContext& context);
std::unique_ptr<ObjectSource> NewNamespaceObjects(const ObjectContext& context);
std::unique_ptr<ObjectSource> NewReplicaSetObjects(const ObjectContext& context);
// Deployments, StatefulSets, DaemonSets.
std::unique_ptr<ObjectSource> NewWorkloadObjects(const ObjectContext& context, Resource resource);
std::unique_ptr<ObjectSource> NewJobObjects(const ObjectContext& context);
std::unique_ptr<ObjectSource> NewCronJobObjects(const ObjectContext& context);

// When a node last said that it lives: every five minutes, each at times of its own.
Revision HeartbeatAt(const Model& model, uint32_t node, Revision at);
inline constexpr int64_t kHeartbeatMs = 300'000;

// A Deployment's next pod template: its ReplicaSet is there kBefore, then the waiting replica of
// the one before is gone, and the new one's there, and the oldest ReplicaSet goes.
Revision TemplateRevision(const Model& model, uint32_t deployment, int64_t number);
// The newest of which the revision with `beside` is not after `at`.
int64_t TemplateAt(const Model& model, uint32_t deployment, Revision at, Beside beside);
inline constexpr Beside kWaitingReplicaMoves = Beside::kAfter;
// ReplicaSets of a Deployment that are kept: the present one and two from before.
inline constexpr int64_t kReplicaSetsKept = 3;

// All of them. Immutable: thread-safe.
class ClusterObjects {
 public:
  explicit ClusterObjects(const Model& model);  // which outlives this
  ClusterObjects(const ClusterObjects&) = delete;
  ClusterObjects& operator=(const ClusterObjects&) = delete;

  const ObjectContext& context() const { return context_; }
  const ObjectSource& of(Resource resource) const {
    return *sources_[static_cast<size_t>(resource)];
  }
  // The object's members: kind and apiVersion where `with_kind` (items of lists have none),
  // metadata, and with `body` the rest.
  void Write(const ObjectState& state, const ObjectMeta& meta, bool with_kind, bool body,
             JsonWriter* json) const;

 private:
  const ObjectContext context_;
  std::array<std::unique_ptr<ObjectSource>, kResources> sources_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_KUBERNETES_OBJECTS_H_
