#ifndef KUBEMONITOR_APISERVER_INGEST_HISTORY_CREDITS_H_
#define KUBEMONITOR_APISERVER_INGEST_HISTORY_CREDITS_H_

// Who may send history now. After a restart of the server every node has an hour to tell: a few
// send at a time, the others are given a turn, so that neither memory nor live ticks suffer.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "common/mutex.h"

namespace kubemonitor {

struct HistoryCreditLimits {
  // Together 8 MiB on the way, whatever the number of nodes. A node's usual hour is one request.
  size_t nodes = 32;
  uint64_t node_bytes = 256 << 10;
  // Turns are given as if so much were taken a second: at most, a turn that comes too soon gets
  // another one.
  uint64_t bytes_per_second = 48 << 20;
};

// Thread-safe. Times are of the boot clock.
class HistoryCredits {
 public:
  explicit HistoryCredits(HistoryCreditLimits limits = {}) : limits_(limits) {}

  struct Answer {
    uint64_t credit_bytes = 0;  // for the node's next request; forfeited after ten seconds
    uint32_t retry_ms = 0;      // where it is 0: when to ask again
  };
  // The node has so much to send (> 0). A credit that it still had is forfeited.
  Answer Ask(const std::string& node, uint64_t waiting_bytes, uint64_t now_usec) EXCLUDES(mutex_);
  // The node used its credit, or has nothing more to send.
  void Settle(const std::string& node) EXCLUDES(mutex_);

 private:
  const HistoryCreditLimits limits_;
  Mutex mutex_;
  std::map<std::string, uint64_t> until_usec_ GUARDED_BY(mutex_);  // of those with credit
  uint64_t next_turn_usec_ GUARDED_BY(mutex_) = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_INGEST_HISTORY_CREDITS_H_
