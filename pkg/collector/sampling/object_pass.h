#ifndef KUBEMONITOR_COLLECTOR_SAMPLING_OBJECT_PASS_H_
#define KUBEMONITOR_COLLECTOR_SAMPLING_OBJECT_PASS_H_

// The part of a tick that turns cgroups into pods and containers.
//
// - A pod is reported when it has a container (its sandbox counts) or a process of its own; an
// empty pod directory is nothing. It carries
//   the series of its own cgroup where that is populated; after a driver mismatch it is not, and
//   they are absent.
// - A sandbox is no container: its type says so where the runtime tells, else its one process is
// `pause` (the first of its pod), or the
//   kubelet's log links name the pod's other containers and not this one. conmon is neither.
// - A pod known by the runtime alone (its containers stand outside of any pod's cgroup) is a pod
// like others.

#include <string>
#include <vector>

#include "collector/names/name_table.h"
#include "collector/readers/cgroup_tree.h"
#include "collector/readers/node_reader.h"
#include "collector/sampling/object_registry.h"
#include "collector/sampling/pod_network.h"
#include "collector/sampling/sampler.h"

namespace kubemonitor {

// Not thread-safe. All but `nested` outlive it.
class ObjectPass {
 public:
  ObjectPass(CgroupTree& tree, ObjectRegistry& registry, ProcNetwork& proc, BlockDevices& devices)
      : tree_(tree), registry_(registry), proc_(proc), devices_(devices) {}

  // Reads every cgroup of the tree once, what came under way included.
  void ReadCgroups();
  // Appends pods, containers, their details and identities.
  void Emit(Sample& sample);
  // The ids and uids that the last Emit saw, sandboxes included.
  std::vector<std::string> TakeContainerIds() { return std::move(container_ids_); }
  std::vector<std::string> TakePodUids() { return std::move(pod_uids_); }

 private:
  struct PodTick {
    PodObject* object = nullptr;
    const Cgroup* own = nullptr;
    std::vector<const Cgroup*> cgroups;  // sandbox first
    std::optional<int64_t> sandbox_started_at_ms, first_started_at_ms;
  };
  struct ContainerTick {
    ContainerObject* object = nullptr;
    const Cgroup* cgroup = nullptr;
  };

  void ReadUnread();
  CgroupFileSet FilesOf(Cgroup& cgroup);
  ContainerObject& ObjectOf(const Cgroup& cgroup);
  void DecideRole(ContainerObject& container, const Cgroup& cgroup);
  void GuessRole(ContainerObject& container, const Cgroup& cgroup);
  void GuessSandbox(ContainerObject& container, uint32_t pid);
  static std::string PodUidOf(const ContainerObject& container);
  void Group();
  PodTick& PodOf(const std::string& uid);
  void GroupPod(const Cgroup& cgroup);
  void GroupContainer(const Cgroup& cgroup);
  static bool IsPopulated(const PodTick& pod);
  void EmitPod(PodTick& pod, Sample& sample);
  void CutInterfaces(const std::string& pod_uid, std::vector<InterfaceUsage>& interfaces);
  void EmitContainer(const ContainerTick& container, Sample& sample);

  CgroupTree& tree_;
  ObjectRegistry& registry_;
  ProcNetwork& proc_;
  BlockDevices& devices_;
  std::vector<PodTick> pods_;
  std::vector<ContainerTick> containers_;
  std::vector<std::string> container_ids_, pod_uids_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_SAMPLING_OBJECT_PASS_H_
