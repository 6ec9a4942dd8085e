#ifndef KUBEMONITOR_COLLECTOR_READERS_READ_ERRORS_H_
#define KUBEMONITOR_COLLECTOR_READERS_READ_ERRORS_H_

#include <fmt/format.h>

#include <cstdint>
#include <utility>

#include "common/log.h"

namespace kubemonitor {

// What could not be read or understood: counted, and logged at a limited rate. Every source has one
// of its own, so that a noisy source does not hide the others. Not thread-safe.
class ReadErrors {
 public:
  // Once a tick, before anything is added: the boot clock that the rate is limited by.
  void BeginTick(uint64_t boot_usec) { boot_usec_ = boot_usec; }

  // Composes the message, which names the file and says what is wrong, only if it is logged.
  template <typename... Args>
  void Add(fmt::format_string<Args...> format, Args&&... args) {
    AddMany(1, format, std::forward<Args>(args)...);
  }
  // `errors` at once under one message; 0: nothing.
  template <typename... Args>
  void AddMany(uint64_t errors, fmt::format_string<Args...> format, Args&&... args) {
    if (errors == 0) return;
    count_ += errors;
    uint64_t held_back = 0;
    if (!limiter_.Allow(boot_usec_, &held_back)) return;
    LogWarning("{} ({} more like it not logged)", fmt::format(format, std::forward<Args>(args)...),
               held_back);
  }

  uint64_t count() const { return count_; }

 private:
  uint64_t boot_usec_ = 0;
  uint64_t count_ = 0;
  LogLimiter limiter_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_READ_ERRORS_H_
