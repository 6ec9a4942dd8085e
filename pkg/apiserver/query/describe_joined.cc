// What Kubernetes says of pods, beside what was measured of them, or instead.

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "apiserver/query/kube_pod.h"
#include "apiserver/query/query_impl.h"

namespace kubemonitor {
namespace {

// Kubernetes' word, or else what the kernel was told.
void TakeLimits(const ResourceAmounts& limits, Amounts* known) {
  const Amounts said = AmountsOf(limits);
  if (said.cpu_millicores) known->cpu_millicores = said.cpu_millicores;
  if (said.memory_bytes) known->memory_bytes = said.memory_bytes;
}

UsageMissing WhyMissing(const KubePod& pod, const NodeEntry& node) {
  if (pod.node_name.empty()) return UsageMissing::kNotScheduled;
  const KubeNode* known = node.kubernetes.get();
  if (known != nullptr && known->operating_system == "windows") return UsageMissing::kUnsupportedOs;
  if (pod.ended()) return UsageMissing::kNotReported;
  if (known != nullptr && !known->ready()) return UsageMissing::kNodeNotReady;
  if (pod.phase == "Pending") return UsageMissing::kNotStarted;
  return node.stale ? UsageMissing::kNoCollector : UsageMissing::kNotReported;
}

void JoinContainer(const KubeContainer& container, Item* item) {
  item->name = container.name;
  item->container_status = ContainerStatus{container.state, container.reason, container.ready};
  item->requests = AmountsOf(container.requests);
  TakeLimits(container.limits, &item->limits);
  item->restart_count = container.restart_count;
  item->container_type = container.type;
  if (item->container_id.empty()) item->container_id = container.container_id;
  if (!item->started_at_ms) item->started_at_ms = container.started_at_ms;
}

}  // namespace

std::optional<KubePod> QueryImpl::KubernetesPod(const PodEntry& pod, bool detailed) const {
  if (!pod.kubernetes) return std::nullopt;
  const std::string& uid = pod.kubernetes->uid;
  return detailed ? cluster_->FindPod(uid, {}, "", "") : cluster_->FindForList(uid);
}

KubeLabels QueryImpl::PodLabels(const PodEntry& pod) const {
  if (std::optional<KubePod> known = KubernetesPod(pod, false)) return std::move(known->labels);
  KubeLabels labels;
  if (pod.own) {
    Identity identity = pod.own->identity.Unpack();
    labels.merge(identity.labels);
  }
  return labels;
}

void QueryImpl::JoinPod(KubePod pod, Item* item) const {
  item->pod_status = PodStatus{pod.phase, ReasonOf(pod), std::move(pod.priority_class), pod.ready,
                               pod.terminating_since_ms.has_value()};
  item->requests = AmountsOf(pod.requests);
  TakeLimits(pod.limits, &item->limits);
  item->labels = std::move(pod.labels);
  item->created_at_ms = pod.created_at_ms;
  if (pod.started_at_ms) item->started_at_ms = pod.started_at_ms;
  if (pod.qos_class != QosClass::kUnknown) item->qos_class = pod.qos_class;
  item->host_network = item->host_network || pod.host_network;
  if (const std::optional<uint32_t> restarts = pod.restarts()) item->restart_count = restarts;
}

void QueryImpl::JoinContainers(const KubePod& pod, Item* item) const {
  std::vector<Item>& items = item->containers;
  const size_t measured = items.size();
  for (const KubeContainer& container : pod.containers) {
    const auto end = items.begin() + static_cast<std::ptrdiff_t>(measured);
    const auto found = std::find_if(items.begin(), end, [&](const Item& known) {
      return known.name == container.name ||
             (!container.container_id.empty() && known.container_id == container.container_id);
    });
    if (found != end) {
      JoinContainer(container, &*found);
      continue;
    }
    const bool ended = container.state == KubeContainerState::kTerminated;
    const bool listed =
        !ended || item->terminated || ComesBack(container.type) || options_.include_terminated;
    if (!listed) continue;
    Item added = NotMeasured(ItemKind::kContainer);
    added.namespace_name = item->namespace_name;
    added.node = item->node;
    added.terminated = ended;
    const bool waiting = container.state == KubeContainerState::kWaiting;
    added.usage_missing = waiting ? UsageMissing::kNotStarted
                                  : item->usage_missing.value_or(UsageMissing::kNotReported);
    JoinContainer(container, &added);
    items.push_back(std::move(added));
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& a, const Item& b) { return a.name < b.name; });
}

Item QueryImpl::NotMeasured(ItemKind kind) const {
  Item item;
  item.kind = kind;
  if (frame_.window) {
    item.series = MakeSeries(kind, [this](Metric) { return Column(frame_.window->grid.count); });
  }
  return item;
}

Item QueryImpl::DescribeNotMeasured(const PodEntry& pod, bool detailed) const {
  Item item = NotMeasured(ItemKind::kPod);
  FillIdentity(pod, &item);
  std::optional<KubePod> known = KubernetesPod(pod, detailed);
  if (!known) return item;  // never: the snapshot that told of it has it
  item.usage_missing = WhyMissing(*known, snapshot_.nodes()[pod.node]);
  if (detailed) JoinContainers(*known, &item);
  JoinPod(*std::move(known), &item);
  return item;
}

}  // namespace kubemonitor
