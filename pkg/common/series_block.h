#ifndef KUBEMONITOR_COMMON_SERIES_BLOCK_H_
#define KUBEMONITOR_COMMON_SERIES_BLOCK_H_

// The compact form of one node's series over five minutes: a block. Both programs keep their hour
// in blocks, and a block that a collector sealed is the block the server keeps: boundaries are
// fixed multiples of the wall clock. Exact: every value comes back as it went in. The bytes are
// described in docs/series-block.md.
//
// Values are unsigned integers. An object has values at some of the block's ticks; each of its
// series at some of those.

#include <absl/status/statusor.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/bit_stream.h"
#include "common/series.h"

namespace kubemonitor {

inline constexpr uint8_t kBlockVersion = 1;
// A block holds the ticks of [start, start + span), start being a multiple of the span.
inline constexpr int64_t kBlockSpanMs = 300'000;
inline constexpr size_t kMaxBlockTicks = 300;  // one a second
inline constexpr size_t kMaxBlockObjects = 65'536;
inline constexpr size_t kMaxBlockBoots = 300;
inline constexpr size_t kMaxBlockBootIdBytes = 128;

// The start of the block that a tick (≥ 0) belongs to.
constexpr int64_t BlockStartMs(int64_t tick_ms) { return tick_ms - tick_ms % kBlockSpanMs; }

// Some of the ticks of a block, by their position on its axis.
class TickMask {
 public:
  static constexpr size_t kWords = (kMaxBlockTicks + 63) / 64;

  void Set(size_t tick) { words_[tick / 64] |= uint64_t{1} << (tick % 64); }
  void SetFirst(size_t count) {
    size_t word = 0;
    for (; count >= 64; count -= 64) words_[word++] = ~uint64_t{0};
    if (count > 0) words_[word] |= LowBits(static_cast<unsigned>(count));
  }
  bool Has(size_t tick) const { return (words_[tick / 64] >> (tick % 64) & 1) != 0; }
  size_t count() const {
    size_t bits = 0;
    for (const uint64_t word : words_) bits += CountBits(word);
    return bits;
  }
  // 64 ticks at once, the first as the lowest bit.
  uint64_t word(size_t index) const { return words_[index]; }
  void set_word(size_t index, uint64_t bits) { words_[index] = bits; }
  bool operator==(const TickMask&) const = default;

 private:
  std::array<uint64_t, kWords> words_{};
};

struct BlockTick {
  int64_t tick_ms = 0;
  uint64_t boot_usec = 0;  // CLOCK_BOOTTIME at which the values were read
  uint32_t boot = 0;       // which of the block's boot ids
  bool simple = false;     // made of reports in the simple form
  bool operator==(const BlockTick&) const = default;
};

// Where the parts of a block are; for the block's own code.
struct BlockLayout {
  const uint8_t* data = nullptr;
  int64_t start_ms = 0;
  size_t tick_count = 0;
  size_t object_count = 0;
  uint64_t sample_count = 0;
  size_t boot_count = 0;
  size_t mask_count = 0;
  unsigned mask_width = 0;     // of a mask in their table
  unsigned minimum_width = 0;  // of a least length there
  // Positions, in bits.
  uint64_t boots = 0;
  uint64_t axis = 0;
  uint64_t masks = 0;
  uint64_t directory = 0;
  uint64_t objects = 0;
};

// The columns of one object, one after the other; for the block's own code.
class BlockColumnWalk {
 public:
  // `position`: where the object begins.
  BlockColumnWalk(const BlockLayout& block, uint64_t position);
  // Where the next column has values.
  const TickMask& Skip();
  // The next column: `values` has room for all ticks.
  const TickMask& Read(uint64_t* values);

 private:
  const TickMask& NextPresence(size_t* count);

  size_t tick_count_;
  BitReader in_;
  bool mixed_;  // columns may have a presence of their own
  TickMask common_;
  size_t common_count_;
  TickMask own_;
};

// Reads a block. Holds no memory of its own: `bytes` must outlive it. Thread-safe.
class BlockReader {
 public:
  // Believes nothing: every count, offset, order and column is checked before it is accepted.
  // InvalidArgument says what is wrong; Unimplemented: a version that is not known.
  static absl::StatusOr<BlockReader> Check(std::span<const uint8_t> bytes);
  // Of bytes that BlockEncoder wrote or Check accepted; reads little more than the header.
  static BlockReader Trusted(std::span<const uint8_t> bytes);

  int64_t start_ms() const { return block_.start_ms; }
  size_t tick_count() const { return block_.tick_count; }
  size_t object_count() const { return block_.object_count; }
  // Values of all columns, those of unknown series included.
  uint64_t sample_count() const { return block_.sample_count; }
  std::vector<BlockTick> Ticks() const;
  std::vector<std::string> BootIds() const;

  // One object after the other. Series this program does not know (of a newer sender) stay in the
  // bytes and are stepped over.
  class Object {
   public:
    Object() = default;
    // False: there is no other. Before the first call it stands before the first object.
    bool Next();
    uint32_t number() const { return number_; }
    // SeriesValues::Bit of those with a column
    uint64_t series_mask() const { return mask_ & LowBits(kSeriesEnd); }
    // It has columns that this program does not know.
    bool has_unknown_series() const { return mask_ != series_mask(); }

    // Calls visit(Series, const TickMask& present, const uint64_t* values) for each column that
    // `mask` asks for, ascending; `values` by the position of the tick, valid during the call,
    // undefined where `present` does not have the tick; null where `with_values` leaves the series
    // out, which saves the decoding.
    template <typename Visit>
    void Columns(uint64_t mask, Visit visit, uint64_t with_values = ~uint64_t{0}) const {
      uint64_t wanted = mask & series_mask();
      if (wanted == 0) return;
      std::array<uint64_t, kMaxBlockTicks> values;
      BlockColumnWalk walk(block_, position_);
      for (uint64_t left = mask_; wanted != 0; left &= left - 1) {
        const uint64_t bit = left & (~left + 1);
        if ((wanted & bit) == 0) {
          walk.Skip();
          continue;
        }
        wanted &= ~bit;
        const bool decoded = (with_values & bit) != 0;
        const TickMask& present = decoded ? walk.Read(values.data()) : walk.Skip();
        visit(static_cast<Series>(std::countr_zero(bit)), present,
              decoded ? static_cast<const uint64_t*>(values.data()) : nullptr);
      }
    }

   private:
    friend class BlockReader;
    friend class BlockEncoder;
    explicit Object(const BlockLayout& block)
        : block_(block), entry_(block.directory), next_position_(block.objects) {}

    BlockLayout block_;
    uint64_t entry_ = 0;          // where the next directory entry is
    uint64_t next_position_ = 0;  // where the next object is
    size_t passed_ = 0;           // objects up to this one
    // This one.
    uint32_t number_ = 0;
    uint64_t mask_ = 0;
    uint64_t position_ = 0;
  };
  Object Objects() const { return Object(block_); }
  // Stands on the object. False: not in this block.
  bool Find(uint32_t number, Object* object) const;

 private:
  friend class BlockEncoder;
  explicit BlockReader(const BlockLayout& block) : block_(block) {}

  BlockLayout block_;
};

// Writes a block, objects and series in ascending order. Not thread-safe.
class BlockEncoder {
 public:
  // `ticks` ascend, all in the block of start_ms, at least one and at most kMaxBlockTicks. Boot ids
  // are at least one, at most kMaxBlockBoots, of at most kMaxBlockBootIdBytes each.
  BlockEncoder(int64_t start_ms, std::span<const std::string> boot_ids,
               std::span<const BlockTick> ticks);
  // Of the same ticks as another block, for CopyObject.
  explicit BlockEncoder(const BlockReader& block);

  // Number 0 is the node. An object without any column is left out.
  void BeginObject(uint32_t object);
  // `values[i]` belongs to the i-th tick of the axis and is looked at where `present` has it; no
  // value at all: the column is left out. Numbers 1 to 63 can be written, whether they are known
  // or not.
  void AddColumn(Series series, const TickMask& present, std::span<const uint64_t> values);

  // An object of that block under another number: its bits are copied, none is decoded.
  void CopyObject(const BlockReader::Object& object, uint32_t number);

  // The block's bytes. The encoder is used up.
  std::vector<uint8_t> Finish();

 private:
  struct Column {  // of the object begun last
    TickMask present;
    size_t count = 0;  // how many of values_ are its
  };
  struct Entry {
    uint32_t number = 0;
    uint64_t mask = 0;
    uint64_t length = 0;
  };

  void EndObject();
  const TickMask& CommonPresence() const;
  void PutDirectory(BitWriter* out) const;

  size_t tick_count_;
  size_t boot_count_;
  int64_t start_ms_;
  BitWriter axis_;     // boot ids and ticks
  BitWriter objects_;  // those that are complete
  std::vector<Entry> entries_;
  uint64_t sample_count_ = 0;
  // The object begun last.
  Entry entry_;
  std::vector<Column> columns_;
  std::vector<uint64_t> values_;  // present ones only
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COMMON_SERIES_BLOCK_H_
