#ifndef KUBEMONITOR_SIMULATOR_GRPC_CALLS_H_
#define KUBEMONITOR_SIMULATOR_GRPC_CALLS_H_

#include <memory>
#include <string>

#include "simulator/calls.h"

namespace kubemonitor {

// Each node has an HTTP/2 connection of its own to `address`, a literal: "192.0.2.1:50051" or
// "[2001:db8::1]:50051". The thread that waits does the work of all of them.
std::unique_ptr<Calls> NewGrpcCalls(const std::string& address);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_GRPC_CALLS_H_
