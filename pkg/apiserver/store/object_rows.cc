#include "apiserver/store/object_rows.h"

#include <algorithm>
#include <bit>

namespace kubemonitor {

std::vector<uint64_t>& ObjectRows::ColumnOf(Series series) {
  uint8_t& column = column_of_[SeriesValues::Index(series)];
  if (column == kNoColumn) {
    column = static_cast<uint8_t>(values_.size());
    values_.emplace_back();
  }
  return values_[column];
}

void ObjectRows::AddRow(const Tick& tick, const SeriesValues& values, uint64_t mask) {
  mask &= values.present_mask();
  if (mask == 0) return;
  ticks_.push_back(tick);
  masks_.push_back(mask);
  series_mask_ |= mask;
  while (mask != 0) {
    const auto series = static_cast<Series>(std::countr_zero(mask));
    mask &= mask - 1;
    ColumnOf(series).resize(ticks_.size());
    ColumnOf(series).back() = *values.Get(series);
  }
}

void ObjectRows::BeginBlock(std::span<const Tick> axis) {
  block_axis_ = axis;
  block_masks_.assign(axis.size(), 0);
  block_columns_.clear();
}

void ObjectRows::AddColumn(Series series, const TickMask& present, const uint64_t* values) {
  // A series of a newer sender that this program does not know has no place in a row.
  if (SeriesValues::Index(series) >= kSeriesEnd) return;
  const uint64_t bit = SeriesValues::Bit(series);
  if (present.count() == block_axis_.size()) {  // the rule
    for (uint64_t& mask : block_masks_) mask |= bit;
  } else {
    for (size_t tick = 0; tick < block_axis_.size(); ++tick) {
      if (present.Has(tick)) block_masks_[tick] |= bit;
    }
  }
  block_columns_.push_back({series, values});
}

std::optional<size_t> ObjectRows::NewestBefore(int64_t tick_ms) const {
  for (size_t tick = block_axis_.size(); tick > 0; --tick) {
    if (block_axis_[tick - 1].tick_ms < tick_ms && block_masks_[tick - 1] != 0) return tick - 1;
  }
  return std::nullopt;
}

void ObjectRows::EndBlock(size_t first, size_t last) {
  const size_t begin = ticks_.size();
  const auto masks = block_masks_.begin();
  const auto axis = block_axis_.begin();
  const auto from = static_cast<std::ptrdiff_t>(first);
  const auto to = static_cast<std::ptrdiff_t>(last);
  for (auto mask = masks + from; mask != masks + to; ++mask) series_mask_ |= *mask;
  const bool gaps = std::find(masks + from, masks + to, uint64_t{0}) != masks + to;
  if (!gaps) {
    ticks_.insert(ticks_.end(), axis + from, axis + to);
    masks_.insert(masks_.end(), masks + from, masks + to);
  } else {
    for (size_t tick = first; tick < last; ++tick) {
      if (block_masks_[tick] == 0) continue;
      ticks_.push_back(block_axis_[tick]);
      masks_.push_back(block_masks_[tick]);
    }
  }
  if (ticks_.size() == begin) return;
  for (const BlockColumn& column : block_columns_) {
    std::vector<uint64_t>& values = ColumnOf(column.series);
    values.resize(begin);
    if (!gaps) {
      values.insert(values.end(), column.values + first, column.values + last);
      continue;
    }
    for (size_t tick = first; tick < last; ++tick) {
      if (block_masks_[tick] != 0) values.push_back(column.values[tick]);
    }
  }
}

}  // namespace kubemonitor
