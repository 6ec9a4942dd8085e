#ifndef KUBEMONITOR_COMMON_SERIES_BLOCK_FORMAT_H_
#define KUBEMONITOR_COMMON_SERIES_BLOCK_FORMAT_H_

// How the parts of a block are read, the same way from bytes that are known to be whole (BitReader)
// and from any bytes (CheckedBitReader, which fails on what is wrong). For the block's own code.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "common/bit_stream.h"
#include "common/column_codec.h"
#include "common/series_block.h"

namespace kubemonitor::block_format {

static_assert(kMaxColumnValues == kMaxBlockTicks);

inline constexpr unsigned kVersionBits = 8;
inline constexpr unsigned kTickCountBits = 9;
inline constexpr size_t kAxisColumns = 4;  // tick, boot clock, boot, simple form
inline constexpr uint64_t kMaxStart = (uint64_t{1} << 62) / kBlockSpanMs;

constexpr unsigned IndexBits(size_t count) {
  return count == 0 ? 0 : static_cast<unsigned>(std::bit_width(count - 1));
}

// Which ticks something has: how many, and `out` (all zero before).
template <typename Reader>
size_t ReadPresence(Reader* in, size_t tick_count, TickMask* out) {
  if (in->Get(1) == 0) {
    out->SetFirst(tick_count);
    return tick_count;
  }
  size_t count = 0;
  if (in->Get(1) == 0) {  // a run
    const size_t first = in->Get(IndexBits(tick_count));
    count = in->Get(IndexBits(tick_count)) + 1;
    if (first + count > tick_count) {
      in->Fail();
      return 0;
    }
    for (size_t tick = first; tick < first + count; ++tick) out->Set(tick);
    return count;
  }
  for (size_t word = 0; word * 64 < tick_count; ++word) {
    out->set_word(word,
                  in->Get(static_cast<unsigned>(std::min<size_t>(tick_count - word * 64, 64))));
  }
  count = out->count();
  if (count == 0) in->Fail();
  return count;
}

// The presence of a column where columns may differ from their object's, `common`.
template <typename Reader>
size_t ReadOwnPresence(Reader* in, size_t tick_count, const TickMask& common, size_t common_count,
                       TickMask* out) {
  if (in->Get(1) == 0) {
    *out = common;
    return common_count;
  }
  *out = TickMask();
  return ReadPresence(in, tick_count, out);
}

struct DirectoryEntry {
  uint64_t number = 0;
  uint64_t mask = 0;
  uint64_t length = 0;  // bits
};

// `next_number`: the lowest that it can have.
template <typename Reader>
DirectoryEntry ReadEntry(Reader* in, const BlockLayout& block, uint64_t next_number) {
  DirectoryEntry entry;
  entry.number = next_number + GetSmall(in) - 1;
  const uint64_t index = in->Get(IndexBits(block.mask_count));
  if (in->failed() || index >= block.mask_count) {
    in->Fail();
    return entry;
  }
  const unsigned width = block.mask_width + block.minimum_width + kWidthBits;
  BitReader table(block.data, block.masks + index * width);
  entry.mask = table.Get(block.mask_width);
  const uint64_t minimum = table.Get(block.minimum_width);
  entry.length = minimum + in->Get(GetWidth(&table));
  if (entry.length < minimum) in->Fail();
  return entry;
}

template <typename Reader>
void PassBootIds(Reader* in, size_t count) {
  for (size_t i = 0; i < count && !in->failed(); ++i) {
    uint64_t bytes = 16;
    if (in->Get(1) == 0) bytes = GetNumber(in);
    if (bytes > kMaxBlockBootIdBytes) in->Fail();
    if (!in->failed()) in->Skip(bytes * 8);
  }
}

template <typename Reader>
void ReadMaskTable(Reader* in, BlockLayout* out) {
  out->mask_count = GetNumber(in);
  if (out->mask_count > out->object_count) return in->Fail();
  out->mask_width = GetWidth(in);
  out->minimum_width = GetWidth(in);
  const uint64_t directory_bits = GetNumber(in);
  out->masks = in->position();
  in->Skip(out->mask_count * (out->mask_width + out->minimum_width + kWidthBits));
  out->directory = in->position();
  in->Skip(directory_bits);
  out->objects = in->position();
}

// All up to the objects; `in` stands behind the version. What was wrong, if the reader failed.
template <typename Reader>
const char* ReadLayout(Reader* in, BlockLayout* out) {
  out->data = in->data();
  const uint64_t start = GetNumber(in);
  out->tick_count = in->Get(kTickCountBits) + 1;
  out->object_count = GetNumber(in);
  out->sample_count = GetNumber(in);
  out->boot_count = GetNumber(in);
  if (start > kMaxStart || out->tick_count > kMaxBlockTicks ||
      out->object_count > kMaxBlockObjects || out->boot_count == 0 ||
      out->boot_count > kMaxBlockBoots) {
    in->Fail();
  }
  if (in->failed()) return "the header";
  out->start_ms = static_cast<int64_t>(start) * kBlockSpanMs;
  out->boots = in->position();
  PassBootIds(in, out->boot_count);
  if (in->failed()) return "the boot ids";
  out->axis = in->position();
  for (size_t i = 0; i < kAxisColumns; ++i) ReadColumn(in, out->tick_count);
  if (in->failed()) return "the axis";
  ReadMaskTable(in, out);
  return in->failed() ? "the table of masks" : nullptr;
}

}  // namespace kubemonitor::block_format

#endif  // KUBEMONITOR_COMMON_SERIES_BLOCK_FORMAT_H_
