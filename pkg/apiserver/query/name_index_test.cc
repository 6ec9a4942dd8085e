#include "apiserver/query/name_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/kubernetes/plain_cluster_testing.h"
#include "apiserver/query/query_testing.h"

namespace kubemonitor {
namespace {

using testing::ClusterTest;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kI;
using testing::kT0;
using testing::PodIdentity;
using testing::Steady;

struct RankCase {
  std::string name, text;
  int rank;
};

TEST(RankNameTest, WholeBeginningWordAnywhere) {
  const RankCase cases[] = {
      {"web", "web", 0},     {"web-1", "web", 1},       {"my-web-1", "web", 2},
      {"a.web", "web", 2},   {"cobweb", "web", 3},      {"cobweb-web", "web", 2},
      {"we", "web", -1},     {"", "web", -1},           {"WeB", "web", 0},
      {"awebweb", "web", 3}, {"\xC3\xA9web", "web", 3}, {"aaab", "aab", 3},
      {"x-y", "-y", 3},
  };
  for (const RankCase& c : cases) EXPECT_EQ(RankName(c.name, c.text), c.rank) << c.name;
}

class NameIndexTest : public ClusterTest {
 protected:
  NameIndexTest() {
    Identity web = PodIdentity(1, "u1", "shop", "web-7d4b9c6f5d-aaaaa");
    web.labels = {{"pod-template-hash", "7d4b9c6f5d"}};
    for (int64_t tick = kT0 - 5 * kI; tick <= kT0; tick += kI) {
      Append("web-node-1", tick,
             {{web, Steady(tick, 1, 1)},
              {PodIdentity(2, "u2", "web", "cobweb"), Steady(tick, 1, 1)},
              {PodIdentity(3, "u3", "lab", "other"), Steady(tick, 1, 1)}});
      if (tick == kT0 - 5 * kI) {
        Append("n2", tick, {{PodIdentity(1, "u4", "lab", "web-ended"), Steady(tick, 1, 1)}});
      } else {
        Append("n2", tick, {{PodIdentity(2, "u5", "lab", "b"), Steady(tick, 1, 1)}});
      }
    }
  }
  static std::vector<std::string> Names(const NameMatches& matches) {
    std::vector<std::string> names;
    for (const NameMatch& match : matches.best) names.push_back(match.name);
    return names;
  }
};

TEST_F(NameIndexTest, TheBestComesFirst) {
  const NameIndex index(*store_, nullptr, kT0 + 1000);
  const NameMatches matches = index.Search("WEB", 20, EverythingVisible());
  // The namespace and the deployment are called so; the node and the pod begin so.
  EXPECT_THAT(Names(matches),
              ElementsAre("web", "web", "web-node-1", "web-7d4b9c6f5d-aaaaa", "cobweb"));
  EXPECT_EQ(matches.total, 5u);
  EXPECT_EQ(matches.best[0].kind, ItemKind::kNamespace);
  EXPECT_EQ(matches.best[1].kind, ItemKind::kWorkload);
  EXPECT_EQ(matches.best[1].workload_kind, "Deployment");
  EXPECT_EQ(matches.best[1].namespace_name, "shop");
  EXPECT_EQ(matches.best[2].kind, ItemKind::kNode);
  EXPECT_EQ(matches.best[3].kind, ItemKind::kPod);
  EXPECT_EQ(matches.best[3].namespace_name, "shop");
  EXPECT_EQ(matches.best[3].uid, "u1");
  EXPECT_EQ(matches.best[3].node, "web-node-1");
}

TEST_F(NameIndexTest, WhatKubernetesAloneKnows) {
  testing::PlainCluster cluster;
  for (const char* name : {"web-node-1", "web-node-9"}) {
    KubeNode node;
    node.name = name;
    cluster.Add(node);
  }
  cluster.Add(KubeNamespace{"web-empty", "Active", {}, {}});
  const auto add_workload = [&](const std::string& kind, const std::string& name) {
    KubeWorkload workload;
    workload.kind = kind;
    workload.namespace_name = "shop";
    workload.name = name;
    if (kind == "Job") workload.owner = KubeOwner{"CronJob", "web-night"};
    if (name == "web-gone") workload.deleted_at_ms = kT0;
    cluster.Add(workload);
  };
  add_workload("Deployment", "web-idle");
  add_workload("Job", "web-night-1");
  add_workload("Deployment", "web-gone");
  const auto add_pod = [&](const std::string& name, const std::string& node,
                           const std::string& phase) {
    KubePod pod;
    pod.namespace_name = "shop";
    pod.name = name;
    pod.uid = pod.sample_uid = "uid-" + name;
    pod.node_name = node;
    pod.phase = phase;
    cluster.Add(pod);
  };
  add_pod("web-7d4b9c6f5d-aaaaa", "web-node-1", "Pending");  // and is measured
  add_pod("web-waits", "", "Pending");
  add_pod("web-pulls", "web-node-1", "Pending");
  add_pod("web-unseen", "web-node-9", "Running");
  add_pod("web-done", "web-node-9", "Succeeded");
  const NameIndex index(*store_, &cluster, kT0 + 1000);
  const NameMatches matches = index.Search("web-", 20, EverythingVisible());
  EXPECT_THAT(Names(matches),
              ElementsAre("web-node-1", "web-node-9", "web-empty", "web-idle", "web-pulls",
                          "web-waits", "web-unseen", "web-7d4b9c6f5d-aaaaa"));
  EXPECT_EQ(matches.best[3].workload_kind, "Deployment");
  EXPECT_EQ(matches.best[5].kind, ItemKind::kPod);
  EXPECT_EQ(matches.best[5].uid, "uid-web-waits");
  EXPECT_EQ(matches.best[5].namespace_name, "shop");
  EXPECT_EQ(matches.best[5].node, "");
  EXPECT_EQ(matches.best[6].node, "web-node-9");
  EXPECT_EQ(matches.best[7].uid, "u1");
  EXPECT_EQ(matches.best[7].node, "web-node-1");

  testing::PlainCluster no_nodes;  // they may not be read
  no_nodes.Forget("Node");
  KubePod unseen;
  unseen.namespace_name = "shop";
  unseen.name = unseen.uid = "web-unseen";
  unseen.node_name = "web-node-9";
  unseen.phase = "Running";
  no_nodes.Add(unseen);
  EXPECT_EQ(
      NameIndex(*store_, &no_nodes, kT0 + 1000).Search("web-unseen", 9, EverythingVisible()).total,
      1u);
}

class OneVisible final : public Visibility {
 public:
  OneVisible(std::string node, std::string namespace_name)
      : node_(std::move(node)), namespace_name_(std::move(namespace_name)) {}
  bool NodeVisible(std::string_view node) const override { return node == node_; }
  bool NamespaceVisible(std::string_view name) const override { return name == namespace_name_; }

 private:
  const std::string node_, namespace_name_;
};

TEST_F(NameIndexTest, WhatIsNotVisibleIsNotFound) {
  const NameIndex measured(*store_, nullptr, kT0 + 1000);
  EXPECT_THAT(Names(measured.Search("web", 20, OneVisible("n2", "shop"))),
              ElementsAre("web", "web-7d4b9c6f5d-aaaaa"));  // the deployment and its pod
  EXPECT_THAT(Names(measured.Search("web", 20, OneVisible("web-node-1", "web"))),
              ElementsAre("web", "web-node-1", "cobweb"));  // the namespace, and what is in it
  testing::PlainCluster cluster;
  for (const char* namespace_name : {"lab", "shop"}) {
    KubePod pod;
    pod.namespace_name = namespace_name;
    pod.name = pod.uid = std::string("told-of-") + namespace_name;
    pod.phase = "Pending";
    cluster.Add(pod);
  }
  const NameMatches told =
      NameIndex(*store_, &cluster, kT0 + 1000).Search("told", 20, OneVisible("", "lab"));
  EXPECT_THAT(Names(told), ElementsAre("told-of-lab"));
  EXPECT_EQ(told.total, 1u);
}

TEST_F(NameIndexTest, LimitsAndMisses) {
  const NameIndex index(*store_, nullptr, kT0 + 1000);
  EXPECT_THAT(Names(index.Search("web", 2, EverythingVisible())), ElementsAre("web", "web"));
  EXPECT_EQ(index.Search("web", 2, EverythingVisible()).total, 5u);
  EXPECT_EQ(index.Search("web", 0, EverythingVisible()).total, 5u);
  EXPECT_THAT(Names(index.Search("nothing-like-it", 20, EverythingVisible())), IsEmpty());
  EXPECT_THAT(Names(index.Search("", 20, EverythingVisible())), IsEmpty());
}

TEST_F(NameIndexTest, IsMadeOnceAnInterval) {
  NameIndexCache cache(*store_, nullptr);
  const auto first = cache.Get(kT0 + 1000);
  EXPECT_EQ(cache.Get(kT0 + 2000), first);
  EXPECT_NE(cache.Get(kT0 + 11'000), first);
}

}  // namespace
}  // namespace kubemonitor
