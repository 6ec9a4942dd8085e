// The cluster as one thing: what its nodes measure of themselves, added up. The sums stand ready
// (SummedStore), like those of namespaces.

#include <algorithm>
#include <array>

#include "apiserver/query/query_impl.h"

namespace kubemonitor {
namespace {

constexpr std::array<size_t, 2> kOomColumns = {kOomKillsColumn, kOomMeasuredColumn};

void AddCapacity(const NodeDetails& details, ClusterFacts* facts) {
  const auto add = [](const std::optional<uint64_t>& part, std::optional<double>* sum) {
    if (part) *sum = sum->value_or(0) + static_cast<double>(*part);
  };
  add(details.cpu_capacity_millicores, &facts->cpu_capacity_millicores);
  add(details.memory_capacity_bytes, &facts->memory_capacity_bytes);
}

void Add(const Amounts& part, Amounts* sum) {
  const auto add = [](const std::optional<double>& one, std::optional<double>* all) {
    if (one) *all = all->value_or(0) + *one;
  };
  add(part.cpu_millicores, &sum->cpu_millicores);
  add(part.memory_bytes, &sum->memory_bytes);
}

}  // namespace

// The sums at T are those of the nodes as lists show them: one that is late but not stale counts
// with its last values.
SumRow QueryImpl::ClusterNow() {
  const SumTable& table = store_.cluster_sums();
  SumTable::AtTick at_tick = table.ReadTick(frame_.tick_ms);
  SumRow sum = at_tick.groups.empty() ? SumRow{} : at_tick.groups.front().row;
  for (const NodeEntry& node : snapshot_.nodes()) {
    if (!node.tick_ms) continue;
    const bool summed =
        std::binary_search(at_tick.sources.begin(), at_tick.sources.end(), node.info->node);
    if (summed == !node.stale) continue;  // the rule
    const SumRow own = NodeSums(node, summed ? frame_.tick_ms : *node.tick_ms);
    for (size_t column = 0; column < kSumColumns; ++column) {
      sum[column] =
          summed ? sum[column] - std::min(sum[column], own[column]) : sum[column] + own[column];
    }
  }
  return sum;
}

// What one node adds at a tick of its own, but for its pods and OOM kills.
SumRow QueryImpl::NodeSums(const NodeEntry& node, int64_t tick_ms) {
  const Grid grid{tick_ms, store_.options().interval_ms, 1};
  const ReadRange range = RangeOf(grid);
  SumRow sum{};
  const ObjectRows rows =
      store_.Read({node.info->node, 0}, SummedSeries(), range.first_ms, range.last_ms);
  for (size_t number = 0; number < kMetricCount; ++number) {
    const auto metric = static_cast<Metric>(number);
    if (SummedMetrics().Has(metric)) AddPodCell(metric, ColumnOf(rows, metric, grid)[0], &sum);
  }
  sum[kNodesColumn] = 1;
  return sum;
}

Column QueryImpl::ClusterColumn(Metric metric, const Grid& grid) const {
  const auto group = store_.cluster_sums().Find(kClusterGroup);
  std::vector<SumRow> rows(grid.count);
  if (group != nullptr) {
    store_.cluster_sums().Read(*group, SumColumnsOf(metric), grid.first_ms, rows);
  }
  return ColumnOfSums(rows, metric);
}

std::optional<uint64_t> QueryImpl::ClusterOomKills() const {
  const auto group = store_.cluster_sums().Find(kClusterGroup);
  if (group == nullptr) return std::nullopt;
  const Grid grid = frame_.window ? frame_.window->grid : RetentionGrid();
  std::vector<SumRow> rows(grid.count);
  store_.cluster_sums().Read(*group, kOomColumns, grid.first_ms, rows);
  std::optional<uint64_t> kills;
  for (const SumRow& row : rows) {
    if (row[kOomMeasuredColumn] > 0) kills = kills.value_or(0) + row[kOomKillsColumn];
  }
  return kills;
}

// Of the nodes that usage is the sum of, so that the one can be divided by the other: where one of
// them is not known to Kubernetes, nothing is.
void QueryImpl::JoinCluster(Item* item) const {
  if (cluster_ == nullptr) return;
  Amounts allocatable, requests, limits;
  bool cpu_known = true, memory_known = true;
  for (const NodeEntry& node : snapshot_.nodes()) {
    if (!node.visible || !node.reported || node.stale) continue;
    if (node.kubernetes == nullptr) return;
    const Amounts own = AmountsOf(node.kubernetes->allocatable);
    cpu_known = cpu_known && own.cpu_millicores.has_value();
    memory_known = memory_known && own.memory_bytes.has_value();
    Add(own, &allocatable);
    const Cluster::PodTotals totals = cluster_->NodeTotals(node.info->name);
    Add(AmountsOf(totals.requests), &requests);
    Add(AmountsOf(totals.limits), &limits);
  }
  if (!cpu_known) allocatable.cpu_millicores.reset();
  if (!memory_known) allocatable.memory_bytes.reset();
  item->cluster_facts->allocatable = allocatable;
  if (!cluster_->Knows("Pod")) return;
  item->requests = requests;
  item->limits = limits;
}

Item QueryImpl::DescribeCluster() {
  Item item;
  item.kind = ItemKind::kCluster;
  item.name = kClusterGroup;
  ClusterFacts& facts = item.cluster_facts.emplace();
  for (const NodeEntry& node : snapshot_.nodes()) {
    if (!node.visible) continue;  // among them the place of pods that are not scheduled
    ++facts.nodes_total;
    if (node.kubernetes != nullptr && !node.kubernetes->ready()) ++facts.nodes_not_ready;
    if (!node.reported) {
      ++facts.nodes_without_collector;
      continue;
    }
    ++(node.stale ? facts.nodes_stale : facts.nodes_reporting);
    if (!node.stale && node.info->details != nullptr) AddCapacity(*node.info->details, &facts);
  }
  facts.kubernetes = cluster_ != nullptr;
  item.stale = facts.nodes_stale > 0 && facts.nodes_reporting == 0;
  const SumRow now = ClusterNow();
  if (now[kNodesColumn] > 0) item.sampled_at_ms = frame_.tick_ms;
  FillAge(&item);
  for (size_t number = 0; number < kMetricCount; ++number) {
    const auto metric = static_cast<Metric>(number);
    const bool sums = Applies(metric, item.kind) && GroupOf(metric) != MetricGroup::kCount;
    if (sums) item.usage[number] = SumOf(now, metric).value();
  }
  item.pod_count = now[kPodsColumn];
  item.node_count = now[kNodesColumn];
  item.oom_kills = ClusterOomKills();
  JoinCluster(&item);
  if (frame_.window) {
    item.series = MakeSeries(
        item.kind, [&](Metric metric) { return ClusterColumn(metric, frame_.window->grid); });
  }
  return item;
}

}  // namespace kubemonitor
