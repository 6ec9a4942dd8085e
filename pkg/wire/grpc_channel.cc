#include "wire/grpc_channel.h"

#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include "common/text.h"

namespace kubemonitor {
namespace {

constexpr int kMaxAnswerBytes = 4 << 20;

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  // A server whose host vanished is noticed; its own settings allow this pace.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // The sender paces the attempts; gRPC's own pace stays below. The minimum is the limit of one
  // attempt to connect.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 250);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 10'000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
  // Each server has a connection of its own, and no proxy of the environment comes between.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, kMaxAnswerBytes);
  return arguments;
}

absl::Status ToStatus(const grpc::Status& status) {
  const std::string message =
      fmt::format("{} (gRPC status {})", QuoteForMessage(status.error_message(), 512),
                  static_cast<int>(status.error_code()));
  switch (status.error_code()) {
    case grpc::StatusCode::OK:
      return absl::OkStatus();
    case grpc::StatusCode::INVALID_ARGUMENT:
      return absl::InvalidArgumentError(message);
    case grpc::StatusCode::CANCELLED:
      return absl::CancelledError(message);
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return absl::DeadlineExceededError(message);
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

}  // namespace

std::shared_ptr<grpc::Channel> NewServerChannel(const std::string& address) {
  return grpc::CreateCustomChannel((address.starts_with('[') ? "ipv6:" : "ipv4:") + address,
                                   grpc::InsecureChannelCredentials(), Arguments());
}

absl::StatusOr<std::string> ServerAnswer(const grpc::Status& status,
                                         const grpc::ByteBuffer& answer) {
  if (!status.ok()) return ToStatus(status);
  grpc::Slice joined;
  if (!answer.DumpToSingleSlice(&joined).ok()) {
    return absl::InternalError("the answer cannot be read");
  }
  return std::string(reinterpret_cast<const char*>(joined.begin()), joined.size());
}

}  // namespace kubemonitor
