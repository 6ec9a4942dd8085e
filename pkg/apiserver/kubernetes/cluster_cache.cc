#include "apiserver/kubernetes/cluster_cache.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace kubemonitor {
namespace {

// What a node of a std::map and the block of an allocation cost beside their contents.
constexpr size_t kNodeBytes = 48;
// Longer texts than that take an allocation of their own.
constexpr size_t kShortText = 15;

size_t BytesOf(const std::string& text) { return text.size() > kShortText ? text.size() + 16 : 0; }

size_t BytesOf(const KubeLabels& labels) {
  size_t bytes = 0;
  for (const auto& [key, value] : labels) {
    bytes += kNodeBytes + 2 * sizeof(std::string) + BytesOf(key) + BytesOf(value);
  }
  return bytes;
}

size_t BytesOf(const KubeNode& node) {
  size_t bytes = sizeof(node) + kNodeBytes + BytesOf(node.labels) +
                 node.roles.size() * sizeof(std::string) +
                 node.conditions.size() * sizeof(KubeCondition);
  for (const std::string* text :
       {&node.name, &node.uid, &node.kubelet_version, &node.kernel_version, &node.os_image,
        &node.runtime_version, &node.architecture, &node.operating_system}) {
    bytes += BytesOf(*text);
  }
  for (const KubeCondition& condition : node.conditions) {
    bytes += BytesOf(condition.type) + BytesOf(condition.reason);
  }
  return bytes;
}

size_t BytesOf(const KubeNamespace& found) {
  return sizeof(found) + kNodeBytes + BytesOf(found.name) + BytesOf(found.labels);
}

size_t BytesOf(const KubeWorkload& workload) {
  return sizeof(workload) + kNodeBytes + BytesOf(workload.labels) +
         2 * (BytesOf(workload.namespace_name) + BytesOf(workload.name)) + BytesOf(workload.uid);
}

}  // namespace

ClusterCache::ClusterCache(const ClusterCacheOptions& options)
    : options_(options),
      interner_(options.hash),
      controllers_(options.hash, &interner_),
      pods_(options.hash, &interner_, &controllers_) {}

template <typename Key, typename T>
void ClusterCache::PutInto(Table<Key, T>* table, const Key& key, T object, uint32_t list) {
  Listed<T>& listed = table->objects[key];
  if (listed.object != nullptr) table->bytes -= BytesOf(*listed.object);
  table->bytes += BytesOf(object);
  listed.object = std::make_shared<const T>(std::move(object));
  listed.list = list;
  table->changed = true;
}

template <typename Key, typename T>
bool ClusterCache::PutIfRoom(Table<Key, T>* table, const Key& key, const T& object, uint32_t list) {
  const bool full = table->objects.size() >= options_.max_objects;
  if (full && !table->objects.contains(key)) return false;
  PutInto(table, key, object, list);
  return true;
}

template <typename Key, typename T>
void ClusterCache::RemoveFrom(Table<Key, T>* table, const Key& key) {
  const auto found = table->objects.find(key);
  if (found == table->objects.end()) return;
  table->bytes -= BytesOf(*found->second.object);
  table->objects.erase(found);
  table->changed = true;
}

template <typename Key, typename T>
void ClusterCache::RemoveOthers(Table<Key, T>* table, uint32_t list) {
  for (auto at = table->objects.begin(); at != table->objects.end();) {
    const auto next = std::next(at);
    if (at->second.list != list) RemoveFrom(table, Key(at->first));
    at = next;
  }
}

template <typename Key, typename T>
const SharedList<T>& ClusterCache::Sorted(Table<Key, T>* table) {
  if (!table->changed) return table->sorted;
  auto sorted = std::make_shared<std::vector<std::shared_ptr<const T>>>();
  sorted->reserve(table->objects.size());
  for (const auto& [key, listed] : table->objects) sorted->push_back(listed.object);
  table->sorted = std::move(sorted);
  table->changed = false;
  return table->sorted;
}

void ClusterCache::BeginList(KubeKind kind) { ++lists_[static_cast<size_t>(kind)]; }

void ClusterCache::EndList(KubeKind kind, int64_t now_ms) {
  changed_ = true;
  known_[static_cast<size_t>(kind)] = true;
  switch (kind) {
    case KubeKind::kPod:
      return pods_.RemoveOthers(ListOf(kind), now_ms);
    case KubeKind::kNode:
      return RemoveOthers(&nodes_, ListOf(kind));
    case KubeKind::kNamespace:
      return RemoveOthers(&namespaces_, ListOf(kind));
    case KubeKind::kReplicaSet:
      return controllers_.RemoveOthers(InfoOf(kind).name, ListOf(kind));
    default:
      return RemoveOtherWorkloads(kind, now_ms);
  }
}

bool ClusterCache::Put(KubeKind kind, const KubeObject& object, int64_t now_ms) {
  changed_ = true;
  const uint32_t list = ListOf(kind);
  if (const auto* pod = std::get_if<PodObject>(&object)) return pods_.Put(*pod, list, now_ms);
  if (const auto* node = std::get_if<KubeNode>(&object)) {
    return PutIfRoom(&nodes_, node->name, *node, list);
  }
  if (const auto* found = std::get_if<KubeNamespace>(&object)) {
    return PutIfRoom(&namespaces_, found->name, *found, list);
  }
  if (const auto* set = std::get_if<ReplicaSetObject>(&object)) {
    return PutController({std::string(InfoOf(kind).name), set->name, set->uid}, set->controller,
                         list);
  }
  return PutWorkload(kind, std::get<WorkloadObject>(object));
}

void ClusterCache::Remove(KubeKind kind, const KubeObject& object, int64_t now_ms) {
  changed_ = true;
  if (const auto* pod = std::get_if<PodObject>(&object)) return pods_.Remove(pod->pod.uid, now_ms);
  if (const auto* node = std::get_if<KubeNode>(&object)) return RemoveFrom(&nodes_, node->name);
  if (const auto* found = std::get_if<KubeNamespace>(&object)) {
    return RemoveFrom(&namespaces_, found->name);
  }
  if (const auto* set = std::get_if<ReplicaSetObject>(&object)) {
    return controllers_.Remove(set->uid);
  }
  const KubeWorkload& workload = std::get<WorkloadObject>(object).workload;
  RemoveWorkload(kind, KeyOf(workload), workload.uid, now_ms);
}

bool ClusterCache::PutController(const ControllerReference& self,
                                 const std::optional<ControllerReference>& above, uint32_t list) {
  if (controllers_.Count(self.kind) >= options_.max_objects) return false;
  controllers_.Put(self, above, list);
  return true;
}

ClusterCache::WorkloadKey ClusterCache::KeyOf(const KubeWorkload& workload) {
  return {workload.namespace_name, workload.kind, workload.name};
}

bool ClusterCache::PutWorkload(KubeKind kind, const WorkloadObject& object) {
  KubeWorkload workload = object.workload;
  const std::optional<ControllerReference>& controller = object.controller;
  if (controller) workload.owner = KubeOwner{controller->kind, controller->name, false};
  const WorkloadKey key = KeyOf(workload);
  const auto before = workloads_.objects.find(key);
  const bool is_new =
      before == workloads_.objects.end() || before->second.object->deleted_at_ms.has_value();
  uint64_t& count = workload_counts_[static_cast<size_t>(kind)];
  if (is_new && count >= options_.max_objects) return false;
  if (kind == KubeKind::kJob) {
    if (!is_new && before->second.object->uid != workload.uid) {
      controllers_.Remove(before->second.object->uid);
    }
    PutController({workload.kind, workload.name, workload.uid}, controller, ListOf(kind));
  }
  PutInto(&workloads_, key, std::move(workload), ListOf(kind));
  if (is_new) ++count;
  return true;
}

void ClusterCache::RemoveWorkload(KubeKind kind, const WorkloadKey& key, const std::string& uid,
                                  int64_t now_ms) {
  if (kind == KubeKind::kJob) controllers_.Remove(uid);
  const auto found = workloads_.objects.find(key);
  if (found == workloads_.objects.end()) return;
  const KubeWorkload& before = *found->second.object;
  if (before.deleted_at_ms || before.uid != uid) return;
  KubeWorkload gone = before;
  // In order, should the clock step back.
  gone.deleted_at_ms =
      gone_workloads_.empty() ? now_ms : std::max(now_ms, gone_workloads_.back().first);
  gone_workloads_.emplace_back(*gone.deleted_at_ms, key);
  PutInto(&workloads_, key, std::move(gone), found->second.list);
  --workload_counts_[static_cast<size_t>(kind)];
  while (gone_workloads_.size() > kMaxGoneWorkloads) ForgetOldestWorkload();
}

void ClusterCache::RemoveOtherWorkloads(KubeKind kind, int64_t now_ms) {
  std::vector<std::pair<WorkloadKey, std::string>> gone;
  for (const auto& [key, listed] : workloads_.objects) {
    if (listed.list == ListOf(kind) || std::get<1>(key) != InfoOf(kind).name) continue;
    if (!listed.object->deleted_at_ms) gone.emplace_back(key, listed.object->uid);
  }
  for (const auto& [key, uid] : gone) RemoveWorkload(kind, key, uid, now_ms);
}

// Unless it is there again.
void ClusterCache::ForgetOldestWorkload() {
  const auto [at_ms, key] = std::move(gone_workloads_.front());
  gone_workloads_.pop_front();
  const auto found = workloads_.objects.find(key);
  if (found == workloads_.objects.end()) return;
  if (found->second.object->deleted_at_ms == at_ms) RemoveFrom(&workloads_, key);
}

void ClusterCache::Expire(int64_t now_ms) {
  const int64_t before_ms = now_ms - options_.keep_ms;
  if (pods_.ForgetGone(before_ms)) changed_ = true;
  while (!gone_workloads_.empty() && gone_workloads_.front().first < before_ms) {
    ForgetOldestWorkload();
    changed_ = true;
  }
}

std::shared_ptr<const Cluster> ClusterCache::Publish() {
  changed_ = false;
  ClusterParts parts;
  parts.pods = pods_.Share();
  parts.controllers = controllers_.Share();
  parts.nodes = Sorted(&nodes_);
  parts.namespaces = Sorted(&namespaces_);
  parts.workloads = Sorted(&workloads_);
  parts.known = known_;
  return std::make_shared<const ClusterSnapshot>(std::move(parts));
}

uint64_t ClusterCache::Count(KubeKind kind) const {
  switch (kind) {
    case KubeKind::kPod:
      return pods_.size();
    case KubeKind::kNode:
      return nodes_.objects.size();
    case KubeKind::kNamespace:
      return namespaces_.objects.size();
    case KubeKind::kReplicaSet:
      return controllers_.Count(InfoOf(kind).name);
    default:
      return workload_counts_[static_cast<size_t>(kind)];
  }
}

uint64_t ClusterCache::MemoryBytes() const {
  const auto table_bytes = [](const auto& table) {
    return table.bytes + table.objects.size() * 2 * sizeof(void*);
  };
  return interner_.MemoryBytes() + controllers_.MemoryBytes() + pods_.MemoryBytes() +
         table_bytes(nodes_) + table_bytes(namespaces_) + table_bytes(workloads_);
}

}  // namespace kubemonitor
