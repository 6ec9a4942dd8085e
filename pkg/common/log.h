#ifndef KUBEMONITOR_COMMON_LOG_H_
#define KUBEMONITOR_COMMON_LOG_H_

// Logs go to stderr, as text or one JSON object a line. A message is made valid UTF-8, cut after
// 4096 bytes and escaped: a line of the log is a line of ours, and always valid JSON. Thread-safe.

#include <fmt/format.h>

#include <cstdint>
#include <string_view>
#include <utility>

namespace kubemonitor {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarning, kError };
enum class LogFormat : uint8_t { kText, kJson };

// Once, from main, before threads start. Until then: text, info.
void InitLogging(LogFormat format, LogLevel level);
bool LogEnabled(LogLevel level);
void LogMessage(LogLevel level, std::string_view message);

template <typename... Args>
void Log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  if (LogEnabled(level)) LogMessage(level, fmt::format(format, std::forward<Args>(args)...));
}
#define KUBEMONITOR_LOG_FUNCTION(name, level)                     \
  template <typename... Args>                                     \
  void name(fmt::format_string<Args...> format, Args&&... args) { \
    Log(LogLevel::level, format, std::forward<Args>(args)...);    \
  }
KUBEMONITOR_LOG_FUNCTION(LogDebug, kDebug)
KUBEMONITOR_LOG_FUNCTION(LogInfo, kInfo)
KUBEMONITOR_LOG_FUNCTION(LogWarning, kWarning)
KUBEMONITOR_LOG_FUNCTION(LogError, kError)
#undef KUBEMONITOR_LOG_FUNCTION

// Lets one message through per period of the boot clock, and counts what it held back. Not
// thread-safe: one per call site and thread.
class LogLimiter {
 public:
  explicit LogLimiter(uint64_t period_usec = 60'000'000) : period_usec_(period_usec) {}
  // True: log now; `held_back` then says how many were not logged since the last time.
  bool Allow(uint64_t boot_usec, uint64_t* held_back);

 private:
  uint64_t period_usec_;
  uint64_t next_usec_ = 0;
  uint64_t held_back_ = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COMMON_LOG_H_
