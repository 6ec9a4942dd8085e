#include "wire/tick_ranges.h"

#include <gtest/gtest.h>

namespace kubemonitor {
namespace {

TEST(TickRanges, MergeAndContain) {
  TickRanges ranges;
  EXPECT_TRUE(ranges.empty());
  ranges.Add(30, 40);
  ranges.Add(10, 20);
  ranges.Add(50, 45);
  ranges.Add(60, 60);
  ranges.Add(15, 35);
  for (const int64_t tick : {10, 20, 25, 40, 60}) EXPECT_TRUE(ranges.Contains(tick)) << tick;
  for (const int64_t tick : {9, 41, 45, 50, 59, 61}) EXPECT_FALSE(ranges.Contains(tick)) << tick;
  ranges.Add(INT64_MIN, INT64_MAX);
  EXPECT_TRUE(ranges.Contains(50));
}

}  // namespace
}  // namespace kubemonitor
