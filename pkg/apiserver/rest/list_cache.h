#ifndef KUBEMONITOR_APISERVER_REST_LIST_CACHE_H_
#define KUBEMONITOR_APISERVER_REST_LIST_CACHE_H_

// Lists in their order, kept a moment for their other pages: who scrolls asks for a page after the
// other, and to order a list costs as much as all its pages together.
//
// The key is what was asked but for the page, and the tick. Should answers one day depend on who
// asks, that belongs into it.

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/rest/list.h"
#include "common/clock.h"
#include "common/mutex.h"

namespace kubemonitor {

// Thread-safe. The clock, and what the queries of the lists read, outlive it.
class ListCache {
 public:
  using MakeList = std::function<absl::StatusOr<std::shared_ptr<OrderedList>>()>;

  explicit ListCache(const Clock& clock) : clock_(clock) {}

  // The list of this question (ListQuestion) at this tick that was made a moment ago, or else what
  // `make` makes. Who asks for one that is being made waits for it. Without a tick the question
  // names it; a list that turns out to be of another tick is not kept.
  absl::StatusOr<std::shared_ptr<OrderedList>> Get(const std::string& question,
                                                   std::optional<int64_t> tick_ms,
                                                   const MakeList& make) EXCLUDES(mutex_);
  // Drops those that are too old. To be called now and then: they take memory.
  void Expire() EXCLUDES(mutex_);

  static constexpr int64_t kShareMs = 5'000;
  static constexpr size_t kMostLists = 16;
  // Of all that are kept. The pods of 5,000 nodes take 150 to 200 MB.
  static constexpr size_t kMostBytes = size_t{256} << 20;
  // Longer pages have lists of their own: a shared one is held while a page of it is made.
  static constexpr uint64_t kMostItemsOfAPage = 500;

 private:
  struct Place {
    std::string question;
    std::optional<int64_t> tick_ms;
    Mutex making;                                          // held while the list is made
    std::shared_ptr<OrderedList> list GUARDED_BY(making);  // null: not made, or it cannot be
    // Guarded by the cache's lock.
    std::optional<uint64_t> made_usec;  // Clock::BootUsec; absent: not yet
    size_t bytes = 0;
  };
  using Places = std::vector<std::shared_ptr<Place>>;

  std::shared_ptr<Place> FindOrAdd(const std::string& question, std::optional<int64_t> tick_ms)
      EXCLUDES(mutex_);
  // Made now; others may have to go for it.
  void Keep(const std::shared_ptr<Place>& place, size_t bytes) EXCLUDES(mutex_);
  void Remove(const std::shared_ptr<Place>& place) EXCLUDES(mutex_);
  // Takes those that are too old out of places_. To be destroyed without the lock.
  Places TakeOld() REQUIRES(mutex_);

  const Clock& clock_;
  Mutex mutex_;
  Places places_ GUARDED_BY(mutex_);  // by when they were first asked for
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_LIST_CACHE_H_
