#include <fmt/format.h>

#include "common/column_codec.h"
#include "common/series_block.h"
#include "common/series_block_format.h"

namespace kubemonitor {
namespace {

using block_format::DirectoryEntry;

absl::Status Invalid(const std::string& what) {
  return absl::InvalidArgumentError("series block: " + what);
}

// The axis' columns are whole.
absl::Status CheckAxis(const BlockLayout& block) {
  std::array<uint64_t, kMaxBlockTicks> values;
  BitReader in(block.data, block.axis);
  const auto read = [&] {
    const ColumnLayout layout = ReadColumn(&in, block.tick_count);
    DecodeColumn(block.data, layout, block.tick_count, values.data());
  };
  read();
  for (size_t i = 0; i < block.tick_count; ++i) {
    if (values[i] >= static_cast<uint64_t>(kBlockSpanMs)) return Invalid("a tick outside of it");
    if (i > 0 && values[i] <= values[i - 1]) return Invalid("ticks do not ascend");
  }
  ReadColumn(&in, block.tick_count);  // the boot clock may be anything
  read();
  for (size_t i = 0; i < block.tick_count; ++i) {
    if (values[i] >= block.boot_count) return Invalid("a tick of an unknown boot");
  }
  read();
  for (size_t i = 0; i < block.tick_count; ++i) {
    if (values[i] > 1) return Invalid("a flag that is neither 0 nor 1");
  }
  return absl::OkStatus();
}

// The columns of the object at [begin, begin + length); adds their values to *samples.
absl::Status CheckObject(const BlockLayout& block, const DirectoryEntry& object, uint64_t begin,
                         uint64_t* samples) {
  CheckedBitReader in(block.data, begin, begin + object.length);
  const bool mixed = in.Get(1) != 0;
  TickMask common;
  const size_t common_count = block_format::ReadPresence(&in, block.tick_count, &common);
  for (uint64_t left = object.mask; left != 0 && !in.failed(); left &= left - 1) {
    size_t count = common_count;
    TickMask own;
    if (mixed) {
      count = block_format::ReadOwnPresence(&in, block.tick_count, common, common_count, &own);
    }
    if (!in.failed()) ReadColumn(&in, count);
    if (in.failed()) {
      return Invalid(fmt::format("object {}: the column of series {} is malformed", object.number,
                                 std::countr_zero(left)));
    }
    *samples += count;
  }
  if (in.failed()) return Invalid(fmt::format("object {}: its presence", object.number));
  if (in.position() != in.limit()) {
    return Invalid(fmt::format("object {}: {} bits more than its columns take", object.number,
                               in.limit() - in.position()));
  }
  return absl::OkStatus();
}

// Directory and objects, which end at *end.
absl::Status CheckObjects(const BlockLayout& block, uint64_t limit, uint64_t* end) {
  CheckedBitReader directory(block.data, block.directory, block.objects);
  uint64_t next_number = 0;
  uint64_t samples = 0;
  uint64_t position = block.objects;
  for (size_t i = 0; i < block.object_count; ++i) {
    const DirectoryEntry object = block_format::ReadEntry(&directory, block, next_number);
    if (directory.failed() || object.number > UINT32_MAX || object.mask == 0 ||
        (object.mask & 1) != 0) {
      return Invalid(fmt::format("entry {} of the directory", i));
    }
    if (object.length > limit - position) {
      return Invalid(fmt::format("object {} is cut short", object.number));
    }
    const absl::Status status = CheckObject(block, object, position, &samples);
    if (!status.ok()) return status;
    next_number = object.number + 1;
    position += object.length;
  }
  if (directory.position() != directory.limit()) return Invalid("a directory that is too long");
  if (samples != block.sample_count) {
    return Invalid(fmt::format("{} values instead of {}", samples, block.sample_count));
  }
  *end = position;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<BlockReader> BlockReader::Check(std::span<const uint8_t> bytes) {
  if (bytes.empty()) return Invalid("no bytes");
  if (bytes[0] != kBlockVersion) {
    return absl::UnimplementedError(fmt::format("series block: version {}", bytes[0]));
  }
  if (bytes.size() <= kBitPadding) return Invalid("cut short");
  const size_t whole = bytes.size() - kBitPadding;
  CheckedBitReader in(bytes.data(), block_format::kVersionBits, uint64_t{whole} * 8);
  BlockLayout block;
  const char* const wrong = block_format::ReadLayout(&in, &block);
  if (wrong != nullptr) return Invalid(fmt::format("{}: malformed or cut short", wrong));
  absl::Status status = CheckAxis(block);
  if (!status.ok()) return status;
  uint64_t end = 0;
  status = CheckObjects(block, in.limit(), &end);
  if (!status.ok()) return status;

  if ((end + 7) / 8 != whole) return Invalid("bytes behind its end");
  uint64_t rest = LoadWord(bytes.data() + whole);
  if (end % 8 != 0) rest |= static_cast<uint64_t>(bytes[whole - 1] >> (end % 8));
  if (rest != 0) return Invalid("bits behind its end");
  return BlockReader(block);
}

}  // namespace kubemonitor
