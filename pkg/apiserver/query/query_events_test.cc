#include <gtest/gtest.h>

#include "apiserver/query/query_testing.h"

namespace kubemonitor {
namespace {

using testing::ClusterTest;
using testing::ContainerIdentity;
using testing::kI;
using testing::kT0;
using testing::PodIdentity;
using testing::Steady;
using testing::Values;

class QueryEventsTest : public ClusterTest {
 protected:
  const Identity pod_ = PodIdentity(1, "uid-1", "shop", "cart");
};

TEST_F(QueryEventsTest, OomKills) {
  auto kills = [](int64_t tick, uint64_t count) {
    SeriesValues values = Steady(tick, 1, 1);
    values.Set(Series::kOomKills, count);
    return values;
  };
  const Identity born = PodIdentity(4, "uid-4", "shop", "born");
  const Identity by_containers = PodIdentity(5, "uid-5", "shop", "sum");
  const Identity container = ContainerIdentity(6, 5, "c-6", "main");
  for (int64_t n = 0; n < 10; ++n) {
    const int64_t tick = kT0 - (9 - n) * kI;
    // Watched since before: 3 are older than the data. One kill at n = 2, two at n = 8.
    std::vector<testing::Sampled> objects = {
        {pod_, kills(tick, 3u + (n >= 2 ? 1 : 0) + (n >= 8 ? 2 : 0))},
        {by_containers, {}},
        {container, kills(tick, n >= 5 ? 1 : 0)}};
    if (n >= 4) objects.push_back({born, kills(tick, 1)});  // killed before its first tick
    Append("n1", tick, objects);
  }
  auto query = MakeQuery();
  EXPECT_EQ(DescribePod(*query, "shop", "cart").oom_kills, 3u);
  EXPECT_EQ(DescribePod(*query, "shop", "born").oom_kills, 1u);
  const Item sum = DescribePod(*query, "shop", "sum");
  EXPECT_EQ(sum.oom_kills, 1u);
  EXPECT_EQ(sum.containers[0].oom_kills, 1u);
  EXPECT_EQ(DescribeNamespace(*query, "shop").oom_kills, 5u);
  query = MakeQuery(Window(30));
  EXPECT_EQ(DescribePod(*query, "shop", "cart").oom_kills, 2u);
  EXPECT_EQ(DescribePod(*query, "shop", "born").oom_kills, 0u);
  EXPECT_EQ(DescribePod(*query, "shop", "sum").oom_kills, 0u);
}

TEST_F(QueryEventsTest, OomKillsOverABoot) {
  int64_t n = 0;
  for (const uint64_t count : {5, 7, 1, 2}) {
    NodeReport report = testing::Report("n1", {pod_}, {testing::TickAt(kT0 - (3 - n) * kI)});
    report.boot_id = n < 2 ? "a" : "b";
    report.ticks[0].pods.push_back(
        {1, Values({{Series::kOomKills, count}, {Series::kMemoryCurrentBytes, 1}})});
    store_->Append(report, kT0);
    ++n;
  }
  EXPECT_EQ(DescribePod(*MakeQuery(), "shop", "cart").oom_kills, 3u);
}

}  // namespace
}  // namespace kubemonitor
