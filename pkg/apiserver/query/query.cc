#include "apiserver/query/query.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "apiserver/query/owner.h"
#include "apiserver/query/query_impl.h"

namespace kubemonitor {
namespace {

bool IsOf(const PodEntry& pod, const WorkloadName& workload) {
  if (!pod.owner || pod.namespace_name != workload.namespace_name) return false;
  const bool on_top = pod.owner->kind == workload.kind && pod.owner->name == workload.name;
  return on_top || (workload.kind == kJob && !pod.job.empty() && pod.job == workload.name);
}

class Everything final : public Visibility {
 public:
  bool NodeVisible(std::string_view) const override { return true; }
  bool NamespaceVisible(std::string_view) const override { return true; }
};

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
                                                     const Visibility& visibility,
                                                     std::shared_ptr<const Cluster> cluster) {
  const NodeInfos nodes = store.Nodes();
  const auto newest = NewestCompleteTick(nodes, store.options().interval_ms, now_ms);
  absl::StatusOr<TimeFrame> frame = MakeTimeFrame(store.options(), options, newest, now_ms);
  if (!frame.ok()) return frame.status();
  return std::make_unique<QueryImpl>(store, now_ms, options, *std::move(frame), visibility, nodes,
                                     std::move(cluster));
}

QueryImpl::QueryImpl(const SummedStore& store, int64_t now_ms, QueryOptions options,
                     TimeFrame frame, const Visibility& visibility, const NodeInfos& nodes,
                     std::shared_ptr<const Cluster> cluster)
    : store_(store),
      now_ms_(now_ms),
      options_(options),
      frame_(std::move(frame)),
      visibility_(visibility),
      cluster_(std::move(cluster)),
      snapshot_(store, visibility, nodes, cluster_.get(), frame_, now_ms),
      workloads_(&snapshot_, visibility, cluster_.get()) {}

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
  for (const size_t node : NodesOf(filter.namespace_name, filter.node)) {
    const Snapshot::PodRange range = snapshot_.LoadNode(node);
    for (uint32_t index = range.first; index < range.first + range.count; ++index) {
      const PodEntry& pod = snapshot_.loaded_pods()[index];
      if (pod.terminated && !options_.include_terminated) continue;
      if (filter.namespace_name && pod.namespace_name != *filter.namespace_name) continue;
      if (filter.workload && !IsOf(pod, *filter.workload)) continue;
      refs.push_back({ItemKind::kPod, index});
    }
  }
  if (cluster_ != nullptr) {
    std::erase_if(refs, [this](const ItemRef& ref) { return !snapshot_.IsThere(Pod(ref)); });
  }
  return refs;
}

std::vector<size_t> QueryImpl::NodesOf(const std::optional<std::string>& namespace_name,
                                       const std::optional<std::string>& node) {
  if (!node) return snapshot_.NodesWithPods(namespace_name);
  const std::optional<size_t> found = snapshot_.FindNode(*node);
  if (!found || !snapshot_.nodes()[*found].visible) return {};
  return {*found};
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

std::vector<ItemRef> QueryImpl::Workloads(const WorkloadFilter& filter) {
  const std::vector<uint32_t> all = workloads_.Load(filter.namespace_name);
  std::set<size_t> nodes;  // with a node: where to look for pods
  if (filter.node) {
    const std::vector<size_t> on = NodesOf(filter.namespace_name, filter.node);
    nodes.insert(on.begin(), on.end());
  }
  const auto has_pod_there = [&](uint32_t pod) {
    const PodEntry& entry = snapshot_.loaded_pods()[pod];
    return nodes.contains(entry.node) && (!entry.terminated || options_.include_terminated);
  };
  std::vector<ItemRef> refs;
  std::vector<uint32_t> listed;
  for (const uint32_t index : all) {
    const WorkloadEntry& entry = workloads_.entries()[index];
    const std::vector<std::string>& kinds = filter.kinds;
    const bool of_kind =
        kinds.empty() || std::find(kinds.begin(), kinds.end(), entry.name.kind) != kinds.end();
    const bool is_part = entry.name.kind == kJob && entry.owner.has_value();
    if (!of_kind || (is_part && !filter.with_parts)) continue;
    if (entry.life.terminated && !options_.include_terminated) continue;
    if (filter.node && std::none_of(entry.pods.begin(), entry.pods.end(), has_pod_there)) continue;
    refs.push_back({ItemKind::kWorkload, index});
    listed.push_back(index);
  }
  PlanSums(std::move(listed));
  return refs;
}

std::optional<ItemRef> QueryImpl::FindNode(std::string_view name) {
  const std::optional<size_t> found = snapshot_.FindNode(name);
  if (!found || !snapshot_.nodes()[*found].visible) return std::nullopt;
  return ItemRef{ItemKind::kNode, static_cast<uint32_t>(*found)};
}

std::optional<ItemRef> QueryImpl::FindPod(std::string_view namespace_name, std::string_view name,
                                          std::optional<std::string_view> uid) {
  std::optional<uint32_t> found;
  // Of those that started at the same time the one that lives, and then the one known last.
  auto rank = [this](uint32_t index) {
    const PodEntry& pod = snapshot_.loaded_pods()[index];
    return std::make_tuple(pod.start_ms, !pod.terminated, pod.node, index);
  };
  // All before the first pod: which of two is there may be told by a node that comes later.
  std::vector<Snapshot::PodRange> ranges;
  for (const size_t node : snapshot_.NodesWithPod(namespace_name, name, uid)) {
    ranges.push_back(snapshot_.LoadNode(node));
  }
  for (const Snapshot::PodRange& range : ranges) {
    for (uint32_t index = range.first; index < range.first + range.count; ++index) {
      const PodEntry& pod = snapshot_.loaded_pods()[index];
      if (pod.namespace_name != namespace_name || pod.name != name) continue;
      const bool selected =
          !uid || pod.uid == *uid || (pod.kubernetes && pod.kubernetes->uid == *uid);
      if (!selected || !snapshot_.IsThere(pod)) continue;
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

std::optional<ItemRef> QueryImpl::FindWorkload(const WorkloadName& name) {
  const std::optional<uint32_t> found = workloads_.Find(name);
  if (!found) return std::nullopt;
  return ItemRef{ItemKind::kWorkload, *found};
}

ItemRef QueryImpl::NodeOf(const ItemRef& pod) {
  return {ItemKind::kNode, static_cast<uint32_t>(Pod(pod).node)};
}

KubeLabels QueryImpl::LabelsOf(const ItemRef& ref) {
  KubeLabels labels;
  switch (ref.kind) {
    case ItemKind::kNode:
      if (Node(ref).kubernetes != nullptr) labels = Node(ref).kubernetes->labels;
      break;
    case ItemKind::kNamespace:
      if (Namespace(ref).kubernetes != nullptr) labels = Namespace(ref).kubernetes->labels;
      break;
    case ItemKind::kWorkload:
      if (Workload(ref).kubernetes != nullptr) labels = Workload(ref).kubernetes->labels;
      break;
    default:
      labels = PodLabels(Pod(ref));
  }
  return labels;
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
    default: {
      const WorkloadName& workload = Workload(ref).name;
      return workload.namespace_name + '\0' + workload.name + '\0' + workload.kind;
    }
  }
}

void QueryImpl::Expect(const std::vector<ItemRef>& refs) {
  expected_.assign(snapshot_.nodes().size(), 0);
  std::vector<uint32_t> workloads;
  for (const ItemRef& ref : refs) {
    if (ref.kind == ItemKind::kPod) ++expected_[Pod(ref).node];
    if (ref.kind == ItemKind::kWorkload) workloads.push_back(ref.index);
  }
  PlanSums(std::move(workloads));
}

size_t QueryImpl::MemoryBytes() const {
  constexpr size_t kTexts = 512;  // of a pod and its containers, and what is remembered to order it
  size_t bytes = shown_.size() * sizeof(ShownPod);
  for (const PodEntry& pod : snapshot_.loaded_pods()) {
    bytes += sizeof(PodEntry) + kTexts + pod.containers.size() * sizeof(ContainerEntry);
  }
  if (!sums_.held.empty()) {
    const size_t each = GroupSums::MemoryBytes(sums_.metrics, frame_.window->grid.count);
    bytes += sums_.held.size() * each;
  }
  return bytes;
}

Amounts AmountsOf(const ResourceAmounts& amounts) {
  Amounts result;
  if (amounts.cpu_millicores) result.cpu_millicores = static_cast<double>(*amounts.cpu_millicores);
  if (amounts.memory_bytes) result.memory_bytes = static_cast<double>(*amounts.memory_bytes);
  return result;
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
