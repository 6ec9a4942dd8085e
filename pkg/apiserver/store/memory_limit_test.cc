#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "apiserver/store/store.h"
#include "apiserver/store/store_testing.h"

namespace kubemonitor {
namespace {

using testing::PodIdentity;
using testing::Report;
using testing::TickAt;
using testing::Values;

constexpr int64_t kI = 10'000;
constexpr int64_t kBlock = 300'000;
constexpr int64_t kStart = 1'700'000'100'000;  // where a block begins
constexpr uint64_t kAll = ~uint64_t{0};

// Reports of a few nodes whose values do not compress.
class Nodes {
 public:
  explicit Nodes(StoreOptions options) : store_(NewBlockStore(options)) {}

  void Tick(const std::string& node, int64_t tick_ms, int64_t now_ms, uint32_t first_pod = 1) {
    std::vector<Identity> identities;
    kubemonitor::Tick tick = TickAt(tick_ms, Random());
    for (uint32_t pod = first_pod; pod < first_pod + 5; ++pod) {
      const std::string name = node + "-" + std::to_string(pod);
      identities.push_back(PodIdentity(pod, "uid-" + name, "shop", name));
      tick.pods.push_back({pod, Random()});
    }
    last = store_->Append(Report(node, identities, {tick}), now_ms);
  }
  // Both nodes' ticks from `first_ms` to before `end_ms`, as they are due.
  void Fill(int64_t first_ms, int64_t end_ms) {
    for (int64_t tick_ms = first_ms; tick_ms < end_ms; tick_ms += kI) {
      for (const char* node : {"a", "b"}) Tick(node, tick_ms, tick_ms);
    }
  }
  Store& store() { return *store_; }
  uint64_t bytes() const { return store_->Stats().memory_bytes(); }

  AppendResult last;

 private:
  SeriesValues Random() {
    return Values({{Series::kMemoryCurrentBytes, random_() >> 1},
                   {Series::kMemoryAnonBytes, random_() >> 1}});
  }
  std::mt19937_64 random_{1};
  std::unique_ptr<Store> store_;
};

StoreOptions Limited(std::optional<uint64_t> bytes) {
  StoreOptions options;
  options.memory_limit_bytes = bytes;
  return options;
}

// What the same reports take without a limit.
uint64_t BytesOf(int64_t first_ms, int64_t end_ms) {
  Nodes nodes(Limited(std::nullopt));
  nodes.Fill(first_ms, end_ms);
  return nodes.bytes();
}

TEST(MemoryLimitTest, TheOldestBlockOfEveryNodeGoesFirst) {
  const int64_t end_ms = kStart + 5 * kBlock;
  Nodes nodes(Limited(BytesOf(kStart, end_ms - kBlock) * 11 / 10));
  nodes.Fill(kStart, end_ms - kBlock);
  for (const auto& node : nodes.store().Nodes()) EXPECT_EQ(node->oldest_tick_ms, kStart);
  EXPECT_EQ(nodes.store().RetentionMs(end_ms), 3'600'000);

  nodes.Fill(end_ms - kBlock, end_ms);
  ASSERT_EQ(nodes.store().Nodes().size(), 2U);
  for (const auto& node : nodes.store().Nodes()) {
    EXPECT_EQ(node->oldest_tick_ms, kStart + kBlock) << node->name;
    EXPECT_EQ(node->newest_tick_ms, end_ms - kI) << node->name;
    EXPECT_EQ(nodes.store().Read({node->node, 0}, kAll, 0, end_ms).size(), 120U) << node->name;
  }
  EXPECT_LE(nodes.bytes(), *nodes.store().options().memory_limit_bytes);
  EXPECT_EQ(nodes.store().RetentionMs(end_ms), 4 * kBlock);
}

TEST(MemoryLimitTest, WhatWentIsRefusedFromThenOn) {
  const int64_t end_ms = kStart + 4 * kBlock;
  Nodes nodes(Limited(BytesOf(kStart, end_ms) - 1));
  nodes.Fill(kStart, end_ms);
  nodes.Tick("late", kStart + kBlock - kI, end_ms);
  EXPECT_EQ(nodes.last.accepted_ticks, 0U);
  ASSERT_EQ(nodes.last.refusals.size(), 1U);
  EXPECT_EQ(nodes.last.refusals[0].reason, RefusalReason::kTooOld);
  nodes.Tick("late", kStart + kBlock, end_ms);
  EXPECT_EQ(nodes.last.accepted_ticks, 1U);
}

TEST(MemoryLimitTest, BelowItNothingGoes) {
  const int64_t end_ms = kStart + 5 * kBlock;
  Nodes nodes(Limited(BytesOf(kStart, end_ms)));
  nodes.Fill(kStart, end_ms);
  nodes.store().Expire(end_ms);
  for (const auto& node : nodes.store().Nodes()) EXPECT_EQ(node->oldest_tick_ms, kStart);
}

TEST(MemoryLimitTest, TheLastFiveMinutesStayWhateverTheyTake) {
  const int64_t end_ms = kStart + 3 * kBlock + 5 * kI;
  Nodes nodes(Limited(1));
  nodes.Fill(kStart, end_ms);
  nodes.store().Expire(end_ms);
  for (const auto& node : nodes.store().Nodes()) {
    EXPECT_EQ(node->oldest_tick_ms, kStart + 2 * kBlock) << node->name;
    EXPECT_EQ(node->newest_tick_ms, end_ms - kI) << node->name;
  }
  EXPECT_EQ(nodes.store().RetentionMs(end_ms), kBlock + 5 * kI);
  // Also when the clock is set back.
  EXPECT_GE(nodes.store().RetentionMs(kStart), kBlock);
}

TEST(MemoryLimitTest, OfANodeThatFellSilentTheOldestGoesTooWithoutReports) {
  Nodes nodes(Limited(BytesOf(kStart, kStart + 2 * kBlock)));
  nodes.Fill(kStart, kStart + kBlock);
  const int64_t now_ms = kStart + 6 * kBlock;
  for (int64_t tick_ms = now_ms - 4 * kBlock; tick_ms < now_ms; tick_ms += kI) {
    nodes.Tick("a", tick_ms, tick_ms);
  }
  EXPECT_LE(nodes.bytes(), *nodes.store().options().memory_limit_bytes);
  const NodeInfos held = nodes.store().Nodes();
  EXPECT_GT(held[0]->oldest_tick_ms, kStart);
  EXPECT_EQ(held[1]->oldest_tick_ms, std::nullopt) << "older than what is kept of the other";
}

// Five pods of each node replaced every minute, for six hours: it ends where it began.
TEST(MemoryLimitTest, ChurnTakesNothing) {
  Nodes nodes(Limited(std::nullopt));
  uint64_t after_two_hours = 0;
  for (int64_t minute = 0; minute < 6 * 60; ++minute) {
    const int64_t tick_ms = kStart + minute * 60'000;
    for (const char* node : {"a", "b"}) {
      nodes.Tick(node, tick_ms, tick_ms, static_cast<uint32_t>(5 * minute + 1));
    }
    nodes.store().Expire(tick_ms);
    if (minute == 119) after_two_hours = nodes.bytes();
  }
  EXPECT_NEAR(static_cast<double>(nodes.bytes()), static_cast<double>(after_two_hours),
              0.02 * static_cast<double>(after_two_hours));
}

}  // namespace
}  // namespace kubemonitor
