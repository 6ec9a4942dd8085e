#ifndef KUBEMONITOR_COLLECTOR_PUBLISH_TICK_LOG_H_
#define KUBEMONITOR_COLLECTOR_PUBLISH_TICK_LOG_H_

// What may still have to be sent: the newest tick as it goes over the wire, a bounded history of
// series blocks (common/series_block.h), and the identities of all objects in them, ended ones
// too. One log serves all servers; each sender remembers by itself what its server holds.
// Thread-safe.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "collector/sampling/sampler.h"
#include "common/block_rows.h"
#include "common/log.h"
#include "common/mutex.h"
#include "common/open_block.h"

namespace kubemonitor {

struct TickLogOptions {
  // At least; blocks go whole, and a little later: the first rate of a window reaches back. 0:
  // only the newest tick.
  int64_t history_ms = 3'600'000;
  // Of blocks and identities: where it is met the oldest block goes before its time. Some 800
  // containers fit with all their series.
  size_t history_bytes = size_t{8} << 20;
  std::string boot_id = {};
};

// A tick as it goes over the wire: bytes of a v1.Tick.
struct LoggedTick {
  int64_t tick_ms = 0;
  std::shared_ptr<const std::string> bytes;
};

// Ticks of the same five minutes of the wall clock.
struct LoggedBlock {
  int64_t start_ms = 0;
  std::vector<int64_t> ticks;                 // ascending; at least one
  std::shared_ptr<const std::string> sealed;  // the block's bytes; null: ticks are still added
};

struct LoggedIdentity {
  uint32_t object = 0;
  uint64_t version = 0;    // grows with every change, over all objects: what a sender compares
  uint64_t last_used = 0;  // number of the newest tick that has the object
  std::shared_ptr<const std::string> bytes;  // of a v1.Identity
};

class TickLog {
 public:
  explicit TickLog(TickLogOptions options) : options_(std::move(options)) {}

  // A tick of the same time replaces the one that is there; ticks later than `sample` were taken
  // before the wall clock was set back, and go.
  void Add(const Sample& sample, uint64_t now_usec);

  struct NewestTick {
    LoggedTick tick;
    uint64_t added_usec = 0;  // boot clock
    // Limits, devices and processes as it saw them: bytes of a v1.Tick that are appended to those
    // of the tick (null: there are none).
    std::shared_ptr<const std::string> details;
  };
  // Nullopt before the first tick.
  std::optional<NewestTick> Newest() const;
  // The history, oldest first; the newest tick is part of it.
  std::vector<LoggedBlock> Blocks() const;
  // Those of the ticks (ascending, of one block) that are still there, as far as `max_bytes` go,
  // but one at least. Decodes the block: some 0.3 ms for a hundred objects.
  std::vector<LoggedTick> Ticks(int64_t block_start_ms, std::span<const int64_t> ticks,
                                size_t max_bytes) const;
  // Those with a version above `version` and those of the numbers `also`, all as they are at one
  // moment, the most recently used first.
  std::vector<LoggedIdentity> IdentitiesSince(uint64_t version,
                                              const std::set<uint32_t>& also = {}) const;
  // Of these numbers, as far as they are known.
  std::vector<LoggedIdentity> Identities(const std::vector<uint32_t>& objects) const;

  // Of blocks and identities.
  size_t bytes() const;

 private:
  struct Known {
    std::shared_ptr<const Identity> identity;
    LoggedIdentity logged;
  };
  struct SealedBlock {
    std::vector<int64_t> ticks;
    std::shared_ptr<const std::string> bytes;
    uint64_t first_number = 0;  // of its ticks
  };

  void AddIdentities(const Sample& sample) REQUIRES(mutex_);
  void DropFrom(int64_t tick_ms) REQUIRES(mutex_);
  void AddToBlock(const Tick& tick) REQUIRES(mutex_);
  void Seal() REQUIRES(mutex_);
  // The ticks before tick_ms become the open block.
  void Reopen(int64_t start_ms, std::span<TickRows> ticks, int64_t tick_ms, uint64_t first_number)
      REQUIRES(mutex_);
  void Trim(uint64_t now_usec) REQUIRES(mutex_);
  bool DropOldestBlock() REQUIRES(mutex_);
  size_t BytesLocked() const REQUIRES(mutex_);
  Tick TickOf(const TickRows& rows) const REQUIRES(mutex_);

  const TickLogOptions options_;
  mutable Mutex mutex_;
  std::optional<NewestTick> newest_ GUARDED_BY(mutex_);
  std::map<int64_t, SealedBlock> sealed_ GUARDED_BY(mutex_);  // by start
  std::optional<OpenBlock> open_ GUARDED_BY(mutex_);          // later than all sealed ones
  uint64_t open_first_number_ GUARDED_BY(mutex_) = 0;
  uint64_t next_number_ GUARDED_BY(mutex_) = 1;
  uint64_t next_version_ GUARDED_BY(mutex_) = 1;
  std::unordered_map<uint32_t, Known> identities_ GUARDED_BY(mutex_);
  size_t identity_bytes_ GUARDED_BY(mutex_) = 0;
  LogLimiter full_log_ GUARDED_BY(mutex_){600'000'000};
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_PUBLISH_TICK_LOG_H_
