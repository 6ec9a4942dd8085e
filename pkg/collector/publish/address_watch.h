#ifndef KUBEMONITOR_COLLECTOR_PUBLISH_ADDRESS_WATCH_H_
#define KUBEMONITOR_COLLECTOR_PUBLISH_ADDRESS_WATCH_H_

// Which addresses the name of a server stands for, asked again and again in a thread of its own: a
// name that is slow to resolve delays no other.

#include <absl/status/statusor.h>

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "common/mutex.h"
#include "wire/resolver.h"

namespace kubemonitor {

struct ResolvePace {  // from the end of one look-up to the next
  std::chrono::milliseconds every{30'000};
  // Instead, when the look-up or a request to a server failed.
  std::chrono::milliseconds after_failure{5'000};
};

class AddressWatch {
 public:
  using Found = absl::StatusOr<std::vector<std::string>>;
  // Called in the watch's thread with every answer.
  using Update = std::function<void(const std::string& server, const Found& found)>;

  AddressWatch(std::string server, Resolver resolve, Update update, ResolvePace pace);
  ~AddressWatch();
  AddressWatch(const AddressWatch&) = delete;

  void Start();
  // Ends soon, even while a look-up hangs. The thread has ended when Join returns.
  void RequestStop() EXCLUDES(mutex_);
  void Join();
  // A request failed: the name may stand for other addresses by now. From any thread.
  void ResolveSoon() EXCLUDES(mutex_);

 private:
  void Run(const std::stop_token& stop);
  void ForgetFailure() EXCLUDES(mutex_);
  void Rest(const std::stop_token& stop) EXCLUDES(mutex_);

  const std::string server_;
  const Resolver resolve_;
  const Update update_;
  const ResolvePace pace_;

  Mutex mutex_;
  Condition changed_;
  bool failed_ GUARDED_BY(mutex_) = false;  // since the look-up began
  std::jthread thread_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_PUBLISH_ADDRESS_WATCH_H_
