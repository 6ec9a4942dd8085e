#include "apiserver/store/object_table.h"

#include <utility>

namespace kubemonitor {
namespace {

// What a pod is recognised by; empty: nothing. Zero bytes cannot be part of a name, so keys of
// different parts never meet.
std::string PodKey(const Identity& identity) {
  if (!identity.pod_uid.empty()) return std::string("u") + '\0' + identity.pod_uid;
  if (identity.pod_name.empty()) return {};
  return std::string("p") + '\0' + identity.namespace_name + '\0' + identity.pod_name;
}

std::string KeyOf(const Identity& identity) {
  const std::string pod = PodKey(identity);
  if (identity.kind != ObjectKind::kContainer) return pod;
  if (!identity.container_id.empty()) return std::string("c") + '\0' + identity.container_id;
  if (identity.container_name.empty() || pod.empty()) return {};
  return std::string("n") + '\0' + identity.container_name + '\0' + pod;
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
        by_number_.erase(identity.object);
        // Bounded; beyond, the number is merely unknown.
        if (refused_.size() < max_objects_) refused_.insert(identity.object);
        without_room.push_back(identity.object);
        continue;
      }
      refused_.erase(identity.object);
      by_number_[identity.object] = object->index;
      if (kind == ObjectKind::kContainer) LinkPod(*object, identity, now_ms);
    }
  }
  return without_room;
}

StoredObject* ObjectTable::Resolve(const Identity& identity, int64_t now_ms) {
  StoredObject* object = identity.object == 0 ? nullptr : FindNumber(identity.object);
  if (object != nullptr && !Compatible(*object->identity, identity)) object = nullptr;
  if (object == nullptr) object = FindKey(KeyOf(identity));
  if (object == nullptr) {
    if (objects_.size() >= max_objects_) return nullptr;
    object = &objects_[next_index_];
    object->index = next_index_++;
    object->identity = std::make_shared<const Identity>(identity);
  } else if (*object->identity != identity) {
    object->identity = std::make_shared<const Identity>(MergeIdentity(*object->identity, identity));
  }
  object->known_ms = now_ms;
  AddKey(*object);
  return object;
}

void ObjectTable::AddKey(StoredObject& object) {
  std::string key = KeyOf(*object.identity);
  if (!key.empty() && by_key_.emplace(key, object.index).second) {
    object.keys.push_back(std::move(key));
  }
}

void ObjectTable::LinkPod(StoredObject& container, const Identity& identity, int64_t now_ms) {
  const StoredObject* pod = FindNumber(identity.pod_object);
  const std::string key = PodKey(*container.identity);
  if (pod == nullptr && !key.empty()) {
    pod = FindKey(key);
    const bool names_are_news =
        pod != nullptr && pod->identity->pod_name.empty() && !container.identity->pod_name.empty();
    if (pod == nullptr || names_are_news) pod = Resolve(ImpliedPod(*container.identity), now_ms);
  }
  if (pod != nullptr && pod->identity->kind == ObjectKind::kPod) container.pod = pod->index;
}

void ObjectTable::ForgetNumbers() {
  by_number_.clear();
  refused_.clear();
}

StoredObject* ObjectTable::FindNumber(uint32_t number) {
  const auto found = by_number_.find(number);
  return found == by_number_.end() ? nullptr : &objects_.at(found->second);
}

StoredObject* ObjectTable::FindKey(const std::string& key) {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &objects_.at(found->second);
}

StoredObject* ObjectTable::FindIndex(uint32_t index) {
  const auto found = objects_.find(index);
  return found == objects_.end() ? nullptr : &found->second;
}

const StoredObject* ObjectTable::FindIndex(uint32_t index) const {
  const auto found = objects_.find(index);
  return found == objects_.end() ? nullptr : &found->second;
}

// Names as the query gives them: a pod without a name goes by its uid, a container whose pod nobody
// knows by what it has.
bool ObjectTable::HasPod(std::string_view namespace_name, std::string_view name) const {
  for (const auto& [index, object] : objects_) {
    const Identity& identity = *object.identity;
    if (identity.namespace_name != namespace_name) continue;
    if (identity.kind == ObjectKind::kContainer && object.pod) continue;
    if (identity.pod_name == name || identity.pod_uid == name) return true;
    if (identity.container_name == name || identity.container_id == name) return true;
  }
  return false;
}

void ObjectTable::Expire(int64_t cutoff_ms, int64_t known_cutoff_ms) {
  Drop([&](const StoredObject& object) {
    return object.identity->kind == ObjectKind::kContainer && !object.HasRows(cutoff_ms) &&
           object.known_ms < known_cutoff_ms;
  });
  std::unordered_set<uint32_t> needed;
  for (const auto& [index, object] : objects_) {
    if (object.pod) needed.insert(*object.pod);
  }
  Drop([&](const StoredObject& object) {
    return object.identity->kind == ObjectKind::kPod && !object.HasRows(cutoff_ms) &&
           object.known_ms < known_cutoff_ms && !needed.contains(object.index);
  });
}

void ObjectTable::Drop(const std::function<bool(const StoredObject&)>& condition) {
  std::unordered_set<uint32_t> dropped;
  for (auto object = objects_.begin(); object != objects_.end();) {
    if (!condition(object->second)) {
      ++object;
      continue;
    }
    for (const std::string& key : object->second.keys) by_key_.erase(key);
    dropped.insert(object->first);
    object = objects_.erase(object);
  }
  if (dropped.empty()) return;
  std::erase_if(by_number_, [&](const auto& entry) { return dropped.contains(entry.second); });
  refused_.clear();  // there is room again: their identities are asked for
}

}  // namespace kubemonitor
