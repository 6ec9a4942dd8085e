#ifndef KUBEMONITOR_TESTS_ORACLE_DIFFERENTIAL_H_
#define KUBEMONITOR_TESTS_ORACLE_DIFFERENTIAL_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>

namespace kubemonitor {

// Where a random history takes its decisions from: the bytes of a fuzzer while there are any, then
// a generator.
class Choices {
 public:
  explicit Choices(uint64_t seed) : random_(seed) {}
  explicit Choices(std::span<const uint8_t> bytes) : bytes_(bytes), random_(bytes.size()) {}

  // 0 to count − 1; count ≥ 1.
  uint64_t Below(uint64_t count);
  bool OneIn(uint64_t count) { return Below(count) == 0; }

 private:
  std::span<const uint8_t> bytes_;
  std::mt19937_64 random_;
};

// Gives the real store and the oracle the same random history of a few nodes: late, repeated and
// missing ticks, churn, reboots, other instances, the simple form, time that passes. Returns the
// first difference of what they answer; empty: none.
std::string CompareStores(Choices* choices, size_t steps);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_TESTS_ORACLE_DIFFERENTIAL_H_
