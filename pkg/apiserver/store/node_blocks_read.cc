#include <algorithm>

#include "apiserver/store/node_blocks.h"

namespace kubemonitor {
// Reads a range of ticks block after block.
class NodeBlocks::Cursor {
 public:
  Cursor(const NodeBlocks& blocks, uint64_t mask, int64_t first_ms, int64_t last_ms)
      : blocks_(blocks), mask_(mask), first_ms_(first_ms), last_ms_(last_ms) {
    while (block_ < count() && LastTickMs(block_) < first_ms_) ++block_;
    first_block_ = block_;
    if (block_ < count()) LoadAxis();
  }

  // False: there is no other block in the range.
  bool HasBlock() const { return block_ < count() && begin_ <= axis_.size(); }
  void NextBlock() {
    const bool past = LastTickMs(block_) > last_ms_;
    block_ = past ? count() : block_ + 1;
    if (block_ < count()) LoadAxis();
  }

  // The rows of one object in this block, with the row before the range where it is the first.
  void ReadObject(uint32_t index, ObjectRows* rows) {
    if (LoadObject(index)) {
      AddRows(index, rows);
    } else if (block_ == first_block_) {
      AddRowBefore(index, rows);
    }
  }

  // Calls rows_of(index) for each object of the block with a series asked for: where its rows go.
  template <typename RowsOf>
  void ReadObjects(RowsOf rows_of) {
    if (is_open()) return ReadOpenObjects(rows_of);
    for (BlockReader::Object object = reader_->Objects(); object.Next();) {
      if ((object.series_mask() & mask_) == 0) continue;
      ObjectRows* rows = rows_of(object.number());
      if (block_ != first_block_ && rows->empty()) AddRowBefore(object.number(), rows);
      LoadSealed(object);
      AddRows(object.number(), rows);
    }
  }

  // The newest row before the range, looked for in the blocks before its first one.
  void AddRowBefore(uint32_t index, ObjectRows* rows) const {
    for (size_t block = first_block_; block-- > 0;) {
      if (!MayHold(block, index)) continue;
      Cursor earlier(blocks_, mask_, block);
      earlier.first_ms_ = first_ms_;
      if (!earlier.LoadObject(index)) continue;
      const std::optional<size_t> before = earlier.RowBefore();
      if (!before) continue;
      earlier.builder_.AddTo(*before, *before + 1, rows);
      return;
    }
  }

 private:
  // Stands on a block.
  Cursor(const NodeBlocks& blocks, uint64_t mask, size_t block)
      : blocks_(blocks), mask_(mask), block_(block), first_block_(block) {
    LoadAxis();
  }

  size_t count() const { return blocks_.sealed_.size() + (blocks_.open_ == nullptr ? 0 : 1); }
  bool is_open() const { return block_ == blocks_.sealed_.size(); }
  const SealedBlock& sealed() const { return blocks_.sealed_[block_]; }
  int64_t LastTickMs(size_t block) const {
    const bool open = block == blocks_.sealed_.size();
    return open ? blocks_.open_->ticks().back().tick_ms : blocks_.sealed_[block].last_tick_ms;
  }

  template <typename RowsOf>
  void ReadOpenObjects(RowsOf rows_of) {
    // The row before the range is mostly that of the tick before it.
    size_t first = begin_ > 0 ? begin_ - 1 : 0;
    blocks_.open_->Decode(&columns_, mask_, first);
    for (size_t i = 0; i < columns_.objects().size(); ++i) {
      const uint32_t number = columns_.objects()[i].number;
      ObjectRows* rows = rows_of(number);
      if (block_ != first_block_ && rows->empty()) AddRowBefore(number, rows);
      LoadOpen(columns_.objects()[i]);
      if (first > 0 && !RowBefore()) {
        first = 0;
        blocks_.open_->Decode(&columns_, mask_);
        LoadOpen(columns_.objects()[i]);
      }
      AddRows(number, rows);
    }
  }

  void LoadAxis() {
    axis_.clear();
    if (is_open()) {
      SetAxis(blocks_.open_->ticks());
    } else {
      reader_ = BlockReader::Trusted(sealed().bytes);
      SetAxis(TicksOf(sealed(), *reader_));
    }
    begin_ = Position(std::max(first_ms_, blocks_.visible_from_ms_));
    end_ = LastTickMs(block_) <= last_ms_ ? axis_.size() : Position(last_ms_ + 1);
  }
  void SetAxis(std::span<const BlockTick> ticks) {
    for (const BlockTick& tick : ticks) axis_.push_back({tick.tick_ms, tick.boot_usec, tick.boot});
  }
  size_t Position(int64_t tick_ms) const {
    const auto found = std::lower_bound(
        axis_.begin(), axis_.end(), tick_ms,
        [](const ObjectRows::Tick& tick, int64_t at_ms) { return tick.tick_ms < at_ms; });
    return static_cast<size_t>(found - axis_.begin());
  }

  // Cheaper than to load it in vain.
  bool MayHold(size_t block, uint32_t index) const {
    if (block == blocks_.sealed_.size()) return true;
    const BlockReader reader = BlockReader::Trusted(blocks_.sealed_[block].bytes);
    BlockReader::Object object = reader.Objects();
    return reader.Find(index, &object) && (object.series_mask() & mask_) != 0;
  }

  // The object stands ready in builder_. False: it is not in this block.
  bool LoadObject(uint32_t index) {
    if (is_open()) {
      blocks_.open_->DecodeObject(index, &columns_);
      if (columns_.objects().empty()) return false;
      LoadOpen(columns_.objects()[0]);
      return true;
    }
    BlockReader::Object object = reader_->Objects();
    if (!reader_->Find(index, &object)) return false;
    LoadSealed(object);
    return true;
  }
  void LoadOpen(const BlockColumns::Object& object) {
    builder_.BeginObject(axis_);
    for (const BlockColumns::Column& column : columns_.columns(object)) {
      if ((mask_ & SeriesValues::Bit(column.series)) == 0) continue;
      builder_.AddColumn(column.series, column.present, columns_.values(column));
    }
  }
  void LoadSealed(const BlockReader::Object& object) {
    builder_.BeginObject(axis_);
    const size_t ticks = axis_.size();
    values_.resize(CountBits(object.series_mask() & mask_) * ticks);
    uint64_t* next = values_.data();
    object.Columns(mask_, [&](Series series, const TickMask& present, const uint64_t* values) {
      std::copy(values, values + ticks, next);
      builder_.AddColumn(series, present, next);
      next += ticks;
    });
  }

  // Of the object that is loaded.
  void AddRows(uint32_t index, ObjectRows* rows) {
    size_t begin = begin_;
    if (block_ == first_block_) {
      if (const std::optional<size_t> before = RowBefore()) {
        begin = *before;
      } else {
        AddRowBefore(index, rows);
      }
    }
    if (begin < end_) builder_.AddTo(begin, end_, rows);
  }
  // Where the newest row before the range stands among the columns loaded.
  std::optional<size_t> RowBefore() const {
    const std::optional<size_t> before = builder_.NewestBefore(first_ms_);
    if (!before || axis_[*before].tick_ms < blocks_.visible_from_ms_) return std::nullopt;
    return before;
  }

  const NodeBlocks& blocks_;
  uint64_t mask_;
  int64_t first_ms_ = 0;
  int64_t last_ms_ = 0;
  size_t block_ = 0;
  size_t first_block_ = 0;
  // Of the block it stands on.
  std::optional<BlockReader> reader_;  // of a sealed one
  std::vector<ObjectRows::Tick> axis_;
  size_t begin_ = 0, end_ = 0;
  // Of the object that is loaded.
  RowsBuilder builder_;
  std::vector<uint64_t> values_;
  BlockColumns columns_;
};

ObjectRows NodeBlocks::Read(uint32_t index, uint64_t mask, int64_t first_ms,
                            int64_t last_ms) const {
  ObjectRows rows;
  Cursor cursor(*this, mask, first_ms, last_ms);
  if (!cursor.HasBlock()) cursor.AddRowBefore(index, &rows);  // all ticks are older
  for (; cursor.HasBlock(); cursor.NextBlock()) cursor.ReadObject(index, &rows);
  return rows;
}

std::vector<IndexedRows> NodeBlocks::ReadAll(uint64_t mask, int64_t first_ms,
                                             int64_t last_ms) const {
  std::vector<IndexedRows> result;
  if (open_ != nullptr) result.reserve(open_->object_count());
  const auto rows_of = [&result](uint32_t index) {
    const auto at = std::lower_bound(
        result.begin(), result.end(), index,
        [](const IndexedRows& entry, uint32_t wanted) { return entry.index < wanted; });
    if (at != result.end() && at->index == index) return &at->rows;
    return &result.insert(at, {index, {}})->rows;
  };
  for (Cursor cursor(*this, mask, first_ms, last_ms); cursor.HasBlock(); cursor.NextBlock()) {
    cursor.ReadObjects(rows_of);
  }
  return result;
}

void NodeBlocks::ReadSeries(std::span<const uint32_t> objects, Series series, int64_t first_ms,
                            int64_t last_ms, SeriesColumns* columns) const {
  // The blocks, from one on that has a tick before the range, as far as there is one.
  const size_t count = sealed_.size() + (open_ == nullptr ? 0 : 1);
  const auto start_ms = [this](size_t block) {
    return block < sealed_.size() ? sealed_[block].start_ms : open_->start_ms();
  };
  size_t end = count;
  while (end > 0 && start_ms(end - 1) > last_ms) --end;
  std::vector<std::vector<BlockTick>> axes;  // the newest block first
  size_t begin = end;
  for (; begin > 0 && (axes.empty() || axes.back().front().tick_ms >= first_ms); --begin) {
    const bool open = begin - 1 == sealed_.size();
    axes.push_back(open ? std::vector(open_->ticks().begin(), open_->ticks().end())
                        : TicksOf(sealed_[begin - 1]));
  }
  size_t ticks = 0;
  for (const std::vector<BlockTick>& axis : axes) ticks += axis.size();
  columns->Begin(objects.size(), ticks);
  for (size_t block = begin; block < end; ++block) {
    columns->BeginBlock(axes[end - 1 - block], visible_from_ms_);
    size_t position = 0;
    // False: none of the objects is left.
    const auto reach = [&](uint32_t number) {
      while (position < objects.size() && objects[position] < number) ++position;
      return position < objects.size();
    };
    const uint64_t mask = SeriesValues::Bit(series);
    if (block == sealed_.size()) {
      BlockColumns decoded;
      open_->Decode(&decoded, mask);
      for (const BlockColumns::Object& object : decoded.objects()) {
        if (!reach(object.number)) break;
        if (objects[position] != object.number) continue;
        const BlockColumns::Column& column = decoded.columns(object).front();
        columns->Add(position, column.present, decoded.values(column));
      }
      continue;
    }
    const BlockReader reader = BlockReader::Trusted(sealed_[block].bytes);
    for (BlockReader::Object object = reader.Objects(); object.Next();) {
      if (!reach(object.number())) break;
      if (objects[position] != object.number()) continue;
      object.Columns(mask, [&](Series, const TickMask& present, const uint64_t* values) {
        columns->Add(position, present, values);
      });
    }
  }
}

}  // namespace kubemonitor
