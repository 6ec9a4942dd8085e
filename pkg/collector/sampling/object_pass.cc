#include "collector/sampling/object_pass.h"

#include <algorithm>
#include <utility>

#include "collector/sampling/sandbox_guess.h"
#include "collector/sampling/usage_series.h"

namespace kubemonitor {
namespace {

// Looks at a container's processes before it is settled that it is no sandbox.
constexpr uint32_t kLooks = 3;
// Network interfaces shown of a pod.
constexpr size_t kMaxInterfaces = 64;

}  // namespace

void ObjectPass::ReadCgroups() {
  ReadUnread();
  // Something ended under way; what took its place is read in the same tick.
  if (tree_.RefreshGone()) ReadUnread();
}

void ObjectPass::ReadUnread() {
  for (Cgroup* cgroup : tree_.all()) {
    if (cgroup->read_tick == tree_.tick()) continue;
    const CgroupFileSet files = FilesOf(*cgroup);
    if (!tree_.Read(*cgroup, files)) continue;
    if ((files & kUsageFiles) == kUsageFiles) tree_.ReadLimits(*cgroup);
  }
}

CgroupFileSet ObjectPass::FilesOf(Cgroup& cgroup) {
  CgroupFileSet files = 0;
  switch (cgroup.place.role) {
    case CgroupRole::kRoot:
      return kLedgerFiles;
    case CgroupRole::kPod:
      files = kUsageFiles;
      // pids.current tells as well whether it is populated, unless it is not there.
      if (!tree_.holds() || (cgroup.missing & FileBit(CgroupFile::kPidsCurrent)) != 0 ||
          cgroup.found_tick == tree_.tick()) {
        files |= FileBit(CgroupFile::kEvents);
      }
      break;
    case CgroupRole::kContainer: {
      ContainerObject& container = ObjectOf(cgroup);
      DecideRole(container, cgroup);
      if (container.role != ContainerRole::kSandbox) files = kUsageFiles;
      break;
    }
    case CgroupRole::kUnit:
      files = kUnitFiles;
      break;
    case CgroupRole::kGroup:
    case CgroupRole::kPods:
    case CgroupRole::kQos:
    case CgroupRole::kMonitor:
    case CgroupRole::kOther:
      break;
  }
  const bool top_level = cgroup.parent == &tree_.root();
  if (top_level || cgroup.place.pods_top) files |= kLedgerFiles;
  return files;
}

ContainerObject& ObjectPass::ObjectOf(const Cgroup& cgroup) {
  ContainerObject& container = registry_.Container(cgroup.place.container_id);
  container.path_pod_uid = cgroup.place.pod_uid;
  container.qos_class = cgroup.place.qos_class;
  return container;
}

std::string ObjectPass::PodUidOf(const ContainerObject& container) {
  if (!container.path_pod_uid.empty()) return container.path_pod_uid;
  return container.name == nullptr ? std::string() : container.name->pod_uid;
}

void ObjectPass::DecideRole(ContainerObject& container, const Cgroup& cgroup) {
  container.hidden = false;
  if (const ContainerName* name = container.name) {
    if (name->type != ContainerType::kUnknown || !name->container_name.empty()) {
      container.role =
          name->type == ContainerType::kSandbox ? ContainerRole::kSandbox : ContainerRole::kApp;
      container.role_is_guess = false;
      return;
    }
  }
  // What the runtime once said stays, should it fall silent.
  if (!container.role_is_guess || container.role == ContainerRole::kSandbox) return;
  if (container.looks < kLooks) {
    GuessRole(container, cgroup);
  } else if (container.role == ContainerRole::kUndecided) {
    // One process that is not `pause`: a sandbox still if only the others of its pod have names.
    const std::string uid = PodUidOf(container);
    if (!uid.empty() && registry_.HasNamedContainers(uid)) {
      container.role = ContainerRole::kSandbox;
    }
  }
}

void ObjectPass::GuessRole(ContainerObject& container, const Cgroup& cgroup) {
  if (container.look_tick == registry_.tick()) return;
  container.look_tick = registry_.tick();
  ++container.looks;
  const SandboxLook look = LookForSandbox(cgroup, tree_, proc_);
  switch (look.guess) {
    case SandboxGuess::kUndecided:
      container.hidden = container.looks < kLooks;
      break;
    case SandboxGuess::kSandbox:
      GuessSandbox(container, look.pid);
      break;
    case SandboxGuess::kApp:
      container.role = ContainerRole::kApp;
      container.looks = kLooks;
      break;
    case SandboxGuess::kSingle:
    case SandboxGuess::kUnknown:
      break;
  }
}

// A pod has one sandbox. Where an application is a `pause` too, the sandbox is the one that runs,
// or that started first.
void ObjectPass::GuessSandbox(ContainerObject& container, uint32_t pid) {
  container.role = ContainerRole::kSandbox;
  const std::string uid = PodUidOf(container);
  if (uid.empty()) return;
  PodObject& pod = registry_.Pod(uid);
  ContainerObject* other =
      pod.guessed_sandbox == container.id ? nullptr : registry_.FindContainer(pod.guessed_sandbox);
  const bool other_runs = other != nullptr && other->role == ContainerRole::kSandbox &&
                          other->seen_tick + 1 >= registry_.tick();
  if (other_runs && (other->looks > 1 || pod.guessed_sandbox_pid < pid)) {
    container.role = ContainerRole::kApp;
    container.looks = kLooks;
    return;
  }
  if (other_runs) {
    other->role = ContainerRole::kApp;
    other->looks = kLooks;
    other->hidden = true;  // its files were not read in this tick
  }
  pod.guessed_sandbox = container.id;
  pod.guessed_sandbox_pid = pid;
}

void ObjectPass::Group() {
  pods_.clear();
  containers_.clear();
  container_ids_.clear();
  pod_uids_.clear();
  for (const Cgroup* cgroup : tree_.all()) {
    if (cgroup->gone) continue;
    if (cgroup->place.role == CgroupRole::kPod) GroupPod(*cgroup);
    if (cgroup->place.role == CgroupRole::kContainer) GroupContainer(*cgroup);
  }
}

ObjectPass::PodTick& ObjectPass::PodOf(const std::string& uid) {
  PodObject& object = registry_.Pod(uid);
  if (object.index_tick != registry_.tick()) {
    object.index_tick = registry_.tick();
    object.index = pods_.size();
    object.started_at_ms.reset();
    pods_.emplace_back().object = &object;
  }
  return pods_[object.index];
}

void ObjectPass::GroupPod(const Cgroup& cgroup) {
  PodTick& pod = PodOf(cgroup.place.pod_uid);
  // After a change of the driver an empty directory of the other one may be left.
  if (pod.own == nullptr || !pod.own->reading.populated.value_or(true) ||
      pod.own->reading.pids_current == uint64_t{0}) {
    pod.own = &cgroup;
  }
  pod.object->qos_class = cgroup.place.qos_class;
}

void ObjectPass::GroupContainer(const Cgroup& cgroup) {
  ContainerObject& container = ObjectOf(cgroup);
  // One id in two places (what a change of the driver left behind): the first counts.
  if (std::exchange(container.grouped_tick, registry_.tick()) == registry_.tick()) return;
  container_ids_.push_back(container.id);
  const std::string uid = PodUidOf(container);
  const bool sandbox = container.role == ContainerRole::kSandbox;
  if (uid.empty()) {
    container.pod_number = 0;
  } else {
    PodTick& pod = PodOf(uid);
    container.pod_number = pod.object->number;
    if (container.qos_class == QosClass::kUnknown) {
      container.qos_class = pod.object->qos_class;
    } else {
      pod.object->qos_class = container.qos_class;
    }
    if (container.name != nullptr && container.name->started_at_ms) {
      const int64_t started = *container.name->started_at_ms;
      std::optional<int64_t>& first = sandbox ? pod.sandbox_started_at_ms : pod.first_started_at_ms;
      first = std::min(first.value_or(started), started);
    }
    pod.cgroups.insert(sandbox ? pod.cgroups.begin() : pod.cgroups.end(), &cgroup);
  }
  if (!sandbox && !container.hidden) containers_.push_back({&container, &cgroup});
}

// Whether the pod's own cgroup is where its processes are.
bool ObjectPass::IsPopulated(const PodTick& pod) {
  if (pod.own == nullptr) return false;
  const CgroupReading& reading = pod.own->reading;
  if (reading.populated) return *reading.populated;
  if (reading.pids_current) return *reading.pids_current > 0;
  return std::ranges::any_of(pod.cgroups,
                             [&](const Cgroup* cgroup) { return cgroup->parent == pod.own; });
}

void ObjectPass::Emit(Sample& sample) {
  Group();
  sample.tick.pods.reserve(pods_.size());
  sample.tick.containers.reserve(containers_.size());
  sample.tick.object_details.reserve(pods_.size() + containers_.size());
  sample.identities.reserve(pods_.size() + containers_.size());
  for (PodTick& pod : pods_) EmitPod(pod, sample);
  for (const ContainerTick& container : containers_) EmitContainer(container, sample);
}

void ObjectPass::EmitPod(PodTick& pod, Sample& sample) {
  const bool populated = IsPopulated(pod);
  if (pod.cgroups.empty() && !populated) return;
  PodObject& object = *pod.object;
  pod_uids_.push_back(object.uid);
  object.started_at_ms =
      pod.sandbox_started_at_ms ? pod.sandbox_started_at_ms : pod.first_started_at_ms;
  ObjectSample values{object.number, {}};
  ObjectDetails details;
  details.object = object.number;
  if (populated) {
    values.values = UsageSeries(pod.own->reading, devices_);
    AddUsageDetails(*pod.own, devices_, details);
    pod.cgroups.push_back(pod.own);
  }
  const PodName* name = registry_.FindPodName(object.uid);
  PodNetwork::Result network =
      object.network.Read(proc_, tree_, {object.uid, &pod.cgroups},
                          name == nullptr ? std::nullopt : name->host_network);
  if (network.host_network) object.host_network = *network.host_network;
  if (network.measured) {
    SetNetworkSeries(network.interfaces, values.values);
    details.interfaces = std::move(network.interfaces);
    CutInterfaces(object.uid, details.interfaces);
  }
  sample.tick.pods.push_back(values);
  sample.tick.object_details.push_back(std::move(details));
  sample.identities.push_back(registry_.IdentityOf(object));
}

// What is left out is in the sums all the same.
void ObjectPass::CutInterfaces(const std::string& pod_uid,
                               std::vector<InterfaceUsage>& interfaces) {
  if (interfaces.size() <= kMaxInterfaces) return;
  proc_.errors().AddMany(interfaces.size() - kMaxInterfaces,
                         "pod {}: {} network interfaces, the first {} are shown", pod_uid,
                         interfaces.size(), kMaxInterfaces);
  interfaces.resize(kMaxInterfaces);
}

void ObjectPass::EmitContainer(const ContainerTick& container, Sample& sample) {
  const uint32_t number = container.object->number;
  sample.tick.containers.push_back({number, UsageSeries(container.cgroup->reading, devices_)});
  ObjectDetails details;
  details.object = number;
  AddUsageDetails(*container.cgroup, devices_, details);
  sample.tick.object_details.push_back(std::move(details));
  sample.identities.push_back(registry_.IdentityOf(*container.object));
}

}  // namespace kubemonitor
