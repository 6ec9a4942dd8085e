#ifndef KUBEMONITOR_APISERVER_REST_LIST_CACHE_H_
#define KUBEMONITOR_APISERVER_REST_LIST_CACHE_H_

// Lists in their order, kept a moment for their other pages: who scrolls asks for a page after the
// other, and to order a list costs as much as all its pages together.
//
// The key is what was asked, but for the page. Should answers one day depend on who asks, that
// belongs into it.

#include <absl/status/statusor.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>

#include "apiserver/rest/list.h"
#include "common/clock.h"
#include "common/mutex.h"

namespace kubemonitor {

// Thread-safe. The clock, and what the queries of the lists read, outlive it.
class ListCache {
 public:
  using MakeList = std::function<absl::StatusOr<std::shared_ptr<OrderedList>>()>;

  explicit ListCache(const Clock& clock) : clock_(clock) {}

  // The list of this hash (ListHash) that was asked for at this tick a moment ago, or else what
  // `make` makes. Who asks for one that is being made waits for it.
  absl::StatusOr<std::shared_ptr<OrderedList>> Get(uint64_t list_hash, int64_t tick_ms,
                                                   const MakeList& make) EXCLUDES(mutex_);
  // Drops those that are too old. To be called now and then: they take memory.
  void Expire() EXCLUDES(mutex_);

  static constexpr int64_t kShareMs = 5'000;
  static constexpr size_t kMostLists = 16;
  // Of all lists but the newest. An item takes a kilobyte.
  static constexpr size_t kMostItems = 50'000;

 private:
  struct Place {
    uint64_t list_hash = 0;
    int64_t tick_ms = 0;
    uint64_t begun_usec = 0;                              // Clock::BootUsec
    Mutex mutex;                                          // held while the list is made
    std::shared_ptr<OrderedList> list GUARDED_BY(mutex);  // null: not made, or it cannot be
    std::atomic<size_t> size{0};                          // of the list
  };

  std::shared_ptr<Place> FindOrAdd(uint64_t list_hash, int64_t tick_ms) EXCLUDES(mutex_);
  void DropOld() REQUIRES(mutex_);

  const Clock& clock_;
  Mutex mutex_;
  std::deque<std::shared_ptr<Place>> places_ GUARDED_BY(mutex_);  // the oldest first
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_LIST_CACHE_H_
