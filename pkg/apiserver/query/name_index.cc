#include "apiserver/query/name_index.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "apiserver/query/owner.h"

namespace kubemonitor {
namespace {

char SmallLetter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool IsWordCharacter(char c) {
  const char small = SmallLetter(c);
  return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool SameSmall(char of_name, char of_text) { return SmallLetter(of_name) == of_text; }

}  // namespace

std::string SmallLetters(std::string_view text) {
  std::string small(text);
  std::transform(small.begin(), small.end(), small.begin(), SmallLetter);
  return small;
}

int RankName(std::string_view name, std::string_view text) {
  int best = -1;
  auto from = name.begin();
  while (true) {
    const auto found = std::search(from, name.end(), text.begin(), text.end(), SameSmall);
    if (found == name.end()) return best;
    if (found == name.begin()) return name.size() == text.size() ? 0 : 1;
    if (!IsWordCharacter(*(found - 1))) return 2;
    best = 3;
    from = found + 1;
  }
}

class NameIndex::Maker {
 public:
  Maker(const SummedStore& store, const Cluster* cluster, int64_t now_ms, NameIndex* out)
      : store_(store), infos_(store.Nodes()), cluster_(cluster), now_ms_(now_ms), out_(*out) {}

  void Make() {
    if (cluster_ != nullptr) TakeTold();
    for (const std::shared_ptr<const NodeInfo>& info : infos_) TakeMeasured(*info);
    for (auto& [name, pod] : told_pods_) out_.told_pods_.push_back(std::move(pod));
    out_.namespaces_.assign(namespaces_.begin(), namespaces_.end());
    out_.workloads_.assign(workloads_.begin(), workloads_.end());
  }

 private:
  using PodName = std::pair<std::string, std::string>;  // namespace and name

  void TakeTold() {
    std::set<std::string_view> reported, measured;
    for (const std::shared_ptr<const NodeInfo>& info : infos_) {
      reported.insert(info->name);
      if (info->newest_tick_ms) measured.insert(info->name);
    }
    for (const std::shared_ptr<const KubeNamespace>& known : cluster_->namespaces()) {
      namespaces_.insert(known->name);
    }
    for (const std::shared_ptr<const KubeWorkload>& workload : cluster_->workloads()) {
      if (workload->deleted_at_ms || workload->owner) continue;  // a CronJob stands for its Jobs
      workloads_.insert({workload->kind, workload->namespace_name, workload->name});
    }
    const auto take = [this](const KubePod& pod) { TakeToldPod(pod); };
    for (const std::shared_ptr<const KubeNode>& node : cluster_->nodes()) {
      if (!reported.contains(node->name)) out_.nodes_.push_back(node->name);
      if (!measured.contains(node->name)) {
        cluster_->ForEachPodBriefly(std::nullopt, node->name, take);
      }
    }
    cluster_->ForEachPodBriefly(std::nullopt, "", take);  // not scheduled
    cluster_->ForEachPodInTrouble(take);                  // not started, on nodes that report
    if (cluster_->Knows("Node")) return;
    cluster_->ForEachPodBriefly(std::nullopt, std::nullopt, [&](const KubePod& pod) {
      if (!measured.contains(pod.node_name)) TakeToldPod(pod);
    });
  }

  void TakeToldPod(const KubePod& pod) {
    if (pod.ended()) return;
    NameMatch match;
    match.namespace_name = pod.namespace_name;
    match.name = pod.name;
    match.uid = pod.sample_uid.empty() ? pod.uid : pod.sample_uid;
    match.node = pod.node_name;
    namespaces_.insert(pod.namespace_name);
    told_pods_.insert_or_assign({pod.namespace_name, pod.name}, std::move(match));
  }

  void TakeMeasured(const NodeInfo& info) {
    const auto node = static_cast<uint32_t>(out_.nodes_.size());
    out_.nodes_.push_back(info.name);
    if (!info.newest_tick_ms) return;
    // Ended pods are not found; one that missed a tick is.
    const int64_t alive_since_ms = *info.newest_tick_ms - 2 * store_.options().interval_ms;
    for (const ObjectInfo& object : store_.Objects(info.node)) {
      const bool lives = object.identity.kind() == ObjectKind::kPod &&
                         object.last_tick_ms >= alive_since_ms && object.first_tick_ms <= now_ms_;
      if (lives) TakeMeasuredPod(object, node);
    }
  }

  void TakeMeasuredPod(const ObjectInfo& object, uint32_t node) {
    const Identity identity = object.identity.Unpack();
    if (identity.pod_name.empty()) return;
    out_.pods_.push_back({object.identity, node});
    if (identity.namespace_name.empty()) return;
    if (!told_pods_.empty()) told_pods_.erase({identity.namespace_name, identity.pod_name});
    namespaces_.insert(identity.namespace_name);
    if (const std::optional<PodOwner> owner = InferOwner(identity)) {
      workloads_.insert({owner->top.kind, identity.namespace_name, owner->top.name});
    }
  }

  const SummedStore& store_;
  const NodeInfos infos_;
  const Cluster* const cluster_;
  const int64_t now_ms_;
  NameIndex& out_;
  std::set<std::string> namespaces_;
  std::set<Workload> workloads_;
  std::map<PodName, NameMatch> told_pods_;
};

NameIndex::NameIndex(const SummedStore& store, const Cluster* cluster, int64_t now_ms) {
  Maker(store, cluster, now_ms, this).Make();
}

struct NameIndex::Hit {
  int rank = 0;
  ItemKind kind = ItemKind::kPod;
  std::string_view name;
  uint32_t index = 0;

  static int Order(ItemKind kind) {
    switch (kind) {
      case ItemKind::kNode:
        return 0;
      case ItemKind::kNamespace:
        return 1;
      case ItemKind::kWorkload:
        return 2;
      default:
        return 3;
    }
  }
  bool operator<(const Hit& other) const {
    return std::tuple(rank, Order(kind), name.size(), name, index) <
           std::tuple(other.rank, Order(other.kind), other.name.size(), other.name, other.index);
  }
};

NameMatches NameIndex::Search(std::string_view text, size_t limit,
                              const Visibility& visibility) const {
  NameMatches matches;
  const std::string small = SmallLetters(text);
  if (small.empty()) return matches;
  std::vector<Hit> hits;
  const auto look = [&](ItemKind kind, std::string_view namespace_name, std::string_view name,
                        size_t index) {
    const int rank = RankName(name, small);
    if (rank < 0) return;
    const bool visible = kind == ItemKind::kNode ? visibility.NodeVisible(name)
                                                 : visibility.NamespaceVisible(namespace_name);
    if (visible) hits.push_back({rank, kind, name, static_cast<uint32_t>(index)});
  };
  for (size_t i = 0; i < nodes_.size(); ++i) look(ItemKind::kNode, {}, nodes_[i], i);
  for (size_t i = 0; i < namespaces_.size(); ++i) {
    look(ItemKind::kNamespace, namespaces_[i], namespaces_[i], i);
  }
  for (size_t i = 0; i < workloads_.size(); ++i) {
    look(ItemKind::kWorkload, workloads_[i].namespace_name, workloads_[i].name, i);
  }
  for (size_t i = 0; i < pods_.size(); ++i) {
    const PackedIdentity& identity = pods_[i].identity;
    look(ItemKind::kPod, identity.namespace_name(), identity.pod_name(), i);
  }
  for (size_t i = 0; i < told_pods_.size(); ++i) {
    look(ItemKind::kPod, told_pods_[i].namespace_name, told_pods_[i].name, pods_.size() + i);
  }
  matches.total = hits.size();
  const size_t count = std::min(limit, hits.size());
  const auto end = hits.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(hits.begin(), end, hits.end());
  for (auto hit = hits.begin(); hit != end; ++hit) matches.best.push_back(Describe(*hit));
  return matches;
}

NameMatch NameIndex::Describe(const Hit& hit) const {
  const bool told = hit.kind == ItemKind::kPod && hit.index >= pods_.size();
  if (told) return told_pods_[hit.index - pods_.size()];
  NameMatch match;
  match.kind = hit.kind;
  match.name = hit.name;
  if (hit.kind == ItemKind::kWorkload) {
    match.workload_kind = workloads_[hit.index].kind;
    match.namespace_name = workloads_[hit.index].namespace_name;
  }
  if (hit.kind == ItemKind::kPod) {
    const Identity identity = pods_[hit.index].identity.Unpack();
    match.namespace_name = identity.namespace_name;
    match.uid = identity.pod_uid;
    match.node = nodes_[pods_[hit.index].node];
  }
  return match;
}

std::shared_ptr<const NameIndex> NameIndexCache::Get(int64_t now_ms) {
  const MutexLock lock(mutex_);
  if (newest_ == nullptr || std::abs(now_ms - made_ms_) >= store_.options().interval_ms) {
    const std::shared_ptr<const Cluster> cluster =
        kubernetes_ == nullptr ? nullptr : kubernetes_->cluster();
    newest_ = std::make_shared<const NameIndex>(store_, cluster.get(), now_ms);
    made_ms_ = now_ms;
  }
  return newest_;
}

}  // namespace kubemonitor
