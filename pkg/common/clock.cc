#include "common/clock.h"

#include <time.h>

namespace kubemonitor {
namespace {

timespec Now(clockid_t id) {
  timespec ts{};
  clock_gettime(id, &ts);
  return ts;
}

class KernelClock final : public Clock {
 public:
  int64_t WallMs() const override {
    const timespec ts = Now(CLOCK_REALTIME);
    return int64_t{ts.tv_sec} * 1000 + ts.tv_nsec / 1000000;
  }
  uint64_t BootUsec() const override {
    const timespec ts = Now(CLOCK_BOOTTIME);
    return static_cast<uint64_t>(ts.tv_sec) * 1000000 + static_cast<uint64_t>(ts.tv_nsec) / 1000;
  }
};

}  // namespace

const Clock& SystemClock() {
  static const KernelClock clock;
  return clock;
}

}  // namespace kubemonitor
