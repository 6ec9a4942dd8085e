#include "apiserver/kubernetes/plain_cluster_testing.h"

#include <algorithm>
#include <tuple>

namespace kubemonitor::testing {
namespace {

std::string NameKey(std::string_view namespace_name, std::string_view name) {
  return std::string(namespace_name) + '/' + std::string(name);
}

template <typename T, typename Less>
void Insert(std::shared_ptr<const T> object, const Less& less,
            std::vector<std::shared_ptr<const T>>* objects) {
  objects->insert(std::upper_bound(objects->begin(), objects->end(), object,
                                   [&](const auto& a, const auto& b) { return less(*a, *b); }),
                  object);
}

template <typename T, typename Matches>
const T* FindIn(const std::vector<std::shared_ptr<const T>>& objects, const Matches& matches) {
  const auto found = std::find_if(objects.begin(), objects.end(),
                                  [&](const auto& object) { return matches(*object); });
  return found == objects.end() ? nullptr : found->get();
}

void AddTo(const std::optional<int64_t>& part, std::optional<int64_t>* sum) {
  if (part) *sum = sum->value_or(0) + *part;
}

}  // namespace

void PlainCluster::Add(KubePod pod) {
  const size_t index = pods_.size();
  by_uid_[pod.uid].push_back(index);
  if (!pod.sample_uid.empty() && pod.sample_uid != pod.uid) {
    by_uid_[pod.sample_uid].push_back(index);
  }
  for (const KubeContainer& container : pod.containers) {
    if (!container.container_id.empty()) by_container_[container.container_id].push_back(index);
  }
  by_name_[NameKey(pod.namespace_name, pod.name)].push_back(index);
  by_node_[pod.node_name].push_back(index);
  by_namespace_[pod.namespace_name].push_back(index);
  pods_.push_back(std::move(pod));
}

void PlainCluster::Add(KubeNode node) {
  Insert(
      std::make_shared<const KubeNode>(std::move(node)),
      [](const KubeNode& a, const KubeNode& b) { return a.name < b.name; }, &nodes_);
}

void PlainCluster::Add(KubeNamespace known) {
  Insert(
      std::make_shared<const KubeNamespace>(std::move(known)),
      [](const KubeNamespace& a, const KubeNamespace& b) { return a.name < b.name; }, &namespaces_);
}

void PlainCluster::Add(KubeWorkload workload) {
  const auto key = [](const KubeWorkload& entry) {
    return std::tie(entry.namespace_name, entry.kind, entry.name);
  };
  Insert(
      std::make_shared<const KubeWorkload>(std::move(workload)),
      [&key](const KubeWorkload& a, const KubeWorkload& b) { return key(a) < key(b); },
      &workloads_);
}

const KubePod* PlainCluster::Best(const Index& index, std::string_view key) const {
  if (key.empty()) return nullptr;
  const auto found = index.find(key);
  if (found == index.end()) return nullptr;
  const KubePod* best = nullptr;
  for (const size_t pod : found->second) {
    if (best == nullptr || !pods_[pod].deleted_at_ms) best = &pods_[pod];
  }
  return best;
}

const KubePod* PlainCluster::Find(std::string_view uid,
                                  const std::vector<std::string_view>& container_ids,
                                  std::string_view namespace_name, std::string_view name) const {
  if (const KubePod* pod = Best(by_uid_, uid)) return pod;
  for (const std::string_view id : container_ids) {
    if (const KubePod* pod = Best(by_container_, id)) return pod;
  }
  return namespace_name.empty() || name.empty() ? nullptr
                                                : Best(by_name_, NameKey(namespace_name, name));
}

std::optional<KubePod> PlainCluster::FindPod(std::string_view uid,
                                             const std::vector<std::string_view>& container_ids,
                                             std::string_view namespace_name,
                                             std::string_view name) const {
  const KubePod* pod = Find(uid, container_ids, namespace_name, name);
  return pod == nullptr ? std::nullopt : std::optional(*pod);
}

void PlainCluster::ForEachPod(std::optional<std::string_view> namespace_name,
                              std::optional<std::string_view> node_name,
                              const PodFunction& function) const {
  const auto call = [&](const KubePod& pod) {
    const bool matches = !pod.deleted_at_ms &&
                         (!namespace_name || pod.namespace_name == *namespace_name) &&
                         (!node_name || pod.node_name == *node_name);
    if (matches) function(pod);
  };
  if (!namespace_name && !node_name) {
    for (const KubePod& pod : pods_) call(pod);
    return;
  }
  const Index& index = node_name ? by_node_ : by_namespace_;
  const auto found = index.find(node_name ? *node_name : *namespace_name);
  if (found == index.end()) return;
  for (const size_t pod : found->second) call(pods_[pod]);
}

Cluster::PodTotals PlainCluster::Totals(std::optional<std::string_view> namespace_name,
                                        std::optional<std::string_view> node_name) const {
  PodTotals totals;
  bool cpu_limited = true;
  bool memory_limited = true;
  ForEachPod(namespace_name, node_name, [&](const KubePod& pod) {
    if (pod.ended()) return;
    cpu_limited = cpu_limited && pod.limits.cpu_millicores;
    memory_limited = memory_limited && pod.limits.memory_bytes;
    ++totals.pods;
    AddTo(pod.requests.cpu_millicores, &totals.requests.cpu_millicores);
    AddTo(pod.requests.memory_bytes, &totals.requests.memory_bytes);
    AddTo(pod.limits.cpu_millicores, &totals.limits.cpu_millicores);
    AddTo(pod.limits.memory_bytes, &totals.limits.memory_bytes);
  });
  if (cpu_limited) totals.limits_of_all.cpu_millicores = totals.limits.cpu_millicores;
  if (memory_limited) totals.limits_of_all.memory_bytes = totals.limits.memory_bytes;
  return totals;
}

Cluster::PodTotals PlainCluster::NodeTotals(std::string_view node_name) const {
  return Totals(std::nullopt, node_name);
}

Cluster::PodTotals PlainCluster::NamespaceTotals(std::string_view namespace_name) const {
  return Totals(namespace_name, std::nullopt);
}

const KubeNode* PlainCluster::FindNode(std::string_view name) const {
  return FindIn(nodes_, [name](const KubeNode& node) { return node.name == name; });
}

const KubeNamespace* PlainCluster::FindNamespace(std::string_view name) const {
  return FindIn(namespaces_, [name](const KubeNamespace& known) { return known.name == name; });
}

const KubeWorkload* PlainCluster::FindWorkload(std::string_view kind,
                                               std::string_view namespace_name,
                                               std::string_view name) const {
  return FindIn(workloads_, [&](const KubeWorkload& workload) {
    return workload.kind == kind && workload.namespace_name == namespace_name &&
           workload.name == name;
  });
}

}  // namespace kubemonitor::testing
