#include "apiserver/query/snapshot.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "apiserver/query/owner.h"
#include "apiserver/query/summed_store.h"

namespace kubemonitor {
namespace {

const std::string& FirstKnown(const std::string& a, const std::string& b) {
  return a.empty() ? b : a;
}

// The newest held tick that is not after `tick_ms`.
std::optional<int64_t> NewestHeld(const std::vector<TickRange>& held, int64_t interval_ms,
                                  int64_t tick_ms) {
  std::optional<int64_t> newest;
  for (const TickRange& range : held) {
    if (range.first_ms > tick_ms) break;
    const int64_t past_ms = std::max<int64_t>(0, range.last_ms - tick_ms);
    const int64_t steps_back = (past_ms + interval_ms - 1) / interval_ms;
    newest = std::max(range.first_ms, range.last_ms - steps_back * interval_ms);
  }
  return newest;
}

void DescribePod(const Identity& identity, PodEntry* pod) {
  pod->namespace_name = identity.namespace_name;
  pod->name = FirstKnown(identity.pod_name, identity.pod_uid);
  pod->uid = identity.pod_uid;
  pod->host_network = identity.host_network;
  pod->started_at_ms = identity.started_at_ms;
  std::optional<PodOwner> owner = InferOwner(identity);
  if (!owner) return;
  pod->owner = std::move(owner->top);
  pod->job = std::move(owner->job);
}

PodEntry PodOfLostContainer(const ObjectInfo& container) {
  PodEntry pod;
  const Identity identity = container.identity.Unpack();
  DescribePod(identity, &pod);
  if (pod.name.empty()) pod.name = FirstKnown(identity.container_name, identity.container_id);
  pod.first_tick_ms = container.first_tick_ms;
  pod.last_tick_ms = container.last_tick_ms;
  return pod;
}

// They are the newest tick's, which no longer has the object: a server that started since was never
// told them.
void ForgetDetails(ObjectInfo* object) {
  object->details = {};
  object->previous_details = {};
}

// A pod is as old as its first container where nobody says more.
std::optional<int64_t> EarliestStart(const std::vector<ContainerEntry>& containers) {
  std::optional<int64_t> earliest;
  for (const ContainerEntry& container : containers) {
    const std::optional<int64_t> started = container.info.identity.started_at_ms();
    if (started && (!earliest || *started < *earliest)) earliest = started;
  }
  return earliest;
}

}  // namespace

Snapshot::Snapshot(const SummedStore& store, const Visibility& visibility, const NodeInfos& nodes,
                   const Cluster* cluster, const TimeFrame& frame, int64_t now_ms)
    : store_(store),
      visibility_(visibility),
      cluster_(cluster),
      tick_ms_(frame.tick_ms),
      live_(frame.live) {
  nodes_.reserve(nodes.size());
  for (const std::shared_ptr<const NodeInfo>& info : nodes) {
    NodeEntry entry = MakeNode(info, frame, now_ms);
    if (info->newest_tick_ms && !entry.tick_ms) continue;
    entry.visible = visibility.NodeVisible(info->name);
    nodes_.push_back(std::move(entry));
  }
  const auto by_name = [](const NodeEntry& a, const NodeEntry& b) {
    return a.info->name < b.info->name;
  };
  if (!std::is_sorted(nodes_.begin(), nodes_.end(), by_name)) {
    std::sort(nodes_.begin(), nodes_.end(), by_name);
  }
  if (cluster_ != nullptr) JoinNodes();
  named_nodes_ = nodes_.size();
  if (cluster_ != nullptr) AddHiddenNode("");  // of those not scheduled
  ranges_.resize(nodes_.size());
  by_store_node_.reserve(nodes_.size());
  for (size_t node = 0; node < nodes_.size(); ++node) {
    if (nodes_[node].reported) by_store_node_.emplace_back(nodes_[node].info->node, node);
  }
  std::sort(by_store_node_.begin(), by_store_node_.end());
}

NodeEntry Snapshot::MakeNode(std::shared_ptr<const NodeInfo> info, const TimeFrame& frame,
                             int64_t now_ms) const {
  const int64_t interval_ms = store_.options().interval_ms;
  NodeEntry entry;
  entry.info = std::move(info);
  entry.first_held_ms = entry.info->oldest_tick_ms;
  entry.tick_ms = entry.info->newest_tick_ms;
  if (entry.tick_ms && *entry.tick_ms > tick_ms_) entry.tick_ms = entry.info->previous_tick_ms;
  if (entry.tick_ms && *entry.tick_ms > tick_ms_) {
    entry.tick_ms = NewestHeld(store_.Held(entry.info->name),
                               GridStepMs(interval_ms, entry.info->interval_ms), tick_ms_);
  }
  const bool simple = entry.info->instance_id.empty() || entry.info->instance_id == kSimpleInstance;
  entry.alive_since_ms = entry.tick_ms.value_or(0) - (simple ? 2 * interval_ms : 0);
  if (frame.live || !entry.tick_ms) {
    entry.stale = IsStale(*entry.info, interval_ms, now_ms);
  } else {
    const int64_t step_ms = GridStepMs(interval_ms, entry.info->interval_ms);
    entry.stale = tick_ms_ - *entry.tick_ms >= 3 * step_ms;
  }
  return entry;
}

Snapshot::PodRange Snapshot::LoadNode(size_t node) {
  std::optional<PodRange>& range = ranges_[node];
  if (!range) {
    const auto first = static_cast<uint32_t>(pods_.size());
    std::optional<NodeJoin> join;
    if (cluster_ != nullptr) join.emplace(*cluster_, nodes_[node].info->name);
    if (nodes_[node].tick_ms) LoadPodsOfNode(node, join ? &*join : nullptr);
    if (join) AddPodsNotMeasured(node, &*join);
    range = PodRange{first, static_cast<uint32_t>(pods_.size()) - first};
  }
  return *range;
}

std::optional<size_t> Snapshot::FindNode(uint32_t store_node) const {
  const auto found = std::lower_bound(by_store_node_.begin(), by_store_node_.end(),
                                      std::pair<uint32_t, size_t>(store_node, 0));
  if (found == by_store_node_.end() || found->first != store_node) return std::nullopt;
  return found->second;
}

void Snapshot::LoadPodsOfNode(size_t node, NodeJoin* join) {
  PodsById pods, lost;  // both ascending
  std::vector<ObjectInfo> objects = store_.Objects(nodes_[node].info->node);
  for (ObjectInfo& object : objects) {
    if (object.identity.kind() != ObjectKind::kPod || object.first_tick_ms > tick_ms_) continue;
    PodEntry& pod = pods.emplace_back(object.id, PodEntry()).second;
    DescribePod(object.identity.Unpack(), &pod);
    pod.first_tick_ms = object.first_tick_ms;
    pod.last_tick_ms = object.last_tick_ms;
    pod.own = std::move(object);
  }
  for (ObjectInfo& object : objects) {
    // What was moved away above has no identity any more.
    if (object.identity == nullptr || object.identity.kind() != ObjectKind::kContainer) continue;
    if (object.first_tick_ms > tick_ms_) continue;
    const ObjectId of = object.pod.value_or(object.id);
    auto pod = std::lower_bound(
        pods.begin(), pods.end(), of,
        [](const auto& entry, const ObjectId& wanted) { return entry.first < wanted; });
    if (pod == pods.end() || pod->first != of) {
      if (object.identity.container_type() == ContainerType::kSandbox) continue;
      lost.emplace_back(object.id, PodOfLostContainer(object));
      pod = lost.end() - 1;
    }
    const bool ended = object.last_tick_ms < nodes_[node].alive_since_ms;
    if (ended) ForgetDetails(&object);
    pod->second.containers.push_back({std::move(object), ended});
  }
  const auto known = static_cast<std::ptrdiff_t>(pods.size());
  std::move(lost.begin(), lost.end(), std::back_inserter(pods));
  std::inplace_merge(pods.begin(), pods.begin() + known, pods.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
  if (join != nullptr) JoinPods(join, &pods);
  for (auto& [id, pod] : pods) {
    pod.node = node;
    AddPod(std::move(pod), join);
  }
}

void Snapshot::AddPod(PodEntry pod, const NodeJoin* join) {
  if (!visibility_.NamespaceVisible(pod.namespace_name)) return;
  const NodeEntry& node = nodes_[pod.node];
  pod.terminated = pod.last_tick_ms < node.alive_since_ms;
  if (pod.terminated && pod.own) ForgetDetails(&*pod.own);
  pod.stale = !pod.terminated && node.stale;
  pod.shown_ms = std::min(pod.last_tick_ms, *node.tick_ms);
  if (!pod.started_at_ms) pod.started_at_ms = EarliestStart(pod.containers);
  pod.start_ms = pod.started_at_ms.value_or(pod.first_tick_ms);
  // Kubernetes means it to run, and it does not: its values are old.
  if (pod.terminated && live_ && join != nullptr && join->Lives(pod)) {
    pod.terminated = false;
    pod.stale = true;
  }
  pods_.push_back(std::move(pod));
}

}  // namespace kubemonitor
