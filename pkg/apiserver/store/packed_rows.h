#ifndef KUBEMONITOR_APISERVER_STORE_PACKED_ROWS_H_
#define KUBEMONITOR_APISERVER_STORE_PACKED_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "common/series.h"

namespace kubemonitor {

// The rows of one object in the order of their ticks: a mask and the present values alone, one
// behind the other. Not thread-safe.
class PackedRows {
 public:
  struct Head {
    int64_t tick_ms = 0;
    uint64_t mask = 0;    // bit N: series N has a value
    uint64_t offset = 0;  // of the first value, counted from the first value ever stored
  };

  // False: the tick has a row already, or there is no value to store.
  bool Insert(int64_t tick_ms, const SeriesValues& values);

  // Drops rows with tick < cutoff_ms.
  void DropBefore(int64_t cutoff_ms);

  bool empty() const { return heads_.empty(); }
  size_t rows() const { return heads_.size(); }
  size_t values() const { return values_.size(); }
  int64_t first_tick_ms() const { return heads_.front().tick_ms; }  // not empty
  int64_t last_tick_ms() const { return heads_.back().tick_ms; }    // not empty

  // Position of the first row with tick ≥ tick_ms; rows() if there is none.
  size_t LowerBound(int64_t tick_ms) const;
  const Head& head(size_t row) const { return heads_[row]; }
  // The values of a row as far as `mask` asks for them.
  SeriesValues Values(size_t row, uint64_t mask) const;

  // The series with a value in any row.
  uint64_t AnyMask() const;
  // Estimate of the memory the rows take.
  size_t MemoryBytes() const;

 private:
  std::deque<Head> heads_;
  std::deque<uint64_t> values_;
  uint64_t dropped_ = 0;  // values dropped from the front so far
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_PACKED_ROWS_H_
