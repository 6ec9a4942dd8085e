#include "apiserver/query/summed_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/query/pod_sums.h"
#include "apiserver/query/query_testing.h"

namespace kubemonitor {
namespace {

using testing::ClusterTest;
using testing::ContainerIdentity;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kI;
using testing::kT0;
using ::testing::Optional;
using testing::PodIdentity;
using testing::Sampled;
using testing::Steady;
using testing::Values;

class SummedStoreTest : public ClusterTest {
 protected:
  std::optional<double> Memory(const std::string& name, int64_t tick_ms) const {
    const auto group = store_->namespace_sums().Find(name);
    if (group == nullptr) return std::nullopt;
    SumRow row{};
    store_->namespace_sums().Read(*group, AllSumColumns(), tick_ms, std::span(&row, 1));
    return SumOf(row, Metric::kMemoryBytes).value();
  }
  Item Shop(int64_t now_ms = kT0 + 1000) {
    auto query = MakeQuery(Window(60), now_ms);
    return DescribeNamespace(*query, "shop");
  }
};

TEST_F(SummedStoreTest, ANameThatComesLateMovesWhatWasSummed) {
  Append("n1", kT0 - kI, {{PodIdentity(1, "u1", "", ""), Steady(kT0 - kI, 10, 100)}});
  EXPECT_THAT(store_->namespace_sums().ReadTick(kT0).groups, IsEmpty());
  Append("n1", kT0, {{PodIdentity(1, "u1", "shop", "a"), Steady(kT0, 10, 200)}});
  EXPECT_EQ(Memory("shop", kT0 - kI), 100);
  EXPECT_EQ(Memory("shop", kT0), 200);
}

TEST_F(SummedStoreTest, ALateTickMakesTheRateAfterIt) {
  const auto at = [](int64_t tick) {
    return std::vector<Sampled>{{PodIdentity(1, "u1", "shop", "a"), Steady(tick, 10, 100)}};
  };
  Append("n1", kT0, at(kT0));
  EXPECT_EQ(Usage(Shop(), Metric::kCpuMillicores), std::nullopt);
  Append("n1", kT0 - kI, at(kT0 - kI));
  EXPECT_THAT(Usage(Shop(), Metric::kCpuMillicores), Optional(10));
  Append("n1", kT0 - kI, at(kT0 - kI));  // again
  EXPECT_EQ(Memory("shop", kT0 - kI), 100);
  EXPECT_EQ(Memory("shop", kT0), 100);
}

TEST_F(SummedStoreTest, OomKillsAreCountedOnceAPod) {
  const auto kills = [](int64_t tick, uint64_t own, uint64_t container) {
    SeriesValues pod = Steady(tick, 10, 100), inner = pod;
    pod.Set(Series::kOomKills, own);
    inner.Set(Series::kOomKills, container);
    return std::vector<Sampled>{{PodIdentity(1, "u1", "shop", "a"), pod},
                                {ContainerIdentity(2, 1, "c1", "main"), inner},
                                {PodIdentity(3, "u2", "lab", "b"), Steady(tick, 10, 100)}};
  };
  Append("n1", kT0 - 2 * kI, kills(kT0 - 2 * kI, 7, 7));
  EXPECT_EQ(Shop().oom_kills, 0u);  // from before anybody looked
  Append("n1", kT0 - kI, kills(kT0 - kI, 9, 9));
  Append("n1", kT0, kills(kT0, 10, 10));
  EXPECT_EQ(Shop().oom_kills, 3u);
  auto query = MakeQuery();
  EXPECT_EQ(DescribeNamespace(*query, "lab").oom_kills, std::nullopt);
}

TEST_F(SummedStoreTest, KillsOfAPodThatCameToBeCountFromItsFirstTick) {
  Append("n1", kT0 - kI, {}, Values({{Series::kPids, 1}}));
  SeriesValues values = Steady(kT0, 10, 100);
  values.Set(Series::kOomKills, 2);
  Append("n1", kT0, {{PodIdentity(1, "u1", "shop", "a"), values}});
  EXPECT_EQ(Shop().oom_kills, 2u);
}

TEST_F(SummedStoreTest, AnEarlierTickThatComesLateTakesTheBirthBack) {
  const auto kills = [](int64_t tick, uint64_t count) {
    SeriesValues values = Steady(tick, 10, 100);
    values.Set(Series::kOomKills, count);
    return std::vector<Sampled>{{PodIdentity(1, "u1", "shop", "a"), values}};
  };
  Append("n1", kT0 - 3 * kI, {}, Values({{Series::kPids, 1}}));
  Append("n1", kT0, kills(kT0, 9));
  EXPECT_EQ(Shop().oom_kills, 9u);  // as far as is known
  Append("n1", kT0 - 2 * kI, kills(kT0 - 2 * kI, 7));
  EXPECT_EQ(Shop().oom_kills, 9u);
  Append("n1", kT0 - 4 * kI, kills(kT0 - 4 * kI, 6));
  EXPECT_EQ(Shop().oom_kills, 3u);
}

TEST_F(SummedStoreTest, ALateTickWithoutIdentitiesTellsThatAPodWasBornAfterIt) {
  SeriesValues values = Steady(kT0, 10, 100);
  values.Set(Series::kOomKills, 9);
  Append("n1", kT0, {{PodIdentity(1, "u1", "shop", "a"), values}});
  EXPECT_EQ(Shop().oom_kills, 0u);  // from before anybody looked
  const SeriesValues alone = testing::Values({{Series::kPids, 1}});
  store_->Append(testing::Report("n1", {}, {testing::TickAt(kT0 - kI, alone)}), kT0);
  EXPECT_EQ(Shop().oom_kills, 9u);
}

TEST_F(SummedStoreTest, ATickOffTheGridCostsItsNeighboursNothing) {
  const auto at = [](int64_t tick) {
    return std::vector<Sampled>{{PodIdentity(1, "u1", "shop", "a"), Steady(tick, 10, 100)}};
  };
  Append("n1", kT0 - 2 * kI, at(kT0 - 2 * kI));
  Append("n1", kT0 - kI, at(kT0 - kI));
  NodeReport report =
      testing::Report("n1", {}, {testing::TickAt(kT0 - kI - 5000), testing::TickAt(kT0)});
  report.ticks[1].pods.push_back({1, Steady(kT0, 10, 100)});
  store_->Append(report, kT0);
  for (int64_t tick = kT0 - 2 * kI; tick <= kT0; tick += kI) EXPECT_EQ(Memory("shop", tick), 100);
}

TEST_F(SummedStoreTest, WhatNobodyCanUseDoesNotOverflow) {
  const uint64_t most = uint64_t{1} << 62;
  Append("n1", kT0,
         {{PodIdentity(1, "u1", "shop", "a"), Values({{Series::kMemoryCurrentBytes, most}})},
          {PodIdentity(2, "u2", "shop", "b"), Values({{Series::kMemoryCurrentBytes, most}})}});
  EXPECT_GT(Memory("shop", kT0), 1e14);
}

TEST_F(SummedStoreTest, NodesOfANamespaceAreFound) {
  Append("n1", kT0, {{PodIdentity(1, "u1", "shop", "a"), Steady(kT0, 10, 100)}});
  Append("n2", kT0, {{PodIdentity(1, "u2", "lab", "b"), Steady(kT0, 10, 100)}});
  const uint32_t first = store_->Nodes()[0]->node;
  EXPECT_THAT(store_->NodesWithNamespace("shop"), ElementsAre(first));
  EXPECT_THAT(store_->NodesWithNamespace("none"), IsEmpty());
}

TEST_F(SummedStoreTest, AForgottenNodeComesBackWithItsSharesOnce) {
  const auto at = [](int64_t tick) {
    return std::vector<Sampled>{{PodIdentity(1, "u1", "shop", "a"), Steady(tick, 10, 100)}};
  };
  Append("n1", kT0, at(kT0));
  const int64_t later = kT0 + 3 * 3'600'000;
  store_->Expire(later);
  EXPECT_THAT(store_->Nodes(), IsEmpty());
  EXPECT_THAT(store_->namespace_sums().ReadTick(kT0).groups, IsEmpty());
  EXPECT_THAT(store_->namespace_sums().ReadTick(kT0).sources, IsEmpty());
  EXPECT_EQ(store_->Stats().sum_bytes, 0u);
  Append("n1", later, at(later));
  EXPECT_EQ(Memory("shop", later), 100);
}

TEST_F(SummedStoreTest, WhenTheClockIsSetBackAllIsToldAnew) {
  const auto at = [](int64_t tick) {
    return std::vector<Sampled>{{PodIdentity(1, "u1", "shop", "a"), Steady(tick, 10, 100)}};
  };
  // More than an hour, so that some of it has expired.
  constexpr int64_t kFuture = kT0 + 1'800'000;
  for (int64_t tick = kFuture - 4'000'000; tick <= kFuture; tick += kI) {
    Append("n1", tick, at(tick));
    if (tick % 300'000 == 0) store_->Expire(tick);
  }
  store_->Expire(kFuture - 2 * kMaxAheadMs);
  EXPECT_EQ(Memory("shop", kFuture), 100) << "clocks may differ so much";
  store_->Expire(kT0);
  EXPECT_THAT(store_->Nodes(), IsEmpty());
  EXPECT_THAT(store_->Held("n1"), IsEmpty()) << "the collector gives again what it holds";
  EXPECT_THAT(store_->namespace_sums().ReadTick(kT0).groups, IsEmpty());
  EXPECT_THAT(store_->namespace_sums().ReadTick(kT0).sources, IsEmpty());
  for (int64_t tick = kT0 - 3'600'000; tick <= kT0; tick += kI) Append("n1", tick, at(tick));
  for (int64_t tick = kT0 - 3'600'000; tick <= kT0; tick += kI) {
    ASSERT_EQ(Memory("shop", tick), 100) << (tick - kT0) / kI;
  }
  EXPECT_EQ(Memory("shop", kFuture), std::nullopt);
  EXPECT_THAT(Usage(Shop(), Metric::kCpuMillicores), Optional(10));
}

TEST_F(SummedStoreTest, TheSimpleFormCountsAPodWithTheValuesItShowedLast) {
  // Two clients, a pod each: at T only one has told its own yet.
  const auto tell = [this](int64_t tick, const std::string& uid, uint64_t memory) {
    NodeReport report =
        testing::Report("n1", {PodIdentity(1, uid, "shop", uid)}, {testing::TickAt(tick)});
    report.instance_id = kSimpleInstance;
    report.ticks[0].pods.push_back(
        {1, Values({{Series::kCpuReportedMillicores, 10}, {Series::kMemoryCurrentBytes, memory}})});
    EXPECT_EQ(store_->Append(report, tick + 100).accepted_ticks, 1u);
  };
  tell(kT0 - kI, "a", 100);
  tell(kT0 - kI, "b", 20);
  tell(kT0, "a", 300);
  const Item shop = Shop();
  EXPECT_EQ(Usage(shop, Metric::kMemoryBytes), 320);
  EXPECT_EQ(shop.pod_count, 2u);
  EXPECT_EQ(shop.node_count, 1u);
  EXPECT_THAT(Points(shop, Metric::kMemoryBytes).back(), Optional(300));
}

TEST_F(SummedStoreTest, ANodeThatTellsTheTickAfterTheNodesWereListedCountsOnce) {
  const auto at = [](int64_t tick, uint64_t memory) {
    return std::vector<Sampled>{{PodIdentity(1, "u1", "shop", "a"), Steady(tick, 10, memory)}};
  };
  Append("n1", kT0, at(kT0, 100));
  Append("n2", kT0 - kI, at(kT0 - kI, 20));
  auto query = MakeQuery({}, kT0 + 9000);
  ASSERT_EQ(query->tick_ms(), kT0);
  Append("n2", kT0, at(kT0, 30));
  const Item shop = DescribeNamespace(*query, "shop");
  EXPECT_EQ(Usage(shop, Metric::kMemoryBytes), 130);
  EXPECT_EQ(shop.pod_count, 2u);
}

TEST_F(SummedStoreTest, NothingIsCountedOfNodesThatAreAllStale) {
  Append("n1", kT0, {{PodIdentity(1, "u1", "shop", "a"), Steady(kT0, 10, 100)}});
  const Item shop = Shop(kT0 + 120'000);
  EXPECT_TRUE(shop.stale);
  EXPECT_FALSE(shop.terminated);
  EXPECT_EQ(shop.pod_count, 0u);
  EXPECT_EQ(Usage(shop, Metric::kMemoryBytes), std::nullopt);
  EXPECT_THAT(Points(shop, Metric::kMemoryBytes).back(), Optional(100));
}

}  // namespace
}  // namespace kubemonitor
