#ifndef KUBEMONITOR_COMMON_SERIES_BLOCK_TESTING_H_
#define KUBEMONITOR_COMMON_SERIES_BLOCK_TESTING_H_

// Blocks in plain form for tests: made at random, encoded, read back.

#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "common/series_block.h"

namespace kubemonitor::testing {

using Random = std::mt19937_64;

// A number from `low` to `high`.
uint64_t Draw(Random* random, uint64_t low, uint64_t high);
// True in `percent` of the draws.
bool Chance(Random* random, unsigned percent);
// Evenly spread on a logarithmic scale.
double DrawLog(Random* random, double low, double high);

struct PlainBlock {
  using Column = std::vector<std::optional<uint64_t>>;  // by tick
  using Object = std::map<uint8_t, Column>;             // by series number

  int64_t start_ms = 0;
  std::vector<std::string> boot_ids;
  std::vector<BlockTick> ticks;
  std::map<uint32_t, Object> objects;

  uint64_t SampleCount() const;
  bool operator==(const PlainBlock&) const = default;
};
std::ostream& operator<<(std::ostream& out, const PlainBlock& block);

std::vector<uint8_t> Encode(const PlainBlock& block);
// Known series only.
PlainBlock Read(const BlockReader& reader);
// Looks at all there is to see, and returns something made of it.
uint64_t ReadAll(const BlockReader& reader);

// 1 to `max_count` values of one of the shapes that series have, extremes included.
std::vector<uint64_t> RandomValues(Random* random, size_t count);
// Anything a block may be: gaps, objects that come and go, boots, odd intervals.
PlainBlock RandomBlock(Random* random, size_t max_ticks, size_t max_objects);
// What a node of 30 pods with 2 containers each sends in five minutes, as the memory budget of the
// server assumes it: 660 series, 30 ticks.
PlainBlock ModelBlock(Random* random);

}  // namespace kubemonitor::testing

#endif  // KUBEMONITOR_COMMON_SERIES_BLOCK_TESTING_H_
