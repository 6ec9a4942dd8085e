#ifndef KUBEMONITOR_APISERVER_QUERY_FINDINGS_H_
#define KUBEMONITOR_APISERVER_QUERY_FINDINGS_H_

// What somebody should look at: the overview of a dashboard. Made of all nodes and pods in one
// pass, and one over what Kubernetes says of them, once a tick for whoever asks.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/kubernetes/cluster.h"
#include "apiserver/query/metric.h"
#include "apiserver/query/query.h"
#include "apiserver/query/summed_store.h"
#include "common/mutex.h"

namespace kubemonitor {

enum class FindingKind : uint8_t {
  // In the order in which equally severe ones are told.
  kOomKilled,      // pods and containers with OOM kills within the retention
  kNotReady,       // nodes that Kubernetes says are not ready
  kStale,          // nodes that are
  kRestarting,     // containers that Kubernetes starts again and again
  kPressure,       // nodes whose tasks wait, pods whose tasks wait for memory
  kNodeCondition,  // nodes whose kubelet is short of memory, disk or process ids
  kThrottled,      // containers held back by their CPU limit
  kNearLimit,      // containers and pods that have almost used up their memory limit
  kPending,        // pods that Kubernetes has and that do not start
  kNoCollector,    // nodes that Kubernetes has and nobody reports
  kClockSkew,      // nodes whose clock is off
  kConflict,       // nodes that several collectors claim to be
};
inline constexpr size_t kFindingKindCount = 12;
std::string_view FindingKey(FindingKind kind);  // "oomKilled"
std::optional<FindingKind> FindingFromKey(std::string_view key);

enum class Severity : uint8_t { kInfo, kWarning, kCritical };

// Means over kFindingTicks ticks, in percent.
inline constexpr int64_t kFindingTicks = 6;
inline constexpr double kThrottledPercentFrom = 25;
inline constexpr double kNearLimitPercentFrom = 90;  // of the working set; critical from 97
inline constexpr double kNearLimitPercentCritical = 97;
inline constexpr double kClockSkewSecondsFrom = 2;
// Of what Kubernetes says.
inline constexpr int64_t kNoCollectorAfterMs = 120'000;  // of a node's life: its collector starts
inline constexpr int64_t kPendingAfterMs = 60'000;
inline constexpr int64_t kRestartedWithinMs = 600'000;
inline constexpr uint32_t kRestartsFrom = 2;
// Of pressure, by metric; critical from three times as much, or where that is over 100, from 90.
struct PressureThreshold {
  Metric metric;
  double of_node, of_pod;  // a warning from so much; over 100: not looked at
};
inline constexpr std::array<PressureThreshold, 5> kPressureThresholds = {{
    {Metric::kMemoryFullPercent, 5, 10},
    {Metric::kMemorySomePercent, 20, 101},
    {Metric::kIoFullPercent, 20, 101},
    {Metric::kIoSomePercent, 50, 101},
    {Metric::kCpuSomePercent, 50, 101},
}};

struct FindingMember {
  enum class Unit : uint8_t { kPercent, kCount, kSeconds };
  ItemKind kind = ItemKind::kPod;  // kNode, kPod or kContainer
  Severity severity = Severity::kWarning;
  std::string namespace_name, name, uid;  // name: the pod's, or the node's
  std::string node;                       // empty: the pod has none yet
  std::string container;
  std::optional<double> value;  // absent: there is nothing to count, or it is not known
  Unit unit = Unit::kPercent;
  std::optional<Metric> metric;  // that the value is of
  std::string reason;            // in Kubernetes' words: "CrashLoopBackOff"; empty: not known
};

struct Finding {
  FindingKind kind = FindingKind::kOomKilled;
  Severity severity = Severity::kWarning;  // of the worst member
  uint64_t count = 0;
  std::vector<FindingMember> worst;  // at most kFindingMembers, the worst first
  // Nodes and pods concerned, ascending, each once: those of samples, or those of Kubernetes.
  std::vector<ObjectId> objects;
  std::vector<std::string> node_names, pod_uids;  // metadata.name, metadata.uid
};
inline constexpr size_t kFindingMembers = 5;

// Immutable.
struct Findings {
  std::optional<int64_t> tick_ms;  // absent: nothing stored
  std::vector<Finding> found;      // those with members: the most severe first, then as above

  const Finding* Find(FindingKind kind) const;
};

// Findings are for who sees everything: with another Visibility they would tell too much.
// `cluster` is null where Kubernetes is not asked: nothing is said that it alone knows.
Findings MakeFindings(const SummedStore& store, const Cluster* cluster, int64_t now_ms);

// The part of them that Kubernetes tells; `nodes` are those of the store. See kube_findings.cc.
std::vector<Finding> FindInKubernetes(const NodeInfos& nodes, const Cluster& cluster,
                                      int64_t now_ms);

// Thread-safe. Makes them anew when the tick has advanced, or an interval has passed without one:
// who asks at the same time waits for the one that makes them.
class FindingsCache {
 public:
  // All outlive it; `kubernetes` may be null: it is not asked.
  FindingsCache(const SummedStore& store, const ClusterSource* kubernetes)
      : store_(store), kubernetes_(kubernetes) {}
  std::shared_ptr<const Findings> Get(int64_t now_ms) EXCLUDES(mutex_);

 private:
  const SummedStore& store_;
  const ClusterSource* const kubernetes_;
  Mutex mutex_;
  std::shared_ptr<const Findings> newest_ GUARDED_BY(mutex_);
  int64_t made_ms_ GUARDED_BY(mutex_) = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_FINDINGS_H_
