#include "apiserver/query/rates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/query/column.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;

constexpr uint64_t kAbsent = ~uint64_t{0};
constexpr uint64_t kI = 10'000;

struct Reading {
  uint64_t tick;  // in intervals
  uint64_t boot_usec;
  uint32_t epoch;
  uint64_t value;  // kAbsent: not measured
};

SeriesValues ValueOf(const Reading& reading, Series series) {
  SeriesValues values;
  if (reading.value != kAbsent) values.Set(series, reading.value);
  return values;
}

// A row has one of these always, so that a row without the series is a row all the same.
ObjectRows RowsOf(const std::vector<Reading>& readings, const std::vector<SeriesValues>& values) {
  ObjectRows rows;
  for (size_t index = 0; index < readings.size(); ++index) {
    const Reading& reading = readings[index];
    SeriesValues of_row = values[index];
    of_row.Set(Series::kPids, 1);
    rows.AddRow({static_cast<int64_t>(reading.tick * kI), reading.boot_usec, reading.epoch}, of_row,
                ~uint64_t{0});
  }
  return rows;
}

std::vector<SeriesValues> ValuesOf(const std::vector<Reading>& readings, Series series) {
  std::vector<SeriesValues> values;
  for (const Reading& reading : readings) values.push_back(ValueOf(reading, series));
  return values;
}

// What a rate is at each of the ticks 0 to 5, in units per second; -1: none.
struct RateCase {
  const char* name;
  std::vector<Reading> readings;
  std::vector<double> rates;
};

class RateTest : public ::testing::TestWithParam<RateCase> {};

TEST_P(RateTest, IsWhatTheCounterTells) {
  const std::vector<Reading>& readings = GetParam().readings;
  const ObjectRows rows = RowsOf(readings, ValuesOf(readings, Series::kDiskReadBytes));
  const Grid grid{0, kI, 6};
  const Column column = ColumnOf(rows, Metric::kDiskReadBytesPerSecond, grid);
  std::vector<double> rates;
  for (const Cell& cell : column) rates.push_back(cell.value().value_or(-1));
  EXPECT_EQ(rates, GetParam().rates);
  for (const Reading& reading : GetParam().readings) {
    if (reading.tick <= 5) {
      EXPECT_EQ(column[reading.tick].measured, reading.value != kAbsent);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, RateTest,
    ::testing::Values(
        RateCase{"the first tick has none",
                 {{0, 1'000'000, 0, 500}, {1, 11'000'000, 0, 1500}},
                 {-1, 100, -1, -1, -1, -1}},
        RateCase{"over the time really read at, not the nominal interval",
                 {{0, 0, 0, 0}, {1, 12'500'000, 0, 1000}, {2, 20'000'000, 0, 1600}},
                 {-1, 80, 80, -1, -1, -1}},
        RateCase{"a counter that goes back starts anew",
                 {{0, 0, 0, 900}, {1, 10'000'000, 0, 100}, {2, 20'000'000, 0, 200}},
                 {-1, -1, 10, -1, -1, -1}},
        RateCase{"a standing counter is a measured nought",
                 {{0, 0, 0, 900}, {1, 10'000'000, 0, 900}},
                 {-1, 0, -1, -1, -1, -1}},
        RateCase{"a gap belongs to the tick that ends it",
                 {{0, 0, 0, 0}, {1, 10'000'000, 0, 100}, {4, 40'000'000, 0, 700}},
                 {-1, 10, -1, -1, 20, -1}},
        RateCase{"a value missing in between is a gap",
                 {{0, 0, 0, 0}, {1, 10'000'000, 0, kAbsent}, {2, 20'000'000, 0, 400}},
                 {-1, -1, 20, -1, -1, -1}},
        RateCase{"the node booted in between, the counter is higher all the same",
                 {{0, 50'000'000, 0, 100},
                  {1, 60'000'000, 0, 200},
                  {2, 70'000'000, 1, 900},
                  {3, 80'000'000, 1, 1000}},
                 {-1, 10, -1, 10, -1, -1}},
        RateCase{"late ticks of the boot before do not join the two",
                 {{0, 50'000'000, 1, 100}, {1, 60'000'000, 0, 200}, {2, 70'000'000, 1, 900}},
                 {-1, -1, -1, -1, -1, -1}},
        RateCase{"the wall clock stepped ahead: time is the boot clock's",
                 {{0, 0, 0, 0}, {4, 10'000'000, 0, 100}},
                 {-1, -1, -1, -1, 10, -1}},
        RateCase{"the wall clock stepped back: what was read later stands before",
                 {{0, 0, 0, 0},
                  {1, 30'000'000, 0, 300},
                  {2, 10'000'000, 0, 300},
                  {3, 40'000'000, 0, 600}},
                 {-1, 10, -1, 10, -1, -1}},
        RateCase{"the boot clock did not advance",
                 {{0, 7, 0, 0}, {1, 7, 0, 100}, {2, 10'000'007, 0, 200}},
                 {-1, -1, 10, -1, -1, -1}},
        RateCase{"the tick before the grid makes its first rate",
                 {{0, 0, 0, 0}, {1, 10'000'000, 0, 50}, {7, 70'000'000, 0, 900}},
                 {-1, 5, -1, -1, -1, -1}}),
    [](const auto& test) { return "Case" + std::to_string(test.index); });

TEST(RatioTest, NeedsBothCountersAndAGrowingWhole) {
  const std::vector<Reading> readings = {
      {0, 0, 0, 0}, {1, 10, 0, 5}, {2, 20, 0, 5}, {3, 30, 0, 9}, {4, 40, 0, 9}};
  std::vector<SeriesValues> values = ValuesOf(readings, Series::kCpuThrottledPeriods);
  const uint64_t periods[] = {0, 20, 20, 40, kAbsent};
  for (size_t index = 0; index < values.size(); ++index) {
    if (periods[index] != kAbsent) values[index].Set(Series::kCpuPeriods, periods[index]);
  }
  const ObjectRows rows = RowsOf(readings, values);
  const auto steps = RatioSteps(rows, Series::kCpuThrottledPeriods, Series::kCpuPeriods, 10'000);
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].part, 5u);
  EXPECT_EQ(steps[0].whole, 20u);
  EXPECT_EQ(steps[1].tick_ms, static_cast<int64_t>(3 * kI));
  const Column column = ColumnOf(rows, Metric::kThrottledPercent, {0, kI, 5});
  EXPECT_EQ(column[1].value(), 25.0);
  EXPECT_EQ(column[2].value(), std::nullopt);
  EXPECT_EQ(column[3].value(), 20.0);
  EXPECT_TRUE(column[4].measured);
}

}  // namespace
}  // namespace kubemonitor
