#include "apiserver/kubernetes/cluster_cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "apiserver/kubernetes/cluster_testing.h"

namespace kubemonitor {
namespace {

using testing::HexId;
using testing::MakeNamespace;
using testing::MakeNode;
using testing::MakePod;
using testing::MakeWorkload;
using testing::Text;

constexpr int64_t kNow = 1'000'000;

class ClusterCacheTest : public ::testing::Test {
 protected:
  void PutPod(const PodObject& pod, int64_t now_ms = kNow) {
    EXPECT_TRUE(cache_.Put(KubeKind::kPod, pod, now_ms));
  }
  void PutWorkload(KubeKind kind, const std::string& name, const std::string& uid,
                   const std::optional<ControllerReference>& controller = std::nullopt) {
    WorkloadObject object = MakeWorkload(std::string(InfoOf(kind).name), name, uid);
    object.controller = controller;
    EXPECT_TRUE(cache_.Put(kind, object, kNow));
  }
  // "a b" of the pods that exist.
  std::string Pods(std::optional<std::string_view> namespace_name = std::nullopt,
                   std::optional<std::string_view> node = std::nullopt) {
    std::vector<std::string> names;
    cache_.Publish()->ForEachPod(namespace_name, node, [&names](const KubePod& pod) {
      names.push_back(pod.namespace_name + "/" + pod.name);
    });
    std::sort(names.begin(), names.end());
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : " ") + name;
    return out;
  }
  std::string Find(std::string_view uid, const std::vector<std::string_view>& ids = {},
                   std::string_view namespace_name = "", std::string_view name = "") {
    const auto pod = cache_.Publish()->FindPod(uid, ids, namespace_name, name);
    if (!pod) return "-";
    return pod->uid + (pod->deleted_at_ms ? " gone" : "");
  }

  ClusterCache cache_{{.keep_ms = 1000, .hash = SeededHash{7, 3}}};  // nearly everything collides
};

TEST_F(ClusterCacheTest, PodsInTroubleAreFoundAmongTheOthers) {
  PutPod(MakePod("shop/well", "u1"));
  PodObject waits = MakePod("shop/waits", "u2");
  waits.pod.phase = "Pending";
  PutPod(waits);
  PodObject gone = MakePod("shop/gone", "u3");
  gone.pod.containers[0].restart_count = 1;
  PutPod(gone);
  const auto in_trouble = [this] {
    std::string found;
    cache_.Publish()->ForEachPodInTrouble([&found](const KubePod& pod) {
      found += pod.name + " " + std::to_string(pod.containers.size()) + " ";
    });
    return found;
  };
  EXPECT_EQ(in_trouble(), "waits 1 gone 1 ");
  cache_.Remove(KubeKind::kPod, gone, kNow);
  EXPECT_EQ(in_trouble(), "waits 1 ");
}

TEST_F(ClusterCacheTest, PodsAreFoundByUidContainerAndName) {
  PodObject pod = MakePod("shop/web", "u1");
  pod.pod.containers[0].container_id = HexId(1);
  pod.pod.sample_uid = "0a1b";
  PutPod(pod);
  PutPod(MakePod("shop/db", "u2"));
  EXPECT_EQ(Find("u1"), "u1");
  EXPECT_EQ(Find("0a1b"), "u1");
  EXPECT_EQ(Find("u3"), "-");
  EXPECT_EQ(Find("u3", {HexId(1)}), "u1");
  EXPECT_EQ(Find("u3", {"", HexId(2), HexId(1)}), "u1");
  EXPECT_EQ(Find("u3", {HexId(2)}, "shop", "web"), "u1");
  EXPECT_EQ(Find("u2", {HexId(1)}, "shop", "web"), "u2");
  EXPECT_EQ(Find("", {}, "shop", "db"), "u2");
  EXPECT_EQ(Find("", {}, "", "db"), "-");
  EXPECT_EQ(Find("", {}, "shop", ""), "-");
  EXPECT_EQ(Find(""), "-");
}

TEST_F(ClusterCacheTest, NoMirrorTakesThePlaceOfAPod) {
  PodObject mirror = MakePod("evil/mirror", "u1");
  mirror.pod.sample_uid = "u2";
  PodObject other = MakePod("evil/other", "u3");
  other.pod.sample_uid = "u2";
  const PodObject pod = MakePod("shop/web", "u2");
  PutPod(mirror);
  EXPECT_EQ(Find("u2"), "u1");
  PutPod(pod);
  PutPod(other);
  EXPECT_EQ(Find("u2"), "u2");
  cache_.Remove(KubeKind::kPod, pod, kNow);
  EXPECT_EQ(Find("u2"), "u2 gone");
}

TEST_F(ClusterCacheTest, AContainerThatRestartsHasANewId) {
  PodObject pod = MakePod("shop/web", "u1");
  pod.pod.containers[0].container_id = HexId(1);
  PutPod(pod);
  pod.pod.containers[0].container_id = HexId(2);
  PutPod(pod);
  EXPECT_EQ(Find("", {HexId(1)}), "-");
  EXPECT_EQ(Find("", {HexId(2)}), "u1");
}

TEST_F(ClusterCacheTest, PodsOfNodesAndNamespaces) {
  PodObject pod = MakePod("a/one", "u1");
  PutPod(pod);
  PutPod(MakePod("b/two", "u2"));
  EXPECT_EQ(Pods(), "a/one b/two");
  EXPECT_EQ(Pods("a"), "a/one");
  EXPECT_EQ(Pods(std::nullopt, ""), "a/one b/two");
  pod.pod.node_name = "n1";
  PutPod(pod);
  EXPECT_EQ(Pods(std::nullopt, ""), "b/two");
  EXPECT_EQ(Pods(std::nullopt, "n1"), "a/one");
  EXPECT_EQ(Pods("a", "n1"), "a/one");
  EXPECT_EQ(Pods("b", "n1"), "");
  EXPECT_EQ(Pods("c"), "");
}

TEST_F(ClusterCacheTest, TotalsAreOfPodsThatHaveNotEnded) {
  PodObject pod = MakePod("a/one", "u1");
  pod.pod.node_name = "n1";
  PutPod(pod);
  PodObject other = MakePod("a/two", "u2");
  other.pod.node_name = "n1";
  other.pod.requests = {20, std::nullopt};
  other.pod.limits = {30, std::nullopt};
  PutPod(other);
  auto totals = cache_.Publish()->NodeTotals("n1");
  EXPECT_EQ(totals.pods, 2u);
  EXPECT_EQ(totals.requests, (ResourceAmounts{120, 1000}));
  EXPECT_EQ(totals.limits, (ResourceAmounts{30, std::nullopt}));
  pod.pod.phase = "Succeeded";
  PutPod(pod);
  totals = cache_.Publish()->NamespaceTotals("a");
  EXPECT_EQ(totals.pods, 1u);
  EXPECT_EQ(totals.requests, (ResourceAmounts{20, std::nullopt}));
  EXPECT_EQ(Pods("a"), "a/one a/two");
  cache_.Remove(KubeKind::kPod, other, kNow);
  totals = cache_.Publish()->NodeTotals("n1");
  EXPECT_EQ(totals.pods, 0u);
  EXPECT_EQ(totals.requests, ResourceAmounts());
}

TEST_F(ClusterCacheTest, APodThatWentIsKnownForAWhile) {
  const PodObject pod = MakePod("a/one", "u1");
  PutPod(pod);
  cache_.Remove(KubeKind::kPod, pod, kNow);
  EXPECT_EQ(Pods(), "");
  EXPECT_EQ(cache_.Count(KubeKind::kPod), 0u);
  EXPECT_EQ(Find("u1"), "u1 gone");
  EXPECT_EQ(Find("", {}, "a", "one"), "u1 gone");
  // Another one of its name, which goes as well.
  const PodObject next = MakePod("a/one", "u2");
  PutPod(next, kNow + 10);
  EXPECT_EQ(Find("u1"), "u1 gone");
  EXPECT_EQ(Find("", {}, "a", "one"), "u2");
  cache_.Remove(KubeKind::kPod, next, kNow + 20);
  EXPECT_EQ(Find("", {}, "a", "one"), "u2 gone");
  cache_.Expire(kNow + 1000);
  EXPECT_EQ(Find("u1"), "u1 gone");
  cache_.Expire(kNow + 1001);
  EXPECT_EQ(Find("u1"), "-");
  EXPECT_EQ(Find("u2"), "u2 gone");
  cache_.Expire(kNow + 1021);
  EXPECT_EQ(Find("u2"), "-");
}

TEST_F(ClusterCacheTest, APodOfTheSameNameTakesThePlaceOfOneWhoseEndWasMissed) {
  PutPod(MakePod("a/one", "u1"));
  PutPod(MakePod("a/one", "u2"));
  EXPECT_EQ(Pods(), "a/one");
  EXPECT_EQ(Find("", {}, "a", "one"), "u2");
  EXPECT_EQ(Find("u1"), "u1 gone");
  EXPECT_EQ(cache_.Count(KubeKind::kPod), 1u);
}

TEST_F(ClusterCacheTest, APodTakenForGoneComesBack) {
  const PodObject pod = MakePod("a/one", "u1");
  PutPod(pod);
  cache_.Remove(KubeKind::kPod, pod, kNow);
  PutPod(pod, kNow + 1);
  EXPECT_EQ(Find("u1"), "u1");
  cache_.Expire(kNow + 100'000);
  EXPECT_EQ(Find("u1"), "u1");
  EXPECT_EQ(cache_.Count(KubeKind::kPod), 1u);
}

TEST_F(ClusterCacheTest, AListTakesAwayWhatIsNotInIt) {
  for (const KubeKind kind : kKubeKinds) cache_.BeginList(kind);
  PutPod(MakePod("a/one", "u1"));
  PutPod(MakePod("a/two", "u2"));
  cache_.Put(KubeKind::kNode, MakeNode("n1"), kNow);
  cache_.Put(KubeKind::kNode, MakeNode("n2"), kNow);
  cache_.Put(KubeKind::kNamespace, MakeNamespace("a"), kNow);
  cache_.Put(KubeKind::kNamespace, MakeNamespace("b"), kNow);
  cache_.Put(KubeKind::kReplicaSet, ReplicaSetObject{"a", "r", "r1", std::nullopt}, kNow);
  PutWorkload(KubeKind::kDeployment, "a/d1", "d1");
  PutWorkload(KubeKind::kDeployment, "a/d2", "d2");
  PutWorkload(KubeKind::kDaemonSet, "a/d1", "d3");
  for (const KubeKind kind : kKubeKinds) cache_.EndList(kind, kNow);
  for (const KubeKind kind : kKubeKinds) cache_.BeginList(kind);
  PutPod(MakePod("a/two", "u2"));
  cache_.Put(KubeKind::kNode, MakeNode("n2"), kNow);
  cache_.Put(KubeKind::kNamespace, MakeNamespace("b"), kNow);
  PutWorkload(KubeKind::kDeployment, "a/d2", "d2");
  const auto before = cache_.Publish();
  for (const KubeKind kind : {KubeKind::kPod, KubeKind::kNode, KubeKind::kNamespace,
                              KubeKind::kReplicaSet, KubeKind::kDeployment}) {
    cache_.EndList(kind, kNow + 5);
  }
  const auto after = cache_.Publish();
  EXPECT_EQ(before->nodes().size(), 2u);
  ASSERT_EQ(after->nodes().size(), 1u);
  EXPECT_NE(after->FindNode("n2"), nullptr);
  EXPECT_EQ(after->FindNode("n1"), nullptr);
  EXPECT_EQ(after->namespaces().size(), 1u);
  EXPECT_NE(after->FindNamespace("b"), nullptr);
  EXPECT_EQ(after->FindNamespace("a"), nullptr);
  EXPECT_EQ(Pods(), "a/two");
  EXPECT_EQ(Find("u1"), "u1 gone");
  EXPECT_EQ(cache_.Count(KubeKind::kReplicaSet), 0u);
  EXPECT_EQ(cache_.Count(KubeKind::kDeployment), 1u);
  EXPECT_EQ(cache_.Count(KubeKind::kDaemonSet), 1u);
  EXPECT_EQ(cache_.Count(KubeKind::kNode), 1u);
  EXPECT_EQ(cache_.Count(KubeKind::kNamespace), 1u);
  ASSERT_NE(after->FindWorkload("Deployment", "a", "d1"), nullptr);
  EXPECT_EQ(after->FindWorkload("Deployment", "a", "d1")->deleted_at_ms, kNow + 5);
  EXPECT_EQ(after->FindWorkload("Deployment", "a", "d2")->deleted_at_ms, std::nullopt);
  EXPECT_EQ(after->FindWorkload("DaemonSet", "a", "d1")->uid, "d3");
  EXPECT_EQ(after->FindWorkload("StatefulSet", "a", "d1"), nullptr);
  cache_.Expire(kNow + 1006);
  EXPECT_EQ(cache_.Publish()->FindWorkload("Deployment", "a", "d1"), nullptr);
}

TEST_F(ClusterCacheTest, KnowsWhatWasListed) {
  EXPECT_FALSE(cache_.Publish()->Knows("Pod"));
  cache_.BeginList(KubeKind::kPod);
  EXPECT_FALSE(cache_.Publish()->Knows("Pod"));
  cache_.EndList(KubeKind::kPod, kNow);
  cache_.EndList(KubeKind::kCronJob, kNow);
  const auto cluster = cache_.Publish();
  EXPECT_TRUE(cluster->Knows("Pod"));
  EXPECT_TRUE(cluster->Knows("CronJob"));
  EXPECT_FALSE(cluster->Knows("Node"));
  EXPECT_FALSE(cluster->Knows("Rollout"));
}

TEST_F(ClusterCacheTest, WorkloadsAreSortedAndReplaced) {
  PutWorkload(KubeKind::kStatefulSet, "b/x", "1");
  PutWorkload(KubeKind::kDeployment, "b/y", "2");
  PutWorkload(KubeKind::kDeployment, "a/z", "3");
  PutWorkload(KubeKind::kDeployment, "b/x", "4");
  std::string order;
  for (const auto& workload : cache_.Publish()->workloads()) order += workload->uid;
  EXPECT_EQ(order, "3421");
  // A new one of the name: that the old one goes is no news any more.
  PutWorkload(KubeKind::kDeployment, "a/z", "5");
  cache_.Remove(KubeKind::kDeployment, MakeWorkload("Deployment", "a/z", "3"), kNow);
  EXPECT_EQ(cache_.Publish()->FindWorkload("Deployment", "a", "z")->uid, "5");
  EXPECT_EQ(cache_.Count(KubeKind::kDeployment), 3u);
  // One that went and came again.
  cache_.Remove(KubeKind::kDeployment, MakeWorkload("Deployment", "a/z", "5"), kNow);
  EXPECT_EQ(cache_.Count(KubeKind::kDeployment), 2u);
  PutWorkload(KubeKind::kDeployment, "a/z", "6");
  cache_.Expire(kNow + 100'000);
  EXPECT_EQ(cache_.Publish()->FindWorkload("Deployment", "a", "z")->uid, "6");
  EXPECT_EQ(cache_.Count(KubeKind::kDeployment), 3u);
}

TEST_F(ClusterCacheTest, BoundsEachKindByItself) {
  ClusterCache cache({.max_objects = 2});
  const auto put = [&cache](KubeKind kind, const std::string& name) {
    const std::string kind_name(InfoOf(kind).name);
    return cache.Put(kind, MakeWorkload(kind_name, "a/" + name, name), kNow);
  };
  for (const KubeKind kind : {KubeKind::kDeployment, KubeKind::kCronJob, KubeKind::kStatefulSet}) {
    EXPECT_TRUE(put(kind, "1"));
    EXPECT_TRUE(put(kind, "2"));
    EXPECT_FALSE(put(kind, "3"));
    EXPECT_TRUE(put(kind, "2"));
    EXPECT_EQ(cache.Count(kind), 2u);
  }
  // What went does not count.
  cache.Remove(KubeKind::kDeployment, MakeWorkload("Deployment", "a/1", "1"), kNow);
  EXPECT_TRUE(put(KubeKind::kDeployment, "3"));
  EXPECT_FALSE(put(KubeKind::kDeployment, "1"));
  EXPECT_EQ(cache.Publish()->workloads().size(), 7u);
  EXPECT_TRUE(cache.Put(KubeKind::kNode, MakeNode("1"), kNow));
  EXPECT_TRUE(cache.Put(KubeKind::kNode, MakeNode("2"), kNow));
  EXPECT_FALSE(cache.Put(KubeKind::kNode, MakeNode("3"), kNow));
  EXPECT_TRUE(cache.Put(KubeKind::kNode, MakeNode("2"), kNow));
}

class OwnerTest : public ClusterCacheTest {
 protected:
  // The pod's controller, and who stands at the top.
  std::string Owner(const std::string& uid) {
    const auto pod = cache_.Publish()->FindPod(uid, {}, "", "");
    EXPECT_TRUE(pod);
    return Text(pod->controller) + " " + Text(pod->owner);
  }
  void PutOwned(const std::string& uid, const std::optional<ControllerReference>& controller,
                const KubeLabels& labels = {}) {
    PodObject pod = MakePod("a/pod-" + uid, uid);
    pod.controller = controller;
    pod.pod.labels = labels;
    PutPod(pod);
  }
};

TEST_F(OwnerTest, Chains) {
  cache_.Put(KubeKind::kReplicaSet,
             ReplicaSetObject{"a", "web-1", "rs1", ControllerReference{"Deployment", "web", "d"}},
             kNow);
  cache_.Put(KubeKind::kReplicaSet,
             ReplicaSetObject{"a", "roll-1", "rs2", ControllerReference{"Rollout", "roll", "r"}},
             kNow);
  cache_.Put(KubeKind::kReplicaSet, ReplicaSetObject{"a", "bare", "rs3", std::nullopt}, kNow);
  PutWorkload(KubeKind::kJob, "a/backup-1", "j1", ControllerReference{"CronJob", "backup", "c"});
  PutWorkload(KubeKind::kJob, "a/once", "j2");
  const struct {
    std::string uid;
    std::optional<ControllerReference> controller;
    std::string owner;
  } kCases[] = {
      {"1", ControllerReference{"ReplicaSet", "web-1", "rs1"}, "ReplicaSet/web-1 Deployment/web"},
      {"2", ControllerReference{"ReplicaSet", "roll-1", "rs2"}, "ReplicaSet/roll-1 Rollout/roll"},
      {"3", ControllerReference{"ReplicaSet", "bare", "rs3"}, "ReplicaSet/bare ReplicaSet/bare"},
      {"4", ControllerReference{"Job", "backup-1", "j1"}, "Job/backup-1 CronJob/backup"},
      {"5", ControllerReference{"Job", "once", "j2"}, "Job/once Job/once"},
      {"6", ControllerReference{"StatefulSet", "db", "s"}, "StatefulSet/db StatefulSet/db"},
      {"7", ControllerReference{"DaemonSet", "agent", "x"}, "DaemonSet/agent DaemonSet/agent"},
      {"8", ControllerReference{"Node", "n1", "n"}, "Node/n1 Node/n1"},
      {"9", ControllerReference{"Workflow", "w", "w"}, "Workflow/w Workflow/w"},
      {"10", std::nullopt, "- -"},
  };
  for (const auto& c : kCases) {
    PutOwned(c.uid, c.controller);
    EXPECT_EQ(Owner(c.uid), c.owner);
  }
  EXPECT_EQ(Text(cache_.Publish()->FindWorkload("Job", "a", "backup-1")->owner), "CronJob/backup");
}

TEST_F(OwnerTest, IsGuessedUntilItIsKnown) {
  PutOwned("1", ControllerReference{"ReplicaSet", "web-5d4f", "rs1"},
           {{"pod-template-hash", "5d4f"}});
  EXPECT_EQ(Owner("1"), "ReplicaSet/web-5d4f Deployment/web?");
  const ReplicaSetObject set{"a", "web-5d4f", "rs1", ControllerReference{"Deployment", "web", "d"}};
  cache_.Put(KubeKind::kReplicaSet, set, kNow);
  EXPECT_EQ(Owner("1"), "ReplicaSet/web-5d4f Deployment/web");
  // What went is remembered with the pod.
  cache_.Remove(KubeKind::kReplicaSet, set, kNow);
  EXPECT_EQ(Owner("1"), "ReplicaSet/web-5d4f Deployment/web");
  PutOwned("2", ControllerReference{"Job", "backup-29456789", "j1"});
  EXPECT_EQ(Owner("2"), "Job/backup-29456789 CronJob/backup?");
}

TEST_F(OwnerTest, APodThatChangesItsOwnerIsFollowed) {
  PutOwned("1", ControllerReference{"StatefulSet", "db", "s"});
  EXPECT_EQ(Owner("1"), "StatefulSet/db StatefulSet/db");
  PutOwned("1", std::nullopt);
  EXPECT_EQ(Owner("1"), "- -");
  PutOwned("1", ControllerReference{"DaemonSet", "agent", "x"});
  EXPECT_EQ(Owner("1"), "DaemonSet/agent DaemonSet/agent");
  cache_.Remove(KubeKind::kPod, MakePod("a/pod-1", "1"), kNow);
  EXPECT_EQ(Owner("1"), "DaemonSet/agent DaemonSet/agent");
}

TEST_F(ClusterCacheTest, SaysWhetherSomethingChanged) {
  cache_.Publish();
  EXPECT_FALSE(cache_.changed());
  cache_.Expire(kNow);
  EXPECT_FALSE(cache_.changed());
  PutPod(MakePod("a/one", "u1"));
  EXPECT_TRUE(cache_.changed());
  cache_.Publish();
  cache_.Remove(KubeKind::kPod, MakePod("a/one", "u1"), kNow);
  EXPECT_TRUE(cache_.changed());
  cache_.Publish();
  cache_.Expire(kNow + 5000);
  EXPECT_TRUE(cache_.changed());
}

TEST_F(ClusterCacheTest, SnapshotsAreReadWhileItChanges) {
  for (int i = 0; i < 300; ++i) {
    PutPod(MakePod("a/pod-" + std::to_string(i), std::to_string(i)));
  }
  std::vector<std::jthread> readers;
  for (int round = 0; round < 20; ++round) {
    const std::shared_ptr<const Cluster> cluster = cache_.Publish();
    readers.emplace_back([cluster, round] {
      int pods = 0;
      cluster->ForEachPod(std::nullopt, std::nullopt, [&pods](const KubePod&) { ++pods; });
      EXPECT_EQ(pods, 300);
      for (int i = 0; i < 300; ++i) {
        const auto found = cluster->FindPod(std::to_string(i), {}, "", "");
        ASSERT_TRUE(found);
        EXPECT_EQ(found->reason, i < round ? "changed" : "");
      }
      EXPECT_EQ(cluster->NamespaceTotals("a").pods, 300u);
    });
    PodObject pod = MakePod("a/pod-" + std::to_string(round), std::to_string(round));
    pod.pod.reason = "changed";
    pod.controller = ControllerReference{"ReplicaSet", "r", std::to_string(round % 3)};
    PutPod(pod);
  }
}

}  // namespace
}  // namespace kubemonitor
