#include <algorithm>
#include <set>

#include "apiserver/query/query_impl.h"

namespace kubemonitor {
namespace {

std::vector<Metric> SummedMetrics(MetricSet metrics) {
  std::vector<Metric> list;
  for (size_t number = 0; number < kMetricCount; ++number) {
    const auto metric = static_cast<Metric>(number);
    if (metrics.Has(metric) && GroupOf(metric) != MetricGroup::kCount) list.push_back(metric);
  }
  return list;
}

MetricSet AllOf(ItemKind kind) {
  MetricSet metrics;
  for (size_t number = 0; number < kMetricCount; ++number) {
    const auto metric = static_cast<Metric>(number);
    if (Applies(metric, kind)) metrics.Add(metric);
  }
  return metrics;
}

Column CountsOf(const std::vector<uint32_t>& counts) {
  Column column;
  for (const uint32_t count : counts) {
    // A tick without any pod is one that measured nothing here.
    column.push_back(count == 0 ? Cell{} : Cell{static_cast<double>(count), 1, true});
  }
  return column;
}

}  // namespace

// The sums at T are those of the pods as lists show them: a node that is late but not stale counts
// with its last values.
const QueryImpl::GroupNow& QueryImpl::Now(const ItemRef& ref) {
  auto [entry, is_new] = now_.try_emplace({ref.kind, ref.index});
  GroupNow& now = entry->second;
  if (!is_new) return now;
  const MetricSet all = AllOf(ref.kind);
  const std::vector<Metric> metrics = SummedMetrics(all);
  const uint64_t mask = MaskOf(all);
  std::array<Cell, kMetricCount> cells{};
  std::set<size_t> nodes;
  for (const uint32_t index : Group(ref).pods) {
    const PodEntry& pod = snapshot_.pods()[index];
    if (!pod.counted()) continue;
    ++now.pods;
    nodes.insert(pod.node);
    const auto [grid, rows] = ReadShown(pod, mask);
    now.sampled_at_ms = std::max(now.sampled_at_ms.value_or(grid.first_ms), grid.first_ms);
    for (const Metric metric : metrics) {
      AddEqualCell(metric, PodColumn(pod, rows, metric, grid)[0],
                   &cells[static_cast<size_t>(metric)]);
    }
  }
  now.nodes = nodes.size();
  for (const Metric metric : metrics) {
    now.usage[static_cast<size_t>(metric)] = cells[static_cast<size_t>(metric)].value();
  }
  now.usage[static_cast<size_t>(Metric::kPodCount)] = static_cast<double>(now.pods);
  now.usage[static_cast<size_t>(Metric::kNodeCount)] = static_cast<double>(now.nodes);
  return now;
}

void QueryImpl::AddPodToSums(const PodEntry& pod, const std::vector<Metric>& metrics,
                             const Grid& grid, GroupColumns* sums, std::vector<bool>* present) {
  MetricSet set;
  for (const Metric metric : metrics) set.Add(metric);
  const PodRows rows = ReadPod(store_, pod, MaskOf(set), RangeOf(grid));
  *present = Presence(rows, grid);
  for (const Metric metric : metrics) {
    const Column column = PodColumn(pod, rows, metric, grid);
    Column& sum = sums->at(metric);
    for (size_t tick = 0; tick < grid.count; ++tick) AddEqualCell(metric, column[tick], &sum[tick]);
  }
}

const QueryImpl::GroupColumns& QueryImpl::Sums(const ItemRef& ref, MetricSet metrics) {
  GroupColumns& sums = sums_[{ref.kind, ref.index}];
  std::vector<Metric> missing;
  for (const Metric metric : SummedMetrics(metrics)) {
    if (!sums.contains(metric)) missing.push_back(metric);
  }
  const bool counts_wanted = metrics.Has(Metric::kPodCount) || metrics.Has(Metric::kNodeCount);
  const bool counts_missing = counts_wanted && !sums.contains(Metric::kPodCount);
  if (missing.empty() && !counts_missing) return sums;

  const Grid& grid = frame_.window->grid;
  for (const Metric metric : missing) sums.emplace(metric, Column(grid.count));
  std::vector<uint32_t> pods(grid.count, 0);
  std::map<size_t, std::vector<bool>> nodes;
  for (const uint32_t index : Group(ref).pods) {
    const PodEntry& pod = snapshot_.pods()[index];
    if (pod.last_tick_ms < grid.first_ms) continue;
    std::vector<bool> present;
    AddPodToSums(pod, missing, grid, &sums, &present);
    std::vector<bool>& node = nodes.try_emplace(pod.node, grid.count, false).first->second;
    for (size_t tick = 0; tick < grid.count; ++tick) {
      if (!present[tick]) continue;
      ++pods[tick];
      node[tick] = true;
    }
  }
  std::vector<uint32_t> node_counts(grid.count, 0);
  for (const auto& [node, there] : nodes) {
    for (size_t tick = 0; tick < grid.count; ++tick) node_counts[tick] += there[tick] ? 1 : 0;
  }
  sums[Metric::kPodCount] = CountsOf(pods);
  sums[Metric::kNodeCount] = CountsOf(node_counts);
  return sums;
}

Item QueryImpl::DescribeGroup(const ItemRef& ref) {
  const GroupEntry& group = Group(ref);
  const GroupNow& now = Now(ref);
  Item item;
  item.kind = ref.kind;
  item.name = group.name;
  item.namespace_name = group.namespace_name;
  item.terminated = group.terminated;
  item.stale = group.stale;
  item.usage = now.usage;
  item.pod_count = now.pods;
  item.node_count = now.nodes;
  item.sampled_at_ms = now.sampled_at_ms;
  FillAge(&item);
  if (ref.kind == ItemKind::kWorkload) {
    const Owner& owner = *snapshot_.pods()[group.pods.front()].owner;
    item.workload_kind = owner.kind;
    item.inferred = owner.inferred;
  }
  for (const uint32_t index : group.pods) {
    if (const auto kills = PodOomKills(snapshot_.pods()[index])) {
      item.oom_kills = item.oom_kills.value_or(0) + *kills;
    }
  }
  if (frame_.window) {
    const GroupColumns& sums = Sums(ref, Wanted(ref.kind));
    item.series = MakeSeries(ref.kind, [&](Metric metric) { return sums.at(metric); });
  }
  return item;
}

}  // namespace kubemonitor
