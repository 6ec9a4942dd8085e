// The cluster's item, and lists ordered by changes and by what is no metric.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/query/query_testing.h"

namespace kubemonitor {
namespace {

using testing::ClusterTest;
using testing::ContainerIdentity;
using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Eq;
using testing::kI;
using testing::kT0;
using ::testing::Optional;
using testing::PodIdentity;
using testing::Sampled;
using testing::Steady;
using testing::SteadyNetwork;
using testing::Values;

class ClusterItemTest : public ClusterTest {
 protected:
  // Pods of 10 millicores and 100 bytes each.
  std::vector<Sampled> Pods(int64_t tick, uint32_t count) {
    std::vector<Sampled> pods;
    for (uint32_t i = 1; i <= count; ++i) {
      const std::string name = "p" + std::to_string(i);
      pods.push_back({PodIdentity(i, "uid-" + name, i % 2 == 0 ? "shop" : "lab", name),
                      Steady(tick, 10, 100)});
    }
    return pods;
  }
  static Item ClusterOf(Query& query) { return query.Describe(query.WholeCluster(), true); }
};

TEST_F(ClusterItemTest, NodesCountWithTheirOwnValues) {
  for (int64_t tick = kT0 - 2 * kI; tick <= kT0; tick += kI) {
    Append("n1", tick, Pods(tick, 3), SteadyNetwork(tick, 500, 4000, 70));
    Append("n2", tick, Pods(tick, 2), Steady(tick, 250, 2000));
  }
  auto query = MakeQuery(Window(20));
  const Item cluster = ClusterOf(*query);
  EXPECT_EQ(cluster.kind, ItemKind::kCluster);
  EXPECT_EQ(cluster.name, "cluster");
  EXPECT_THAT(Usage(cluster, Metric::kCpuMillicores), Optional(DoubleEq(750)));
  EXPECT_EQ(Usage(cluster, Metric::kMemoryBytes), 6000.0);
  EXPECT_EQ(Usage(cluster, Metric::kNetworkRxBytesPerSecond), 70.0);
  EXPECT_EQ(Usage(cluster, Metric::kProcessCount), std::nullopt) << "missing is not 0";
  EXPECT_EQ(Usage(cluster, Metric::kNetworkRxBytes), std::nullopt) << "no cumulative sums";
  EXPECT_EQ(cluster.pod_count, 5u);
  EXPECT_EQ(cluster.node_count, 2u);
  EXPECT_EQ(cluster.sampled_at_ms, kT0);
  EXPECT_FALSE(cluster.stale);
  ASSERT_TRUE(cluster.cluster_facts);
  EXPECT_EQ(cluster.cluster_facts->nodes_total, 2u);
  EXPECT_EQ(cluster.cluster_facts->nodes_reporting, 2u);
  EXPECT_THAT(Points(cluster, Metric::kCpuMillicores),
              ElementsAre(Optional(DoubleEq(750)), Optional(DoubleEq(750))));
  EXPECT_THAT(Points(cluster, Metric::kPodCount), ElementsAre(5.0, 5.0));
  EXPECT_THAT(Points(cluster, Metric::kNodeCount), ElementsAre(2.0, 2.0));
  EXPECT_EQ(SeriesOf(cluster, Metric::kThrottledPercent), nullptr);
}

TEST_F(ClusterItemTest, ALateNodeCountsWithItsLastValuesAndAStaleOneNot) {
  for (int64_t tick = kT0 - 10 * kI; tick <= kT0; tick += kI) {
    Append("n1", tick, Pods(tick, 1), Steady(tick, 100, 1000));
    if (tick <= kT0 - kI) Append("n2", tick, Pods(tick, 1), Steady(tick, 200, 2000));
    if (tick <= kT0 - 9 * kI) Append("n3", tick, Pods(tick, 1), Steady(tick, 400, 4000));
  }
  auto query = MakeQuery({}, kT0 + 9'000);
  ASSERT_EQ(query->tick_ms(), kT0);
  const Item cluster = ClusterOf(*query);
  EXPECT_THAT(Usage(cluster, Metric::kCpuMillicores), Optional(DoubleEq(300)));
  EXPECT_EQ(Usage(cluster, Metric::kMemoryBytes), 3000.0);
  EXPECT_EQ(cluster.node_count, 2u);
  EXPECT_EQ(cluster.cluster_facts->nodes_total, 3u);
  EXPECT_EQ(cluster.cluster_facts->nodes_stale, 1u);
}

TEST_F(ClusterItemTest, WhenAllNodesAreStaleNothingIsSaid) {
  for (int64_t tick = kT0 - kI; tick <= kT0; tick += kI) {
    Append("n1", tick, Pods(tick, 1), Steady(tick, 100, 1000));
  }
  auto query = MakeQuery({}, kT0 + 600'000);
  const Item cluster = ClusterOf(*query);
  EXPECT_TRUE(cluster.stale);
  EXPECT_EQ(cluster.node_count, 0u);
  EXPECT_EQ(Usage(cluster, Metric::kMemoryBytes), std::nullopt);
  EXPECT_EQ(cluster.sampled_at_ms, std::nullopt);
}

TEST_F(ClusterItemTest, OfAnEmptyStore) {
  auto query = MakeQuery(Window(60));
  const Item cluster = ClusterOf(*query);
  EXPECT_FALSE(cluster.stale);
  EXPECT_EQ(cluster.cluster_facts->nodes_total, 0u);
  EXPECT_EQ(Usage(cluster, Metric::kCpuMillicores), std::nullopt);
  EXPECT_EQ(cluster.oom_kills, std::nullopt);
}

TEST_F(ClusterItemTest, LateTicksAndLateNamesAreInTheSums) {
  const auto at = [this](int64_t tick, bool named) {
    const std::string ns = named ? "shop" : "";
    Append("n1", tick, {{PodIdentity(1, "u1", ns, named ? "a" : ""), Steady(tick, 10, 100)}},
           Steady(tick, 500, 4000));
  };
  at(kT0 - 2 * kI, false);
  at(kT0, true);
  at(kT0 - kI, true);  // late
  auto query = MakeQuery(Window(30));
  const Item cluster = ClusterOf(*query);
  EXPECT_THAT(Points(cluster, Metric::kMemoryBytes), ElementsAre(4000.0, 4000.0, 4000.0));
  EXPECT_THAT(Points(cluster, Metric::kPodCount), ElementsAre(1.0, 1.0, 1.0));
  EXPECT_THAT(Points(cluster, Metric::kCpuMillicores),
              ElementsAre(Eq(std::nullopt), Optional(DoubleEq(500)), Optional(DoubleEq(500))));
}

TEST_F(ClusterItemTest, SeriesMayBeLimitedAlone) {
  for (int64_t tick = kT0 - kI; tick <= kT0; tick += kI) {
    Append("n1", tick, Pods(tick, 1), Steady(tick, 100, 1000));
  }
  QueryOptions options = Window(10);
  options.series.Add(Metric::kMemoryBytes);
  auto query = MakeQuery(options);
  const Item cluster = ClusterOf(*query);
  ASSERT_EQ(cluster.series.size(), 1u);
  EXPECT_EQ(cluster.series[0].metric, Metric::kMemoryBytes);
  EXPECT_THAT(Usage(cluster, Metric::kCpuMillicores), Optional(DoubleEq(100)));
}

class ChangeTest : public ClusterTest {
 protected:
  // n1/a: memory grows by 10 a tick, CPU by 100 from kT0 − 2 on. n1/b: steady. n1/c: one tick.
  ChangeTest() {
    uint64_t cpu = 0;
    for (int i = -4; i <= 0; ++i) {
      const int64_t tick = kT0 + i * kI;
      cpu += (i >= -1 ? 200 : 100) * static_cast<uint64_t>(kI);
      SeriesValues a = Values(
          {{Series::kCpuUsageUsec, cpu}, {Series::kMemoryCurrentBytes, 1000 + 10 * (i + 4)}});
      std::vector<Sampled> pods = {{PodIdentity(1, "ua", "shop", "a"), a},
                                   {PodIdentity(2, "ub", "shop", "b"), Steady(tick, 50, 500)}};
      if (i == 0) pods.push_back({PodIdentity(3, "uc", "shop", "c"), Steady(tick, 1, 1)});
      Append("n1", tick, pods, a);
    }
  }
  std::optional<double> Change(Query& query, const std::string& pod, Metric metric) {
    return query.SortValue(*query.FindPod("shop", pod, std::nullopt), metric,
                           SortStatistic::kChange);
  }
};

TEST_F(ChangeTest, IsTheNewerHalfLessTheOlder) {
  auto query = MakeQuery(Window(40));
  // Memory 1010, 1020 | 1030, 1040; CPU 100, 100 | 200, 200.
  EXPECT_THAT(Change(*query, "a", Metric::kMemoryBytes), Optional(DoubleEq(20)));
  EXPECT_THAT(Change(*query, "a", Metric::kCpuMillicores), Optional(DoubleNear(100, 1e-6)));
  EXPECT_THAT(Change(*query, "b", Metric::kMemoryBytes), Optional(DoubleEq(0)));
  EXPECT_EQ(Change(*query, "c", Metric::kMemoryBytes), std::nullopt) << "it was not there before";
  const ItemRef shop = *query->FindNamespace("shop");
  EXPECT_THAT(query->SortValue(shop, Metric::kPodCount, SortStatistic::kChange),
              Optional(DoubleEq(0.5)));
  const ItemRef node = *query->FindNode("n1");
  EXPECT_THAT(query->SortValue(node, Metric::kMemoryBytes, SortStatistic::kChange),
              Optional(DoubleEq(20)));
}

TEST_F(ChangeTest, TheMiddleTickIsTheNewerHalfs) {
  auto query = MakeQuery(Window(30));  // 1020 | 1030, 1040
  EXPECT_THAT(Change(*query, "a", Metric::kMemoryBytes), Optional(DoubleEq(15)));
  auto one = MakeQuery(Window(10));
  EXPECT_EQ(Change(*one, "a", Metric::kMemoryBytes), std::nullopt) << "half a tick is none";
  auto none = MakeQuery();
  EXPECT_EQ(Change(*none, "a", Metric::kMemoryBytes), std::nullopt);
}

TEST_F(ClusterTest, FactsForSorting) {
  for (int64_t tick = kT0 - kI; tick <= kT0; tick += kI) {
    SeriesValues values = Steady(tick, 10, 100);
    values.Set(Series::kOomKills, tick == kT0 ? 3 : 1);
    Identity a = PodIdentity(1, "ua", "shop", "web-7d4b9c6f5d-aaaaa");
    a.labels = {{"pod-template-hash", "7d4b9c6f5d"}};
    a.started_at_ms = kT0 - 5000;
    Identity container = ContainerIdentity(2, 1, "c1", "main");
    container.restart_count = 4;
    Append("n1", tick, {{a, values}, {container, Steady(tick, 1, 1)}}, values);
  }
  auto query = MakeQuery();
  const ItemRef pod = *query->FindPod("shop", "web-7d4b9c6f5d-aaaaa", std::nullopt);
  const ItemRef node = *query->FindNode("n1");
  EXPECT_EQ(query->SortFact(pod, Fact::kOomKills), 2.0);
  EXPECT_EQ(query->SortFact(pod, Fact::kRestartCount), 4.0);
  EXPECT_EQ(query->SortFact(pod, Fact::kStartedAt), static_cast<double>(kT0 - 5000));
  EXPECT_EQ(query->SortFact(node, Fact::kOomKills), 2.0);
  EXPECT_EQ(query->SortFact(node, Fact::kRestartCount), std::nullopt);
  EXPECT_EQ(query->SortFact(*query->FindNamespace("shop"), Fact::kOomKills), 2.0);
  EXPECT_EQ(query->SortFact(query->WholeCluster(), Fact::kOomKills), 2.0);
  EXPECT_EQ(query->Name(pod), "web-7d4b9c6f5d-aaaaa");
  EXPECT_EQ(query->Name(node), "n1");
  EXPECT_EQ(query->ObjectOf(node)->index, 0u);
  EXPECT_NE(query->ObjectOf(pod)->index, 0u);
  const auto deployments = query->Workloads({.namespace_name = "shop"});
  ASSERT_EQ(deployments.size(), 1u);
  EXPECT_EQ(query->Name(deployments[0]), "web");
  EXPECT_EQ(query->SortFact(deployments[0], Fact::kOomKills), 2.0);
  EXPECT_EQ(query->ObjectOf(deployments[0]), std::nullopt);
}

}  // namespace
}  // namespace kubemonitor
