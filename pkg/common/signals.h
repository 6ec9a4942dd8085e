#ifndef KUBEMONITOR_COMMON_SIGNALS_H_
#define KUBEMONITOR_COMMON_SIGNALS_H_

// SIGTERM and SIGINT end a program in order.

#include <functional>
#include <memory>
#include <string>

namespace kubemonitor {

// Once in main, before any thread starts: SIGPIPE is ignored, SIGTERM and SIGINT are blocked, to be
// waited for by StopOnSignal.
void PrepareSignals();

// Calls `stop` from a thread of its own when SIGTERM or SIGINT comes. If the program has not left
// `main` eight seconds later, whatever it hangs in, the process ends there, with exit 0.
class StopOnSignal {
 public:
  explicit StopOnSignal(std::function<void()> stop);
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// 128 random bits as hexadecimal digits: instance ids.
std::string RandomId();

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COMMON_SIGNALS_H_
