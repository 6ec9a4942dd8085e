// Sorting by how much a metric changed over the window, and by what is no metric.

#include <algorithm>
#include <span>

#include "apiserver/query/query_impl.h"

namespace kubemonitor {
namespace {

// The window's older and newer half; the tick in the middle is the newer's.
Grid OlderHalf(const Grid& grid) { return {grid.first_ms, grid.interval_ms, grid.count / 2}; }
Grid NewerHalf(const Grid& grid) {
  const size_t older = grid.count / 2;
  return {grid.first_ms + static_cast<int64_t>(older) * grid.interval_ms, grid.interval_ms,
          grid.count - older};
}

std::optional<double> Difference(const std::optional<double>& newer,
                                 const std::optional<double>& older) {
  if (!newer || !older) return std::nullopt;
  return *newer - *older;
}

std::optional<double> ChangeOf(const Column& column) {
  const auto middle = column.begin() + static_cast<std::ptrdiff_t>(column.size() / 2);
  return Difference(StatisticsOf(Column(middle, column.end())).avg,
                    StatisticsOf(Column(column.begin(), middle)).avg);
}

}  // namespace

std::optional<double> QueryImpl::Change(const ItemRef& ref, Metric metric) {
  if (frame_.window->grid.count < 2) return std::nullopt;
  if (ref.kind == ItemKind::kPod) return PodChange(ref.index, metric);
  auto& known = changes_[metric];
  const auto [value, is_new] = known.try_emplace(std::make_pair(ref.kind, ref.index));
  if (is_new) value->second = ChangeOf(WindowColumn(ref, metric));
  return value->second;
}

std::optional<double> QueryImpl::PodChange(uint32_t pod, Metric metric) {
  PodChanges& changes = pod_changes_[metric];
  if (changes.known.size() <= pod) changes.known.resize(snapshot_.loaded_pods().size());
  if (changes.known[pod]) return *changes.known[pod];
  if (!snapshot_.loaded_pods()[pod].measured) return std::nullopt;
  const size_t node = snapshot_.loaded_pods()[pod].node;
  if (changes.nodes.size() <= node) changes.nodes.resize(snapshot_.nodes().size());
  if (!changes.nodes[node]) {
    changes.nodes[node] = true;
    FillChanges(node, metric, &changes);
  }
  std::optional<PodStatistic>& known = changes.known[pod];
  if (!known) known = ChangeOf(WindowColumn({ItemKind::kPod, pod}, metric));
  return *known;
}

// Those of a node's pods that means tell.
void QueryImpl::FillChanges(size_t node, Metric metric, PodChanges* changes) {
  const Grid& grid = frame_.window->grid;
  if (!changes->older) {
    changes->older.emplace(store_, metric, OlderHalf(grid));
    changes->newer.emplace(store_, metric, NewerHalf(grid));
  }
  const Snapshot::PodRange range = snapshot_.LoadNode(node);
  for (PodMeans* means : {&*changes->older, &*changes->newer}) {
    means->BeginNode(snapshot_.nodes()[node].info->node);
    for (uint32_t index = 0; index < range.count; ++index) {
      means->AddPod(snapshot_.loaded_pods()[range.first + index]);
    }
    means->Read();
  }
  for (uint32_t index = 0; index < range.count; ++index) {
    const auto older = changes->older->Mean(index);
    const auto newer = changes->newer->Mean(index);
    if (older && newer) changes->known[range.first + index] = Difference(*newer, *older);
  }
}

std::optional<double> QueryImpl::SortFact(const ItemRef& ref, Fact fact) {
  const auto number = [](const auto& value) {
    return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
  };
  switch (fact) {
    case Fact::kOomKills:
      return number(OomKillsOf(ref));
    case Fact::kRestartCount:
      return ref.kind == ItemKind::kPod ? number(RestartsOf(Pod(ref))) : std::nullopt;
    case Fact::kStartedAt:
      return ref.kind == ItemKind::kPod ? number(Pod(ref).started_at_ms) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<uint32_t> QueryImpl::RestartsOf(const PodEntry& pod) const {
  if (pod.kubernetes) {
    const std::optional<uint32_t> told = cluster_->FindRestarts(pod.kubernetes->uid);
    if (told) return told;
  }
  return RestartCount(pod);
}

std::optional<uint64_t> QueryImpl::OomKillsOf(const ItemRef& ref) {
  switch (ref.kind) {
    case ItemKind::kNode:
      return NodeOomKills(Node(ref));
    case ItemKind::kPod:
      return PodOomKills(Pod(ref));
    case ItemKind::kNamespace:
      return NamespaceOomKills(Namespace(ref));
    case ItemKind::kCluster:
      return ClusterOomKills();
    default:
      return WorkloadOomKills(Workload(ref));
  }
}

std::optional<uint64_t> QueryImpl::WorkloadOomKills(const WorkloadEntry& entry) {
  std::optional<uint64_t> sum;
  for (const uint32_t index : entry.pods) {
    const PodEntry& pod = snapshot_.loaded_pods()[index];
    if (!pod.measured) continue;
    const auto kills = PodOomKills(pod);
    if (kills) sum = sum.value_or(0) + *kills;
  }
  return sum;
}

std::string QueryImpl::Name(const ItemRef& ref) {
  switch (ref.kind) {
    case ItemKind::kNode:
      return Node(ref).info->name;
    case ItemKind::kPod:
      return Pod(ref).name;
    case ItemKind::kNamespace:
      return Namespace(ref).name;
    default:
      return Workload(ref).name.name;
  }
}

std::optional<ObjectId> QueryImpl::ObjectOf(const ItemRef& ref) {
  if (ref.kind == ItemKind::kNode) {
    return Node(ref).reported ? std::optional(ObjectId{Node(ref).info->node, 0}) : std::nullopt;
  }
  if (ref.kind != ItemKind::kPod) return std::nullopt;
  const PodEntry& pod = Pod(ref);
  if (pod.own) return pod.own->id;
  if (pod.containers.empty()) return std::nullopt;
  return pod.containers.front().info.id;
}

}  // namespace kubemonitor
