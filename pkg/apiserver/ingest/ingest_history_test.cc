// Blocks of the past at the gate, and who may send them.

#include <gmock/gmock.h>

#include <functional>
#include <limits>

#include "apiserver/ingest/history_block.h"
#include "apiserver/ingest/history_credits.h"
#include "apiserver/ingest/ingest_testing.h"
#include "common/open_block.h"
#include "wire/limits.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class IngestHistoryTest : public IngestTest {
 protected:
  // Of the ticks: the node and these pods, each with its number for CPU.
  static std::string Block(const std::vector<BlockTick>& ticks,
                           const std::vector<uint32_t>& objects, const std::string& boot = "boot",
                           Series series = Series::kCpuUsageUsec,
                           std::optional<uint64_t> value = std::nullopt) {
    BlockEncoder encoder(BlockStartMs(ticks.front().tick_ms), std::span(&boot, 1), ticks);
    TickMask all;
    all.SetFirst(ticks.size());
    std::vector<uint32_t> numbers = {0};
    numbers.insert(numbers.end(), objects.begin(), objects.end());
    for (const uint32_t number : numbers) {
      encoder.BeginObject(number);
      encoder.AddColumn(series, all, std::vector<uint64_t>(ticks.size(), value.value_or(number)));
    }
    const std::vector<uint8_t> bytes = encoder.Finish();
    return {bytes.begin(), bytes.end()};
  }
  // Some ticks of the block that lies so many blocks back.
  static std::vector<BlockTick> Ticks(int64_t blocks_back, size_t count = 3) {
    const int64_t start_ms = BlockStartMs(kNow) - blocks_back * kBlockSpanMs;
    std::vector<BlockTick> ticks;
    for (size_t i = 0; i < count; ++i) {
      const int64_t tick_ms = start_ms + static_cast<int64_t>(i) * kInterval;
      ticks.push_back({tick_ms, static_cast<uint64_t>(tick_ms) * 1000, 0, false});
    }
    return ticks;
  }
  v1::MetricsRequest BlockRequest(const std::string& block) const {
    v1::MetricsRequest request = Request();
    request.add_blocks()->set_bytes(block);
    return request;
  }
  ObjectRows Rows(uint32_t index) const {
    return store->Read({Node().node, index}, ~uint64_t{0}, 0, kNow);
  }
};

TEST_F(IngestHistoryTest, ABlockIsHeldAsItsTicks) {
  v1::MetricsRequest request = BlockRequest(Block(Ticks(3), {7}));
  AddIdentity(request, 7, "u7");
  const auto answer = Send(request);
  EXPECT_THAT(Refusals(answer), IsEmpty());
  EXPECT_EQ(answer.accepted(), 3U);
  EXPECT_EQ(answer.codec_version(), kBlockVersion);
  ASSERT_EQ(answer.held_size(), 1);
  EXPECT_EQ(answer.held(0).first_ms(), Ticks(3).front().tick_ms);
  EXPECT_EQ(answer.held(0).last_ms(), Ticks(3).back().tick_ms);
  ASSERT_EQ(Rows(1).size(), 3U);
  EXPECT_EQ(Rows(1).Value(2, Series::kCpuUsageUsec), 7U);
  EXPECT_EQ(Send(request).accepted(), 3U) << "again, and nothing twice";
  EXPECT_EQ(store->Stats().samples, 6U);
}

TEST_F(IngestHistoryTest, NumbersWithoutIdentityAreAskedForAndNothingIsStored) {
  v1::MetricsRequest request = BlockRequest(Block(Ticks(1), {7, 9}));
  AddIdentity(request, 7, "u7");
  auto answer = Send(request);
  EXPECT_THAT(answer.identities_wanted(), ElementsAre(9));
  EXPECT_EQ(answer.held_size(), 0);
  AddIdentity(request, 9, "u9");
  EXPECT_EQ(Send(request).accepted(), 3U);
}

TEST_F(IngestHistoryTest, WhatIsNoBlockOfThisNodeIsRefused) {
  const auto with = [](auto change) {
    std::vector<BlockTick> ticks = Ticks(2);
    change(ticks);
    return ticks;
  };
  const std::string good = Block(Ticks(2), {});
  std::string unknown_version = good;
  unknown_version[0] = 2;
  std::vector<uint32_t> many(65'000);
  for (uint32_t i = 0; i < many.size(); ++i) many[i] = i + 1;
  const struct {
    const char* name;
    std::string block;
    v1::RefusalReason reason;
  } cases[] = {
      {"empty", "", v1::REFUSAL_REASON_INVALID},
      {"cut", good.substr(0, good.size() - 1), v1::REFUSAL_REASON_INVALID},
      {"too long", std::string(kMaxHistoryBlockBytes + 1, '\1'), v1::REFUSAL_REASON_INVALID},
      {"another version", unknown_version, v1::REFUSAL_REASON_VERSION},
      {"series of a newer sender", Block(Ticks(2), {}, "boot", static_cast<Series>(60)),
       v1::REFUSAL_REASON_VERSION},
      {"another boot", Block(Ticks(2), {}, "other"), v1::REFUSAL_REASON_INVALID},
      {"no measurement", Block(Ticks(2), {}, "boot", Series::kPids, uint64_t{1} << 63),
       v1::REFUSAL_REASON_INVALID},
      {"the simple form", Block(with([](auto& t) { t[1].simple = true; }), {}),
       v1::REFUSAL_REASON_INVALID},
      {"a boot clock", Block(with([](auto& t) { t[1].boot_usec = UINT64_MAX; }), {}),
       v1::REFUSAL_REASON_INVALID},
      {"off the grid", Block(with([](auto& t) { t[1].tick_ms += 1; }), {}),
       v1::REFUSAL_REASON_OFF_GRID},
      {"too old", Block(Ticks(14, 30), {}), v1::REFUSAL_REASON_TOO_OLD},
      {"ahead", Block(Ticks(-2), {}), v1::REFUSAL_REASON_IN_FUTURE},
      {"more objects than can be", Block(Ticks(2, 4), many), v1::REFUSAL_REASON_INVALID},
  };
  for (const auto& c : cases) {
    const auto answer = Send(BlockRequest(c.block));
    ASSERT_EQ(answer.refusals_size(), 1) << c.name;
    EXPECT_EQ(answer.refusals(0).reason(), c.reason) << c.name << answer.refusals(0).detail();
    EXPECT_EQ(answer.held_size(), 0) << c.name;
  }
  EXPECT_EQ(Send(BlockRequest(good)).accepted(), 3U) << "after all that";
}

TEST_F(IngestHistoryTest, ABlockThatIsTooLongIsNotEvenLookedAt) {
  Refusal why;
  const std::vector<uint8_t> bytes(kMaxHistoryBlockBytes + 1, 1);
  EXPECT_FALSE(ReadHistoryBlock(bytes, &why).has_value());
  EXPECT_THAT(why.detail, HasSubstr("at most"));
}

TEST_F(IngestHistoryTest, TheSamplesOfARequestAreBounded) {
  std::vector<uint32_t> objects(6'000);
  for (uint32_t i = 0; i < objects.size(); ++i) objects[i] = i + 1;
  v1::MetricsRequest request = Request();
  for (int64_t back = 1; back <= 12; ++back) {
    request.add_blocks()->set_bytes(Block(Ticks(back, 30), objects));
  }
  EXPECT_LE(12 * 30 * 6'001, kMaxBlockSamplesPerRequest);
  for (int i = 0; i < 52; ++i) *request.add_blocks() = request.blocks(0);
  for (int i = 0; i < 60; ++i) *request.add_blocks() = request.blocks(0);
  const auto answer = Send(request);
  EXPECT_EQ(Refusals(answer), (Expected{{v1::REFUSAL_REASON_INVALID, 390}}));
}

TEST_F(IngestHistoryTest, ABlockThatIsPartlyTooOldIsTakenAndItsOldTicksHidden) {
  const std::vector<BlockTick> ticks = Ticks(12, 30);  // the newest ones of the last hour
  const int64_t kept_from_ms = kNow - 3'620'000;
  const auto kept =
      static_cast<uint64_t>(std::count_if(ticks.begin(), ticks.end(), [&](const BlockTick& tick) {
        return tick.tick_ms >= kept_from_ms;
      }));
  ASSERT_GT(kept, 0U);
  const auto answer = Send(BlockRequest(Block(ticks, {})));
  EXPECT_THAT(Refusals(answer), IsEmpty());
  EXPECT_EQ(answer.accepted(), kept);
  EXPECT_EQ(Rows(0).size(), kept);
}

TEST_F(IngestHistoryTest, ASupersededInstanceHasNoPast) {
  Send(Request("i1"));
  Send(Request("i2"));
  v1::MetricsRequest request = BlockRequest(Block(Ticks(1), {}));
  request.set_instance_id("i1");
  request.set_history_waiting_bytes(1);
  const auto answer = Send(request);
  EXPECT_EQ(Refusals(answer), (Expected{{v1::REFUSAL_REASON_SUPERSEDED, 1}}));
  EXPECT_EQ(answer.held_size(), 0);
  EXPECT_EQ(answer.history_credit_bytes(), 0U);
}

TEST_F(IngestHistoryTest, ObjectsWithoutRoomAreCutOutOfABlock) {
  StoreOptions options;
  options.memory_limit_bytes = 1;
  Make(options);
  v1::MetricsRequest request = BlockRequest(Block(Ticks(1), {7}));
  AddIdentity(request, 7, "u7");
  const auto answer = Send(request);
  EXPECT_EQ(answer.accepted(), 3U);
  EXPECT_EQ(Refusals(answer), (Expected{{v1::REFUSAL_REASON_CAPACITY, 1}}));
  EXPECT_EQ(Rows(0).size(), 3U);
  EXPECT_THAT(store->Objects(Node().node), IsEmpty());
}

TEST_F(IngestHistoryTest, ObjectsBeyondTheNodesNumberAreCutOutOfABlock) {
  StoreOptions options;
  options.max_objects_per_node = 1;
  Make(options);
  v1::MetricsRequest request = BlockRequest(Block(Ticks(1), {7, 8}));
  AddIdentity(request, 7, "u7");
  AddIdentity(request, 8, "u8");
  const auto answer = Send(request);
  EXPECT_EQ(answer.accepted(), 3U);
  EXPECT_TRUE(Refusals(answer).contains(v1::REFUSAL_REASON_CAPACITY));
  EXPECT_EQ(store->Objects(Node().node).size(), 1U);
}

TEST_F(IngestHistoryTest, CreditIsForThoseWhoAsk) {
  v1::MetricsRequest request = GoodRequest();
  EXPECT_EQ(Send(request).history_credit_bytes(), 0U);
  request.set_history_waiting_bytes(100'000);
  EXPECT_EQ(Send(request).history_credit_bytes(), 100'000U);
}

// However little it was: the last tick of a gap comes alone, as the newest does.
TEST_F(IngestHistoryTest, ACreditIsOverOnceNothingIsWaitedFor) {
  ingest = std::make_unique<Ingest>(*store, clock, IngestOptions{"server", {.nodes = 1}});
  v1::MetricsRequest first = GoodRequest();
  first.set_history_waiting_bytes(100);
  EXPECT_GT(Send(first).history_credit_bytes(), 0U);
  v1::MetricsRequest second = GoodRequest();
  second.set_node_name("other");
  second.set_history_waiting_bytes(100);
  EXPECT_EQ(Send(second).history_credit_bytes(), 0U);
  first.set_history_waiting_bytes(0);
  ASSERT_EQ(first.ticks_size(), 1);
  Send(first);
  EXPECT_GT(Send(second).history_credit_bytes(), 0U);
}

TEST(HistoryCreditsTest, FewAtATimeAndTheOthersInTurns) {
  HistoryCredits credits({.nodes = 2, .node_bytes = 1'000, .bytes_per_second = 1'000});
  EXPECT_EQ(credits.Ask("a", 700, 0).credit_bytes, 700U);
  EXPECT_EQ(credits.Ask("b", 7'000, 0).credit_bytes, 1'000U);
  const auto c = credits.Ask("c", 7'000, 0);
  const auto d = credits.Ask("d", 7'000, 0);
  EXPECT_EQ(c.credit_bytes, 0U);
  EXPECT_GT(c.retry_ms, 0U);
  EXPECT_GE(d.retry_ms, c.retry_ms + 1'000) << "after what c has to send";
  credits.Settle("a");
  EXPECT_EQ(credits.Ask("b", 1, 0).credit_bytes, 1U) << "again, in place of what it had";
  EXPECT_GT(credits.Ask("c", 1, 0).credit_bytes, 0U);
  EXPECT_EQ(credits.Ask("d", 1, 0).credit_bytes, 0U);
}

TEST(HistoryCreditsTest, WhatIsNotUsedIsForfeited) {
  HistoryCredits credits({.nodes = 1});
  credits.Ask("dead", 1, 0);
  EXPECT_EQ(credits.Ask("a", 1, 9'000'000).credit_bytes, 0U);
  EXPECT_EQ(credits.Ask("a", 1, 10'000'000).credit_bytes, 1U);
}

TEST(HistoryCreditsTest, NobodyWaitsForLongerThanHalfAMinute) {
  HistoryCredits credits({.nodes = 0, .bytes_per_second = 1});
  for (int i = 0; i < 100; ++i) {
    const uint32_t retry_ms = credits.Ask("node", UINT64_MAX, 5).retry_ms;
    EXPECT_GE(retry_ms, 250U);
    EXPECT_LE(retry_ms, 30'000U);
  }
}

}  // namespace
}  // namespace kubemonitor
