// What a request handler sees of HTTP: plain structs, free of the HTTP library behind the server.

#ifndef KUBEMONITOR_HTTP_HTTP_TYPES_H_
#define KUBEMONITOR_HTTP_HTTP_TYPES_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/push_body.h"

namespace kubemonitor {

// Header names and values, or query names and values, in the order in which they appear.
using NameValueList = std::vector<std::pair<std::string, std::string>>;

// A request as a handler gets it: already bounded, its Host accepted and its target decoded.
struct HttpRequest {
  // "GET" or "HEAD"; everything else was answered before the handler. A handler need not tell them
  // apart: the server drops the body of an answer to HEAD.
  std::string method = "GET";
  // The raw path, still percent-encoded, always beginning with '/'. For messages and logs.
  std::string path = "/";
  // The path split at '/', each piece percent-decoded; an encoded '/' stays inside its segment.
  // "/" gives none, "/a/b" gives {"a", "b"}, "/a/" gives {"a", ""}. Valid UTF-8 without NUL.
  std::vector<std::string> segments = {};
  // The query's parameters, decoded ('+' is a space), in order. "?a" gives {"a", ""}.
  // Valid UTF-8 without NUL.
  NameValueList query = {};
  // The header fields as sent, names in lower case (If-None-Match and the like).
  NameValueList headers = {};
  // The peer as "address:port", for logs.
  std::string client = {};
};

// Yields a body piece by piece. Each call replaces *chunk by the next piece, which may be empty,
// and returns true; at the end it returns false (and *chunk is not sent). Called from worker
// threads, from one at a time but not always the same one. An exception cuts the answer off so that
// the client sees an incomplete transfer. It may be destroyed before its end when the client goes
// away.
using BodySource = std::function<bool(std::string* chunk)>;

struct HttpResponse {
  int status = 200;
  // Content-Type and the like. Connection, Keep-Alive, Content-Length, Transfer-Encoding and Date
  // belong to the server and are dropped here, and so is any field that is not valid. A
  // Content-Encoding says that the body is encoded already: it is sent as it is.
  NameValueList headers = {};
  // The body, used when `source` is empty; sent with a Content-Length.
  std::string body = {};
  // A streamed body: chunked, or up to the end of the connection for an HTTP/1.0 client.
  BodySource source = {};
  // What is pushed later follows `body` or `source`; see push_body.h. Never compressed; the
  // connection ends with it.
  std::shared_ptr<PushBody> push = {};
  // False for what must not or need not be compressed (images). Otherwise gzip is applied when the
  // client accepts it and the body is streamed or long enough to gain.
  bool compressible = true;
};

// Answers one request. Thread-safe: runs on any worker thread, several at a time. It may block for
// a while without harm to other connections' I/O. An exception is answered with 500.
using Handler = std::function<HttpResponse(const HttpRequest&)>;

}  // namespace kubemonitor

#endif  // KUBEMONITOR_HTTP_HTTP_TYPES_H_
