// The status line and header fields of an answer.

#ifndef KUBEMONITOR_HTTP_RESPONSE_HEAD_H_
#define KUBEMONITOR_HTTP_RESPONSE_HEAD_H_

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "http/http_types.h"

namespace kubemonitor {

struct ResponseFraming {
  std::optional<uint64_t> length = {};  // Content-Length
  bool chunked = false;  // used without length; neither: up to the end of the connection
  bool no_body = false;  // 204 and 304: no field about a body at all
  bool keep_alive = true;
  bool http11 = true;  // the client's version
};

// "HTTP/1.1 200 OK" … up to and including the empty line. Fields of `response` that are the
// server's own, or that are not valid, are left out.
std::string MakeResponseHead(const HttpResponse& response, const ResponseFraming& framing,
                             std::time_t now);

// Appends `piece` as a chunk (RFC 9112 §7.1) unless it is empty, and the end of the body if `last`.
void AppendChunk(std::string_view piece, bool last, std::string* out);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7), whatever the locale.
std::string HttpDate(std::time_t time);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_HTTP_RESPONSE_HEAD_H_
