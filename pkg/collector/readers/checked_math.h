#ifndef KUBEMONITOR_COLLECTOR_READERS_CHECKED_MATH_H_
#define KUBEMONITOR_COLLECTOR_READERS_CHECKED_MATH_H_

#include <cstdint>
#include <optional>

namespace kubemonitor {

// a + b; nullopt where a part is missing or the result does not fit.
inline std::optional<uint64_t> AddChecked(std::optional<uint64_t> a, std::optional<uint64_t> b) {
  uint64_t sum = 0;
  if (!a || !b || __builtin_add_overflow(*a, *b, &sum)) return std::nullopt;
  return sum;
}

// a * b, likewise.
inline std::optional<uint64_t> MultiplyChecked(std::optional<uint64_t> a, uint64_t b) {
  uint64_t product = 0;
  if (!a || __builtin_mul_overflow(*a, b, &product)) return std::nullopt;
  return product;
}

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_CHECKED_MATH_H_
