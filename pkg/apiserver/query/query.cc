#include "apiserver/query/query.h"

#include <algorithm>
#include <numeric>

#include "apiserver/query/query_impl.h"

namespace kubemonitor {
namespace {

constexpr uint64_t kAllSeries = ~uint64_t{0};

class Everything final : public Visibility {
 public:
  bool NodeVisible(std::string_view) const override { return true; }
  bool NamespaceVisible(std::string_view) const override { return true; }
};

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

const Visibility& EverythingVisible() {
  static const Everything everything;
  return everything;
}

bool Applies(Metric metric, ItemKind kind) {
  const bool aggregate =
      kind == ItemKind::kNamespace || kind == ItemKind::kWorkload || kind == ItemKind::kCluster;
  if (IsNetwork(metric) && kind == ItemKind::kContainer) return false;
  switch (GroupOf(metric)) {
    case MetricGroup::kUsage:
      return true;
    case MetricGroup::kThrottling:
      return kind != ItemKind::kNode && kind != ItemKind::kCluster;
    case MetricGroup::kCount:
      return aggregate;
    case MetricGroup::kCumulative:
    case MetricGroup::kPressure:
    case MetricGroup::kMemory:
      break;
  }
  return !aggregate;
}

absl::StatusOr<std::unique_ptr<Query>> Query::Create(const SummedStore& store, int64_t now_ms,
                                                     const QueryOptions& options,
                                                     const Visibility& visibility) {
  const NodeInfos nodes = store.Nodes();
  const auto newest = NewestCompleteTick(nodes, store.options().interval_ms, now_ms);
  absl::StatusOr<TimeFrame> frame = MakeTimeFrame(store.options(), options, newest, now_ms);
  if (!frame.ok()) return frame.status();
  return std::make_unique<QueryImpl>(store, now_ms, options, *std::move(frame), visibility, nodes);
}

QueryImpl::QueryImpl(const SummedStore& store, int64_t now_ms, QueryOptions options,
                     TimeFrame frame, const Visibility& visibility, const NodeInfos& nodes)
    : store_(store),
      now_ms_(now_ms),
      options_(options),
      frame_(std::move(frame)),
      visibility_(visibility),
      snapshot_(store, visibility, nodes, frame_, now_ms) {}

std::vector<ItemRef> QueryImpl::Nodes() {
  std::vector<ItemRef> refs;
  refs.reserve(snapshot_.nodes().size());
  for (uint32_t index = 0; index < snapshot_.nodes().size(); ++index) {
    if (snapshot_.nodes()[index].visible) refs.push_back({ItemKind::kNode, index});
  }
  return refs;
}

std::vector<ItemRef> QueryImpl::Pods(const PodFilter& filter) {
  std::vector<ItemRef> refs;
  for (const size_t node : NodesOf(filter)) {
    const Snapshot::PodRange range = snapshot_.LoadNode(node);
    for (uint32_t index = range.first; index < range.first + range.count; ++index) {
      const PodEntry& pod = snapshot_.loaded_pods()[index];
      if (pod.terminated && !options_.include_terminated) continue;
      if (filter.namespace_name && pod.namespace_name != *filter.namespace_name) continue;
      if (filter.deployment && (!pod.owner || pod.owner->name != *filter.deployment)) continue;
      refs.push_back({ItemKind::kPod, index});
    }
  }
  return refs;
}

std::vector<size_t> QueryImpl::NodesOf(const PodFilter& filter) const {
  const std::vector<NodeEntry>& nodes = snapshot_.nodes();
  std::vector<size_t> result;
  if (filter.namespace_name) {
    for (const uint32_t store_node : store_.NodesWithNamespace(*filter.namespace_name)) {
      if (const std::optional<size_t> node = snapshot_.FindNode(store_node)) {
        result.push_back(*node);
      }
    }
  } else {
    result.resize(nodes.size());
    std::iota(result.begin(), result.end(), size_t{0});
  }
  if (filter.node) {
    std::erase_if(result, [&](size_t node) {
      return !nodes[node].visible || nodes[node].info->name != *filter.node;
    });
  }
  return result;
}

std::vector<ItemRef> QueryImpl::Namespaces() {
  LoadNamespaces();
  std::vector<ItemRef> refs;
  for (uint32_t index = 0; index < namespaces_.size(); ++index) {
    const NamespaceEntry& entry = namespaces_[index];
    const bool listed = !entry.life.terminated || (options_.include_terminated && Existed(entry));
    if (listed) refs.push_back({ItemKind::kNamespace, index});
  }
  return refs;
}

std::vector<ItemRef> QueryImpl::Deployments(std::string_view namespace_name) {
  std::vector<ItemRef> refs;
  listed_workloads_ = snapshot_.Deployments(std::string(namespace_name));
  for (const uint32_t index : listed_workloads_) {
    const bool ended = snapshot_.workloads()[index].life.terminated;
    if (!ended || options_.include_terminated) refs.push_back({ItemKind::kWorkload, index});
  }
  return refs;
}

std::optional<ItemRef> QueryImpl::FindNode(std::string_view name) {
  const std::vector<NodeEntry>& nodes = snapshot_.nodes();
  for (uint32_t index = 0; index < nodes.size(); ++index) {
    const NodeEntry& node = nodes[index];
    if (node.visible && node.info->name == name) return ItemRef{ItemKind::kNode, index};
  }
  return std::nullopt;
}

std::optional<ItemRef> QueryImpl::FindPod(std::string_view namespace_name, std::string_view name,
                                          std::optional<std::string_view> uid) {
  std::optional<uint32_t> found;
  // Of those that started at the same time the one that lives, and then the one known last.
  auto rank = [this](uint32_t index) {
    const PodEntry& pod = snapshot_.loaded_pods()[index];
    return std::make_tuple(pod.start_ms, !pod.terminated, pod.node, index);
  };
  for (const uint32_t store_node : store_.NodesWithPod(namespace_name, name)) {
    const std::optional<size_t> node = snapshot_.FindNode(store_node);
    if (!node) continue;
    const Snapshot::PodRange range = snapshot_.LoadNode(*node);
    for (uint32_t index = range.first; index < range.first + range.count; ++index) {
      const PodEntry& pod = snapshot_.loaded_pods()[index];
      if (pod.namespace_name != namespace_name || pod.name != name) continue;
      if (uid && pod.uid != *uid) continue;
      if (!found || rank(*found) < rank(index)) found = index;
    }
  }
  if (!found) return std::nullopt;
  return ItemRef{ItemKind::kPod, *found};
}

std::optional<ItemRef> QueryImpl::FindNamespace(std::string_view name) {
  LoadNamespaces();
  for (uint32_t index = 0; index < namespaces_.size(); ++index) {
    const NamespaceEntry& entry = namespaces_[index];
    if (entry.name != name) continue;
    const bool found = !entry.life.terminated || Existed(entry);
    return found ? std::optional(ItemRef{ItemKind::kNamespace, index}) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<ItemRef> QueryImpl::FindDeployment(std::string_view namespace_name,
                                                 std::string_view name) {
  for (const uint32_t index : snapshot_.Deployments(std::string(namespace_name))) {
    if (snapshot_.workloads()[index].name == name) return ItemRef{ItemKind::kWorkload, index};
  }
  return std::nullopt;
}

std::string QueryImpl::SortName(const ItemRef& ref) {
  switch (ref.kind) {
    case ItemKind::kNode:
      return Node(ref).info->name;
    case ItemKind::kPod: {
      const PodEntry& pod = Pod(ref);
      // Pods without a uid may bear one name on two nodes.
      return pod.namespace_name + '\0' + pod.name + '\0' + pod.uid + '\0' +
             snapshot_.nodes()[pod.node].info->name;
    }
    case ItemKind::kNamespace:
      return Namespace(ref).name;
    default:
      return Workload(ref).namespace_name + '\0' + Workload(ref).name;
  }
}

std::optional<double> QueryImpl::SortValue(const ItemRef& ref, Metric metric,
                                           SortStatistic statistic) {
  if (!Applies(metric, ref.kind)) return std::nullopt;
  if (statistic == SortStatistic::kNow) return ValueNow(ref, metric);
  if (!frame_.window) return std::nullopt;
  if (statistic == SortStatistic::kChange) return Change(ref, metric);
  const auto key = std::make_pair(metric, statistic);
  if (ref.kind == ItemKind::kPod) return PodStatistics(ref.index, key);
  auto& known = sorted_[key];
  const auto [value, is_new] = known.try_emplace(std::make_pair(ref.kind, ref.index));
  if (is_new) value->second = Pick(StatisticsOf(WindowColumn(ref, metric)), statistic);
  return value->second;
}

std::optional<double> QueryImpl::ValueNow(const ItemRef& ref, Metric metric) {
  switch (ref.kind) {
    case ItemKind::kNode: {
      const NodeEntry& node = Node(ref);
      if (!node.tick_ms) return std::nullopt;
      return NodeColumn(node, metric, {*node.tick_ms, store_.options().interval_ms, 1})[0].value();
    }
    case ItemKind::kPod:
      return Shown(ref.index).cells[static_cast<size_t>(metric)].value();
    default:
      return GroupNow(ref, metric);
  }
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
      return Sums(ref, metrics).at(metric);
    }
  }
}

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

const QueryImpl::ShownPod& QueryImpl::Shown(uint32_t pod, bool with_its_node) {
  if (shown_.size() <= pod) shown_.resize(snapshot_.loaded_pods().size());
  ShownPod& shown = shown_[pod];
  const PodEntry& entry = snapshot_.loaded_pods()[pod];
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

void QueryImpl::Expect(const std::vector<ItemRef>& refs) {
  expected_.assign(snapshot_.nodes().size(), 0);
  for (const ItemRef& ref : refs) {
    if (ref.kind == ItemKind::kPod) ++expected_[Pod(ref).node];
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

std::optional<double> QueryImpl::PodStatistics(uint32_t pod, std::pair<Metric, SortStatistic> key) {
  SortedPods& sorted = pod_statistics_[key];
  if (sorted.known.size() <= pod) sorted.known.resize(snapshot_.loaded_pods().size());
  if (sorted.known[pod]) return *sorted.known[pod];
  const size_t node = snapshot_.loaded_pods()[pod].node;
  if (sorted.nodes.size() <= node) sorted.nodes.resize(snapshot_.nodes().size());
  if (!sorted.nodes[node]) {
    sorted.nodes[node] = true;
    if (key.second == SortStatistic::kAvg) {
      FillMeans(node, key.first, &sorted);
    } else {
      FillStatistics(node, key, &sorted);
    }
  }
  std::optional<PodStatistic>& known = sorted.known[pod];
  if (!known) {
    known = Pick(StatisticsOf(WindowColumn({ItemKind::kPod, pod}, key.first)), key.second);
  }
  return *known;
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

MetricSet QueryImpl::Wanted(ItemKind kind) const {
  MetricSet wanted;
  const MetricSet& chosen = options_.series.empty() ? options_.metrics : options_.series;
  for (size_t number = 0; number < kMetricCount; ++number) {
    const auto metric = static_cast<Metric>(number);
    const MetricGroup group = GroupOf(metric);
    const bool by_default = group == MetricGroup::kUsage || group == MetricGroup::kCumulative ||
                            group == MetricGroup::kCount;
    const bool asked = chosen.empty() ? by_default : chosen.Has(metric);
    if (asked && Applies(metric, kind)) wanted.Add(metric);
  }
  return wanted;
}

uint64_t QueryImpl::MaskOf(MetricSet metrics) const {
  uint64_t mask = 0;
  for (size_t number = 0; number < kMetricCount; ++number) {
    const auto metric = static_cast<Metric>(number);
    if (metrics.Has(metric)) mask |= SeriesMask(metric);
  }
  return mask;
}

std::vector<MetricSeries> QueryImpl::MakeSeries(
    ItemKind kind, const std::function<Column(Metric)>& column_of) const {
  std::vector<MetricSeries> result;
  const MetricSet wanted = Wanted(kind);
  for (size_t number = 0; number < kMetricCount; ++number) {
    const auto metric = static_cast<Metric>(number);
    if (!wanted.Has(metric)) continue;
    const Column column = column_of(metric);
    result.push_back({metric, PointsOf(column, frame_.window->step_ticks), StatisticsOf(column)});
  }
  return result;
}

int64_t QueryImpl::EventsStartMs() const {
  if (frame_.window) return frame_.window->axis.start * 1000;
  return frame_.tick_ms - store_.options().retention_ms;
}

void QueryImpl::FillAge(Item* item) const {
  if (!item->sampled_at_ms) return;
  const int64_t age_ms = std::max<int64_t>(0, now_ms_ - *item->sampled_at_ms);
  item->age_seconds = static_cast<double>(age_ms) / 1000;
}

Item QueryImpl::Describe(const ItemRef& ref, bool detailed) {
  switch (ref.kind) {
    case ItemKind::kNode:
      return DescribeNode(ref, detailed);
    case ItemKind::kPod:
      return DescribePod(ref, detailed);
    case ItemKind::kNamespace:
      return DescribeNamespace(ref);
    case ItemKind::kCluster:
      return DescribeCluster();
    default:
      return DescribeWorkload(ref);
  }
}

}  // namespace kubemonitor
