#ifndef KUBEMONITOR_APISERVER_KUBERNETES_HTTP_REPLY_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_HTTP_REPLY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace kubemonitor {

struct HttpReplyHead {
  int status = 0;
  bool keep_alive = false;
  std::string content_encoding;  // in lower case; empty: none
  std::optional<int64_t> retry_after_seconds;
};

// Reads one HTTP/1.1 reply to a GET from bytes as they come; transfer codings are removed. One
// thread at a time.
class HttpReply {
 public:
  static constexpr size_t kMaxHeadBytes = 64 * 1024;

  using HeadFunction = std::function<void(const HttpReplyHead& head)>;
  // False: nothing more is wanted.
  using BodyFunction = std::function<bool(std::string_view data)>;

  HttpReply(HeadFunction head, BodyFunction body);
  ~HttpReply();
  HttpReply(const HttpReply&) = delete;

  enum class State { kMore, kDone, kStopped, kFailed };
  // Takes what it can of the bytes; the rest is to be given again with more behind it.
  State Write(std::string_view data, size_t* consumed);
  // The connection has ended. kDone: that is how this reply ends.
  State End();
  std::string problem() const;  // after kFailed
  bool keep_alive() const;      // after kDone

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_HTTP_REPLY_H_
