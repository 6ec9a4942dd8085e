#include "apiserver/query/rates.h"

namespace kubemonitor {

std::optional<CounterStep> StepBetween(const ObjectRows& rows, size_t before, size_t after,
                                       Series counter) {
  const std::optional<uint64_t> from = rows.Get(before, counter);
  const std::optional<uint64_t> to = rows.Get(after, counter);
  if (!from || !to || *to < *from) return std::nullopt;
  const ObjectRows::Tick& first = rows.tick(before);
  const ObjectRows::Tick& last = rows.tick(after);
  if (first.epoch != last.epoch || last.boot_usec <= first.boot_usec) return std::nullopt;
  return CounterStep{last.tick_ms, *to - *from, last.boot_usec - first.boot_usec};
}

bool WithinReach(const ObjectRows& rows, size_t before, size_t after, int64_t interval_ms) {
  const int64_t first_ms = rows.tick(after).tick_ms - kLookBackTicks * interval_ms;
  return rows.tick(before + 1).tick_ms >= first_ms;
}

std::vector<CounterStep> CounterSteps(const ObjectRows& rows, Series counter) {
  std::vector<CounterStep> steps;
  std::optional<size_t> before;
  for (size_t row = 0; row < rows.size(); ++row) {
    if (!rows.Has(row, counter)) continue;
    if (before) {
      if (const auto step = StepBetween(rows, *before, row, counter)) steps.push_back(*step);
    }
    before = row;
  }
  return steps;
}

std::vector<RatioStep> RatioSteps(const ObjectRows& rows, Series part, Series whole,
                                  int64_t interval_ms) {
  std::vector<RatioStep> steps;
  std::optional<size_t> before;
  for (size_t row = 0; row < rows.size(); ++row) {
    if (!rows.Has(row, part) || !rows.Has(row, whole)) continue;
    if (before && WithinReach(rows, *before, row, interval_ms)) {
      const auto parts = StepBetween(rows, *before, row, part);
      const auto wholes = StepBetween(rows, *before, row, whole);
      if (parts && wholes && wholes->delta > 0) {
        steps.push_back({rows.tick(row).tick_ms, parts->delta, wholes->delta});
      }
    }
    before = row;
  }
  return steps;
}

}  // namespace kubemonitor
