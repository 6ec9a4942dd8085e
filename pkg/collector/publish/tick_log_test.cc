#include "collector/publish/tick_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector/publish/publish_testing.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;

std::vector<int64_t> TicksOf(const TickLog& log) {
  std::vector<int64_t> out;
  for (const LoggedTick& tick : log.Ticks()) out.push_back(tick.tick_ms);
  return out;
}

std::vector<uint32_t> ObjectsOf(const TickLog& log) {
  std::vector<uint32_t> out;
  for (const LoggedIdentity& identity : log.IdentitiesSince(0)) out.push_back(identity.object);
  std::sort(out.begin(), out.end());
  return out;
}

TEST(TickLog, KeepsTheHistory) {
  TickLog log({.history_ms = 30'000});
  EXPECT_FALSE(log.Newest().has_value());
  for (int64_t tick = 10'000; tick <= 60'000; tick += 10'000) log.Add(MakeSample(tick), 1);
  EXPECT_THAT(TicksOf(log), ElementsAre(30'000, 40'000, 50'000, 60'000));
  EXPECT_EQ(log.Newest()->tick.tick_ms, 60'000);
}

TEST(TickLog, WithoutHistoryTheNewestStays) {
  TickLog log({.history_ms = 0});
  log.Add(MakeSample(10'000), 1);
  log.Add(MakeSample(20'000), 1);
  EXPECT_THAT(TicksOf(log), ElementsAre(20'000));
}

TEST(TickLog, BytesAreBounded) {
  TickLog log({.history_ms = 3'600'000, .history_bytes = 1'000});
  for (int64_t tick = 10'000; tick <= 1'000'000; tick += 10'000) {
    log.Add(MakeSample(tick), 1);
    EXPECT_LE(log.bytes(), 1'000U);
  }
  size_t bytes = 0;
  for (const LoggedTick& tick : log.Ticks()) bytes += tick.bytes->size();
  EXPECT_EQ(log.bytes(), bytes);
  EXPECT_GT(log.Ticks().size(), 10U);
}

TEST(TickLog, ATickLargerThanAllBytesIsKeptWhileItIsTheNewest) {
  TickLog log({.history_bytes = 1});
  log.Add(MakeSample(10'000), 1);
  log.Add(MakeSample(20'000), 1);
  EXPECT_THAT(TicksOf(log), ElementsAre(20'000));
}

TEST(TickLog, IdentitiesLiveAsLongAsATickThatHasThem) {
  TickLog log({.history_ms = 20'000});
  const auto a = MakeIdentity(1, "a");
  const auto b = MakeIdentity(2, "b");
  log.Add(MakeSample(10'000, {a}), 1);
  log.Add(MakeSample(20'000, {a, b}), 1);
  log.Add(MakeSample(30'000, {b}), 1);
  EXPECT_THAT(ObjectsOf(log), ElementsAre(1, 2));
  log.Add(MakeSample(40'000, {b}), 1);
  EXPECT_THAT(ObjectsOf(log), ElementsAre(1, 2)) << "the tick of 20000 is still there";
  log.Add(MakeSample(50'000, {b}), 1);
  EXPECT_THAT(ObjectsOf(log), ElementsAre(2));
}

TEST(TickLog, OnlyChangedIdentitiesAreNews) {
  TickLog log({});
  const auto a = MakeIdentity(1, "");
  log.Add(MakeSample(10'000, {a}), 1);
  const uint64_t version = log.IdentitiesSince(0)[0].version;
  log.Add(MakeSample(20'000, {a}), 1);
  log.Add(MakeSample(30'000, {MakeIdentity(1, "")}), 1);  // another pointer, the same word
  EXPECT_TRUE(log.IdentitiesSince(version).empty());
  log.Add(MakeSample(40'000, {MakeIdentity(1, "named")}), 1);
  ASSERT_EQ(log.IdentitiesSince(version).size(), 1U);
  EXPECT_EQ(log.Identities({1, 99}).size(), 1U);
}

TEST(TickLog, AskedForAndNewIsTheSameIdentityOnce) {
  TickLog log({});
  log.Add(MakeSample(10'000, {MakeIdentity(1, "a"), MakeIdentity(2, "b")}), 1);
  const uint64_t version = log.IdentitiesSince(0).back().version;
  EXPECT_EQ(log.IdentitiesSince(version, {1, 99}).size(), 1U);
  log.Add(MakeSample(20'000, {MakeIdentity(1, "renamed")}), 1);
  const auto told = log.IdentitiesSince(version, {1});
  ASSERT_EQ(told.size(), 1U);
  EXPECT_GT(told[0].version, version);
}

TEST(TickLog, TheMostRecentlyUsedComeFirst) {
  TickLog log({});
  log.Add(MakeSample(10'000, {MakeIdentity(1, "old")}), 1);
  log.Add(MakeSample(20'000, {MakeIdentity(2, "new")}), 1);
  EXPECT_EQ(log.IdentitiesSince(0)[0].object, 2U);
}

TEST(TickLog, AClockSetBackDropsWhatLiesAhead) {
  TickLog log({});
  for (int64_t tick = 10'000; tick <= 50'000; tick += 10'000) log.Add(MakeSample(tick), 1);
  log.Add(MakeSample(30'000), 1);
  EXPECT_THAT(TicksOf(log), ElementsAre(10'000, 20'000, 30'000));
  EXPECT_EQ(log.Newest()->tick.tick_ms, 30'000);
}

TEST(TickLog, DetailsAreOfTheNewestTick) {
  TickLog log({});
  log.Add(MakeSample(10'000), 1);
  log.Add(MakeSample(20'000), 1);
  v1::Tick details;
  ASSERT_TRUE(details.ParseFromString(*log.Newest()->details));
  EXPECT_EQ(details.node_details().kernel_version(), "details of 20000");
  Sample bare = MakeSample(30'000);
  bare.tick.node_details.reset();
  log.Add(bare, 1);
  EXPECT_EQ(log.Newest()->details, nullptr);
}

}  // namespace
}  // namespace kubemonitor
