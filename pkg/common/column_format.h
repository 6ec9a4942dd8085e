#ifndef KUBEMONITOR_COMMON_COLUMN_FORMAT_H_
#define KUBEMONITOR_COMMON_COLUMN_FORMAT_H_

// What the column encoder and decoder agree on. For these two alone.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "common/column_codec.h"

namespace kubemonitor::column_format {

inline constexpr unsigned kKindBits = 3;
inline constexpr unsigned kFormBits = 2;
inline constexpr unsigned kShiftBits = 6;
inline constexpr unsigned kRadixBits = 4;
inline constexpr unsigned kPageShift = 12;  // the shift that is written in one bit: pages of 4 KiB

constexpr bool IsDeltas(ColumnKind kind) {
  return kind >= ColumnKind::kDeltas && kind <= ColumnKind::kDeltaBitmap;
}
constexpr bool IsDense(ColumnKind kind) {
  return kind == ColumnKind::kDeltas || kind == ColumnKind::kValues;
}
constexpr bool IsSparse(ColumnKind kind) {
  return kind == ColumnKind::kSparseDeltas || kind == ColumnKind::kSparseValues;
}
// How many differences a column of `count` values has.
constexpr size_t DifferenceCount(ColumnKind kind, size_t count) {
  return IsDeltas(kind) ? count - 1 : count;
}

// Of one position among `places`.
constexpr unsigned PositionBits(size_t places) {
  return places <= 2 ? 1 : static_cast<unsigned>(std::bit_width(places - 1));
}
// Of how many positions there are, less one. More than a bitmap would be shorter than are not
// written.
constexpr unsigned PositionCountBits(size_t places) {
  const size_t most = std::max<size_t>(1, places / PositionBits(places));
  return static_cast<unsigned>(std::bit_width(most - 1));
}

inline constexpr unsigned kMinRadix = 16;
inline constexpr unsigned kMaxRadixLowBits = 59;

// How many digits of a radix fit into 64 bits, and how many bits some digits take.
struct RadixTable {
  std::array<uint8_t, 16> digits{};
  std::array<std::array<uint8_t, 16>, 16> bits{};
};
inline constexpr RadixTable kRadixTable = [] {
  RadixTable table;
  for (unsigned i = 0; i < 16; ++i) {
    const uint64_t radix = kMinRadix + i;
    uint64_t power = 1;
    for (uint8_t digits = 1; power <= ~uint64_t{0} / radix; ++digits) {
      power *= radix;
      table.digits[i] = digits;
      table.bits[i][digits] = static_cast<uint8_t>(std::bit_width(power - 1));
    }
  }
  return table;
}();

constexpr size_t RadixDigits(unsigned radix) { return kRadixTable.digits[radix - kMinRadix]; }
constexpr unsigned RadixGroupBits(unsigned radix, size_t digits) {
  return kRadixTable.bits[radix - kMinRadix][digits];
}
// Of `count` digits.
constexpr uint64_t RadixBits(unsigned radix, size_t count) {
  const size_t group = RadixDigits(radix);
  return count / group * RadixGroupBits(radix, group) + RadixGroupBits(radix, count % group);
}

__extension__ typedef unsigned __int128 Uint128;

}  // namespace kubemonitor::column_format

#endif  // KUBEMONITOR_COMMON_COLUMN_FORMAT_H_
