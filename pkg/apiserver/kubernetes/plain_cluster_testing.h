#ifndef KUBEMONITOR_APISERVER_KUBERNETES_PLAIN_CLUSTER_TESTING_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_PLAIN_CLUSTER_TESTING_H_

// A cluster in plain memory, for tests of what reads it.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "apiserver/kubernetes/cluster.h"

namespace kubemonitor::testing {

// Filled first, then read: thread-safe from then on. Pods that went are those with deleted_at_ms.
class PlainCluster final : public Cluster {
 public:
  void Add(KubePod pod);
  void Add(KubeNode node);
  void Add(KubeNamespace known);
  void Add(KubeWorkload workload);
  // It was not read: "not there" means nothing.
  void Forget(const std::string& kind) { not_known_.insert(kind); }

  std::optional<KubePod> FindPod(std::string_view uid,
                                 const std::vector<std::string_view>& container_ids,
                                 std::string_view namespace_name,
                                 std::string_view name) const override;
  void ForEachPod(std::optional<std::string_view> namespace_name,
                  std::optional<std::string_view> node_name,
                  const PodFunction& function) const override;
  PodTotals NodeTotals(std::string_view node_name) const override;
  PodTotals NamespaceTotals(std::string_view namespace_name) const override;
  const std::vector<std::shared_ptr<const KubeNode>>& nodes() const override { return nodes_; }
  const std::vector<std::shared_ptr<const KubeNamespace>>& namespaces() const override {
    return namespaces_;
  }
  const std::vector<std::shared_ptr<const KubeWorkload>>& workloads() const override {
    return workloads_;
  }
  const KubeNode* FindNode(std::string_view name) const override;
  const KubeNamespace* FindNamespace(std::string_view name) const override;
  const KubeWorkload* FindWorkload(std::string_view kind, std::string_view namespace_name,
                                   std::string_view name) const override;
  bool Knows(std::string_view kind) const override {
    return !not_known_.contains(std::string(kind));
  }

 private:
  using Index = std::map<std::string, std::vector<size_t>, std::less<>>;  // in pods_

  const KubePod* Find(std::string_view uid, const std::vector<std::string_view>& container_ids,
                      std::string_view namespace_name, std::string_view name) const;
  // One that lives goes before one that went.
  const KubePod* Best(const Index& index, std::string_view key) const;
  PodTotals Totals(std::optional<std::string_view> namespace_name,
                   std::optional<std::string_view> node_name) const;

  std::vector<KubePod> pods_;
  Index by_uid_, by_container_, by_name_, by_node_, by_namespace_;
  std::vector<std::shared_ptr<const KubeNode>> nodes_;
  std::vector<std::shared_ptr<const KubeNamespace>> namespaces_;
  std::vector<std::shared_ptr<const KubeWorkload>> workloads_;
  std::set<std::string> not_known_;
};

}  // namespace kubemonitor::testing

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_PLAIN_CLUSTER_TESTING_H_
