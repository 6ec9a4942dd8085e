// The HTTP/1.1 server: sockets, connections, limits and deadlines. What the requests mean is the
// handlers' matter.
//
// One thread does all I/O (coroutines), a few workers run handlers and pull bodies. A connection
// waits for its client without holding a worker, and every wait has a deadline:
//
//   idle (keep-alive) → reading a request → handling → writing the answer → idle …
//
// Beyond max_connections a new connection takes the place of one whose client has kept it waiting
// longest: idle ones first, then those that have been reading or writing without progress for more
// than eviction_grace. Only if there is none the new one is told 503 with Retry-After. Accepting is
// never paused: a backlog full of slow clients would hide the healthy one behind them, and whoever
// is refused learns it at once.
//
// Long answers beyond max_streams likewise: one whose reader has made no progress for more than
// stream_grace is ended for the new one, or the new one is told 503 with Retry-After.
//
// Pushed answers (push_body.h) wait for their pusher without a deadline, and have one while there
// is something that their client has yet to take. They are never ended to make room for others;
// beyond max_push_streams a new one is told 503 with Retry-After.

#ifndef KUBEMONITOR_HTTP_HTTP_SERVER_H_
#define KUBEMONITOR_HTTP_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "http/http_types.h"
#include "http/request_parser.h"
#include "http/response_body.h"

namespace kubemonitor {

struct HttpServerOptions {
  // Host names answered to, without ports; empty = the loopback names, "*" = any.
  std::vector<std::string> allowed_hosts = {};
  int worker_threads = 2;  // 1 to 256, shared by all listeners; one more is for urgent requests
  size_t max_connections = 1024;  // of each listener; every one takes a file descriptor
  // Answers longer than one piece of the body that are being sent, of all listeners: each holds on
  // to what it is made from for as long as its reader takes.
  size_t max_streams = 64;
  // Pushed answers that are open, of all listeners. Each takes a connection: leave room for others.
  size_t max_push_streams = 2'000;
  RequestLimits limits = {};
  BodyOptions body = {};

  // From the first byte (or from accepting, for the first request) to the end of the request,
  // whatever the client does in between: 408.
  std::chrono::milliseconds header_timeout{10'000};
  // Between requests.
  std::chrono::milliseconds idle_timeout{60'000};
  // For each 16 KiB of an answer; then the connection is reset.
  std::chrono::milliseconds write_timeout{10'000};
  // For the client to close its side after the server closed its own.
  std::chrono::milliseconds linger_timeout{1'000};
  std::chrono::milliseconds eviction_grace{1'000};
  // Shorter: places for long answers are few, and who never reads could take them again and again.
  // A reader that is far away makes progress once a round trip.
  std::chrono::milliseconds stream_grace{200};
};

struct HttpListener {
  std::string address;  // "127.0.0.1:8080", "[::1]:0"; see ParseListenAddress
  Handler handler;
  // False where there is nothing to rebind to and callers use addresses (health probes).
  bool check_host = true;
  // Requests that a thread of their own answers, so that they never wait behind the others (health
  // probes). Asked on the I/O thread, hence quick. Null: there are none.
  std::function<bool(const HttpRequest&)> urgent = {};
};

// Sums since the start, and present numbers.
struct HttpCounters {
  uint64_t requests = 0;           // complete and valid ones that reached a handler
  uint64_t rejected_requests = 0;  // answered 4xx before any handler (malformed, 405, 421, …)
  uint64_t handler_failures = 0;   // exceptions of handlers and body sources
  uint64_t timed_out = 0;          // connections ended by a deadline, idle ones excluded
  uint64_t connections_accepted = 0;
  uint64_t connections_evicted = 0;      // closed to make room
  uint64_t connections_refused = 0;      // answered 503, or closed at once
  uint64_t streams_refused = 0;          // long answers in whose place 503 was sent
  uint64_t push_streams_refused = 0;     // in whose place 503 was sent
  uint64_t push_streams_overflowed = 0;  // ended because their clients did not read
  uint64_t push_streams_open = 0;        // now
  uint64_t connections_open = 0;         // now
};

class HttpServer {
 public:
  // Binds every listener and starts serving. Errors (all name the address or option, and what to
  // do): InvalidArgument for options, hosts and addresses; AlreadyExists if an address is in use,
  // PermissionDenied, Unavailable for everything else the system refuses.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Create(HttpServerOptions options,
                                                            std::vector<HttpListener> listeners);
  // Stop with a deadline of 5 s.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // The addresses really bound, in the order of the listeners: "127.0.0.1:41883".
  const std::vector<std::string>& addresses() const;

  // Closes the listening sockets and idle connections, ends pushed answers properly, lets running
  // requests finish, and cuts off what is left at the deadline. Returns when no handler runs any
  // more: one that never returns keeps Stop waiting. Thread-safe, may be called again; not from a
  // handler.
  void Stop(std::chrono::milliseconds deadline);

  HttpCounters counters() const;  // Thread-safe.

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_HTTP_HTTP_SERVER_H_
