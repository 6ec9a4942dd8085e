#include "apiserver/store/sum_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace kubemonitor {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

constexpr int64_t kI = 10'000;
constexpr int64_t kT0 = 1'700'000'100'000;  // where a block begins
constexpr int64_t kLater = 3'600'000;       // blocks are compressed by then

SumRow Row(size_t column, uint64_t value) {
  SumRow row{};
  row[column] = value;
  return row;
}

std::vector<uint64_t> Column(const SumTable& table, const SumGroup& group, size_t column,
                             int64_t first_ms, size_t count) {
  std::vector<SumRow> rows(count);
  for (SumRow& row : rows) row[column] = 99;
  table.Read(group, std::span(&column, 1), first_ms, rows);
  std::vector<uint64_t> values;
  for (const SumRow& row : rows) values.push_back(row[column]);
  return values;
}

uint64_t At(const SumTable& table, const SumGroup& group, size_t column, int64_t tick_ms) {
  return Column(table, group, column, tick_ms, 1)[0];
}

void Add(SumTable* table, const std::shared_ptr<SumGroup>& group, int64_t first_ms,
         const std::vector<SumRow>& rows, int64_t now_ms = kT0) {
  SumChange change(kI);
  change.Add(group, first_ms, rows, 1);
  table->Apply(std::move(change), now_ms);
}

TEST(SumTableTest, AddsAndTakesAwayInAnyOrder) {
  SumTable table(kI);
  const auto shop = table.Group("shop");
  EXPECT_EQ(table.Group("shop"), shop);
  Add(&table, shop, kT0, {Row(0, 5), Row(0, 7)}, kT0);
  Add(&table, shop, kT0 - kI, {Row(0, 2), Row(0, 3)}, kT0);
  SumChange less(kI);
  less.Add(shop, kT0, std::vector{Row(0, 4)}, -1);
  table.Apply(std::move(less), kT0);
  EXPECT_THAT(Column(table, *shop, 0, kT0 - 2 * kI, 5), ElementsAre(0, 2, 4, 7, 0));
  EXPECT_THAT(Column(table, *shop, 1, kT0 - 2 * kI, 5), Each(0));
  EXPECT_EQ(At(table, *shop, 0, kT0), 4u);
}

TEST(SumTableTest, CompressedBlocksReadTheSameAndCanStillBeAddedTo) {
  SumTable table(kI);
  const auto shop = table.Group("shop");
  for (int64_t tick = 0; tick < 60; ++tick) {
    SumRow row{};
    for (size_t column = 0; column < kSumColumns; ++column) {
      row[column] = column * 1'000'000'007 + static_cast<uint64_t>(tick * tick);
    }
    Add(&table, shop, kT0 + tick * kI, {row}, kT0);
  }
  const size_t open_bytes = table.MemoryBytes();
  table.Expire(kT0, kT0 + 30'000);
  EXPECT_EQ(table.MemoryBytes(), open_bytes);  // too early
  table.Expire(kT0, kT0 + kLater);
  EXPECT_LT(table.MemoryBytes(), open_bytes / 4);
  for (const size_t column : {size_t{0}, size_t{13}, kSumColumns - 1}) {
    const std::vector<uint64_t> values = Column(table, *shop, column, kT0, 60);
    for (int64_t tick = 0; tick < 60; ++tick) {
      const uint64_t expected = column * 1'000'000'007 + static_cast<uint64_t>(tick * tick);
      ASSERT_EQ(values[static_cast<size_t>(tick)], expected);
    }
  }
  Add(&table, shop, kT0 + 3 * kI, {Row(25, 11)}, kT0 + kLater);
  EXPECT_EQ(At(table, *shop, 25, kT0 + 3 * kI), 25 * 1'000'000'007ULL + 9 + 11);
  EXPECT_EQ(At(table, *shop, 25, kT0 + 4 * kI), 25 * 1'000'000'007ULL + 16);
}

TEST(SumTableTest, DropsOldBlocksAndGroupsThatNobodyUses) {
  SumTable table(kI);
  auto shop = table.Group("shop");
  Add(&table, shop, kT0, {Row(0, 1)}, kT0);
  Add(&table, shop, kT0 + 30 * kI, {Row(0, 2)}, kT0);
  table.Expire(kT0 + 29 * kI, kT0);  // within the first block
  EXPECT_EQ(At(table, *shop, 0, kT0), 1u);
  table.Expire(kT0 + 30 * kI, kT0);
  EXPECT_EQ(At(table, *shop, 0, kT0), 0u);
  EXPECT_EQ(At(table, *shop, 0, kT0 + 30 * kI), 2u);
  table.Expire(kT0 + 60 * kI, kT0);
  EXPECT_EQ(table.Find("shop"), nullptr);
  EXPECT_EQ(table.ReadTick(kT0).groups.size(), 1u);  // it may be added to again
  shop = nullptr;
  table.Expire(kT0 + 60 * kI, kT0);
  EXPECT_TRUE(table.ReadTick(kT0).groups.empty());
  EXPECT_EQ(table.MemoryBytes(), 0u);
}

}  // namespace
}  // namespace kubemonitor
