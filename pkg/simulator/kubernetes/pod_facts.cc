#include "simulator/kubernetes/pod_facts.h"

#include <fmt/format.h>

#include "simulator/ids.h"

namespace kubemonitor {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr uint64_t kInitKey = 0x696e697400000000U;
constexpr uint64_t kOtherKey = 0x6f74686572000000U;

std::string HostIp(uint32_t node) {
  return fmt::format("10.0.{}.{}", node / 250 % 250, node % 250 + 1);
}

// Of nodes of up to 16,384 and 250 pods on each no two have the same.
std::string PodIp(uint32_t node, uint32_t slot) {
  return fmt::format("100.{}.{}.{}", 64 + node / 256 % 64, node % 256, slot % 250 + 2);
}

ContainerFacts InitContainer(uint64_t key, QosClass qos) {
  ContainerFacts out;
  out.name = "prepare";
  out.id = HexOf(HashOf(key, kInitKey), 64);
  out.init = true;
  if (qos == QosClass::kBestEffort) return out;
  out.resources.cpu_request_millicores = 400;
  out.resources.memory_request_bytes = 64 * kMiB;
  if (qos != QosClass::kGuaranteed) return out;
  out.resources.cpu_limit_millicores = 400;
  out.resources.memory_limit_bytes = 64 * kMiB;
  return out;
}

PodFacts SlotFacts(const ObjectContext& context, const Slot& slot, int64_t generation) {
  const Model& model = context.model();
  const PodRef pod{slot.node, slot.slot, generation};
  PodFacts out;
  out.workload = model.WorkloadOf(pod);
  out.shape = model.ShapeOf(slot);
  out.node_name = model.NodeName(slot.node);
  out.host_ip = HostIp(slot.node);
  out.pod_ip = PodIp(slot.node, slot.slot);
  out.started_ms = model.StartedAtMs(pod);
  const PodLife life = context.lives.Of(pod);
  out.created_ms = WallMsOf(life.created().revision);
  for (const PodChange& change : life) {
    if (change.stage == PodStage::kEnded) out.ended_ms = WallMsOf(change.revision);
  }
  if (out.shape.init_container) {
    out.containers.push_back(InitContainer(model.PodKey(pod), out.shape.qos));
  }
  for (uint32_t c = 0; c < model.options().containers_per_pod; ++c) {
    ContainerFacts container;
    container.name = model.ContainerName(c);
    container.id = model.ContainerId(pod, c);
    container.resources = model.ResourcesOf(slot, c);
    container.restarts = c == 0 ? out.shape.restarts : 0;
    container.sidecar = c == 1 && out.shape.sidecar;
    out.containers.push_back(std::move(container));
  }
  return out;
}

// As those of the Deployment's first slot are, but nowhere.
PodFacts WaitingFacts(const ObjectContext& context, uint32_t deployment, int64_t pod_template) {
  const Model& model = context.model();
  PodFacts out;
  out.workload = {WorkloadKind::kDeployment, deployment};
  out.created_ms = model.TemplateSinceMs(deployment, pod_template);
  for (uint32_t c = 0; c < model.options().containers_per_pod; ++c) {
    ContainerFacts container;
    container.name = model.ContainerName(c);
    container.resources.cpu_request_millicores = 64'000;
    container.resources.memory_request_bytes = 1'024 * kMiB;
    out.containers.push_back(std::move(container));
  }
  return out;
}

PodFacts OtherFacts(const ObjectContext& context, uint32_t other) {
  const uint32_t node = context.model().options().nodes + other;
  PodFacts out;
  out.workload = {WorkloadKind::kBarePod,
                  context.model().layout().Count(WorkloadKind::kBarePod) + other};
  out.node_name = context.places.NodeName(node);
  out.host_ip = HostIp(node);
  out.pod_ip = PodIp(node, 0);
  out.created_ms = kOriginMs;
  out.started_ms = kOriginMs + 5'000;
  ContainerFacts container;
  container.name = context.model().ContainerName(0);
  container.id = HexOf(HashOf(context.model().NodeKey(node), kOtherKey), 64);
  container.resources.cpu_request_millicores = 100;
  container.resources.memory_request_bytes = 128 * kMiB;
  out.containers.push_back(std::move(container));
  return out;
}

ObjectOwner OwnerOf(const ObjectContext& context, const PodRef& pod) {
  const Model& model = context.model();
  const Workload workload = model.WorkloadOf(pod);
  const std::string name = model.WorkloadName(workload);
  switch (workload.kind) {
    case WorkloadKind::kDeployment: {
      const int64_t number = model.TemplateOf(pod);
      return {"apps/v1", "ReplicaSet", model.ReplicaSetName(workload.number, number),
              model.Uid(UidOf::kReplicaSet, workload.number, static_cast<uint64_t>(number))};
    }
    case WorkloadKind::kStatefulSet:
      return {"apps/v1", "StatefulSet", name, model.WorkloadUid(workload)};
    case WorkloadKind::kDaemonSet:
      return {"apps/v1", "DaemonSet", name, model.WorkloadUid(workload)};
    case WorkloadKind::kCronJob:
    case WorkloadKind::kJob:
      return {"batch/v1", "Job", model.JobName(pod), model.JobUid(pod)};
    case WorkloadKind::kStaticPod:
      return {"v1", "Node", model.NodeName(pod.node), model.Uid(UidOf::kNode, pod.node)};
    case WorkloadKind::kBarePod:
      break;
  }
  return {};
}

void AddSlotMeta(const ObjectContext& context, const PodRef& pod, ObjectMeta* out) {
  const Model& model = context.model();
  const Workload workload = model.WorkloadOf(pod);
  out->name = model.PodName(pod);
  out->namespace_name = model.NamespaceOf(workload);
  out->uid = model.PodUid(pod);
  out->labels = model.PodLabels(pod);
  if (workload.kind == WorkloadKind::kStaticPod) {
    const std::string hash = model.SampleUid(pod);
    out->annotations = {{"kubernetes.io/config.hash", hash},
                        {"kubernetes.io/config.mirror", hash},
                        {"kubernetes.io/config.seen", "2025-01-01T00:00:00.000000000Z"},
                        {"kubernetes.io/config.source", "file"}};
  }
  if (workload.kind == WorkloadKind::kBarePod) return;
  out->owner = OwnerOf(context, pod);
  if (out->name.ends_with(model.NameSuffix(
          workload, model.layout().PlaceOf({pod.node, pod.slot}).member, pod.generation))) {
    out->generate_name = out->name.substr(0, out->name.size() - 5);
  }
}

void AddWaitingMeta(const Model& model, uint32_t deployment, int64_t number, ObjectMeta* out) {
  const Workload workload{WorkloadKind::kDeployment, deployment};
  out->generate_name = model.ReplicaSetName(deployment, number) + "-";
  out->name =
      out->generate_name + model.NameSuffix(workload, model.layout().Members(workload), number);
  out->namespace_name = model.NamespaceOf(workload);
  const uint64_t key = HashOf(deployment, kOtherKey);
  out->uid = model.Uid(UidOf::kWorkload, key, static_cast<uint64_t>(number));
  out->labels = {{"app", model.WorkloadName(workload)},
                 {"pod-template-hash", model.TemplateHash(deployment, number)}};
  out->owner = {"apps/v1", "ReplicaSet", model.ReplicaSetName(deployment, number),
                model.Uid(UidOf::kReplicaSet, deployment, static_cast<uint64_t>(number))};
}

}  // namespace

PodFacts FactsOf(const ObjectContext& context, const ObjectRef& ref) {
  if (const auto slot = context.places.SlotOf(ref.place)) {
    return SlotFacts(context, *slot, ref.version);
  }
  if (const auto deployment = context.places.DeploymentOfWaiting(ref.place)) {
    return WaitingFacts(context, *deployment, ref.version);
  }
  return OtherFacts(context, ref.place - context.places.FirstOtherPod());
}

ObjectMeta PodMetaOf(const ObjectContext& context, const ObjectState& state) {
  const ObjectRef& ref = state.ref;
  const Model& model = context.model();
  ObjectMeta out;
  if (const auto slot = context.places.SlotOf(ref.place)) {
    const PodRef pod{slot->node, slot->slot, ref.version};
    AddSlotMeta(context, pod, &out);
    const PodLife life = context.lives.Of(pod);
    out.created_ms = WallMsOf(life.created().revision);
    for (const PodChange& change : life) {
      if (change.stage != PodStage::kTerminating || change.revision > state.revision) continue;
      out.deletion_ms = WallMsOf(change.revision);
    }
    return out;
  }
  if (const auto deployment = context.places.DeploymentOfWaiting(ref.place)) {
    AddWaitingMeta(model, *deployment, ref.version, &out);
    out.created_ms = model.TemplateSinceMs(*deployment, ref.version);
    return out;
  }
  const PodFacts facts = FactsOf(context, ref);
  out.name = model.WorkloadName(facts.workload);
  out.namespace_name = model.NamespaceOf(facts.workload);
  out.uid = model.WorkloadUid(facts.workload);
  out.labels = {{"app", out.name}};
  out.created_ms = facts.created_ms;
  return out;
}

}  // namespace kubemonitor
