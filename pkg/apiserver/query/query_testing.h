#ifndef KUBEMONITOR_APISERVER_QUERY_QUERY_TESTING_H_
#define KUBEMONITOR_APISERVER_QUERY_QUERY_TESTING_H_

// A small cluster for tests of queries: steady rates, so that expectations can be read off.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apiserver/query/query.h"
#include "apiserver/query/summed_store.h"
#include "apiserver/store/store.h"
#include "apiserver/store/store_testing.h"

namespace kubemonitor::testing {

inline constexpr int64_t kT0 = 1'700'000'000'000;  // a multiple of the interval
inline constexpr int64_t kI = 10'000;

// Values of something that has used `millicores` ever since kT0 − 1 h.
inline SeriesValues Steady(int64_t tick_ms, uint64_t millicores, uint64_t memory) {
  const auto elapsed_ms = static_cast<uint64_t>(tick_ms - kT0 + 3'600'000);
  return Values(
      {{Series::kCpuUsageUsec, millicores * elapsed_ms}, {Series::kMemoryCurrentBytes, memory}});
}

// The same with network of as many bytes a second.
inline SeriesValues SteadyNetwork(int64_t tick_ms, uint64_t millicores, uint64_t memory,
                                  uint64_t bytes_per_second) {
  SeriesValues values = Steady(tick_ms, millicores, memory);
  const auto elapsed_ms = static_cast<uint64_t>(tick_ms - kT0 + 3'600'000);
  values.Set(Series::kNetworkRxBytes, bytes_per_second * elapsed_ms / 1000);
  return values;
}

struct Sampled {
  Identity identity;
  SeriesValues values;
};

class ClusterTest : public ::testing::Test {
 protected:
  void Append(const std::string& node, int64_t tick_ms, const std::vector<Sampled>& objects,
              SeriesValues node_values = {}) {
    NodeReport report = Report(node, {}, {TickAt(tick_ms, node_values)});
    Tick& tick = report.ticks[0];
    for (const Sampled& object : objects) {
      report.identities.push_back(object.identity);
      auto& samples = object.identity.kind == ObjectKind::kPod ? tick.pods : tick.containers;
      samples.push_back({object.identity.object, object.values});
    }
    Customize(&report);
    const AppendResult result = store_->Append(report, tick_ms + 100);
    EXPECT_EQ(result.accepted_ticks, 1u);
    EXPECT_TRUE(result.refusals.empty());
  }
  virtual void Customize(NodeReport*) {}

  std::unique_ptr<Query> MakeQuery(const QueryOptions& options = {}, int64_t now_ms = kT0 + 1000) {
    auto query = Query::Create(*store_, now_ms, options, *visibility_, cluster_);
    EXPECT_TRUE(query.ok()) << query.status();
    return *std::move(query);
  }
  static QueryOptions Window(int64_t seconds, int64_t step = 10) {
    QueryOptions options;
    options.window_seconds = seconds;
    options.step_seconds = step;
    return options;
  }

  static std::optional<double> Usage(const Item& item, Metric metric) {
    return item.usage[static_cast<size_t>(metric)];
  }
  static const MetricSeries* SeriesOf(const Item& item, Metric metric) {
    for (const MetricSeries& series : item.series) {
      if (series.metric == metric) return &series;
    }
    return nullptr;
  }
  static std::vector<std::optional<double>> Points(const Item& item, Metric metric) {
    const MetricSeries* series = SeriesOf(item, metric);
    return series == nullptr ? std::vector<std::optional<double>>() : series->points;
  }
  static Item DescribePod(Query& query, const std::string& namespace_name,
                          const std::string& name) {
    const auto ref = query.FindPod(namespace_name, name, std::nullopt);
    EXPECT_TRUE(ref.has_value()) << name;
    return ref ? query.Describe(*ref, true) : Item();
  }
  static Item DescribeNamespace(Query& query, const std::string& name) {
    const auto ref = query.FindNamespace(name);
    EXPECT_TRUE(ref.has_value()) << name;
    return ref ? query.Describe(*ref, true) : Item();
  }
  static std::vector<std::string> Names(Query& query, const std::vector<ItemRef>& refs) {
    std::vector<std::string> names;
    for (const ItemRef& ref : refs) names.push_back(query.Describe(ref, false).name);
    return names;
  }

  std::unique_ptr<SummedStore> store_ = NewSummedStore({});
  const Visibility* visibility_ = &EverythingVisible();
  std::shared_ptr<const Cluster> cluster_;  // null: Kubernetes is not asked
};

}  // namespace kubemonitor::testing

#endif  // KUBEMONITOR_APISERVER_QUERY_QUERY_TESTING_H_
