#include <unordered_map>

#include "common/boot_id_form.h"
#include "common/column_codec.h"
#include "common/series_block.h"
#include "common/series_block_format.h"

namespace kubemonitor {
namespace {

// Whether `present` (`count` ticks) is a run of ticks, and where it begins.
bool IsRun(const TickMask& present, size_t count, size_t* first) {
  *first = 0;
  while (!present.Has(*first)) ++*first;
  for (size_t tick = *first; tick < *first + count; ++tick) {
    if (!present.Has(tick)) return false;
  }
  return true;
}

void PutPresence(const TickMask& present, size_t tick_count, BitWriter* out) {
  const size_t count = present.count();
  if (count == tick_count) return out->Put(0, 1);
  out->Put(1, 1);
  const unsigned bits = block_format::IndexBits(tick_count);
  size_t first = 0;
  if (2 * bits <= tick_count && IsRun(present, count, &first)) {
    out->Put(0, 1);
    out->Put(first, bits);
    return out->Put(count - 1, bits);
  }
  out->Put(1, 1);
  for (size_t word = 0; word * 64 < tick_count; ++word) {
    const size_t left = std::min<size_t>(tick_count - word * 64, 64);
    out->Put(present.word(word), static_cast<unsigned>(left));
  }
}

void PutBootId(const std::string& id, BitWriter* out) {
  const std::optional<std::string> uuid = UuidBytes(id);
  out->Put(uuid ? 1 : 0, 1);
  if (!uuid) out->PutNumber(id.size());
  for (const char byte : uuid ? *uuid : id) out->Put(static_cast<uint8_t>(byte), 8);
}

}  // namespace

BlockEncoder::BlockEncoder(int64_t start_ms, std::span<const std::string> boot_ids,
                           std::span<const BlockTick> ticks)
    : tick_count_(ticks.size()), boot_count_(boot_ids.size()), start_ms_(start_ms) {
  for (const std::string& id : boot_ids) PutBootId(id, &axis_);
  std::array<uint64_t, kMaxBlockTicks> values;
  const auto put = [&](auto value_of) {
    for (size_t i = 0; i < ticks.size(); ++i) values[i] = value_of(ticks[i]);
    EncodeColumn(std::span(values).first(ticks.size()), &axis_);
  };
  const auto offset_ms = [&](const BlockTick& tick) {
    return static_cast<uint64_t>(tick.tick_ms - start_ms);
  };
  put(offset_ms);
  put([&](const BlockTick& tick) { return tick.boot_usec - offset_ms(tick) * 1000; });
  put([](const BlockTick& tick) { return uint64_t{tick.boot}; });
  put([](const BlockTick& tick) { return uint64_t{tick.simple}; });
}

BlockEncoder::BlockEncoder(const BlockReader& block)
    : tick_count_(block.block_.tick_count),
      boot_count_(block.block_.boot_count),
      start_ms_(block.block_.start_ms) {
  const BlockLayout& layout = block.block_;
  BitReader axis(layout.data, layout.axis);
  for (size_t i = 0; i < block_format::kAxisColumns; ++i) ReadColumn(&axis, tick_count_);
  axis_.Copy(layout.data, layout.boots, axis.position());
}

void BlockEncoder::CopyObject(const BlockReader::Object& object, uint32_t number) {
  EndObject();
  BlockColumnWalk walk(object.block_, object.position_);
  for (uint64_t left = object.mask_; left != 0; left &= left - 1)
    sample_count_ += walk.Skip().count();
  objects_.Copy(object.block_.data, object.position_, object.next_position_);
  entries_.push_back({number, object.mask_, object.next_position_ - object.position_});
}

void BlockEncoder::BeginObject(uint32_t object) {
  EndObject();
  entry_.number = object;
}

void BlockEncoder::AddColumn(Series series, const TickMask& present,
                             std::span<const uint64_t> values) {
  Column column;
  for (size_t word = 0; word * 64 < tick_count_; ++word) {
    const auto ticks = static_cast<unsigned>(std::min<size_t>(tick_count_ - word * 64, 64));
    column.present.set_word(word, present.word(word) & LowBits(ticks));
  }
  column.count = column.present.count();
  if (column.count == 0) return;
  entry_.mask |= SeriesValues::Bit(series);
  columns_.push_back(column);
  if (column.count == tick_count_) {
    values_.insert(values_.end(), values.begin(),
                   values.begin() + static_cast<ptrdiff_t>(tick_count_));
    return;
  }
  for (size_t tick = 0; tick < tick_count_; ++tick) {
    if (column.present.Has(tick)) values_.push_back(values[tick]);
  }
}

// The presence that most columns share, so that few write one of their own.
const TickMask& BlockEncoder::CommonPresence() const {
  const TickMask* best = &columns_.front().present;
  size_t most = 0;
  for (const Column& candidate : columns_) {
    const auto same = [&](const Column& column) { return column.present == candidate.present; };
    const auto count = static_cast<size_t>(std::count_if(columns_.begin(), columns_.end(), same));
    if (count <= most) continue;
    best = &candidate.present;
    most = count;
    if (2 * most >= columns_.size()) break;
  }
  return *best;
}

void BlockEncoder::EndObject() {
  if (!columns_.empty()) {
    const uint64_t begin = objects_.bit_count();
    const TickMask& common = CommonPresence();
    const bool mixed = std::any_of(columns_.begin(), columns_.end(),
                                   [&](const Column& column) { return column.present != common; });
    objects_.Put(mixed ? 1 : 0, 1);
    PutPresence(common, tick_count_, &objects_);
    size_t first = 0;
    for (const Column& column : columns_) {
      const bool own = column.present != common;
      if (mixed) objects_.Put(own ? 1 : 0, 1);
      if (own) PutPresence(column.present, tick_count_, &objects_);
      EncodeColumn(std::span(values_).subspan(first, column.count), &objects_);
      first += column.count;
    }
    sample_count_ += values_.size();
    entry_.length = objects_.bit_count() - begin;
    entries_.push_back(entry_);
  }
  entry_ = Entry();
  columns_.clear();
  values_.clear();
}

// The masks with the lengths their objects have, and the directory that makes use of them.
void BlockEncoder::PutDirectory(BitWriter* out) const {
  struct Mask {
    uint64_t mask = 0;
    uint64_t shortest = 0;
    uint64_t longest = 0;
    unsigned width() const { return WidthOf(longest - shortest); }
  };
  std::vector<Mask> masks;
  std::unordered_map<uint64_t, size_t> index;
  for (const Entry& entry : entries_) {
    const auto [found, added] = index.emplace(entry.mask, masks.size());
    if (added) masks.push_back({entry.mask, entry.length, entry.length});
    Mask& mask = masks[found->second];
    mask.shortest = std::min(mask.shortest, entry.length);
    mask.longest = std::max(mask.longest, entry.length);
  }
  BitWriter directory;
  const unsigned index_bits = block_format::IndexBits(masks.size());
  uint64_t next_number = 0;
  for (const Entry& entry : entries_) {
    const size_t at = index[entry.mask];
    directory.PutSmall(entry.number - next_number + 1);
    directory.Put(at, index_bits);
    directory.Put(entry.length - masks[at].shortest, masks[at].width());
    next_number = uint64_t{entry.number} + 1;
  }
  uint64_t any_mask = 0;
  uint64_t any_shortest = 0;
  for (const Mask& mask : masks) {
    any_mask |= mask.mask;
    any_shortest |= mask.shortest;
  }
  out->PutNumber(masks.size());
  out->PutWidth(WidthOf(any_mask));
  out->PutWidth(WidthOf(any_shortest));
  out->PutNumber(directory.bit_count());
  for (const Mask& mask : masks) {
    out->Put(mask.mask, WidthOf(any_mask));
    out->Put(mask.shortest, WidthOf(any_shortest));
    out->PutWidth(mask.width());
  }
  out->Append(directory);
}

std::vector<uint8_t> BlockEncoder::Finish() {
  EndObject();
  BitWriter out;
  out.Put(kBlockVersion, block_format::kVersionBits);
  out.PutNumber(static_cast<uint64_t>(start_ms_ / kBlockSpanMs));
  out.Put(tick_count_ - 1, block_format::kTickCountBits);
  out.PutNumber(entries_.size());
  out.PutNumber(sample_count_);
  out.PutNumber(boot_count_);
  out.Append(axis_);
  PutDirectory(&out);
  out.Append(objects_);
  return out.ToBytes();
}

}  // namespace kubemonitor
