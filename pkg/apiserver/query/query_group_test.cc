#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/query/query_testing.h"

namespace kubemonitor {
namespace {

using testing::ClusterTest;
using testing::ContainerIdentity;
using ::testing::DoubleEq;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using testing::kI;
using testing::kT0;
using ::testing::Optional;
using testing::PodIdentity;
using testing::Sampled;
using ::testing::SizeIs;
using testing::Steady;
using testing::SteadyNetwork;
using testing::Values;

using QueryGroupTest = ClusterTest;

TEST_F(QueryGroupTest, NamespacesSumTheirPods) {
  for (int64_t tick = kT0 - 2 * kI; tick <= kT0; tick += kI) {
    Append("n1", tick,
           {{PodIdentity(1, "u1", "shop", "a"), SteadyNetwork(tick, 100, 1000, 10)},
            {PodIdentity(2, "u2", "shop", "b"), Steady(tick, 50, 500)},
            {PodIdentity(3, "u3", "lab", "c"), Steady(tick, 7, 70)}});
    Append("n2", tick, {{PodIdentity(1, "u4", "shop", "d"), Steady(tick, 25, 250)}});
  }
  auto query = MakeQuery(Window(20));
  EXPECT_THAT(Names(*query, query->Namespaces()), ElementsAre("lab", "shop"));
  const Item shop = DescribeNamespace(*query, "shop");
  EXPECT_EQ(shop.kind, ItemKind::kNamespace);
  EXPECT_EQ(shop.pod_count, 3u);
  EXPECT_EQ(shop.node_count, 2u);
  EXPECT_THAT(Usage(shop, Metric::kCpuMillicores), Optional(DoubleEq(175)));
  EXPECT_EQ(Usage(shop, Metric::kMemoryBytes), 1750.0);
  EXPECT_EQ(Usage(shop, Metric::kNetworkRxBytesPerSecond), 10.0);
  EXPECT_EQ(Usage(shop, Metric::kNetworkRxBytes), std::nullopt);  // no cumulative sums
  EXPECT_EQ(Usage(shop, Metric::kProcessCount), std::nullopt);
  EXPECT_EQ(Usage(shop, Metric::kPodCount), 3.0);
  EXPECT_EQ(shop.sampled_at_ms, kT0);
  EXPECT_THAT(Points(shop, Metric::kMemoryBytes), ElementsAre(1750.0, 1750.0));
  EXPECT_THAT(Points(shop, Metric::kPodCount), ElementsAre(3.0, 3.0));
  EXPECT_THAT(Points(shop, Metric::kNodeCount), ElementsAre(2.0, 2.0));
  EXPECT_THAT(Points(shop, Metric::kProcessCount), Each(Eq(std::nullopt)));
  EXPECT_EQ(SeriesOf(shop, Metric::kNetworkRxBytes), nullptr);
  EXPECT_EQ(query->FindNamespace("none"), std::nullopt);
  const ItemRef ref = *query->FindNamespace("shop");
  EXPECT_EQ(query->SortValue(ref, Metric::kMemoryBytes, SortStatistic::kNow), 1750.0);
  EXPECT_EQ(query->SortValue(ref, Metric::kMemoryBytes, SortStatistic::kAvg), 1750.0);
  EXPECT_EQ(query->SortValue(ref, Metric::kPodCount, SortStatistic::kMax), 3.0);
  EXPECT_LT(query->SortName(*query->FindNamespace("lab")), query->SortName(ref));
}

TEST_F(QueryGroupTest, SumsOverTimeFollowTheChurn) {
  // a lives throughout, b ends after the second tick, c begins at the fourth.
  for (int64_t n = 0; n < 5; ++n) {
    const int64_t tick = kT0 - (4 - n) * kI;
    std::vector<Sampled> objects = {{PodIdentity(1, "u1", "shop", "a"), Steady(tick, 10, 100)}};
    if (n < 2) objects.push_back({PodIdentity(2, "u2", "shop", "b"), Steady(tick, 20, 200)});
    if (n >= 3) objects.push_back({PodIdentity(3, "u3", "shop", "c"), Steady(tick, 40, 400)});
    Append("n1", tick, objects);
  }
  auto query = MakeQuery(Window(50));
  Item shop = DescribeNamespace(*query, "shop");
  EXPECT_THAT(Points(shop, Metric::kMemoryBytes), ElementsAre(300.0, 300.0, 100.0, 500.0, 500.0));
  EXPECT_THAT(Points(shop, Metric::kCpuMillicores),
              ElementsAre(std::nullopt, 30.0, 10.0, 10.0, 50.0));  // a first tick has no rate
  EXPECT_THAT(Points(shop, Metric::kPodCount), ElementsAre(2.0, 2.0, 1.0, 2.0, 2.0));
  EXPECT_EQ(shop.pod_count, 2u);
  EXPECT_EQ(Usage(shop, Metric::kMemoryBytes), 500.0);
  query = MakeQuery(Window(50, 20));
  shop = DescribeNamespace(*query, "shop");
  EXPECT_THAT(Points(shop, Metric::kMemoryBytes), ElementsAre(300.0, 200.0, 500.0));
  EXPECT_EQ(SeriesOf(shop, Metric::kMemoryBytes)->statistics.avg, 340.0);
  // A window that is over before b's time.
  query = MakeQuery(Window(10));
  EXPECT_THAT(Points(DescribeNamespace(*query, "shop"), Metric::kPodCount), ElementsAre(2.0));
}

TEST_F(QueryGroupTest, ANamespaceWhosePodsAllEnded) {
  Append("n1", kT0 - kI,
         {{PodIdentity(1, "u1", "shop", "a"), Steady(kT0 - kI, 10, 100)},
          {PodIdentity(2, "u2", "gone", "b"), Steady(kT0 - kI, 10, 100)}});
  Append("n1", kT0, {{PodIdentity(1, "u1", "shop", "a"), Steady(kT0, 10, 100)}});
  QueryOptions options = Window(20);
  auto query = MakeQuery(options);
  EXPECT_THAT(Names(*query, query->Namespaces()), ElementsAre("shop"));
  const Item gone = DescribeNamespace(*query, "gone");
  EXPECT_TRUE(gone.terminated);
  EXPECT_EQ(gone.pod_count, 0u);
  EXPECT_EQ(Usage(gone, Metric::kMemoryBytes), std::nullopt);
  EXPECT_EQ(gone.sampled_at_ms, std::nullopt);
  EXPECT_THAT(Points(gone, Metric::kMemoryBytes), ElementsAre(100.0, std::nullopt));
  options.include_terminated = true;
  EXPECT_THAT(MakeQuery(options)->Namespaces(), SizeIs(2));
}

TEST_F(QueryGroupTest, StaleNodesLeaveTheSums) {
  for (int64_t tick = kT0 - 10 * kI; tick <= kT0; tick += kI) {
    Append("n1", tick, {{PodIdentity(1, "u1", "shop", "a"), Steady(tick, 10, 100)}},
           Steady(tick, 500, 5000));
    if (tick <= kT0 - 5 * kI) {
      Append("n2", tick,
             {{PodIdentity(1, "u2", "shop", "b"), Steady(tick, 20, 200)},
              {PodIdentity(2, "u3", "lab", "c"), Steady(tick, 1, 10)}},
             Steady(tick, 700, 7000));
    }
  }
  auto query = MakeQuery(Window(70));
  EXPECT_EQ(query->tick_ms(), kT0);
  const Item node = query->Describe(*query->FindNode("n2"), false);
  EXPECT_TRUE(node.stale);
  EXPECT_EQ(Usage(node, Metric::kCpuMillicores), 700.0);  // the last values, marked
  EXPECT_EQ(node.sampled_at_ms, kT0 - 5 * kI);
  const Item pod = DescribePod(*query, "shop", "b");
  EXPECT_TRUE(pod.stale);
  EXPECT_FALSE(pod.terminated);
  EXPECT_EQ(Usage(pod, Metric::kMemoryBytes), 200.0);
  EXPECT_EQ(pod.age_seconds, 51.0);
  EXPECT_THAT(query->Pods({}), SizeIs(3));  // marked, not gone
  const Item shop = DescribeNamespace(*query, "shop");
  EXPECT_EQ(Usage(shop, Metric::kMemoryBytes), 100.0);
  EXPECT_EQ(shop.pod_count, 1u);
  EXPECT_FALSE(shop.stale);
  EXPECT_THAT(Points(shop, Metric::kMemoryBytes),
              ElementsAre(300.0, 300.0, 100.0, 100.0, 100.0, 100.0, 100.0));
  const Item lab = DescribeNamespace(*query, "lab");
  EXPECT_TRUE(lab.stale);
  EXPECT_FALSE(lab.terminated);
  EXPECT_EQ(lab.pod_count, 0u);
  EXPECT_EQ(Usage(lab, Metric::kMemoryBytes), std::nullopt);
  EXPECT_THAT(query->Namespaces(), SizeIs(2));
}

TEST_F(QueryGroupTest, PodsThatEndedBeforeTheirNodeWentStaleStayEnded) {
  Append("n1", kT0 - 7 * kI, {{PodIdentity(1, "u1", "shop", "a"), Steady(kT0 - 7 * kI, 10, 100)}});
  Append("n1", kT0 - 6 * kI, {}, Values({{Series::kPids, 1}}));
  EXPECT_THAT(MakeQuery()->Pods({}), IsEmpty());
}

TEST_F(QueryGroupTest, NoDipAtTheRightEdgeWhileANodeIsLate) {
  for (int64_t tick = kT0 - 5 * kI; tick <= kT0; tick += kI) {
    Append("n1", tick, {{PodIdentity(1, "u1", "shop", "a"), Steady(tick, 10, 100)}});
    if (tick < kT0) {
      Append("n2", tick, {{PodIdentity(1, "u2", "shop", "b"), Steady(tick, 20, 200)}});
    }
  }
  // It may still come: the tick before is the newest complete one.
  auto query = MakeQuery(Window(30), kT0 + 4000);
  EXPECT_EQ(query->tick_ms(), kT0 - kI);
  Item shop = DescribeNamespace(*query, "shop");
  EXPECT_THAT(Points(shop, Metric::kMemoryBytes), ElementsAre(300.0, 300.0, 300.0));
  EXPECT_EQ(Usage(shop, Metric::kMemoryBytes), 300.0);
  EXPECT_EQ(DescribePod(*query, "shop", "a").sampled_at_ms, kT0 - kI);
  // It did not come: its last values stand in the figures of now, no point is invented.
  query = MakeQuery(Window(30), kT0 + 9000);
  EXPECT_EQ(query->tick_ms(), kT0);
  shop = DescribeNamespace(*query, "shop");
  EXPECT_THAT(Points(shop, Metric::kMemoryBytes), ElementsAre(300.0, 300.0, 100.0));
  EXPECT_EQ(Usage(shop, Metric::kMemoryBytes), 300.0);
  EXPECT_EQ(shop.pod_count, 2u);
  const Item late = DescribePod(*query, "shop", "b");
  EXPECT_EQ(late.sampled_at_ms, kT0 - kI);
  EXPECT_FALSE(late.stale);
}

TEST_F(QueryGroupTest, StalenessAtATickOfThePast) {
  for (int64_t tick = kT0 - 20 * kI; tick <= kT0; tick += kI) {
    Append("n1", tick, {{PodIdentity(1, "u1", "shop", "a"), Steady(tick, 10, 100)}});
    // Away from −15 to −6.
    if (tick < kT0 - 15 * kI || tick > kT0 - 6 * kI) {
      Append("n2", tick, {{PodIdentity(1, "u2", "shop", "b"), Steady(tick, 20, 200)}});
    }
  }
  auto memory_at = [&](int64_t back) {
    QueryOptions options;
    options.end_seconds = kT0 / 1000 - 10 * back;
    return Usage(DescribeNamespace(*MakeQuery(options), "shop"), Metric::kMemoryBytes);
  };
  EXPECT_EQ(memory_at(16), 300.0);
  EXPECT_EQ(memory_at(14), 300.0);  // two ticks missed
  EXPECT_EQ(memory_at(13), 100.0);  // three
  EXPECT_EQ(memory_at(6), 100.0);
  EXPECT_EQ(memory_at(5), 300.0);
  QueryOptions pinned;
  pinned.pinned_tick_ms = kT0 - 13 * kI;
  EXPECT_EQ(MakeQuery(pinned)->tick_ms(), kT0 - 13 * kI);
}

class SomeVisible final : public Visibility {
 public:
  bool NodeVisible(std::string_view node) const override { return node != "n2"; }
  bool NamespaceVisible(std::string_view name) const override { return name != "secret"; }
};

TEST_F(QueryGroupTest, WhatIsNotVisibleIsNotThere) {
  for (int64_t tick = kT0 - kI; tick <= kT0; tick += kI) {
    Append("n1", tick,
           {{PodIdentity(1, "u1", "shop", "a"), Steady(tick, 10, 100)},
            {PodIdentity(2, "u2", "secret", "b"), Steady(tick, 10, 100)}});
    Append("n2", tick, {{PodIdentity(1, "u3", "shop", "c"), Steady(tick, 10, 100)}});
  }
  const SomeVisible some;
  visibility_ = &some;
  auto query = MakeQuery(Window(20));
  EXPECT_THAT(Names(*query, query->Nodes()), ElementsAre("n1"));
  EXPECT_THAT(Names(*query, query->Pods({})), ElementsAre("a", "c"));  // theirs is the namespace
  EXPECT_THAT(Names(*query, query->Pods({std::nullopt, "n2", std::nullopt})), IsEmpty());
  EXPECT_THAT(Names(*query, query->Namespaces()), ElementsAre("shop"));
  EXPECT_EQ(query->FindNode("n2"), std::nullopt);
  EXPECT_EQ(query->FindPod("secret", "b", {}), std::nullopt);
  EXPECT_EQ(query->FindNamespace("secret"), std::nullopt);
  const Item shop = DescribeNamespace(*query, "shop");
  EXPECT_EQ(Usage(shop, Metric::kMemoryBytes), 200.0);
  EXPECT_THAT(Points(shop, Metric::kMemoryBytes), ElementsAre(200.0, 200.0));
}

TEST_F(QueryGroupTest, AnEmptyStoreAnswers) {
  auto query = MakeQuery(Window(60), kT0 + 3000);
  EXPECT_EQ(query->tick_ms(), kT0);
  EXPECT_THAT(query->axis()->timestamps, SizeIs(6));
  EXPECT_THAT(query->Nodes(), IsEmpty());
  EXPECT_THAT(query->Pods({}), IsEmpty());
  EXPECT_THAT(query->Namespaces(), IsEmpty());
  EXPECT_THAT(query->Workloads({.namespace_name = "shop"}), IsEmpty());
}

TEST_F(QueryGroupTest, WrongParametersAreRefused) {
  QueryOptions options;
  options.window_seconds = 4000;
  const auto query = Query::Create(*store_, kT0, options, EverythingVisible());
  EXPECT_EQ(query.status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace kubemonitor
