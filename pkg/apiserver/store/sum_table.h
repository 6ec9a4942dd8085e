#ifndef KUBEMONITOR_APISERVER_STORE_SUM_TABLE_H_
#define KUBEMONITOR_APISERVER_STORE_SUM_TABLE_H_

// Sums of groups by tick, in whole numbers modulo 2^64, so that they are exact in any order and
// what was added can be taken away again. What the columns mean is up to who adds
// (query/pod_sums.h). Blocks that have been left alone for a while are compressed.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/store/store.h"
#include "common/mutex.h"

namespace kubemonitor {

inline constexpr size_t kSumColumns = 26;
using SumRow = std::array<uint64_t, kSumColumns>;
std::span<const size_t> AllSumColumns();

// One group of a SumTable. Whoever holds it may add to it for ever.
class SumGroup {
 public:
  explicit SumGroup(std::string_view name) : name_(name) {}
  const std::string& name() const { return name_; }

 private:
  friend class SumTable;
  struct Block {
    int64_t start_ms = 0;
    int64_t changed_ms = 0;       // server's clock
    std::vector<uint64_t> open;   // by column, then tick; empty: see sealed
    std::vector<uint8_t> sealed;  // the columns (common/column_codec.h), one after the other
  };

  const std::string name_;
  std::vector<Block> blocks_;  // ascending; guarded by the table's lock
};

// What is added to groups, and taken away, before it is applied as a whole to a table of the same
// interval. Not thread-safe.
class SumChange {
 public:
  explicit SumChange(int64_t interval_ms) : interval_ms_(interval_ms) {}

  // Adds rows[n] × sign (1 or -1) at first_ms + n intervals.
  void Add(const std::shared_ptr<SumGroup>& group, int64_t first_ms, std::span<const SumRow> rows,
           int sign);
  // From now on the sums have these ticks of a source (a node): ranges of ticks step_ms apart.
  void SetTicks(uint32_t source, std::vector<TickRange> ticks, int64_t step_ms);

 private:
  friend class SumTable;
  struct Source {
    uint32_t id = 0;
    std::vector<TickRange> ticks;
    int64_t step_ms = 1;
  };

  // What is added to a block of a group.
  struct Addend {
    std::vector<uint64_t> sums;  // by column, then tick, as in the block
    size_t first = 0, end = 0;   // positions outside of these are 0
    bool ChangesAny() const;
  };

  const int64_t interval_ms_;
  std::map<std::shared_ptr<SumGroup>, std::map<int64_t, Addend>> addends_;  // by the block's start
  std::vector<Source> sources_;
};

// Thread-safe. Ticks are multiples of the interval.
class SumTable {
 public:
  explicit SumTable(int64_t interval_ms) : interval_ms_(interval_ms) {}

  // Creates it if need be.
  std::shared_ptr<SumGroup> Group(std::string_view name) EXCLUDES(mutex_);
  // Null: nothing is held of it.
  std::shared_ptr<const SumGroup> Find(std::string_view name) const EXCLUDES(mutex_);
  // What all groups amount to at a tick, and of which sources, as of one moment.
  struct AtTick {
    struct Group {
      std::shared_ptr<const SumGroup> group;
      SumRow row;
    };
    std::vector<Group> groups;      // by name; those too that nothing is held of any more
    std::vector<uint32_t> sources;  // ascending
  };
  AtTick ReadTick(int64_t tick_ms) const EXCLUDES(mutex_);

  void Apply(SumChange change, int64_t now_ms) EXCLUDES(mutex_);
  void Clear() EXCLUDES(mutex_);
  // No tick of the source is in the sums any more.
  void ForgetSource(uint32_t source) EXCLUDES(mutex_);

  // These columns, ascending, from first_ms on, a row a tick; 0 where nothing was added. The others
  // stay.
  void Read(const SumGroup& group, std::span<const size_t> columns, int64_t first_ms,
            std::span<SumRow> rows) const EXCLUDES(mutex_);

  // Drops blocks that end before cutoff_ms, and groups without anything; compresses blocks.
  void Expire(int64_t cutoff_ms, int64_t now_ms) EXCLUDES(mutex_);

  size_t MemoryBytes() const EXCLUDES(mutex_);

 private:
  using Block = SumGroup::Block;

  Block* BlockAt(SumGroup* group, int64_t start_ms) const REQUIRES(mutex_);
  void ReadLocked(const SumGroup& group, std::span<const size_t> columns, int64_t first_ms,
                  std::span<SumRow> rows) const REQUIRES(mutex_);
  void ReadBlock(const Block& block, std::span<const size_t> columns, int64_t first_ms,
                 std::span<SumRow> rows) const REQUIRES(mutex_);
  void Seal(Block* block) const;
  void Open(Block* block) const;

  const int64_t interval_ms_;
  mutable Mutex mutex_;
  std::map<std::string, std::shared_ptr<SumGroup>, std::less<>> groups_ GUARDED_BY(mutex_);
  std::map<uint32_t, SumChange::Source> sources_ GUARDED_BY(mutex_);  // by id
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_SUM_TABLE_H_
