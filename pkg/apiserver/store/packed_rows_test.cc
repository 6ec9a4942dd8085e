#include "apiserver/store/packed_rows.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "apiserver/store/store_testing.h"

namespace kubemonitor {
namespace {

using testing::Values;

constexpr uint64_t kAll = ~uint64_t{0};

TEST(PackedRowsTest, KeepsOrderHoweverRowsCome) {
  PackedRows rows;
  EXPECT_TRUE(rows.Insert(30, Values({{Series::kPids, 3}})));
  EXPECT_TRUE(rows.Insert(10, Values({{Series::kPids, 1}, {Series::kOomKills, 7}})));
  EXPECT_TRUE(rows.Insert(20, Values({{Series::kCpuUsageUsec, 2}})));
  EXPECT_FALSE(rows.Insert(20, Values({{Series::kCpuUsageUsec, 99}})));
  EXPECT_FALSE(rows.Insert(40, SeriesValues()));
  ASSERT_EQ(rows.rows(), 3u);
  EXPECT_EQ(rows.values(), 4u);
  EXPECT_EQ(rows.first_tick_ms(), 10);
  EXPECT_EQ(rows.last_tick_ms(), 30);
  EXPECT_EQ(rows.Values(0, kAll).Get(Series::kOomKills), 7u);
  EXPECT_EQ(rows.Values(0, SeriesValues::Bit(Series::kPids)).Get(Series::kOomKills), std::nullopt);
  EXPECT_EQ(rows.Values(1, kAll).Get(Series::kCpuUsageUsec), 2u);
  EXPECT_EQ(rows.Values(2, kAll).Get(Series::kPids), 3u);
  EXPECT_EQ(rows.AnyMask(), SeriesValues::Bit(Series::kPids) |
                                SeriesValues::Bit(Series::kOomKills) |
                                SeriesValues::Bit(Series::kCpuUsageUsec));
}

TEST(PackedRowsTest, DropsFromTheFront) {
  PackedRows rows;
  for (int64_t tick = 0; tick < 100; ++tick) {
    rows.Insert(tick, Values({{Series::kPids, static_cast<uint64_t>(tick)}}));
  }
  rows.DropBefore(0);
  EXPECT_EQ(rows.rows(), 100u);
  rows.DropBefore(60);
  ASSERT_EQ(rows.rows(), 40u);
  EXPECT_EQ(rows.Values(0, kAll).Get(Series::kPids), 60u);
  rows.Insert(59, Values({{Series::kPids, 5}, {Series::kOomKills, 6}}));
  EXPECT_EQ(rows.Values(0, kAll).Get(Series::kOomKills), 6u);
  EXPECT_EQ(rows.Values(40, kAll).Get(Series::kPids), 99u);
  rows.DropBefore(1000);
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(rows.values(), 0u);
  EXPECT_EQ(rows.AnyMask(), 0u);
}

TEST(PackedRowsTest, EqualsAMapOnRandomHistories) {
  std::mt19937 random(7);  // NOLINT: the same history every time
  PackedRows rows;
  std::map<int64_t, SeriesValues> expected;
  for (int step = 0; step < 2000; ++step) {
    const int64_t tick = static_cast<int64_t>(random() % 500);
    SeriesValues values;
    for (unsigned count = random() % 4; count > 0; --count) {
      values.Set(static_cast<Series>(1 + random() % (kSeriesEnd - 1)), random());
    }
    const bool is_new = !values.empty() && expected.emplace(tick, values).second;
    ASSERT_EQ(rows.Insert(tick, values), is_new);
    if (random() % 50 == 0) {
      const int64_t cutoff = static_cast<int64_t>(random() % 100);
      rows.DropBefore(cutoff);
      expected.erase(expected.begin(), expected.lower_bound(cutoff));
    }
  }
  ASSERT_EQ(rows.rows(), expected.size());
  size_t row = 0;
  for (const auto& [tick, values] : expected) {
    EXPECT_EQ(rows.head(row).tick_ms, tick);
    const SeriesValues stored = rows.Values(row++, kAll);
    ASSERT_EQ(stored.present_mask(), values.present_mask());
    for (size_t number = 1; number < kSeriesEnd; ++number) {
      const auto series = static_cast<Series>(number);
      EXPECT_EQ(stored.Get(series), values.Get(series));
    }
  }
}

}  // namespace
}  // namespace kubemonitor
