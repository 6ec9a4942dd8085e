#ifndef KUBEMONITOR_COLLECTOR_PUBLISH_GRPC_TRANSPORT_H_
#define KUBEMONITOR_COLLECTOR_PUBLISH_GRPC_TRANSPORT_H_

#include <memory>
#include <string>

#include "collector/publish/transport.h"

namespace kubemonitor {

// One HTTP/2 connection to `address`, made when first needed, and again when it is lost.
std::unique_ptr<Transport> NewGrpcTransport(const std::string& address);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_PUBLISH_GRPC_TRANSPORT_H_
