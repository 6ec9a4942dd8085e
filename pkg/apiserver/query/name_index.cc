#include "apiserver/query/name_index.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <tuple>

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

NameIndex::NameIndex(const SummedStore& store, int64_t now_ms) {
  const int64_t interval_ms = store.options().interval_ms;
  std::set<std::string> namespaces;
  std::set<Workload> workloads;
  for (const std::shared_ptr<const NodeInfo>& info : store.Nodes()) {
    const auto node = static_cast<uint32_t>(nodes_.size());
    nodes_.push_back(info->name);
    if (!info->newest_tick_ms) continue;
    // Ended pods are not found; one that missed a tick is.
    const int64_t alive_since_ms = *info->newest_tick_ms - 2 * interval_ms;
    for (const ObjectInfo& object : store.Objects(info->node)) {
      const bool lives = object.identity.kind() == ObjectKind::kPod &&
                         object.last_tick_ms >= alive_since_ms && object.first_tick_ms <= now_ms;
      if (!lives) continue;
      const Identity identity = object.identity.Unpack();
      if (identity.pod_name.empty()) continue;
      pods_.push_back({object.identity, node});
      if (identity.namespace_name.empty()) continue;
      namespaces.insert(identity.namespace_name);
      if (const std::optional<PodOwner> owner = InferOwner(identity)) {
        workloads.insert({owner->top.kind, identity.namespace_name, owner->top.name});
      }
    }
  }
  namespaces_.assign(namespaces.begin(), namespaces.end());
  workloads_.assign(workloads.begin(), workloads.end());
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

NameMatches NameIndex::Search(std::string_view text, size_t limit) const {
  NameMatches matches;
  const std::string small = SmallLetters(text);
  if (small.empty()) return matches;
  std::vector<Hit> hits;
  const auto look = [&](ItemKind kind, std::string_view name, size_t index) {
    const int rank = RankName(name, small);
    if (rank >= 0) hits.push_back({rank, kind, name, static_cast<uint32_t>(index)});
  };
  for (size_t i = 0; i < nodes_.size(); ++i) look(ItemKind::kNode, nodes_[i], i);
  for (size_t i = 0; i < namespaces_.size(); ++i) look(ItemKind::kNamespace, namespaces_[i], i);
  for (size_t i = 0; i < workloads_.size(); ++i) look(ItemKind::kWorkload, workloads_[i].name, i);
  for (size_t i = 0; i < pods_.size(); ++i) look(ItemKind::kPod, pods_[i].identity.pod_name(), i);
  matches.total = hits.size();
  const size_t count = std::min(limit, hits.size());
  const auto end = hits.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(hits.begin(), end, hits.end());
  for (auto hit = hits.begin(); hit != end; ++hit) matches.best.push_back(Describe(*hit));
  return matches;
}

NameMatch NameIndex::Describe(const Hit& hit) const {
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
    newest_ = std::make_shared<const NameIndex>(store_, now_ms);
    made_ms_ = now_ms;
  }
  return newest_;
}

}  // namespace kubemonitor
