// The values of pods, those of a node together.

#include <algorithm>

#include "apiserver/query/query_impl.h"

namespace kubemonitor {
namespace {

constexpr uint64_t kAllSeries = ~uint64_t{0};

}  // namespace

// A node's pods are read together: its blocks are gone through once.
std::vector<PodRows> QueryImpl::ReadPods(size_t node, uint64_t mask, const ReadRange& range) {
  const Snapshot::PodRange pods = snapshot_.LoadNode(node);
  std::vector<PodRows> all(pods.count);
  std::vector<IndexedRows> objects =
      ReadNode(store_, snapshot_.nodes()[node].info->node, mask, range);
  const auto take = [&objects](const ObjectInfo& object) {
    const auto found = std::lower_bound(
        objects.begin(), objects.end(), object.id.index,
        [](const IndexedRows& rows, uint32_t index) { return rows.index < index; });
    const bool there = found != objects.end() && found->index == object.id.index;
    return there ? std::move(found->rows) : ObjectRows();
  };
  for (uint32_t index = 0; index < pods.count; ++index) {
    const PodEntry& pod = snapshot_.loaded_pods()[pods.first + index];
    if (pod.own) all[index].own = take(*pod.own);
    for (const ContainerEntry& container : pod.containers) {
      all[index].containers.push_back(take(container.info));
    }
  }
  return all;
}

std::vector<PodRows> QueryImpl::ReadSome(size_t node, std::span<const uint32_t> pods, uint64_t mask,
                                         const ReadRange& range) {
  if (pods.size() > kFewPods) return ReadPods(node, mask, range);
  const Snapshot::PodRange all = snapshot_.LoadNode(node);
  std::vector<PodRows> rows(all.count);
  for (const uint32_t pod : pods) {
    rows[pod - all.first] = ReadPod(store_, snapshot_.loaded_pods()[pod], mask, range);
  }
  return rows;
}

const QueryImpl::ShownPod& QueryImpl::Shown(uint32_t pod, bool with_its_node) {
  ShownPod& shown = shown_[pod];
  const PodEntry& entry = snapshot_.loaded_pods()[pod];
  if (!entry.measured) return shown;  // nothing
  if (!shown.known && with_its_node) ShowNode(entry.node);
  if (!shown.known) {  // ended, or without a value at the node's tick
    const auto [grid, rows] = ReadShown(entry, kAllSeries);
    FillShown(entry, rows, grid, &shown);
  }
  return shown;
}

void QueryImpl::ShowNode(size_t node) {
  if (shown_nodes_.empty()) shown_nodes_.resize(snapshot_.nodes().size());
  if (shown_nodes_[node]) return;
  shown_nodes_[node] = true;
  const Snapshot::PodRange range = snapshot_.LoadNode(node);
  const int64_t tick_ms = *snapshot_.nodes()[node].tick_ms;
  const Grid grid{tick_ms, store_.options().interval_ms, 1};
  const std::vector<PodRows> rows = ReadPods(node, kAllSeries, RangeOf(grid));
  for (uint32_t index = 0; index < range.count; ++index) {
    const PodEntry& entry = snapshot_.loaded_pods()[range.first + index];
    const bool there = entry.shown_ms == tick_ms && NewestRow(rows[index], tick_ms) == tick_ms;
    if (there) FillShown(entry, rows[index], grid, &shown_[range.first + index]);
  }
}

void QueryImpl::FillShown(const PodEntry& pod, const PodRows& rows, const Grid& grid,
                          ShownPod* shown) {
  shown->known = true;
  shown->tick_ms = grid.first_ms;
  uint64_t series = rows.own.series_mask();
  for (const ObjectRows& container : rows.containers) series |= container.series_mask();
  for (size_t number = 0; number < kMetricCount; ++number) {
    const auto metric = static_cast<Metric>(number);
    if ((SeriesMask(metric) & series) == 0 || !Applies(metric, ItemKind::kPod)) continue;
    shown->cells[number] = PodColumn(pod.host_network, rows, metric, grid)[0];
  }
}

}  // namespace kubemonitor
