// One accepted connection: reads requests, has them answered, writes the answers.

#ifndef KUBEMONITOR_HTTP_CONNECTION_H_
#define KUBEMONITOR_HTTP_CONNECTION_H_

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "common/log.h"
#include "common/mutex.h"
#include "http/http_server.h"
#include "http/net_address.h"
#include "http/push_body.h"
#include "http/request_parser.h"
#include "http/response_body.h"
#include "http/stream.h"
#include "http/worker_pool.h"

namespace kubemonitor {

class Connection;

struct AtomicCounters {
  std::atomic<uint64_t> requests{0};
  std::atomic<uint64_t> rejected_requests{0};
  std::atomic<uint64_t> handler_failures{0};
  std::atomic<uint64_t> timed_out{0};
  std::atomic<uint64_t> connections_accepted{0};
  std::atomic<uint64_t> connections_evicted{0};
  std::atomic<uint64_t> connections_refused{0};
  std::atomic<uint64_t> streams_refused{0};
  std::atomic<uint64_t> push_streams_refused{0};
  std::atomic<uint64_t> push_streams_overflowed{0};
  std::atomic<uint64_t> push_streams_open{0};
  std::atomic<uint64_t> connections_open{0};
};

// What connections share. Outlives them all.
struct ConnectionContext {
  ConnectionContext(HttpServerOptions o, HostAllowlist h)
      : options(std::move(o)), hosts(std::move(h)), pool(options.worker_threads), urgent_pool(1) {}

  const HttpServerOptions options;
  const HostAllowlist hosts;

  // Any thread.
  AtomicCounters counters;
  std::atomic<bool> abandon_jobs{false};  // jobs not begun are skipped
  Mutex log_mutex;
  LogLimiter log_limiter GUARDED_BY(log_mutex);

  // I/O thread only.
  bool stopping = false;
  std::unordered_set<Connection*> streams;  // those sending long answers

  // Last: their jobs use what stands above.
  WorkerPool pool;
  WorkerPool urgent_pool;
};

// A listening address as its connections see it.
struct ListenerState {
  Handler handler;
  bool check_host = true;
  std::function<bool(const HttpRequest&)> urgent;
  size_t index = 0;
  std::unordered_set<Connection*> connections;  // I/O thread only
};

// Lives on the I/O thread, kept alive by its coroutine.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  enum class Phase {
    kIdle,       // between requests
    kReading,    // waits for a request, or for the rest of it
    kHandling,   // a worker has it
    kWriting,    // waits for the client to take the answer
    kPushing,    // waits for more to be pushed
    kLingering,  // all is sent, waits for the client to close
    kRefusing,   // tells the client that there is no room
    kEnding,     // aborted
  };

  Connection(ConnectionContext& context, ListenerState& listener, boost::asio::io_context& io,
             boost::asio::ip::tcp::socket socket, std::string client_ip, uint16_t client_port);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Start();         // serves requests
  void StartRefusal();  // answers 503 and closes

  // Ends it now, whatever it does; a handler that runs for it is not waited for by the client.
  void Abort();
  // Ends the present wait if its deadline has passed.
  void CheckDeadline(TimePoint now);
  // Lets a pushed answer look for what there is to do. Nothing for any other.
  void WakePush();

  Phase phase() const { return phase_; }
  TimePoint phase_since() const { return phase_since_; }

 private:
  enum class ReadResult { kComplete, kClosed, kTimedOut, kBad };

  // One request and its answer.
  struct Exchange {
    HttpRequest request;
    bool http11 = true;
    bool keep_alive = false;
    bool gzip = false;
    HttpResponse response;
    std::unique_ptr<ResponseBody> body;
  };

  boost::asio::awaitable<void> Serve(std::shared_ptr<Connection> self);
  boost::asio::awaitable<void> Refuse(std::shared_ptr<Connection> self);
  boost::asio::awaitable<bool> ServeOne();
  boost::asio::awaitable<ReadResult> ReadRequest(RequestParser& parser);
  boost::asio::awaitable<bool> ContinueBody(const ParsedRequest& request);
  boost::asio::awaitable<bool> Answer(Exchange& exchange);
  boost::asio::awaitable<bool> SendProblem(HttpResponse problem, Exchange& exchange);
  boost::asio::awaitable<bool> Send(Exchange& exchange);
  boost::asio::awaitable<bool> WriteWithBody(Exchange& exchange, std::string out, bool chunked);
  boost::asio::awaitable<bool> WriteSlices(std::string_view data);
  boost::asio::awaitable<void> WritePushed(Exchange& exchange);
  boost::asio::awaitable<bool> WritePieces(bool chunked);
  boost::asio::awaitable<void> WatchClient(std::shared_ptr<Connection> self);
  boost::asio::awaitable<void> WaitForPush();
  boost::asio::awaitable<void> Linger();
  boost::asio::awaitable<void> RunOnWorker(WorkerPool& pool, std::function<void()> work);

  void RunHandler(Exchange& exchange);
  void RefuseStream(Exchange& exchange, std::string_view why) const;
  bool BeginStream();
  bool EndSlowestStream();
  bool BeginPush();
  void EndPush();
  void OnPushed();
  void ReportFailure(const Exchange& exchange, std::string_view what);
  std::optional<HttpResponse> Vet(const ParsedRequest& parsed, HttpRequest* request) const;
  void EnterPhase(Phase phase, std::chrono::milliseconds timeout);

  ConnectionContext& context_;
  ListenerState& listener_;
  boost::asio::io_context& io_;
  Stream stream_;
  const std::string client_;     // "address:port"
  const std::string queue_key_;  // whose turn it is among the workers' clients
  std::string buffer_;           // received, not yet parsed
  Phase phase_ = Phase::kReading;
  TimePoint phase_since_;
  TimePoint deadline_;
  bool served_any_ = false;
  bool timed_out_ = false;
  bool aborted_ = false;
  // Of a pushed answer: never expires, is cancelled to wake.
  std::unique_ptr<boost::asio::steady_timer> push_wait_;
  std::shared_ptr<PushBody> push_body_;
  bool push_counted_ = false;
  bool client_gone_ = false;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_HTTP_CONNECTION_H_
