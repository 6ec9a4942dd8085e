#include "apiserver/kubernetes/api_stream.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "apiserver/kubernetes/tls.h"

namespace kubemonitor {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

absl::Status FromErrno(const char* what, int error) {
  return absl::UnavailableError(fmt::format("{}: {}", what, std::strerror(error)));
}

}  // namespace

struct ApiStream::State {
  explicit State(asio::io_context& io) : socket(io), timer(io) {}
  tcp::socket socket;
  asio::steady_timer timer;
  uint64_t wait = 0;  // counts waits: a timer ends only its own
  bool timed_out = false;
};

ApiStream::ApiStream(asio::io_context& io) : state_(std::make_shared<State>(io)) {}

ApiStream::~ApiStream() {
  error_code ignored;
  tls_.reset();
  state_->timer.cancel();
  state_->socket.close(ignored);
}

void ApiStream::ExpireAfter(int64_t timeout_ms) {
  state_->timed_out = false;
  const uint64_t wait = ++state_->wait;
  state_->timer.expires_after(std::chrono::milliseconds(timeout_ms));
  state_->timer.async_wait([state = state_, wait](const error_code& code) {
    if (code || state->wait != wait) return;
    state->timed_out = true;
    error_code ignored;
    state->socket.cancel(ignored);
  });
}

absl::Status ApiStream::Waited(const error_code& code) {
  ++state_->wait;
  state_->timer.cancel();
  if (state_->timed_out) return absl::DeadlineExceededError("nothing came in time");
  if (code) return absl::UnavailableError(code.message());
  return absl::OkStatus();
}

asio::awaitable<absl::Status> ApiStream::Connect(tcp::endpoint address, int64_t timeout_ms) {
  error_code code;
  state_->socket.open(address.protocol(), code);
  if (!code) state_->socket.non_blocking(true, code);
  if (!code) state_->socket.set_option(asio::socket_base::keep_alive(true), code);
  if (!code) state_->socket.set_option(tcp::no_delay(true), code);
  if (code) co_return absl::UnavailableError(code.message());
  ExpireAfter(timeout_ms);
  co_await state_->socket.async_connect(address, asio::redirect_error(asio::use_awaitable, code));
  absl::Status status = Waited(code);
  if (absl::IsDeadlineExceeded(status)) {
    status =
        absl::DeadlineExceededError(fmt::format("no connection within {} s", timeout_ms / 1000));
  }
  co_return status;
}

asio::awaitable<absl::Status> ApiStream::StartTls(ssl_ctx_st* context,
                                                  const KubernetesAccess& access,
                                                  int64_t timeout_ms) {
  auto connection = MakeTlsConnection(context, state_->socket.native_handle(), access);
  if (!connection.ok()) co_return connection.status();
  tls_ = *std::move(connection);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  while (true) {
    ERR_clear_error();
    errno = 0;
    absl::Status error;
    const Step step = TlsStep(SSL_connect(tls_.get()), &error);
    if (step == Step::kDone) co_return absl::OkStatus();
    if (step == Step::kFailed) co_return error;
    if (step == Step::kEnded) co_return absl::UnavailableError("the server ended the handshake");
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0)
      co_return absl::DeadlineExceededError("the TLS handshake takes too long");
    absl::Status status = co_await WaitFor(step, left.count());
    if (!status.ok()) co_return status;
  }
}

ApiStream::Step ApiStream::TlsStep(int result, absl::Status* error) {
  if (result > 0) return Step::kDone;
  const int why = SSL_get_error(tls_.get(), result);
  switch (why) {
    case SSL_ERROR_WANT_READ:
      return Step::kWantRead;
    case SSL_ERROR_WANT_WRITE:
      return Step::kWantWrite;
    case SSL_ERROR_ZERO_RETURN:
      return Step::kEnded;
    case SSL_ERROR_SYSCALL:
      if (errno == 0) return Step::kEnded;
      *error = FromErrno("the connection broke", errno);
      return Step::kFailed;
    default:
      *error = absl::UnavailableError(TlsProblem(tls_.get()));
      return Step::kFailed;
  }
}

ApiStream::Step ApiStream::TryRead(char* data, size_t size, size_t* got, absl::Status* error) {
  errno = 0;
  if (tls_ != nullptr) {
    ERR_clear_error();
    return TlsStep(SSL_read_ex(tls_.get(), data, size, got), error);
  }
  ssize_t n = 0;
  do {
    n = recv(state_->socket.native_handle(), data, size, 0);
  } while (n < 0 && errno == EINTR);
  if (n > 0) *got = static_cast<size_t>(n);
  if (n >= 0) return n > 0 ? Step::kDone : Step::kEnded;
  if (WouldBlock(errno)) return Step::kWantRead;
  *error = FromErrno("the connection broke", errno);
  return Step::kFailed;
}

ApiStream::Step ApiStream::TryWrite(std::string_view data, size_t* put, absl::Status* error) {
  errno = 0;
  if (tls_ != nullptr) {
    ERR_clear_error();
    return TlsStep(SSL_write_ex(tls_.get(), data.data(), data.size(), put), error);
  }
  ssize_t n = 0;
  do {
    n = send(state_->socket.native_handle(), data.data(), data.size(), MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  if (n >= 0) {
    *put = static_cast<size_t>(n);
    return Step::kDone;
  }
  if (WouldBlock(errno)) return Step::kWantWrite;
  *error = FromErrno("the connection broke", errno);
  return Step::kFailed;
}

asio::awaitable<absl::Status> ApiStream::WaitFor(Step step, int64_t timeout_ms) {
  ExpireAfter(timeout_ms);
  error_code code;
  co_await state_->socket.async_wait(
      step == Step::kWantRead ? asio::socket_base::wait_read : asio::socket_base::wait_write,
      asio::redirect_error(asio::use_awaitable, code));
  co_return Waited(code);
}

asio::awaitable<absl::Status> ApiStream::Read(char* data, size_t size, size_t* got,
                                              int64_t timeout_ms) {
  *got = 0;
  while (true) {
    absl::Status error;
    const Step step = TryRead(data, size, got, &error);
    if (step == Step::kDone || step == Step::kEnded) co_return absl::OkStatus();
    if (step == Step::kFailed) co_return error;
    absl::Status status = co_await WaitFor(step, timeout_ms);
    if (!status.ok()) co_return status;
  }
}

asio::awaitable<absl::Status> ApiStream::Write(std::string_view data, int64_t timeout_ms) {
  while (!data.empty()) {
    absl::Status error;
    size_t put = 0;
    const Step step = TryWrite(data, &put, &error);
    if (step == Step::kFailed) co_return error;
    if (step == Step::kEnded) co_return absl::UnavailableError("the server closed the connection");
    data.remove_prefix(put);
    if (step == Step::kDone) continue;
    absl::Status status = co_await WaitFor(step, timeout_ms);
    if (!status.ok()) co_return status;
  }
  co_return absl::OkStatus();
}

}  // namespace kubemonitor
