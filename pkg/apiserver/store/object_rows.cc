#include "apiserver/store/object_rows.h"

#include <algorithm>
#include <bit>

namespace kubemonitor {

void ObjectRows::Widen(uint64_t series, size_t rows) {
  const size_t width = width_;
  for (uint64_t left = series & ~series_mask_; left != 0; left &= left - 1) {
    column_of_[static_cast<size_t>(std::countr_zero(left))] = static_cast<uint8_t>(width_++);
  }
  series_mask_ |= series;
  const size_t held = size();
  if (width == width_ || held == 0) {
    values_.resize((held + rows) * width_);
    return;
  }
  std::vector<uint64_t> wider((held + rows) * width_);
  for (size_t row = 0; row < held; ++row) {
    std::copy_n(values_.data() + row * width, width, wider.data() + row * width_);
  }
  values_ = std::move(wider);
}

void ObjectRows::AddRow(const Tick& tick, const SeriesValues& values, uint64_t mask) {
  mask &= values.present_mask();
  if (mask == 0) return;
  Widen(mask, 1);
  uint64_t* row = values_.data() + size() * width_;
  ticks_.push_back(tick);
  masks_.push_back(mask);
  for (; mask != 0; mask &= mask - 1) {
    const auto series = static_cast<Series>(std::countr_zero(mask));
    row[column_of_[SeriesValues::Index(series)]] = *values.Get(series);
  }
}

void RowsBuilder::BeginObject(std::span<const ObjectRows::Tick> axis) {
  axis_ = axis;
  masks_.assign(axis.size(), 0);
  columns_.clear();
}

void RowsBuilder::AddColumn(Series series, const TickMask& present, const uint64_t* values) {
  // A series of a newer sender that this program does not know has no place in a row.
  if (SeriesValues::Index(series) >= kSeriesEnd) return;
  const uint64_t bit = SeriesValues::Bit(series);
  if (present.count() == axis_.size()) {  // the rule
    for (uint64_t& mask : masks_) mask |= bit;
  } else {
    for (size_t tick = 0; tick < axis_.size(); ++tick) {
      if (present.Has(tick)) masks_[tick] |= bit;
    }
  }
  columns_.push_back({series, values});
}

std::optional<size_t> RowsBuilder::NewestBefore(int64_t tick_ms) const {
  for (size_t tick = axis_.size(); tick > 0; --tick) {
    if (axis_[tick - 1].tick_ms < tick_ms && masks_[tick - 1] != 0) return tick - 1;
  }
  return std::nullopt;
}

void RowsBuilder::AddTo(size_t first, size_t last, ObjectRows* rows) const {
  size_t added = 0;
  uint64_t series = 0;
  for (size_t tick = first; tick < last; ++tick) {
    series |= masks_[tick];
    if (masks_[tick] != 0) ++added;
  }
  if (added == 0) return;
  rows->Widen(series, added);
  uint64_t* const begin = rows->values_.data() + rows->size() * rows->width_;
  for (const Column& column : columns_) {
    if ((series & SeriesValues::Bit(column.series)) == 0) continue;
    uint64_t* value = begin + rows->column_of_[SeriesValues::Index(column.series)];
    for (size_t tick = first; tick < last; ++tick) {
      if (masks_[tick] == 0) continue;
      *value = column.values[tick];
      value += rows->width_;
    }
  }
  for (size_t tick = first; tick < last; ++tick) {
    if (masks_[tick] == 0) continue;
    rows->ticks_.push_back(axis_[tick]);
    rows->masks_.push_back(masks_[tick]);
  }
}

}  // namespace kubemonitor
