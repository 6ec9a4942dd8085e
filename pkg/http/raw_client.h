// For tests: a blocking TCP client that sends any bytes and reads HTTP answers. Every call is
// bounded.

#ifndef KUBEMONITOR_HTTP_RAW_CLIENT_H_
#define KUBEMONITOR_HTTP_RAW_CLIENT_H_

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace kubemonitor {

struct RawResponse {
  int status = 0;
  std::string head;                            // status line and fields as they came
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // transfer coding removed, content coding kept
  bool complete = false;                       // ended as its framing says
};

class RawClient {
 public:
  // `address` as HttpServer reports it. `receive_buffer` is SO_RCVBUF, set before connecting.
  explicit RawClient(const std::string& address, int receive_buffer = 0);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return fd_ >= 0; }
  bool Send(std::string_view data);
  void ShutdownSend();
  // The next answer; nothing if none begins. `head_only` for the answer to HEAD.
  std::optional<RawResponse> Receive(bool head_only = false);
  // The next chunk of an answer whose head alone was received; empty at its end or if none comes.
  std::string ReceiveChunk();
  // Reads what comes until the server closes or resets (then true) or the time is over.
  bool WaitForClose(std::chrono::milliseconds timeout = std::chrono::seconds(20));
  // Send and Receive.
  std::optional<RawResponse> Exchange(std::string_view data, bool head_only = false);
  // "GET path HTTP/1.1" with Host: localhost and more fields ("Name: value\r\n" each).
  std::optional<RawResponse> Get(std::string_view path, std::string_view fields = "");

 private:
  bool Fill(std::chrono::milliseconds timeout);
  bool TakeLine(std::string* line);
  bool TakeBytes(size_t count, std::string* out);
  bool TakeChunk(std::string* out);
  bool TakeChunked(std::string* out);

  int fd_ = -1;
  std::string buffer_;
};

// The text behind a gzip body; nothing if it is not one whole gzip member.
std::optional<std::string> Gunzip(std::string_view data);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_HTTP_RAW_CLIENT_H_
