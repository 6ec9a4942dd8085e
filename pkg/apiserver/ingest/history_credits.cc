#include "apiserver/ingest/history_credits.h"

#include <algorithm>

namespace kubemonitor {
namespace {

constexpr uint64_t kForfeitUsec = 10'000'000;
constexpr uint64_t kMinTurnUsec = 250'000;
constexpr uint64_t kMaxTurnUsec = 30'000'000;

}  // namespace

HistoryCredits::Answer HistoryCredits::Ask(const std::string& node, uint64_t waiting_bytes,
                                           uint64_t now_usec) {
  const MutexLock lock(mutex_);
  until_usec_.erase(node);
  if (until_usec_.size() >= limits_.nodes) {
    std::erase_if(until_usec_, [now_usec](const auto& entry) { return entry.second <= now_usec; });
  }
  if (until_usec_.size() < limits_.nodes) {
    until_usec_[node] = now_usec + kForfeitUsec;
    return {std::min(waiting_bytes, limits_.node_bytes), 0};
  }
  const uint64_t turn_usec =
      std::clamp(next_turn_usec_, now_usec + kMinTurnUsec, now_usec + kMaxTurnUsec);
  const uint64_t bytes = std::min(waiting_bytes, limits_.node_bytes);
  next_turn_usec_ = turn_usec + bytes * 1'000'000 / limits_.bytes_per_second;
  return {0, static_cast<uint32_t>((turn_usec - now_usec) / 1000)};
}

void HistoryCredits::Settle(const std::string& node) {
  const MutexLock lock(mutex_);
  until_usec_.erase(node);
}

}  // namespace kubemonitor
