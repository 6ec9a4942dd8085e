#include "common/series_block.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "common/boot_id_form.h"
#include "common/series_block_testing.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using testing::Encode;
using ::testing::HasSubstr;
using testing::ModelBlock;
using testing::PlainBlock;
using testing::Random;
using testing::RandomBlock;
using testing::Read;
using testing::ReadAll;

constexpr uint64_t kAll = std::numeric_limits<uint64_t>::max();
constexpr int64_t kStart = 1'700'000'100'000;
constexpr char kBoot[] = "5a1d6e0c-3b0f-4c57-9a2e-0f4f7d8c1b2a";

// Even ticks of one boot.
PlainBlock EmptyBlock(size_t ticks) {
  PlainBlock block{kStart, {kBoot}, {}, {}};
  for (size_t i = 0; i < ticks; ++i) {
    block.ticks.push_back(
        {kStart + static_cast<int64_t>(i) * 1'000, 5'000'000 + i * 1'000'000, 0, false});
  }
  return block;
}

constexpr auto kCpu = static_cast<uint8_t>(Series::kCpuUsageUsec);
constexpr auto kMemory = static_cast<uint8_t>(Series::kMemoryCurrentBytes);
constexpr auto kRx = static_cast<uint8_t>(Series::kNetworkRxBytes);

// The node, a pod with a gap, a container that appears late.
PlainBlock SmallBlock() {
  PlainBlock block = EmptyBlock(4);
  block.ticks[3].simple = true;
  block.objects[0][kCpu] = {{1'000, 1'250, 1'500, 1'750}};
  block.objects[0][kMemory] = {{8192, 8192, 8192, 8192}};
  block.objects[7][kRx] = {{0, std::nullopt, 0, 0}};
  block.objects[8][kCpu] = {{std::nullopt, std::nullopt, 500, 900}};
  block.objects[8][kMemory] = {{std::nullopt, std::nullopt, std::nullopt, 4096}};
  return block;
}

std::string Hex(std::span<const uint8_t> bytes) {
  std::string out;
  for (const uint8_t byte : bytes) out += fmt::format("{:02x}", byte);
  return out;
}

absl::Status CheckStatus(std::span<const uint8_t> bytes) {
  return BlockReader::Check(bytes).status();
}

TEST(SeriesBlockTest, TheFormatStaysAsItIs) {
  // A change of these bytes is a new version of the format: kBlockVersion, docs/series-block.md.
  EXPECT_EQ(Hex(Encode(SmallBlock())),
            "01d7da9d35404838a8d5e1c6b0f3c074a5e9f2f0d4c7b8a122800bf4405c404b"
            "0c061040901905080200b8070000800a10f88c28e84de88124706346127a12c8"
            "9b14000000000000000000");
}

TEST(SeriesBlockTest, SmallBlock) {
  const PlainBlock block = SmallBlock();
  const std::vector<uint8_t> bytes = Encode(block);
  const auto reader = BlockReader::Check(bytes);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(reader->start_ms(), kStart);
  EXPECT_EQ(reader->tick_count(), 4u);
  EXPECT_EQ(reader->object_count(), 3u);
  EXPECT_EQ(reader->sample_count(), 14u);
  EXPECT_THAT(reader->BootIds(), ElementsAre(kBoot));
  EXPECT_EQ(reader->Ticks(), block.ticks);
  EXPECT_EQ(Read(*reader), block);
  EXPECT_EQ(Read(BlockReader::Trusted(bytes)), block);
}

TEST(SeriesBlockTest, FindsObjects) {
  const std::vector<uint8_t> bytes = Encode(SmallBlock());
  const BlockReader reader = BlockReader::Trusted(bytes);
  BlockReader::Object object;
  for (const uint32_t number : {1u, 6u, 9u, UINT32_MAX}) {
    EXPECT_FALSE(reader.Find(number, &object)) << number;
  }
  ASSERT_TRUE(reader.Find(0, &object));
  EXPECT_EQ(object.number(), 0u);
  ASSERT_TRUE(reader.Find(8, &object));
  EXPECT_EQ(object.number(), 8u);
  EXPECT_EQ(object.series_mask(), SeriesValues::Bit(Series::kCpuUsageUsec) |
                                      SeriesValues::Bit(Series::kMemoryCurrentBytes));
  EXPECT_FALSE(object.Next());
}

TEST(SeriesBlockTest, VisitsTheColumnsAskedForOnly) {
  const std::vector<uint8_t> bytes = Encode(SmallBlock());
  BlockReader::Object object;
  ASSERT_TRUE(BlockReader::Trusted(bytes).Find(8, &object));
  const auto visited = [&](uint64_t mask) {
    std::vector<std::string> out;
    object.Columns(mask, [&](Series series, const TickMask& present, const uint64_t* values) {
      out.push_back(fmt::format("{}:{}:{}", NameOf(series), present.count(), values[3]));
    });
    return out;
  };
  EXPECT_THAT(visited(kAll), ElementsAre("cpu_usage_usec:2:900", "memory_current_bytes:1:4096"));
  EXPECT_THAT(visited(SeriesValues::Bit(Series::kMemoryCurrentBytes)),
              ElementsAre("memory_current_bytes:1:4096"));
  EXPECT_THAT(visited(SeriesValues::Bit(Series::kCpuUsageUsec)),
              ElementsAre("cpu_usage_usec:2:900"));
  EXPECT_THAT(visited(SeriesValues::Bit(Series::kPids)), ElementsAre());
}

TEST(SeriesBlockTest, LeavesOutWhatHasNoValues) {
  PlainBlock block = EmptyBlock(3);
  BlockEncoder encoder(kStart, block.boot_ids, block.ticks);
  const std::vector<uint64_t> values = {1, 2, 3};
  encoder.BeginObject(1);  // no column
  encoder.BeginObject(2);
  encoder.AddColumn(Series::kPids, TickMask(), values);  // no value
  encoder.BeginObject(3);
  encoder.AddColumn(Series::kPids, TickMask(), values);
  TickMask beyond;
  beyond.Set(3);
  encoder.AddColumn(Series::kOomKills, beyond, values);  // none on the axis
  TickMask all;
  all.SetFirst(kMaxBlockTicks);
  encoder.AddColumn(Series::kNetworkRxBytes, all, values);
  const std::vector<uint8_t> bytes = encoder.Finish();
  block.objects[3][kRx] = {{1, 2, 3}};
  const auto reader = BlockReader::Check(bytes);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(Read(*reader), block);
}

TEST(SeriesBlockTest, StepsOverUnknownSeries) {
  PlainBlock block = SmallBlock();
  PlainBlock newer = block;
  newer.objects[0][47] = newer.objects[0][kCpu];
  newer.objects[8][63] = newer.objects[8][kMemory];
  newer.objects[9][50] = newer.objects[0][kCpu];  // nothing that is known
  block.objects[9] = {};
  const std::vector<uint8_t> bytes = Encode(newer);
  const auto reader = BlockReader::Check(bytes);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(Read(*reader), block);
  EXPECT_EQ(reader->sample_count(), newer.SampleCount());
  BlockReader::Object object;
  ASSERT_TRUE(reader->Find(9, &object));
  EXPECT_EQ(object.series_mask(), 0u);
}

TEST(SeriesBlockTest, RandomBlocksComeBack) {
  Random random(1);
  for (int i = 0; i < 300; ++i) {
    const PlainBlock block =
        i % 10 == 0 ? RandomBlock(&random, kMaxBlockTicks, 10) : RandomBlock(&random, 40, 40);
    const std::vector<uint8_t> bytes = Encode(block);
    const auto reader = BlockReader::Check(bytes);
    ASSERT_TRUE(reader.ok()) << reader.status() << " block " << i;
    ASSERT_EQ(Read(*reader), block) << "block " << i;
    ASSERT_EQ(reader->sample_count(), block.SampleCount());
    ASSERT_EQ(reader->object_count(), block.objects.size());
    const BlockReader trusted = BlockReader::Trusted(bytes);
    ASSERT_EQ(ReadAll(trusted), ReadAll(*reader)) << "block " << i;
    for (const auto& [number, columns] : block.objects) {
      BlockReader::Object object;
      ASSERT_TRUE(trusted.Find(number, &object)) << "block " << i;
      ASSERT_EQ(object.number(), number);
    }
  }
}

TEST(SeriesBlockTest, ManyObjectsWithMasksOfTheirOwn) {
  PlainBlock block = EmptyBlock(2);
  for (uint32_t i = 0; i < 5'000; ++i) {
    for (uint8_t bit = 0; bit < 14; ++bit) {
      if (((i + 1) >> bit & 1) != 0) block.objects[i * 3][bit + 1] = {i, bit};
    }
  }
  block.objects[UINT32_MAX][63] = {1, 2};
  const std::vector<uint8_t> bytes = Encode(block);
  const auto reader = BlockReader::Check(bytes);
  ASSERT_TRUE(reader.ok()) << reader.status();
  block.objects[UINT32_MAX].clear();
  EXPECT_EQ(Read(*reader), block);
}

// Hostile bytes.

TEST(SeriesBlockTest, NamesWhatItDoesNotTake) {
  std::vector<uint8_t> bytes = Encode(SmallBlock());
  EXPECT_EQ(CheckStatus({}).code(), absl::StatusCode::kInvalidArgument);
  bytes[0] = kBlockVersion + 1;
  EXPECT_EQ(CheckStatus(bytes).code(), absl::StatusCode::kUnimplemented);
  bytes[0] = kBlockVersion;
  bytes.push_back(0);
  EXPECT_THAT(std::string(CheckStatus(bytes).message()), HasSubstr("bytes behind its end"));
  bytes.pop_back();
  bytes.back() = 1;
  EXPECT_THAT(std::string(CheckStatus(bytes).message()), HasSubstr("bits behind its end"));
}

struct WrongCase {
  std::string expected;  // in the message
  void (*change)(PlainBlock*);
};

TEST(SeriesBlockTest, RefusesWhatNoEncoderShouldWrite) {
  const WrongCase cases[] = {
      {"ticks do not ascend", [](PlainBlock* b) { b->ticks[2].tick_ms = b->ticks[1].tick_ms; }},
      {"a tick outside", [](PlainBlock* b) { b->ticks[3].tick_ms = kStart + kBlockSpanMs; }},
      {"a tick outside", [](PlainBlock* b) { b->ticks[0].tick_ms = kStart - 1'000; }},
      {"unknown boot", [](PlainBlock* b) { b->ticks[3].boot = 1; }},
      {"the header", [](PlainBlock* b) { b->boot_ids.clear(); }},
      {"the header", [](PlainBlock* b) { b->boot_ids.resize(kMaxBlockBoots + 1); }},
      {"the header", [](PlainBlock* b) { b->start_ms = -kBlockSpanMs; }},
      {"the boot ids", [](PlainBlock* b) { b->boot_ids[0].resize(kMaxBlockBootIdBytes + 1); }},
      {"entry 3 of the directory", [](PlainBlock* b) { b->objects[9][0] = b->objects[0][kCpu]; }},
  };
  for (const WrongCase& c : cases) {
    PlainBlock block = SmallBlock();
    c.change(&block);
    const absl::Status status = CheckStatus(Encode(block));
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.expected;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.expected));
  }
}

TEST(SeriesBlockTest, RefusesObjectsThatDoNotAscend) {
  const PlainBlock block = EmptyBlock(2);
  BlockEncoder encoder(kStart, block.boot_ids, block.ticks);
  TickMask all;
  all.SetFirst(2);
  for (const uint32_t number : {5, 4}) {
    encoder.BeginObject(number);
    encoder.AddColumn(Series::kPids, all, std::vector<uint64_t>{1, 2});
  }
  EXPECT_EQ(CheckStatus(encoder.Finish()).code(), absl::StatusCode::kInvalidArgument);
}

TEST(SeriesBlockTest, RefusesEveryTruncation) {
  Random random(2);
  for (const PlainBlock& block :
       {SmallBlock(), RandomBlock(&random, 30, 10), ModelBlock(&random)}) {
    const std::vector<uint8_t> whole = Encode(block);
    const size_t step = whole.size() > 4'000 ? 37 : 1;
    for (size_t size = 0; size < whole.size(); size += step) {
      const std::vector<uint8_t> bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
      ASSERT_EQ(CheckStatus(bytes).code(), absl::StatusCode::kInvalidArgument) << size << " bytes";
    }
  }
}

// Refused, or read within bounds (the sanitizers watch) and the same by both readers.
void CheckAndRead(const std::vector<uint8_t>& bytes, size_t* accepted) {
  const auto reader = BlockReader::Check(bytes);
  if (!reader.ok()) return;
  ++*accepted;
  EXPECT_EQ(ReadAll(*reader), ReadAll(BlockReader::Trusted(bytes)));
  EXPECT_LE(reader->sample_count(), reader->object_count() * reader->tick_count() * 63);
}

TEST(SeriesBlockTest, SurvivesEveryFlippedBit) {
  Random random(3);
  size_t accepted = 0;
  for (const PlainBlock& block : {SmallBlock(), RandomBlock(&random, 30, 6)}) {
    std::vector<uint8_t> bytes = Encode(block);
    for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      bytes[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
      CheckAndRead(bytes, &accepted);
      bytes[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    }
  }
  EXPECT_GT(accepted, 0u);  // a value is another one then
}

TEST(SeriesBlockTest, SurvivesMutations) {
  Random random(4);
  size_t accepted = 0;
  for (int i = 0; i < 200; ++i) {
    const std::vector<uint8_t> whole =
        Encode(i % 20 == 0 ? RandomBlock(&random, kMaxBlockTicks, 4) : RandomBlock(&random, 30, 8));
    for (int j = 0; j < 50; ++j) {
      std::vector<uint8_t> bytes = whole;
      for (uint64_t k = testing::Draw(&random, 1, 4); k > 0; --k) {
        // The headers are the interesting part.
        const size_t most = testing::Chance(&random, 50) ? 60 : bytes.size() - 1;
        bytes[testing::Draw(&random, 0, std::min(most, bytes.size() - 1))] =
            static_cast<uint8_t>(random());
      }
      CheckAndRead(bytes, &accepted);
    }
  }
  EXPECT_GT(accepted, 0u);
}

TEST(SeriesBlockTest, ACopyHasOtherNumbersAndTheSameValues) {
  Random random(6);
  for (int round = 0; round < 200; ++round) {
    const PlainBlock block = RandomBlock(&random, 40, 20);
    const std::vector<uint8_t> bytes = Encode(block);
    const BlockReader reader = BlockReader::Trusted(bytes);
    // The other way round, and some left out.
    PlainBlock expected = block;
    expected.objects.clear();
    std::map<uint32_t, BlockReader::Object> copies;
    for (BlockReader::Object object = reader.Objects(); object.Next();) {
      if (testing::Chance(&random, 20)) continue;
      const uint32_t number = UINT32_MAX - object.number();
      copies.emplace(number, object);
      expected.objects[number] = block.objects.at(object.number());
    }
    BlockEncoder encoder(reader);
    for (const auto& [number, object] : copies) encoder.CopyObject(object, number);
    const std::vector<uint8_t> copy = encoder.Finish();
    const auto checked = BlockReader::Check(copy);
    ASSERT_TRUE(checked.ok()) << checked.status();
    EXPECT_EQ(testing::Read(*checked), testing::Read(BlockReader::Trusted(Encode(expected))));
    EXPECT_EQ(checked->sample_count(), expected.SampleCount());
  }
}

// What a sample costs.

TEST(SeriesBlockTest, BytesPerSample) {
  Random random(5);
  constexpr int kBlocks = 20;
  uint64_t bytes = 0;
  uint64_t samples = 0;
  for (int i = 0; i < kBlocks; ++i) {
    const PlainBlock block = ModelBlock(&random);
    ASSERT_EQ(block.SampleCount(), 660u * 30);
    bytes += Encode(block).size();
    samples += block.SampleCount();
  }
  const double cost = static_cast<double>(bytes) / static_cast<double>(samples);
  std::printf("%.4f bytes a sample, %.0f bytes a block of %.0f samples\n", cost,
              static_cast<double>(bytes) / kBlocks, static_cast<double>(samples) / kBlocks);
  EXPECT_LE(cost, 0.77);
}

// Bytes that one more column of `values` takes in a block of many such objects.
double ColumnBytes(const PlainBlock::Column& values) {
  constexpr uint32_t kObjects = 1'000;
  PlainBlock block = EmptyBlock(values.size());
  for (uint32_t i = 0; i < kObjects; ++i) block.objects[i][kMemory] = values;
  const auto without = static_cast<double>(Encode(block).size());
  for (uint32_t i = 0; i < kObjects; ++i) block.objects[i][kRx] = values;
  return (static_cast<double>(Encode(block).size()) - without) / kObjects;
}

TEST(SeriesBlockTest, WhatDoesNotMoveIsCheap) {
  EXPECT_LE(ColumnBytes(PlainBlock::Column(30, 0)), 0.5);
  EXPECT_LE(ColumnBytes(PlainBlock::Column(300, 0)), 0.5);
  EXPECT_LE(ColumnBytes(PlainBlock::Column(30, 1)), 1.5);
  EXPECT_LE(ColumnBytes(PlainBlock::Column(30, 1'000'000'000)), 4 + 1.2);
}

TEST(SeriesBlockTest, TickMask) {
  for (const size_t count : {0, 1, 63, 64, 65, 128, 300}) {
    TickMask mask;
    mask.SetFirst(count);
    EXPECT_EQ(mask.count(), count);
    EXPECT_EQ(mask.Has(count), false);
    if (count > 0) {
      EXPECT_TRUE(mask.Has(count - 1));
    }
  }
}

TEST(SeriesBlockTest, BootIds) {
  const std::optional<std::string> bytes = UuidBytes(kBoot);
  ASSERT_TRUE(bytes.has_value());
  EXPECT_EQ(bytes->size(), kUuidBytes);
  EXPECT_EQ(UuidText(*bytes), kBoot);
  for (const char* other :
       {"", "boot", "5a1d6e0c-3b0f-4c57-9a2e-0f4f7d8c1b2", "5A1D6E0C-3B0F-4C57-9A2E-0F4F7D8C1B2A",
        "5a1d6e0c-3b0f-4c57-9a2e-0f4f7d8c1b2g", "5a1d6e0c03b0f-4c57-9a2e-0f4f7d8c1b2a",
        "5a1d6e0c-3b0f-4c57-9a2e-0f4f7d8c1b2a0"}) {
    EXPECT_EQ(UuidBytes(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace kubemonitor
