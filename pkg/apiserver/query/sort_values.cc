// What lists are ordered by.

#include "apiserver/query/query_impl.h"

namespace kubemonitor {
namespace {

std::optional<double> Pick(const Statistics& statistics, SortStatistic statistic) {
  switch (statistic) {
    case SortStatistic::kAvg:
      return statistics.avg;
    case SortStatistic::kMax:
      return statistics.max;
    case SortStatistic::kP95:
      return statistics.p95;
    case SortStatistic::kNow:
    case SortStatistic::kChange:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> QueryImpl::SortValue(const ItemRef& ref, Metric metric,
                                           SortStatistic statistic) {
  if (!Applies(metric, ref.kind)) return std::nullopt;
  const auto key = std::make_pair(metric, statistic);
  const bool now = statistic == SortStatistic::kNow;
  if (!now && !frame_.window) return std::nullopt;
  if (statistic == SortStatistic::kChange) return Change(ref, metric);
  if (ref.kind == ItemKind::kPod) return PodSortValue(ref.index, key);
  if (now) return ValueNow(ref, metric);
  auto& known = sorted_[key];
  const auto [value, is_new] = known.try_emplace(std::make_pair(ref.kind, ref.index));
  if (is_new) value->second = Pick(StatisticsOf(WindowColumn(ref, metric)), statistic);
  return value->second;
}

std::optional<double> QueryImpl::ValueNow(const ItemRef& ref, Metric metric) {
  if (ref.kind != ItemKind::kNode) return GroupNow(ref, metric);
  const NodeEntry& node = Node(ref);
  if (!node.tick_ms) return std::nullopt;
  return NodeColumn(node, metric, {*node.tick_ms, store_.options().interval_ms, 1})[0].value();
}

Column QueryImpl::WindowColumn(const ItemRef& ref, Metric metric) {
  const Grid& grid = frame_.window->grid;
  switch (ref.kind) {
    case ItemKind::kNode:
      return NodeColumn(Node(ref), metric, grid);
    case ItemKind::kPod: {
      const PodRows rows = ReadPod(store_, Pod(ref), SeriesMask(metric), RangeOf(grid));
      return PodColumn(Pod(ref).host_network, rows, metric, grid);
    }
    case ItemKind::kNamespace:
      return NamespaceColumn(Namespace(ref), metric, grid);
    default: {
      MetricSet metrics;
      metrics.Add(metric);
      return Sums(ref.index, metrics).ColumnOf(metric);
    }
  }
}

std::optional<double> QueryImpl::PodSortValue(uint32_t pod, std::pair<Metric, SortStatistic> key) {
  SortedPods& sorted = pod_statistics_[key];
  if (sorted.known.size() <= pod) sorted.known.resize(snapshot_.loaded_pods().size());
  if (sorted.known[pod]) return *sorted.known[pod];
  if (!snapshot_.loaded_pods()[pod].measured) return std::nullopt;
  const size_t node = snapshot_.loaded_pods()[pod].node;
  if (sorted.nodes.size() <= node) sorted.nodes.resize(snapshot_.nodes().size());
  if (!sorted.nodes[node]) {
    sorted.nodes[node] = true;
    if (key.second == SortStatistic::kNow) {
      FillNow(node, key.first, &sorted);
    } else if (key.second == SortStatistic::kAvg) {
      FillMeans(node, key.first, &sorted);
    } else {
      FillStatistics(node, key, &sorted);
    }
  }
  std::optional<PodStatistic>& known = sorted.known[pod];
  if (!known && key.second == SortStatistic::kNow) {
    known = Shown(pod, /*with_its_node=*/false).cells[static_cast<size_t>(key.first)].value();
  } else if (!known) {
    known = Pick(StatisticsOf(WindowColumn({ItemKind::kPod, pod}, key.first)), key.second);
  }
  return *known;
}

// As ShowNode, but of one metric: that is less to read, and to hold of many pods.
void QueryImpl::FillNow(size_t node, Metric metric, SortedPods* sorted) {
  const Snapshot::PodRange range = snapshot_.LoadNode(node);
  const int64_t tick_ms = *snapshot_.nodes()[node].tick_ms;
  const Grid grid{tick_ms, store_.options().interval_ms, 1};
  const std::vector<PodRows> rows = ReadPods(node, SeriesMask(metric), RangeOf(grid));
  for (uint32_t index = 0; index < range.count; ++index) {
    const PodEntry& entry = snapshot_.loaded_pods()[range.first + index];
    const bool there = entry.shown_ms == tick_ms && NewestRow(rows[index], tick_ms) == tick_ms;
    if (!there) continue;
    sorted->known[range.first + index] =
        PodColumn(entry.host_network, rows[index], metric, grid)[0].value();
  }
}

void QueryImpl::FillMeans(size_t node, Metric metric, SortedPods* sorted) {
  if (!sorted->means) sorted->means.emplace(store_, metric, frame_.window->grid);
  PodMeans& means = *sorted->means;
  const Snapshot::PodRange range = snapshot_.LoadNode(node);
  means.BeginNode(snapshot_.nodes()[node].info->node);
  for (uint32_t index = 0; index < range.count; ++index) {
    means.AddPod(snapshot_.loaded_pods()[range.first + index]);
  }
  means.Read();
  for (uint32_t index = 0; index < range.count; ++index) {
    sorted->known[range.first + index] = means.Mean(index);
  }
}

void QueryImpl::FillStatistics(size_t node, std::pair<Metric, SortStatistic> key,
                               SortedPods* sorted) {
  const Grid& grid = frame_.window->grid;
  const Snapshot::PodRange range = snapshot_.LoadNode(node);
  const std::vector<PodRows> rows = ReadPods(node, SeriesMask(key.first), RangeOf(grid));
  for (uint32_t index = 0; index < range.count; ++index) {
    const PodEntry& entry = snapshot_.loaded_pods()[range.first + index];
    const Column column = PodColumn(entry.host_network, rows[index], key.first, grid);
    sorted->known[range.first + index] = Pick(StatisticsOf(column), key.second);
  }
}

}  // namespace kubemonitor
