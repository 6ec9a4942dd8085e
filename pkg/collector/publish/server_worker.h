#ifndef KUBEMONITOR_COLLECTOR_PUBLISH_SERVER_WORKER_H_
#define KUBEMONITOR_COLLECTOR_PUBLISH_SERVER_WORKER_H_

// One server's thread: sends what its Sender says. Slow or away, it holds up nobody else.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <thread>

#include "collector/publish/sender.h"
#include "collector/publish/transport.h"
#include "common/clock.h"
#include "common/mutex.h"

namespace kubemonitor {

class ServerWorker {
 public:
  // Starts at once. `interval_ms` is read before each request; `on_failure` is called in the
  // worker's thread after a failed request.
  ServerWorker(const TickLog& log, const Clock& clock, SenderOptions options,
               std::unique_ptr<Transport> transport, const std::atomic<uint32_t>& interval_ms,
               std::function<void()> on_failure);
  ~ServerWorker();  // ends the running request
  ServerWorker(const ServerWorker&) = delete;

  // A tick was added.
  void Notify() EXCLUDES(mutex_);
  // Ends soon; the destructor then does not wait long.
  void RequestStop() EXCLUDES(mutex_);
  uint32_t server_interval_ms() const { return server_interval_ms_.load(); }
  bool connected() const { return connected_.load(); }

 private:
  void Run(const std::stop_token& stop);
  void Wait(const std::stop_token& stop, uint64_t wake_usec) EXCLUDES(mutex_);

  const Clock& clock_;
  const std::atomic<uint32_t>& interval_ms_;
  const std::function<void()> on_failure_;
  const std::unique_ptr<Transport> transport_;
  Sender sender_;  // of the thread
  std::atomic<uint32_t> server_interval_ms_{0};
  std::atomic<bool> connected_{false};

  Mutex mutex_;
  Condition changed_;
  bool notified_ GUARDED_BY(mutex_) = false;
  std::jthread thread_;  // last: starts when everything else is there
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_PUBLISH_SERVER_WORKER_H_
