#include "simulator/kubernetes/objects.h"

#include "simulator/kubernetes/json_forms.h"
#include "simulator/kubernetes/managed_fields.h"

namespace kubemonitor {
namespace {

constexpr uint32_t kWaitingOf = 50;
constexpr uint32_t kWaitingAt = 1;
constexpr uint64_t kHeartbeatKey = 0x6865617274000000U;

void WriteTexts(std::string_view key, const std::map<std::string, std::string>& texts,
                JsonWriter* json) {
  if (texts.empty()) return;
  json->Key(key);
  json->StartObject();
  for (const auto& [name, text] : texts) json->TextField(name, text);
  json->EndObject();
}

void WriteOwner(const ObjectOwner& owner, JsonWriter* json) {
  json->Key("ownerReferences");
  json->StartArray();
  json->StartObject();
  json->TextField("apiVersion", owner.api_version);
  json->TextField("kind", owner.kind);
  json->TextField("name", owner.name);
  json->TextField("uid", owner.uid);
  json->BoolField("controller", true);
  if (owner.kind != "Node") json->BoolField("blockOwnerDeletion", true);
  json->EndObject();
  json->EndArray();
}

void WriteMetadata(const ObjectState& state, const ObjectMeta& meta, JsonWriter* json) {
  constexpr int64_t kGraceSeconds = 30;
  json->Key("metadata");
  json->StartObject();
  json->TextField("name", meta.name);
  json->TextFieldIf("generateName", meta.generate_name);
  json->TextFieldIf("namespace", meta.namespace_name);
  json->TextField("uid", meta.uid);
  json->TextField("resourceVersion", std::to_string(state.revision));
  if (meta.generation != 0) json->IntegerField("generation", meta.generation);
  json->TimeFieldIf("creationTimestamp", WholeSeconds(meta.created_ms));
  if (meta.deletion_ms) {
    json->TimeFieldIf("deletionTimestamp", WholeSeconds(*meta.deletion_ms + kGraceSeconds * 1000));
    json->IntegerField("deletionGracePeriodSeconds", kGraceSeconds);
  }
  WriteTexts("labels", meta.labels, json);
  WriteTexts("annotations", meta.annotations, json);
  if (meta.owner) WriteOwner(*meta.owner, json);
  json->Key("managedFields");
  json->Raw(ManagedFieldsOf(state.ref.resource));
  json->EndObject();
}

}  // namespace

// ---- Places

ObjectPlaces::ObjectPlaces(const Model& model)
    : model_(model),
      slots_(model.options().nodes * model.options().pods_per_node),
      waiting_((model.options().deployments + kWaitingOf - 1 - kWaitingAt) / kWaitingOf),
      cron_jobs_(model.layout().Count(WorkloadKind::kCronJob)),
      jobs_(model.layout().Count(WorkloadKind::kJob)) {}

uint32_t ObjectPlaces::PodOf(const Slot& slot) const {
  return slot.node * model_.options().pods_per_node + slot.slot;
}

std::optional<Slot> ObjectPlaces::SlotOf(uint32_t pod_place) const {
  if (pod_place >= slots_) return std::nullopt;
  return Slot{pod_place / model_.options().pods_per_node,
              pod_place % model_.options().pods_per_node};
}

bool ObjectPlaces::HasWaitingReplica(uint32_t deployment) const {
  return deployment % kWaitingOf == kWaitingAt;
}

uint32_t ObjectPlaces::WaitingReplicaOf(uint32_t deployment) const {
  return slots_ + deployment / kWaitingOf;
}

std::optional<uint32_t> ObjectPlaces::DeploymentOfWaiting(uint32_t pod_place) const {
  if (pod_place < slots_ || pod_place >= FirstOtherPod()) return std::nullopt;
  return (pod_place - slots_) * kWaitingOf + kWaitingAt;
}

uint32_t ObjectPlaces::JobOf(const Workload& workload) const {
  return workload.kind == WorkloadKind::kCronJob ? workload.number : cron_jobs_ + workload.number;
}

Workload ObjectPlaces::OwnerOfJob(uint32_t job_place) const {
  if (job_place < cron_jobs_) return {WorkloadKind::kCronJob, job_place};
  return {WorkloadKind::kJob, job_place - cron_jobs_};
}

std::string ObjectPlaces::NodeName(uint32_t node_place) const {
  const uint32_t nodes = model_.options().nodes;
  if (node_place < nodes) return model_.NodeName(node_place);
  return node_place == nodes ? "spare-0001" : "windows-0001";
}

Revision HeartbeatAt(const Model& model, uint32_t node, Revision at) {
  const uint64_t key = HashOf(model.NodeKey(node), kHeartbeatKey);
  const auto phase_ms = static_cast<int64_t>(key % kHeartbeatMs);
  int64_t beats = (WallMsOf(at) - kRevisionEpochMs - phase_ms) / kHeartbeatMs;
  const auto revision = [&] {
    return ChangeRevision(kRevisionEpochMs + phase_ms + beats * kHeartbeatMs, false, key);
  };
  if (revision() > at) --beats;  // of this very millisecond
  return revision();
}

Revision TemplateRevision(const Model& model, uint32_t deployment, int64_t number) {
  return ChangeRevision(model.TemplateSinceMs(deployment, number), false,
                        HashOf(model.options().seed, deployment));
}

int64_t TemplateAt(const Model& model, uint32_t deployment, Revision at, Beside beside) {
  const int64_t number = model.TemplateAt(deployment, WallMsOf(at));
  if (number == 0 || TemplateRevision(model, deployment, number) + beside <= at) return number;
  return number - 1;
}

// ---- All

ClusterObjects::ClusterObjects(const Model& model) : context_(model) {
  const auto set = [this](Resource resource, std::unique_ptr<ObjectSource> source) {
    sources_[static_cast<size_t>(resource)] = std::move(source);
  };
  set(Resource::kPods, NewPodObjects(context_));
  set(Resource::kNodes, NewNodeObjects(context_));
  set(Resource::kNamespaces, NewNamespaceObjects(context_));
  set(Resource::kReplicaSets, NewReplicaSetObjects(context_));
  for (const Resource resource :
       {Resource::kDeployments, Resource::kStatefulSets, Resource::kDaemonSets}) {
    set(resource, NewWorkloadObjects(context_, resource));
  }
  set(Resource::kJobs, NewJobObjects(context_));
  set(Resource::kCronJobs, NewCronJobObjects(context_));
}

void ClusterObjects::Write(const ObjectState& state, const ObjectMeta& meta, bool with_kind,
                           bool body, JsonWriter* json) const {
  json->StartObject();
  if (with_kind) {
    const Resource resource = state.ref.resource;
    json->TextField("kind", body ? InfoOf(resource).kind : "PartialObjectMetadata");
    json->TextField("apiVersion", body ? ApiVersionOf(resource) : "meta.k8s.io/v1");
  }
  WriteMetadata(state, meta, json);
  if (body) of(state.ref.resource).WriteBody(state, json);
  json->EndObject();
}

}  // namespace kubemonitor
