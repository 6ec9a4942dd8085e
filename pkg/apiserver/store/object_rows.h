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
    return values_[row * width_ + column_of_[SeriesValues::Index(series)]];
  }
  std::optional<uint64_t> Get(size_t row, Series series) const {
    if (!Has(row, series)) return std::nullopt;
    return Value(row, series);
  }

  // Building, tick after tick.
  void AddRow(const Tick& tick, const SeriesValues& values, uint64_t mask);

 private:
  friend class RowsBuilder;

  // Makes room for these series, and for so many more rows.
  void Widen(uint64_t series, size_t rows);

  std::vector<Tick> ticks_;
  std::vector<uint64_t> masks_;
  std::vector<uint64_t> values_;  // row after row, width_ each; undefined where it has none
  size_t width_ = 0;
  std::array<uint8_t, kSeriesEnd> column_of_{};  // of the series in series_mask_
  uint64_t series_mask_ = 0;
};

// Makes rows a block at a time: the axis, then an object's columns over it, then those of its ticks
// that have a value become rows. Keeps its memory from object to object. Not thread-safe.
class RowsBuilder {
 public:
  // What is given stays valid as long as it is used.
  void BeginObject(std::span<const ObjectRows::Tick> axis);
  void AddColumn(Series series, const TickMask& present, const uint64_t* values);
  // The position of the newest tick before tick_ms that has a value; nullopt: none.
  std::optional<size_t> NewestBefore(int64_t tick_ms) const;
  // Adds the ticks at positions [first, last) to `rows`.
  void AddTo(size_t first, size_t last, ObjectRows* rows) const;

 private:
  struct Column {
    Series series{};
    const uint64_t* values = nullptr;
  };

  std::span<const ObjectRows::Tick> axis_;
  std::vector<uint64_t> masks_;
  std::vector<Column> columns_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_OBJECT_ROWS_H_
