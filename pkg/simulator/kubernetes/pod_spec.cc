// The spec of a pod's object.

#include <fmt/format.h>

#include <algorithm>

#include "simulator/kubernetes/json_forms.h"
#include "simulator/kubernetes/pod_facts.h"

namespace kubemonitor {
namespace {

constexpr std::string_view kVolumes =
    R"([{"name":"kube-api-access","projected":{"defaultMode":420,"sources":[)"
    R"({"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},)"
    R"({"configMap":{"items":[{"key":"ca.crt","path":"ca.crt"}],"name":"kube-root-ca.crt"}},)"
    R"({"downwardAPI":{"items":[{"fieldRef":{"apiVersion":"v1",)"
    R"("fieldPath":"metadata.namespace"},"path":"namespace"}]}}]}}])";
constexpr std::string_view kMounts =
    R"([{"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount",)"
    R"("name":"kube-api-access","readOnly":true}])";
constexpr std::string_view kTolerations =
    R"([{"effect":"NoExecute","key":"node.kubernetes.io/not-ready","operator":"Exists",)"
    R"("tolerationSeconds":300},{"effect":"NoExecute",)"
    R"("key":"node.kubernetes.io/unreachable","operator":"Exists","tolerationSeconds":300}])";

void WriteContainer(const ContainerFacts& container, JsonWriter* json) {
  json->StartObject();
  json->TextField("name", container.name);
  json->TextField("image", "registry.local/" + container.name + ":1.4");
  if (container.name == "app") {
    json->Key("ports");
    json->Raw(R"([{"containerPort":8080,"protocol":"TCP"}])");
    json->Key("env");
    json->Raw(R"([{"name":"LOG_LEVEL","value":"info"}])");
  }
  WriteResources(container.resources, json);
  if (container.sidecar) json->TextField("restartPolicy", "Always");
  json->Key("volumeMounts");
  json->Raw(kMounts);
  json->TextField("terminationMessagePath", "/dev/termination-log");
  json->TextField("terminationMessagePolicy", "File");
  json->TextField("imagePullPolicy", "IfNotPresent");
  json->EndObject();
}

void WriteContainers(std::string_view key, const PodFacts& pod, bool init, JsonWriter* json) {
  const auto is_meant = [init](const ContainerFacts& container) {
    return (container.init || container.sidecar) == init;
  };
  if (std::ranges::none_of(pod.containers, is_meant)) return;
  json->Key(key);
  json->StartArray();
  for (const ContainerFacts& container : pod.containers) {
    if (is_meant(container)) WriteContainer(container, json);
  }
  json->EndArray();
}

// Some more than its containers ask for.
void WriteOwnResources(const PodFacts& pod, JsonWriter* json) {
  constexpr uint64_t kMoreMillicores = 50;
  constexpr uint64_t kMoreBytes = uint64_t{32} << 20;
  ContainerResources sum{kMoreMillicores, kMoreBytes, {}, {}};
  for (const ContainerFacts& container : pod.containers) {
    if (container.init) continue;
    *sum.cpu_request_millicores += container.resources.cpu_request_millicores.value_or(0);
    *sum.memory_request_bytes += container.resources.memory_request_bytes.value_or(0);
  }
  // Never below a container's limit: they are about twice what is requested.
  sum.cpu_limit_millicores = *sum.cpu_request_millicores * 4;
  sum.memory_limit_bytes = *sum.memory_request_bytes * 4;
  WriteResources(sum, json);
}

std::string_view RestartPolicyOf(WorkloadKind kind) {
  return kind == WorkloadKind::kCronJob || kind == WorkloadKind::kJob ? "Never" : "Always";
}

void WritePriority(const PodFacts& pod, JsonWriter* json) {
  const bool system = pod.workload.kind == WorkloadKind::kDaemonSet ||
                      pod.workload.kind == WorkloadKind::kStaticPod;
  if (system) json->TextField("priorityClassName", "system-node-critical");
  json->UnsignedField("priority", system ? 2'000'001'000 : 0);
}

}  // namespace

void WritePodSpec(const PodFacts& pod, PodStage stage, JsonWriter* json) {
  json->Key("spec");
  json->StartObject();
  json->Key("volumes");
  json->Raw(kVolumes);
  WriteContainers("initContainers", pod, true, json);
  WriteContainers("containers", pod, false, json);
  json->TextField("restartPolicy", RestartPolicyOf(pod.workload.kind));
  json->UnsignedField("terminationGracePeriodSeconds", 30);
  json->TextField("dnsPolicy", "ClusterFirst");
  json->TextField("serviceAccountName", "default");
  json->TextField("serviceAccount", "default");
  if (stage > PodStage::kPending) json->TextFieldIf("nodeName", pod.node_name);
  json->Key("securityContext");
  json->Raw("{}");
  json->TextField("schedulerName", "default-scheduler");
  json->Key("tolerations");
  json->Raw(kTolerations);
  WritePriority(pod, json);
  if (pod.shape.overhead) {
    json->TextField("runtimeClassName", "sandboxed");
    json->Key("overhead");
    json->Raw(R"({"cpu":"250m","memory":"120Mi"})");
  }
  if (pod.shape.own_resources) WriteOwnResources(pod, json);
  json->BoolField("enableServiceLinks", true);
  json->TextField("preemptionPolicy", "PreemptLowerPriority");
  json->EndObject();
}

}  // namespace kubemonitor
