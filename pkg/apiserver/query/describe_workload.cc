// Workloads: made of their pods when asked for.

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "apiserver/kubernetes/pod_groups.h"
#include "apiserver/query/query_impl.h"

namespace kubemonitor {
namespace {

// Of sums that are made together: a node's blocks are gone through once for all of them.
constexpr size_t kMaxSumBytes = size_t{128} << 20;

}  // namespace

std::optional<double> QueryImpl::GroupNow(const ItemRef& ref, Metric metric) {
  return SumNow(ref.kind == ItemKind::kNamespace ? Namespace(ref).now : Now(ref).sum, metric);
}

std::optional<double> SumNow(const SumRow& sum, Metric metric) {
  // Nothing is there: that is a count.
  if (metric == Metric::kPodCount) return static_cast<double>(sum[kPodsColumn]);
  if (metric == Metric::kNodeCount) return static_cast<double>(sum[kNodesColumn]);
  return SumOf(sum, metric).value();
}

void FillSum(const SumRow& sum, Item* item) {
  for (size_t number = 0; number < kMetricCount; ++number) {
    const auto metric = static_cast<Metric>(number);
    if (Applies(metric, item->kind)) item->usage[number] = SumNow(sum, metric);
  }
  item->pod_count = sum[kPodsColumn];
  item->node_count = sum[kNodesColumn];
}

void QueryImpl::AddShownPod(uint32_t pod, SumRow* sum, std::optional<int64_t>* sampled_at_ms) {
  const ShownPod& shown = Shown(pod);
  ++(*sum)[kPodsColumn];
  *sampled_at_ms = std::max(sampled_at_ms->value_or(shown.tick_ms), shown.tick_ms);
  for (size_t number = 0; number < kMetricCount; ++number) {
    const auto metric = static_cast<Metric>(number);
    if (SummedMetrics().Has(metric)) AddPodCell(metric, shown.cells[number], sum);
  }
}

// The sums at T are those of the pods as lists show them: a node that is late but not stale counts
// with its last values.
const QueryImpl::WorkloadNow& QueryImpl::Now(const ItemRef& ref) {
  auto [entry, is_new] = now_.try_emplace(ref.index);
  WorkloadNow& now = entry->second;
  if (!is_new) return now;
  std::set<size_t> nodes;
  for (const uint32_t index : Workload(ref).pods) {
    const PodEntry& pod = snapshot_.loaded_pods()[index];
    if (!pod.counted()) continue;
    nodes.insert(pod.node);
    AddShownPod(index, &now.sum, &now.sampled_at_ms);
  }
  now.sum[kNodesColumn] = nodes.size();
  return now;
}

void QueryImpl::PlanSums(std::vector<uint32_t> workloads) {
  sums_ = {};
  sums_.places.reserve(workloads.size());
  for (size_t place = 0; place < workloads.size(); ++place) {
    sums_.places.emplace(workloads[place], place);
  }
  sums_.planned = std::move(workloads);
}

void QueryImpl::FillSums(std::span<const uint32_t> workloads) {
  const Grid& grid = frame_.window->grid;
  // Pods by their node and workload.
  std::map<size_t, std::map<uint32_t, std::vector<uint32_t>>> by_node;
  for (const uint32_t workload : workloads) {
    sums_.held.try_emplace(workload, sums_.metrics, grid.count);
    for (const uint32_t index : workloads_.entries()[workload].pods) {
      const PodEntry& pod = snapshot_.loaded_pods()[index];
      if (pod.measured && pod.last_tick_ms >= grid.first_ms) {
        by_node[pod.node][workload].push_back(index);
      }
    }
  }
  for (const auto& [node, shares] : by_node) {
    std::vector<uint32_t> pods;
    for (const auto& share : shares) {
      pods.insert(pods.end(), share.second.begin(), share.second.end());
    }
    const uint32_t first = snapshot_.LoadNode(node).first;
    const std::vector<PodRows> rows =
        ReadSome(node, pods, MaskOf(sums_.metrics) | kPresenceMask, RangeOf(grid));
    for (const auto& [workload, indexes] : shares) {
      std::vector<PodReading> readings;
      for (const uint32_t index : indexes) {
        readings.push_back({&rows[index - first], snapshot_.loaded_pods()[index].host_network, {}});
      }
      sums_.held.at(workload).Add(readings, grid);
    }
  }
}

const GroupSums& QueryImpl::Sums(uint32_t workload, MetricSet metrics) {
  if (!sums_.metrics.HasAll(metrics)) {
    sums_.held.clear();
    sums_.metrics = metrics;
  }
  const auto held = sums_.held.find(workload);
  if (held != sums_.held.end()) return held->second;
  sums_.held.clear();
  std::span<const uint32_t> together(&workload, 1);
  if (const auto place = sums_.places.find(workload); place != sums_.places.end()) {
    const size_t each = GroupSums::MemoryBytes(metrics, frame_.window->grid.count);
    const size_t count = std::max<size_t>(1, kMaxSumBytes / each);
    together = std::span<const uint32_t>(sums_.planned).subspan(place->second);
    together = together.first(std::min(count, together.size()));
  }
  FillSums(together);
  return sums_.held.at(workload);
}

void QueryImpl::JoinWorkload(const WorkloadEntry& entry, Item* item) const {
  item->inferred = entry.inferred;
  item->owner = entry.owner;
  PodSum sum;
  for (const uint32_t index : entry.pods) {
    const PodEntry& pod = snapshot_.loaded_pods()[index];
    if (pod.terminated || !pod.kubernetes || !cluster_->Knows("Pod")) continue;
    if (pod.kubernetes->ended) continue;
    sum.Add(pod.kubernetes->requests, pod.kubernetes->limits);
  }
  const Cluster::PodTotals totals = sum.Totals();
  item->requests = AmountsOf(totals.requests);
  item->limits = AmountsOf(totals.limits_of_all);
  const KubeWorkload* known = entry.kubernetes;
  if (known == nullptr) return;
  item->labels = known->labels;
  item->created_at_ms = known->created_at_ms;
  item->workload_status =
      WorkloadStatus{known->desired, known->ready,     known->available, known->updated,
                     known->active,  known->succeeded, known->failed};
}

Item QueryImpl::DescribeWorkload(const ItemRef& ref) {
  const WorkloadEntry& group = Workload(ref);
  const WorkloadNow& now = Now(ref);
  Item item;
  item.kind = ItemKind::kWorkload;
  item.name = group.name.name;
  item.namespace_name = group.name.namespace_name;
  item.workload_kind = group.name.kind;
  item.terminated = group.life.terminated;
  item.stale = group.life.stale;
  item.sampled_at_ms = now.sampled_at_ms;
  FillAge(&item);
  FillSum(now.sum, &item);
  JoinWorkload(group, &item);
  item.oom_kills = WorkloadOomKills(group);
  if (frame_.window) {
    const GroupSums& sums = Sums(ref.index, Wanted(ref.kind));
    item.series = MakeSeries(ref.kind, [&](Metric metric) { return sums.ColumnOf(metric); });
  }
  return item;
}

}  // namespace kubemonitor
