#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "apiserver/kubernetes/plain_cluster_testing.h"
#include "apiserver/query/query_testing.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kI;
using testing::kT0;
using testing::PlainCluster;
using testing::PodIdentity;
using testing::Sampled;
using ::testing::SizeIs;
using testing::Steady;
using ::testing::UnorderedElementsAre;

Identity WebPod(uint32_t number, const std::string& suffix) {
  Identity pod = PodIdentity(number, "u-" + suffix, "shop", "web-6b9f-" + suffix);
  pod.labels = {{"pod-template-hash", "6b9f"}};
  return pod;
}

Identity NightlyPod(uint32_t number, const std::string& job) {
  Identity pod = PodIdentity(number, "u-" + job, "lab", job + "-abcde");
  pod.labels = {{"job-name", job}};
  return pod;
}

KubePod OwnedPod(const std::string& uid, const std::string& kind, const std::string& name) {
  KubePod pod;
  pod.namespace_name = "shop";
  pod.name = "pod-" + uid;
  pod.uid = uid;
  pod.node_name = "n1";
  pod.phase = "Running";
  pod.requests = {100, 10};
  pod.owner = KubeOwner{kind, name};
  return pod;
}

KubeWorkload Workload(const std::string& kind, const std::string& name) {
  KubeWorkload workload;
  workload.kind = kind;
  workload.namespace_name = "shop";
  workload.name = name;
  return workload;
}

class QueryWorkloadTest : public testing::ClusterTest {
 protected:
  // "Deployment/web" of each.
  static std::vector<std::string> Keys(Query& query, const std::vector<ItemRef>& refs) {
    std::vector<std::string> keys;
    for (const ItemRef& ref : refs) {
      const Item item = query.Describe(ref, false);
      keys.push_back(item.workload_kind + "/" + item.name);
    }
    return keys;
  }
  static Item Describe(Query& query, const WorkloadName& name) {
    const auto ref = query.FindWorkload(name);
    EXPECT_TRUE(ref.has_value()) << name.name;
    return ref ? query.Describe(*ref, true) : Item();
  }

  const std::shared_ptr<PlainCluster> plain_ = std::make_shared<PlainCluster>();
};

TEST_F(QueryWorkloadTest, DeploymentsAreInferred) {
  for (int64_t tick = kT0 - kI; tick <= kT0; tick += kI) {
    Append("n1", tick,
           {{WebPod(1, "aaaaa"), Steady(tick, 10, 100)},
            {PodIdentity(2, "u2", "shop", "web-6b9f-bbbbb"), Steady(tick, 1, 1)}});
    Append("n2", tick, {{WebPod(1, "ccccc"), Steady(tick, 10, 100)}});
  }
  auto query = MakeQuery();
  EXPECT_THAT(Names(*query, query->Workloads({.namespace_name = "shop"})), ElementsAre("web"));
  EXPECT_THAT(query->Workloads({.namespace_name = "lab"}), IsEmpty());
  const Item web = Describe(*query, {"Deployment", "shop", "web"});
  EXPECT_EQ(web.kind, ItemKind::kWorkload);
  EXPECT_EQ(web.namespace_name, "shop");
  EXPECT_EQ(web.workload_kind, "Deployment");
  EXPECT_TRUE(web.inferred);
  EXPECT_EQ(web.pod_count, 2u);  // without the pod that has no label
  EXPECT_EQ(web.node_count, 2u);
  EXPECT_EQ(Usage(web, Metric::kCpuMillicores), 20.0);
  EXPECT_EQ(query->FindWorkload({"Deployment", "lab", "web"}), std::nullopt);
  EXPECT_EQ(query->FindWorkload({"StatefulSet", "shop", "web"}), std::nullopt);
  EXPECT_LT(query->SortName(*query->FindWorkload({"Deployment", "shop", "web"})), "shop2");
}

TEST_F(QueryWorkloadTest, ListsAreOfKindsNamespacesAndNodes) {
  for (int64_t tick = kT0 - kI; tick <= kT0; tick += kI) {
    Append("n1", tick,
           {{WebPod(1, "aaaaa"), Steady(tick, 10, 100)},
            {NightlyPod(2, "nightly-29000000"), Steady(tick, 1, 1)},
            {NightlyPod(3, "once"), Steady(tick, 2, 2)}});
    Append("n2", tick, {{NightlyPod(1, "nightly-29000001"), Steady(tick, 4, 4)}});
  }
  auto query = MakeQuery();
  // One namespace first, then the others: nothing twice.
  EXPECT_THAT(Keys(*query, query->Workloads({.namespace_name = "shop"})),
              ElementsAre("Deployment/web"));
  EXPECT_THAT(Keys(*query, query->Workloads({})),
              UnorderedElementsAre("Deployment/web", "CronJob/nightly", "Job/once"));
  EXPECT_THAT(Keys(*query, query->Workloads({.kinds = {"Job"}})), ElementsAre("Job/once"));
  EXPECT_THAT(Keys(*query, query->Workloads({.kinds = {"Job"}, .with_parts = true})),
              UnorderedElementsAre("Job/once", "Job/nightly-29000000", "Job/nightly-29000001"));
  EXPECT_THAT(Keys(*query, query->Workloads({.kinds = {"CronJob", "Deployment"}, .node = "n2"})),
              ElementsAre("CronJob/nightly"));
  EXPECT_THAT(query->Workloads({.node = "n3"}), IsEmpty());
  const Item nightly = Describe(*query, {"CronJob", "lab", "nightly"});
  EXPECT_EQ(nightly.pod_count, 2u);
  EXPECT_EQ(Usage(nightly, Metric::kMemoryBytes), 5.0);
  const Item job = Describe(*query, {"Job", "lab", "nightly-29000001"});
  EXPECT_EQ(Usage(job, Metric::kMemoryBytes), 4.0);
  ASSERT_TRUE(job.owner.has_value());
  EXPECT_EQ(job.owner->name, "nightly");
  const PodFilter of_job{"lab", std::nullopt, WorkloadName{"Job", "lab", "nightly-29000000"}};
  EXPECT_THAT(query->Pods(of_job), SizeIs(1));
  const PodFilter of_cron_job{"lab", std::nullopt, WorkloadName{"CronJob", "lab", "nightly"}};
  EXPECT_THAT(query->Pods(of_cron_job), SizeIs(2));
}

TEST_F(QueryWorkloadTest, WorkloadsOfOneNameAreApart) {
  cluster_ = plain_;
  Append("n1", kT0,
         {{PodIdentity(1, "a", "shop", "pod-a"), Steady(kT0, 10, 100)},
          {PodIdentity(2, "b", "shop", "pod-b"), Steady(kT0, 10, 50)}});
  plain_->Add(OwnedPod("a", "StatefulSet", "x"));
  plain_->Add(OwnedPod("b", "Rollout", "x"));
  auto query = MakeQuery();
  EXPECT_THAT(Keys(*query, query->Workloads({})),
              UnorderedElementsAre("StatefulSet/x", "Rollout/x"));
  const Item set = Describe(*query, {"StatefulSet", "shop", "x"});
  EXPECT_EQ(Usage(set, Metric::kMemoryBytes), 100.0);
  EXPECT_FALSE(set.inferred);
  EXPECT_NE(query->SortName(*query->FindWorkload({"StatefulSet", "shop", "x"})),
            query->SortName(*query->FindWorkload({"Rollout", "shop", "x"})));
}

TEST_F(QueryWorkloadTest, WhatIsMadeByForeignKinds) {
  cluster_ = plain_;
  Append("n1", kT0,
         {{PodIdentity(1, "a", "shop", "pod-a"), Steady(kT0, 10, 100)},
          {PodIdentity(2, "b", "shop", "pod-b"), Steady(kT0, 10, 50)}});
  // An operator's stateful set stands for itself; a job of something foreign is a part of it.
  plain_->Add(OwnedPod("a", "StatefulSet", "db"));
  KubeWorkload set = Workload("StatefulSet", "db");
  set.owner = KubeOwner{"Database", "main"};
  plain_->Add(set);
  KubePod pod = OwnedPod("b", "Workflow", "build");
  pod.controller = KubeOwner{"Job", "build-1"};
  plain_->Add(pod);
  KubeWorkload job = Workload("Job", "build-1");
  job.owner = KubeOwner{"Workflow", "build"};
  plain_->Add(job);
  auto query = MakeQuery();
  EXPECT_THAT(Keys(*query, query->Workloads({})),
              UnorderedElementsAre("StatefulSet/db", "Workflow/build"));
  EXPECT_EQ(Describe(*query, {"StatefulSet", "shop", "db"}).owner->kind, "Database");
  EXPECT_EQ(Usage(Describe(*query, {"Job", "shop", "build-1"}), Metric::kMemoryBytes), 50.0);
}

TEST_F(QueryWorkloadTest, KubernetesWorkloadsAreThereWithoutPods) {
  cluster_ = plain_;
  Append("n1", kT0, {{PodIdentity(1, "a", "shop", "pod-a"), Steady(kT0, 10, 100)}});
  KubeWorkload idle = Workload("Deployment", "idle");
  idle.labels = {{"team", "x"}};
  idle.desired = 0;
  plain_->Add(idle);
  KubeWorkload gone = Workload("Deployment", "gone");
  gone.deleted_at_ms = kT0 - 1;
  plain_->Add(gone);
  auto query = MakeQuery(Window(20));
  EXPECT_THAT(Keys(*query, query->Workloads({})), ElementsAre("Deployment/idle"));
  const Item item = Describe(*query, {"Deployment", "shop", "idle"});
  EXPECT_FALSE(item.terminated);
  EXPECT_FALSE(item.inferred);
  EXPECT_EQ(item.pod_count, 0u);
  EXPECT_EQ(Usage(item, Metric::kMemoryBytes), std::nullopt);
  EXPECT_EQ(item.labels, idle.labels);
  EXPECT_EQ(item.workload_status->desired, 0);
  EXPECT_THAT(Points(item, Metric::kMemoryBytes), ElementsAre(std::nullopt, std::nullopt));
  EXPECT_EQ(query->LabelsOf(*query->FindWorkload({"Deployment", "shop", "idle"})), idle.labels);
  EXPECT_TRUE(Describe(*query, {"Deployment", "shop", "gone"}).terminated);
  QueryOptions options;
  options.include_terminated = true;
  EXPECT_THAT(MakeQuery(options)->Workloads({}), SizeIs(2));
}

TEST_F(QueryWorkloadTest, ItsHistoryHasPodsThatAreGone) {
  cluster_ = plain_;
  Append("n1", kT0 - 2 * kI, {{PodIdentity(1, "a", "shop", "pod-a"), Steady(kT0, 10, 100)}});
  Append("n1", kT0 - kI,
         {{PodIdentity(1, "a", "shop", "pod-a"), Steady(kT0, 10, 100)},
          {PodIdentity(2, "b", "shop", "pod-b"), Steady(kT0, 10, 50)}});
  Append("n1", kT0, {{PodIdentity(2, "b", "shop", "pod-b"), Steady(kT0, 10, 50)}});
  KubePod gone = OwnedPod("a", "StatefulSet", "db");
  gone.deleted_at_ms = kT0 - 1;
  plain_->Add(gone);
  plain_->Add(OwnedPod("b", "StatefulSet", "db"));
  plain_->Add(OwnedPod("c", "StatefulSet", "db"));  // not measured
  auto query = MakeQuery(Window(30));
  const Item db = Describe(*query, {"StatefulSet", "shop", "db"});
  EXPECT_THAT(Points(db, Metric::kMemoryBytes), ElementsAre(100.0, 150.0, 50.0));
  EXPECT_THAT(Points(db, Metric::kPodCount), ElementsAre(1.0, 2.0, 1.0));
  EXPECT_EQ(db.pod_count, 1u);
  EXPECT_EQ(db.requests.cpu_millicores, 200.0);  // of those that have not ended, measured or not
  const WorkloadName name{"StatefulSet", "shop", "db"};
  EXPECT_THAT(query->Pods({"shop", std::nullopt, name}), SizeIs(2));
}

TEST_F(QueryWorkloadTest, SumsOfMany) {
  // More workloads than their sums are made at once of where metrics are many; each pod is two.
  constexpr uint32_t kWorkloads = 40;
  for (int64_t tick = kT0 - 5 * kI; tick <= kT0; tick += kI) {
    for (const char* node : {"n1", "n2"}) {
      std::vector<Sampled> objects;
      for (uint32_t number = 1; number <= kWorkloads; ++number) {
        const std::string set = "set" + std::to_string(number);
        const std::string name = set + "-" + std::string(1, node[1]);
        Identity pod = PodIdentity(number, name, "shop", name);
        pod.labels = {{"statefulset.kubernetes.io/pod-name", name}};
        objects.push_back({pod, Steady(tick, number, 10 * number)});
      }
      Append(node, tick, objects);
    }
  }
  auto query = MakeQuery(Window(50));
  const std::vector<ItemRef> refs = query->Workloads({});
  ASSERT_THAT(refs, SizeIs(kWorkloads));
  for (const ItemRef& ref : refs) {
    const double number = std::stod(query->Describe(ref, false).name.substr(3));
    EXPECT_EQ(query->SortValue(ref, Metric::kMemoryBytes, SortStatistic::kAvg), 20 * number);
    EXPECT_EQ(query->SortValue(ref, Metric::kMemoryBytes, SortStatistic::kMax), 20 * number);
    EXPECT_EQ(query->SortValue(ref, Metric::kCpuMillicores, SortStatistic::kNow), 2 * number);
    const Item item = query->Describe(ref, false);
    EXPECT_THAT(Points(item, Metric::kCpuMillicores), ::testing::Each(2 * number));
    EXPECT_THAT(Points(item, Metric::kNodeCount), ::testing::Each(2.0));
  }
  // In another order.
  query->Expect({refs[7], refs[3]});
  EXPECT_EQ(Usage(query->Describe(refs[3], false), Metric::kMemoryBytes),
            query->SortValue(refs[3], Metric::kMemoryBytes, SortStatistic::kMax));
}

}  // namespace
}  // namespace kubemonitor
