#include "collector/publish/tick_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "collector/publish/publish_testing.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<int64_t> TicksOf(const TickLog& log) {
  std::vector<int64_t> out;
  for (const LoggedBlock& block : log.Blocks()) {
    out.insert(out.end(), block.ticks.begin(), block.ticks.end());
  }
  return out;
}

std::vector<uint32_t> ObjectsOf(const TickLog& log) {
  std::vector<uint32_t> out;
  for (const LoggedIdentity& identity : log.IdentitiesSince(0)) out.push_back(identity.object);
  std::sort(out.begin(), out.end());
  return out;
}

// Ticks every 10 s from first_ms to last_ms.
void AddTicks(TickLog* log, int64_t first_ms, int64_t last_ms,
              const std::vector<std::shared_ptr<const Identity>>& identities = {}) {
  for (int64_t tick = first_ms; tick <= last_ms; tick += 10'000) {
    log->Add(MakeSample(tick, identities), 1);
  }
}

TEST(TickLog, KeepsTheHistoryInBlocks) {
  TickLog log({.history_ms = 600'000});
  EXPECT_FALSE(log.Newest().has_value());
  EXPECT_THAT(log.Blocks(), IsEmpty());
  AddTicks(&log, 10'000, 1'210'000);
  const std::vector<LoggedBlock> blocks = log.Blocks();
  ASSERT_EQ(blocks.size(), 4U)
      << "what 610000 and two minutes before it are part of, and later ones";
  EXPECT_EQ(blocks[0].start_ms, 300'000);
  EXPECT_EQ(blocks[0].ticks.size(), 30U);
  ASSERT_NE(blocks[0].sealed, nullptr);
  EXPECT_THAT(blocks[3].ticks, ElementsAre(1'200'000, 1'210'000));
  EXPECT_EQ(blocks[3].sealed, nullptr);
  EXPECT_EQ(log.Newest()->tick.tick_ms, 1'210'000);
}

TEST(TickLog, WithoutHistoryTheNewestStays) {
  TickLog log({.history_ms = 0});
  AddTicks(&log, 10'000, 10'000, {MakeIdentity(1, "a")});
  AddTicks(&log, 20'000, 20'000, {MakeIdentity(2, "b")});
  EXPECT_THAT(TicksOf(log), IsEmpty());
  EXPECT_EQ(log.Newest()->tick.tick_ms, 20'000);
  EXPECT_THAT(ObjectsOf(log), ElementsAre(2));
}

// The same as what was encoded from the sample at once, but for the order of objects.
TEST(TickLog, TicksComeBackFromBlocksAsTheyWere) {
  TickLog log({.boot_id = "boot"});
  auto container = std::make_shared<Identity>(*MakeIdentity(1, "a"));
  container->kind = ObjectKind::kContainer;
  std::vector<std::string> sent;
  for (int64_t tick = 0; tick < 700'000; tick += 10'000) {
    Sample sample = MakeSample(tick, {MakeIdentity(2, "a"), MakeIdentity(3, "b")});
    sample.tick.node.Set(Series::kMemoryCurrentBytes, static_cast<uint64_t>(tick % 70'000));
    sample.tick.containers.push_back({1, sample.tick.pods[0].values});
    sample.tick.containers[0].values.Set(Series::kPids, static_cast<uint64_t>(tick));
    sample.identities.push_back(container);
    log.Add(sample, 1);
    sent.push_back(*log.Newest()->tick.bytes);
  }
  std::vector<std::string> back;
  for (const LoggedBlock& block : log.Blocks()) {
    for (const LoggedTick& tick : log.Ticks(block.start_ms, block.ticks, SIZE_MAX)) {
      back.push_back(*tick.bytes);
    }
  }
  EXPECT_EQ(back, sent);
}

TEST(TickLog, TicksAreBoundedByBytesButOneIsThere) {
  TickLog log({});
  AddTicks(&log, 0, 90'000);
  const std::vector<int64_t> wanted = {10'000, 20'000, 55'000, 90'000};
  EXPECT_EQ(log.Ticks(0, wanted, SIZE_MAX).size(), 3U);
  EXPECT_EQ(log.Ticks(0, wanted, 0).size(), 1U);
  EXPECT_EQ(log.Ticks(0, wanted, 2 * log.Newest()->tick.bytes->size()).size(), 2U);
  EXPECT_THAT(log.Ticks(300'000, wanted, SIZE_MAX), IsEmpty());
}

TEST(TickLog, BytesAreBounded) {
  TickLog log({.history_bytes = 3'000});
  for (int64_t tick = 0; tick <= 3'600'000; tick += 10'000) {
    log.Add(MakeSample(tick, {MakeIdentity(static_cast<uint32_t>(tick / 10'000) + 1, "pod")}), 1);
    EXPECT_LE(log.bytes(), 3'000U);
  }
  EXPECT_FALSE(TicksOf(log).empty());
  EXPECT_GT(TicksOf(log).front(), 0) << "the oldest went";
  EXPECT_EQ(TicksOf(log).back(), 3'600'000);
}

TEST(TickLog, ATickLargerThanAllBytesIsTheNewestAllTheSame) {
  TickLog log({.history_bytes = 1});
  AddTicks(&log, 10'000, 20'000);
  EXPECT_EQ(log.Newest()->tick.tick_ms, 20'000);
  EXPECT_LE(TicksOf(log).size(), 1U);
}

// 110 pods of two containers with every series there is.
TEST(TickLog, AnHourOfALargeNodeTakesThreeMegabytes) {
  std::vector<std::shared_ptr<const Identity>> identities;
  for (uint32_t object = 1; object <= 330; ++object) {
    auto identity =
        std::make_shared<Identity>(*MakeIdentity(object, "some-deployment-5d4f8c7b9-x"));
    identity->kind = object % 3 == 1 ? ObjectKind::kPod : ObjectKind::kContainer;
    identity->container_id = std::string(64, 'a');
    identity->labels = {{"app.kubernetes.io/name", "some"}, {"pod-template-hash", "5d4f8c7b9"}};
    identities.push_back(std::move(identity));
  }
  std::minstd_rand random(1);
  std::vector<uint64_t> last(331 * kSeriesEnd);
  TickLog log({.boot_id = "5a1d6e0c-3b0f-4c57-9a2e-0f4f7d8c1b2a"});
  for (int64_t tick = 0; tick < 3'900'000; tick += 10'000) {
    Sample sample;
    sample.tick.tick_ms = tick;
    sample.identities = identities;
    for (const auto& identity : identities) {
      const bool pod = identity->kind == ObjectKind::kPod;
      ObjectSample& object = (pod ? sample.tick.pods : sample.tick.containers)
                                 .emplace_back(ObjectSample{identity->object, {}});
      // A pod's own cgroup is as steady as its containers' are together.
      for (uint32_t number = 1; number < static_cast<uint32_t>(Series::kCpuReportedMillicores);
           ++number) {
        const auto series = SeriesFromNumber(number);
        if (!series) continue;
        uint64_t& value = last[identity->object * kSeriesEnd + number];
        const bool moves = number % 3 == 0 && random() % 4 > 0;
        if (moves) value += random() % 4096;
        object.values.Set(*series, value);
      }
    }
    log.Add(sample, 1);
  }
  EXPECT_LE(log.bytes(), 3U << 20);
  EXPECT_GE(TicksOf(log).size(), 372U);
}

TEST(TickLog, IdentitiesLiveAsLongAsABlockThatHasThem) {
  TickLog log({.history_ms = 300'000});
  const auto a = MakeIdentity(1, "a");
  const auto b = MakeIdentity(2, "b");
  AddTicks(&log, 0, 0, {a});
  AddTicks(&log, 10'000, 710'000, {b});
  EXPECT_THAT(ObjectsOf(log), ElementsAre(1, 2)) << "the block of 0 is still there";
  AddTicks(&log, 720'000, 720'000, {b});
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

TEST(TickLog, AClockSetBackReopensASealedBlock) {
  TickLog log({.boot_id = "boot"});
  AddTicks(&log, 0, 900'000, {MakeIdentity(1, "a")});
  log.Add(MakeSample(320'000, {MakeIdentity(2, "b")}), 1);
  ASSERT_EQ(log.Blocks().size(), 2U);
  EXPECT_THAT(log.Blocks()[1].ticks, ElementsAre(300'000, 310'000, 320'000));
  EXPECT_EQ(log.Blocks()[1].sealed, nullptr);
  EXPECT_THAT(ObjectsOf(log), ElementsAre(1, 2));
  AddTicks(&log, 330'000, 600'000);
  ASSERT_EQ(log.Blocks().size(), 3U);
  EXPECT_EQ(log.Blocks()[1].ticks.size(), 30U);
}

TEST(TickLog, AClockSetBackBeyondTheHistoryBeginsAnew) {
  TickLog log({.boot_id = "boot"});
  AddTicks(&log, 900'000, 1'500'000, {MakeIdentity(1, "a")});
  log.Add(MakeSample(10'000), 1);
  EXPECT_THAT(TicksOf(log), ElementsAre(10'000));
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
