// What the objects of the simulated cluster are called.

#include <fmt/format.h>

#include <algorithm>

#include "simulator/ids.h"
#include "simulator/model.h"

namespace kubemonitor {
namespace {

// Sets the hashes of different things apart, from those of model.cc too.
enum Purpose : uint64_t {
  kUid = 8,
  kContainerId,
  kTemplate,
  kSuffix,
  kRevision = 100,
  kObjectUid,
  kConfig,
  kTemplatePhase,
};

constexpr uint64_t kSuffixes =
    kSuffixLetters * kSuffixLetters * kSuffixLetters * kSuffixLetters * kSuffixLetters;
constexpr int64_t kTemplateLifetimes = 3;

uint64_t NumberOf(const Workload& workload) {
  return (static_cast<uint64_t>(workload.kind) << 32) + workload.number;
}

bool IsOfTheSystem(const Workload& workload) {
  return workload.kind == WorkloadKind::kDaemonSet || workload.kind == WorkloadKind::kStaticPod;
}

const char* StemOf(WorkloadKind kind) {
  switch (kind) {
    case WorkloadKind::kDeployment:
      return "app";
    case WorkloadKind::kStatefulSet:
      return "db";
    case WorkloadKind::kCronJob:
      return "report";
    case WorkloadKind::kJob:
      return "import";
    case WorkloadKind::kBarePod:
      return "tool";
    case WorkloadKind::kDaemonSet:
      return "agent";
    case WorkloadKind::kStaticPod:
      return "proxy";
  }
  return "";
}

int64_t TemplatePhaseMs(const ModelOptions& options, uint32_t deployment, int64_t period_ms) {
  const uint64_t hash = HashOf(HashOf(options.seed, kTemplatePhase), deployment);
  return static_cast<int64_t>(hash % static_cast<uint64_t>(period_ms));
}

}  // namespace

// ---- Workloads

Workload Model::WorkloadOf(const PodRef& pod) const {
  return layout_.PlaceOf({pod.node, pod.slot}).workload;
}

std::string Model::WorkloadName(const Workload& workload) const {
  return fmt::format("{}-{:03}", StemOf(workload.kind), uint64_t{workload.number} + 1);
}

std::string Model::NamespaceName(uint32_t number) const {
  return fmt::format("ns-{:03}", uint64_t{number} + 1);
}

std::string Model::NamespaceOf(const Workload& workload) const {
  if (IsOfTheSystem(workload)) return "kube-system";
  return NamespaceName(workload.number % options_.namespaces);
}

int64_t Model::TemplateAt(uint32_t deployment, int64_t wall_ms) const {
  const int64_t period_ms = kTemplateLifetimes * LifetimeMs();
  if (period_ms == 0) return 0;
  const int64_t since_ms = wall_ms - kOriginMs - TemplatePhaseMs(options_, deployment, period_ms);
  return since_ms < 0 ? 0 : since_ms / period_ms + 1;
}

int64_t Model::TemplateSinceMs(uint32_t deployment, int64_t number) const {
  const int64_t period_ms = kTemplateLifetimes * LifetimeMs();
  if (number <= 0 || period_ms == 0) return kOriginMs;
  return kOriginMs + TemplatePhaseMs(options_, deployment, period_ms) + (number - 1) * period_ms;
}

int64_t Model::TemplateOf(const PodRef& pod) const {
  return TemplateAt(WorkloadOf(pod).number, StartedAtMs(pod) - kLongestCreationMs);
}

std::string Model::TemplateHash(uint32_t deployment, int64_t number) const {
  const uint64_t key = HashOf(HashOf(options_.seed, kTemplate), deployment);
  return LettersOf(HashOf(key, static_cast<uint64_t>(number)), 10);
}

std::string Model::ReplicaSetName(uint32_t deployment, int64_t number) const {
  return WorkloadName({WorkloadKind::kDeployment, deployment}) + "-" +
         TemplateHash(deployment, number);
}

std::string Model::RevisionHash(const Workload& workload) const {
  return LettersOf(HashOf(HashOf(options_.seed, kRevision), NumberOf(workload)), 10);
}

// The controller ends a CronJob's Job with the minute it was due. Where several are due in a minute
// the minutes are not the true ones.
std::string Model::JobName(const PodRef& pod) const {
  const Workload workload = WorkloadOf(pod);
  const std::string name = WorkloadName(workload);
  if (workload.kind != WorkloadKind::kCronJob) return name;
  constexpr int64_t kMinuteMs = 60'000;
  const int64_t minute = LifetimeMs() >= 2 * kMinuteMs ? StartedAtMs(pod) / kMinuteMs
                                                       : kOriginMs / kMinuteMs + pod.generation;
  return fmt::format("{}-{}", name, minute);
}

std::string Model::JobUid(const PodRef& pod) const {
  const Workload workload = WorkloadOf(pod);
  const int64_t version = workload.kind == WorkloadKind::kCronJob ? pod.generation : 0;
  return Uid(UidOf::kJob, NumberOf(workload), static_cast<uint64_t>(version));
}

std::string Model::Uid(UidOf what, uint64_t number, uint64_t version) const {
  const uint64_t key = HashOf(HashOf(options_.seed, kObjectUid), static_cast<uint64_t>(what));
  return UuidOf(HashOf(HashOf(key, number), version));
}

std::string Model::WorkloadUid(const Workload& workload) const {
  return Uid(UidOf::kWorkload, NumberOf(workload));
}

// ---- Pods

// A permutation of all suffixes, so that no two of the pods of a workload have the same.
std::string Model::NameSuffix(const Workload& workload, uint32_t member, int64_t generation) const {
  const uint64_t members = uint64_t{layout_.Members(workload)} + 1;
  const uint64_t number = static_cast<uint64_t>(generation + 1) * members + member;
  const uint64_t shift = HashOf(HashOf(options_.seed, kSuffix), NumberOf(workload)) % kSuffixes;
  // The factor has no divisor in common with 27^5.
  return LettersOf((number % kSuffixes * 8'956'943 + shift) % kSuffixes, 5);
}

std::string Model::PodName(const PodRef& pod) const {
  const Layout::Place place = layout_.PlaceOf({pod.node, pod.slot});
  const Workload& workload = place.workload;
  const auto with_suffix = [&](const std::string& stem) {
    return stem + "-" + NameSuffix(workload, place.member, pod.generation);
  };
  switch (workload.kind) {
    case WorkloadKind::kDeployment:
      return with_suffix(ReplicaSetName(workload.number, TemplateOf(pod)));
    case WorkloadKind::kStatefulSet:
      return fmt::format("{}-{}", WorkloadName(workload), place.member);
    case WorkloadKind::kCronJob:
    case WorkloadKind::kJob:
      return with_suffix(JobName(pod));
    case WorkloadKind::kDaemonSet:
      return with_suffix(WorkloadName(workload));
    case WorkloadKind::kBarePod:
      return WorkloadName(workload);
    case WorkloadKind::kStaticPod:
      return fmt::format("{}-{}", WorkloadName(workload), NodeName(pod.node));
  }
  return {};
}

std::string Model::PodUid(const PodRef& pod) const { return UuidOf(HashOf(PodKey(pod), kUid)); }

std::string Model::SampleUid(const PodRef& pod) const {
  if (WorkloadOf(pod).kind != WorkloadKind::kStaticPod) return PodUid(pod);
  return HexOf(HashOf(PodKey(pod), kConfig), 32);
}

std::string Model::ContainerName(uint32_t container) const {
  return container == 0 ? "app" : fmt::format("sidecar-{}", container);
}

std::string Model::ContainerId(const PodRef& pod, uint32_t container) const {
  return HexOf(HashOf(HashOf(PodKey(pod), kContainerId), container), 64);
}

std::map<std::string, std::string> Model::PodLabels(const PodRef& pod) const {
  const Layout::Place place = layout_.PlaceOf({pod.node, pod.slot});
  const Workload& workload = place.workload;
  std::map<std::string, std::string> out{{"app", WorkloadName(workload)}};
  switch (workload.kind) {
    case WorkloadKind::kDeployment:
      out["pod-template-hash"] = TemplateHash(workload.number, TemplateOf(pod));
      break;
    case WorkloadKind::kStatefulSet:
      out["apps.kubernetes.io/pod-index"] = std::to_string(place.member);
      out["controller-revision-hash"] = WorkloadName(workload) + "-" + RevisionHash(workload);
      out["statefulset.kubernetes.io/pod-name"] = PodName(pod);
      break;
    case WorkloadKind::kDaemonSet:
      out["controller-revision-hash"] = RevisionHash(workload);
      out["pod-template-generation"] = "1";
      break;
    case WorkloadKind::kCronJob:
    case WorkloadKind::kJob:
      out["batch.kubernetes.io/controller-uid"] = JobUid(pod);
      out["batch.kubernetes.io/job-name"] = JobName(pod);
      out["controller-uid"] = out["batch.kubernetes.io/controller-uid"];
      out["job-name"] = out["batch.kubernetes.io/job-name"];
      break;
    case WorkloadKind::kBarePod:
    case WorkloadKind::kStaticPod:
      break;
  }
  return out;
}

Identity Model::PodIdentity(const PodRef& pod, uint32_t object) const {
  Identity out;
  out.object = object;
  out.kind = ObjectKind::kPod;
  out.pod_uid = SampleUid(pod);
  out.namespace_name = NamespaceOf(WorkloadOf(pod));
  out.pod_name = PodName(pod);
  out.started_at_ms = StartedAtMs(pod);
  out.labels = PodLabels(pod);
  out.qos_class = ShapeOf({pod.node, pod.slot}).qos;
  return out;
}

Identity Model::ContainerIdentity(const PodRef& pod, uint32_t container, uint32_t object,
                                  uint32_t pod_object) const {
  const PodShape shape = ShapeOf({pod.node, pod.slot});
  Identity out;
  out.object = object;
  out.kind = ObjectKind::kContainer;
  out.pod_object = pod_object;
  out.pod_uid = SampleUid(pod);
  out.namespace_name = NamespaceOf(WorkloadOf(pod));
  out.pod_name = PodName(pod);
  out.container_name = ContainerName(container);
  out.container_id = ContainerId(pod, container);
  out.container_type = ContainerType::kApp;  // a runtime does not tell sidecars apart
  out.started_at_ms = StartedAtMs(pod);
  out.qos_class = shape.qos;
  out.restart_count = container == 0 ? shape.restarts : 0;
  return out;
}

}  // namespace kubemonitor
