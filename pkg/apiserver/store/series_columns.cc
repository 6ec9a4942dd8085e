#include "apiserver/store/series_columns.h"

#include <algorithm>

namespace kubemonitor {

void SeriesColumns::Begin(size_t columns, size_t max_ticks) {
  ticks_.clear();
  columns_.assign(columns, Column());
  max_ticks_ = max_ticks;
  values_.resize(columns * max_ticks);
}

void SeriesColumns::BeginBlock(std::span<const BlockTick> axis, int64_t visible_from_ms) {
  block_ticks_ = axis.size();
  hidden_ = 0;
  begin_ = ticks_.size();
  for (const BlockTick& tick : axis) {
    if (tick.tick_ms < visible_from_ms) {
      ++hidden_;
    } else {
      ticks_.push_back({tick.tick_ms, tick.boot_usec, tick.boot});
    }
  }
}

void SeriesColumns::Add(size_t column, const TickMask& present, const uint64_t* values) {
  Column& of = columns_[column];
  const auto note = [&](size_t first, size_t end) {
    if (of.count == 0) of.first = begin_ + first - hidden_;
    of.end = begin_ + end - hidden_;
    of.count += end - first;
  };
  if (hidden_ == block_ticks_) return;
  if (present.count() == block_ticks_) {  // the rule
    note(hidden_, block_ticks_);
  } else {
    for (size_t tick = hidden_; tick < block_ticks_; ++tick) {
      if (present.Has(tick)) note(tick, tick + 1);
    }
  }
  std::copy(values + hidden_, values + block_ticks_, values_.data() + column * max_ticks_ + begin_);
}

}  // namespace kubemonitor
