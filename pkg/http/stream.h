// One client's byte stream. Everything above works on this type, so that TLS comes in here: the two
// Try functions then call SSL_read and SSL_write on the same socket, and nothing else changes.

#ifndef KUBEMONITOR_HTTP_STREAM_H_
#define KUBEMONITOR_HTTP_STREAM_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <string_view>
#include <utility>

namespace kubemonitor {

// Used by one coroutine, on the I/O thread. It has no deadlines of its own: whoever watches the
// connection calls Interrupt.
class Stream {
 public:
  // `socket` must be non-blocking.
  explicit Stream(boost::asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

  // Reads up to `size` bytes; *got is 0 at the end of the stream. May complete without suspending.
  boost::asio::awaitable<boost::system::error_code> Read(char* data, size_t size, size_t* got);
  // Writes all of `data`, which must stay alive. May complete without suspending.
  boost::asio::awaitable<boost::system::error_code> Write(std::string_view data);

  // Makes the pending and every later Read and Write end with operation_aborted, until Resume.
  void Interrupt();
  void Resume() { interrupted_ = false; }

  // Tells the peer that nothing more comes.
  void ShutdownSend();
  // Has the kernel find out, within about two minutes, that a peer is gone without a word.
  void NoticeVanishedPeer();
  // On destruction throws away what the kernel has not sent yet and resets the connection.
  void DiscardOnClose();

 private:
  enum class Step { kDone, kWantRead, kWantWrite, kFailed };

  Step TryRead(char* data, size_t size, size_t* got, boost::system::error_code* error);
  Step TryWrite(std::string_view data, size_t* put, boost::system::error_code* error);
  boost::asio::awaitable<boost::system::error_code> WaitFor(Step step);

  boost::asio::ip::tcp::socket socket_;
  bool interrupted_ = false;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_HTTP_STREAM_H_
