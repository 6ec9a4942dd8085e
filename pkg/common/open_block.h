#ifndef KUBEMONITOR_COMMON_OPEN_BLOCK_H_
#define KUBEMONITOR_COMMON_OPEN_BLOCK_H_

// A block that ticks are still added to. Each tick is kept as the differences to the one before,
// about a byte a sample, until Seal turns the whole into a block (common/series_block.h).

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/series.h"
#include "common/series_block.h"

namespace kubemonitor {

// The values of one object at one tick. 0 is the node.
struct ObjectRow {
  uint32_t object = 0;
  const SeriesValues* values = nullptr;
};

// Columns of a block in plain form. Reused from one call to the next, it keeps its memory.
class BlockColumns {
 public:
  struct Column {
    Series series{};
    TickMask present;
    size_t first_value = 0;  // of values(): that of the first tick
  };
  struct Object {
    uint32_t number = 0;
    uint64_t series_mask = 0;
    size_t first_column = 0;
    size_t column_count = 0;
  };

  std::span<const Object> objects() const { return objects_; }  // ascending
  std::span<const Column> columns(const Object& object) const {
    return std::span(columns_).subspan(object.first_column, object.column_count);
  }
  // By the position of the tick; undefined where the column is not present.
  const uint64_t* values(const Column& column) const { return values_.data() + column.first_value; }

 private:
  friend class OpenBlock;

  void Set(size_t column, size_t tick, uint64_t value) {
    columns_[column].present.Set(tick);
    values_[columns_[column].first_value + tick] = value;
  }

  std::vector<Object> objects_;
  std::vector<Column> columns_;
  std::vector<uint64_t> values_;
};

// Not thread-safe.
class OpenBlock {
 public:
  explicit OpenBlock(int64_t start_ms) : start_ms_(start_ms) {}

  int64_t start_ms() const { return start_ms_; }
  std::span<const BlockTick> ticks() const { return ticks_; }  // `boot` as the caller gave it
  uint64_t sample_count() const { return samples_; }
  size_t object_count() const { return slots_.size(); }
  size_t MemoryBytes() const;

  // The tick is of this block and later than all before it, and there are fewer than
  // kMaxBlockTicks. No object is there twice. Sorts `rows` by object.
  void Append(const BlockTick& tick, std::vector<ObjectRow>* rows);

  // The columns of all objects, as far as `mask` (SeriesValues::Bit) asks for them. Values of ticks
  // before position `first` may be left out.
  void Decode(BlockColumns* columns, uint64_t mask = ~uint64_t{0}, size_t first = 0) const;
  // The columns of one object, or of none.
  void DecodeObject(uint32_t object, BlockColumns* columns) const;

  // The block as bytes. `boot_ids[n]` is the id of the boot that the ticks call boots[n]; all that
  // they name are there.
  std::vector<uint8_t> Seal(std::span<const uint32_t> boots,
                            std::span<const std::string> boot_ids) const;

 private:
  struct Slot {  // an object, in the order of first appearance
    uint32_t object = 0;
    uint32_t first_value = 0;  // in last_
    uint64_t seen = 0;         // series that had a value in this block: those in last_
    uint64_t mask = 0;         // series of its newest row
  };

  class FrameReader;

  // Rows by slot (null: absent), made from sorted rows; adds slots for new objects.
  std::vector<const SeriesValues*> AssignRows(std::span<const ObjectRow> rows);
  void AppendRow(Slot* slot, const SeriesValues* values);
  void MakeRoom(Slot* slot, uint64_t seen);

  // Columns without a value for all objects; returns the first of each slot.
  std::vector<size_t> MakeColumns(uint64_t mask, BlockColumns* columns) const;
  // Calls visit(column, difference) for each series of the row that `mask` asks for.
  template <typename Visit>
  void VisitRow(size_t index, uint64_t row_mask, uint64_t mask, size_t first_column,
                FrameReader* reader, Visit visit) const;
  bool DecodeBack(std::span<const size_t> first_column, uint64_t mask, size_t first,
                  BlockColumns* columns) const;

  int64_t start_ms_;
  std::vector<BlockTick> ticks_;
  std::vector<uint32_t> slots_at_tick_;  // how many slots the frame of each tick has
  std::vector<uint32_t> frame_starts_;   // in frames_, of each tick
  std::vector<Slot> slots_;
  std::vector<uint32_t> by_object_;  // slots in the order of their objects
  std::vector<uint64_t> last_;       // the newest value of each slot's seen series
  std::vector<uint8_t> frames_;
  uint64_t samples_ = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COMMON_OPEN_BLOCK_H_
