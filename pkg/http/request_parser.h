// Bytes of a connection → one HTTP/1.x request, bounded. No I/O, no time.

#ifndef KUBEMONITOR_HTTP_REQUEST_PARSER_H_
#define KUBEMONITOR_HTTP_REQUEST_PARSER_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/http_types.h"

namespace kubemonitor {

struct RequestLimits {
  size_t max_header_bytes = 16 * 1024;  // request line and fields; more is a 431
  size_t max_target_bytes = 8 * 1024;   // the target in the request line; more is a 414
  size_t max_body_bytes = 64 * 1024;    // bodies are read over, never kept; more is a 413
};

struct ParsedRequest {
  std::string method;
  std::string target;
  bool http11 = false;      // otherwise HTTP/1.0
  bool keep_alive = false;  // what the client wants
  bool has_body = false;
  NameValueList headers;  // names in lower case, in order

  // All values of the field `name` (lower case) joined by commas; nothing if it is not there.
  std::optional<std::string> Header(std::string_view name) const;
};

// Parses one request; make a new one for the next. One thread at a time.
class RequestParser {
 public:
  enum class State {
    kNeedMore,    // not complete: give what was not consumed again, with more behind it
    kHeaderDone,  // the header is complete, a body follows; reported once, go on with Parse
    kDone,        // what follows in the buffer is the next request
    kError,       // see error(); the rest of the connection has no meaning
  };
  struct Error {
    int status = 400;
    std::string detail;
  };

  explicit RequestParser(const RequestLimits& limits);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // Takes from the front of `data` and says in *consumed how much.
  State Parse(std::string_view data, size_t* consumed);

  // The stream ended before kDone: always kError.
  State ParseEnd();

  const ParsedRequest& request() const;  // after kHeaderDone or kDone
  const Error& error() const;            // after kError

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_HTTP_REQUEST_PARSER_H_
