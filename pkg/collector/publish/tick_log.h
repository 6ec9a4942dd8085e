#ifndef KUBEMONITOR_COLLECTOR_PUBLISH_TICK_LOG_H_
#define KUBEMONITOR_COLLECTOR_PUBLISH_TICK_LOG_H_

// What may still have to be sent: a bounded log of serialized ticks, and the identities of all
// objects in them. One log serves all servers; each sender remembers by itself what its server
// holds. Thread-safe.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "collector/sampling/sampler.h"
#include "common/mutex.h"

namespace kubemonitor {

struct TickLogOptions {
  int64_t history_ms = 3'600'000;  // 0: only the newest tick
  size_t history_bytes = size_t{4}
                         << 20;  // of serialized ticks; the newest is kept whatever its size
};

// A tick as it goes over the wire: bytes of a v1.Tick.
struct LoggedTick {
  int64_t tick_ms = 0;
  uint64_t added_usec = 0;  // boot clock
  std::shared_ptr<const std::string> bytes;
};

struct LoggedIdentity {
  uint32_t object = 0;
  uint64_t version = 0;    // grows with every change, over all objects: what a sender compares
  uint64_t last_used = 0;  // number of the newest tick that has the object
  std::shared_ptr<const std::string> bytes;  // of a v1.Identity
};

class TickLog {
 public:
  explicit TickLog(TickLogOptions options) : options_(options) {}

  // A tick of the same time replaces the one that is there; ticks later than `sample` were taken
  // before the wall clock was set back, and go.
  void Add(const Sample& sample, uint64_t now_usec);

  // The newest tick with limits, devices and processes as it saw them: bytes of a v1.Tick that are
  // appended to those of the tick (null: there are none). Nullopt before the first tick.
  struct NewestTick {
    LoggedTick tick;
    std::shared_ptr<const std::string> details;
  };
  std::optional<NewestTick> Newest() const;
  // All ticks, oldest first.
  std::vector<LoggedTick> Ticks() const;
  // Those with a version above `version` and those of the numbers `also`, all as they are at one
  // moment, the most recently used first.
  std::vector<LoggedIdentity> IdentitiesSince(uint64_t version,
                                              const std::set<uint32_t>& also = {}) const;
  // Of these numbers, as far as they are known.
  std::vector<LoggedIdentity> Identities(const std::vector<uint32_t>& objects) const;

  size_t bytes() const;

 private:
  struct Known {
    std::shared_ptr<const Identity> identity;
    LoggedIdentity logged;
  };
  struct Entry {
    LoggedTick tick;
    uint64_t number = 0;
  };

  void AddIdentities(const Sample& sample) REQUIRES(mutex_);
  void Trim() REQUIRES(mutex_);

  const TickLogOptions options_;
  mutable Mutex mutex_;
  std::map<int64_t, Entry> ticks_ GUARDED_BY(mutex_);
  size_t bytes_ GUARDED_BY(mutex_) = 0;
  uint64_t next_number_ GUARDED_BY(mutex_) = 1;
  uint64_t next_version_ GUARDED_BY(mutex_) = 1;
  std::unordered_map<uint32_t, Known> identities_ GUARDED_BY(mutex_);
  std::shared_ptr<const std::string> details_ GUARDED_BY(mutex_);
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_PUBLISH_TICK_LOG_H_
