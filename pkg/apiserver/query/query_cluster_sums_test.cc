// Nodes, namespaces, workloads and the cluster joined with what Kubernetes says.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "apiserver/query/query_cluster_testing.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using testing::kT0;
using testing::Node;
using testing::Pod;
using testing::PodIdentity;
using testing::QueryClusterTest;
using ::testing::SizeIs;

TEST_F(QueryClusterTest, TheClusterIsMeasuredAgainstTheNodesThatReport) {
  AppendPod("n1", "u1", "a");
  AppendPod("n2", "u2", "b");
  for (const char* name : {"n1", "n2", "n3"}) {
    KubeNode node = Node(name);
    node.allocatable = {2000, 8000};
    if (node.name == "n2") node.allocatable.memory_bytes.reset();
    plain_->Add(node);
    KubePod pod = Pod("u-of-" + node.name, "p-" + node.name, node.name);
    pod.requests = {400, 1000};
    pod.limits = {std::nullopt, 2000};
    plain_->Add(pod);
  }
  auto query = MakeQuery();
  Item cluster = query->Describe(query->WholeCluster(), true);
  EXPECT_EQ(cluster.cluster_facts->allocatable.cpu_millicores, 4000.0);  // without n3
  EXPECT_EQ(cluster.cluster_facts->allocatable.memory_bytes, std::nullopt);
  EXPECT_EQ(cluster.requests.cpu_millicores, 800.0);
  EXPECT_EQ(cluster.requests.memory_bytes, 2000.0);
  EXPECT_EQ(cluster.limits.cpu_millicores, std::nullopt);
  EXPECT_EQ(cluster.limits.memory_bytes, 4000.0);
  EXPECT_EQ(cluster.cluster_facts->nodes_without_collector, 1u);

  plain_->Forget("Pod");
  cluster = query->Describe(query->WholeCluster(), true);
  EXPECT_EQ(cluster.cluster_facts->allocatable.cpu_millicores, 4000.0);
  EXPECT_TRUE(cluster.requests.empty());

  AppendPod("n4", "u4", "d");  // of which Kubernetes knows nothing
  query = MakeQuery();
  cluster = query->Describe(query->WholeCluster(), true);
  EXPECT_TRUE(cluster.cluster_facts->allocatable.empty());
  EXPECT_TRUE(cluster.requests.empty());
}

TEST_F(QueryClusterTest, NodesWithoutACollectorAreListed) {
  AppendPod("n2", "u1", "a");
  KubeNode bare = Node("n1");
  bare.labels = {{"disk", "ssd"}};
  plain_->Add(bare);
  KubeNode reported = Node("n2");
  reported.allocatable = {1000, 1000};
  plain_->Add(reported);
  KubePod known = Pod("u1", "a", "n2");
  known.requests = {100, 10};
  plain_->Add(known);
  KubePod ended = Pod("u2", "b", "n2");
  ended.requests = {100, 10};
  ended.phase = "Succeeded";
  plain_->Add(ended);
  auto query = MakeQuery(Window(20));
  EXPECT_THAT(Names(*query, query->Nodes()), ElementsAre("n1", "n2"));
  const ItemRef ref = *query->FindNode("n1");
  const Item n1 = query->Describe(ref, true);
  EXPECT_EQ(n1.usage_missing, UsageMissing::kNoCollector);
  EXPECT_EQ(n1.node_facts->collector, CollectorState::kMissing);
  EXPECT_FALSE(n1.stale);
  EXPECT_EQ(n1.sampled_at_ms, std::nullopt);
  EXPECT_EQ(n1.labels, bare.labels);
  EXPECT_EQ(query->LabelsOf(ref), bare.labels);
  EXPECT_THAT(Points(n1, Metric::kCpuMillicores), ElementsAre(std::nullopt, std::nullopt));
  EXPECT_EQ(query->SortValue(ref, Metric::kCpuMillicores, SortStatistic::kNow), std::nullopt);
  EXPECT_EQ(query->SortValue(ref, Metric::kCpuMillicores, SortStatistic::kAvg), std::nullopt);
  const Item n2 = query->Describe(*query->FindNode("n2"), false);
  EXPECT_EQ(n2.usage_missing, std::nullopt);
  EXPECT_EQ(n2.node_facts->collector, CollectorState::kReporting);
  EXPECT_EQ(n2.node_facts->kubernetes->allocatable.cpu_millicores, 1000);
  EXPECT_EQ(n2.requests.cpu_millicores, 100.0);  // without the pod that ended
}

TEST_F(QueryClusterTest, NothingIsAddedUpOfPodsThatAreNotAllKnown) {
  AppendPod("n1", "u1", "a");
  plain_->Add(Node("n1"));
  KubePod known = Pod("u1", "a", "n1");
  known.requests = {100, 10};
  plain_->Add(known);
  plain_->Forget("Pod");
  auto query = MakeQuery();
  EXPECT_EQ(query->Describe(*query->FindNode("n1"), false).requests.cpu_millicores, std::nullopt);
  EXPECT_EQ(DescribeNamespace(*query, "shop").requests.cpu_millicores, std::nullopt);
  EXPECT_EQ(DescribePod(*query, "shop", "a").requests.cpu_millicores, 100.0);
}

TEST_F(QueryClusterTest, NamespacesAreJoined) {
  AppendPod("n1", "u1", "a");
  plain_->Add(KubeNamespace{"shop", "Active", {{"team", "x"}}, kT0 - 1});
  plain_->Add(KubeNamespace{"empty", "Terminating", {}, kT0 - 1});
  KubePod known = Pod("u1", "a", "n1");
  known.requests = {100, 10};
  known.limits = {std::nullopt, 20};
  plain_->Add(known);
  auto query = MakeQuery(Window(20));
  EXPECT_THAT(Names(*query, query->Namespaces()), ElementsAre("empty", "shop"));
  const Item shop = DescribeNamespace(*query, "shop");
  EXPECT_EQ(shop.requests.cpu_millicores, 100.0);
  EXPECT_EQ(shop.limits.memory_bytes, 20.0);
  EXPECT_EQ(shop.namespace_phase, "Active");
  EXPECT_THAT(shop.labels, SizeIs(1));
  const Item empty = DescribeNamespace(*query, "empty");
  EXPECT_EQ(empty.pod_count, 0u);
  EXPECT_FALSE(empty.terminated);
  EXPECT_EQ(empty.namespace_phase, "Terminating");
  EXPECT_EQ(Usage(empty, Metric::kMemoryBytes), std::nullopt);
  EXPECT_THAT(Points(empty, Metric::kMemoryBytes), ElementsAre(std::nullopt, std::nullopt));
}

TEST_F(QueryClusterTest, WhatIsTogetherIsLimitedOnlyIfEachPodIs) {
  AppendPods("n1", {PodIdentity(1, "u1", "shop", "a"), PodIdentity(2, "u2", "shop", "b"),
                    PodIdentity(3, "u3", "shop", "c"), PodIdentity(4, "u4", "shop", "d")});
  for (const std::string name : {"a", "b", "c", "d"}) {
    KubePod pod = Pod("u" + std::to_string(name[0] - 'a' + 1), name, "n1");
    pod.owner = KubeOwner{"Deployment", name == "c" ? "other" : "web"};
    pod.limits = {100, 1000};
    if (name == "b") pod.limits.cpu_millicores.reset();
    if (name == "d") pod.phase = "Succeeded";  // which its collector has not seen yet
    plain_->Add(pod);
  }
  auto query = MakeQuery();
  const Item web = query->Describe(*query->FindWorkload({"Deployment", "shop", "web"}), false);
  EXPECT_EQ(web.limits.cpu_millicores, std::nullopt);
  EXPECT_EQ(web.limits.memory_bytes, 2000.0);
  const Item other = query->Describe(*query->FindWorkload({"Deployment", "shop", "other"}), false);
  EXPECT_EQ(other.limits.cpu_millicores, 100.0);
  const Item shop = DescribeNamespace(*query, "shop");
  EXPECT_EQ(shop.limits.cpu_millicores, std::nullopt);
  EXPECT_EQ(shop.limits.memory_bytes, 3000.0);
  const Item node = query->Describe(*query->FindNode("n1"), false);
  EXPECT_EQ(node.limits.cpu_millicores, 200.0);  // as kubectl describe node adds them up
}

}  // namespace
}  // namespace kubemonitor
