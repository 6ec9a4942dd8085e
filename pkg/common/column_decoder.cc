#include <array>

#include "common/column_codec.h"
#include "common/column_format.h"

namespace kubemonitor {
namespace {

using column_format::DifferenceCount;
using column_format::IsDeltas;
using column_format::IsDense;
using column_format::IsSparse;
using column_format::kFormBits;
using column_format::kKindBits;
using column_format::kMaxRadixLowBits;
using column_format::kMinRadix;
using column_format::kPageShift;
using column_format::kRadixBits;
using column_format::kShiftBits;
using column_format::PositionBits;
using column_format::PositionCountBits;
using column_format::RadixBits;
using column_format::RadixDigits;
using column_format::RadixGroupBits;
using column_format::Uint128;

template <typename Reader>
void ReadShift(Reader* in, ColumnLayout* out, unsigned* base_shift) {
  if (in->Get(1) == 0) return;
  if (in->Get(1) == 0) {
    out->shift = *base_shift = kPageShift;
    return;
  }
  out->shift = static_cast<unsigned>(in->Get(kShiftBits));
  if (in->Get(1) != 0) *base_shift = out->shift;
}

template <typename Reader>
size_t PassBitmap(Reader* in, size_t places) {
  size_t count = 0;
  for (; places > 64; places -= 64) count += static_cast<size_t>(std::popcount(in->Get(64)));
  return count + static_cast<size_t>(std::popcount(in->Get(static_cast<unsigned>(places))));
}

template <typename Reader>
void ReadForm(Reader* in, ColumnLayout* out) {
  out->form = static_cast<NumberForm>(in->Get(kFormBits));
  const bool left_out_zeros = !IsDense(out->kind);
  if (out->form >= NumberForm::kOffset) {
    out->offset = UnZigZag(GetNumber(in));
  } else {
    out->offset = left_out_zeros ? 1 : 0;
  }
  out->width = GetWidth(in);
  if (out->form == NumberForm::kRadix) {
    out->radix = kMinRadix + static_cast<unsigned>(in->Get(kRadixBits));
  }
}

template <typename Reader>
ColumnLayout ReadLayout(Reader* in, size_t count) {
  ColumnLayout out;
  out.kind = static_cast<ColumnKind>(in->Get(kKindBits));
  if (out.kind == ColumnKind::kZero) return out;
  unsigned base_shift = 0;
  ReadShift(in, &out, &base_shift);
  out.base = GetNumber(in) << base_shift;
  if (out.kind == ColumnKind::kConstant) return out;

  const size_t places = DifferenceCount(out.kind, count);
  out.count = places;
  out.places = in->position();
  if (IsSparse(out.kind)) {
    out.count = in->Get(PositionCountBits(places)) + 1;
    out.places = in->position();
    in->Skip(out.count * PositionBits(places));
  } else if (!IsDense(out.kind)) {
    out.count = PassBitmap(in, places);
  }
  ReadForm(in, &out);
  out.numbers = in->position();
  in->Skip(out.count * out.width);
  if (out.radix != 0) in->Skip(RadixBits(out.radix, out.count));
  return out;
}

bool PositionsAscend(const uint8_t* data, const ColumnLayout& layout, size_t places) {
  const unsigned width = PositionBits(places);
  size_t next = 0;
  for (size_t i = 0; i < layout.count; ++i) {
    const size_t position = ReadBits(data, layout.places + i * width, width);
    if (position < next || position >= places) return false;
    next = position + 1;
  }
  return true;
}

// Adds the high parts, and returns where the low parts are.
uint64_t UnpackDigits(const uint8_t* data, const ColumnLayout& layout, uint64_t* numbers) {
  uint64_t position = layout.numbers;
  const size_t group = RadixDigits(layout.radix);
  for (size_t first = 0; first < layout.count; first += group) {
    const size_t end = std::min(first + group, layout.count);
    const unsigned bits = RadixGroupBits(layout.radix, end - first);
    uint64_t fraction = ReadBits(data, position, bits) << (64 - bits);
    for (size_t i = first; i < end; ++i) {
      const Uint128 product = static_cast<Uint128>(fraction) * layout.radix;
      numbers[i] = static_cast<uint64_t>(product >> 64) << layout.width;
      fraction = static_cast<uint64_t>(product);
    }
    position += bits;
  }
  return position;
}

void UnpackBits(const uint8_t* data, uint64_t position, unsigned width, size_t count,
                uint64_t* numbers) {
  if (width > kNarrowBits) {
    for (size_t i = 0; i < count; ++i) numbers[i] = ReadBits(data, position + i * width, width);
    return;
  }
  const uint64_t mask = LowBits(width);
  for (size_t i = 0; i < count; ++i, position += width) {
    numbers[i] = (LoadWord(data + position / 8) >> (position % 8)) & mask;
  }
}

// The differences that are written.
void Unpack(const uint8_t* data, const ColumnLayout& layout, uint64_t* numbers) {
  if (layout.radix != 0) {
    std::array<uint64_t, kMaxColumnValues> low;
    const uint64_t position = UnpackDigits(data, layout, numbers);
    UnpackBits(data, position, layout.width, layout.count, low.data());
    for (size_t i = 0; i < layout.count; ++i) numbers[i] |= low[i];
  } else {
    UnpackBits(data, layout.numbers, layout.width, layout.count, numbers);
  }
  if (layout.form == NumberForm::kZigZag) {
    for (size_t i = 0; i < layout.count; ++i) {
      numbers[i] = UnZigZag(numbers[i] + layout.offset) << layout.shift;
    }
  } else {
    for (size_t i = 0; i < layout.count; ++i) {
      numbers[i] = (numbers[i] + layout.offset) << layout.shift;
    }
  }
}

// The differences with zeros where none are written, one by one.
class DenseSource {
 public:
  explicit DenseSource(const uint64_t* numbers) : next_(numbers) {}
  uint64_t Next() { return *next_++; }

 private:
  const uint64_t* next_;
};

// There is a number behind the last.
class BitmapSource {
 public:
  BitmapSource(const uint8_t* data, uint64_t position, size_t places, const uint64_t* numbers)
      : data_(data), position_(position), places_(places), next_(numbers) {
    Refill();
  }
  uint64_t Next() {
    if (left_ == 0) Refill();
    const uint64_t bit = bits_ & 1;
    bits_ >>= 1;
    --left_;
    const uint64_t difference = *next_ & (~bit + 1);
    next_ += bit;
    return difference;
  }

 private:
  void Refill() {
    left_ = static_cast<unsigned>(std::min<size_t>(places_, 64));
    bits_ = ReadBits(data_, position_, left_);
    position_ += left_;
    places_ -= left_;
  }

  const uint8_t* data_;
  uint64_t position_;
  size_t places_;
  const uint64_t* next_;
  uint64_t bits_ = 0;
  unsigned left_ = 0;
};

template <typename Source>
void Spread(Source source, const ColumnLayout& layout, size_t count, uint64_t* values) {
  uint64_t value = layout.base;
  if (!IsDeltas(layout.kind)) {
    for (size_t i = 0; i < count; ++i) values[i] = value + source.Next();
    return;
  }
  values[0] = value;
  for (size_t i = 1; i < count; ++i) {
    value += source.Next();
    values[i] = value;
  }
}

void SpreadSparse(const uint8_t* data, const ColumnLayout& layout, const uint64_t* numbers,
                  size_t count, uint64_t* values) {
  const bool deltas = IsDeltas(layout.kind);
  const unsigned width = PositionBits(DifferenceCount(layout.kind, count));
  uint64_t value = layout.base;
  size_t next = 0;
  for (size_t i = 0; i < layout.count; ++i) {
    const size_t position = ReadBits(data, layout.places + i * width, width);
    if (deltas) {  // the difference behind value number `position`
      std::fill(values + next, values + position + 1, value);
      value += numbers[i];
      next = position + 1;
    } else {
      std::fill(values + next, values + position, value);
      values[position] = value + numbers[i];
      next = position + 1;
    }
  }
  std::fill(values + next, values + count, value);
}

}  // namespace

ColumnLayout ReadColumn(BitReader* in, size_t count) { return ReadLayout(in, count); }

ColumnLayout ReadColumn(CheckedBitReader* in, size_t count) {
  const ColumnLayout layout = ReadLayout(in, count);
  if (in->failed() || layout.kind <= ColumnKind::kConstant) return layout;
  const size_t places = DifferenceCount(layout.kind, count);
  if (places == 0 || (layout.radix != 0 && layout.width > kMaxRadixLowBits) ||
      (IsSparse(layout.kind) && !PositionsAscend(in->data(), layout, places))) {
    in->Fail();
  }
  return layout;
}

void DecodeColumn(const uint8_t* data, const ColumnLayout& layout, size_t count, uint64_t* values) {
  if (layout.kind <= ColumnKind::kConstant) {
    std::fill_n(values, count, layout.base);
    return;
  }
  std::array<uint64_t, kMaxColumnValues + 1> numbers;
  Unpack(data, layout, numbers.data());
  if (IsDense(layout.kind)) {
    Spread(DenseSource(numbers.data()), layout, count, values);
  } else if (IsSparse(layout.kind)) {
    SpreadSparse(data, layout, numbers.data(), count, values);
  } else {
    numbers[layout.count] = 0;  // looked at, not used
    Spread(BitmapSource(data, layout.places, DifferenceCount(layout.kind, count), numbers.data()),
           layout, count, values);
  }
}

}  // namespace kubemonitor
