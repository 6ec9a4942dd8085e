#include "collector/publish/request_size.h"

#include <algorithm>

namespace kubemonitor {
namespace {

// A third of the time-out of a request, and an interval that is short.
constexpr uint64_t kLongUsec = 5'000'000;
constexpr uint64_t kShortUsec = 1'000'000;
constexpr size_t kLeastBytes = 8'192;

}  // namespace

void RequestSize::Took(uint64_t usec, size_t request_bytes) {
  if (usec > kLongUsec) {
    bytes_ = std::max(std::min(most_bytes_, kLeastBytes), std::min(bytes_, request_bytes) / 2);
  } else if (usec < kShortUsec && request_bytes > bytes_ / 2) {
    bytes_ = std::min(most_bytes_, bytes_ * 2);
  }
}

}  // namespace kubemonitor
