#include "apiserver/query/query.h"

#include <algorithm>

#include "apiserver/query/query_impl.h"

namespace kubemonitor {
namespace {

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
  const bool aggregate = kind == ItemKind::kNamespace || kind == ItemKind::kWorkload;
  const bool network = metric == Metric::kNetworkRxBytesPerSecond ||
                       metric == Metric::kNetworkTxBytesPerSecond ||
                       metric == Metric::kNetworkRxBytes || metric == Metric::kNetworkTxBytes;
  if (network && kind == ItemKind::kContainer) return false;
  switch (GroupOf(metric)) {
    case MetricGroup::kUsage:
      return true;
    case MetricGroup::kThrottling:
      return kind != ItemKind::kNode;
    case MetricGroup::kCount:
      return aggregate;
    case MetricGroup::kCumulative:
    case MetricGroup::kPressure:
    case MetricGroup::kMemory:
      break;
  }
  return !aggregate;
}

absl::StatusOr<std::unique_ptr<Query>> Query::Create(const Store& store, int64_t now_ms,
                                                     const QueryOptions& options,
                                                     const Visibility& visibility) {
  std::vector<NodeInfo> nodes = store.Nodes();
  const auto newest = NewestCompleteTick(nodes, store.options().interval_ms, now_ms);
  absl::StatusOr<TimeFrame> frame = MakeTimeFrame(store.options(), options, newest, now_ms);
  if (!frame.ok()) return frame.status();
  return std::make_unique<QueryImpl>(store, now_ms, options, *std::move(frame), visibility,
                                     std::move(nodes));
}

QueryImpl::QueryImpl(const Store& store, int64_t now_ms, QueryOptions options, TimeFrame frame,
                     const Visibility& visibility, std::vector<NodeInfo> nodes)
    : store_(store),
      now_ms_(now_ms),
      options_(options),
      frame_(std::move(frame)),
      snapshot_(store, visibility, std::move(nodes), frame_, now_ms) {}

std::vector<ItemRef> QueryImpl::Nodes() {
  std::vector<ItemRef> refs;
  for (uint32_t index = 0; index < snapshot_.nodes().size(); ++index) {
    refs.push_back({ItemKind::kNode, index});
  }
  return refs;
}

std::vector<ItemRef> QueryImpl::Pods(const PodFilter& filter) {
  std::vector<ItemRef> refs;
  const std::vector<PodEntry>& pods = snapshot_.pods();
  for (uint32_t index = 0; index < pods.size(); ++index) {
    const PodEntry& pod = pods[index];
    if (pod.terminated && !options_.include_terminated) continue;
    if (filter.namespace_name && pod.namespace_name != *filter.namespace_name) continue;
    if (filter.node && snapshot_.nodes()[pod.node].info.name != *filter.node) continue;
    if (filter.deployment && (!pod.owner || pod.owner->name != *filter.deployment)) continue;
    refs.push_back({ItemKind::kPod, index});
  }
  return refs;
}

std::vector<ItemRef> QueryImpl::Namespaces() {
  std::vector<ItemRef> refs;
  const std::vector<GroupEntry>& groups = snapshot_.namespaces();
  for (uint32_t index = 0; index < groups.size(); ++index) {
    if (groups[index].terminated && !options_.include_terminated) continue;
    refs.push_back({ItemKind::kNamespace, index});
  }
  return refs;
}

std::vector<ItemRef> QueryImpl::Deployments(std::string_view namespace_name) {
  std::vector<ItemRef> refs;
  const std::vector<GroupEntry>& groups = snapshot_.deployments();
  for (uint32_t index = 0; index < groups.size(); ++index) {
    if (groups[index].terminated && !options_.include_terminated) continue;
    if (groups[index].namespace_name != namespace_name) continue;
    refs.push_back({ItemKind::kWorkload, index});
  }
  return refs;
}

std::optional<ItemRef> QueryImpl::FindNode(std::string_view name) {
  const std::vector<NodeEntry>& nodes = snapshot_.nodes();
  for (uint32_t index = 0; index < nodes.size(); ++index) {
    if (nodes[index].info.name == name) return ItemRef{ItemKind::kNode, index};
  }
  return std::nullopt;
}

std::optional<ItemRef> QueryImpl::FindPod(std::string_view namespace_name, std::string_view name,
                                          std::optional<std::string_view> uid) {
  const std::vector<PodEntry>& pods = snapshot_.pods();
  std::optional<uint32_t> found;
  // Of those that started at the same time the one that lives, and then the one known last.
  auto rank = [&pods](uint32_t index) {
    return std::make_tuple(pods[index].start_ms, !pods[index].terminated, index);
  };
  for (uint32_t index = 0; index < pods.size(); ++index) {
    const PodEntry& pod = pods[index];
    if (pod.namespace_name != namespace_name || pod.name != name) continue;
    if (uid && pod.uid != *uid) continue;
    if (!found || rank(*found) < rank(index)) found = index;
  }
  if (!found) return std::nullopt;
  return ItemRef{ItemKind::kPod, *found};
}

std::optional<ItemRef> QueryImpl::FindGroup(const std::vector<GroupEntry>& groups, ItemKind kind,
                                            std::string_view namespace_name,
                                            std::string_view name) {
  for (uint32_t index = 0; index < groups.size(); ++index) {
    if (groups[index].namespace_name == namespace_name && groups[index].name == name) {
      return ItemRef{kind, index};
    }
  }
  return std::nullopt;
}

std::optional<ItemRef> QueryImpl::FindNamespace(std::string_view name) {
  return FindGroup(snapshot_.namespaces(), ItemKind::kNamespace, {}, name);
}

std::optional<ItemRef> QueryImpl::FindDeployment(std::string_view namespace_name,
                                                 std::string_view name) {
  return FindGroup(snapshot_.deployments(), ItemKind::kWorkload, namespace_name, name);
}

const GroupEntry& QueryImpl::Group(const ItemRef& ref) {
  const auto& groups =
      ref.kind == ItemKind::kNamespace ? snapshot_.namespaces() : snapshot_.deployments();
  return groups[ref.index];
}

std::string QueryImpl::SortName(const ItemRef& ref) {
  switch (ref.kind) {
    case ItemKind::kNode:
      return Node(ref).info.name;
    case ItemKind::kPod: {
      const PodEntry& pod = Pod(ref);
      // Pods without a uid may bear one name on two nodes.
      return pod.namespace_name + '\0' + pod.name + '\0' + pod.uid + '\0' +
             snapshot_.nodes()[pod.node].info.name;
    }
    default:
      return Group(ref).namespace_name + '\0' + Group(ref).name;
  }
}

std::optional<double> QueryImpl::SortValue(const ItemRef& ref, Metric metric,
                                           SortStatistic statistic) {
  if (!Applies(metric, ref.kind)) return std::nullopt;
  const auto key = std::make_tuple(ref.kind, ref.index, metric, statistic);
  const auto known = sorted_.find(key);
  if (known != sorted_.end()) return known->second;
  std::optional<double> value;
  if (statistic == SortStatistic::kNow) {
    value = ValueNow(ref, metric);
  } else if (frame_.window) {
    value = Pick(StatisticsOf(WindowColumn(ref, metric)), statistic);
  }
  sorted_.emplace(key, value);
  return value;
}

std::optional<double> QueryImpl::ValueNow(const ItemRef& ref, Metric metric) {
  switch (ref.kind) {
    case ItemKind::kNode: {
      const NodeEntry& node = Node(ref);
      if (!node.tick_ms) return std::nullopt;
      return NodeColumn(node, metric, {*node.tick_ms, store_.options().interval_ms, 1})[0].value();
    }
    case ItemKind::kPod: {
      const auto [grid, rows] = ReadShown(Pod(ref), SeriesMask(metric));
      return PodColumn(Pod(ref), rows, metric, grid)[0].value();
    }
    default:
      return Now(ref).usage[static_cast<size_t>(metric)];
  }
}

Column QueryImpl::WindowColumn(const ItemRef& ref, Metric metric) {
  const Grid& grid = frame_.window->grid;
  switch (ref.kind) {
    case ItemKind::kNode:
      return NodeColumn(Node(ref), metric, grid);
    case ItemKind::kPod: {
      const PodRows rows = ReadPod(store_, Pod(ref), SeriesMask(metric), RangeOf(grid));
      return PodColumn(Pod(ref), rows, metric, grid);
    }
    default: {
      MetricSet metrics;
      metrics.Add(metric);
      return Sums(ref, metrics).at(metric);
    }
  }
}

MetricSet QueryImpl::Wanted(ItemKind kind) const {
  MetricSet wanted;
  for (size_t number = 0; number < kMetricCount; ++number) {
    const auto metric = static_cast<Metric>(number);
    const MetricGroup group = GroupOf(metric);
    const bool by_default = group == MetricGroup::kUsage || group == MetricGroup::kCumulative ||
                            group == MetricGroup::kCount;
    const bool asked = options_.metrics.empty() ? by_default : options_.metrics.Has(metric);
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

bool QueryImpl::Born(const NodeEntry& node, const ObjectInfo& object) const {
  const std::optional<int64_t>& started_ms = object.identity->started_at_ms;
  return node.first_held_ms && *node.first_held_ms < object.first_tick_ms &&
         (!started_ms || *started_ms >= *node.first_held_ms);
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
      return DescribePod(Pod(ref), detailed);
    default:
      return DescribeGroup(ref);
  }
}

}  // namespace kubemonitor
