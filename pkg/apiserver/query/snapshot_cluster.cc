// What a snapshot has of Kubernetes: nodes and pods beside those of the store.

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "apiserver/query/snapshot.h"
#include "apiserver/query/summed_store.h"

namespace kubemonitor {
namespace {

std::shared_ptr<const NodeInfo> NameAlone(std::string_view name) {
  auto info = std::make_shared<NodeInfo>();
  info->name = name;
  return info;
}

NodeEntry NotReported(std::string_view name) {
  NodeEntry entry;
  entry.info = NameAlone(name);
  entry.reported = false;
  entry.stale = true;  // part of no sum
  return entry;
}

}  // namespace

void Snapshot::JoinNodes() {
  std::vector<NodeEntry> joined;
  joined.reserve(nodes_.size());
  auto next = nodes_.begin();
  for (const std::shared_ptr<const KubeNode>& node : cluster_->nodes()) {
    while (next != nodes_.end() && next->info->name < node->name) {
      joined.push_back(std::move(*next++));
    }
    const bool reported = next != nodes_.end() && next->info->name == node->name;
    if (!reported && !Began(node->created_at_ms)) continue;
    NodeEntry entry = reported ? std::move(*next++) : NotReported(node->name);
    entry.kubernetes = node;
    if (!reported) entry.visible = visibility_.NodeVisible(node->name);
    joined.push_back(std::move(entry));
  }
  std::move(next, nodes_.end(), std::back_inserter(joined));
  nodes_ = std::move(joined);
}

size_t Snapshot::AddHiddenNode(std::string_view name) {
  NodeEntry entry = NotReported(name);
  entry.visible = false;
  nodes_.push_back(std::move(entry));
  ranges_.resize(nodes_.size());
  return nodes_.size() - 1;
}

std::optional<size_t> Snapshot::FindNode(std::string_view name) const {
  const auto named_end = nodes_.begin() + static_cast<std::ptrdiff_t>(named_nodes_);
  auto found = std::lower_bound(
      nodes_.begin(), named_end, name,
      [](const NodeEntry& node, std::string_view wanted) { return node.info->name < wanted; });
  if (found == named_end || found->info->name != name) {
    found = std::find_if(named_end, nodes_.end(),
                         [name](const NodeEntry& node) { return node.info->name == name; });
  }
  if (found == nodes_.end()) return std::nullopt;
  return static_cast<size_t>(found - nodes_.begin());
}

size_t Snapshot::FindOrAddNode(std::string_view name) {
  const std::optional<size_t> known = FindNode(name);
  return known ? *known : AddHiddenNode(name);
}

std::vector<size_t> Snapshot::NodesWithPods(std::optional<std::string_view> namespace_name) {
  if (!namespace_name) {
    if (cluster_ != nullptr) {
      for (const std::string& name : cluster_->NodesOfPods()) FindOrAddNode(name);
    }
    std::vector<size_t> all(nodes_.size());
    std::iota(all.begin(), all.end(), size_t{0});
    return all;
  }
  std::set<size_t> found;
  if (cluster_ != nullptr) {
    std::set<std::string, std::less<>> names;
    cluster_->ForEachPodBriefly(namespace_name, std::nullopt,
                                [&names](const KubePod& pod) { names.insert(pod.node_name); });
    for (const std::string& name : names) found.insert(FindOrAddNode(name));
  }
  for (const uint32_t store_node : store_.NodesWithNamespace(*namespace_name)) {
    if (const std::optional<size_t> node = FindNode(store_node)) found.insert(*node);
  }
  return {found.begin(), found.end()};
}

std::vector<size_t> Snapshot::NodesWithPod(std::string_view namespace_name, std::string_view name,
                                           std::optional<std::string_view> uid) {
  std::set<size_t> found;
  for (const uint32_t store_node : store_.NodesWithPod(namespace_name, name)) {
    if (const std::optional<size_t> node = FindNode(store_node)) found.insert(*node);
  }
  if (cluster_ != nullptr) {
    const auto add = [&](const std::optional<KubePod>& pod) {
      if (pod) found.insert(FindOrAddNode(pod->node_name));
    };
    add(cluster_->FindPod("", {}, namespace_name, name));
    if (uid) add(cluster_->FindPod(*uid, {}, "", ""));
  }
  return {found.begin(), found.end()};
}

void Snapshot::JoinPods(NodeJoin* join, PodsById* pods) {
  std::vector<PodEntry*> lost;
  std::map<std::string_view, PodEntry*> by_uid;
  for (auto& [id, pod] : *pods) {
    if (join->Join(&pod) == NodeJoin::Found::kElsewhere) {
      reported_elsewhere_.insert(pod.kubernetes->uid);
    }
    if (!pod.own && pod.kubernetes) lost.push_back(&pod);
  }
  if (lost.empty()) return;
  for (auto& [id, pod] : *pods) {
    if (pod.own && pod.kubernetes) by_uid.emplace(pod.kubernetes->uid, &pod);
  }
  std::set<const PodEntry*> merged;
  for (PodEntry* pod : lost) {
    const auto [first, is_new] = by_uid.emplace(pod->kubernetes->uid, pod);
    if (is_new) continue;
    PodEntry& whole = *first->second;
    std::move(pod->containers.begin(), pod->containers.end(), std::back_inserter(whole.containers));
    whole.first_tick_ms = std::min(whole.first_tick_ms, pod->first_tick_ms);
    whole.last_tick_ms = std::max(whole.last_tick_ms, pod->last_tick_ms);
    merged.insert(pod);
  }
  std::erase_if(*pods, [&merged](const auto& entry) { return merged.contains(&entry.second); });
}

void Snapshot::AddPodsNotMeasured(size_t node, NodeJoin* join) {
  for (PodEntry& pod : join->TakeRest()) {
    if (!visibility_.NamespaceVisible(pod.namespace_name)) continue;
    if (!Began(pod.first_tick_ms)) continue;
    pod.node = node;
    pods_.push_back(std::move(pod));
  }
}

}  // namespace kubemonitor
