#include "simulator/kubernetes/changes.h"

#include <algorithm>

namespace kubemonitor {
namespace {

class Collector {
 public:
  Collector(const ObjectContext& context, Revision from, Revision to)
      : context_(context), from_(from), to_(to) {}

  std::vector<Change> Run() {
    const ModelOptions& options = context_.model().options();
    if (context_.model().LifetimeMs() != 0) {
      for (uint32_t node = 0; node < options.nodes; ++node) {
        for (uint32_t slot = 0; slot < options.pods_per_node; ++slot) AddSlot({node, slot});
      }
      for (uint32_t deployment = 0; deployment < options.deployments; ++deployment) {
        AddTemplates(deployment);
      }
    }
    for (uint32_t node = 0; node < options.nodes + ObjectPlaces::kOtherNodes; ++node) {
      if (node != options.nodes) AddHeartbeats(node);  // that one is not heard of
    }
    std::ranges::sort(changes_, {}, [](const Change& change) { return change.state.revision; });
    return std::move(changes_);
  }

 private:
  void Add(const ObjectRef& ref, ChangeType type, Revision revision,
           PodStage stage = PodStage::kNone, PodStage before = PodStage::kNone) {
    if (revision > from_ && revision <= to_)
      changes_.push_back({{ref, revision, stage}, type, before});
  }

  void AddSlot(const Slot& slot) {
    const int64_t first_ms = WallMsOf(from_);
    const int64_t last_ms = WallMsOf(to_);
    if (!context_.lives.ChangesBetween(slot, first_ms, last_ms)) return;
    const auto [first, last] = context_.lives.Between(slot, first_ms, last_ms);
    for (int64_t generation = first; generation <= last; ++generation) {
      AddPod({slot.node, slot.slot, generation});
    }
  }

  void AddPod(const PodRef& pod) {
    const ObjectRef ref{Resource::kPods, context_.places.PodOf({pod.node, pod.slot}),
                        pod.generation};
    const Workload workload = context_.model().WorkloadOf(pod);
    const PodLife life = context_.lives.Of(pod);
    PodStage before = PodStage::kNone;
    for (const PodChange& change : life) {
      const ChangeType type = before == PodStage::kNone         ? ChangeType::kAdded
                              : change.stage == PodStage::kGone ? ChangeType::kDeleted
                                                                : ChangeType::kModified;
      Add(ref, type, change.revision, change.stage, before);
      if (workload.kind == WorkloadKind::kCronJob || workload.kind == WorkloadKind::kJob) {
        AddJob(pod, workload, change, type);
      } else {
        AddOwners(pod, workload, change, type);
      }
      before = change.stage;
    }
  }

  void AddOwners(const PodRef& pod, const Workload& workload, const PodChange& change,
                 ChangeType type) {
    const bool counts = type == ChangeType::kAdded || change.stage == PodStage::kReady ||
                        change.stage == PodStage::kTerminating;
    if (!counts) return;
    const auto modified = [&](Resource resource, Beside beside, int64_t version = 0) {
      Add({resource, workload.number, version}, ChangeType::kModified, change.revision + beside);
    };
    if (workload.kind == WorkloadKind::kDeployment) {
      modified(Resource::kReplicaSets, Beside::kAfter, context_.model().TemplateOf(pod));
      modified(Resource::kDeployments, Beside::kAfterThat);
    } else if (workload.kind == WorkloadKind::kStatefulSet) {
      modified(Resource::kStatefulSets, Beside::kAfter);
    } else if (workload.kind == WorkloadKind::kDaemonSet) {
      modified(Resource::kDaemonSets, Beside::kAfter);
    }
  }

  void AddJob(const PodRef& pod, const Workload& workload, const PodChange& change,
              ChangeType type) {
    const bool cron = workload.kind == WorkloadKind::kCronJob;
    const ObjectRef job{Resource::kJobs, context_.places.JobOf(workload),
                        cron ? pod.generation : 0};
    const bool added = type == ChangeType::kAdded;
    const bool ended = change.stage == PodStage::kEnded;
    const bool gone = change.stage == PodStage::kGone;
    if (cron && added) Add(job, ChangeType::kAdded, change.revision + Beside::kBefore);
    if (added || ended || gone || change.stage == PodStage::kReady) {
      Add(job, cron && gone ? ChangeType::kDeleted : ChangeType::kModified,
          change.revision + Beside::kAfter, change.stage);
    }
    if (cron && (added || ended)) {
      Add({Resource::kCronJobs, workload.number}, ChangeType::kModified,
          change.revision + Beside::kAfterThat);
    }
  }

  void AddTemplates(uint32_t deployment) {
    const Model& model = context_.model();
    const int64_t first = model.TemplateAt(deployment, WallMsOf(from_));
    const int64_t last = model.TemplateAt(deployment, WallMsOf(to_));
    for (int64_t number = std::max<int64_t>(1, first); number <= last; ++number) {
      AddTemplate(deployment, number);
    }
  }

  void AddTemplate(uint32_t deployment, int64_t number) {
    const Revision revision = TemplateRevision(context_.model(), deployment, number);
    const auto replica_set = [&](int64_t version, ChangeType type, Beside beside) {
      Add({Resource::kReplicaSets, deployment, version}, type, revision + beside);
    };
    replica_set(number, ChangeType::kAdded, Beside::kBefore);
    if (context_.places.HasWaitingReplica(deployment)) {
      const uint32_t place = context_.places.WaitingReplicaOf(deployment);
      Add({Resource::kPods, place, number - 1}, ChangeType::kDeleted, revision, PodStage::kPending,
          PodStage::kPending);
      Add({Resource::kPods, place, number}, ChangeType::kAdded, revision + kWaitingReplicaMoves,
          PodStage::kPending);
      replica_set(number - 1, ChangeType::kModified, kWaitingReplicaMoves);
      replica_set(number, ChangeType::kModified, Beside::kAfterThat);
    }
    Add({Resource::kDeployments, deployment}, ChangeType::kModified, revision + Beside::kAfterThat);
    if (number >= kReplicaSetsKept) {
      replica_set(number - kReplicaSetsKept, ChangeType::kDeleted, Beside::kLast);
    }
  }

  void AddHeartbeats(uint32_t node) {
    for (Revision at = to_;;) {
      const Revision beat = HeartbeatAt(context_.model(), node, at);
      if (beat <= from_) return;
      Add({Resource::kNodes, node}, ChangeType::kModified, beat);
      at = beat - 1;
    }
  }

  const ObjectContext& context_;
  const Revision from_, to_;
  std::vector<Change> changes_;
};

}  // namespace

std::vector<Change> ChangesBetween(const ObjectContext& context, Revision from, Revision to) {
  return Collector(context, from, to).Run();
}

}  // namespace kubemonitor
