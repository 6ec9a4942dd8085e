#include "apiserver/query/window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kubemonitor {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kNow = 1'700'000'005'000;
constexpr int64_t kT = 1'700'000'000'000;

QueryOptions Options(std::optional<int64_t> window, std::optional<int64_t> step = {},
                     std::optional<int64_t> end = {}) {
  QueryOptions options;
  options.window_seconds = window;
  options.step_seconds = step;
  options.end_seconds = end;
  return options;
}

TEST(WindowTest, TicksAfterItsStartUpToT) {
  const auto frame = MakeTimeFrame({}, Options(60), kT, kNow);
  ASSERT_TRUE(frame.ok());
  EXPECT_EQ(frame->tick_ms, kT);
  EXPECT_TRUE(frame->live);
  const Window& window = *frame->window;
  EXPECT_EQ(window.axis.start, kT / 1000 - 60);
  EXPECT_EQ(window.axis.end, kT / 1000);
  EXPECT_EQ(window.axis.step, 10);
  const int64_t t = kT / 1000;
  EXPECT_THAT(window.axis.timestamps, ElementsAre(t - 50, t - 40, t - 30, t - 20, t - 10, t));
  EXPECT_EQ(window.grid.first_ms, kT - 50'000);
  EXPECT_EQ(window.grid.last_ms(), kT);
}

TEST(WindowTest, Steps) {
  struct Case {
    int64_t window, step;
    size_t ticks, points, step_ticks;
  };
  for (const Case& test : {Case{60, 20, 6, 3, 2}, Case{60, 60, 6, 1, 6}, Case{70, 30, 7, 3, 3},
                           Case{3600, 60, 360, 60, 6}, Case{65, 10, 7, 7, 1}, Case{5, 10, 1, 1, 1},
                           Case{1, 10, 1, 1, 1}}) {
    const auto frame = MakeTimeFrame({}, Options(test.window, test.step), kT, kNow);
    ASSERT_TRUE(frame.ok()) << frame.status();
    EXPECT_EQ(frame->window->grid.count, test.ticks);
    EXPECT_EQ(frame->window->axis.timestamps.size(), test.points);
    EXPECT_EQ(frame->window->step_ticks, test.step_ticks);
    EXPECT_EQ(frame->window->axis.timestamps.back(), kT / 1000);
    EXPECT_EQ(PointsOf(Column(test.ticks), test.step_ticks).size(), test.points);
  }
}

TEST(WindowTest, FractionsOfSecondsMakeWholeSteps) {
  const auto frame = MakeTimeFrame({.interval_ms = 500}, Options(3), kT, kNow);
  ASSERT_TRUE(frame.ok());
  EXPECT_EQ(frame->window->axis.step, 1);
  EXPECT_EQ(frame->window->grid.count, 6u);
  EXPECT_EQ(frame->window->axis.timestamps.size(), 3u);
}

TEST(WindowTest, WhatIsWrongIsNamedWithItsRange) {
  struct Case {
    QueryOptions options;
    const char* parameter;
    const char* range;
  };
  QueryOptions pinned;
  pinned.pinned_tick_ms = kT + 1;
  QueryOptions pinned_ahead;
  pinned_ahead.pinned_tick_ms = kT + 1'000'000;
  QueryOptions pinned_before;
  pinned_before.pinned_tick_ms = kT - 4'000'000;
  const Case cases[] = {
      {Options(0), "window", "1 to 3600"},
      {Options(-5), "window", "1 to 3600"},
      {Options(3601), "window", "1 to 3600"},
      {Options(60, 5), "step", "10 s"},
      {Options(60, 15), "step", "10 s"},
      {Options(60, 0), "step", "10 s"},
      {Options(60, 70), "step", "60 s"},
      {Options(60, INT64_MAX), "step", "60 s"},
      {Options({}, 10), "step", "window"},
      {Options({}, {}, kNow / 1000 + 61), "end", "1700000065"},
      {Options({}, {}, kNow / 1000 - 3601), "end", "1699996405"},
      {Options({}, {}, INT64_MAX), "end", "1699996405"},
      {Options({}, {}, INT64_MIN), "end", "1699996405"},
      {pinned, "continue", "tick"},
      {pinned_ahead, "continue", "tick"},
      {pinned_before, "continue", "tick"},
  };
  for (const Case& test : cases) {
    const auto frame = MakeTimeFrame({}, test.options, kT, kNow);
    ASSERT_FALSE(frame.ok());
    EXPECT_EQ(frame.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(frame.status().message()),
                AllOf(HasSubstr(test.parameter), HasSubstr(test.range)));
  }
}

TEST(WindowTest, EndIsTheNewestTickUpToIt) {
  auto tick = [](int64_t end) {
    return MakeTimeFrame({}, Options({}, {}, end), kT, kNow)->tick_ms;
  };
  EXPECT_EQ(tick(kT / 1000), kT);
  EXPECT_EQ(tick(kT / 1000 + 30), kT);  // never past the newest complete tick
  EXPECT_EQ(tick(kT / 1000 - 1), kT - 10'000);
  EXPECT_EQ(tick(kT / 1000 - 3590), kT - 3'590'000);
  EXPECT_FALSE(MakeTimeFrame({}, Options({}, {}, kT / 1000 - 1), kT, kNow)->live);
}

TEST(WindowTest, PinnedAndEmpty) {
  QueryOptions options;
  options.pinned_tick_ms = kT - 20'000;
  EXPECT_EQ(MakeTimeFrame({}, options, kT, kNow)->tick_ms, kT - 20'000);
  EXPECT_EQ(MakeTimeFrame({}, {}, std::nullopt, kNow)->tick_ms, kT);
}

// ---- Freshness

NodeInfo NodeAt(std::optional<int64_t> newest, int64_t interval_ms = 10'000,
                std::optional<double> skew = std::nullopt) {
  NodeInfo node;
  node.newest_tick_ms = newest;
  node.interval_ms = interval_ms;
  node.health.clock_skew_seconds = skew;
  return node;
}

TEST(FreshnessTest, ThreeMissedTicksAndTheSlack) {
  EXPECT_FALSE(IsStale(NodeAt(kT), 10'000, kT + 38'000));
  EXPECT_TRUE(IsStale(NodeAt(kT), 10'000, kT + 38'001));
  EXPECT_FALSE(IsStale(NodeAt(kT, 60'000), 10'000, kT + 180'000));
  EXPECT_TRUE(IsStale(NodeAt(std::nullopt), 10'000, kT));
  // A clock two minutes behind.
  EXPECT_FALSE(IsStale(NodeAt(kT, 10'000, 120.0), 10'000, kT + 130'000));
  EXPECT_TRUE(IsStale(NodeAt(kT, 10'000, 120.0), 10'000, kT + 160'000));
}

TEST(FreshnessTest, NewestCompleteTick) {
  auto complete = [](const std::vector<NodeInfo>& nodes, int64_t now_ms) {
    NodeInfos list;
    for (const NodeInfo& node : nodes) list.push_back(std::make_shared<const NodeInfo>(node));
    return NewestCompleteTick(list, 10'000, now_ms);
  };
  EXPECT_EQ(complete({}, kT), std::nullopt);
  EXPECT_EQ(complete({NodeAt(std::nullopt)}, kT), std::nullopt);
  EXPECT_EQ(complete({NodeAt(kT), NodeAt(kT)}, kT + 100), kT);
  // One has not reported yet: the tick before, until the slack is over.
  EXPECT_EQ(complete({NodeAt(kT), NodeAt(kT - 10'000)}, kT + 8'000 - 1), kT - 10'000);
  EXPECT_EQ(complete({NodeAt(kT), NodeAt(kT - 10'000)}, kT + 8'000), kT);
  EXPECT_EQ(complete({NodeAt(kT + 10'000), NodeAt(kT - 10'000)}, kT + 12'000), kT);
  // Stale ones are not waited for.
  EXPECT_EQ(complete({NodeAt(kT), NodeAt(kT - 60'000)}, kT + 100), kT);
  // All stale: the newest there is.
  EXPECT_EQ(complete({NodeAt(kT - 100'000), NodeAt(kT - 60'000)}, kT), kT - 60'000);
  // A slower sender.
  EXPECT_EQ(complete({NodeAt(kT), NodeAt(kT - 20'000, 30'000)}, kT + 9'000), kT);
  EXPECT_EQ(complete({NodeAt(kT, 15'000), NodeAt(kT - 30'000)}, kT + 5'000), kT - 30'000);
  // A clock ahead alone.
  EXPECT_EQ(complete({NodeAt(kT + 60'000)}, kT), kT + 60'000);
}

}  // namespace
}  // namespace kubemonitor
