// A pod's JSON, as far as it is read:
//
//   {"metadata":{"name":"web-5d4f8c7b9-x2x8k","namespace":"shop","uid":"…",…},
//    "spec":{"nodeName":"node-1","containers":[{"name":"web","resources":{"limits":{"cpu":"1"}}}]},
//    "status":{"phase":"Running","qosClass":"Burstable","containerStatuses":[{"name":"web",
//      "containerID":"containerd://4f9…","restartCount":1,"state":{"running":{"startedAt":"…"}}}]}}

#include <algorithm>
#include <limits>
#include <utility>

#include "apiserver/kubernetes/json_fields.h"
#include "apiserver/kubernetes/pod_resources.h"

namespace kubemonitor {
namespace {

constexpr JsonShape kResourcesShape[] = {{"requests", kAmountsShape}, {"limits", kAmountsShape}};
constexpr JsonShape kContainerShape[] = {
    {"name"}, {"restartPolicy"}, {"resources", kResourcesShape}};
constexpr JsonShape kNameShape[] = {{"name"}};
constexpr JsonShape kSpecShape[] = {{"nodeName"},
                                    {"hostNetwork"},
                                    {"priorityClassName"},
                                    {"overhead", kAmountsShape},
                                    {"resources", kResourcesShape},
                                    {"initContainers", kContainerShape},
                                    {"containers", kContainerShape},
                                    {"ephemeralContainers", kNameShape}};
constexpr JsonShape kRunShape[] = {{"reason"}, {"startedAt"}};
constexpr JsonShape kStateShape[] = {
    {"waiting", kRunShape}, {"running", kRunShape}, {"terminated", kRunShape}};
constexpr JsonShape kContainerStatusShape[] = {{"name"},
                                               {"ready"},
                                               {"restartCount"},
                                               {"containerID"},
                                               {"state", kStateShape},
                                               {"lastState", kStateShape},
                                               {"resources", kResourcesShape},
                                               {"allocatedResources", kAmountsShape}};
constexpr JsonShape kStatusShape[] = {{"phase"},
                                      {"reason"},
                                      {"startTime"},
                                      {"qosClass"},
                                      {"conditions", kConditionShape},
                                      {"initContainerStatuses", kContainerStatusShape},
                                      {"containerStatuses", kContainerStatusShape},
                                      {"ephemeralContainerStatuses", kContainerStatusShape}};
constexpr JsonShape kPodShape[] = {
    {"metadata", kMetadataShape}, {"spec", kSpecShape}, {"status", kStatusShape}};

const JsonObject& ObjectOrEmpty(const JsonObject& object, std::string_view key) {
  static const JsonObject kEmpty;
  const JsonObject* found = ObjectField(object, key);
  return found != nullptr ? *found : kEmpty;
}

Resources ResourcesOf(const JsonObject& object) {
  const JsonObject& resources = ObjectOrEmpty(object, "resources");
  return {AmountsField(resources, "requests"), AmountsField(resources, "limits")};
}

QosClass QosClassOf(std::string_view text) {
  if (text == "Guaranteed") return QosClass::kGuaranteed;
  if (text == "Burstable") return QosClass::kBurstable;
  if (text == "BestEffort") return QosClass::kBestEffort;
  return QosClass::kUnknown;
}

// "containerd://4f9…" → "4f9…"; empty for anything else than 64 hexadecimal digits.
std::string ContainerIdOf(std::string_view text) {
  const size_t scheme = text.find("://");
  if (scheme != std::string_view::npos) text.remove_prefix(scheme + 3);
  const bool id = text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
                    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                  });
  return std::string(id ? text : std::string_view());
}

void ReadState(const JsonObject& status, KubeContainer* out) {
  const JsonObject& state = ObjectOrEmpty(status, "state");
  if (const JsonObject* running = ObjectField(state, "running")) {
    out->state = KubeContainerState::kRunning;
    out->started_at_ms = TimeField(*running, "startedAt");
  } else if (const JsonObject* terminated = ObjectField(state, "terminated")) {
    out->state = KubeContainerState::kTerminated;
    out->reason = TextField(*terminated, "reason");
    out->started_at_ms = TimeField(*terminated, "startedAt");
  } else if (const JsonObject* waiting = ObjectField(state, "waiting")) {
    out->state = KubeContainerState::kWaiting;
    out->reason = TextField(*waiting, "reason");
  }
  out->last_reason =
      TextField(ObjectOrEmpty(ObjectOrEmpty(status, "lastState"), "terminated"), "reason");
}

void ReadStatus(const JsonObject& status, KubeContainer* out, ContainerResources* resources) {
  out->container_id = ContainerIdOf(TextField(status, "containerID"));
  out->ready = BoolField(status, "ready");
  out->restart_count = static_cast<uint32_t>(std::min<int64_t>(
      CountField(status, "restartCount").value_or(0), std::numeric_limits<uint32_t>::max()));
  ReadState(status, out);
  resources->allocated = AmountsField(status, "allocatedResources");
  if (ObjectField(status, "resources") != nullptr) resources->actual = ResourcesOf(status);
}

// One of the three lists of containers, with its list of statuses.
struct ContainerList {
  std::string_view containers, statuses;
  ContainerType type;
};
constexpr ContainerList kContainerLists[] = {
    {"initContainers", "initContainerStatuses", ContainerType::kInit},
    {"containers", "containerStatuses", ContainerType::kApp},
    {"ephemeralContainers", "ephemeralContainerStatuses", ContainerType::kEphemeral},
};

// Appends to the pod's containers, and to `resources` those that count.
void ReadContainers(const JsonObject& spec, const JsonObject& status, const ContainerList& list,
                    KubePod* pod, PodResources* resources) {
  const std::vector<const JsonObject*> statuses = ListField(status, list.statuses);
  for (const JsonObject* given : ListField(spec, list.containers)) {
    KubeContainer out;
    out.name = TextField(*given, "name");
    if (out.name.empty()) continue;
    out.type = list.type;
    if (list.type == ContainerType::kInit && TextField(*given, "restartPolicy") == "Always") {
      out.type = ContainerType::kSidecar;
    }
    ContainerResources counted;
    counted.type = out.type;
    counted.spec = ResourcesOf(*given);
    for (const JsonObject* found : statuses) {
      if (TextField(*found, "name") != out.name) continue;
      ReadStatus(*found, &out, &counted);
      break;
    }
    if (list.type != ContainerType::kEphemeral) {
      const Resources effective = EffectiveResources(counted, resources->resize_infeasible);
      out.requests = effective.requests;
      out.limits = effective.limits;
      resources->containers.push_back(counted);
    }
    pod->containers.push_back(std::move(out));
  }
}

void ReadConditions(const JsonObject& status, KubePod* pod, PodResources* resources) {
  for (const JsonObject* condition : ListField(status, "conditions")) {
    const std::string type = TextField(*condition, "type");
    if (type == "Ready") pod->ready = TextField(*condition, "status") == "True";
    // {"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/3 nodes are …"}
    const bool waits_for_a_node =
        type == "PodScheduled" && TextField(*condition, "status") == "False";
    if (waits_for_a_node && pod->reason.empty()) pod->reason = TextField(*condition, "reason");
    if (type == "PodResizePending") {
      resources->resize_infeasible = TextField(*condition, "reason") == "Infeasible";
    }
  }
}

// A static pod goes by the hash of its file everywhere but in the Kubernetes API, where its kubelet
// makes a mirror of it, with the node as controller. Anybody may write an annotation: without that
// it is no mirror.
std::string SampleUidOf(const JsonObject& metadata, const ObjectMetadata& read) {
  if (!read.controller || read.controller->kind != "Node") return read.uid;
  const JsonObject& annotations = ObjectOrEmpty(metadata, "annotations");
  const std::string mirror = TextField(annotations, "kubernetes.io/config.mirror");
  return mirror.empty() ? read.uid : mirror;
}

std::optional<int64_t> TerminatingSince(const JsonObject& metadata) {
  const std::optional<int64_t> deletion = TimeField(metadata, "deletionTimestamp");
  if (!deletion) return std::nullopt;
  constexpr int64_t kMaxGraceSeconds = 366 * 86'400;
  const int64_t grace =
      std::min(CountField(metadata, "deletionGracePeriodSeconds").value_or(0), kMaxGraceSeconds);
  return std::max<int64_t>(*deletion - grace * 1000, 0);
}

}  // namespace

std::span<const JsonShape> PodShape() { return kPodShape; }

PodObject PodFromJson(const JsonObject& json, ObjectMetadata metadata) {
  PodObject out;
  KubePod& pod = out.pod;
  const JsonObject& meta = ObjectOrEmpty(json, "metadata");
  const JsonObject& spec = ObjectOrEmpty(json, "spec");
  const JsonObject& status = ObjectOrEmpty(json, "status");
  pod.sample_uid = SampleUidOf(meta, metadata);
  pod.terminating_since_ms = TerminatingSince(meta);
  pod.namespace_name = std::move(metadata.namespace_name);
  pod.name = std::move(metadata.name);
  pod.uid = std::move(metadata.uid);
  pod.created_at_ms = metadata.created_at_ms;
  pod.labels = std::move(metadata.labels);
  out.controller = std::move(metadata.controller);
  pod.node_name = TextField(spec, "nodeName");
  pod.host_network = BoolField(spec, "hostNetwork");
  pod.priority_class = TextField(spec, "priorityClassName");
  pod.phase = TextField(status, "phase");
  pod.reason = TextField(status, "reason");
  pod.qos_class = QosClassOf(TextField(status, "qosClass"));
  pod.started_at_ms = TimeField(status, "startTime");
  PodResources resources;
  resources.pod_level = ResourcesOf(spec);
  resources.overhead = AmountsField(spec, "overhead");
  ReadConditions(status, &pod, &resources);
  for (const ContainerList& list : kContainerLists) {
    ReadContainers(spec, status, list, &pod, &resources);
  }
  const Resources effective = EffectiveResources(resources);
  pod.requests = effective.requests;
  pod.limits = effective.limits;
  return out;
}

}  // namespace kubemonitor
