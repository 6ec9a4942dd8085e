// Pods and containers joined with what Kubernetes says.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <tuple>

#include "apiserver/query/query_cluster_testing.h"

namespace kubemonitor {
namespace {

using testing::ContainerIdentity;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kI;
using testing::kT0;
using testing::Node;
using testing::PlainCluster;
using testing::Pod;
using testing::PodIdentity;
using testing::QueryClusterTest;
using ::testing::SizeIs;
using testing::Steady;
using ::testing::UnorderedElementsAre;

TEST_F(QueryClusterTest, APodHasWhatKubernetesSays) {
  Identity identity = PodIdentity(1, "u1", "shop", "web-6b9f-abcde");
  identity.labels = {{"pod-template-hash", "6b9f"}};
  AppendPods("n1", {identity});
  KubePod known = Pod("u1", "web-6b9f-abcde", "n1");
  known.owner = KubeOwner{"Rollout", "front"};
  known.labels = {{"app", "web"}};
  known.requests = {100, 1000};
  known.limits = {200, std::nullopt};
  known.qos_class = QosClass::kBurstable;
  known.priority_class = "high";
  known.ready = true;
  known.terminating_since_ms = kT0;
  plain_->Add(known);
  auto query = MakeQuery();
  const Item pod = DescribePod(*query, "shop", "web-6b9f-abcde");
  EXPECT_EQ(Usage(pod, Metric::kMemoryBytes), 100.0);
  EXPECT_EQ(pod.usage_missing, std::nullopt);
  ASSERT_TRUE(pod.owner.has_value());
  EXPECT_EQ(pod.owner->kind, "Rollout");  // not what labels and name suggest
  EXPECT_FALSE(pod.owner->inferred);
  EXPECT_EQ(pod.labels, known.labels);
  EXPECT_EQ(pod.requests.cpu_millicores, 100.0);
  EXPECT_EQ(pod.requests.memory_bytes, 1000.0);
  EXPECT_EQ(pod.limits.cpu_millicores, 200.0);
  EXPECT_EQ(pod.limits.memory_bytes, std::nullopt);
  EXPECT_EQ(pod.qos_class, QosClass::kBurstable);
  EXPECT_EQ(pod.created_at_ms, known.created_at_ms);
  EXPECT_EQ(pod.started_at_ms, known.started_at_ms);
  ASSERT_TRUE(pod.pod_status.has_value());
  EXPECT_EQ(pod.pod_status->phase, "Running");
  EXPECT_EQ(pod.pod_status->priority_class, "high");
  EXPECT_TRUE(pod.pod_status->ready);
  EXPECT_TRUE(pod.pod_status->terminating);
  EXPECT_THAT(query->Pods({}), SizeIs(1));
  EXPECT_EQ(query->LabelsOf(query->Pods({})[0]), known.labels);
}

TEST_F(QueryClusterTest, PodsAreOrderedByTheRestartsThatAreShown) {
  const auto container = [](uint32_t object, uint32_t pod, uint32_t restarts) {
    Identity identity = ContainerIdentity(object, pod, "c" + std::to_string(object), "main");
    identity.restart_count = restarts;
    return identity;
  };
  AppendPods("n1", {PodIdentity(1, "u1", "shop", "a"), container(2, 1, 5),
                    PodIdentity(3, "u3", "shop", "b"), container(4, 3, 1),
                    PodIdentity(5, "u5", "shop", "c"), container(6, 5, 3)});
  for (const auto& [uid, name, restarts] : {std::tuple("u1", "a", 5u), std::tuple("u3", "b", 9u)}) {
    KubePod pod = Pod(uid, name, "n1");
    KubeContainer main;
    main.name = "main";
    main.restart_count = restarts;
    pod.containers.push_back(main);
    plain_->Add(pod);
  }
  auto query = MakeQuery();
  std::vector<double> sorted, shown;
  for (const ItemRef& ref : query->Pods({})) {
    sorted.push_back(query->SortFact(ref, Fact::kRestartCount).value_or(-1));
    shown.push_back(query->Describe(ref, false).restart_count.value_or(0));
  }
  EXPECT_THAT(sorted, ElementsAre(5, 9, 3));
  EXPECT_EQ(sorted, shown);
}

TEST_F(QueryClusterTest, WhatKubernetesDoesNotKnowStaysAsItIs) {
  Identity identity = PodIdentity(1, "u1", "shop", "web-6b9f-abcde");
  identity.labels = {{"pod-template-hash", "6b9f"}};
  AppendPods("n1", {identity});
  auto query = MakeQuery();
  const Item pod = DescribePod(*query, "shop", "web-6b9f-abcde");
  EXPECT_FALSE(pod.pod_status.has_value());
  EXPECT_EQ(pod.owner->name, "web");
  EXPECT_TRUE(pod.owner->inferred);
  EXPECT_EQ(pod.labels.count("pod-template-hash"), 1u);
}

TEST_F(QueryClusterTest, ABarePodLosesTheOwnerThatLabelsSuggest) {
  Identity identity = PodIdentity(1, "u1", "shop", "web-6b9f-abcde");
  identity.labels = {{"pod-template-hash", "6b9f"}};
  AppendPods("n1", {identity});
  plain_->Add(Pod("u1", "web-6b9f-abcde", "n1"));
  auto query = MakeQuery();
  EXPECT_FALSE(DescribePod(*query, "shop", "web-6b9f-abcde").owner.has_value());
  EXPECT_THAT(query->Workloads({}), IsEmpty());
}

TEST_F(QueryClusterTest, AStaticPodIsFoundByItsHash) {
  AppendPod("n1", "3f1c9ab0", "etcd-n1");
  KubePod known = Pod("api-uid", "etcd-n1", "n1");
  known.sample_uid = "3f1c9ab0";
  known.owner = KubeOwner{"Node", "n1"};
  plain_->Add(known);
  auto query = MakeQuery();
  ASSERT_THAT(query->Pods({}), SizeIs(1));
  const Item pod = query->Describe(query->Pods({})[0], false);
  EXPECT_EQ(pod.uid, "3f1c9ab0");
  EXPECT_EQ(pod.owner->kind, "Node");
  EXPECT_THAT(query->Workloads({}), IsEmpty());
  EXPECT_TRUE(query->FindPod("shop", "etcd-n1", "api-uid").has_value());  // either uid selects
  EXPECT_TRUE(query->FindPod("shop", "etcd-n1", "3f1c9ab0").has_value());
  EXPECT_FALSE(query->FindPod("shop", "etcd-n1", "other").has_value());
}

TEST_F(QueryClusterTest, NamesComeFromKubernetesWhereTheCollectorHasNone) {
  Identity by_uid = PodIdentity(1, "u1", "", "");
  Identity by_container = PodIdentity(2, "unknown", "", "");
  AppendPods("n1", {by_uid, by_container, ContainerIdentity(3, 2, "c1", "")});
  plain_->Add(Pod("u1", "a", "n1"));
  KubePod known = Pod("u2", "b", "n1");
  known.containers.resize(1);
  known.containers[0].name = "app";
  known.containers[0].container_id = "c1";
  plain_->Add(known);
  auto query = MakeQuery();
  EXPECT_THAT(Names(*query, query->Pods({"shop", std::nullopt})), UnorderedElementsAre("a", "b"));
  EXPECT_EQ(Usage(DescribePod(*query, "shop", "a"), Metric::kMemoryBytes), 100.0);
  const Item b = DescribePod(*query, "shop", "b");
  ASSERT_THAT(b.containers, SizeIs(1));
  EXPECT_EQ(b.containers[0].name, "app");
  EXPECT_EQ(Usage(b.containers[0], Metric::kMemoryBytes), 100.0);
}

TEST_F(QueryClusterTest, ContainersOfNoPodFindTheirs) {
  AppendPods("n1", {ContainerIdentity(1, 0, "c1", ""), ContainerIdentity(2, 0, "c2", ""),
                    ContainerIdentity(3, 0, "c3", "")});
  KubePod known = Pod("u1", "a", "n1");
  known.containers.resize(2);
  known.containers[0].name = "app";
  known.containers[0].container_id = "c1";
  known.containers[1].name = "side";
  known.containers[1].container_id = "c2";
  plain_->Add(known);
  auto query = MakeQuery();
  EXPECT_THAT(Names(*query, query->Pods({})), UnorderedElementsAre("a", "c3"));
  const Item pod = DescribePod(*query, "shop", "a");
  EXPECT_EQ(Usage(pod, Metric::kMemoryBytes), 200.0);
  ASSERT_THAT(pod.containers, SizeIs(2));
  EXPECT_EQ(pod.containers[0].name, "app");
  EXPECT_EQ(pod.containers[1].name, "side");
}

TEST_F(QueryClusterTest, ANameAloneJoinsOnlyWhatHasNoUid) {
  AppendPods("n1", {PodIdentity(1, "", "shop", "simple"), PodIdentity(2, "old", "shop", "db-0")});
  plain_->Add(Pod("u1", "simple", "n1"));
  plain_->Add(Pod("new", "db-0", "n1"));
  auto query = MakeQuery();
  EXPECT_TRUE(DescribePod(*query, "shop", "simple").pod_status.has_value());
  const auto old = query->FindPod("shop", "db-0", "old");
  const auto replaced = query->FindPod("shop", "db-0", "new");
  ASSERT_TRUE(old && replaced);
  EXPECT_FALSE(query->Describe(*old, false).pod_status.has_value());
  EXPECT_EQ(query->Describe(*replaced, false).usage_missing, UsageMissing::kNotReported);
  EXPECT_THAT(query->Pods({}), SizeIs(3));
}

TEST_F(QueryClusterTest, WhyThereIsNoUsage) {
  AppendPod("n1", "u1", "a");
  plain_->Add(Node("n1"));
  plain_->Add(Node("bare"));
  KubeNode down = Node("down");
  down.conditions[0].status = "Unknown";
  plain_->Add(down);
  KubeNode windows = Node("windows");
  windows.operating_system = "windows";
  plain_->Add(windows);
  plain_->Add(Pod("u1", "a", "n1"));
  plain_->Add(Pod("u2", "lost", "n1"));
  plain_->Add(Pod("u3", "on-bare", "bare"));
  plain_->Add(Pod("u4", "on-down", "down"));
  plain_->Add(Pod("u5", "on-windows", "windows"));
  KubePod starts = Pod("u6", "starts", "n1");
  starts.phase = "Pending";
  plain_->Add(starts);
  KubePod waits = Pod("u7", "waits", "");
  waits.phase = "Pending";
  plain_->Add(waits);
  EXPECT_EQ(WhyMissing("a"), std::nullopt);
  EXPECT_EQ(WhyMissing("lost"), UsageMissing::kNotReported);
  EXPECT_EQ(WhyMissing("on-bare"), UsageMissing::kNoCollector);
  EXPECT_EQ(WhyMissing("on-down"), UsageMissing::kNodeNotReady);
  EXPECT_EQ(WhyMissing("on-windows"), UsageMissing::kUnsupportedOs);
  EXPECT_EQ(WhyMissing("starts"), UsageMissing::kNotStarted);
  EXPECT_EQ(WhyMissing("waits"), UsageMissing::kNotScheduled);
  auto query = MakeQuery(Window(20));
  EXPECT_THAT(query->Pods({}), SizeIs(7));
  EXPECT_THAT(query->Pods({"shop", std::nullopt}), SizeIs(7));
  const Item cluster = query->Describe(query->WholeCluster(), true);
  ASSERT_TRUE(cluster.cluster_facts.has_value());
  EXPECT_EQ(cluster.cluster_facts->nodes_total, 4u) << "pods not scheduled are on none";
  EXPECT_EQ(cluster.cluster_facts->nodes_without_collector, 3u);
  EXPECT_EQ(cluster.cluster_facts->nodes_not_ready, 1u);
  EXPECT_THAT(Names(*query, query->Pods({std::nullopt, "bare"})), ElementsAre("on-bare"));
  const Item lost = DescribePod(*query, "shop", "lost");
  EXPECT_EQ(Usage(lost, Metric::kMemoryBytes), std::nullopt);
  EXPECT_THAT(Points(lost, Metric::kMemoryBytes), ElementsAre(std::nullopt, std::nullopt));
  EXPECT_FALSE(lost.stale);
  EXPECT_EQ(lost.node, "n1");
  const ItemRef ref = *query->FindPod("shop", "waits", {});
  EXPECT_EQ(query->SortValue(ref, Metric::kMemoryBytes, SortStatistic::kNow), std::nullopt);
  EXPECT_EQ(query->SortValue(ref, Metric::kMemoryBytes, SortStatistic::kAvg), std::nullopt);
  EXPECT_EQ(query->SortValue(ref, Metric::kMemoryBytes, SortStatistic::kMax), std::nullopt);
  // They are no part of any sum.
  EXPECT_EQ(DescribeNamespace(*query, "shop").pod_count, 1u);
}

TEST_F(QueryClusterTest, EndedPodsThatNobodyReportedAreListedOnRequest) {
  AppendPod("n1", "u1", "a");
  KubePod ended = Pod("u2", "b", "n1");
  ended.phase = "Failed";
  ended.reason = "Evicted";
  plain_->Add(ended);
  EXPECT_THAT(MakeQuery()->Pods({}), SizeIs(1));
  QueryOptions options;
  options.include_terminated = true;
  EXPECT_THAT(MakeQuery(options)->Pods({}), SizeIs(2));
  auto query = MakeQuery();
  const Item pod = DescribePod(*query, "shop", "b");
  EXPECT_TRUE(pod.terminated);
  EXPECT_EQ(pod.pod_status->reason, "Evicted");
}

TEST_F(QueryClusterTest, APodThatEndedAndKubernetesMeansToRunIsStale) {
  Append("n1", kT0 - kI, {{PodIdentity(1, "u1", "shop", "a"), Steady(kT0 - kI, 10, 100)}});
  Append("n1", kT0, {{PodIdentity(2, "u2", "shop", "b"), Steady(kT0, 10, 100)}});
  plain_->Add(Pod("u1", "a", "n1"));
  auto query = MakeQuery();
  EXPECT_THAT(query->Pods({}), SizeIs(2));
  EXPECT_TRUE(DescribePod(*query, "shop", "a").stale);
  EXPECT_EQ(DescribeNamespace(*query, "shop").pod_count, 1u);
  // One that is being deleted, or is gone, has ended.
  auto other = std::make_shared<PlainCluster>();
  KubePod terminating = Pod("u1", "a", "n1");
  terminating.terminating_since_ms = kT0;
  other->Add(terminating);
  cluster_ = other;
  EXPECT_THAT(MakeQuery()->Pods({}), SizeIs(1));
}

TEST_F(QueryClusterTest, PodsThatWentKeepWhatKubernetesSaidOfThem) {
  Append("n1", kT0 - kI, {{PodIdentity(1, "u1", "shop", "a"), Steady(kT0 - kI, 10, 100)}});
  Append("n1", kT0, {{PodIdentity(2, "u2", "shop", "b"), Steady(kT0, 10, 100)}});
  KubePod gone = Pod("u1", "a", "n1");
  gone.owner = KubeOwner{"StatefulSet", "db"};
  gone.deleted_at_ms = kT0 - 1'000;
  plain_->Add(gone);
  auto query = MakeQuery();
  const Item pod = DescribePod(*query, "shop", "a");
  EXPECT_TRUE(pod.terminated);
  EXPECT_EQ(pod.owner->name, "db");
  EXPECT_TRUE(pod.pod_status.has_value());
}

TEST_F(QueryClusterTest, APodOfANodeOfAnotherNameIsThereOnce) {
  AppendPod("host-1", "u1", "a");
  for (const std::string name : {"a-node", "node-1"}) {  // before and after it, by name
    const auto plain = std::make_shared<PlainCluster>();
    cluster_ = plain;
    plain->Add(Node(name));
    KubePod known = Pod("u1", "a", name);
    known.owner = KubeOwner{"Deployment", "web"};
    known.requests = {100, 10};
    plain->Add(known);
    auto query = MakeQuery();
    EXPECT_THAT(query->Pods({}), SizeIs(1));
    EXPECT_THAT(query->Pods({"shop", std::nullopt}), SizeIs(1));
    const Item pod = DescribePod(*MakeQuery(), "shop", "a");
    EXPECT_EQ(pod.node, "host-1");
    EXPECT_TRUE(pod.pod_status.has_value());
    EXPECT_EQ(pod.usage_missing, std::nullopt);
    auto of_workload = MakeQuery();
    const auto web = of_workload->FindWorkload({"Deployment", "shop", "web"});
    ASSERT_TRUE(web.has_value());
    EXPECT_EQ(of_workload->Describe(*web, false).requests.cpu_millicores, 100.0) << name;
  }
}

TEST_F(QueryClusterTest, PodsOfANodeThatIsGoneAreListed) {
  plain_->Add(Node("node-1"));
  plain_->Add(Pod("u1", "a", "node-1"));
  plain_->Add(Pod("u2", "b", "gone"));
  EXPECT_THAT(MakeQuery()->Pods({}), SizeIs(2));
  EXPECT_THAT(MakeQuery()->Pods({"shop", std::nullopt}), SizeIs(2));
}

TEST_F(QueryClusterTest, APodKeepsItsUidWhateverAnotherOneClaims) {
  AppendPod("n1", "u2", "victim");
  KubePod claims = Pod("u1", "claims", "n1");
  claims.sample_uid = "u2";
  plain_->Add(claims);
  plain_->Add(Pod("u2", "victim", "n1"));
  auto query = MakeQuery();
  EXPECT_EQ(DescribePod(*query, "shop", "victim").usage_missing, std::nullopt);
  EXPECT_EQ(DescribePod(*query, "shop", "claims").usage_missing, UsageMissing::kNotReported);
}

TEST_F(QueryClusterTest, PodsOfNodesThatMayNotBeReadAreListed) {
  plain_->Forget("Node");
  plain_->Add(Pod("u1", "a", "somewhere"));
  auto query = MakeQuery();
  ASSERT_THAT(query->Pods({}), SizeIs(1));
  EXPECT_EQ(DescribePod(*query, "shop", "a").node, "somewhere");
  EXPECT_THAT(query->Nodes(), IsEmpty());
  EXPECT_FALSE(query->FindNode("somewhere").has_value());
  EXPECT_FALSE(query->FindNode("").has_value());
}

TEST_F(QueryClusterTest, WhatBeganLaterIsNotThereAtATickOfThePast) {
  AppendPod("n1", "u1", "a");
  KubePod later = Pod("u2", "b", "n1");
  later.created_at_ms = kT0 - 5'000;
  plain_->Add(later);
  KubeNode node = Node("n2");
  node.created_at_ms = kT0 - 5'000;
  plain_->Add(node);
  plain_->Add(KubeNamespace{"new", "Active", {}, kT0 - 5'000});
  QueryOptions options;
  options.end_seconds = kT0 / 1000 - 10;
  auto query = MakeQuery(options);
  EXPECT_THAT(Names(*query, query->Pods({})), ElementsAre("a"));
  EXPECT_THAT(Names(*query, query->Nodes()), ElementsAre("n1"));
  EXPECT_THAT(Names(*query, query->Namespaces()), ElementsAre("shop"));
  query = MakeQuery();
  EXPECT_THAT(query->Pods({}), SizeIs(2));
  EXPECT_THAT(query->Nodes(), SizeIs(2));
  EXPECT_THAT(query->Namespaces(), SizeIs(2));
}

KubeContainer Container(const std::string& name, KubeContainerState state) {
  KubeContainer container;
  container.name = name;
  container.state = state;
  return container;
}

TEST_F(QueryClusterTest, ContainersAreJoinedByName) {
  AppendPods("n1", {PodIdentity(1, "u1", "shop", "a"), ContainerIdentity(2, 1, "c1", "app"),
                    ContainerIdentity(3, 1, "c2", "foreign")});
  KubePod known = Pod("u1", "a", "n1");
  known.containers = {Container("app", KubeContainerState::kRunning),
                      Container("broken", KubeContainerState::kWaiting),
                      Container("prepare", KubeContainerState::kTerminated)};
  known.containers[0].requests = {100, std::nullopt};
  known.containers[0].restart_count = 3;
  known.containers[0].ready = true;
  known.containers[1].reason = "CrashLoopBackOff";
  known.containers[1].restart_count = 5;
  known.containers[2].type = ContainerType::kInit;
  known.containers[2].reason = "Completed";
  known.containers[2].restart_count = 1;
  plain_->Add(known);
  auto query = MakeQuery();
  const Item pod = DescribePod(*query, "shop", "a");
  EXPECT_EQ(pod.pod_status->reason, "CrashLoopBackOff");
  EXPECT_EQ(pod.restart_count, 8u);  // as kubectl counts: without init containers
  ASSERT_THAT(pod.containers, SizeIs(3));
  const Item& app = pod.containers[0];
  EXPECT_EQ(app.name, "app");
  EXPECT_EQ(Usage(app, Metric::kMemoryBytes), 100.0);
  EXPECT_EQ(app.requests.cpu_millicores, 100.0);
  EXPECT_EQ(app.restart_count, 3u);
  EXPECT_EQ(app.container_status->state, KubeContainerState::kRunning);
  EXPECT_TRUE(app.container_status->ready);
  const Item& broken = pod.containers[1];
  EXPECT_EQ(broken.name, "broken");
  EXPECT_EQ(broken.usage_missing, UsageMissing::kNotStarted);
  EXPECT_EQ(broken.container_status->reason, "CrashLoopBackOff");
  EXPECT_EQ(pod.containers[2].name, "foreign");
  EXPECT_FALSE(pod.containers[2].container_status.has_value());
  QueryOptions options;
  options.include_terminated = true;
  query = MakeQuery(options);
  const Item with_ended = DescribePod(*query, "shop", "a");
  ASSERT_THAT(with_ended.containers, SizeIs(4));
  EXPECT_EQ(with_ended.containers[3].name, "prepare");
  EXPECT_TRUE(with_ended.containers[3].terminated);
}

class SomeVisible final : public Visibility {
 public:
  bool NodeVisible(std::string_view node) const override { return node != "n2"; }
  bool NamespaceVisible(std::string_view name) const override { return name != "secret"; }
};

TEST_F(QueryClusterTest, WhatIsNotVisibleIsNotThere) {
  AppendPods("n1", {PodIdentity(1, "u1", "shop", "a"), PodIdentity(2, "u2", "", "")});
  for (const char* node : {"n1", "n2"}) plain_->Add(Node(node));
  plain_->Add(KubeNamespace{"secret", "Active", {}, std::nullopt});
  KubePod nameless = Pod("u2", "b", "n1");
  nameless.namespace_name = "secret";
  plain_->Add(nameless);
  KubePod pending = Pod("u3", "c", "");
  pending.namespace_name = "secret";
  pending.owner = KubeOwner{"Deployment", "hidden"};
  plain_->Add(pending);
  KubeWorkload hidden;
  hidden.kind = "Deployment";
  hidden.namespace_name = "secret";
  hidden.name = "hidden";
  plain_->Add(hidden);
  const SomeVisible some;
  visibility_ = &some;
  auto query = MakeQuery();
  EXPECT_THAT(Names(*query, query->Nodes()), ElementsAre("n1"));
  EXPECT_THAT(Names(*query, query->Pods({})), ElementsAre("a"));
  EXPECT_THAT(query->Pods({"secret", std::nullopt}), IsEmpty());
  EXPECT_THAT(Names(*query, query->Namespaces()), ElementsAre("shop"));
  EXPECT_THAT(query->Workloads({}), IsEmpty());
  EXPECT_THAT(query->Workloads({.namespace_name = "secret"}), IsEmpty());
  EXPECT_FALSE(query->FindPod("secret", "b", {}).has_value());
  EXPECT_FALSE(query->FindPod("secret", "c", {}).has_value());
  EXPECT_FALSE(query->FindNamespace("secret").has_value());
  EXPECT_FALSE(query->FindWorkload({"Deployment", "secret", "hidden"}).has_value());
  EXPECT_FALSE(query->FindNode("n2").has_value());
}

}  // namespace
}  // namespace kubemonitor
