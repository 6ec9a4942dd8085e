#ifndef KUBEMONITOR_APISERVER_INGEST_GRPC_SERVER_H_
#define KUBEMONITOR_APISERVER_INGEST_GRPC_SERVER_H_

// The gRPC edge of ingest: /kubemonitor.v1.MetricsService/SendMetrics and, for clients of a proto
// file without a package, /MetricsService/SendMetrics. Requests are taken as bytes, so that nothing
// is parsed before its shape was looked at.

#include <absl/status/statusor.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "apiserver/ingest/ingest.h"

namespace kubemonitor {

struct GrpcServerOptions {
  std::string listen = "127.0.0.1:50051";  // literal address and port; port 0: any free one
  // Of all connections together, for what is received and not yet handled; slow senders are cut off
  // when it is used up. 5,000 connections take some 60 MB when each waits for its next report.
  size_t buffer_bytes = size_t{128} << 20;
  // Requests being parsed and stored at one time, as bytes on the wire; what comes on top is told
  // RESOURCE_EXHAUSTED.
  size_t handling_bytes = size_t{48} << 20;
  // Open files that connections leave to others, as in GrpcListenerOptions: two HTTP listeners have
  // 1024 connections each, and some that they refuse.
  size_t spare_descriptors = 2304;
};

class GrpcServer {
 public:
  // Binds and starts serving. Errors say what, where and what to do. `ingest` outlives the server.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Create(const GrpcServerOptions& options,
                                                            Ingest& ingest);
  ~GrpcServer();  // Stop with a deadline of 2 s
  GrpcServer(const GrpcServer&) = delete;

  // "127.0.0.1:50051", with the port really bound.
  const std::string& address() const;

  // No new requests; those running may finish until the deadline. May be called again.
  void Stop(std::chrono::milliseconds deadline);

 private:
  class Impl;
  explicit GrpcServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_INGEST_GRPC_SERVER_H_
