#include "apiserver/store/packed_rows.h"

#include <algorithm>
#include <array>
#include <bit>

namespace kubemonitor {
namespace {

// The number of the lowest series in the mask, taken out of it.
Series TakeLowest(uint64_t* mask) {
  const auto number = static_cast<uint8_t>(std::countr_zero(*mask));
  *mask &= *mask - 1;
  return static_cast<Series>(number);
}

}  // namespace

bool PackedRows::Insert(int64_t tick_ms, const SeriesValues& values) {
  const uint64_t mask = values.present_mask();
  if (mask == 0) return false;
  const size_t row =
      heads_.empty() || heads_.back().tick_ms < tick_ms ? heads_.size() : LowerBound(tick_ms);
  if (row < heads_.size() && heads_[row].tick_ms == tick_ms) return false;

  std::array<uint64_t, kSeriesEnd> packed;
  size_t count = 0;
  for (uint64_t left = mask; left != 0;) packed[count++] = *values.Get(TakeLowest(&left));

  const uint64_t offset = row < heads_.size() ? heads_[row].offset : dropped_ + values_.size();
  const auto at = values_.begin() + static_cast<std::ptrdiff_t>(offset - dropped_);
  values_.insert(at, packed.begin(), packed.begin() + count);
  for (size_t later = row; later < heads_.size(); ++later) heads_[later].offset += count;
  heads_.insert(heads_.begin() + static_cast<std::ptrdiff_t>(row), {tick_ms, mask, offset});
  return true;
}

void PackedRows::DropBefore(int64_t cutoff_ms) {
  const size_t row = LowerBound(cutoff_ms);
  if (row == 0) return;
  const uint64_t kept_from = row < heads_.size() ? heads_[row].offset : dropped_ + values_.size();
  values_.erase(values_.begin(),
                values_.begin() + static_cast<std::ptrdiff_t>(kept_from - dropped_));
  dropped_ = kept_from;
  heads_.erase(heads_.begin(), heads_.begin() + static_cast<std::ptrdiff_t>(row));
}

size_t PackedRows::LowerBound(int64_t tick_ms) const {
  const auto found =
      std::lower_bound(heads_.begin(), heads_.end(), tick_ms,
                       [](const Head& head, int64_t tick) { return head.tick_ms < tick; });
  return static_cast<size_t>(found - heads_.begin());
}

SeriesValues PackedRows::Values(size_t row, uint64_t mask) const {
  SeriesValues result;
  const Head& head = heads_[row];
  auto value = values_.begin() + static_cast<std::ptrdiff_t>(head.offset - dropped_);
  for (uint64_t left = head.mask; left != 0; ++value) {
    const Series series = TakeLowest(&left);
    if ((mask & SeriesValues::Bit(series)) != 0) result.Set(series, *value);
  }
  return result;
}

uint64_t PackedRows::AnyMask() const {
  uint64_t any = 0;
  for (const Head& head : heads_) any |= head.mask;
  return any;
}

size_t PackedRows::MemoryBytes() const {
  return sizeof(*this) + heads_.size() * sizeof(Head) + values_.size() * sizeof(uint64_t);
}

}  // namespace kubemonitor
