#ifndef KUBEMONITOR_SIMULATOR_MODEL_H_
#define KUBEMONITOR_SIMULATOR_MODEL_H_

// The simulated cluster as a pure function of its options: which pods there are at a tick, what
// they are called, and what each of their series says. Nothing is stored and nothing depends on
// when the program was started: the same options give the same cluster and the same values at the
// same ticks, on every machine.
//
// - A node has `pods_per_node` slots. layout.h says which workload each belongs to; number w of a
//   kind is in namespace w mod namespaces, DaemonSets and static pods in kube-system.
// - A slot is taken by one pod after the other, its generations: with P slots and N pods replaced a
//   minute, generation g begins at kOriginMs + (a slot's hash below L) + L·g + (a hash below L /
//   2), L = P / N minutes. Without churn a slot has generation 0 alone, which began within 30 days
//   after kOriginMs.
// - A Deployment's pod template is another one every 3·L, each Deployment at times of its own, and
//   a pod has the one of its start: so there is always some rolling update. A CronJob runs a Job a
//   generation.
// - A slot's workload is the same in all its generations; a pod's counters begin at 0 with the
//   pod. So a slot's counters, summed over its pods, are one signal (signal.h) that only grows,
//   and the node's sums are sums of signals.
//
// A container has the ten series of kContainerSeries, a pod the two of kPodSeries: its CPU and
// memory are its containers'.
//   cpu_usage_usec           steady, 2 to 300 millicores, log-uniform
//   cpu_throttled_usec,
//   psi_{cpu,memory,io}_some  sparse, 0.1 to 3.2 % of an interval an event, log-uniform
//   memory_current_bytes     walk in pages of 4 KiB, 8 to 900 MiB, log-uniform
//   memory_working_set_bytes walk of its own, 60 to 90 % of memory_current_bytes' base
//   disk_{read,write}_bytes  one container in five: busy, 4 to 1024 pages an event in 10 s; else 0
//   pids                     steps, 1 to 40
//   network_{rx,tx}_bytes    steady, 100 B/s to 1 MB/s, log-uniform
//
// Of eight slots one has pods without requests and limits (BestEffort), one requests equal to its
// limits (Guaranteed), and the others requests about what they use, and every second container of
// theirs limits well above it.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "common/node_report.h"
#include "common/series.h"
#include "simulator/layout.h"
#include "simulator/signal.h"

namespace kubemonitor {

// Where the counters begin: 1 December 2024, UTC. A clock before kFirstClockMs (1 January 2025) is
// not meant to be simulated.
inline constexpr int64_t kOriginMs = 1'733'011'200'000;
inline constexpr int64_t kFirstClockMs = kOriginMs + int64_t{31} * 86'400'000;
// A pod is created so long before its containers begin, or less.
inline constexpr int64_t kLongestCreationMs = 4'000;

inline constexpr std::array<Series, 10> kContainerSeries{
    Series::kCpuUsageUsec,          Series::kCpuThrottledUsec,
    Series::kPsiCpuSomeUsec,        Series::kPsiMemorySomeUsec,
    Series::kPsiIoSomeUsec,         Series::kMemoryCurrentBytes,
    Series::kMemoryWorkingSetBytes, Series::kDiskReadBytes,
    Series::kDiskWriteBytes,        Series::kPids};
inline constexpr std::array<Series, 2> kPodSeries{Series::kNetworkRxBytes, Series::kNetworkTxBytes};

struct PodRef {
  uint32_t node = 0;  // from 0
  uint32_t slot = 0;  // of the node, from 0
  int64_t generation = 0;
  auto operator<=>(const PodRef&) const = default;
};

// Absent: not set.
struct ContainerResources {
  std::optional<uint64_t> cpu_request_millicores, memory_request_bytes;
  std::optional<uint64_t> cpu_limit_millicores, memory_limit_bytes;
};

// What the pods of a slot are like, all its generations.
struct PodShape {
  QosClass qos = QosClass::kBurstable;
  uint32_t restarts = 0;        // of the first container, before it began to count
  bool init_container = false;  // one that has ended, beside those that are sampled
  bool sidecar = false;         // the second container is an init container that goes on
  bool overhead = false;        // a runtime class with overhead
  bool own_resources = false;   // requests and limits of the pod itself
};

// What has a uid beside pods.
enum class UidOf : uint8_t { kNode, kNamespace, kWorkload, kReplicaSet, kJob };

// Immutable: thread-safe.
class Model {
 public:
  // The options are in range (options.h).
  explicit Model(const ModelOptions& options) : options_(options), layout_(options) {}
  const ModelOptions& options() const { return options_; }
  const Layout& layout() const { return layout_; }

  // ---- Time. A tick is its wall-clock time divided by the interval.
  int64_t TickAt(int64_t wall_ms) const { return wall_ms / options_.interval_ms; }
  int64_t TickMs(int64_t tick) const { return tick * options_.interval_ms; }
  // What signals count; 0 before the origin.
  uint64_t Elapsed(int64_t tick) const;

  // ---- Nodes.
  std::string NodeName(uint32_t node) const;  // node-0001 is number 0
  std::string BootId(uint32_t node) const;
  // CLOCK_BOOTTIME at which the node read the values of the tick: up to 20 ms after it.
  uint64_t BootUsec(uint32_t node, int64_t tick) const;
  uint64_t NodeKey(uint32_t node) const;

  // ---- Pods.
  PodRef PodAt(uint32_t node, uint32_t slot, int64_t tick) const;
  int64_t OldestGeneration(int64_t tick) const;  // no slot has an older one at the tick
  int64_t StartedAtMs(const PodRef& pod) const;
  int64_t FirstTick(const PodRef& pod) const;  // the first one at which it is there
  int64_t LastTick(const PodRef& pod) const;   // the last one; without churn the end of time
  int64_t LifetimeMs() const;                  // L; 0: no churn
  uint64_t PodKey(const PodRef& pod) const;
  PodShape ShapeOf(const Slot& slot) const;
  ContainerResources ResourcesOf(const Slot& slot, uint32_t container) const;

  // ---- Workloads.
  Workload WorkloadOf(const PodRef& pod) const;
  std::string WorkloadName(const Workload& workload) const;  // app-001 is number 0 of Deployments
  std::string NamespaceOf(const Workload& workload) const;   // ns-001, kube-system
  std::string NamespaceName(uint32_t number) const;          // ns-001 is number 0
  // Pod templates of a Deployment, numbered from 0.
  int64_t TemplateAt(uint32_t deployment, int64_t wall_ms) const;
  int64_t TemplateSinceMs(uint32_t deployment, int64_t number) const;
  int64_t TemplateOf(const PodRef& pod) const;  // a Deployment's pod: that of its creation
  std::string ReplicaSetName(uint32_t deployment, int64_t number) const;
  std::string TemplateHash(uint32_t deployment, int64_t number) const;
  std::string RevisionHash(const Workload& workload) const;  // of StatefulSets and DaemonSets
  std::string JobName(const PodRef& pod) const;              // of a Job's or CronJob's pod
  std::string JobUid(const PodRef& pod) const;
  std::string Uid(UidOf what, uint64_t number, uint64_t version = 0) const;
  std::string WorkloadUid(const Workload& workload) const;

  // ---- Names of pods.
  std::string PodName(const PodRef& pod) const;
  std::string PodUid(const PodRef& pod) const;     // Kubernetes'
  std::string SampleUid(const PodRef& pod) const;  // cgroups': a static pod's is its config hash
  std::string ContainerName(uint32_t container) const;  // app, sidecar-1
  std::string ContainerId(const PodRef& pod, uint32_t container) const;
  std::map<std::string, std::string> PodLabels(const PodRef& pod) const;
  // Five letters that no other pod of the workload has; the member may be one more than there are.
  std::string NameSuffix(const Workload& workload, uint32_t member, int64_t generation) const;
  // As a collector with a container runtime tells them; `object` and `pod_object` are the caller's.
  Identity PodIdentity(const PodRef& pod, uint32_t object) const;
  Identity ContainerIdentity(const PodRef& pod, uint32_t container, uint32_t object,
                             uint32_t pod_object) const;

  // ---- Values.
  // `index` is a place in kContainerSeries or kPodSeries; the signals are the slot's.
  Signal ContainerSignal(uint32_t node, uint32_t slot, uint32_t container, size_t index) const;
  Signal PodSignal(uint32_t node, uint32_t slot, size_t index) const;
  // Absent: the pod is not there at the tick, or has no such series. `container` counts from 0;
  // without it the pod's own series are meant.
  std::optional<uint64_t> Value(const PodRef& pod, std::optional<uint32_t> container, Series series,
                                int64_t tick) const;

 private:
  uint64_t SlotKey(uint32_t node, uint32_t slot) const;
  int64_t PhaseMs(uint32_t node, uint32_t slot) const;
  int64_t BoundaryMs(uint32_t node, uint32_t slot, int64_t generation) const;

  ModelOptions options_;
  Layout layout_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_MODEL_H_
