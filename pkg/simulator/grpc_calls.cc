#include "simulator/grpc_calls.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <chrono>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "wire/grpc_channel.h"

namespace kubemonitor {
namespace {

// Longer than a collector's: a server that is being back-filled has much to do.
constexpr std::chrono::seconds kTimeout{30};

struct Call {
  uint32_t node = 0;
  grpc::ClientContext context;
  grpc::ByteBuffer answer;
  grpc::Status status;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
};

class GrpcCalls final : public Calls {
 public:
  explicit GrpcCalls(std::string address) : address_(std::move(address)) {}

  ~GrpcCalls() override {
    CancelAll();
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) delete static_cast<Call*>(tag);
  }

  void Start(uint32_t node, const std::string& request) override {
    auto& stub = stubs_[node];
    if (stub == nullptr) stub = std::make_unique<grpc::GenericStub>(NewServerChannel(address_));
    auto call = std::make_unique<Call>();
    call->node = node;
    call->context.set_deadline(std::chrono::system_clock::now() + kTimeout);
    const grpc::Slice slice(request);
    const grpc::ByteBuffer bytes(&slice, 1);
    call->reader = stub->PrepareUnaryCall(&call->context, kSendMetricsPath, bytes, &queue_);
    call->reader->StartCall();
    Call* tag = call.release();  // comes back out of the queue
    running_.insert(tag);
    tag->reader->Finish(&tag->answer, &tag->status, tag);
  }

  std::optional<Done> Wait(uint64_t timeout_usec) override {
    const auto deadline =
        std::chrono::system_clock::now() + std::chrono::microseconds(timeout_usec);
    void* tag = nullptr;
    bool ok = false;
    if (queue_.AsyncNext(&tag, &ok, deadline) != grpc::CompletionQueue::GOT_EVENT) {
      return std::nullopt;
    }
    const std::unique_ptr<Call> call(static_cast<Call*>(tag));
    running_.erase(call.get());
    return Done{call->node, ServerAnswer(call->status, call->answer)};
  }

  void CancelAll() override {
    for (Call* call : running_) call->context.TryCancel();
  }

 private:
  const std::string address_;
  grpc::CompletionQueue queue_;
  std::unordered_map<uint32_t, std::unique_ptr<grpc::GenericStub>> stubs_;
  std::unordered_set<Call*> running_;
};

}  // namespace

std::unique_ptr<Calls> NewGrpcCalls(const std::string& address) {
  return std::make_unique<GrpcCalls>(address);
}

}  // namespace kubemonitor
