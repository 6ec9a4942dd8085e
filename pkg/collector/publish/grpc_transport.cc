#include "collector/publish/grpc_transport.h"

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <utility>

#include "common/mutex.h"
#include "wire/grpc_channel.h"

namespace kubemonitor {
namespace {

class GrpcTransport final : public Transport {
 public:
  explicit GrpcTransport(const std::string& address) : stub_(NewServerChannel(address)) {}

  absl::StatusOr<std::string> Send(const std::string& request,
                                   std::chrono::milliseconds timeout) override {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout);
    {
      const MutexLock lock(mutex_);
      if (cancelled_) return absl::CancelledError("stopped");
      running_ = &context;
    }
    auto answer = Call(context, request);
    const MutexLock lock(mutex_);
    running_ = nullptr;
    return answer;
  }

  void Cancel() override {
    const MutexLock lock(mutex_);
    cancelled_ = true;
    if (running_ != nullptr) running_->TryCancel();
  }

 private:
  absl::StatusOr<std::string> Call(grpc::ClientContext& context, const std::string& request) {
    const grpc::Slice slice(request);
    const grpc::ByteBuffer bytes(&slice, 1);
    grpc::ByteBuffer answer;
    grpc::Status status;
    // A queue of its own: this thread waits in it and does the call's work, so that no other has
    // to.
    grpc::CompletionQueue queue;
    const auto call = stub_.PrepareUnaryCall(&context, kSendMetricsPath, bytes, &queue);
    call->StartCall();
    call->Finish(&answer, &status, this);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    queue.Shutdown();
    while (queue.Next(&tag, &ok)) {
    }
    return ServerAnswer(status, answer);
  }

  grpc::GenericStub stub_;
  Mutex mutex_;
  grpc::ClientContext* running_ GUARDED_BY(mutex_) = nullptr;
  bool cancelled_ GUARDED_BY(mutex_) = false;
};

}  // namespace

std::unique_ptr<Transport> NewGrpcTransport(const std::string& address) {
  return std::make_unique<GrpcTransport>(address);
}

}  // namespace kubemonitor
