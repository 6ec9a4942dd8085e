#include "apiserver/query/column.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "apiserver/query/metric.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

constexpr int64_t kI = 10'000;

// The rows of the ticks 0, 1, ….
ObjectRows RowsOf(std::initializer_list<std::vector<std::pair<Series, uint64_t>>> rows) {
  ObjectRows result;
  int64_t tick_ms = 0;
  for (const auto& row : rows) {
    SeriesValues values;
    for (const auto& [series, value] : row) values.Set(series, value);
    result.AddRow({tick_ms, static_cast<uint64_t>(tick_ms) * 1000, 0}, values, ~uint64_t{0});
    tick_ms += kI;
  }
  return result;
}

TEST(MetricTest, KeysAreUniqueAndFoundAgain) {
  std::set<std::string_view> keys;
  for (size_t number = 0; number < kMetricCount; ++number) {
    const auto metric = static_cast<Metric>(number);
    EXPECT_EQ(MetricFromKey(MetricKey(metric)), metric);
    keys.insert(MetricKey(metric));
  }
  EXPECT_EQ(keys.size(), kMetricCount);
  EXPECT_EQ(MetricFromKey("cpu"), std::nullopt);
  EXPECT_EQ(MetricKey(Metric::kCpuMillicores), "cpuMillicores");
  EXPECT_EQ(MetricKey(Metric::kNodeCount), "nodeCount");
  EXPECT_EQ(GroupOf(Metric::kProcessCount), MetricGroup::kUsage);
  EXPECT_EQ(GroupOf(Metric::kDiskReadBytes), MetricGroup::kCumulative);
}

TEST(ColumnTest, EveryMetricComesOfItsSeries) {
  struct Case {
    Metric metric;
    Series series;
    double expected;  // of 2000 at tick 0 and 1'002'000 ten seconds later
  };
  const Case cases[] = {
      {Metric::kCpuMillicores, Series::kCpuUsageUsec, 100},
      {Metric::kMemoryBytes, Series::kMemoryCurrentBytes, 1'002'000},
      {Metric::kMemoryWorkingSetBytes, Series::kMemoryWorkingSetBytes, 1'002'000},
      {Metric::kMemoryRssBytes, Series::kMemoryAnonBytes, 1'002'000},
      {Metric::kDiskReadBytesPerSecond, Series::kDiskReadBytes, 100'000},
      {Metric::kDiskWriteBytesPerSecond, Series::kDiskWriteBytes, 100'000},
      {Metric::kNetworkRxBytesPerSecond, Series::kNetworkRxBytes, 100'000},
      {Metric::kNetworkTxBytesPerSecond, Series::kNetworkTxBytes, 100'000},
      {Metric::kProcessCount, Series::kPids, 1'002'000},
      {Metric::kDiskReadBytes, Series::kDiskReadBytes, 1'002'000},
      {Metric::kDiskWriteBytes, Series::kDiskWriteBytes, 1'002'000},
      {Metric::kNetworkRxBytes, Series::kNetworkRxBytes, 1'002'000},
      {Metric::kNetworkTxBytes, Series::kNetworkTxBytes, 1'002'000},
      {Metric::kThrottledMillicores, Series::kCpuThrottledUsec, 100},
      {Metric::kCpuSomePercent, Series::kPsiCpuSomeUsec, 10},
      {Metric::kMemorySomePercent, Series::kPsiMemorySomeUsec, 10},
      {Metric::kMemoryFullPercent, Series::kPsiMemoryFullUsec, 10},
      {Metric::kIoSomePercent, Series::kPsiIoSomeUsec, 10},
      {Metric::kIoFullPercent, Series::kPsiIoFullUsec, 10},
      {Metric::kSwapBytes, Series::kMemorySwapBytes, 1'002'000},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(MetricKey(test.metric));
    const ObjectRows rows = RowsOf({{{test.series, 2000}}, {{test.series, 1'002'000}}});
    const Column column = ColumnOf(rows, test.metric, {kI, kI, 1});
    EXPECT_EQ(column[0].value(), test.expected);
    EXPECT_TRUE(SeriesMask(test.metric) & SeriesValues::Bit(test.series));
  }
  for (const Metric metric : {Metric::kPodCount, Metric::kNodeCount}) {
    EXPECT_EQ(SeriesMask(metric), 0u);
    EXPECT_FALSE(ColumnOf(RowsOf({{{Series::kPids, 1}}}), metric, {0, kI, 1})[0].measured);
  }
}

TEST(ColumnTest, ReportedCpuStandsWhereTheCounterIsMissing) {
  const ObjectRows rows =
      RowsOf({{{Series::kCpuReportedMillicores, 50}},
              {{Series::kCpuUsageUsec, 0}, {Series::kCpuReportedMillicores, 60}},
              {{Series::kCpuUsageUsec, 1'000'000}, {Series::kCpuReportedMillicores, 70}}});
  const Column column = ColumnOf(rows, Metric::kCpuMillicores, {0, kI, 3});
  EXPECT_EQ(column[0].value(), 50.0);
  EXPECT_EQ(column[1].value(), std::nullopt);
  EXPECT_EQ(column[2].value(), 100.0);
  EXPECT_EQ(StatisticsOf(column).avg, 75.0);  // both weigh an interval
}

TEST(ColumnTest, PressureIsNeverMoreThanAllTheTime) {
  const Column column =
      ColumnOf(RowsOf({{{Series::kPsiIoSomeUsec, 0}}, {{Series::kPsiIoSomeUsec, 10'000'300}}}),
               Metric::kIoSomePercent, {0, kI, 2});
  EXPECT_EQ(column[1].value(), 100.0);
}

TEST(ColumnTest, RowsOffTheGridAreLeftOut) {
  const Grid grid{0, kI, 3};
  EXPECT_EQ(grid.Index(-kI), std::nullopt);
  EXPECT_EQ(grid.Index(kI + 1), std::nullopt);
  EXPECT_EQ(grid.Index(3 * kI), std::nullopt);
  EXPECT_THAT(grid.Index(2 * kI), Optional(2u));
}

Cell Gauge(double value) { return {value, 1, true}; }

TEST(ColumnTest, PointsAreMeansOfTheirSteps) {
  const Column column = {Gauge(1), Gauge(2), {}, Gauge(4), Gauge(6), {}, {}};
  EXPECT_THAT(PointsOf(column, 1),
              ElementsAre(1.0, 2.0, std::nullopt, 4.0, 6.0, std::nullopt, std::nullopt));
  EXPECT_THAT(PointsOf(column, 2), ElementsAre(1.0, 2.0, 5.0, std::nullopt));  // oldest partial
  EXPECT_THAT(PointsOf(column, 7), ElementsAre(13.0 / 4));
  EXPECT_THAT(PointsOf(column, 9), ElementsAre(13.0 / 4));
  EXPECT_THAT(PointsOf({}, 3), ElementsAre());
}

TEST(ColumnTest, RatesOfAStepAreAllGrowthOverAllTime) {
  const Column column = {{100, 10, true}, {900, 30, true}};  // 10 and 30 a unit of time
  EXPECT_THAT(PointsOf(column, 2), ElementsAre(25.0));
  EXPECT_EQ(StatisticsOf(column).avg, 25.0);
}

TEST(ColumnTest, StatisticsAreOverTheTicksWithAValue) {
  Column column(40);
  for (int n = 0; n < 20; ++n) column[static_cast<size_t>(2 * n)] = Gauge(20 - n);
  const Statistics statistics = StatisticsOf(column);
  EXPECT_EQ(statistics.avg, 10.5);
  EXPECT_EQ(statistics.min, 1.0);
  EXPECT_EQ(statistics.max, 20.0);
  EXPECT_EQ(statistics.p95, 19.0);  // the 19th of 20
  EXPECT_EQ(statistics.last, 1.0);
  EXPECT_EQ(StatisticsOf(Column(5)).avg, std::nullopt);
  EXPECT_EQ(StatisticsOf({Gauge(7)}).p95, 7.0);
}

TEST(ColumnTest, SumsByKind) {
  Cell rates{};
  AddCell(Metric::kCpuMillicores, {100, 10, true}, &rates);
  AddCell(Metric::kCpuMillicores, {400, 20, true}, &rates);
  AddCell(Metric::kCpuMillicores, {0, 0, true}, &rates);
  EXPECT_EQ(rates.value(), 30.0);
  EXPECT_EQ(rates.denominator, 20);
  Cell ratio{};
  AddCell(Metric::kThrottledPercent, {100, 10, true}, &ratio);
  AddCell(Metric::kThrottledPercent, {0, 30, true}, &ratio);
  EXPECT_EQ(ratio.value(), 2.5);
  Cell pressure{};
  AddCell(Metric::kIoSomePercent, {100, 10, true}, &pressure);
  EXPECT_EQ(pressure.value(), std::nullopt);
}

}  // namespace
}  // namespace kubemonitor
