#ifndef KUBEMONITOR_COLLECTOR_PUBLISH_NODE_PACE_H_
#define KUBEMONITOR_COLLECTOR_PUBLISH_NODE_PACE_H_

#include <cstdint>
#include <string>

namespace kubemonitor {

// Spreads what all nodes do at the same moment; a node has the same place everywhere and always.
// Thread-safe.
class NodePace {
 public:
  explicit NodePace(std::string node_name) : node_name_(std::move(node_name)) {}

  // How long after a tick it is sent: up to a fifth of the interval, and 2 s.
  uint64_t JitterUsec(uint32_t interval_ms) const;
  // Doubles with the failures, from one, up to the cap; between half of it and all of it, so that
  // nodes do not come back together.
  uint64_t BackOffUsec(uint32_t failures, uint64_t cap_usec) const;

 private:
  const std::string node_name_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_PUBLISH_NODE_PACE_H_
