#ifndef KUBEMONITOR_COMMON_COLUMN_CODEC_H_
#define KUBEMONITOR_COMMON_COLUMN_CODEC_H_

// One column of a series block: 1 to kMaxColumnValues unsigned integers as a run of bits. Exact for
// all of them. How a column is written and why: docs/series-block.md.

#include <cstddef>
#include <cstdint>
#include <span>

#include "common/bit_stream.h"

namespace kubemonitor {

inline constexpr size_t kMaxColumnValues = 300;

// Appends the shortest form of `values`.
void EncodeColumn(std::span<const uint64_t> values, BitWriter* out);

// What a column's kind says: what is written of it, and which of that. The numbers are the
// format's.
enum class ColumnKind : uint8_t {
  kZero = 0,      // all are 0
  kConstant = 1,  // all are the base
  kDeltas = 2,    // the first is the base; the differences from one to the next
  kSparseDeltas = 3,
  kDeltaBitmap = 4,
  kValues = 5,  // the differences to the base
  kSparseValues = 6,
  kValueBitmap = 7,
};

// How a difference becomes the few bits that are written.
enum class NumberForm : uint8_t {
  kNatural = 0,  // as it is; where zeros are left out, one less
  kZigZag = 1,   // signed, small either way; where zeros are left out, one less
  kOffset = 2,   // less the smallest
  kRadix = 3,    // less the smallest; the high part is a digit of a number with radix 16 to 31
};

// A column's small header, taken apart: all that is needed to step over the column.
struct ColumnLayout {
  ColumnKind kind = ColumnKind::kZero;
  NumberForm form = NumberForm::kNatural;
  unsigned shift = 0;  // low bits that all differences lack
  unsigned width = 0;  // of a packed number; in radix form, of its low part
  unsigned radix = 0;  // 0: not in radix form
  size_t count = 0;    // packed numbers
  uint64_t base = 0;
  uint64_t offset = 0;   // added to each packed number
  uint64_t places = 0;   // where the positions or the bitmap are
  uint64_t numbers = 0;  // where the packed numbers are
};

// Stands behind the column of `count` values afterwards.
ColumnLayout ReadColumn(BitReader* in, size_t count);
// Believes nothing. Afterwards ReadColumn and DecodeColumn need no more checks; or the reader has
// failed.
ColumnLayout ReadColumn(CheckedBitReader* in, size_t count);

// Of a layout that ReadColumn gave for `count` values and the same data.
void DecodeColumn(const uint8_t* data, const ColumnLayout& layout, size_t count, uint64_t* values);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COMMON_COLUMN_CODEC_H_
