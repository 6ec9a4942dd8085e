#ifndef KUBEMONITOR_APISERVER_QUERY_QUERY_IMPL_H_
#define KUBEMONITOR_APISERVER_QUERY_QUERY_IMPL_H_

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "apiserver/query/column.h"
#include "apiserver/query/pod_means.h"
#include "apiserver/query/pod_sums.h"
#include "apiserver/query/query.h"
#include "apiserver/query/readings.h"
#include "apiserver/query/snapshot.h"
#include "apiserver/query/summed_store.h"
#include "apiserver/query/window.h"
#include "apiserver/query/workload_index.h"

namespace kubemonitor {

// Whether things of this kind carry the metric at all.
bool Applies(Metric metric, ItemKind kind);

// As kubectl counts them: restarts of what is meant to run on.
std::optional<uint32_t> RestartCount(const PodEntry& pod);

// What a row of sums says at one tick.
std::optional<double> SumNow(const SumRow& sum, Metric metric);
void FillSum(const SumRow& sum, Item* item);

// So many pods of a node are read one by one sooner than all of them together.
inline constexpr uint32_t kFewPods = 3;

// query.cc selects, sort_values.cc orders, pod_values.cc reads; describe_*.cc make items.
class QueryImpl final : public Query {
 public:
  QueryImpl(const SummedStore& store, int64_t now_ms, QueryOptions options, TimeFrame frame,
            const Visibility& visibility, const NodeInfos& nodes,
            std::shared_ptr<const Cluster> cluster);

  int64_t tick_ms() const override { return frame_.tick_ms; }
  const WindowAxis* axis() const override { return frame_.window ? &frame_.window->axis : nullptr; }

  std::vector<ItemRef> Nodes() override;
  std::vector<ItemRef> Pods(const PodFilter& filter) override;
  std::vector<ItemRef> Namespaces() override;
  std::vector<ItemRef> Workloads(const WorkloadFilter& filter) override;

  std::optional<ItemRef> FindNode(std::string_view name) override;
  std::optional<ItemRef> FindPod(std::string_view namespace_name, std::string_view name,
                                 std::optional<std::string_view> uid) override;
  std::optional<ItemRef> FindNamespace(std::string_view name) override;
  std::optional<ItemRef> FindWorkload(const WorkloadName& name) override;

  ItemRef WholeCluster() override { return {ItemKind::kCluster, 0}; }

  std::string Name(const ItemRef& ref) override;
  std::optional<ObjectId> ObjectOf(const ItemRef& ref) override;
  std::string KubernetesUid(const ItemRef& pod) override {
    const std::optional<JoinedPod>& known = Pod(pod).kubernetes;
    return known ? known->uid : std::string();
  }
  ItemRef NodeOf(const ItemRef& pod) override;
  KubeLabels LabelsOf(const ItemRef& ref) override;
  std::string SortName(const ItemRef& ref) override;
  std::optional<double> SortValue(const ItemRef& ref, Metric metric,
                                  SortStatistic statistic) override;
  std::optional<double> SortFact(const ItemRef& ref, Fact fact) override;

  void Expect(const std::vector<ItemRef>& refs) override;
  size_t MemoryBytes() const override;
  Item Describe(const ItemRef& ref, bool detailed) override;

 private:
  // A namespace with what its pods amount to at T.
  struct NamespaceEntry {
    std::string name;
    std::shared_ptr<const SumGroup> sums;       // null: nothing measured
    const KubeNamespace* kubernetes = nullptr;  // null: Kubernetes is not asked, or has none
    GroupLife life;
    SumRow now{};
    std::optional<int64_t> sampled_at_ms;
  };
  // The same of a workload, made when first asked for.
  struct WorkloadNow {
    SumRow sum{};
    std::optional<int64_t> sampled_at_ms;
  };
  // Sums over the window of as many workloads as fit, of those that will be asked for one after the
  // other.
  struct PlannedSums {
    std::vector<uint32_t> planned;
    std::unordered_map<uint32_t, size_t> places;  // in planned
    MetricSet metrics;
    std::unordered_map<uint32_t, GroupSums> held;
  };
  using ItemKey = std::pair<ItemKind, uint32_t>;
  // All containers of one name in a pod, the newest first.
  struct ContainerGroup {
    std::string name;
    std::vector<size_t> members;  // in PodEntry::containers
  };

  // A pod's values at the tick they are shown of.
  struct ShownPod {
    bool known = false;
    int64_t tick_ms = 0;
    std::array<Cell, kMetricCount> cells{};
  };
  using PodStatistic = std::optional<double>;
  struct SortedPods {                                // by one statistic
    std::vector<std::optional<PodStatistic>> known;  // by pod
    std::vector<bool> nodes;                         // whose pods were looked at together
    std::optional<PodMeans> means;
  };
  struct PodChanges {                                // of one metric
    std::vector<std::optional<PodStatistic>> known;  // by pod
    std::vector<bool> nodes;                         // whose pods were looked at together
    std::optional<PodMeans> older, newer;
  };

  const PodEntry& Pod(const ItemRef& ref) { return snapshot_.loaded_pods()[ref.index]; }
  const NodeEntry& Node(const ItemRef& ref) { return snapshot_.nodes()[ref.index]; }
  const NamespaceEntry& Namespace(const ItemRef& ref) { return namespaces_[ref.index]; }
  const WorkloadEntry& Workload(const ItemRef& ref) { return workloads_.entries()[ref.index]; }

  // In nodes(): those that may have such pods, and are visible where they are named.
  std::vector<size_t> NodesOf(const std::optional<std::string>& namespace_name,
                              const std::optional<std::string>& node);
  // The metrics whose series the caller wants of this kind.
  MetricSet Wanted(ItemKind kind) const;
  uint64_t MaskOf(MetricSet metrics) const;
  // One entry a wanted metric; all null where it was never measured.
  std::vector<MetricSeries> MakeSeries(ItemKind kind,
                                       const std::function<Column(Metric)>& column) const;
  // Where the window begins, or else the retention.
  int64_t EventsStartMs() const;
  void FillAge(Item* item) const;

  // describe_node.cc
  Item DescribeNode(const ItemRef& ref, bool detailed);
  Item DescribeReported(const NodeEntry& node, bool detailed);
  void JoinNode(const NodeEntry& node, Item* item) const;
  Column NodeColumn(const NodeEntry& node, Metric metric, const Grid& grid);
  std::optional<uint64_t> NodeOomKills(const NodeEntry& node) const;

  // describe_cluster.cc
  Item DescribeCluster();
  void JoinCluster(Item* item) const;
  SumRow ClusterNow();
  SumRow NodeSums(const NodeEntry& node, int64_t tick_ms);
  Column ClusterColumn(Metric metric, const Grid& grid) const;
  std::optional<uint64_t> ClusterOomKills() const;

  // changes.cc
  std::optional<double> Change(const ItemRef& ref, Metric metric);
  std::optional<double> PodChange(uint32_t pod, Metric metric);
  void FillChanges(size_t node, Metric metric, PodChanges* changes);
  std::optional<uint64_t> OomKillsOf(const ItemRef& ref);
  // Kubernetes' count, or else that of the containers that are known: which of them are init
  // containers most runtimes do not tell.
  std::optional<uint32_t> RestartsOf(const PodEntry& pod) const;

  // describe_pod.cc
  Item DescribePod(const ItemRef& ref, bool detailed);
  // The tick the pod's values are shown of, with the rows around it.
  std::pair<Grid, PodRows> ReadShown(const PodEntry& pod, uint64_t mask);
  std::optional<uint64_t> PodOomKills(const PodEntry& pod);
  std::optional<uint64_t> OomKills(const PodEntry& pod, const ObjectInfo& object);
  std::vector<ContainerGroup> ContainerGroups(const PodEntry& pod) const;
  void DescribeContainers(const PodEntry& pod, Item* item);
  Item DescribeContainer(const PodEntry& pod, const ContainerGroup& group, const PodRows& rows,
                         const PodRows& window_rows);

  void FillIdentity(const PodEntry& pod, Item* item) const;

  // describe_joined.cc
  std::optional<KubePod> KubernetesPod(const PodEntry& pod, bool detailed) const;
  KubeLabels PodLabels(const PodEntry& pod) const;
  void JoinPod(KubePod pod, Item* item) const;
  void JoinContainers(const KubePod& pod, Item* item) const;
  Item NotMeasured(ItemKind kind) const;
  Item DescribeNotMeasured(const PodEntry& pod, bool detailed) const;

  // describe_namespace.cc
  void LoadNamespaces();
  // With those of Kubernetes.
  void JoinNamespaces();
  // Null: there is none that the caller sees.
  NamespaceEntry* NamespaceNamed(std::string_view name);
  // What the sums at T say of the pods of a node whose shown values are not those of T.
  void TakeAwayTick(size_t node);
  // Its pods as they are shown: with values of an earlier tick as long as the node is not stale.
  void AddShownPods(size_t node);
  // The ticks of the retention up to T.
  Grid RetentionGrid() const;
  // It has had a pod in the retention.
  bool Existed(const NamespaceEntry& entry) const;
  Item DescribeNamespace(const ItemRef& ref);
  Column NamespaceColumn(const NamespaceEntry& entry, Metric metric, const Grid& grid) const;
  std::optional<uint64_t> NamespaceOomKills(const NamespaceEntry& entry) const;

  void JoinNamespace(const NamespaceEntry& entry, Item* item) const;

  // describe_workload.cc
  std::optional<double> GroupNow(const ItemRef& ref, Metric metric);
  void AddShownPod(uint32_t pod, SumRow* sum, std::optional<int64_t>* sampled_at_ms);
  Item DescribeWorkload(const ItemRef& ref);
  std::optional<uint64_t> WorkloadOomKills(const WorkloadEntry& entry);
  void JoinWorkload(const WorkloadEntry& entry, Item* item) const;
  const WorkloadNow& Now(const ItemRef& ref);
  // These workloads will be asked for in this order.
  void PlanSums(std::vector<uint32_t> workloads);
  // Those of these metrics at least, over the window; valid until others are asked for.
  const GroupSums& Sums(uint32_t workload, MetricSet metrics);
  // Makes those of planned metrics, each node's blocks gone through once.
  void FillSums(std::span<const uint32_t> workloads);

  // The rows of all pods of a node, in the order of its pods; `mask` as in ReadPod.
  std::vector<PodRows> ReadPods(size_t node, uint64_t mask, const ReadRange& range);
  // The same for some of them, by their positions in the snapshot; of others perhaps as well.
  std::vector<PodRows> ReadSome(size_t node, std::span<const uint32_t> pods, uint64_t mask,
                                const ReadRange& range);
  // By the position of the pod in the snapshot, alone or together with those of its node.
  const ShownPod& Shown(uint32_t pod, bool with_its_node = true);
  // Those of the node's pods that have a value at its tick.
  void ShowNode(size_t node);
  void FillShown(const PodEntry& pod, const PodRows& rows, const Grid& grid, ShownPod* shown);
  std::optional<double> PodSortValue(uint32_t pod, std::pair<Metric, SortStatistic> key);
  // Those of a node's pods, each node once; some may be left open.
  void FillNow(size_t node, Metric metric, SortedPods* sorted);
  void FillMeans(size_t node, Metric metric, SortedPods* sorted);
  void FillStatistics(size_t node, std::pair<Metric, SortStatistic> key, SortedPods* sorted);
  // Of all but pods.
  std::optional<double> ValueNow(const ItemRef& ref, Metric metric);
  Column WindowColumn(const ItemRef& ref, Metric metric);

  const SummedStore& store_;
  const int64_t now_ms_;
  const QueryOptions options_;
  const TimeFrame frame_;
  const Visibility& visibility_;
  const std::shared_ptr<const Cluster> cluster_;  // null: Kubernetes is not asked
  Snapshot snapshot_;
  WorkloadIndex workloads_;
  bool namespaces_loaded_ = false;
  std::deque<NamespaceEntry> namespaces_;  // by name
  std::map<uint32_t, WorkloadNow> now_;    // of workloads
  PlannedSums sums_;
  std::map<std::pair<Metric, SortStatistic>, std::map<ItemKey, std::optional<double>>> sorted_;
  std::unordered_map<uint32_t, ShownPod> shown_;  // by pod
  std::vector<bool> shown_nodes_;
  std::vector<uint32_t> expected_;  // pods by node; empty: not told
  std::map<std::pair<Metric, SortStatistic>, SortedPods> pod_statistics_;
  std::map<Metric, PodChanges> pod_changes_;
  std::map<Metric, std::map<ItemKey, std::optional<double>>> changes_;
};

// Rates of devices between two readings of the details; absent where they cannot be told.
std::vector<DeviceRate> DeviceRates(const std::vector<DeviceUsage>& now,
                                    const std::vector<DeviceUsage>* before, uint64_t now_boot_usec,
                                    uint64_t before_boot_usec);
std::vector<InterfaceRate> InterfaceRates(const std::vector<InterfaceUsage>& now,
                                          const std::vector<InterfaceUsage>* before,
                                          uint64_t now_boot_usec, uint64_t before_boot_usec);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_QUERY_IMPL_H_
