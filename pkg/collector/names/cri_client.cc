#include "collector/names/cri_client.h"

#include <fmt/format.h>
#include <google/protobuf/message_lite.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <chrono>
#include <string_view>
#include <utility>

#include "collector/names/cri_messages.h"
#include "collector/names/name_rules.h"
#include "cri.pb.h"

namespace kubemonitor {
namespace {

namespace cri = ::runtime::v1;

constexpr std::chrono::seconds kListDeadline{10};
constexpr std::chrono::seconds kCallDeadline{5};
constexpr size_t kMaxErrorBytes = 512;

// unix:///path, with what a URI reserves escaped: gRPC decodes it.
std::string TargetOf(std::string_view path) {
  std::string target = "unix://";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '/' || c == '.' || c == '-' || c == '_';
    if (plain) {
      target += c;
    } else {
      target += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return target;
}

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& path) {
  grpc::ChannelArguments arguments;
  // Without it the authority is the escaped path, which servers in Go may refuse.
  arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, "localhost");
  arguments.SetMaxReceiveMessageSize(kMaxReplyBytes);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 1000);
  // This one is also the time a connection may take: too short fails on a loaded node.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 10000);
  // Below the resolver's own back-off, which decides.
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5000);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  return grpc::CreateCustomChannel(TargetOf(path), grpc::InsecureChannelCredentials(), arguments);
}

absl::Status ToStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  // The codes of both are the same numbers.
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      CleanText(status.error_message(), kMaxErrorBytes));
}

class CriClient final : public CriRuntime {
 public:
  explicit CriClient(const std::string& socket_path)
      : channel_(MakeChannel(socket_path)), stub_(channel_) {}

  absl::StatusOr<CriVersion> Version(std::stop_token stop) override {
    return Ask("Version", cri::VersionRequest(), kCallDeadline, std::move(stop), ReadVersion);
  }
  absl::StatusOr<CriList<CriSandbox>> ListSandboxes(std::stop_token stop) override {
    return Ask("ListPodSandbox", cri::ListPodSandboxRequest(), kListDeadline, std::move(stop),
               ReadSandboxes);
  }
  absl::StatusOr<CriList<CriContainer>> ListContainers(std::stop_token stop) override {
    return Ask("ListContainers", cri::ListContainersRequest(), kListDeadline, std::move(stop),
               ReadContainers);
  }
  absl::StatusOr<std::optional<bool>> UsesHostNetwork(const std::string& sandbox_id,
                                                      std::stop_token stop) override {
    cri::PodSandboxStatusRequest request;
    request.set_pod_sandbox_id(sandbox_id);
    return Ask("PodSandboxStatus", request, kCallDeadline, std::move(stop), ReadUsesHostNetwork);
  }

 private:
  template <typename Result>
  absl::StatusOr<Result> Ask(
      std::string_view method, const google::protobuf::MessageLite& request,
      std::chrono::seconds deadline, std::stop_token stop,
      absl::StatusOr<Result> (*read)(google::protobuf::io::ZeroCopyInputStream*)) {
    absl::StatusOr<grpc::ByteBuffer> reply =
        Call(fmt::format("/runtime.v1.RuntimeService/{}", method), request, deadline, stop);
    if (!reply.ok()) return reply.status();
    grpc::ProtoBufferReader reader(&*reply);
    if (!reader.status().ok()) return ToStatus(reader.status());
    return read(&reader);
  }

  // The calling thread drives the call by a completion queue of its own, so that no other thread is
  // needed. The reply stays bytes: lists are then read item by item.
  absl::StatusOr<grpc::ByteBuffer> Call(const std::string& method,
                                        const google::protobuf::MessageLite& request,
                                        std::chrono::seconds deadline, std::stop_token stop) {
    const grpc::Slice bytes(request.SerializeAsString());
    const grpc::ByteBuffer sent(&bytes, 1);
    grpc::ByteBuffer reply;
    grpc::Status status;
    grpc::CompletionQueue queue;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + deadline);
    const std::stop_callback cancel(stop, [&context] { context.TryCancel(); });

    const auto call = stub_.PrepareUnaryCall(&context, method, sent, &queue);
    call->StartCall();
    call->Finish(&reply, &status, &queue);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    queue.Shutdown();
    while (queue.Next(&tag, &ok)) {
    }
    if (!status.ok()) return ToStatus(status);
    return reply;
  }

  std::shared_ptr<grpc::Channel> channel_;
  grpc::GenericStub stub_;
};

}  // namespace

std::unique_ptr<CriRuntime> MakeCriClient(const std::string& socket_path) {
  return std::make_unique<CriClient>(socket_path);
}

}  // namespace kubemonitor
