#include "apiserver/kubernetes/cluster_snapshot.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace kubemonitor {
namespace {

// The element of a sorted list that `place_of` puts where `wanted` is; null: none.
template <typename T, typename Key, typename PlaceOf>
const T* FindSorted(const std::vector<std::shared_ptr<const T>>& list, const Key& wanted,
                    const PlaceOf& place_of) {
  const auto found = std::lower_bound(list.begin(), list.end(), wanted,
                                      [&](const std::shared_ptr<const T>& element, const Key& key) {
                                        return place_of(*element) < key;
                                      });
  return found != list.end() && place_of(**found) == wanted ? found->get() : nullptr;
}

using WorkloadPlace = std::tuple<std::string_view, std::string_view, std::string_view>;

}  // namespace

ClusterSnapshot::ClusterSnapshot(ClusterParts parts) : parts_(std::move(parts)) {}

KubePod ClusterSnapshot::PodOf(const KnownPod& entry, bool briefly) const {
  KubePod pod = briefly ? entry.pod.UnpackBriefly() : entry.pod.Unpack();
  if (entry.controller == 0) return pod;
  const PackedController& controller = parts_.controllers[entry.controller];
  ControllerReference self = controller.self();
  pod.controller = KubeOwner{std::move(self.kind), std::move(self.name), false};
  pod.owner = controller.top();
  return pod;
}

std::optional<KubePod> ClusterSnapshot::FindPod(std::string_view uid,
                                                const std::vector<std::string_view>& container_ids,
                                                std::string_view namespace_name,
                                                std::string_view name) const {
  const auto found = parts_.pods.Find(uid, container_ids, namespace_name, name);
  if (!found) return std::nullopt;
  return PodOf(parts_.pods.entries[*found]);
}

std::optional<KubePod> ClusterSnapshot::FindForList(std::string_view uid) const {
  const auto found = parts_.pods.Find(uid, {}, "", "");
  if (!found) return std::nullopt;
  return parts_.pods.entries[*found].pod.UnpackForList();
}

std::optional<uint32_t> ClusterSnapshot::FindRestarts(std::string_view uid) const {
  const auto found = parts_.pods.Find(uid, {}, "", "");
  if (!found) return std::nullopt;
  return parts_.pods.entries[*found].pod.restarts();
}

void ClusterSnapshot::ForEachPod(std::optional<std::string_view> namespace_name,
                                 std::optional<std::string_view> node_name,
                                 const PodFunction& function) const {
  CallForEach(namespace_name, node_name, /*briefly=*/false, function);
}

void ClusterSnapshot::ForEachPodBriefly(std::optional<std::string_view> namespace_name,
                                        std::optional<std::string_view> node_name,
                                        const PodFunction& function) const {
  CallForEach(namespace_name, node_name, /*briefly=*/true, function);
}

void ClusterSnapshot::CallForEach(std::optional<std::string_view> namespace_name,
                                  std::optional<std::string_view> node_name, bool briefly,
                                  const PodFunction& function) const {
  const PodSnapshot& pods = parts_.pods;
  if (!namespace_name && !node_name) {
    for (size_t number = 0; number < pods.entries.size(); ++number) {
      const KnownPod& entry = pods.entries[number];
      if (!entry.pod.empty() && !entry.pod.deleted_at_ms()) function(PodOf(entry, briefly));
    }
    return;
  }
  for (const uint32_t number :
       node_name ? pods.nodes.Numbers(*node_name) : pods.namespaces.Numbers(*namespace_name)) {
    const KnownPod& entry = pods.entries[number];
    if (namespace_name && entry.pod.namespace_name() != *namespace_name) continue;
    function(PodOf(entry, briefly));
  }
}

void ClusterSnapshot::ForEachPodInTrouble(const PodFunction& function) const {
  const CowArray<KnownPod>& entries = parts_.pods.entries;
  for (size_t number = 0; number < entries.size(); ++number) {
    const KnownPod& entry = entries[number];
    if (entry.pod.empty() || !entry.pod.in_trouble() || entry.pod.deleted_at_ms()) continue;
    function(PodOf(entry));
  }
}

Cluster::PodTotals ClusterSnapshot::NodeTotals(std::string_view node_name) const {
  return parts_.pods.nodes.Totals(node_name);
}

Cluster::PodTotals ClusterSnapshot::NamespaceTotals(std::string_view namespace_name) const {
  return parts_.pods.namespaces.Totals(namespace_name);
}

const std::vector<std::shared_ptr<const KubeNode>>& ClusterSnapshot::nodes() const {
  return *parts_.nodes;
}

const std::vector<std::shared_ptr<const KubeNamespace>>& ClusterSnapshot::namespaces() const {
  return *parts_.namespaces;
}

const std::vector<std::shared_ptr<const KubeWorkload>>& ClusterSnapshot::workloads() const {
  return *parts_.workloads;
}

const KubeNode* ClusterSnapshot::FindNode(std::string_view name) const {
  return FindSorted(*parts_.nodes, name,
                    [](const KubeNode& node) { return std::string_view(node.name); });
}

const KubeNamespace* ClusterSnapshot::FindNamespace(std::string_view name) const {
  return FindSorted(*parts_.namespaces, name,
                    [](const KubeNamespace& found) { return std::string_view(found.name); });
}

const KubeWorkload* ClusterSnapshot::FindWorkload(std::string_view kind,
                                                  std::string_view namespace_name,
                                                  std::string_view name) const {
  return FindSorted(*parts_.workloads, WorkloadPlace{namespace_name, kind, name},
                    [](const KubeWorkload& workload) {
                      return WorkloadPlace{workload.namespace_name, workload.kind, workload.name};
                    });
}

bool ClusterSnapshot::Knows(std::string_view kind) const {
  for (const KubeKind known : kKubeKinds) {
    if (InfoOf(known).name == kind) return parts_.known[static_cast<size_t>(known)];
  }
  return false;
}

}  // namespace kubemonitor
