#include "apiserver/rest/list_cache.h"

#include <utility>

namespace kubemonitor {

absl::StatusOr<std::shared_ptr<OrderedList>> ListCache::Get(uint64_t list_hash, int64_t tick_ms,
                                                            const MakeList& make) {
  const std::shared_ptr<Place> place = FindOrAdd(list_hash, tick_ms);
  const MutexLock lock(place->mutex);
  if (place->list == nullptr) {
    absl::StatusOr<std::shared_ptr<OrderedList>> made = make();
    if (!made.ok()) return made;
    place->size = (*made)->size();
    place->list = *std::move(made);
  }
  return place->list;
}

std::shared_ptr<ListCache::Place> ListCache::FindOrAdd(uint64_t list_hash, int64_t tick_ms) {
  const MutexLock lock(mutex_);
  DropOld();
  for (const std::shared_ptr<Place>& place : places_) {
    if (place->list_hash == list_hash && place->tick_ms == tick_ms) return place;
  }
  auto place = std::make_shared<Place>();
  place->list_hash = list_hash;
  place->tick_ms = tick_ms;
  place->begun_usec = clock_.BootUsec();
  places_.push_back(place);
  return place;
}

void ListCache::Expire() {
  const MutexLock lock(mutex_);
  DropOld();
}

void ListCache::DropOld() {
  const uint64_t now_usec = clock_.BootUsec();
  const auto too_old = [now_usec](const Place& place) {
    return now_usec - place.begun_usec >= uint64_t{kShareMs} * 1000;
  };
  while (!places_.empty() && too_old(*places_.front())) places_.pop_front();
  size_t items = 0;
  for (const std::shared_ptr<Place>& place : places_) items += place->size;
  while (places_.size() > 1 &&
         (places_.size() > kMostLists || items > kMostItems + places_.back()->size)) {
    items -= places_.front()->size;
    places_.pop_front();
  }
}

}  // namespace kubemonitor
