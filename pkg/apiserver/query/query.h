#ifndef KUBEMONITOR_APISERVER_QUERY_QUERY_H_
#define KUBEMONITOR_APISERVER_QUERY_QUERY_H_

// Turns the store's raw rows into what the REST API answers: items with rates, windows, statistics
// and sums.
//
// With a snapshot of the cluster they are joined with what Kubernetes says: owners, limits, states;
// and what Kubernetes knows and nobody measured is there too, without usage. That is as of now,
// also where a tick of the past is shown.
//
// A Query is one caller's view at one tick. It is made per request, used by one thread at a time,
// and never changes what it answers: lists select light references, Describe makes the item of one
// of them, so that long lists are streamed without a copy of them.

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/kubernetes/cluster.h"
#include "apiserver/query/metric.h"
#include "apiserver/store/store.h"
#include "common/node_report.h"

namespace kubemonitor {

class SummedStore;

// Who asks. Today everything is visible; every selection passes through it. Pods and their sums
// belong to their namespace alone.
class Visibility {
 public:
  virtual ~Visibility() = default;
  virtual bool NodeVisible(std::string_view node) const = 0;
  virtual bool NamespaceVisible(std::string_view namespace_name) const = 0;
};
const Visibility& EverythingVisible();

struct QueryOptions {
  std::optional<int64_t> window_seconds;  // 1 to 3600: with it, items carry series and statistics
  std::optional<int64_t> step_seconds;    // a multiple of the interval; default: the interval
  std::optional<int64_t> end_seconds;     // Unix seconds; default: the newest complete tick
  std::optional<int64_t> pinned_tick_ms;  // of a continued list: the tick of its first page
  MetricSet metrics;                      // empty: the usage keys
  MetricSet series;                       // of series and statistics alone; empty: as metrics
  bool include_terminated = false;
};

struct WindowAxis {  // Unix seconds; ticks in (start, end]
  int64_t start = 0, end = 0, step = 0;
  std::vector<int64_t> timestamps;  // end of each step, oldest first
};

struct Statistics {
  std::optional<double> avg, min, max, p95, last;
};

struct MetricSeries {
  Metric metric = Metric::kCpuMillicores;
  std::vector<std::optional<double>> points;  // as long as the axis' timestamps
  Statistics statistics;                      // over the ticks of the window, not over the steps
};

enum class ItemKind : uint8_t { kNode, kPod, kContainer, kNamespace, kWorkload, kCluster };

struct Owner {
  std::string kind;  // "Deployment"
  std::string name;
  bool inferred = false;  // from labels and names, not read from Kubernetes
};

struct Amounts {
  std::optional<double> cpu_millicores, memory_bytes;
  bool empty() const { return !cpu_millicores && !memory_bytes; }
};
Amounts AmountsOf(const ResourceAmounts& amounts);

// Why something that Kubernetes knows has no usage.
enum class UsageMissing : uint8_t {
  kNotScheduled,
  kNotStarted,
  kNoCollector,
  kNodeNotReady,
  kUnsupportedOs,
  kNotReported,
};

// What Kubernetes says of a pod.
struct PodStatus {
  std::string phase, reason, priority_class;
  bool ready = false;
  bool terminating = false;
};
// Of a container.
struct ContainerStatus {
  KubeContainerState state = KubeContainerState::kUnknown;
  std::string reason;
  bool ready = false;
};
// Of a workload: replicas, or the pods of a Job.
struct WorkloadStatus {
  std::optional<int64_t> desired, ready, available, updated;
  std::optional<int64_t> active, succeeded, failed;
};

enum class CollectorState : uint8_t { kReporting, kStale, kMissing, kRefused };

struct DeviceRate {
  DeviceUsage total;
  std::optional<double> read_bytes_per_second, write_bytes_per_second;
};
struct InterfaceRate {
  InterfaceUsage total;
  std::optional<double> rx_bytes_per_second, tx_bytes_per_second;
};

struct BreakdownPart {
  std::optional<double> cpu_millicores, memory_bytes;
};
struct Breakdown {  // adds up to the node's usage; unattributed is the signed remainder
  BreakdownPart pods, system_services, kernel_and_other, unattributed;
};

struct NodeFacts {                             // of a node item
  std::shared_ptr<const NodeDetails> details;  // may be null
  NodeHealth health;
  std::string boot_id, collector_version;
  int64_t interval_ms = 0;
  std::optional<double> load1, load5, load15;
  std::optional<double> memory_available_bytes;
  std::map<std::string, double> cpu_modes_millicores;  // "user", "system", "iowait", …
  std::optional<Breakdown> breakdown;                  // single node only
  CollectorState collector = CollectorState::kReporting;
  std::shared_ptr<const KubeNode> kubernetes;  // null: Kubernetes is not asked, or has no such node
};

struct ClusterFacts {  // of the cluster's item
  uint64_t nodes_total = 0, nodes_reporting = 0, nodes_stale = 0;
  bool kubernetes = false;  // it is asked: the next two are known
  uint64_t nodes_without_collector = 0, nodes_not_ready = 0;
  std::optional<double> cpu_capacity_millicores, memory_capacity_bytes;  // of those that report
  Amounts allocatable;  // of the same; empty where Kubernetes does not tell of each of them
};

// What does not apply or was not measured is absent or empty.
struct Item {
  ItemKind kind = ItemKind::kPod;
  std::string name;
  std::string namespace_name, node, uid;
  std::optional<int64_t> sampled_at_ms;
  std::optional<double> age_seconds;
  bool stale = false;
  bool terminated = false;
  MetricValues usage{};                       // at the tick; all groups
  std::optional<UsageMissing> usage_missing;  // nobody measures it
  std::optional<uint64_t> oom_kills;          // in the window, or in the retention
  std::optional<uint64_t> oom_events;
  Amounts requests, limits;
  std::vector<MetricSeries> series;  // with a window
  KubeLabels labels;
  std::optional<int64_t> created_at_ms;
  std::optional<Owner> owner;  // of a pod: the one at the top; of a workload: what made it
  // Pods and containers.
  std::optional<PodStatus> pod_status;
  std::optional<ContainerStatus> container_status;
  bool host_network = false;
  QosClass qos_class = QosClass::kUnknown;
  std::optional<int64_t> started_at_ms;
  std::optional<uint32_t> restart_count;
  std::string container_id;
  ContainerType container_type = ContainerType::kUnknown;
  std::vector<Item> containers;   // of a single pod: one item per container name
  std::vector<DeviceRate> disks;  // of a single pod or node
  std::vector<InterfaceRate> interfaces;
  std::optional<NodeFacts> node_facts;
  std::optional<ClusterFacts> cluster_facts;
  // Aggregates.
  std::string workload_kind;  // "Deployment"
  bool inferred = false;
  std::optional<WorkloadStatus> workload_status;
  std::string namespace_phase;
  std::optional<uint64_t> pod_count, node_count;
};

// Opaque; valid for the Query that made it.
struct ItemRef {
  ItemKind kind = ItemKind::kPod;
  uint32_t index = 0;
};

struct WorkloadName {
  std::string kind, namespace_name, name;
};

struct PodFilter {
  std::optional<std::string> namespace_name, node;
  std::optional<WorkloadName> workload = std::nullopt;
};

struct WorkloadFilter {
  std::vector<std::string> kinds = {};  // empty: all
  std::optional<std::string> namespace_name = std::nullopt;
  std::optional<std::string> node = std::nullopt;  // with a pod there
  // Also those whose pods another workload stands for: Jobs of CronJobs (or of something else).
  bool with_parts = false;
};

// kChange: the mean of the window's newer half less that of its older half.
enum class SortStatistic : uint8_t { kNow, kAvg, kMax, kP95, kChange };

// What lists can be ordered by beside metrics.
enum class Fact : uint8_t { kOomKills, kRestartCount, kStartedAt };

class Query {
 public:
  // InvalidArgument with a message that names parameter and range. `now_ms` is the server's wall
  // clock. Without a cluster owners are inferred, and nothing is known but what was measured.
  static absl::StatusOr<std::unique_ptr<Query>> Create(
      const SummedStore& store, int64_t now_ms, const QueryOptions& options,
      const Visibility& visibility, std::shared_ptr<const Cluster> cluster = nullptr);
  virtual ~Query() = default;

  virtual int64_t tick_ms() const = 0;         // T
  virtual const WindowAxis* axis() const = 0;  // null without a window

  virtual std::vector<ItemRef> Nodes() = 0;
  virtual std::vector<ItemRef> Pods(const PodFilter& filter) = 0;
  virtual std::vector<ItemRef> Namespaces() = 0;
  virtual std::vector<ItemRef> Workloads(const WorkloadFilter& filter) = 0;

  virtual std::optional<ItemRef> FindNode(std::string_view name) = 0;
  // Several of one name: the one started last, unless `uid` selects. Ended ones are found too (an
  // answer about a pod is better than none).
  virtual std::optional<ItemRef> FindPod(std::string_view namespace_name, std::string_view name,
                                         std::optional<std::string_view> uid) = 0;
  virtual std::optional<ItemRef> FindNamespace(std::string_view name) = 0;
  virtual std::optional<ItemRef> FindWorkload(const WorkloadName& name) = 0;

  // All nodes together.
  virtual ItemRef WholeCluster() = 0;

  // As answers show it.
  virtual std::string Name(const ItemRef& ref) = 0;
  // Of a node or pod: what it is in the store. A pod that nobody knows is its first container.
  virtual std::optional<ObjectId> ObjectOf(const ItemRef& ref) = 0;
  // Of a pod: what Kubernetes calls it, metadata.uid; empty: Kubernetes does not know it.
  virtual std::string KubernetesUid(const ItemRef& pod) = 0;
  // The node that a pod is on; one that is not listed where the caller does not see it.
  virtual ItemRef NodeOf(const ItemRef& pod) = 0;
  // For selecting: of a pod, those it is shown with; of all else Kubernetes' alone.
  virtual KubeLabels LabelsOf(const ItemRef& ref) = 0;
  // For ordering a list: by (namespace, name, uid or kind), as far as they apply, NUL in between;
  // or by a metric.
  virtual std::string SortName(const ItemRef& ref) = 0;
  virtual std::optional<double> SortValue(const ItemRef& ref, Metric metric,
                                          SortStatistic statistic) = 0;
  virtual std::optional<double> SortFact(const ItemRef& ref, Fact fact) = 0;

  // Tells which items will be described: what else there is on their nodes is not read for the sake
  // of a few, and sums over the window are made together. Forgets those of the items before.
  virtual void Expect(const std::vector<ItemRef>& refs) = 0;
  // What it holds, estimated; grows while it is asked.
  virtual size_t MemoryBytes() const = 0;
  // `detailed`: a single object with containers, devices, breakdown, processes.
  virtual Item Describe(const ItemRef& ref, bool detailed) = 0;
};

// The tick whose values lists show: the newest that every node which is not stale has reported, or
// any older than interval/2 + 3 s. Nullopt: nothing stored.
std::optional<int64_t> NewestCompleteTick(const NodeInfos& nodes, int64_t interval_ms,
                                          int64_t now_ms);
// Three missed ticks (and the slack of a late report).
bool IsStale(const NodeInfo& node, int64_t interval_ms, int64_t now_ms);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_QUERY_H_
