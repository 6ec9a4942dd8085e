// Queries while reports come in and expire: the sanitizer looks for races.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "apiserver/query/query_testing.h"
#include "apiserver/query/summed_store.h"

namespace kubemonitor {
namespace {

using testing::ContainerIdentity;
using testing::kI;
using testing::kT0;
using testing::PodIdentity;
using testing::Steady;

void Report(Store& store, const std::string& node, int64_t tick_ms) {
  const uint32_t epoch = static_cast<uint32_t>(tick_ms / kI % 7);
  NodeReport report = testing::Report(
      node,
      {PodIdentity(1, "uid-" + node, "shop", node), ContainerIdentity(2, 1, "c-" + node, "main"),
       PodIdentity(10 + epoch, "uid-" + node + std::to_string(epoch), "shop", "churn")},
      {testing::TickAt(tick_ms, Steady(tick_ms, 10, 10))});
  report.ticks[0].pods = {{1, Steady(tick_ms, 5, 5)}, {10 + epoch, Steady(tick_ms, 5, 5)}};
  report.ticks[0].containers = {{2, Steady(tick_ms, 5, 5)}};
  store.Append(report, tick_ms);
}

void AskEverything(const SummedStore& store, int64_t now_ms) {
  QueryOptions options;
  options.window_seconds = 600;
  options.include_terminated = true;
  auto query = Query::Create(store, now_ms, options, EverythingVisible());
  ASSERT_TRUE(query.ok());
  for (const auto& refs : {(*query)->Nodes(), (*query)->Pods({}), (*query)->Namespaces()}) {
    for (const ItemRef& ref : refs) {
      const Item item = (*query)->Describe(ref, true);
      EXPECT_FALSE(item.name.empty());
      (*query)->SortValue(ref, Metric::kCpuMillicores, SortStatistic::kAvg);
    }
  }
}

TEST(QueryRaceTest, QueriesDuringIngest) {
  const std::unique_ptr<SummedStore> store = NewSummedStore({.retention_ms = 600'000});
  std::atomic<int64_t> now_ms = kT0;
  std::atomic<bool> done = false;
  std::jthread reader([&] {
    while (!done) AskEverything(*store, now_ms);
  });
  std::jthread other_reader([&] {
    while (!done) AskEverything(*store, now_ms);
  });
  for (int n = 0; n < 150; ++n) {
    now_ms = kT0 + n * kI;
    for (const char* node : {"n1", "n2", "n3"}) Report(*store, node, now_ms);
    store->Expire(now_ms);
  }
  done = true;
}

}  // namespace
}  // namespace kubemonitor
