#ifndef KUBEMONITOR_COMMON_CLOCK_H_
#define KUBEMONITOR_COMMON_CLOCK_H_

#include <cstdint>

namespace kubemonitor {

// Time is injected, so that tests never sleep. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall clock, Unix milliseconds. May step.
  virtual int64_t WallMs() const = 0;
  // CLOCK_BOOTTIME in microseconds: monotonic, counts suspend. Rates divide by differences of this.
  virtual uint64_t BootUsec() const = 0;
};

// The kernel's clocks. The object lives for the whole program.
const Clock& SystemClock();

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COMMON_CLOCK_H_
