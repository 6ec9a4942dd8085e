#ifndef KUBEMONITOR_APISERVER_REST_QUERY_TESTING_H_
#define KUBEMONITOR_APISERVER_REST_QUERY_TESTING_H_

#include <optional>
#include <string>
#include <vector>

#include "apiserver/query/query.h"

namespace kubemonitor::testing {

// Knows nothing.
class EmptyQuery : public Query {
 public:
  int64_t tick_ms() const override { return 0; }
  const WindowAxis* axis() const override { return nullptr; }
  std::vector<ItemRef> Nodes() override { return {}; }
  std::vector<ItemRef> Pods(const PodFilter&) override { return {}; }
  std::vector<ItemRef> Namespaces() override { return {}; }
  std::vector<ItemRef> Workloads(const WorkloadFilter&) override { return {}; }
  std::optional<ItemRef> FindNode(std::string_view) override { return std::nullopt; }
  std::optional<ItemRef> FindPod(std::string_view, std::string_view,
                                 std::optional<std::string_view>) override {
    return std::nullopt;
  }
  std::optional<ItemRef> FindNamespace(std::string_view) override { return std::nullopt; }
  std::optional<ItemRef> FindWorkload(const WorkloadName&) override { return std::nullopt; }
  ItemRef WholeCluster() override { return {ItemKind::kCluster, 0}; }
  std::string Name(const ItemRef&) override { return ""; }
  std::optional<ObjectId> ObjectOf(const ItemRef&) override { return std::nullopt; }
  std::string KubernetesUid(const ItemRef&) override { return ""; }
  ItemRef NodeOf(const ItemRef& pod) override { return pod; }
  KubeLabels LabelsOf(const ItemRef&) override { return {}; }
  std::string SortName(const ItemRef&) override { return ""; }
  std::optional<double> SortValue(const ItemRef&, Metric, SortStatistic) override {
    return std::nullopt;
  }
  std::optional<double> SortFact(const ItemRef&, Fact) override { return std::nullopt; }
  void Expect(const std::vector<ItemRef>&) override {}
  size_t MemoryBytes() const override { return 0; }
  Item Describe(const ItemRef&, bool) override { return {}; }
};

}  // namespace kubemonitor::testing

#endif  // KUBEMONITOR_APISERVER_REST_QUERY_TESTING_H_
