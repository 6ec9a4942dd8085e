#include "apiserver/store/block_memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace kubemonitor {
namespace {

using Block = std::vector<uint8_t>;

Block Bytes(size_t size, uint8_t fill) { return Block(size, fill); }

bool Holds(const BlockMemory::Bytes& bytes, const Block& expected) {
  const std::span<const uint8_t> held = bytes;
  return std::equal(held.begin(), held.end(), expected.begin(), expected.end());
}

TEST(BlockMemoryTest, ManyBlocksTakeLittleMoreThanTheirBytes) {
  BlockMemory memory;
  std::vector<BlockMemory::Bytes> held;
  for (size_t i = 0; i < 1000; ++i) {
    held.push_back(memory.Share(0, Bytes(15'000, static_cast<uint8_t>(i))));
  }
  for (size_t i = 0; i < held.size(); ++i) {
    ASSERT_TRUE(Holds(held[i], Bytes(15'000, static_cast<uint8_t>(i)))) << i;
  }
  EXPECT_GT(memory.MemoryBytes(), 15'000'000U);
  EXPECT_LT(memory.MemoryBytes(), 16'500'000U);
}

TEST(BlockMemoryTest, WhatBeganTogetherGoesTogether) {
  BlockMemory memory;
  std::vector<BlockMemory::Bytes> first = {memory.Share(0, Bytes(100, 1)),
                                           memory.Share(0, Bytes(100, 2))};
  const BlockMemory::Bytes second = memory.Share(300'000, Bytes(100, 3));
  const uint64_t both = memory.MemoryBytes();
  first.pop_back();
  memory.Sweep();
  EXPECT_EQ(memory.MemoryBytes(), both);
  EXPECT_TRUE(Holds(first[0], Bytes(100, 1)));
  first.clear();
  memory.Sweep();
  EXPECT_EQ(memory.MemoryBytes(), both / 2);
  EXPECT_TRUE(Holds(second, Bytes(100, 3)));
}

TEST(BlockMemoryTest, LargeAndReplacedBlocksHaveTheirOwn) {
  BlockMemory memory;
  BlockMemory::Bytes large = memory.Share(0, Bytes(1'000'000, 1));
  EXPECT_EQ(memory.MemoryBytes(), 1'000'000U);
  large = memory.Own(Bytes(500, 2));
  EXPECT_EQ(memory.MemoryBytes(), 500U);
  EXPECT_TRUE(Holds(large, Bytes(500, 2)));
}

TEST(BlockMemoryTest, BytesOutliveIt) {
  auto memory = std::make_unique<BlockMemory>();
  const BlockMemory::Bytes bytes = memory->Share(0, Bytes(100, 7));
  memory.reset();
  EXPECT_TRUE(Holds(bytes, Bytes(100, 7)));
}

}  // namespace
}  // namespace kubemonitor
