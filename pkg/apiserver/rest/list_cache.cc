#include "apiserver/rest/list_cache.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace kubemonitor {

absl::StatusOr<std::shared_ptr<OrderedList>> ListCache::Get(const std::string& question,
                                                            std::optional<int64_t> tick_ms,
                                                            const MakeList& make) {
  const std::shared_ptr<Place> place = FindOrAdd(question, tick_ms);
  const MutexLock lock(place->making);
  if (place->list != nullptr) return place->list;
  absl::StatusOr<std::shared_ptr<OrderedList>> made = make();
  const bool good = made.ok() && (!tick_ms || (*made)->tick_ms() == *tick_ms);
  const size_t bytes = good ? (*made)->MemoryBytes() : 0;
  if (!good || bytes > kMostBytes) {
    Remove(place);
    return made;
  }
  place->list = *made;
  Keep(place, bytes);
  return made;
}

std::shared_ptr<ListCache::Place> ListCache::FindOrAdd(const std::string& question,
                                                       std::optional<int64_t> tick_ms) {
  Places old;
  const MutexLock lock(mutex_);
  old = TakeOld();
  for (const std::shared_ptr<Place>& place : places_) {
    if (place->tick_ms == tick_ms && place->question == question) return place;
  }
  const std::shared_ptr<Place>& place = places_.emplace_back(std::make_shared<Place>());
  place->question = question;
  place->tick_ms = tick_ms;
  return place;
}

void ListCache::Keep(const std::shared_ptr<Place>& place, size_t bytes) {
  Places old;
  const MutexLock lock(mutex_);
  place->made_usec = clock_.BootUsec();
  place->bytes = bytes;
  old = TakeOld();
  size_t lists = 0, all_bytes = 0;
  for (const std::shared_ptr<Place>& kept : places_) {
    lists += kept->made_usec ? 1 : 0;
    all_bytes += kept->bytes;
  }
  for (auto next = places_.begin(); next != places_.end();) {
    if (lists <= kMostLists && all_bytes <= kMostBytes) return;
    if (!(*next)->made_usec || *next == place) {
      ++next;
      continue;
    }
    --lists;
    all_bytes -= (*next)->bytes;
    old.push_back(std::move(*next));
    next = places_.erase(next);
  }
}

void ListCache::Remove(const std::shared_ptr<Place>& place) {
  const MutexLock lock(mutex_);
  std::erase(places_, place);
}

void ListCache::Expire() {
  Places old;
  const MutexLock lock(mutex_);
  old = TakeOld();
}

ListCache::Places ListCache::TakeOld() {
  const uint64_t now_usec = clock_.BootUsec();
  const auto fresh = [now_usec](const std::shared_ptr<Place>& place) {
    return !place->made_usec || now_usec - *place->made_usec < uint64_t{kShareMs} * 1000;
  };
  const auto old = std::stable_partition(places_.begin(), places_.end(), fresh);
  Places taken(std::make_move_iterator(old), std::make_move_iterator(places_.end()));
  places_.erase(old, places_.end());
  return taken;
}

}  // namespace kubemonitor
