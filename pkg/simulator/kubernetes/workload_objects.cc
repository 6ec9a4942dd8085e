// ReplicaSets, Deployments, StatefulSets and DaemonSets: what they say is counted over their pods.

#include <algorithm>

#include "simulator/kubernetes/json_forms.h"
#include "simulator/kubernetes/objects.h"

namespace kubemonitor {
namespace {

// Pods that are not on their way out.
struct Counts {
  int64_t pods = 0, ready = 0;
  int64_t updated = 0;        // of the present template
  Revision last_changed = 0;  // of any of them, ended ones included
};

// What a change of a pod does to the numbers of its owner.
bool Counted(PodStage stage) { return stage < PodStage::kTerminating; }

// Whether the owner's numbers change with it.
bool ChangesCounts(const PodLife& life, const PodChange& change) {
  return change.revision == life.created().revision || change.stage == PodStage::kReady ||
         change.stage == PodStage::kTerminating;
}

class Counter {
 public:
  Counter(const ObjectContext& context, Revision at) : context_(context), at_(at) {}

  // All pods of the workload.
  Counts Of(const Workload& workload) const {
    Counts out;
    const int64_t wall_ms = WallMsOf(at_);
    const uint32_t members = context_.model().layout().Members(workload);
    const int64_t present = Present(workload);
    for (uint32_t member = 0; member < members; ++member) {
      const Slot slot = context_.model().layout().MemberAt(workload, member);
      const auto generations = context_.lives.Between(slot, wall_ms, wall_ms);
      Add(
          slot, generations.first, generations.last,
          [&](int64_t pod_template) {
            return pod_template == present ? Which::kUpdated : Which::kOther;
          },
          &out);
    }
    return out;
  }

  // Those of one pod template of a Deployment, in all its time.
  Counts OfTemplate(uint32_t deployment, int64_t number) const {
    Counts out;
    const Model& model = context_.model();
    const Workload workload{WorkloadKind::kDeployment, deployment};
    const int64_t now_ms = WallMsOf(at_);
    const int64_t first_ms = std::min(now_ms, model.TemplateSinceMs(deployment, number));
    const int64_t last_ms = std::min(now_ms, model.TemplateSinceMs(deployment, number + 1));
    const uint32_t members = model.layout().Members(workload);
    for (uint32_t member = 0; member < members; ++member) {
      const Slot slot = model.layout().MemberAt(workload, member);
      const auto generations = context_.lives.Between(slot, first_ms, std::max(first_ms, last_ms));
      Add(
          slot, generations.first, generations.last,
          [&](int64_t pod_template) {
            return pod_template == number ? Which::kUpdated : Which::kNot;
          },
          &out);
    }
    return out;
  }

 private:
  enum class Which : uint8_t { kNot, kOther, kUpdated };

  int64_t Present(const Workload& workload) const {
    if (workload.kind != WorkloadKind::kDeployment) return 0;
    return TemplateAt(context_.model(), workload.number, at_, Beside::kBefore);
  }

  template <typename Selector>
  void Add(const Slot& slot, int64_t first, int64_t last, const Selector& select,
           Counts* out) const {
    const Model& model = context_.model();
    const Workload workload = model.layout().PlaceOf(slot).workload;
    for (int64_t generation = first; generation <= last; ++generation) {
      const PodRef pod{slot.node, slot.slot, generation};
      const PodLife life = context_.lives.Of(pod);
      if (life.created().revision > at_) return;
      const int64_t pod_template =
          workload.kind == WorkloadKind::kDeployment ? model.TemplateOf(pod) : 0;
      const Which which = select(pod_template);
      if (which == Which::kNot) continue;
      for (const PodChange& change : life) {
        if (change.revision > at_ || !ChangesCounts(life, change)) continue;
        out->last_changed = std::max(out->last_changed, change.revision);
      }
      const PodStage stage = life.At(at_).stage;
      if (!Counted(stage)) continue;
      ++out->pods;
      if (stage == PodStage::kReady) ++out->ready;
      if (which == Which::kUpdated) ++out->updated;
    }
  }

  const ObjectContext& context_;
  const Revision at_;
};

WorkloadKind KindOf(Resource resource) {
  return resource == Resource::kStatefulSets ? WorkloadKind::kStatefulSet
         : resource == Resource::kDaemonSets ? WorkloadKind::kDaemonSet
                                             : WorkloadKind::kDeployment;
}

// ---- ReplicaSets: a Deployment is a place.

class ReplicaSetObjects : public ObjectSource {
 public:
  explicit ReplicaSetObjects(const ObjectContext& context) : context_(context) {}

  uint32_t Places() const override { return context_.model().options().deployments; }
  void AtPlace(uint32_t place, Revision at, std::vector<ObjectState>* out) const override {
    const int64_t newest = TemplateAt(context_.model(), place, at, Beside::kBefore);
    const int64_t kept =
        TemplateAt(context_.model(), place, at, Beside::kLast) - kReplicaSetsKept + 1;
    for (int64_t number = std::max<int64_t>(0, kept); number <= newest; ++number) {
      out->push_back({{Resource::kReplicaSets, place, number}, RevisionOf(place, number, at)});
    }
  }
  ObjectMeta MetaOf(const ObjectState& state) const override;
  void WriteBody(const ObjectState& state, JsonWriter* json) const override;

 private:
  Revision RevisionOf(uint32_t deployment, int64_t number, Revision at) const;
  Counts CountsOf(const ObjectState& state) const;

  const ObjectContext& context_;
};

Revision ReplicaSetObjects::RevisionOf(uint32_t deployment, int64_t number, Revision at) const {
  const Model& model = context_.model();
  const Counts counts = Counter(context_, at).OfTemplate(deployment, number);
  Revision last = TemplateRevision(model, deployment, number) + Beside::kBefore;
  if (counts.last_changed != 0) last = std::max(last, counts.last_changed + Beside::kAfter);
  if (!context_.places.HasWaitingReplica(deployment)) return last;
  // It comes with the template, and goes with the next one.
  const Revision comes = TemplateRevision(model, deployment, number) + Beside::kAfterThat;
  if (comes <= at) last = std::max(last, comes);
  if (TemplateAt(model, deployment, at, kWaitingReplicaMoves) == number) return last;
  const Revision goes = TemplateRevision(model, deployment, number + 1) + kWaitingReplicaMoves;
  return goes <= at ? std::max(last, goes) : last;
}

Counts ReplicaSetObjects::CountsOf(const ObjectState& state) const {
  const uint32_t deployment = state.ref.place;
  Counts out = Counter(context_, state.revision).OfTemplate(deployment, state.ref.version);
  if (context_.places.HasWaitingReplica(deployment) &&
      TemplateAt(context_.model(), deployment, state.revision, kWaitingReplicaMoves) ==
          state.ref.version) {
    ++out.pods;
  }
  return out;
}

ObjectMeta ReplicaSetObjects::MetaOf(const ObjectState& state) const {
  const Model& model = context_.model();
  const auto& [resource, deployment, number] = state.ref;
  const Workload workload{WorkloadKind::kDeployment, deployment};
  ObjectMeta out;
  out.name = model.ReplicaSetName(deployment, number);
  out.namespace_name = model.NamespaceOf(workload);
  out.uid = model.Uid(UidOf::kReplicaSet, deployment, static_cast<uint64_t>(number));
  out.generation = 1;
  out.created_ms = model.TemplateSinceMs(deployment, number);
  out.labels = {{"app", model.WorkloadName(workload)},
                {"pod-template-hash", model.TemplateHash(deployment, number)}};
  out.annotations = {{"deployment.kubernetes.io/revision", std::to_string(number + 1)}};
  out.owner = {"apps/v1", "Deployment", model.WorkloadName(workload), model.WorkloadUid(workload)};
  return out;
}

void ReplicaSetObjects::WriteBody(const ObjectState& state, JsonWriter* json) const {
  const Counts counts = CountsOf(state);
  json->Key("spec");
  json->StartObject();
  json->IntegerField("replicas", counts.pods);
  WriteAppSelector(context_.model().WorkloadName({WorkloadKind::kDeployment, state.ref.place}),
                   json);
  json->EndObject();
  json->Key("status");
  json->StartObject();
  json->IntegerField("replicas", counts.pods);
  if (counts.pods > 0) json->IntegerField("fullyLabeledReplicas", counts.pods);
  if (counts.ready > 0) json->IntegerField("readyReplicas", counts.ready);
  if (counts.ready > 0) json->IntegerField("availableReplicas", counts.ready);
  json->IntegerField("observedGeneration", 1);
  json->EndObject();
}

// ---- Deployments, StatefulSets, DaemonSets

class WorkloadObjects : public ObjectSource {
 public:
  WorkloadObjects(const ObjectContext& context, Resource resource)
      : context_(context), resource_(resource), kind_(KindOf(resource)) {}

  uint32_t Places() const override { return context_.model().layout().Count(kind_); }
  void AtPlace(uint32_t place, Revision at, std::vector<ObjectState>* out) const override;
  ObjectMeta MetaOf(const ObjectState& state) const override;
  void WriteBody(const ObjectState& state, JsonWriter* json) const override;

 private:
  void WriteSpec(uint32_t place, JsonWriter* json) const;
  int64_t Desired(uint32_t place) const {
    const bool waits =
        kind_ == WorkloadKind::kDeployment && context_.places.HasWaitingReplica(place);
    return int64_t{context_.model().layout().Members({kind_, place})} + (waits ? 1 : 0);
  }

  const ObjectContext& context_;
  const Resource resource_;
  const WorkloadKind kind_;
};

void WorkloadObjects::AtPlace(uint32_t place, Revision at, std::vector<ObjectState>* out) const {
  const Model& model = context_.model();
  const bool deployment = kind_ == WorkloadKind::kDeployment;
  const Revision changed = Counter(context_, at).Of({kind_, place}).last_changed;
  Revision last = RevisionAt(kOriginMs);
  if (changed != 0) {
    last = std::max(last, changed + (deployment ? Beside::kAfterThat : Beside::kAfter));
  }
  if (deployment) {
    const int64_t number = TemplateAt(model, place, at, Beside::kAfterThat);
    last = std::max(last, TemplateRevision(model, place, number) + Beside::kAfterThat);
  }
  out->push_back({{resource_, place}, last});
}

ObjectMeta WorkloadObjects::MetaOf(const ObjectState& state) const {
  const Model& model = context_.model();
  const Workload workload{kind_, state.ref.place};
  ObjectMeta out;
  out.name = model.WorkloadName(workload);
  out.namespace_name = model.NamespaceOf(workload);
  out.uid = model.WorkloadUid(workload);
  out.created_ms = kOriginMs;
  out.generation = 1;
  out.labels = {{"app", out.name}};
  if (kind_ == WorkloadKind::kDeployment) {
    const int64_t number = TemplateAt(model, state.ref.place, state.revision, Beside::kAfterThat);
    out.generation = number + 1;
    out.annotations = {{"deployment.kubernetes.io/revision", std::to_string(number + 1)}};
  }
  return out;
}

void WorkloadObjects::WriteSpec(uint32_t place, JsonWriter* json) const {
  const std::string app = context_.model().WorkloadName({kind_, place});
  json->Key("spec");
  json->StartObject();
  if (kind_ != WorkloadKind::kDaemonSet) json->IntegerField("replicas", Desired(place));
  WriteAppSelector(app, json);
  json->Key("template");
  json->StartObject();
  json->Key("metadata");
  json->StartObject();
  json->Key("labels");
  json->StartObject();
  json->TextField("app", app);
  json->EndObject();
  json->EndObject();
  json->Key("spec");
  json->Raw(R"({"containers":[{"name":"app","image":"registry.local/app:1.4"}],)"
            R"("restartPolicy":"Always"})");
  json->EndObject();
  json->EndObject();
}

void WorkloadObjects::WriteBody(const ObjectState& state, JsonWriter* json) const {
  const uint32_t place = state.ref.place;
  const Counts counts = Counter(context_, state.revision).Of({kind_, place});
  WriteSpec(place, json);
  json->Key("status");
  json->StartObject();
  json->IntegerField("observedGeneration", 1);
  if (kind_ == WorkloadKind::kDaemonSet) {
    json->IntegerField("currentNumberScheduled", counts.pods);
    json->IntegerField("numberMisscheduled", 0);
    json->IntegerField("desiredNumberScheduled", Desired(place));
    json->IntegerField("numberReady", counts.ready);
    json->IntegerField("updatedNumberScheduled", counts.pods);
    json->IntegerField("numberAvailable", counts.ready);
  } else {
    const bool waits =
        kind_ == WorkloadKind::kDeployment && context_.places.HasWaitingReplica(place);
    const int64_t waiting = waits ? 1 : 0;
    json->IntegerField("replicas", counts.pods + waiting);
    json->IntegerField("updatedReplicas", counts.updated + waiting);
    json->IntegerField("readyReplicas", counts.ready);
    json->IntegerField("availableReplicas", counts.ready);
    const int64_t missing = counts.pods + waiting - counts.ready;
    if (kind_ == WorkloadKind::kDeployment && missing > 0) {
      json->IntegerField("unavailableReplicas", missing);
    }
  }
  json->EndObject();
}

}  // namespace

std::unique_ptr<ObjectSource> NewReplicaSetObjects(const ObjectContext& context) {
  return std::make_unique<ReplicaSetObjects>(context);
}

std::unique_ptr<ObjectSource> NewWorkloadObjects(const ObjectContext& context, Resource resource) {
  return std::make_unique<WorkloadObjects>(context, resource);
}

}  // namespace kubemonitor
