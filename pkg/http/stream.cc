#include "http/stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

namespace kubemonitor {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

error_code FromErrno(int error) { return {error, boost::system::system_category()}; }

}  // namespace

Stream::Step Stream::TryRead(char* data, size_t size, size_t* got, error_code* error) {
  ssize_t n = 0;
  do {
    n = recv(socket_.native_handle(), data, size, 0);
  } while (n < 0 && errno == EINTR);
  if (n >= 0) {
    *got = static_cast<size_t>(n);
    return Step::kDone;
  }
  if (WouldBlock(errno)) return Step::kWantRead;
  *error = FromErrno(errno);
  return Step::kFailed;
}

Stream::Step Stream::TryWrite(std::string_view data, size_t* put, error_code* error) {
  ssize_t n = 0;
  do {
    n = send(socket_.native_handle(), data.data(), data.size(), MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  if (n >= 0) {
    *put = static_cast<size_t>(n);
    return Step::kDone;
  }
  if (WouldBlock(errno)) return Step::kWantWrite;
  *error = FromErrno(errno);
  return Step::kFailed;
}

asio::awaitable<error_code> Stream::WaitFor(Step step) {
  const auto direction =
      step == Step::kWantRead ? asio::socket_base::wait_read : asio::socket_base::wait_write;
  error_code error;
  co_await socket_.async_wait(direction, asio::redirect_error(asio::use_awaitable, error));
  co_return error;
}

asio::awaitable<error_code> Stream::Read(char* data, size_t size, size_t* got) {
  *got = 0;
  while (!interrupted_) {
    error_code error;
    const Step step = TryRead(data, size, got, &error);
    if (step == Step::kDone || step == Step::kFailed) co_return error;
    error = co_await WaitFor(step);
    if (error) co_return error;
  }
  co_return asio::error::operation_aborted;
}

asio::awaitable<error_code> Stream::Write(std::string_view data) {
  while (!interrupted_) {
    if (data.empty()) co_return error_code();
    error_code error;
    size_t put = 0;
    const Step step = TryWrite(data, &put, &error);
    if (step == Step::kFailed) co_return error;
    data.remove_prefix(put);
    if (step == Step::kDone) continue;
    error = co_await WaitFor(step);
    if (error) co_return error;
  }
  co_return asio::error::operation_aborted;
}

void Stream::Interrupt() {
  interrupted_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

void Stream::ShutdownSend() {
  error_code ignored;  // the peer may be gone already
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

void Stream::NoticeVanishedPeer() {
  const int fd = socket_.native_handle();
  auto set = [fd](int level, int option, int value) {
    setsockopt(fd, level, option, &value, sizeof(value));  // else it takes the kernel's two hours
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 60);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 15);
  set(IPPROTO_TCP, TCP_KEEPCNT, 4);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 120'000);
}

void Stream::DiscardOnClose() {
  error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
}

}  // namespace kubemonitor
