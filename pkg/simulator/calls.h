#ifndef KUBEMONITOR_SIMULATOR_CALLS_H_
#define KUBEMONITOR_SIMULATOR_CALLS_H_

// How requests of many nodes reach the server, each node over a connection of its own. Small on
// purpose: tests stand behind it without a network.

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace kubemonitor {

// Used by one thread.
class Calls {
 public:
  virtual ~Calls() = default;
  // Sends the bytes of a MetricsRequest over the node's connection, which is made when first
  // needed. One call a node at a time.
  virtual void Start(uint32_t node, const std::string& request) = 0;
  struct Done {
    uint32_t node = 0;
    // Bytes of a MetricsResponse. InvalidArgument: the server cannot read the request. Other
    // errors: it was not reached, or had no time.
    absl::StatusOr<std::string> answer;
  };
  // The next call that ended; nullopt when none did until the time was over.
  virtual std::optional<Done> Wait(uint64_t timeout_usec) = 0;
  // The calls under way end soon, with an error.
  virtual void CancelAll() = 0;
};

using CallsFactory = std::function<std::unique_ptr<Calls>()>;

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_CALLS_H_
