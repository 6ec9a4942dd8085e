#include "common/open_block.h"

#include <algorithm>
#include <array>
#include <bit>

#include "common/bit_stream.h"

namespace kubemonitor {
namespace {

// A frame is one tick: for every slot so far a row.
//   row      0x00 absent
//            0x01 the series of the row before, 0x02 other series: a varint mask follows
//   then     a bit for each series of the row, lowest first, in whole bytes: its value changed
//            for each that changed the zigzag varint of the difference
constexpr uint8_t kAbsent = 0;
constexpr uint8_t kSameSeries = 1;
constexpr uint8_t kOtherSeries = 2;

constexpr size_t kMaxVarintBytes = 10;
constexpr size_t kMaxRowBytes =
    1 + kMaxVarintBytes + (kSeriesEnd + 7) / 8 + kSeriesEnd * kMaxVarintBytes;

// An eighth at a time: there are as many open blocks as nodes, and most are as large as they get
// when the next one begins.
template <typename T>
void MakeRoomFor(size_t more, std::vector<T>* vector) {
  const size_t size = vector->size();
  if (vector->capacity() < size + more) vector->reserve(size + more + size / 8);
}

void PutVarint(uint64_t value, std::vector<uint8_t>* out) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<uint8_t>(value | 0x80));
  out->push_back(static_cast<uint8_t>(value));
}

Series TakeLowest(uint64_t* mask) {
  const auto number = static_cast<uint8_t>(std::countr_zero(*mask));
  *mask &= *mask - 1;
  return static_cast<Series>(number);
}

// How many of the set bits of `mask` lie below `series`.
size_t Rank(uint64_t mask, Series series) {
  return CountBits(mask & (SeriesValues::Bit(series) - 1));
}

}  // namespace

// Walks the frames' bytes. They are this process' own.
class OpenBlock::FrameReader {
 public:
  explicit FrameReader(const uint8_t* frame) : at_(frame) {}

  bool AtOtherSeries() const { return *at_ == kOtherSeries; }
  // False: the slot is absent at this tick. `mask` is that of the slot's row before.
  bool NextRow(uint64_t* mask) {
    const uint8_t head = *at_++;
    if (head == kAbsent) return false;
    if (head == kOtherSeries) *mask = Varint();
    return true;
  }
  // Calls visit(Series, difference) for each series of the row that is wanted; the difference may
  // be 0.
  template <typename Visit>
  void Values(uint64_t mask, uint64_t wanted, Visit visit) {
    uint64_t changed = TakeChanged(mask);
    for (; (mask & wanted) != 0; changed >>= 1) {
      const Series series = TakeLowest(&mask);
      const uint64_t difference = (changed & 1) != 0 ? UnZigZag(Varint()) : 0;
      if ((wanted & SeriesValues::Bit(series)) != 0) visit(series, difference);
    }
    Pass(CountBits(changed));
  }

  void Skip(uint64_t mask) { Pass(CountBits(TakeChanged(mask))); }

 private:
  // Which series of the row changed, the first as the lowest bit.
  uint64_t TakeChanged(uint64_t mask) {
    uint64_t changed = 0;
    const unsigned bytes = (CountBits(mask) + 7) / 8;
    for (unsigned i = 0; i < bytes; ++i) changed |= static_cast<uint64_t>(*at_++) << (8 * i);
    return changed;
  }
  void Pass(unsigned varints) {
    while (varints > 0) varints -= *at_++ < 0x80 ? 1 : 0;
  }
  uint64_t Varint() {
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const uint8_t byte = *at_++;
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  const uint8_t* at_;
};

size_t OpenBlock::MemoryBytes() const {
  return sizeof(*this) + ticks_.capacity() * sizeof(BlockTick) +
         slots_at_tick_.capacity() * sizeof(uint32_t) +
         frame_starts_.capacity() * sizeof(uint32_t) + slots_.capacity() * sizeof(Slot) +
         by_object_.capacity() * sizeof(uint32_t) + last_.capacity() * sizeof(uint64_t) +
         frames_.capacity();
}

void OpenBlock::Append(const BlockTick& tick, std::vector<ObjectRow>* rows) {
  const auto by_object = [](const ObjectRow& a, const ObjectRow& b) { return a.object < b.object; };
  if (!std::is_sorted(rows->begin(), rows->end(), by_object)) {
    std::sort(rows->begin(), rows->end(), by_object);
  }
  const std::vector<const SeriesValues*> by_slot = AssignRows(*rows);
  frame_starts_.push_back(static_cast<uint32_t>(frames_.size()));
  for (size_t slot = 0; slot < slots_.size(); ++slot) AppendRow(&slots_[slot], by_slot[slot]);
  ticks_.push_back(tick);
  slots_at_tick_.push_back(static_cast<uint32_t>(slots_.size()));
}

std::vector<const SeriesValues*> OpenBlock::AssignRows(std::span<const ObjectRow> rows) {
  std::vector<const SeriesValues*> by_slot(slots_.size());
  by_slot.reserve(slots_.size() + rows.size());
  const size_t known = by_object_.size();
  size_t next = 0;
  for (const ObjectRow& row : rows) {
    if (row.values->empty()) continue;
    while (next < known && slots_[by_object_[next]].object < row.object) ++next;
    if (next < known && slots_[by_object_[next]].object == row.object) {
      by_slot[by_object_[next]] = row.values;
      continue;
    }
    MakeRoomFor(1, &by_object_);
    by_object_.push_back(static_cast<uint32_t>(slots_.size()));
    MakeRoomFor(1, &slots_);
    slots_.push_back({row.object, 0, 0, 0});
    by_slot.push_back(row.values);
  }
  const auto middle = by_object_.begin() + static_cast<std::ptrdiff_t>(known);
  std::inplace_merge(by_object_.begin(), middle, by_object_.end(), [this](uint32_t a, uint32_t b) {
    return slots_[a].object < slots_[b].object;
  });
  return by_slot;
}

// The values move to the end of last_; what they took before is lost until the block is sealed.
void OpenBlock::MakeRoom(Slot* slot, uint64_t seen) {
  const auto first = static_cast<uint32_t>(last_.size());
  MakeRoomFor(static_cast<size_t>(std::popcount(seen)), &last_);
  for (uint64_t left = seen; left != 0;) {
    const Series series = TakeLowest(&left);
    const bool had = (slot->seen & SeriesValues::Bit(series)) != 0;
    last_.push_back(had ? last_[slot->first_value + Rank(slot->seen, series)] : 0);
  }
  slot->first_value = first;
  slot->seen = seen;
}

void OpenBlock::AppendRow(Slot* slot, const SeriesValues* values) {
  MakeRoomFor(kMaxRowBytes, &frames_);
  if (values == nullptr) {
    frames_.push_back(kAbsent);
    return;
  }
  const uint64_t mask = values->present_mask();
  if ((mask & ~slot->seen) != 0) MakeRoom(slot, slot->seen | mask);
  frames_.push_back(mask == slot->mask ? kSameSeries : kOtherSeries);
  if (mask != slot->mask) PutVarint(mask, &frames_);
  slot->mask = mask;
  const auto count = static_cast<size_t>(std::popcount(mask));
  samples_ += count;
  const size_t changed = frames_.size();
  frames_.resize(changed + (count + 7) / 8);
  uint64_t left = mask;
  for (size_t i = 0; i < count; ++i) {
    const Series series = TakeLowest(&left);
    uint64_t& last = last_[slot->first_value + Rank(slot->seen, series)];
    const uint64_t value = *values->Get(series);
    if (value == last) continue;
    frames_[changed + i / 8] |= static_cast<uint8_t>(1U << (i % 8));
    PutVarint(ZigZag(static_cast<int64_t>(value - last)), &frames_);
    last = value;
  }
}

std::vector<size_t> OpenBlock::MakeColumns(uint64_t mask, BlockColumns* columns) const {
  columns->objects_.clear();
  columns->columns_.clear();
  size_t values = 0;
  std::vector<size_t> first_column(slots_.size());
  for (const uint32_t index : by_object_) {
    const Slot& slot = slots_[index];
    const uint64_t series = slot.seen & mask;
    first_column[index] = columns->columns_.size();
    if (series == 0) continue;
    columns->objects_.push_back({slot.object, series, columns->columns_.size(), CountBits(series)});
    for (uint64_t left = series; left != 0; values += ticks_.size()) {
      columns->columns_.push_back({TakeLowest(&left), TickMask(), values});
    }
  }
  columns->values_.resize(values);
  return first_column;
}

template <typename Visit>
void OpenBlock::VisitRow(size_t index, uint64_t row_mask, uint64_t mask, size_t first_column,
                         FrameReader* reader, Visit visit) const {
  const uint64_t wanted = slots_[index].seen & mask;
  if (wanted == 0) return reader->Skip(row_mask);
  const bool all = (row_mask & mask) == wanted;
  size_t next = first_column;
  reader->Values(row_mask, mask, [&](Series series, uint64_t difference) {
    visit(all ? next++ : first_column + Rank(wanted, series), difference);
  });
}

void OpenBlock::Decode(BlockColumns* columns, uint64_t mask, size_t first) const {
  const std::vector<size_t> first_column = MakeColumns(mask, columns);
  // Going back costs what it passes, as going forward does.
  if (first > ticks_.size() / 2 && DecodeBack(first_column, mask, first, columns)) return;
  for (BlockColumns::Column& column : columns->columns_) column.present = TickMask();
  std::vector<uint64_t> last(columns->columns_.size());
  std::vector<uint64_t> masks(slots_.size());
  FrameReader reader(frames_.data());
  for (size_t tick = 0; tick < ticks_.size(); ++tick) {
    for (size_t index = 0; index < slots_at_tick_[tick]; ++index) {
      if (!reader.NextRow(&masks[index])) continue;
      VisitRow(index, masks[index], mask, first_column[index], &reader,
               [&](size_t at, uint64_t difference) {
                 last[at] += difference;
                 columns->Set(at, tick, last[at]);
               });
    }
  }
}

// The newest values are known, and a frame tells what they were before. False: a row has other
// series than the one before it, of which the frames tell forward only.
bool OpenBlock::DecodeBack(std::span<const size_t> first_column, uint64_t mask, size_t first,
                           BlockColumns* columns) const {
  std::vector<uint64_t> last(columns->columns_.size());
  for (size_t index = 0; index < slots_.size(); ++index) {
    size_t at = first_column[index];
    for (uint64_t left = slots_[index].seen & mask; left != 0;) {
      const Series series = TakeLowest(&left);
      last[at++] = last_[slots_[index].first_value + Rank(slots_[index].seen, series)];
    }
  }
  for (size_t tick = ticks_.size(); tick-- > first;) {
    FrameReader reader(frames_.data() + frame_starts_[tick]);
    const size_t held_before = tick > first ? slots_at_tick_[tick - 1] : 0;
    for (size_t index = 0; index < slots_at_tick_[tick]; ++index) {
      if (reader.AtOtherSeries() && index < held_before) return false;
      uint64_t row_mask = slots_[index].mask;
      if (!reader.NextRow(&row_mask)) continue;
      VisitRow(index, row_mask, mask, first_column[index], &reader,
               [&](size_t at, uint64_t difference) {
                 columns->Set(at, tick, last[at]);
                 last[at] -= difference;
               });
    }
  }
  return true;
}

void OpenBlock::DecodeObject(uint32_t object, BlockColumns* columns) const {
  columns->objects_.clear();
  columns->columns_.clear();
  const auto found = std::lower_bound(
      by_object_.begin(), by_object_.end(), object,
      [this](uint32_t slot, uint32_t number) { return slots_[slot].object < number; });
  if (found == by_object_.end() || slots_[*found].object != object) return;
  const size_t wanted = *found;
  const uint64_t seen = slots_[wanted].seen;
  columns->objects_.push_back({object, seen, 0, CountBits(seen)});
  for (uint64_t left = seen; left != 0;) {
    const size_t first_value = columns->columns_.size() * ticks_.size();
    columns->columns_.push_back({TakeLowest(&left), TickMask(), first_value});
  }
  columns->values_.resize(columns->columns_.size() * ticks_.size());
  std::array<uint64_t, kSeriesEnd> last{};
  std::vector<uint64_t> masks(wanted + 1);
  for (size_t tick = 0; tick < ticks_.size(); ++tick) {
    FrameReader reader(frames_.data() + frame_starts_[tick]);
    const size_t slots = slots_at_tick_[tick];
    for (size_t index = 0; index < std::min(wanted, slots); ++index) {
      if (reader.NextRow(&masks[index])) reader.Skip(masks[index]);
    }
    if (wanted >= slots || !reader.NextRow(&masks[wanted])) continue;
    reader.Values(masks[wanted], seen, [&](Series series, uint64_t difference) {
      uint64_t& value = last[SeriesValues::Index(series)];
      value += difference;
      BlockColumns::Column& column = columns->columns_[Rank(seen, series)];
      column.present.Set(tick);
      columns->values_[column.first_value + tick] = value;
    });
  }
}

std::vector<uint8_t> OpenBlock::Seal(std::span<const uint32_t> boots,
                                     std::span<const std::string> boot_ids) const {
  std::vector<BlockTick> ticks = ticks_;
  for (BlockTick& tick : ticks) {
    tick.boot =
        static_cast<uint32_t>(std::find(boots.begin(), boots.end(), tick.boot) - boots.begin());
  }
  BlockEncoder encoder(start_ms_, boot_ids, ticks);
  BlockColumns columns;
  Decode(&columns);
  for (const BlockColumns::Object& object : columns.objects()) {
    encoder.BeginObject(object.number);
    for (const BlockColumns::Column& column : columns.columns(object)) {
      encoder.AddColumn(column.series, column.present,
                        std::span(columns.values(column), ticks_.size()));
    }
  }
  return encoder.Finish();
}

}  // namespace kubemonitor
