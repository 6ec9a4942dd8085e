#include "apiserver/kubernetes/objects_json.h"

#include <algorithm>
#include <utility>

#include "apiserver/kubernetes/json_fields.h"

namespace kubemonitor {
namespace {

constexpr std::string_view kRolePrefix = "node-role.kubernetes.io/";

constexpr JsonShape kNodeAmountsShape[] = {{"cpu"}, {"memory"}, {"pods"}};
constexpr JsonShape kNodeInfoShape[] = {{"kubeletVersion"}, {"kernelVersion"},
                                        {"osImage"},        {"containerRuntimeVersion"},
                                        {"architecture"},   {"operatingSystem"}};
constexpr JsonShape kNodeSpecShape[] = {{"unschedulable"}};
constexpr JsonShape kNodeStatusShape[] = {{"capacity", kNodeAmountsShape},
                                          {"allocatable", kNodeAmountsShape},
                                          {"conditions", kConditionShape},
                                          {"nodeInfo", kNodeInfoShape}};
constexpr JsonShape kNodeShape[] = {
    {"metadata", kMetadataShape}, {"spec", kNodeSpecShape}, {"status", kNodeStatusShape}};

constexpr JsonShape kPhaseShape[] = {{"phase"}};
constexpr JsonShape kNamespaceShape[] = {{"metadata", kMetadataShape}, {"status", kPhaseShape}};

constexpr JsonShape kReplicaSetShape[] = {{"metadata", kMetadataShape}};

constexpr JsonShape kWorkloadSpecShape[] = {{"replicas"}, {"completions"}, {"parallelism"}};
constexpr JsonShape kActiveShape[] = {{"uid"}};
// The first two, and the last schedule, say that there is a status.
constexpr JsonShape kWorkloadStatusShape[] = {{"observedGeneration"},
                                              {"startTime"},
                                              {"readyReplicas"},
                                              {"availableReplicas"},
                                              {"updatedReplicas"},
                                              {"desiredNumberScheduled"},
                                              {"numberReady"},
                                              {"numberAvailable"},
                                              {"updatedNumberScheduled"},
                                              {"active", kActiveShape},
                                              {"lastScheduleTime"},
                                              {"succeeded"},
                                              {"failed"}};
constexpr JsonShape kWorkloadShape[] = {
    {"metadata", kMetadataShape}, {"spec", kWorkloadSpecShape}, {"status", kWorkloadStatusShape}};

KubeNode NodeFromJson(const JsonObject& json, ObjectMetadata metadata) {
  KubeNode node;
  node.name = std::move(metadata.name);
  node.uid = std::move(metadata.uid);
  node.created_at_ms = metadata.created_at_ms;
  for (const auto& [key, value] : metadata.labels) {
    if (key.size() > kRolePrefix.size() && key.starts_with(kRolePrefix)) {
      node.roles.push_back(key.substr(kRolePrefix.size()));
    }
  }
  node.labels = std::move(metadata.labels);
  if (const JsonObject* spec = ObjectField(json, "spec")) {
    node.unschedulable = BoolField(*spec, "unschedulable");
  }
  const JsonObject* status = ObjectField(json, "status");
  if (status == nullptr) return node;
  node.capacity = AmountsField(*status, "capacity");
  node.allocatable = AmountsField(*status, "allocatable");
  if (const JsonObject* allocatable = ObjectField(*status, "allocatable")) {
    node.allocatable_pods = QuantityField(*allocatable, "pods");
  }
  for (const JsonObject* condition : ListField(*status, "conditions")) {
    node.conditions.push_back({TextField(*condition, "type"), TextField(*condition, "status"),
                               TextField(*condition, "reason"),
                               TimeField(*condition, "lastTransitionTime")});
  }
  if (const JsonObject* info = ObjectField(*status, "nodeInfo")) {
    node.kubelet_version = TextField(*info, "kubeletVersion");
    node.kernel_version = TextField(*info, "kernelVersion");
    node.os_image = TextField(*info, "osImage");
    node.runtime_version = TextField(*info, "containerRuntimeVersion");
    node.architecture = TextField(*info, "architecture");
    node.operating_system = TextField(*info, "operatingSystem");
  }
  return node;
}

KubeNamespace NamespaceFromJson(const JsonObject& json, ObjectMetadata metadata) {
  KubeNamespace out;
  out.name = std::move(metadata.name);
  out.labels = std::move(metadata.labels);
  out.created_at_ms = metadata.created_at_ms;
  if (const JsonObject* status = ObjectField(json, "status")) {
    out.phase = TextField(*status, "phase");
  }
  return out;
}

// Kubernetes leaves counts of 0 out of a status that it has written.
std::optional<int64_t> StatusCount(const JsonObject& status, std::string_view key) {
  if (status.empty()) return std::nullopt;
  return CountField(status, key).value_or(0);
}

// The pods a Job is to bring to a good end; without completions, those it runs at a time.
std::optional<int64_t> WantedOfJob(const JsonObject& spec) {
  const std::optional<int64_t> completions = CountField(spec, "completions");
  return completions ? completions : CountField(spec, "parallelism");
}

void ReadCounts(KubeKind kind, const JsonObject& spec, const JsonObject& status,
                KubeWorkload* out) {
  switch (kind) {
    case KubeKind::kDeployment:
    case KubeKind::kStatefulSet:
      out->desired = CountField(spec, "replicas");
      out->ready = StatusCount(status, "readyReplicas");
      out->available = StatusCount(status, "availableReplicas");
      out->updated = StatusCount(status, "updatedReplicas");
      break;
    case KubeKind::kDaemonSet:
      out->desired = CountField(status, "desiredNumberScheduled");
      out->ready = StatusCount(status, "numberReady");
      out->available = StatusCount(status, "numberAvailable");
      out->updated = StatusCount(status, "updatedNumberScheduled");
      break;
    case KubeKind::kJob:
      out->desired = WantedOfJob(spec);
      out->active = StatusCount(status, "active");
      out->succeeded = StatusCount(status, "succeeded");
      out->failed = StatusCount(status, "failed");
      break;
    case KubeKind::kCronJob:  // a list of its Jobs
      if (!status.empty()) out->active = static_cast<int64_t>(ListSize(status, "active"));
      break;
    default:
      break;
  }
}

WorkloadObject WorkloadFromJson(KubeKind kind, const JsonObject& json, ObjectMetadata metadata) {
  WorkloadObject out;
  KubeWorkload& workload = out.workload;
  workload.kind = InfoOf(kind).name;
  workload.namespace_name = std::move(metadata.namespace_name);
  workload.name = std::move(metadata.name);
  workload.uid = std::move(metadata.uid);
  workload.labels = std::move(metadata.labels);
  workload.created_at_ms = metadata.created_at_ms;
  out.controller = std::move(metadata.controller);
  const JsonObject kEmpty;
  const JsonObject* spec = ObjectField(json, "spec");
  const JsonObject* status = ObjectField(json, "status");
  ReadCounts(kind, spec != nullptr ? *spec : kEmpty, status != nullptr ? *status : kEmpty,
             &workload);
  return out;
}

}  // namespace

std::span<const JsonShape> ShapeOf(KubeKind kind) {
  switch (kind) {
    case KubeKind::kPod:
      return PodShape();
    case KubeKind::kNode:
      return kNodeShape;
    case KubeKind::kNamespace:
      return kNamespaceShape;
    case KubeKind::kReplicaSet:
      return kReplicaSetShape;
    default:
      return kWorkloadShape;
  }
}

std::optional<KubeObject> ObjectFromJson(KubeKind kind, const JsonObject& json) {
  ObjectMetadata metadata = MetadataOf(json);
  if (metadata.name.empty() || metadata.uid.empty()) return std::nullopt;
  switch (kind) {
    case KubeKind::kPod:
      return PodFromJson(json, std::move(metadata));
    case KubeKind::kNode:
      return NodeFromJson(json, std::move(metadata));
    case KubeKind::kNamespace:
      return NamespaceFromJson(json, std::move(metadata));
    case KubeKind::kReplicaSet:
      return ReplicaSetObject{std::move(metadata.namespace_name), std::move(metadata.name),
                              std::move(metadata.uid), std::move(metadata.controller)};
    default:
      return WorkloadFromJson(kind, json, std::move(metadata));
  }
}

}  // namespace kubemonitor
