#include "wire/tick_ranges.h"

#include <algorithm>
#include <iterator>

namespace kubemonitor {

void TickRanges::Add(int64_t first_ms, int64_t last_ms) {
  if (last_ms < first_ms) return;
  auto it = last_by_first_.upper_bound(first_ms);
  if (it != last_by_first_.begin() && std::prev(it)->second >= first_ms) --it;
  while (it != last_by_first_.end() && it->first <= last_ms) {
    first_ms = std::min(first_ms, it->first);
    last_ms = std::max(last_ms, it->second);
    it = last_by_first_.erase(it);
  }
  last_by_first_.emplace(first_ms, last_ms);
}

bool TickRanges::Contains(int64_t tick_ms) const {
  const auto it = last_by_first_.upper_bound(tick_ms);
  return it != last_by_first_.begin() && std::prev(it)->second >= tick_ms;
}

}  // namespace kubemonitor
