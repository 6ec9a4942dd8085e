#ifndef KUBEMONITOR_APISERVER_KUBERNETES_CLUSTER_SNAPSHOT_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_CLUSTER_SNAPSHOT_H_

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "apiserver/kubernetes/cluster.h"
#include "apiserver/kubernetes/controllers.h"
#include "apiserver/kubernetes/cow_array.h"
#include "apiserver/kubernetes/objects.h"
#include "apiserver/kubernetes/pod_table.h"

namespace kubemonitor {

template <typename T>
using SharedList = std::shared_ptr<const std::vector<std::shared_ptr<const T>>>;

// What a snapshot is made of.
struct ClusterParts {
  PodSnapshot pods;
  CowArray<PackedController> controllers;
  SharedList<KubeNode> nodes;
  SharedList<KubeNamespace> namespaces;
  SharedList<KubeWorkload> workloads;
  std::array<bool, kKubeKinds.size()> known{};
};

class ClusterSnapshot final : public Cluster {
 public:
  explicit ClusterSnapshot(ClusterParts parts);

  std::optional<KubePod> FindPod(std::string_view uid,
                                 const std::vector<std::string_view>& container_ids,
                                 std::string_view namespace_name,
                                 std::string_view name) const override;
  std::optional<KubePod> FindForList(std::string_view uid) const override;
  std::optional<uint32_t> FindRestarts(std::string_view uid) const override;
  void ForEachPod(std::optional<std::string_view> namespace_name,
                  std::optional<std::string_view> node_name,
                  const PodFunction& function) const override;
  void ForEachPodBriefly(std::optional<std::string_view> namespace_name,
                         std::optional<std::string_view> node_name,
                         const PodFunction& function) const override;
  void ForEachPodInTrouble(const PodFunction& function) const override;
  PodTotals NodeTotals(std::string_view node_name) const override;
  PodTotals NamespaceTotals(std::string_view namespace_name) const override;
  const std::vector<std::shared_ptr<const KubeNode>>& nodes() const override;
  const std::vector<std::shared_ptr<const KubeNamespace>>& namespaces() const override;
  const std::vector<std::shared_ptr<const KubeWorkload>>& workloads() const override;
  const KubeNode* FindNode(std::string_view name) const override;
  const KubeNamespace* FindNamespace(std::string_view name) const override;
  const KubeWorkload* FindWorkload(std::string_view kind, std::string_view namespace_name,
                                   std::string_view name) const override;
  bool Knows(std::string_view kind) const override;

 private:
  // Without labels and containers, if briefly.
  KubePod PodOf(const KnownPod& entry, bool briefly = false) const;
  void CallForEach(std::optional<std::string_view> namespace_name,
                   std::optional<std::string_view> node_name, bool briefly,
                   const PodFunction& function) const;

  const ClusterParts parts_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_CLUSTER_SNAPSHOT_H_
