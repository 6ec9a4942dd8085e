#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "apiserver/query/query_impl.h"

namespace kubemonitor {
namespace {

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

// Ticks may have come in between: never below 0.
void TakeAway(const SumRow& part, SumRow* sum) {
  for (size_t column = 0; column < kSumColumns; ++column) {
    (*sum)[column] -= std::min((*sum)[column], part[column]);
  }
}

constexpr std::array<size_t, 1> kPods = {kPodsColumn};
constexpr std::array<size_t, 2> kOomColumns = {kOomKillsColumn, kOomMeasuredColumn};

}  // namespace

std::optional<double> QueryImpl::GroupNow(const ItemRef& ref, Metric metric) {
  return SumNow(ref.kind == ItemKind::kNamespace ? Namespace(ref).now : Now(ref).sum, metric);
}

// ---- Namespaces: their sums stand ready.

void QueryImpl::LoadNamespaces() {
  if (namespaces_loaded_) return;
  namespaces_loaded_ = true;
  const std::vector<NodeEntry>& nodes = snapshot_.nodes();
  const bool any_fresh =
      std::any_of(nodes.begin(), nodes.end(), [](const NodeEntry& node) { return !node.stale; });
  SumTable::AtTick at_tick = store_.namespace_sums().ReadTick(frame_.tick_ms);
  for (SumTable::AtTick::Group& group : at_tick.groups) {
    if (!visibility_.NamespaceVisible(group.group->name())) continue;
    NamespaceEntry entry;
    entry.name = group.group->name();
    entry.sums = std::move(group.group);
    if (any_fresh) entry.now = group.row;
    if (entry.now[kPodsColumn] > 0) entry.sampled_at_ms = frame_.tick_ms;
    namespaces_.push_back(std::move(entry));
  }
  for (size_t node = 0; node < nodes.size(); ++node) {
    if (!nodes[node].tick_ms) continue;
    // Since the nodes were listed, one may have told the tick: the sums have the last word.
    const bool summed =
        std::binary_search(at_tick.sources.begin(), at_tick.sources.end(), nodes[node].info->node);
    const bool may_miss_ticks = nodes[node].alive_since_ms < *nodes[node].tick_ms;
    if (summed && !nodes[node].stale && !may_miss_ticks) continue;  // the rule
    if (summed && any_fresh) TakeAwayTick(node);
    AddShownPods(node);
  }
  for (NamespaceEntry& entry : namespaces_) {
    if (entry.now[kPodsColumn] > 0) entry.life = {false, false};
  }
}

QueryImpl::NamespaceEntry* QueryImpl::NamespaceOf(const PodEntry& pod) {
  const auto found = std::lower_bound(
      namespaces_.begin(), namespaces_.end(), pod.namespace_name,
      [](const NamespaceEntry& entry, const std::string& name) { return entry.name < name; });
  return found == namespaces_.end() || found->name != pod.namespace_name ? nullptr : &*found;
}

void QueryImpl::TakeAwayTick(size_t node) {
  const Grid grid{frame_.tick_ms, store_.options().interval_ms, 1};
  const Snapshot::PodRange range = snapshot_.LoadNode(node);
  const std::vector<PodRows> rows = ReadPods(node, SummedSeries(), RangeOf(grid));
  std::map<NamespaceEntry*, std::vector<PodReading>> pods;
  for (uint32_t index = 0; index < range.count; ++index) {
    const PodEntry& pod = snapshot_.loaded_pods()[range.first + index];
    NamespaceEntry* entry = NamespaceOf(pod);
    if (entry != nullptr) pods[entry].push_back({&rows[index], pod.host_network, {}});
  }
  for (const auto& [entry, readings] : pods) {
    std::vector<SumRow> share(1);
    AddPods(readings, grid, SummedMetrics(), &share);
    TakeAway(share[0], &entry->now);
  }
}

void QueryImpl::AddShownPods(size_t node) {
  const Snapshot::PodRange range = snapshot_.LoadNode(node);
  std::set<NamespaceEntry*> present;
  for (uint32_t index = range.first; index < range.first + range.count; ++index) {
    const PodEntry& pod = snapshot_.loaded_pods()[index];
    NamespaceEntry* entry = NamespaceOf(pod);
    if (entry == nullptr) continue;
    entry->life.Add(pod);
    if (!pod.counted()) continue;
    AddShownPod(index, &entry->now, &entry->sampled_at_ms);
    present.insert(entry);
  }
  for (NamespaceEntry* entry : present) ++entry->now[kNodesColumn];
}

bool QueryImpl::Existed(const NamespaceEntry& entry) const {
  const Grid grid = RetentionGrid();
  std::vector<SumRow> rows(grid.count);
  store_.namespace_sums().Read(*entry.sums, kPods, grid.first_ms, rows);
  return std::any_of(rows.begin(), rows.end(),
                     [](const SumRow& row) { return row[kPodsColumn] > 0; });
}

Grid QueryImpl::RetentionGrid() const {
  const int64_t interval_ms = store_.options().interval_ms;
  const int64_t ticks = std::max<int64_t>(1, store_.options().retention_ms / interval_ms);
  return {frame_.tick_ms - (ticks - 1) * interval_ms, interval_ms, static_cast<size_t>(ticks)};
}

Column QueryImpl::NamespaceColumn(const NamespaceEntry& entry, Metric metric,
                                  const Grid& grid) const {
  std::vector<SumRow> rows(grid.count);
  store_.namespace_sums().Read(*entry.sums, SumColumnsOf(metric), grid.first_ms, rows);
  return ColumnOfSums(rows, metric);
}

std::optional<uint64_t> QueryImpl::NamespaceOomKills(const NamespaceEntry& entry) const {
  const Grid grid = frame_.window ? frame_.window->grid : RetentionGrid();
  std::vector<SumRow> rows(grid.count);
  store_.namespace_sums().Read(*entry.sums, kOomColumns, grid.first_ms, rows);
  std::optional<uint64_t> kills;
  for (const SumRow& row : rows) {
    if (row[kOomMeasuredColumn] > 0) kills = kills.value_or(0) + row[kOomKillsColumn];
  }
  return kills;
}

Item QueryImpl::DescribeNamespace(const ItemRef& ref) {
  const NamespaceEntry& entry = Namespace(ref);
  Item item;
  item.kind = ItemKind::kNamespace;
  item.name = entry.name;
  item.terminated = entry.life.terminated;
  item.stale = entry.life.stale;
  item.sampled_at_ms = entry.sampled_at_ms;
  FillAge(&item);
  FillSum(entry.now, &item);
  item.oom_kills = NamespaceOomKills(entry);
  if (frame_.window) {
    item.series = MakeSeries(item.kind, [&](Metric metric) {
      return NamespaceColumn(entry, metric, frame_.window->grid);
    });
  }
  return item;
}

// ---- Workloads: made of their pods when asked for.

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

void QueryImpl::FillSums(const std::vector<uint32_t>& workloads, MetricSet metrics) {
  const Grid& grid = frame_.window->grid;
  std::map<size_t, std::map<uint32_t, std::vector<uint32_t>>> by_node;  // pods of workloads
  for (const uint32_t workload : workloads) {
    for (const uint32_t index : snapshot_.workloads()[workload].pods) {
      const PodEntry& pod = snapshot_.loaded_pods()[index];
      if (pod.last_tick_ms >= grid.first_ms) by_node[pod.node][workload].push_back(index);
    }
  }
  std::map<uint32_t, std::vector<SumRow>> sums;
  for (const uint32_t workload : workloads) sums[workload].resize(grid.count);
  for (const auto& [node, shares] : by_node) {
    const std::vector<PodRows> rows = ReadPods(node, MaskOf(metrics), RangeOf(grid));
    const uint32_t first = snapshot_.LoadNode(node).first;
    for (const auto& [workload, pods] : shares) {
      std::vector<PodReading> readings;
      for (const uint32_t index : pods) {
        readings.push_back({&rows[index - first], snapshot_.loaded_pods()[index].host_network, {}});
      }
      AddPods(readings, grid, metrics, &sums[workload]);
    }
  }
  for (const auto& [workload, rows] : sums) {
    for (size_t number = 0; number < kMetricCount; ++number) {
      const auto metric = static_cast<Metric>(number);
      if (metrics.Has(metric)) sums_[workload][metric] = ColumnOfSums(rows, metric);
    }
  }
}

const QueryImpl::GroupColumns& QueryImpl::Sums(const ItemRef& ref, MetricSet metrics) {
  GroupColumns& sums = sums_[ref.index];
  MetricSet missing;
  for (size_t number = 0; number < kMetricCount; ++number) {
    const auto metric = static_cast<Metric>(number);
    if (metrics.Has(metric) && !sums.contains(metric)) missing.Add(metric);
  }
  if (missing.empty()) return sums;
  const bool listed = std::find(listed_workloads_.begin(), listed_workloads_.end(), ref.index) !=
                      listed_workloads_.end();
  FillSums(listed ? listed_workloads_ : std::vector{ref.index}, missing);
  return sums;
}

std::optional<uint64_t> QueryImpl::WorkloadOomKills(const GroupEntry& group) {
  std::optional<uint64_t> sum;
  for (const uint32_t index : group.pods) {
    const auto kills = PodOomKills(snapshot_.loaded_pods()[index]);
    if (kills) sum = sum.value_or(0) + *kills;
  }
  return sum;
}

Item QueryImpl::DescribeWorkload(const ItemRef& ref) {
  const GroupEntry& group = Workload(ref);
  const WorkloadNow& now = Now(ref);
  Item item;
  item.kind = ItemKind::kWorkload;
  item.name = group.name;
  item.namespace_name = group.namespace_name;
  item.terminated = group.life.terminated;
  item.stale = group.life.stale;
  item.sampled_at_ms = now.sampled_at_ms;
  FillAge(&item);
  FillSum(now.sum, &item);
  const Owner& owner = *snapshot_.loaded_pods()[group.pods.front()].owner;
  item.workload_kind = owner.kind;
  item.inferred = owner.inferred;
  item.oom_kills = WorkloadOomKills(group);
  if (frame_.window) {
    const GroupColumns& sums = Sums(ref, Wanted(ref.kind));
    item.series = MakeSeries(ref.kind, [&](Metric metric) { return sums.at(metric); });
  }
  return item;
}

}  // namespace kubemonitor
