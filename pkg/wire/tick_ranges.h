#ifndef KUBEMONITOR_WIRE_TICK_RANGES_H_
#define KUBEMONITOR_WIRE_TICK_RANGES_H_

#include <cstdint>
#include <map>

namespace kubemonitor {

// A set of ticks as ranges, both ends included, Unix milliseconds. Not thread-safe.
class TickRanges {
 public:
  // Ranges may overlap and come in any order; one that ends before it begins is nothing.
  void Add(int64_t first_ms, int64_t last_ms);
  bool Contains(int64_t tick_ms) const;
  void Clear() { last_by_first_.clear(); }
  bool empty() const { return last_by_first_.empty(); }

 private:
  std::map<int64_t, int64_t> last_by_first_;  // disjoint
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_WIRE_TICK_RANGES_H_
