#include "apiserver/query/node_join.h"

#include <optional>
#include <utility>

#include "apiserver/query/owner.h"

namespace kubemonitor {
namespace {

void TakeOwner(const KubePod& pod, PodEntry* entry) {
  entry->owner.reset();
  entry->job.clear();
  if (!pod.owner) return;
  entry->owner = Owner{pod.owner->kind, pod.owner->name, pod.owner->inferred};
  const bool of_job = pod.controller && pod.controller->kind == kJob;
  if (of_job && pod.owner->kind != kJob) entry->job = pod.controller->name;
}

JoinedPod JoinedOf(const KubePod& pod) {
  JoinedPod joined{pod.uid, pod.ended() || pod.deleted_at_ms.has_value(), {}, {}};
  if (joined.ended) return joined;
  joined.requests = pod.requests;
  joined.limits = pod.limits;
  return joined;
}

PodEntry EntryOf(const KubePod& pod) {
  PodEntry entry;
  entry.measured = false;
  entry.kubernetes = JoinedOf(pod);
  entry.namespace_name = pod.namespace_name;
  entry.name = pod.name;
  entry.uid = pod.sample_uid.empty() ? pod.uid : pod.sample_uid;
  entry.started_at_ms = pod.started_at_ms;
  entry.start_ms = pod.started_at_ms.value_or(pod.created_at_ms.value_or(0));
  entry.first_tick_ms = pod.created_at_ms.value_or(0);
  entry.host_network = pod.host_network;
  entry.terminated = pod.ended();
  TakeOwner(pod, &entry);
  return entry;
}

// A collector that could not learn the names tells the uid alone.
void TakeNames(const std::string& namespace_name, const std::string& name, PodEntry* pod) {
  if (!pod->namespace_name.empty()) return;
  pod->namespace_name = namespace_name;
  pod->name = name;
}

std::vector<std::string> ContainerIds(const PodEntry& pod) {
  std::vector<std::string> ids;
  for (const ContainerEntry& container : pod.containers) {
    const Identity identity = container.info.identity.Unpack();
    const bool sandbox = identity.container_type == ContainerType::kSandbox;
    if (!sandbox && !identity.container_id.empty()) ids.push_back(identity.container_id);
  }
  return ids;
}

}  // namespace

NodeJoin::NodeJoin(const Cluster& cluster, std::string_view node_name) : cluster_(cluster) {
  const size_t expected = cluster.NodeTotals(node_name).pods;  // and some that have ended
  pods_.reserve(expected);
  by_uid_.reserve(expected);
  cluster.ForEachPodBriefly(std::nullopt, node_name, [this](const KubePod& pod) {
    pods_.push_back({EntryOf(pod), pod.sample_uid, pod.terminating_since_ms.has_value(), false});
  });
  // A pod's own uid goes before one that another pod says is its.
  for (size_t index = 0; index < pods_.size(); ++index) {
    by_uid_.emplace(pods_[index].entry.kubernetes->uid, index);
  }
  for (size_t index = 0; index < pods_.size(); ++index) {
    if (!pods_[index].sample_uid.empty()) by_uid_.emplace(pods_[index].sample_uid, index);
  }
}

NodeJoin::Found NodeJoin::Join(PodEntry* pod) {
  auto found = pod->uid.empty() ? by_uid_.end() : by_uid_.find(pod->uid);
  std::optional<KubePod> elsewhere;
  if (found == by_uid_.end()) {
    const std::vector<std::string> ids = ContainerIds(*pod);
    const std::vector<std::string_view> id_views(ids.begin(), ids.end());
    const bool by_name = pod->uid.empty();
    elsewhere = cluster_.FindPod(pod->uid, id_views, by_name ? pod->namespace_name : "",
                                 by_name ? pod->name : "");
    if (!elsewhere) return Found::kNowhere;
    found = by_uid_.find(elsewhere->uid);
  }
  if (found == by_uid_.end()) {
    pod->kubernetes = JoinedOf(*elsewhere);
    TakeOwner(*elsewhere, pod);
    TakeNames(elsewhere->namespace_name, elsewhere->name, pod);
    return elsewhere->deleted_at_ms ? Found::kGone : Found::kElsewhere;
  }
  Known& known = pods_[found->second];
  known.joined = true;
  pod->kubernetes = known.entry.kubernetes;
  pod->owner = known.entry.owner;
  pod->job = known.entry.job;
  TakeNames(known.entry.namespace_name, known.entry.name, pod);
  return Found::kHere;
}

bool NodeJoin::Lives(const PodEntry& pod) const {
  if (!pod.kubernetes) return false;
  const auto found = by_uid_.find(pod.kubernetes->uid);
  if (found == by_uid_.end()) return false;
  const Known& known = pods_[found->second];
  return !known.entry.terminated && !known.terminating;
}

std::vector<PodEntry> NodeJoin::TakeRest() {
  std::vector<PodEntry> rest;
  by_uid_.clear();
  for (Known& known : pods_) {
    if (!known.joined) rest.push_back(std::move(known.entry));
  }
  return rest;
}

}  // namespace kubemonitor
