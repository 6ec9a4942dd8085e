#ifndef KUBEMONITOR_APISERVER_QUERY_TICK_WATCH_H_
#define KUBEMONITOR_APISERVER_QUERY_TICK_WATCH_H_

#include <cstdint>
#include <optional>

#include "apiserver/store/store.h"
#include "common/clock.h"
#include "common/mutex.h"

namespace kubemonitor {

// The newest complete tick for many who ask: all nodes are looked at once for all of them.
// Thread-safe. Store and clock outlive it.
class TickWatch {
 public:
  TickWatch(const Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  // As of now.
  std::optional<int64_t> Look() EXCLUDES(mutex_);
  // As of kEveryMs ago or later, and never older than what a Look that has returned said.
  std::optional<int64_t> Newest() EXCLUDES(mutex_);

  static constexpr int64_t kEveryMs = 200;

 private:
  std::optional<int64_t> LookLocked() REQUIRES(mutex_);

  const Store& store_;
  const Clock& clock_;
  Mutex mutex_;
  bool looked_ GUARDED_BY(mutex_) = false;
  uint64_t looked_usec_ GUARDED_BY(mutex_) = 0;
  std::optional<int64_t> newest_ GUARDED_BY(mutex_);
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_TICK_WATCH_H_
