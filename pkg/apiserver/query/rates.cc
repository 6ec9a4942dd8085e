#include "apiserver/query/rates.h"

namespace kubemonitor {

std::optional<CounterStep> StepBetween(const RawRow& before, const RawRow& after, Series counter) {
  const std::optional<uint64_t> from = before.values.Get(counter);
  const std::optional<uint64_t> to = after.values.Get(counter);
  if (!from || !to || *to < *from) return std::nullopt;
  if (before.epoch != after.epoch || after.boot_usec <= before.boot_usec) return std::nullopt;
  return CounterStep{after.tick_ms, *to - *from, after.boot_usec - before.boot_usec};
}

std::vector<CounterStep> CounterSteps(const std::vector<RawRow>& rows, Series counter) {
  std::vector<CounterStep> steps;
  const RawRow* before = nullptr;
  for (const RawRow& row : rows) {
    if (!row.values.Has(counter)) continue;
    if (before != nullptr) {
      if (const auto step = StepBetween(*before, row, counter)) steps.push_back(*step);
    }
    before = &row;
  }
  return steps;
}

std::vector<RatioStep> RatioSteps(const std::vector<RawRow>& rows, Series part, Series whole) {
  std::vector<RatioStep> steps;
  const RawRow* before = nullptr;
  for (const RawRow& row : rows) {
    if (!row.values.Has(part) || !row.values.Has(whole)) continue;
    if (before != nullptr) {
      const auto parts = StepBetween(*before, row, part);
      const auto wholes = StepBetween(*before, row, whole);
      if (parts && wholes && wholes->delta > 0) {
        steps.push_back({row.tick_ms, parts->delta, wholes->delta});
      }
    }
    before = &row;
  }
  return steps;
}

}  // namespace kubemonitor
