#include "common/series_block.h"

#include "common/boot_id_form.h"
#include "common/column_codec.h"
#include "common/series_block_format.h"

namespace kubemonitor {

using block_format::DirectoryEntry;
using block_format::ReadEntry;

BlockColumnWalk::BlockColumnWalk(const BlockLayout& block, uint64_t position)
    : tick_count_(block.tick_count),
      in_(block.data, position),
      mixed_(in_.Get(1) != 0),
      common_count_(block_format::ReadPresence(&in_, tick_count_, &common_)) {}

const TickMask& BlockColumnWalk::NextPresence(size_t* count) {
  *count = common_count_;
  if (!mixed_) return common_;
  *count = block_format::ReadOwnPresence(&in_, tick_count_, common_, common_count_, &own_);
  return own_;
}

const TickMask& BlockColumnWalk::Skip() {
  size_t count = 0;
  const TickMask& present = NextPresence(&count);
  ReadColumn(&in_, count);
  return present;
}

const TickMask& BlockColumnWalk::Read(uint64_t* values) {
  size_t count = 0;
  const TickMask& present = NextPresence(&count);
  const ColumnLayout layout = ReadColumn(&in_, count);
  if (count == tick_count_) {
    DecodeColumn(in_.data(), layout, count, values);
    return present;
  }
  std::array<uint64_t, kMaxBlockTicks> packed;
  DecodeColumn(in_.data(), layout, count, packed.data());
  const uint64_t* next = packed.data();
  for (size_t word = 0; word < TickMask::kWords; ++word) {
    for (uint64_t left = present.word(word); left != 0; left &= left - 1) {
      values[word * 64 + static_cast<size_t>(std::countr_zero(left))] = *next++;
    }
  }
  return present;
}

BlockReader BlockReader::Trusted(std::span<const uint8_t> bytes) {
  BitReader in(bytes.data(), block_format::kVersionBits);
  BlockLayout block;
  block_format::ReadLayout(&in, &block);
  return BlockReader(block);
}

std::vector<BlockTick> BlockReader::Ticks() const {
  std::vector<BlockTick> ticks(block_.tick_count);
  std::array<uint64_t, kMaxBlockTicks> values;
  BitReader in(block_.data, block_.axis);
  const auto read = [&] {
    const ColumnLayout layout = ReadColumn(&in, block_.tick_count);
    DecodeColumn(block_.data, layout, block_.tick_count, values.data());
  };
  read();
  for (size_t i = 0; i < ticks.size(); ++i) {
    ticks[i].tick_ms = block_.start_ms + static_cast<int64_t>(values[i]);
    ticks[i].boot_usec = values[i] * 1000;
  }
  read();
  for (size_t i = 0; i < ticks.size(); ++i) ticks[i].boot_usec += values[i];
  read();
  for (size_t i = 0; i < ticks.size(); ++i) ticks[i].boot = static_cast<uint32_t>(values[i]);
  read();
  for (size_t i = 0; i < ticks.size(); ++i) ticks[i].simple = values[i] != 0;
  return ticks;
}

std::vector<std::string> BlockReader::BootIds() const {
  std::vector<std::string> ids;
  ids.reserve(block_.boot_count);
  BitReader in(block_.data, block_.boots);
  while (ids.size() < block_.boot_count) {
    const bool uuid = in.Get(1) != 0;
    std::string bytes(uuid ? kUuidBytes : GetNumber(&in), '\0');
    for (char& byte : bytes) byte = static_cast<char>(in.Get(8));
    ids.push_back(uuid ? UuidText(bytes) : bytes);
  }
  return ids;
}

bool BlockReader::Object::Next() {
  if (passed_ == block_.object_count) return false;
  BitReader in(block_.data, entry_);
  const uint64_t next_number = passed_ == 0 ? 0 : uint64_t{number_} + 1;
  const DirectoryEntry entry = ReadEntry(&in, block_, next_number);
  ++passed_;
  number_ = static_cast<uint32_t>(entry.number);
  mask_ = entry.mask;
  position_ = next_position_;
  next_position_ += entry.length;
  entry_ = in.position();
  return true;
}

bool BlockReader::Find(uint32_t number, Object* object) const {
  *object = Objects();
  while (object->Next()) {
    if (object->number() >= number) return object->number() == number;
  }
  return false;
}

}  // namespace kubemonitor
