#include "apiserver/store/object_table.h"

#include <utility>

namespace kubemonitor {
namespace {

// Keys begin with a letter that tells what they are made of. Zero bytes cannot be part of a name,
// so different parts never meet.
std::string PodUidKey(const Identity& identity) {
  return std::string("u") + '\0' + identity.pod_uid;
}
std::string PodNameKey(const Identity& identity) {
  return std::string("p") + '\0' + identity.namespace_name + '\0' + identity.pod_name;
}
std::string ContainerIdKey(const Identity& identity) {
  return std::string("c") + '\0' + identity.container_id;
}
std::string ContainerNameKey(const Identity& identity, const std::string& pod) {
  return std::string(pod[0] == 'u' ? "m" : "n") + '\0' + identity.container_name + '\0' + pod;
}

// The name it goes by in answers: a pod without a name by its uid, a container whose pod nobody
// knows by what it has.
std::string NameKey(const Identity& identity) {
  for (const std::string* name :
       {&identity.pod_name, &identity.pod_uid, &identity.container_name, &identity.container_id}) {
    if (!name->empty()) return std::string("w") + '\0' + identity.namespace_name + '\0' + *name;
  }
  return "w";
}

uint32_t HashOf(const Interner& interner, const std::string& key) {
  constexpr uint32_t kKindBits = 5;  // tells letters apart
  const auto kind = static_cast<uint32_t>(key[0]) & ((1U << kKindBits) - 1);
  return static_cast<uint32_t>(interner.hash()(key)) << kKindBits | kind;
}

// What a pod is recognised by: the first of these. Of a container: what its pod is.
std::vector<std::string> PodKeys(const Identity& identity) {
  std::vector<std::string> keys;
  if (!identity.pod_uid.empty()) keys.push_back(PodUidKey(identity));
  if (!identity.pod_name.empty()) keys.push_back(PodNameKey(identity));
  return keys;
}

std::vector<std::string> KeysOf(const Identity& identity) {
  std::vector<std::string> pod_keys = PodKeys(identity);
  if (identity.kind != ObjectKind::kContainer) return pod_keys;
  std::vector<std::string> keys;
  if (!identity.container_id.empty()) keys.push_back(ContainerIdKey(identity));
  if (identity.container_name.empty()) return keys;
  for (const std::string& pod : pod_keys) keys.push_back(ContainerNameKey(identity, pod));
  return keys;
}

// Empty: by nothing.
std::string First(std::vector<std::string> keys) {
  return keys.empty() ? std::string() : std::move(keys.front());
}

bool Differ(const std::string& a, const std::string& b) {
  return !a.empty() && !b.empty() && a != b;
}

// False: what is known of both says that they are two objects.
bool Compatible(const Identity& a, const Identity& b) {
  if (a.kind != b.kind || Differ(a.pod_uid, b.pod_uid)) return false;
  if (Differ(a.namespace_name, b.namespace_name) || Differ(a.pod_name, b.pod_name)) return false;
  return !Differ(a.container_id, b.container_id) && !Differ(a.container_name, b.container_name);
}

// The pod that a container's identity speaks of.
Identity ImpliedPod(const Identity& container) {
  Identity pod = container;
  pod.object = 0;
  pod.pod_object = 0;
  pod.kind = ObjectKind::kPod;
  pod.container_name.clear();
  pod.container_id.clear();
  pod.container_type = ContainerType::kUnknown;
  pod.started_at_ms.reset();
  pod.restart_count.reset();
  return pod;
}

}  // namespace

Identity MergeIdentity(const Identity& older, const Identity& newer) {
  Identity merged = newer;
  bool emptier = false;
  auto keep = [&emptier](std::string& now, const std::string& before) {
    if (!now.empty() || before.empty()) return;
    now = before;
    emptier = true;
  };
  keep(merged.pod_uid, older.pod_uid);
  keep(merged.namespace_name, older.namespace_name);
  keep(merged.pod_name, older.pod_name);
  keep(merged.container_name, older.container_name);
  keep(merged.container_id, older.container_id);
  if (merged.container_type == ContainerType::kUnknown) {
    merged.container_type = older.container_type;
  }
  if (merged.qos_class == QosClass::kUnknown) merged.qos_class = older.qos_class;
  if (!merged.started_at_ms) merged.started_at_ms = older.started_at_ms;
  if (!merged.restart_count) merged.restart_count = older.restart_count;
  if (merged.labels.empty()) merged.labels = older.labels;
  // A sender that lost the names does not know about the network either.
  if (emptier && older.host_network) merged.host_network = true;
  return merged;
}

std::vector<uint32_t> ObjectTable::Bind(const std::vector<Identity>& identities, int64_t now_ms) {
  std::vector<uint32_t> without_room;
  for (const ObjectKind kind : {ObjectKind::kPod, ObjectKind::kContainer}) {
    for (const Identity& identity : identities) {
      if (identity.kind != kind || identity.object == 0) continue;
      StoredObject* object = Resolve(identity, now_ms);
      if (object == nullptr) {
        by_number_.EraseIf([&](const auto& entry) { return entry.key == identity.object; });
        // Bounded; beyond, the number is merely unknown.
        if (refused_.size() < max_objects_) refused_.insert(identity.object);
        without_room.push_back(identity.object);
        continue;
      }
      refused_.erase(identity.object);
      const uint32_t index = object->index;
      by_number_.Set(identity.object, index);
      if (kind == ObjectKind::kContainer) LinkPod(index, identity.pod_object, now_ms);
    }
  }
  return without_room;
}

StoredObject* ObjectTable::Resolve(const Identity& identity, int64_t now_ms) {
  StoredObject* object = identity.object == 0 ? nullptr : FindNumber(identity.object);
  if (object != nullptr && !Compatible(object->identity.Unpack(), identity)) object = nullptr;
  if (object == nullptr) object = FindKey(First(KeysOf(identity)));
  Identity known = identity;
  if (object == nullptr) {
    if (objects_.size() >= max_objects_) return nullptr;
    GrowSlowly(&objects_);
    object = &objects_.emplace_back();
    object->index = next_index_++;
    object->identity = PackedIdentity(identity, interner_.get());
    by_name_.Add(HashOf(*interner_, NameKey(identity)), object->index);
  } else if (const Identity before = object->identity.Unpack(); before != identity) {
    known = MergeIdentity(before, identity);
    object->identity = PackedIdentity(known, interner_.get());
    if (!Compatible(before, known)) ForgetOldKeys(object->index, known);
    if (NameKey(before) != NameKey(known)) {
      const uint32_t index = object->index;
      by_name_.EraseIf([index](const FlatIndex::Entry& entry) { return entry.index == index; });
      by_name_.Add(HashOf(*interner_, NameKey(known)), index);
    }
  }
  object->known_ms = now_ms;
  const std::string key = First(KeysOf(known));
  if (!key.empty() && FindKey(key) == nullptr) by_key_.Add(HashOf(*interner_, key), object->index);
  return object;
}

// Of an object that goes by another name now.
void ObjectTable::ForgetOldKeys(uint32_t index, const Identity& identity) {
  std::unordered_set<uint32_t> hashes;
  for (const std::string& key : KeysOf(identity)) hashes.insert(HashOf(*interner_, key));
  by_key_.EraseIf([&](const FlatIndex::Entry& entry) {
    return entry.index == index && !hashes.contains(entry.key);
  });
}

void ObjectTable::LinkPod(uint32_t index, uint32_t pod_number, int64_t now_ms) {
  const StoredObject* pod = FindNumber(pod_number);
  const Identity container = FindIndex(index)->identity.Unpack();
  const std::string key = First(PodKeys(container));
  if (pod == nullptr && !key.empty()) {
    pod = FindKey(key);
    const bool names_are_news =
        pod != nullptr && pod->identity.pod_name().empty() && !container.pod_name.empty();
    if (pod == nullptr || names_are_news) pod = Resolve(ImpliedPod(container), now_ms);
  }
  if (pod != nullptr && pod->identity.kind() == ObjectKind::kPod) {
    FindIndex(index)->pod = pod->index;
  }
}

void ObjectTable::ForgetNumbers() {
  by_number_.Clear();
  refused_.clear();
}

StoredObject* ObjectTable::FindNumber(uint32_t number) {
  const auto found = by_number_.Find(number);
  return found.empty() ? nullptr : FindIndex(found.front().index);
}

// The kind of the key is part of the hash: an object is found by what it was entered under alone.
StoredObject* ObjectTable::FindKey(const std::string& key) {
  if (key.empty()) return nullptr;
  for (const FlatIndex::Entry& entry : by_key_.Find(HashOf(*interner_, key))) {
    StoredObject* object = FindIndex(entry.index);
    const std::vector<std::string> keys = KeysOf(object->identity.Unpack());
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) return object;
  }
  return nullptr;
}

StoredObject* ObjectTable::FindIndex(uint32_t index) {
  return const_cast<StoredObject*>(std::as_const(*this).FindIndex(index));
}

const StoredObject* ObjectTable::FindIndex(uint32_t index) const {
  const auto found = std::lower_bound(
      objects_.begin(), objects_.end(), index,
      [](const StoredObject& object, uint32_t wanted) { return object.index < wanted; });
  return found == objects_.end() || found->index != index ? nullptr : &*found;
}

void ObjectTable::OfferDetails(const KeptObjectDetails::ReadAt& at,
                               const std::vector<ObjectDetails>& details) {
  const SharedBytes packed_at = KeptObjectDetails::Pack(at);
  for (const ObjectDetails& one : details) {
    StoredObject* object = FindNumber(one.object);
    if (object != nullptr) object->details.Offer(at, packed_at, one, interner_.get());
  }
}

uint32_t ObjectTable::NameHash(const Interner& interner, std::string_view namespace_name,
                               std::string_view name) {
  Identity pod;
  pod.namespace_name = namespace_name;
  pod.pod_name = name;
  return HashOf(interner, NameKey(pod));
}

void ObjectTable::Expire(int64_t cutoff_ms, int64_t known_cutoff_ms) {
  const auto over = [&](const StoredObject& object, ObjectKind kind) {
    return !object.HasRows(cutoff_ms) && object.known_ms < known_cutoff_ms &&
           object.identity.kind() == kind;
  };
  Drop([&](const StoredObject& object) { return over(object, ObjectKind::kContainer); });
  const auto pod_over = [&](const StoredObject& object) { return over(object, ObjectKind::kPod); };
  if (std::none_of(objects_.begin(), objects_.end(), pod_over)) return;
  std::unordered_set<uint32_t> needed;
  for (const StoredObject& object : objects_) needed.insert(object.pod);
  Drop([&](const StoredObject& object) {
    return pod_over(object) && !needed.contains(object.index);
  });
}

void ObjectTable::Drop(const std::function<bool(const StoredObject&)>& condition) {
  const size_t before = objects_.size();
  std::erase_if(objects_, condition);
  if (objects_.size() == before) return;
  const auto gone = [this](const FlatIndex::Entry& entry) {
    return FindIndex(entry.index) == nullptr;
  };
  by_key_.EraseIf(gone);
  by_name_.EraseIf(gone);
  by_number_.EraseIf(gone);
  ShrinkSlowly(&objects_);
  refused_.clear();  // there is room again: their identities are asked for
}

size_t ObjectTable::MemoryBytes() const {
  constexpr size_t kSetNode = 24;
  size_t bytes = objects_.capacity() * sizeof(StoredObject) + by_key_.MemoryBytes() +
                 by_name_.MemoryBytes() + by_number_.MemoryBytes() + refused_.size() * kSetNode +
                 refused_.bucket_count() * sizeof(void*);
  for (const StoredObject& object : objects_) {
    bytes += object.identity.MemoryBytes() + object.details.MemoryBytes();
  }
  return bytes;
}

}  // namespace kubemonitor
