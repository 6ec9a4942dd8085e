#ifndef KUBEMONITOR_APISERVER_STORE_OBJECT_ROWS_H_
#define KUBEMONITOR_APISERVER_STORE_OBJECT_ROWS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/series.h"
#include "common/series_block.h"

namespace kubemonitor {

// What one object measured, by series: a row for each tick at which it had any of the series asked
// for, oldest first. Ticks of the node in which it had none are left out. Not thread-safe.
class ObjectRows {
 public:
  struct Tick {
    int64_t tick_ms = 0;
    uint64_t boot_usec = 0;  // when the values were read
    uint32_t epoch = 0;      // rows of different epochs (boots of the node) must not be subtracted
  };

  size_t size() const { return ticks_.size(); }
  bool empty() const { return ticks_.empty(); }
  const Tick& tick(size_t row) const { return ticks_[row]; }
  // SeriesValues::Bit of the series that have a value in the row; never 0.
  uint64_t mask(size_t row) const { return masks_[row]; }
  // Of the series that have a value in any row.
  uint64_t series_mask() const { return series_mask_; }
  bool Has(size_t row, Series series) const {
    return (masks_[row] & SeriesValues::Bit(series)) != 0;
  }
  // The row has the series.
  uint64_t Value(size_t row, Series series) const {
    return values_[column_of_[SeriesValues::Index(series)]][row];
  }
  std::optional<uint64_t> Get(size_t row, Series series) const {
    if (!Has(row, series)) return std::nullopt;
    return Value(row, series);
  }

  // Building, tick after tick.
  void AddRow(const Tick& tick, const SeriesValues& values, uint64_t mask);

  // Building, a block at a time: the axis, then columns over it, then the rows [first, last) of it
  // that have a value become rows of this.
  // What is given stays valid until EndBlock.
  void BeginBlock(std::span<const Tick> axis);
  void AddColumn(Series series, const TickMask& present, const uint64_t* values);
  // The position of the newest tick before tick_ms that has a value; nullopt: none.
  std::optional<size_t> NewestBefore(int64_t tick_ms) const;
  void EndBlock(size_t first, size_t last);

 private:
  static constexpr uint8_t kNoColumn = 0xff;
  struct BlockColumn {
    Series series{};
    const uint64_t* values = nullptr;
  };

  std::vector<uint64_t>& ColumnOf(Series series);

  std::vector<Tick> ticks_;
  std::vector<uint64_t> masks_;
  std::vector<std::vector<uint64_t>> values_;  // of a column: one a row, 0 where it has none
  std::array<uint8_t, kSeriesEnd> column_of_ = MakeNoColumns();
  uint64_t series_mask_ = 0;

  std::span<const Tick> block_axis_;
  std::vector<uint64_t> block_masks_;
  std::vector<BlockColumn> block_columns_;

  static constexpr std::array<uint8_t, kSeriesEnd> MakeNoColumns() {
    std::array<uint8_t, kSeriesEnd> none{};
    for (uint8_t& column : none) column = kNoColumn;
    return none;
  }
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_OBJECT_ROWS_H_
