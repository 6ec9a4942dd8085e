#include "apiserver/kubernetes/pod_table.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace kubemonitor {
namespace {

PodGroups::Member MemberOf(uint32_t number, const PackedPod& pod) {
  return {number, !pod.ended(), pod.requests(), pod.limits()};
}

// Which of several pods that match is meant.
class Choice {
 public:
  explicit Choice(const CowArray<KnownPod>& entries) : entries_(entries) {}
  void Consider(uint32_t number) {
    // One that lives goes last of all.
    const int64_t went_ms =
        entries_[number].pod.deleted_at_ms().value_or(std::numeric_limits<int64_t>::max());
    if (found_ && went_ms <= went_ms_) return;
    found_ = number;
    went_ms_ = went_ms;
  }
  const std::optional<uint32_t>& found() const { return found_; }

 private:
  const CowArray<KnownPod>& entries_;
  std::optional<uint32_t> found_;
  int64_t went_ms_ = 0;  // of the one found
};

}  // namespace

std::string PodSnapshot::NameKey(std::string_view namespace_name, std::string_view name) {
  std::string key;
  key.reserve(namespace_name.size() + name.size() + 1);
  key.append(namespace_name).push_back('/');
  return key.append(name);
}

std::optional<uint32_t> PodSnapshot::Find(std::string_view uid,
                                          const std::vector<std::string_view>& container_ids,
                                          std::string_view namespace_name,
                                          std::string_view name) const {
  Choice choice(entries);
  const auto consider = [&](const CowIndex& index, std::string_view key, const auto& matches) {
    index.Find(static_cast<uint32_t>(hash(key)), [&](uint32_t number) {
      if (matches(entries[number].pod)) choice.Consider(number);
      return false;
    });
    return choice.found().has_value();
  };
  // A pod's own uid goes before one that it says to be the mirror of.
  const auto is_uid = [&](const PackedPod& pod) { return pod.uid() == uid; };
  const auto has_uid = [&](const PackedPod& pod) { return pod.HasUid(uid); };
  if (!uid.empty() && (consider(by_uid, uid, is_uid) || consider(by_uid, uid, has_uid))) {
    return choice.found();
  }
  for (const std::string_view id : container_ids) {
    const auto has_id = [id](const PackedPod& pod) { return pod.HasContainer(id); };
    if (!id.empty() && consider(by_container, id, has_id)) return choice.found();
  }
  if (name.empty()) return std::nullopt;
  consider(by_name, NameKey(namespace_name, name), [&](const PackedPod& pod) {
    return pod.name() == name && pod.namespace_name() == namespace_name;
  });
  return choice.found();
}

PodTable::PodTable(const SeededHash& hash, Interner* interner, Controllers* controllers)
    : interner_(interner), controllers_(controllers) {
  pods_.hash = hash;
}

std::optional<uint32_t> PodTable::FindUid(std::string_view uid, bool gone) const {
  std::optional<uint32_t> found;
  pods_.by_uid.Find(HashOf(uid), [&](uint32_t number) {
    const PackedPod& pod = pods_.entries[number].pod;
    // By Kubernetes' uid alone: several mirror pods may stand for one static pod, one after
    // another.
    if (pod.deleted_at_ms().has_value() != gone || pod.uid() != uid) return false;
    found = number;
    return true;
  });
  return found;
}

std::optional<uint32_t> PodTable::FindLiving(std::string_view namespace_name,
                                             std::string_view name) const {
  std::optional<uint32_t> found;
  pods_.by_name.Find(HashOf(PodSnapshot::NameKey(namespace_name, name)), [&](uint32_t number) {
    const PackedPod& pod = pods_.entries[number].pod;
    if (pod.deleted_at_ms() || pod.name() != name || pod.namespace_name() != namespace_name) {
      return false;
    }
    found = number;
    return true;
  });
  return found;
}

uint32_t PodTable::NewNumber() {
  if (!free_.empty()) {
    const uint32_t number = free_.back();
    free_.pop_back();
    return number;
  }
  lists_.push_back(0);
  pods_.entries.GrowTo(lists_.size());
  return static_cast<uint32_t>(lists_.size() - 1);
}

bool PodTable::Put(const PodObject& object, uint32_t list, int64_t now_ms) {
  const KubePod& pod = object.pod;
  std::optional<uint32_t> number = FindUid(pod.uid, false);
  if (!number) {
    if (const auto other = FindLiving(pod.namespace_name, pod.name)) MarkGone(*other, now_ms);
    // One that was taken for gone is back.
    if (const auto gone = FindUid(pod.uid, true)) Forget(*gone);
    if (size_ >= kMaxPods) return false;
    number = NewNumber();
    ++size_;
  }
  lists_[*number] = list;
  const KnownPod& before = pods_.entries[*number];
  KnownPod entry;
  entry.pod = PackedPod(pod, interner_);
  if (object.controller) entry.controller = controllers_->Acquire(*object.controller, pod.labels);
  if (entry == before) {
    controllers_->Release(entry.controller);
    return true;
  }
  Set(*number, std::move(entry));
  return true;
}

// Puts the entry in the place of what was there, in all tables.
void PodTable::Set(uint32_t number, KnownPod entry) {
  const KnownPod before = pods_.entries[number];
  const bool was_living = !before.pod.empty() && !before.pod.deleted_at_ms();
  const bool lives = !entry.pod.empty() && !entry.pod.deleted_at_ms();
  const bool moved = !was_living || !lives || before.pod.node_name() != entry.pod.node_name() ||
                     MemberOf(number, before.pod) != MemberOf(number, entry.pod);
  if (was_living && moved) LeaveGroups(number, before.pod);
  if (!before.pod.empty()) Unindex(number, before.pod, entry.pod);
  if (!entry.pod.empty()) Index(number, entry.pod);
  if (lives && moved) JoinGroups(number, entry.pod);
  bytes_ += entry.pod.MemoryBytes();
  bytes_ -= before.pod.MemoryBytes();
  pods_.entries.At(number) = std::move(entry);
  controllers_->Release(before.controller);
}

void PodTable::Index(uint32_t number, const PackedPod& pod) {
  const PackedPod::Ids ids = pod.ids();
  for (const std::string& uid : ids.uids) pods_.by_uid.Add(HashOf(uid), number);
  for (const std::string& id : ids.containers) pods_.by_container.Add(HashOf(id), number);
  pods_.by_name.Add(HashOf(PodSnapshot::NameKey(pod.namespace_name(), pod.name())), number);
}

// Takes out what does not stand in `next` as well.
void PodTable::Unindex(uint32_t number, const PackedPod& pod, const PackedPod& next) {
  const PackedPod::Ids ids = pod.ids();
  const PackedPod::Ids kept = next.empty() ? PackedPod::Ids() : next.ids();
  const auto stays = [](const std::vector<std::string>& all, const std::string& id) {
    return std::find(all.begin(), all.end(), id) != all.end();
  };
  for (const std::string& uid : ids.uids) {
    if (!stays(kept.uids, uid)) pods_.by_uid.Remove(HashOf(uid), number);
  }
  for (const std::string& id : ids.containers) {
    if (!stays(kept.containers, id)) pods_.by_container.Remove(HashOf(id), number);
  }
  if (next.empty() || next.name() != pod.name() || next.namespace_name() != pod.namespace_name()) {
    pods_.by_name.Remove(HashOf(PodSnapshot::NameKey(pod.namespace_name(), pod.name())), number);
  }
}

void PodTable::JoinGroups(uint32_t number, const PackedPod& pod) {
  const PodGroups::Member member = MemberOf(number, pod);
  pods_.nodes.Add(pod.node_name(), member);
  pods_.namespaces.Add(pod.namespace_name(), member);
}

void PodTable::LeaveGroups(uint32_t number, const PackedPod& pod) {
  const PodGroups::Member member = MemberOf(number, pod);
  pods_.nodes.Remove(pod.node_name(), member);
  pods_.namespaces.Remove(pod.namespace_name(), member);
}

void PodTable::MarkGone(uint32_t number, int64_t now_ms) {
  // In order, should the clock step back.
  const int64_t at_ms = gone_.empty() ? now_ms : std::max(now_ms, gone_.back().at_ms);
  KnownPod entry = pods_.entries[number];
  KubePod pod = entry.pod.Unpack();
  pod.deleted_at_ms = at_ms;
  entry.pod = PackedPod(pod, interner_);
  controllers_->AddReference(entry.controller);  // Set gives one back
  Set(number, std::move(entry));
  --size_;
  gone_.push_back({number, at_ms});
  while (gone_.size() > kMaxGone) ForgetOldest();
}

void PodTable::Forget(uint32_t number) {
  Set(number, {});
  free_.push_back(number);
}

// Unless it came back, or is forgotten already.
void PodTable::ForgetOldest() {
  const Gone oldest = gone_.front();
  gone_.pop_front();
  if (pods_.entries[oldest.number].pod.deleted_at_ms() == oldest.at_ms) Forget(oldest.number);
}

void PodTable::Remove(std::string_view uid, int64_t now_ms) {
  if (const auto number = FindUid(uid, false)) MarkGone(*number, now_ms);
}

void PodTable::RemoveOthers(uint32_t list, int64_t now_ms) {
  for (uint32_t number = 0; number < lists_.size(); ++number) {
    const PackedPod& pod = pods_.entries[number].pod;
    if (pod.empty() || pod.deleted_at_ms() || lists_[number] == list) continue;
    MarkGone(number, now_ms);
  }
}

bool PodTable::ForgetGone(int64_t before_ms) {
  bool any = false;
  for (; !gone_.empty() && gone_.front().at_ms < before_ms; any = true) ForgetOldest();
  return any;
}

PodSnapshot PodTable::Share() {
  PodSnapshot out;
  out.entries = pods_.entries.Share();
  out.by_uid = pods_.by_uid.Share();
  out.by_container = pods_.by_container.Share();
  out.by_name = pods_.by_name.Share();
  out.nodes = pods_.nodes.Share();
  out.namespaces = pods_.namespaces.Share();
  out.hash = pods_.hash;
  return out;
}

size_t PodTable::MemoryBytes() const {
  return bytes_ + pods_.entries.MemoryBytes() + pods_.by_uid.MemoryBytes() +
         pods_.by_container.MemoryBytes() + pods_.by_name.MemoryBytes() +
         pods_.nodes.MemoryBytes() + pods_.namespaces.MemoryBytes() +
         (lists_.capacity() + free_.capacity()) * sizeof(uint32_t) + gone_.size() * sizeof(Gone);
}

}  // namespace kubemonitor
