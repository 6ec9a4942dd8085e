#ifndef KUBEMONITOR_APISERVER_STORE_SERIES_COLUMNS_H_
#define KUBEMONITOR_APISERVER_STORE_SERIES_COLUMNS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "apiserver/store/object_rows.h"
#include "common/series_block.h"

namespace kubemonitor {

// One series of several objects of a node, a column each, over the ticks they share. Filled again,
// it keeps its memory. Not thread-safe.
class SeriesColumns {
 public:
  struct Column {
    size_t first = 0, end = 0;  // the ticks from its first value to its last, [first, end)
    size_t count = 0;           // how many of them have a value
    bool whole() const { return end - first == count; }
  };

  // Ascending; whether any of the objects has a value there or not.
  std::span<const ObjectRows::Tick> ticks() const { return ticks_; }
  const Column& column(size_t column) const { return columns_[column]; }
  // By tick; undefined where it has no value.
  const uint64_t* values(size_t column) const { return values_.data() + column * max_ticks_; }

  // Building, a block at a time: its axis (`boot`: an epoch), then columns over it.
  void Begin(size_t columns, size_t max_ticks);
  // Ticks before visible_from_ms are left out.
  void BeginBlock(std::span<const BlockTick> axis, int64_t visible_from_ms);
  void Add(size_t column, const TickMask& present, const uint64_t* values);

 private:
  std::vector<ObjectRows::Tick> ticks_;
  std::vector<Column> columns_;
  std::vector<uint64_t> values_;
  size_t max_ticks_ = 0;
  // Of the block.
  size_t block_ticks_ = 0;
  size_t hidden_ = 0;  // its ticks left out
  size_t begin_ = 0;   // where the others begin in ticks_
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_SERIES_COLUMNS_H_
