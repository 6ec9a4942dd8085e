#ifndef KUBEMONITOR_COMMON_BLOCK_ROWS_H_
#define KUBEMONITOR_COMMON_BLOCK_ROWS_H_

#include <deque>
#include <vector>

#include "common/open_block.h"
#include "common/series.h"
#include "common/series_block.h"

namespace kubemonitor {

// What all objects had at one tick.
struct TickRows {
  BlockTick at;
  std::vector<ObjectRow> rows;  // ascending, where a block was read
};

// Turns blocks back into the ticks they were made of, and keeps the values that the rows point at.
// Some 400 bytes a row. Not thread-safe.
class BlockRows {
 public:
  // Ascending. `boot` is as the block has it.
  std::vector<TickRows> Of(const OpenBlock& block);
  std::vector<TickRows> Of(const BlockReader& block);

 private:
  std::deque<SeriesValues> values_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COMMON_BLOCK_ROWS_H_
