// CowArray and CowIndex: what was shared stays as it was.

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "apiserver/kubernetes/cow_array.h"
#include "apiserver/kubernetes/cow_index.h"

namespace kubemonitor {
namespace {

TEST(CowArrayTest, SharedArraysStayAsTheyWere) {
  CowArray<int> array;
  EXPECT_EQ(array.size(), 0u);
  array.GrowTo(100);
  EXPECT_EQ(array.size(), 128u);
  array.At(0) = 1;
  array.At(99) = 2;
  const CowArray<int> first = array.Share();
  array.At(0) = 3;
  array.GrowTo(200);
  array.At(199) = 4;
  const CowArray<int> second = array.Share();
  array.At(99) = 5;
  EXPECT_EQ(first[0], 1);
  EXPECT_EQ(first[99], 2);
  EXPECT_EQ(first.size(), 128u);
  EXPECT_EQ(second[0], 3);
  EXPECT_EQ(second[99], 2);
  EXPECT_EQ(second[199], 4);
  EXPECT_EQ(array[99], 5);
  EXPECT_EQ(array[1], 0);
}

TEST(CowArrayTest, CopiesAPageOnce) {
  CowArray<int> array;
  array.GrowTo(1);
  const CowArray<int> shared = array.Share();
  array.At(0) = 1;
  const int* const place = &array[0];
  array.At(1) = 2;
  EXPECT_EQ(&array[0], place);
  EXPECT_NE(&shared[0], place);
}

using Entries = std::set<std::pair<uint32_t, uint32_t>>;

std::vector<uint32_t> NumbersOf(const CowIndex& index, uint32_t hash) {
  std::vector<uint32_t> numbers;
  index.Find(hash, [&numbers](uint32_t number) {
    numbers.push_back(number);
    return false;
  });
  return numbers;
}

void ExpectEqual(const CowIndex& index, const Entries& entries, uint32_t hashes) {
  ASSERT_EQ(index.size(), entries.size());
  std::map<uint32_t, std::vector<uint32_t>> expected;
  for (const auto& [hash, number] : entries) expected[hash].push_back(number);
  for (uint32_t hash = 0; hash < hashes; ++hash) {
    ASSERT_EQ(NumbersOf(index, hash), expected[hash]) << hash;
  }
}

TEST(CowIndexTest, IsASetOfPairs) {
  for (const uint32_t hashes : {1u, 10u, 5000u}) {
    std::mt19937 random(hashes);
    CowIndex index;
    Entries entries;
    std::deque<std::pair<CowIndex, Entries>> shared;
    for (int round = 0; round < 40; ++round) {
      // Grows, then shrinks to nothing.
      const uint32_t adding = round < 20 ? 80 : 10;
      for (int i = 0; i < 200; ++i) {
        const uint32_t hash = random() % hashes;
        const uint32_t number = random() % 2000;
        if (random() % 100 < adding) {
          index.Add(hash, number);
          entries.insert({hash, number});
        } else if (!entries.empty()) {
          auto victim = entries.lower_bound({hash, number});
          if (victim == entries.end()) victim = entries.begin();
          index.Remove(victim->first, victim->second);
          index.Remove(victim->first, victim->second);
          entries.erase(victim);
        }
      }
      shared.emplace_back(index.Share(), entries);
      if (shared.size() > 3) shared.pop_front();
      for (const auto& [copy, then] : shared) ExpectEqual(copy, then, hashes);
    }
    while (!entries.empty()) {
      index.Remove(entries.begin()->first, entries.begin()->second);
      entries.erase(entries.begin());
    }
    EXPECT_EQ(index.MemoryBytes(), 0u);
    for (const auto& [copy, then] : shared) ExpectEqual(copy, then, hashes);
  }
}

TEST(CowIndexTest, FindStopsWhenToldTo) {
  CowIndex index;
  for (uint32_t number = 0; number < 1000; ++number) index.Add(7, number);
  uint32_t last = 0;
  EXPECT_TRUE(index.Find(7, [&last](uint32_t number) {
    last = number;
    return number == 600;
  }));
  EXPECT_EQ(last, 600u);
  EXPECT_FALSE(index.Find(6, [](uint32_t) { return true; }));
  EXPECT_FALSE(index.Find(8, [](uint32_t) { return true; }));
}

TEST(CowIndexTest, ShrinksWithWhatIsInIt) {
  CowIndex index;
  for (uint32_t i = 0; i < 100'000; ++i) index.Add(i * 2654435761u, i);
  const size_t full = index.MemoryBytes();
  EXPECT_LT(full, 100'000 * 14u);
  for (uint32_t i = 0; i < 99'000; ++i) index.Remove(i * 2654435761u, i);
  EXPECT_LT(index.MemoryBytes(), full / 20);
}

}  // namespace
}  // namespace kubemonitor
