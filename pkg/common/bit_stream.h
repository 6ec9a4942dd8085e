#ifndef KUBEMONITOR_COMMON_BIT_STREAM_H_
#define KUBEMONITOR_COMMON_BIT_STREAM_H_

// The bits that series blocks are made of (docs/series-block.md): a field's least significant bit
// comes first, and so does a byte's. Positions are counted in bits from the start of the bytes.
// Reading loads whole words wherever a field begins, so the last byte with bits of the stream has
// kBitPadding more behind it.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace kubemonitor {

static_assert(std::endian::native == std::endian::little, "words are loaded as they lie in memory");

inline constexpr size_t kBitPadding = 8;  // bytes
// A word loaded at the byte where a field begins holds at least this much of it.
inline constexpr unsigned kNarrowBits = 57;

// The `width` (≤ 64) lowest bits set.
constexpr uint64_t LowBits(unsigned width) { return width == 0 ? 0 : ~uint64_t{0} >> (64 - width); }

// std::popcount is a call where the processor may lack the instruction.
constexpr unsigned CountBits(uint64_t word) {
  constexpr uint64_t kOnes = ~uint64_t{0};
  word -= word >> 1 & kOnes / 3;
  word = (word & kOnes / 5) + (word >> 2 & kOnes / 5);
  word = (word + (word >> 4)) & kOnes / 17;
  return static_cast<unsigned>(word * (kOnes / 255) >> 56);
}

inline uint64_t LoadWord(const uint8_t* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

// A width of 0 to 62 or 64 is written in 6 bits; what needs 63 bits takes 64.
constexpr unsigned WidthOf(uint64_t value) {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  return width == 63 ? 64 : width;
}
inline constexpr unsigned kWidthBits = 6;

// A number is its width and its bits but for the highest, which is known to be set.
constexpr unsigned NumberBits(uint64_t value) {
  const unsigned width = WidthOf(value);
  return kWidthBits + (width == 64 ? 64 : width == 0 ? 0 : width - 1);
}

constexpr uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
constexpr uint64_t UnZigZag(uint64_t value) { return (value >> 1) ^ (~(value & 1) + 1); }

// The `width` (≤ 64) bits at `position`.
inline uint64_t ReadBits(const uint8_t* data, uint64_t position, unsigned width) {
  const auto skipped = static_cast<unsigned>(position % 8);
  uint64_t word = LoadWord(data + position / 8) >> skipped;
  if (skipped + width > 64) {
    word |= static_cast<uint64_t>(data[position / 8 + 8]) << (64 - skipped);
  }
  return word & LowBits(width);
}

class BitWriter {
 public:
  // `value` has at most `width` (≤ 64) bits.
  void Put(uint64_t value, unsigned width) {
    last_ |= value << used_;
    if (used_ + width < 64) {
      used_ += width;
      return;
    }
    words_.push_back(last_);
    last_ = used_ == 0 ? 0 : value >> (64 - used_);
    used_ = used_ + width - 64;
  }
  // As WidthOf gives it.
  void PutWidth(unsigned width) { Put(width == 64 ? 63 : width, kWidthBits); }
  void PutNumber(uint64_t value) {
    const unsigned width = WidthOf(value);
    PutWidth(width);
    if (width == 64) {
      Put(value, 64);
    } else if (width > 0) {
      Put(value & LowBits(width - 1), width - 1);
    }
  }
  // A number ≥ 1 in few bits when it is small: as many zeros as bits follow its highest, then
  // those. At most 2^33 − 1.
  void PutSmall(uint64_t value) {
    const auto below = static_cast<unsigned>(std::bit_width(value)) - 1;
    Put(uint64_t{1} << below, below + 1);
    Put(value & LowBits(below), below);
  }
  void Append(const BitWriter& other) {
    for (const uint64_t word : other.words_) Put(word, 64);
    Put(other.last_, other.used_);
  }
  // The bits [begin, end) of a stream.
  void Copy(const uint8_t* data, uint64_t begin, uint64_t end) {
    for (; end - begin >= 64; begin += 64) Put(ReadBits(data, begin, 64), 64);
    const auto rest = static_cast<unsigned>(end - begin);
    Put(ReadBits(data, begin, rest), rest);
  }

  uint64_t bit_count() const { return words_.size() * 64 + used_; }
  // Zeros fill up the last byte and the padding.
  std::vector<uint8_t> ToBytes() const {
    const size_t whole = words_.size() * sizeof(uint64_t);
    const size_t rest = (used_ + 7) / 8;
    std::vector<uint8_t> bytes(whole + rest + kBitPadding);
    if (whole > 0) std::memcpy(bytes.data(), words_.data(), whole);
    std::memcpy(bytes.data() + whole, &last_, rest);
    return bytes;
  }

 private:
  std::vector<uint64_t> words_;
  uint64_t last_ = 0;
  unsigned used_ = 0;  // bits of last_, < 64
};

// Reads bytes that are known to be whole.
class BitReader {
 public:
  BitReader(const uint8_t* data, uint64_t position) : data_(data), position_(position) {}

  const uint8_t* data() const { return data_; }
  uint64_t position() const { return position_; }
  static constexpr bool failed() { return false; }
  void Fail() {}

  uint64_t Get(unsigned width) {
    const uint64_t value = ReadBits(data_, position_, width);
    position_ += width;
    return value;
  }
  void Skip(uint64_t bits) { position_ += bits; }
  // The next kNarrowBits, and what lies behind them.
  uint64_t Peek() const { return LoadWord(data_ + position_ / 8) >> (position_ % 8); }

 private:
  const uint8_t* data_;
  uint64_t position_;
};

// Reads bytes that may be anything. What would reach beyond `limit` (a position that kBitPadding
// bytes lie behind) fails it for good, and it gives zeros from then on.
class CheckedBitReader {
 public:
  CheckedBitReader(const uint8_t* data, uint64_t position, uint64_t limit)
      : data_(data), position_(position), limit_(limit) {}

  const uint8_t* data() const { return data_; }
  uint64_t position() const { return position_; }
  uint64_t limit() const { return limit_; }
  bool failed() const { return failed_; }
  void Fail() { failed_ = true; }

  uint64_t Get(unsigned width) {
    if (failed_ || width > limit_ - position_) {
      failed_ = true;
      return 0;
    }
    const uint64_t value = ReadBits(data_, position_, width);
    position_ += width;
    return value;
  }
  void Skip(uint64_t bits) {
    if (failed_ || bits > limit_ - position_) {
      failed_ = true;
      return;
    }
    position_ += bits;
  }
  uint64_t Peek() const { return LoadWord(data_ + position_ / 8) >> (position_ % 8); }

 private:
  const uint8_t* data_;
  uint64_t position_;
  uint64_t limit_;
  bool failed_ = false;
};

template <typename Reader>
unsigned GetWidth(Reader* in) {
  const auto width = static_cast<unsigned>(in->Get(kWidthBits));
  return width == 63 ? 64 : width;
}

template <typename Reader>
uint64_t GetNumber(Reader* in) {
  const unsigned width = GetWidth(in);
  if (width == 0) return 0;
  if (width == 64) return in->Get(64);
  return in->Get(width - 1) | uint64_t{1} << (width - 1);
}

// Of a failed reader: some number.
template <typename Reader>
uint64_t GetSmall(Reader* in) {
  const auto below = static_cast<unsigned>(std::countr_zero(in->Peek() | uint64_t{1} << 33));
  if (below > 32) in->Fail();
  in->Skip(below + 1);
  return in->Get(below) | uint64_t{1} << below;
}

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COMMON_BIT_STREAM_H_
