#include "common/column_codec.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "common/series_block_testing.h"

namespace kubemonitor {
namespace {

using testing::Random;
using testing::RandomValues;

constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
constexpr uint64_t kGuard = 0x5EED'5EED'5EED'5EED;

struct Encoded {
  uint64_t bits = 0;
  ColumnLayout layout;
};

// Encodes at a bit position that is no byte's, reads with both readers and compares.
Encoded RoundTrip(const std::vector<uint64_t>& values) {
  constexpr unsigned kBefore = 3;
  BitWriter out;
  out.Put(0b101, kBefore);
  EncodeColumn(values, &out);
  const uint64_t end = out.bit_count();
  const std::vector<uint8_t> bytes = out.ToBytes();

  BitReader in(bytes.data(), kBefore);
  const ColumnLayout layout = ReadColumn(&in, values.size());
  EXPECT_EQ(in.position(), end);
  std::vector<uint64_t> decoded(values.size() + 1, kGuard);
  DecodeColumn(bytes.data(), layout, values.size(), decoded.data());
  EXPECT_EQ(decoded.back(), kGuard);
  decoded.pop_back();
  EXPECT_EQ(decoded, values);

  CheckedBitReader checked(bytes.data(), kBefore, end);
  ReadColumn(&checked, values.size());
  EXPECT_FALSE(checked.failed());
  EXPECT_EQ(checked.position(), end);
  CheckedBitReader shorter(bytes.data(), kBefore, end - 1);
  ReadColumn(&shorter, values.size());
  EXPECT_TRUE(shorter.failed());
  return {end - kBefore, layout};
}

// 30 values: `start`, and then each of `steps` in turn.
std::vector<uint64_t> Steps(uint64_t start, const std::vector<int64_t>& steps) {
  std::vector<uint64_t> values = {start};
  while (values.size() < 30) {
    values.push_back(values.back() + static_cast<uint64_t>(steps[values.size() % steps.size()]));
  }
  return values;
}

// `level` 30 times, but for what `others` says.
std::vector<uint64_t> Level(uint64_t level,
                            const std::vector<std::pair<size_t, uint64_t>>& others) {
  std::vector<uint64_t> values(30, level);
  for (const auto& [at, value] : others) values[at] = value;
  return values;
}

struct ShapeCase {
  std::string name;
  std::vector<uint64_t> values;
  ColumnKind kind;
  NumberForm form = NumberForm::kNatural;
  unsigned shift = 0;
  uint64_t bits = 0;
};

TEST(ColumnCodecTest, EachShapeTakesItsKind) {
  const ShapeCase cases[] = {
      {"zero", Level(0, {}), ColumnKind::kZero, {}, 0, 3},
      {"one zero", {0}, ColumnKind::kZero, {}, 0, 3},
      {"one value", {5}, ColumnKind::kConstant, {}, 0, 3 + 1 + 6 + 2},
      {"constant", Level(1'000'000, {}), ColumnKind::kConstant, {}, 0, 3 + 1 + 6 + 19},
      {"constant pages", Level(4096 * 300, {}), ColumnKind::kConstant, {}, 12, 3 + 2 + 6 + 8},
      {"constant, any shift", Level(uint64_t{3} << 60, {}), ColumnKind::kConstant, {}, 60, 19},
      {"largest", Level(kMax, {}), ColumnKind::kConstant, {}, 0, 3 + 1 + 6 + 64},
      {"even steps", Steps(7, {100}), ColumnKind::kDeltas, NumberForm::kOffset, 0, 0},
      {"steps in a range", Steps(1'000, {900, 1'000, 1'155, 955, 1'023}), ColumnKind::kDeltas,
       NumberForm::kOffset, 0, 0},
      {"steps in a range of 9/16", Steps(1'000, {90'000, 90'286, 90'001, 90'143}),
       ColumnKind::kDeltas, NumberForm::kRadix, 0, 0},
      {"rare steps", Level(50, {{29, 100'050}}), ColumnKind::kSparseDeltas, NumberForm::kNatural, 0,
       0},
      {"steps up and down", Steps(900'000, {0, 31, 0, -32, 17, 0, -1}), ColumnKind::kDeltaBitmap,
       NumberForm::kZigZag, 0, 0},
      {"pages up and down", Steps(4096 * 5'000, {0, 4096 * 31, 0, -4096 * 32, 4096 * 17, 0, -4096}),
       ColumnKind::kDeltaBitmap, NumberForm::kZigZag, 12, 0},
      {"sectors, now and then", Steps(3, {0, 512 * 9, 512, 0, 512 * 200, 0, 512 * 127}),
       ColumnKind::kDeltaBitmap, NumberForm::kNatural, 9, 0},
      {"noise", Steps(1'000, {900, -900, 100, -100, 450, 3, -450}), ColumnKind::kValues,
       NumberForm::kNatural, 0, 0},
      {"peaks", Level(77, {{5, 78}, {20, 79}}), ColumnKind::kSparseValues, NumberForm::kNatural, 0,
       0},
      {"dips", Level(7'777, {{5, 77}, {20, 79}}), ColumnKind::kSparseValues, NumberForm::kOffset, 0,
       0},
  };
  for (const ShapeCase& c : cases) {
    SCOPED_TRACE(c.name);
    const Encoded encoded = RoundTrip(c.values);
    EXPECT_EQ(encoded.layout.kind, c.kind);
    EXPECT_EQ(encoded.layout.form, c.form);
    EXPECT_EQ(encoded.layout.shift, c.shift);
    if (c.bits != 0) {
      EXPECT_EQ(encoded.bits, c.bits);
    }
  }
}

TEST(ColumnCodecTest, EveryKindAndFormOccurs) {
  Random random(20);
  std::array<std::array<int, 4>, 8> seen{};
  for (int i = 0; i < 20'000; ++i) {
    const size_t count = testing::Draw(&random, 1, i % 10 == 0 ? kMaxColumnValues : 40);
    const Encoded encoded = RoundTrip(RandomValues(&random, count));
    if (HasFailure()) FAIL() << "column " << i;
    ++seen[static_cast<size_t>(encoded.layout.kind)][static_cast<size_t>(encoded.layout.form)];
  }
  for (size_t kind = 0; kind < seen.size(); ++kind) {
    for (size_t form = 0; form < 4; ++form) {
      // Values are told by their difference to the lowest, so that all together need no offset.
      // Too few values to gain anything by digits may differ from the others.
      const bool possible = kind <= 1 ? form == 0 : kind == 5 ? form == 0 : kind != 6 || form < 3;
      if (possible) {
        EXPECT_GT(seen[kind][form], 0) << "kind " << kind << ", form " << form;
      }
    }
  }
}

// Differences of every width, wrapped ones included, at every count that fills a word or not.
TEST(ColumnCodecTest, EveryWidth) {
  for (unsigned width = 1; width <= 64; ++width) {
    for (const size_t count : {2, 3, 17, 30, 64, 65, 66, 129, 300}) {
      std::vector<uint64_t> values(count);
      uint64_t state = width * 977 + count;
      for (uint64_t& value : values) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        value = state >> (64 - width);
      }
      RoundTrip(values);
      for (size_t i = 1; i < count; ++i) values[i] += values[i - 1];
      RoundTrip(values);
      if (HasFailure()) FAIL() << "width " << width << ", " << count << " values";
    }
  }
}

TEST(ColumnCodecTest, EveryRadix) {
  for (uint64_t highest = 16; highest <= 33; ++highest) {
    for (unsigned low : {0u, 1u, 20u, 40u, 58u, 59u}) {
      for (const size_t count : {20, 30, 31, 300}) {
        std::vector<uint64_t> values(count);
        for (size_t i = 1; i < count; ++i) {
          const uint64_t digit = i % 5 == 0 ? highest : i * 7 % (highest + 1);
          values[i] = values[i - 1] + (digit << low) + (i * 0x9E3779B97F4A7C15u & LowBits(low));
        }
        RoundTrip(values);
        if (HasFailure()) FAIL() << "highest " << highest << ", low " << low << ", " << count;
      }
    }
  }
}

// Bytes that no encoder writes.
struct BrokenCase {
  std::string name;
  size_t count = 0;
  std::vector<std::pair<uint64_t, unsigned>> fields;  // value, width
};

TEST(ColumnCodecTest, RefusesWhatItCouldNotDecode) {
  // Kinds: 2 deltas, 3 sparse deltas, 6 sparse values. No shift, base 0; positions among 29 have
  // 5 bits, their count 3.
  const BrokenCase cases[] = {
      {"differences of one value", 1, {{2, 3}, {0, 1}, {0, 6}, {0, 2}, {1, 6}, {0, 64}}},
      {"positions do not ascend", 30, {{3, 3}, {0, 1}, {0, 6}, {1, 3}, {7, 5}, {7, 5}, {0, 64}}},
      {"a position behind the last", 30, {{3, 3}, {0, 1}, {0, 6}, {0, 3}, {29, 5}, {0, 64}}},
      {"a place behind the last", 30, {{6, 3}, {0, 1}, {0, 6}, {0, 3}, {30, 5}, {0, 64}}},
      {"digits that would be shifted out",
       2,
       {{2, 3}, {0, 1}, {0, 6}, {3, 2}, {0, 6}, {60, 6}, {1, 4}, {0, 64}, {0, 64}}},
  };
  for (const BrokenCase& c : cases) {
    BitWriter out;
    for (const auto& [value, width] : c.fields) out.Put(value, width);
    const std::vector<uint8_t> bytes = out.ToBytes();
    CheckedBitReader in(bytes.data(), 0, out.bit_count());
    ReadColumn(&in, c.count);
    EXPECT_TRUE(in.failed()) << c.name;
  }
}

}  // namespace
}  // namespace kubemonitor
