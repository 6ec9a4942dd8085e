#include <algorithm>
#include <map>
#include <numeric>
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
  std::array<Cell, kMetricCount> cells{};
  std::set<size_t> nodes;
  for (const uint32_t index : Group(ref).pods) {
    const PodEntry& pod = snapshot_.loaded_pods()[index];
    if (!pod.counted()) continue;
    ++now.pods;
    nodes.insert(pod.node);
    const ShownPod& shown = Shown(index);
    now.sampled_at_ms = std::max(now.sampled_at_ms.value_or(shown.tick_ms), shown.tick_ms);
    for (const Metric metric : metrics) {
      const auto number = static_cast<size_t>(metric);
      AddEqualCell(metric, shown.cells[number], &cells[number]);
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

void QueryImpl::FillSums(ItemKind kind, const std::vector<uint32_t>& groups,
                         const std::vector<Metric>& metrics) {
  const Grid& grid = frame_.window->grid;
  struct Sum {
    GroupColumns* columns = nullptr;
    std::vector<uint32_t> pods, nodes;  // counts by tick
    std::vector<bool> node;             // present on the node that is looked at
  };
  std::vector<Sum> sums(groups.size());
  std::map<size_t, std::vector<std::pair<uint32_t, size_t>>> by_node;  // pod, position in sums
  MetricSet set;
  for (const Metric metric : metrics) set.Add(metric);
  for (size_t position = 0; position < groups.size(); ++position) {
    sums[position].columns = &sums_[{kind, groups[position]}];
    for (const Metric metric : metrics) sums[position].columns->emplace(metric, Column(grid.count));
    sums[position].pods.resize(grid.count);
    sums[position].nodes.resize(grid.count);
    for (const uint32_t index : Group({kind, groups[position]}).pods) {
      const PodEntry& pod = snapshot_.loaded_pods()[index];
      if (pod.last_tick_ms >= grid.first_ms) by_node[pod.node].emplace_back(index, position);
    }
  }
  for (const auto& [node, pods] : by_node) {
    const std::vector<PodRows> rows = ReadPods(node, MaskOf(set), RangeOf(grid));
    const uint32_t first = snapshot_.LoadNode(node).first;
    for (const auto& [index, position] : pods) sums[position].node.assign(grid.count, false);
    for (const auto& [index, position] : pods) {
      Sum& sum = sums[position];
      const PodRows& of_pod = rows[index - first];
      const std::vector<bool> present = Presence(of_pod, grid);
      for (size_t tick = 0; tick < grid.count; ++tick) {
        if (!present[tick]) continue;
        ++sum.pods[tick];
        if (!sum.node[tick]) ++sum.nodes[tick];
        sum.node[tick] = true;
      }
      for (const Metric metric : metrics) {
        const Column column = PodColumn(snapshot_.loaded_pods()[index], of_pod, metric, grid);
        Column& total = sum.columns->at(metric);
        for (size_t tick = 0; tick < grid.count; ++tick) {
          AddEqualCell(metric, column[tick], &total[tick]);
        }
      }
    }
  }
  for (Sum& sum : sums) {
    (*sum.columns)[Metric::kPodCount] = CountsOf(sum.pods);
    (*sum.columns)[Metric::kNodeCount] = CountsOf(sum.nodes);
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
  std::vector<uint32_t> groups = {ref.index};
  if (ref.kind == ItemKind::kNamespace && all_namespaces_) {
    groups.resize(snapshot_.namespaces().size());
    std::iota(groups.begin(), groups.end(), uint32_t{0});
  }
  FillSums(ref.kind, groups, missing);
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
    const Owner& owner = *snapshot_.loaded_pods()[group.pods.front()].owner;
    item.workload_kind = owner.kind;
    item.inferred = owner.inferred;
  }
  for (const uint32_t index : group.pods) {
    if (const auto kills = PodOomKills(snapshot_.loaded_pods()[index])) {
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
