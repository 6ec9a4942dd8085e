#include "collector/publish/node_pace.h"

#include <algorithm>
#include <string_view>

namespace kubemonitor {
namespace {

constexpr uint64_t kMaxJitterUsec = 2'000'000;
constexpr uint64_t kFirstBackOffUsec = 500'000;

// FNV-1a: the same everywhere, as std::hash need not be.
uint64_t Hash(std::string_view text) {
  uint64_t hash = 14695981039346656037U;
  for (const char c : text) {
    hash ^= static_cast<uint8_t>(c);
    hash *= 1099511628211U;
  }
  // The low bits decide; let the high ones take part.
  return hash ^ (hash >> 32);
}

}  // namespace

uint64_t NodePace::JitterUsec(uint32_t interval_ms) const {
  const uint64_t span = std::min(kMaxJitterUsec, uint64_t{interval_ms} * 1000 / 5);
  return span == 0 ? 0 : Hash(node_name_) % span;
}

uint64_t NodePace::BackOffUsec(uint32_t failures, uint64_t cap_usec) const {
  const uint64_t full =
      std::min(cap_usec, kFirstBackOffUsec << std::min(failures - 1, uint32_t{10}));
  return full / 2 + Hash(node_name_ + std::to_string(failures)) % (full / 2 + 1);
}

}  // namespace kubemonitor
