#ifndef KUBEMONITOR_COLLECTOR_PUBLISH_SERVER_SET_H_
#define KUBEMONITOR_COLLECTOR_PUBLISH_SERVER_SET_H_

// The servers of a collector: every address of every name given is one, with a thread of its own.
// Thread-safe.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "collector/publish/server_worker.h"
#include "collector/publish/transport.h"
#include "common/log.h"
#include "common/mutex.h"
#include "wire/resolver.h"

namespace kubemonitor {

class ServerSet {
 public:
  // Log, clock and interval outlive this. `on_failure`: see ServerWorker.
  ServerSet(const TickLog& log, const Clock& clock, SenderOptions sender,
            TransportFactory make_transport, const std::atomic<uint32_t>& interval_ms,
            std::function<void()> on_failure);
  ~ServerSet();
  ServerSet(const ServerSet&) = delete;

  // `found` holds the addresses of a name, or why it could not be resolved: then its former
  // addresses stay. New addresses get a worker, those no name stands for any longer lose theirs.
  void Update(const std::string& server, const absl::StatusOr<std::vector<std::string>>& found);

  void Notify();
  // The smallest interval a server asks for; 0 until one answered.
  uint32_t server_interval_ms() const;
  // By address, of those that answered.
  std::map<std::string, uint32_t> server_intervals() const;
  std::vector<std::string> addresses() const;

 private:
  using Workers = std::map<std::string, std::shared_ptr<ServerWorker>>;

  const TickLog& log_;
  const Clock& clock_;
  const SenderOptions sender_;
  const TransportFactory make_transport_;
  const std::atomic<uint32_t>& interval_ms_;
  const std::function<void()> on_failure_;

  mutable Mutex mutex_;
  std::map<std::string, std::set<std::string>> addresses_ GUARDED_BY(mutex_);  // by name
  Workers workers_ GUARDED_BY(mutex_);                                         // by address
  LogLimiter resolve_log_ GUARDED_BY(mutex_);
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_PUBLISH_SERVER_SET_H_
