#ifndef KUBEMONITOR_APISERVER_KUBERNETES_API_STREAM_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_API_STREAM_H_

#include <absl/status/status.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "apiserver/kubernetes/access.h"

struct ssl_ctx_st;
struct ssl_st;

namespace kubemonitor {

// The client's end of a TCP connection, with TLS on it or without. Every wait has an end:
// DeadlineExceeded. Used by one coroutine, on the thread of the io_context.
class ApiStream {
 public:
  explicit ApiStream(boost::asio::io_context& io);
  ~ApiStream();
  ApiStream(const ApiStream&) = delete;

  boost::asio::awaitable<absl::Status> Connect(boost::asio::ip::tcp::endpoint address,
                                               int64_t timeout_ms);
  boost::asio::awaitable<absl::Status> StartTls(ssl_ctx_st* context, const KubernetesAccess& access,
                                                int64_t timeout_ms);
  boost::asio::awaitable<absl::Status> Write(std::string_view data, int64_t timeout_ms);
  // Up to `size` bytes; *got is 0 at the end of the stream. May complete without suspending.
  boost::asio::awaitable<absl::Status> Read(char* data, size_t size, size_t* got,
                                            int64_t timeout_ms);

 private:
  enum class Step { kDone, kWantRead, kWantWrite, kEnded, kFailed };
  struct State;

  Step TryRead(char* data, size_t size, size_t* got, absl::Status* error);
  Step TryWrite(std::string_view data, size_t* put, absl::Status* error);
  Step TlsStep(int result, absl::Status* error);
  boost::asio::awaitable<absl::Status> WaitFor(Step step, int64_t timeout_ms);
  void ExpireAfter(int64_t timeout_ms);
  absl::Status Waited(const boost::system::error_code& code);

  std::shared_ptr<State> state_;  // shared with timers that may still fire
  std::shared_ptr<ssl_st> tls_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_API_STREAM_H_
