#include "apiserver/rest/kubernetes_json.h"

#include <optional>
#include <string>

#include "apiserver/query/utilization.h"

namespace kubemonitor {
namespace {

std::string_view TextOf(KubeContainerState state) {
  switch (state) {
    case KubeContainerState::kUnknown:
      return "";
    case KubeContainerState::kWaiting:
      return "waiting";
    case KubeContainerState::kRunning:
      return "running";
    case KubeContainerState::kTerminated:
      return "terminated";
  }
  return "";
}

void WriteCountIf(std::string_view key, const std::optional<int64_t>& count, JsonWriter* json) {
  if (count) json->IntegerField(key, *count);
}

void WriteUtilization(const Item& item, JsonWriter* json) {
  const Utilization utilization = UtilizationOf(item);
  if (utilization.empty()) return;
  json->Key("utilization");
  json->StartObject();
  json->NumberFieldIf("cpuOfRequestPercent", utilization.cpu_of_request);
  json->NumberFieldIf("cpuOfLimitPercent", utilization.cpu_of_limit);
  json->NumberFieldIf("memoryOfRequestPercent", utilization.memory_of_request);
  json->NumberFieldIf("memoryOfLimitPercent", utilization.memory_of_limit);
  json->NumberFieldIf("cpuOfAllocatablePercent", utilization.cpu_of_allocatable);
  json->NumberFieldIf("memoryOfAllocatablePercent", utilization.memory_of_allocatable);
  json->EndObject();
}

void WriteConditions(const KubeNode& node, JsonWriter* json) {
  json->Key("conditions");
  json->StartArray();
  for (const KubeCondition& condition : node.conditions) {
    json->StartObject();
    json->TextField("type", condition.type);
    json->TextField("status", condition.status);
    json->TextFieldIf("reason", condition.reason);
    json->TimeFieldIf("lastTransitionAt", condition.last_transition_ms);
    json->EndObject();
  }
  json->EndArray();
}

void WriteVersions(const KubeNode& node, JsonWriter* json) {
  json->Key("versions");
  json->StartObject();
  json->TextFieldIf("kubelet", node.kubelet_version);
  json->TextFieldIf("kernel", node.kernel_version);
  json->TextFieldIf("os", node.os_image);
  json->TextFieldIf("runtime", node.runtime_version);
  json->TextFieldIf("architecture", node.architecture);
  json->EndObject();
}

// Its name of today, or the one before it.
std::string_view LabelOf(const KubeNode& node, std::string_view key, std::string_view old_key) {
  auto found = node.labels.find(key);
  if (found == node.labels.end()) found = node.labels.find(old_key);
  return found == node.labels.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace

std::string_view TextOf(UsageMissing why) {
  switch (why) {
    case UsageMissing::kNotScheduled:
      return "notScheduled";
    case UsageMissing::kNotStarted:
      return "notStarted";
    case UsageMissing::kNoCollector:
      return "noCollector";
    case UsageMissing::kNodeNotReady:
      return "nodeNotReady";
    case UsageMissing::kUnsupportedOs:
      return "unsupportedOs";
    case UsageMissing::kNotReported:
      return "notReported";
  }
  return "";
}

void WriteAmounts(std::string_view key, const Amounts& amounts, JsonWriter* json) {
  if (amounts.empty()) return;
  json->Key(key);
  json->StartObject();
  json->NumberFieldIf("cpuMillicores", amounts.cpu_millicores);
  json->NumberFieldIf("memoryBytes", amounts.memory_bytes);
  json->EndObject();
}

void WriteResources(const Item& item, JsonWriter* json) {
  WriteAmounts("requests", item.requests, json);
  WriteAmounts("limits", item.limits, json);
  WriteUtilization(item, json);
}

void WritePodStatus(const Item& item, JsonWriter* json) {
  if (!item.pod_status) return;
  const PodStatus& status = *item.pod_status;
  json->TextFieldIf("phase", status.phase);
  json->TextFieldIf("reason", status.reason);
  json->BoolField("ready", status.ready);
  json->BoolField("terminating", status.terminating);
  json->TextFieldIf("priorityClass", status.priority_class);
}

void WriteContainerStatus(const Item& item, JsonWriter* json) {
  if (!item.container_status) return;
  const ContainerStatus& status = *item.container_status;
  json->TextFieldIf("state", TextOf(status.state));
  json->TextFieldIf("reason", status.reason);
  json->BoolField("ready", status.ready);
}

void WriteWorkloadStatus(const Item& item, JsonWriter* json) {
  if (!item.workload_status) return;
  const WorkloadStatus& status = *item.workload_status;
  json->Key("replicas");
  json->StartObject();
  WriteCountIf("desired", status.desired, json);
  WriteCountIf("ready", status.ready, json);
  WriteCountIf("available", status.available, json);
  WriteCountIf("updated", status.updated, json);
  WriteCountIf("active", status.active, json);
  WriteCountIf("succeeded", status.succeeded, json);
  WriteCountIf("failed", status.failed, json);
  json->EndObject();
}

void WriteKubernetesNode(const KubeNode& node, JsonWriter* json) {
  json->BoolField("ready", node.ready());
  json->BoolField("unschedulable", node.unschedulable);
  json->Key("roles");
  json->StartArray();
  for (const std::string& role : node.roles) json->String(role);
  json->EndArray();
  json->TextFieldIf("zone", LabelOf(node, "topology.kubernetes.io/zone",
                                    "failure-domain.beta.kubernetes.io/zone"));
  json->TextFieldIf("instanceType", LabelOf(node, "node.kubernetes.io/instance-type",
                                            "beta.kubernetes.io/instance-type"));
  WriteCountIf("podCapacity", node.allocatable_pods, json);
  WriteConditions(node, json);
  WriteVersions(node, json);
}

}  // namespace kubemonitor
