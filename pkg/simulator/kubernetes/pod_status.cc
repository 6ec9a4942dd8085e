// The status of a pod's object.

#include <fmt/format.h>

#include <algorithm>

#include "simulator/ids.h"
#include "simulator/kubernetes/json_forms.h"
#include "simulator/kubernetes/pod_facts.h"

namespace kubemonitor {
namespace {

bool HasFailed(const PodFacts& pod) { return pod.workload.kind == WorkloadKind::kJob; }

std::string_view QosName(QosClass qos) {
  return qos == QosClass::kGuaranteed   ? "Guaranteed"
         : qos == QosClass::kBestEffort ? "BestEffort"
                                        : "Burstable";
}

bool IsReady(PodStage stage) {
  return stage == PodStage::kReady || stage == PodStage::kTerminating;
}

void WriteConditions(const PodFacts& pod, const ObjectState& state, JsonWriter* json) {
  const PodStage stage = state.stage;
  if (pod.node_name.empty()) {
    json->Key("conditions");
    json->StartArray();
    WriteCondition({"PodScheduled", "False", "Unschedulable",
                    "0/3 nodes are available: 3 Insufficient cpu.", pod.created_ms},
                   json);
    json->EndArray();
    return;
  }
  if (stage == PodStage::kPending) return;
  const bool begun = stage >= PodStage::kRunning;
  const bool ended = PhaseOf(pod, stage) != "Running" && begun;
  const std::string_view why = ended ? "PodCompleted" : "ContainersNotReady";
  const int64_t since_ms = IsReady(stage) ? pod.started_ms : WallMsOf(state.revision);
  json->Key("conditions");
  json->StartArray();
  WriteCondition(
      {"PodReadyToStartContainers", begun && !ended ? "True" : "False", "", "", pod.started_ms},
      json);
  WriteCondition({"Initialized", begun ? "True" : "False", "", "", pod.started_ms}, json);
  for (const std::string_view type : {"Ready", "ContainersReady"}) {
    const bool ready = IsReady(stage);
    WriteCondition({type, ready ? "True" : "False", ready ? "" : why, "", since_ms}, json);
  }
  WriteCondition({"PodScheduled", "True", "", "", pod.created_ms}, json);
  json->EndArray();
}

void WriteEnd(std::string_view reason, int exit_code, int64_t from_ms, int64_t to_ms,
              const std::string& id, JsonWriter* json) {
  json->Key("terminated");
  json->StartObject();
  json->IntegerField("exitCode", exit_code);
  json->TextField("reason", reason);
  json->TimeFieldIf("startedAt", WholeSeconds(from_ms));
  json->TimeFieldIf("finishedAt", WholeSeconds(to_ms));
  json->TextField("containerID", "containerd://" + id);
  json->EndObject();
}

void WriteState(const PodFacts& pod, const ContainerFacts& container, PodStage stage,
                JsonWriter* json) {
  json->Key("state");
  json->StartObject();
  const bool begun = stage >= PodStage::kRunning;
  if (!begun) {
    const bool waits = !container.init && pod.shape.init_container;
    json->Key("waiting");
    json->StartObject();
    json->TextField("reason", waits ? "PodInitializing" : "ContainerCreating");
    json->EndObject();
  } else if (container.init) {
    WriteEnd("Completed", 0, pod.created_ms, pod.started_ms, container.id, json);
  } else if (PhaseOf(pod, stage) != "Running") {
    const bool failed = HasFailed(pod);
    WriteEnd(failed ? "Error" : "Completed", failed ? 1 : 0, pod.started_ms,
             pod.ended_ms.value_or(pod.started_ms), container.id, json);
  } else {
    json->Key("running");
    json->StartObject();
    json->TimeFieldIf("startedAt", WholeSeconds(pod.started_ms));
    json->EndObject();
  }
  json->EndObject();
}

void WriteContainerStatus(const PodFacts& pod, const ContainerFacts& container, PodStage stage,
                          JsonWriter* json) {
  constexpr int64_t kMinuteMs = 60'000;
  const bool begun = stage >= PodStage::kRunning;
  const std::string image = "registry.local/" + container.name;
  json->StartObject();
  json->TextField("name", container.name);
  WriteState(pod, container, stage, json);
  json->Key("lastState");
  json->StartObject();
  if (begun && container.restarts > 0) {
    const bool oom = container.restarts % 2 == 1;
    WriteEnd(oom ? "OOMKilled" : "Error", oom ? 137 : 1, pod.started_ms - kMinuteMs,
             pod.started_ms - 1'000, HexOf(HashOf(container.restarts, pod.started_ms), 64), json);
  }
  json->EndObject();
  json->BoolField("ready", container.init ? begun : IsReady(stage));
  json->UnsignedField("restartCount", begun ? container.restarts : 0);
  json->TextField("image", image + ":1.4");
  json->TextField("imageID", begun ? image + "@sha256:" + HexOf(container.name.size(), 64) : "");
  if (begun) json->TextField("containerID", "containerd://" + container.id);
  json->BoolField("started", begun && !container.init && PhaseOf(pod, stage) == "Running");
  json->EndObject();
}

void WriteStatuses(std::string_view key, const PodFacts& pod, bool init, PodStage stage,
                   JsonWriter* json) {
  const auto is_meant = [init](const ContainerFacts& container) {
    return (container.init || container.sidecar) == init;
  };
  if (std::ranges::none_of(pod.containers, is_meant)) return;
  json->Key(key);
  json->StartArray();
  for (const ContainerFacts& container : pod.containers) {
    if (is_meant(container)) WriteContainerStatus(pod, container, stage, json);
  }
  json->EndArray();
}

}  // namespace

std::string_view PhaseOf(const PodFacts& pod, PodStage stage) {
  if (stage <= PodStage::kStarting) return "Pending";
  if (stage != PodStage::kEnded && (stage != PodStage::kGone || !pod.ended_ms)) return "Running";
  return HasFailed(pod) ? "Failed" : "Succeeded";
}

void WritePodStatus(const PodFacts& pod, const ObjectState& state, JsonWriter* json) {
  const PodStage stage = state.stage;
  json->Key("status");
  json->StartObject();
  json->TextField("phase", PhaseOf(pod, stage));
  WriteConditions(pod, state, json);
  if (stage > PodStage::kPending) {
    json->TextField("hostIP", pod.host_ip);
    json->Key("hostIPs");
    json->Raw(fmt::format("[{{\"ip\":\"{}\"}}]", pod.host_ip));
  }
  if (stage >= PodStage::kRunning) {
    json->TextField("podIP", pod.pod_ip);
    json->Key("podIPs");
    json->Raw(fmt::format("[{{\"ip\":\"{}\"}}]", pod.pod_ip));
  }
  if (stage > PodStage::kPending) {
    json->TimeFieldIf("startTime", WholeSeconds(pod.created_ms));
    WriteStatuses("initContainerStatuses", pod, true, stage, json);
    WriteStatuses("containerStatuses", pod, false, stage, json);
  }
  json->TextField("qosClass", QosName(pod.shape.qos));
  json->EndObject();
}

}  // namespace kubemonitor
