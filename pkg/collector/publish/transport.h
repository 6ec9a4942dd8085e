#ifndef KUBEMONITOR_COLLECTOR_PUBLISH_TRANSPORT_H_
#define KUBEMONITOR_COLLECTOR_PUBLISH_TRANSPORT_H_

// How bytes reach one server. Small on purpose: another library can stand behind it.

#include <absl/status/statusor.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace kubemonitor {

class Transport {
 public:
  virtual ~Transport() = default;
  // Calls SendMetrics with a serialized MetricsRequest, and returns the serialized MetricsResponse.
  // Blocks up to `timeout`; called by one thread. InvalidArgument: the server cannot read the
  // request. Other errors: the server was not reached, or had no time.
  virtual absl::StatusOr<std::string> Send(const std::string& request,
                                           std::chrono::milliseconds timeout) = 0;
  // From another thread: the running Send ends soon, later ones fail at once.
  virtual void Cancel() = 0;
};

// `address` is a literal: "192.0.2.1:50051" or "[2001:db8::1]:50051".
using TransportFactory = std::function<std::unique_ptr<Transport>(const std::string& address)>;

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_PUBLISH_TRANSPORT_H_
