#include "apiserver/kubernetes/api_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "apiserver/kubernetes/gunzip.h"
#include "apiserver/kubernetes/http_reply.h"
#include "apiserver/kubernetes/tls.h"

namespace kubemonitor {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

constexpr int64_t kConnectMs = 10'000;
constexpr int64_t kHandshakeMs = 10'000;
constexpr int64_t kSendMs = 10'000;
constexpr size_t kReadBytes = 64 * 1024;
// A server that is faster than this thread must not keep it from the other connections.
constexpr int kReadsATurn = 4;

absl::Status With(const std::string& where, const absl::Status& status) {
  return absl::Status(status.code(), fmt::format("{}: {}", where, std::string(status.message())));
}

}  // namespace

// One reply: from bytes to head and plain body.
class ApiClient::Receiver {
 public:
  Receiver(const ApiRequest& request, const HeadFunction& head, const BodyFunction& body)
      : max_body_bytes_(request.max_body_bytes),
        head_(head),
        body_(body),
        reply_([this](const HttpReplyHead& reply_head) { OnHead(reply_head); },
               [this](std::string_view data) { return OnBody(data); }) {}

  // More bytes. True: nothing more is needed, see outcome().
  bool Take(std::string_view data) {
    began_ = began_ || !data.empty();
    pending_.append(data);
    size_t consumed = 0;
    const HttpReply::State state = reply_.Write(pending_, &consumed);
    pending_.erase(0, consumed);
    return Judge(state);
  }
  // The connection has ended.
  void End() { Judge(reply_.End()); }

  bool began() const { return began_; }
  int status() const { return status_; }
  const absl::Status& outcome() const { return outcome_; }
  // Whether another request may follow on the connection.
  bool reusable() const { return outcome_.ok() && pending_.empty() && reply_.keep_alive(); }

 private:
  void OnHead(const HttpReplyHead& reply_head) {
    status_ = reply_head.status;
    const std::string& coding = reply_head.content_encoding;
    if (coding == "gzip") {
      gunzip_ = std::make_unique<Gunzip>();
    } else if (!coding.empty() && coding != "identity") {
      problem_ = absl::DataLossError("the reply is compressed as it was not asked for");
    }
    head_({reply_head.status, reply_head.retry_after_seconds});
  }

  bool OnBody(std::string_view data) {
    if (!problem_.ok()) return false;
    if (gunzip_ == nullptr) return HandOut(data);
    const auto state =
        gunzip_->Write(data, [this](std::string_view plain) { return HandOut(plain); });
    if (state == Gunzip::State::kFailed) problem_ = absl::DataLossError("the reply is no gzip");
    gunzip_done_ = state == Gunzip::State::kDone;
    return state == Gunzip::State::kMore || state == Gunzip::State::kDone;
  }

  bool HandOut(std::string_view data) {
    body_bytes_ += data.size();
    if (body_bytes_ > max_body_bytes_) {
      problem_ = absl::ResourceExhaustedError(
          fmt::format("the reply is longer than {} bytes", max_body_bytes_));
      return false;
    }
    return body_(data);
  }

  bool Judge(HttpReply::State state) {
    switch (state) {
      case HttpReply::State::kMore:
        return false;
      case HttpReply::State::kDone:
        outcome_ = gunzip_ == nullptr || gunzip_done_
                       ? absl::OkStatus()
                       : absl::DataLossError("the compressed reply ended in the middle");
        return true;
      case HttpReply::State::kStopped:
        outcome_ = problem_.ok() ? absl::CancelledError("enough") : problem_;
        return true;
      case HttpReply::State::kFailed:
        outcome_ = absl::UnavailableError(reply_.problem());
        return true;
    }
    return true;
  }

  const uint64_t max_body_bytes_;
  const HeadFunction& head_;
  const BodyFunction& body_;
  HttpReply reply_;
  std::string pending_;  // received, not yet parsed
  std::unique_ptr<Gunzip> gunzip_;
  bool gunzip_done_ = false;
  bool began_ = false;
  int status_ = 0;
  uint64_t body_bytes_ = 0;
  absl::Status problem_;
  absl::Status outcome_ = absl::UnavailableError("no reply");
};

absl::StatusOr<std::string> ApiClient::RequestText(const ApiRequest& request) {
  const auto token = server_.token.Token();
  if (!token.ok()) return token.status();
  std::string text =
      fmt::format("GET {}{} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {}\r\nAccept: {}\r\n",
                  server_.access.path_prefix, request.target, server_.access.Authority(),
                  server_.user_agent, request.accept);
  if (request.gzip) text += "Accept-Encoding: gzip\r\n";
  if (!token->empty()) text += fmt::format("Authorization: Bearer {}\r\n", *token);
  return text + "\r\n";
}

asio::awaitable<absl::Status> ApiClient::Get(const ApiRequest& request, const HeadFunction& head,
                                             const BodyFunction& body) {
  const bool reused = stream_ != nullptr;
  std::optional<Receiver> receiver;
  receiver.emplace(request, head, body);
  absl::Status status = absl::OkStatus();
  if (!reused) status = co_await Open();
  if (status.ok()) status = co_await Exchange(request, *receiver);
  if (reused && !status.ok() && !receiver->began() && !absl::IsDeadlineExceeded(status)) {
    // The server had closed it meanwhile.
    receiver.emplace(request, head, body);
    status = co_await Open();
    if (status.ok()) status = co_await Exchange(request, *receiver);
  }
  const bool refused = receiver->status() == 401;
  if (refused) server_.token.Refused();
  // A client's certificate was shown as the connection began: a new one needs a new connection.
  if (refused || !status.ok() || !receiver->reusable()) stream_ = nullptr;
  co_return status;
}

asio::awaitable<absl::Status> ApiClient::Open() {
  stream_ = nullptr;
  auto addresses = co_await server_.hosts.Resolve();
  if (!addresses.ok()) co_return addresses.status();
  absl::Status status;
  for (size_t tried = 0; tried < addresses->size(); ++tried) {
    // Going on where it went on the last time, should one of them be dead.
    status = co_await OpenTo((*addresses)[next_address_ % addresses->size()]);
    if (status.ok()) co_return status;
    stream_ = nullptr;
    ++next_address_;
  }
  co_return With(server_.access.Authority(), status);
}

asio::awaitable<absl::Status> ApiClient::OpenTo(asio::ip::tcp::endpoint address) {
  stream_ = std::make_unique<ApiStream>(server_.io);
  absl::Status status = co_await stream_->Connect(address, kConnectMs);
  if (!status.ok() || !server_.access.tls) co_return status;
  // Anew each time: certificates are replaced while the program runs.
  const auto context = MakeTlsContext(server_.access);
  if (!context.ok()) co_return context.status();
  co_return co_await stream_->StartTls(context->get(), server_.access, kHandshakeMs);
}

asio::awaitable<absl::Status> ApiClient::Exchange(const ApiRequest& request, Receiver& receiver) {
  const auto text = RequestText(request);
  if (!text.ok()) co_return text.status();
  absl::Status status = co_await stream_->Write(*text, kSendMs);
  if (!status.ok()) co_return status;
  const auto deadline = steady_clock::now() + std::chrono::milliseconds(request.deadline_ms);
  std::vector<char> buffer(kReadBytes);
  for (int reads = 1;; ++reads) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) co_return absl::DeadlineExceededError("the reply takes too long");
    size_t got = 0;
    status = co_await stream_->Read(buffer.data(), buffer.size(), &got,
                                    std::min(request.silence_ms, left.count()));
    if (!status.ok()) co_return status;
    if (got == 0) receiver.End();
    if (got == 0 || receiver.Take({buffer.data(), got})) co_return receiver.outcome();
    if (reads % kReadsATurn == 0) co_await asio::post(server_.io, asio::use_awaitable);
  }
}

}  // namespace kubemonitor
