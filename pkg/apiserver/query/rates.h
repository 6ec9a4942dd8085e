#ifndef KUBEMONITOR_APISERVER_QUERY_RATES_H_
#define KUBEMONITOR_APISERVER_QUERY_RATES_H_

// From cumulative counters to what happened between two ticks. Pure functions.

#include <cstdint>
#include <optional>
#include <vector>

#include "apiserver/store/store.h"

namespace kubemonitor {

// What a counter grew by, and over how much time of the boot clock, up to the tick that measured
// it.
struct CounterStep {
  int64_t tick_ms = 0;
  uint64_t delta = 0;
  uint64_t elapsed_usec = 0;  // never 0
};

// The growth of a counter between two rows. Nullopt, and so no rate, where it cannot be told:
// the counter went back (another object under the same name, an overflow), the boot clock did not
// advance, or the node booted in between.
std::optional<CounterStep> StepBetween(const ObjectRows& rows, size_t before, size_t after,
                                       Series counter);

// Ticks over which a missing value does not cost the rate after it.
inline constexpr int64_t kLookBackTicks = 2;

// `before` is among the rows that a reading of the tick of `after` alone would have: those of
// kLookBackTicks ticks before it, and the one before those. What is made of a tick is the same
// whatever else is read.
bool WithinReach(const ObjectRows& rows, size_t before, size_t after, int64_t interval_ms);

// One step for each row whose value and the nearest earlier one make one. The first value makes
// none; a gap (ticks or values missing) belongs to the tick that ends it, with nothing invented in
// between.
std::vector<CounterStep> CounterSteps(const ObjectRows& rows, Series counter);

// Of two counters read together, over the same pairs of rows within reach: how much of `whole` was
// `part`.
struct RatioStep {
  int64_t tick_ms = 0;
  uint64_t part = 0;
  uint64_t whole = 0;  // never 0
};
std::vector<RatioStep> RatioSteps(const ObjectRows& rows, Series part, Series whole,
                                  int64_t interval_ms);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_RATES_H_
