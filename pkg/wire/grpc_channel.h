#ifndef KUBEMONITOR_WIRE_GRPC_CHANNEL_H_
#define KUBEMONITOR_WIRE_GRPC_CHANNEL_H_

// How a sender of reports speaks gRPC: a target of its own, for the edges alone.

#include <absl/status/statusor.h>
#include <grpcpp/channel.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <string>

namespace kubemonitor {

inline constexpr char kSendMetricsPath[] = "/kubemonitor.v1.MetricsService/SendMetrics";

// A connection of its own to `address`, a literal ("192.0.2.1:50051" or "[2001:db8::1]:50051"):
// made when first needed, and again when it is lost. A server that vanished is noticed in 40 s.
std::shared_ptr<grpc::Channel> NewServerChannel(const std::string& address);

// What a call came to: the answer's bytes; InvalidArgument where the server cannot read the
// request; other errors where it was not reached or had no time.
absl::StatusOr<std::string> ServerAnswer(const grpc::Status& status,
                                         const grpc::ByteBuffer& answer);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_WIRE_GRPC_CHANNEL_H_
