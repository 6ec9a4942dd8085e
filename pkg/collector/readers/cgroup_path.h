#ifndef KUBEMONITOR_COLLECTOR_READERS_CGROUP_PATH_H_
#define KUBEMONITOR_COLLECTOR_READERS_CGROUP_PATH_H_

// What a cgroup is, by the names on the way to it. Pure functions: the walk over the tree and the
// paths of /proc/PID/cgroup are judged by the same rules.
//
// Kubernetes containers are those below a pod, those whose name tells a pod or a CRI runtime
// wherever they stand (a driver mismatch, or no cgroup per QoS class), and bare 64-digit ids below
// a runtime's own cgroup (system.slice/containerd.service/<id>, the root). Containers started by
// hand (docker-<id>.scope, libpod-<id>.scope, nerdctl-<id>.scope outside of pods, docker/<id>,
// default/<id>, k8s.io/<id>, buildkit/<id>) are no Kubernetes containers: they are the node's own
// services, and are walked on, as a whole Kubernetes node may live in one of them (kind, k3d,
// minikube). Nothing below a Kubernetes container is ever looked at.

#include <cstdint>
#include <string>
#include <string_view>

#include "common/node_report.h"

namespace kubemonitor {

enum class CgroupRole : uint8_t {
  kRoot,
  kGroup,  // only groups others: a slice, or a part of a unit
  kUnit,   // a systemd unit, or a top-level cgroup of a host without systemd
  kPods,   // the top of a pod hierarchy: kubepods, kubepods.slice, kubelet-kubepods.slice
  kQos,    // burstable or besteffort
  kPod,
  kContainer,  // a container, or a pod's sandbox: the path cannot tell them apart
  kMonitor,    // CRI-O's conmon: part of its pod's cost, no container
  kOther,      // below a pod or a pod hierarchy, but none of these (mount units, the empty sandbox
               // directories of CRI-O, …)
};

struct CgroupPlace {
  CgroupRole role = CgroupRole::kRoot;
  bool in_pods = false;  // this is, or stands below, a pod hierarchy, a pod or a container
  bool in_unit = false;  // this is, or stands below, a unit
  uint8_t depth = 0;     // components below the root
  QosClass qos_class = QosClass::kUnknown;  // of pods and their containers
  std::string pod_uid;  // of pods, and of containers whose path tells it; with dashes, or a static
                        // pod's 32-digit hash
  std::string container_id;  // of containers and monitors

  // The topmost of a pod hierarchy's cgroups, or a pod or container outside of any: what the pods'
  // share of the node is summed over.
  bool pods_top = false;
  // Whether the walk goes on below.
  bool has_children() const;

  bool operator==(const CgroupPlace&) const = default;
};

// Deeper than any layout; what a hostile tree nests below is not looked at.
inline constexpr uint8_t kMaxCgroupDepth = 24;

// The place of the cgroup `name` in `parent`, whose own name is `parent_name` (empty for the root).
CgroupPlace PlaceOf(const CgroupPlace& parent, std::string_view parent_name, std::string_view name);

struct PathPlace {
  CgroupPlace place;  // of the container, when the path goes on below one
  std::string unit;   // the unit on the way, as ReportedUnitName gives it; empty: none
};
// The place of a path as /proc/PID/cgroup has it after "0::": "/kubepods/…", with "/../" in front
// when the reader's cgroup namespace does not contain it and " (deleted)" behind when the cgroup is
// gone.
PathPlace PlaceOfPath(std::string_view path);

// The path of the v2 hierarchy in the text of /proc/PID/cgroup (the line "0::/…"); empty: none.
std::string_view UnifiedPath(std::string_view proc_cgroup);

// A unit's name as systemd shows it: directories that would clash with kernel files have a '_' in
// front.
std::string_view ReportedUnitName(std::string_view directory_name);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_CGROUP_PATH_H_
