#ifndef KUBEMONITOR_APISERVER_INGEST_INSTANCES_H_
#define KUBEMONITOR_APISERVER_INGEST_INSTANCES_H_

// Which collector speaks for a node. Times are of the boot clock. Not thread-safe: one per node,
// under that node's lock.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace kubemonitor {

class NodeInstances {
 public:
  enum class Verdict : uint8_t { kCurrent, kTookOver, kSuperseded };

  // An id not seen before takes over from the current one; an id that was taken over from stays
  // out.
  Verdict Admit(std::string_view id, uint64_t now_usec);
  // Three changes inside five minutes, until five minutes pass without another.
  bool InConflict(uint64_t now_usec) const { return now_usec < conflict_until_usec_; }

  const std::string& current() const { return current_; }  // empty: none yet
  uint64_t last_seen_usec() const { return last_seen_usec_; }

 private:
  std::string current_;
  uint64_t last_seen_usec_ = 0;         // of the current instance
  std::deque<std::string> superseded_;  // newest last, bounded
  std::deque<uint64_t> changes_usec_;   // of the last five minutes
  uint64_t conflict_until_usec_ = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_INGEST_INSTANCES_H_
