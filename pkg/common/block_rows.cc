#include "common/block_rows.h"

#include <span>

namespace kubemonitor {
namespace {

constexpr uint64_t kAllSeries = ~uint64_t{0};

// Turns the columns of one object into rows of the ticks.
class RowSplitter {
 public:
  RowSplitter(uint32_t object, std::vector<TickRows>* ticks, std::deque<SeriesValues>* values)
      : object_(object), ticks_(ticks), values_(values), row_of_tick_(ticks->size()) {}

  void Add(Series series, const TickMask& present, const uint64_t* values) {
    for (size_t tick = 0; tick < row_of_tick_.size(); ++tick) {
      if (!present.Has(tick)) continue;
      SeriesValues*& row = row_of_tick_[tick];
      if (row == nullptr) {
        row = &values_->emplace_back();
        (*ticks_)[tick].rows.push_back({object_, row});
      }
      row->Set(series, values[tick]);
    }
  }

 private:
  uint32_t object_;
  std::vector<TickRows>* ticks_;
  std::deque<SeriesValues>* values_;
  std::vector<SeriesValues*> row_of_tick_;
};

std::vector<TickRows> WithoutRows(std::span<const BlockTick> axis) {
  std::vector<TickRows> ticks;
  ticks.reserve(axis.size());
  for (const BlockTick& tick : axis) ticks.push_back({tick, {}});
  return ticks;
}

}  // namespace

std::vector<TickRows> BlockRows::Of(const OpenBlock& block) {
  BlockColumns columns;
  block.Decode(&columns);
  std::vector<TickRows> ticks = WithoutRows(block.ticks());
  for (const BlockColumns::Object& object : columns.objects()) {
    RowSplitter rows(object.number, &ticks, &values_);
    for (const BlockColumns::Column& column : columns.columns(object)) {
      rows.Add(column.series, column.present, columns.values(column));
    }
  }
  return ticks;
}

std::vector<TickRows> BlockRows::Of(const BlockReader& block) {
  std::vector<TickRows> ticks = WithoutRows(block.Ticks());
  for (BlockReader::Object object = block.Objects(); object.Next();) {
    RowSplitter rows(object.number(), &ticks, &values_);
    object.Columns(kAllSeries,
                   [&rows](Series series, const TickMask& present, const uint64_t* values) {
                     rows.Add(series, present, values);
                   });
  }
  return ticks;
}

}  // namespace kubemonitor
