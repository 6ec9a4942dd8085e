#ifndef KUBEMONITOR_APISERVER_INGEST_GRPC_LISTENER_H_
#define KUBEMONITOR_APISERVER_INGEST_GRPC_LISTENER_H_

// Accepts connections for gRPC, whose own listener has no bound and accepts nothing ever again once
// the process ran out of descriptors (gRPC 1.51, tcp_server_posix.cc: accept4 with EMFILE).

#include <absl/status/statusor.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "common/log.h"

namespace kubemonitor {

struct GrpcListenerOptions {
  std::string listen;  // literal address and port; port 0: any free one
  // So many of the open files that the process may have, half of them at most, are not for these
  // connections. New ones are closed when all others are taken; a sender tries again.
  size_t spare_descriptors = 0;
};

class GrpcListener {
 public:
  // Owns the descriptor: a connected socket that does not block. Called from one thread.
  using Take = std::function<void(int fd)>;

  // Binds and listens. Errors say what, where and what to do.
  static absl::StatusOr<std::unique_ptr<GrpcListener>> Create(const GrpcListenerOptions& options);
  ~GrpcListener();  // Stop
  GrpcListener(const GrpcListener&) = delete;

  // "127.0.0.1:50051", with the port really bound.
  const std::string& address() const { return address_; }

  // Once.
  void Start(Take take);
  // Not a connection more once it returns. May be called again.
  void Stop();

 private:
  GrpcListener(int listener, int stop_event, int end_descriptor, std::string address);
  void Run(const Take& take);
  bool AcceptOne(const Take& take);
  bool Wait(bool for_connection, int timeout_ms) const;
  void SayFull();

  const int listener_;
  const int stop_event_;
  const int end_descriptor_;  // descriptors are given by their number, the lowest free one first
  const std::string address_;
  LogLimiter full_log_;
  std::jthread thread_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_INGEST_GRPC_LISTENER_H_
