// What tests of a cluster that Kubernetes tells of are written with.
#ifndef KUBEMONITOR_APISERVER_QUERY_QUERY_CLUSTER_TESTING_H_
#define KUBEMONITOR_APISERVER_QUERY_QUERY_CLUSTER_TESTING_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/kubernetes/plain_cluster_testing.h"
#include "apiserver/query/query_testing.h"

namespace kubemonitor::testing {

inline KubePod Pod(const std::string& uid, const std::string& name, const std::string& node) {
  KubePod pod;
  pod.namespace_name = "shop";
  pod.name = name;
  pod.uid = uid;
  pod.node_name = node;
  pod.phase = "Running";
  pod.created_at_ms = kT0 - 600'000;
  pod.started_at_ms = kT0 - 599'000;
  return pod;
}

inline KubeNode Node(const std::string& name) {
  KubeNode node;
  node.name = name;
  node.conditions = {{"Ready", "True", "", std::nullopt}};
  return node;
}

class QueryClusterTest : public ClusterTest {
 protected:
  QueryClusterTest() { cluster_ = plain_; }

  // Two ticks of these pods, each with 10 millicores and 100 bytes.
  void AppendPods(const std::string& node, const std::vector<Identity>& identities) {
    for (int64_t tick = kT0 - kI; tick <= kT0; tick += kI) {
      std::vector<Sampled> objects;
      for (const Identity& identity : identities) {
        objects.push_back({identity, Steady(tick, 10, 100)});
      }
      Append(node, tick, objects, Steady(tick, 500, 5000));
    }
  }
  void AppendPod(const std::string& node, const std::string& uid, const std::string& name) {
    AppendPods(node, {PodIdentity(1, uid, "shop", name)});
  }
  std::optional<UsageMissing> WhyMissing(const std::string& name) {
    auto query = MakeQuery();
    return DescribePod(*query, "shop", name).usage_missing;
  }

  const std::shared_ptr<PlainCluster> plain_ = std::make_shared<PlainCluster>();
};

}  // namespace kubemonitor::testing

#endif  // KUBEMONITOR_APISERVER_QUERY_QUERY_CLUSTER_TESTING_H_
