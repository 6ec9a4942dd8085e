#include "http/http_server.h"

#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <list>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "common/log.h"
#include "common/mutex.h"
#include "http/connection.h"
#include "http/net_address.h"

namespace kubemonitor {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

constexpr milliseconds kStopDeadline{5'000};
// How exactly deadlines are kept, unless they are short themselves.
constexpr milliseconds kMaxSweepInterval{250};
constexpr milliseconds kMinSweepInterval{5};
// After the process ran out of descriptors or memory for a new connection.
constexpr milliseconds kAcceptBackoff{50};
// Unsent bytes the kernel takes before a write waits. It keeps progress visible (a megabyte of
// buffer hides a slow reader for minutes) and the memory of many slow readers small, without
// limiting what is in flight.
constexpr int kUnsentBytes = 64 * 1024;
// Connections that are just being told 503; beyond that they are closed without a word.
constexpr size_t kMaxRefusing = 64;

struct BoundListener {
  BoundListener(asio::io_context& io, HttpListener listener, size_t index) : acceptor(io) {
    state.handler = std::move(listener.handler);
    state.check_host = listener.check_host;
    state.urgent = std::move(listener.urgent);
    state.index = index;
  }

  tcp::acceptor acceptor;
  ListenerState state;
};

absl::Status BindError(const std::string& address, const error_code& error) {
  if (error == asio::error::address_in_use) {
    return absl::AlreadyExistsError(fmt::format(
        "cannot listen on {}: another process uses this port; stop it or choose another port "
        "(port 0 takes any free one)",
        address));
  }
  if (error == asio::error::access_denied) {
    return absl::PermissionDeniedError(
        fmt::format("cannot listen on {}: no permission; choose a port above 1023 or grant "
                    "CAP_NET_BIND_SERVICE",
                    address));
  }
  if (error.value() == EADDRNOTAVAIL) {
    return absl::UnavailableError(fmt::format(
        "cannot listen on {}: this machine has no such address; choose one of its own, 127.0.0.1 "
        "for this machine only, or 0.0.0.0 for all",
        address));
  }
  if (error.value() == EAFNOSUPPORT) {
    return absl::UnavailableError(fmt::format(
        "cannot listen on {}: the kernel does not support this kind of address; choose an IPv4 one",
        address));
  }
  return absl::UnavailableError(fmt::format("cannot listen on {}: {}", address, error.message()));
}

absl::Status Bind(const std::string& text, tcp::acceptor* acceptor) {
  absl::StatusOr<ListenAddress> address = ParseListenAddress(text);
  if (!address.ok()) return address.status();
  error_code error;
  const tcp::endpoint endpoint(asio::ip::make_address(address->ip, error), address->port);
  if (!error) acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
  // [::] serves IPv4 as well, whatever the system's default.
  if (!error && address->is_ipv6) acceptor->set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (error) return BindError(text, error);
  return absl::OkStatus();
}

absl::Status Validate(const HttpServerOptions& options,
                      const std::vector<HttpListener>& listeners) {
  std::string problems;
  auto require = [&](bool good, std::string_view what) {
    if (good) return;
    if (!problems.empty()) problems += "; ";
    problems += what;
  };
  require(!listeners.empty(), "there is no address to listen on");
  for (const HttpListener& listener : listeners) {
    require(listener.handler != nullptr, fmt::format("{} has no handler", listener.address));
  }
  require(options.worker_threads >= 1 && options.worker_threads <= 256,
          "worker_threads must be 1 to 256");
  require(options.max_connections >= 1, "max_connections must be at least 1");
  require(options.max_streams >= 1, "max_streams must be at least 1");
  require(options.max_push_streams >= 1, "max_push_streams must be at least 1");
  require(options.limits.max_header_bytes >= 256 && options.limits.max_header_bytes <= 1 << 20,
          "max_header_bytes must be 256 to 1048576");
  require(options.limits.max_target_bytes >= 1 &&
              options.limits.max_target_bytes <= options.limits.max_header_bytes,
          "max_target_bytes must be 1 to max_header_bytes");
  require(options.limits.max_body_bytes <= 16 << 20, "max_body_bytes must be at most 16777216");
  require(options.body.piece_bytes >= 1, "piece_bytes must be at least 1");
  require(options.body.gzip_level >= 1 && options.body.gzip_level <= 9,
          "gzip_level must be 1 to 9");
  for (milliseconds timeout : {options.header_timeout, options.idle_timeout, options.write_timeout,
                               options.linger_timeout}) {
    require(timeout > milliseconds::zero(), "every timeout must be positive");
  }
  if (problems.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("HTTP server: {}", problems));
}

// Ends a coroutine of the server. What it may throw means that memory ran out.
void LogFailure(std::exception_ptr failure) {
  try {
    if (failure) std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    LogError("http: {}", e.what());
  } catch (...) {
    LogError("http: unknown exception");
  }
}

bool IsShortage(const error_code& error) {
  return error.value() == EMFILE || error.value() == ENFILE || error.value() == ENOBUFS ||
         error.value() == ENOMEM;
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(HttpServerOptions options, HostAllowlist hosts)
      : context_(std::move(options), std::move(hosts)), io_(1), sweep_timer_(io_) {}
  ~Impl() { Stop(kStopDeadline); }

  absl::Status Listen(std::vector<HttpListener> listeners);
  void Start();
  void Stop(milliseconds deadline);

  const std::vector<std::string>& addresses() const { return addresses_; }
  HttpCounters counters() const;

 private:
  asio::awaitable<void> AcceptLoop(BoundListener& listener);
  asio::awaitable<void> Sweep();
  void Admit(BoundListener& listener, tcp::socket socket);
  static Connection* FindVictim(const ListenerState& listener, milliseconds grace);
  bool MakeRoom(ListenerState& listener);
  void BeginStop(milliseconds deadline);
  template <typename Use>
  void ForEachConnection(const Use& use);

  ConnectionContext context_;
  asio::io_context io_;
  asio::steady_timer sweep_timer_;
  std::chrono::steady_clock::time_point cut_off_;  // once stopping; I/O thread only
  std::list<BoundListener> listeners_;
  std::vector<std::string> addresses_;
  Mutex stop_mutex_;
  std::jthread io_thread_ GUARDED_BY(stop_mutex_);
};

absl::Status HttpServer::Impl::Listen(std::vector<HttpListener> listeners) {
  for (HttpListener& listener : listeners) {
    const std::string text = listener.address;
    BoundListener& bound = listeners_.emplace_back(io_, std::move(listener), listeners_.size());
    absl::Status status = Bind(text, &bound.acceptor);
    if (!status.ok()) return status;
    error_code error;
    const tcp::endpoint endpoint = bound.acceptor.local_endpoint(error);
    if (error) return BindError(text, error);
    addresses_.push_back(FormatAddress(endpoint.address().to_string(), endpoint.port()));
  }
  return absl::OkStatus();
}

void HttpServer::Impl::Start() {
  for (BoundListener& listener : listeners_) {
    asio::co_spawn(io_, AcceptLoop(listener), LogFailure);
  }
  asio::co_spawn(io_, Sweep(), LogFailure);
  MutexLock lock(stop_mutex_);
  io_thread_ = std::jthread([this] { io_.run(); });
}

asio::awaitable<void> HttpServer::Impl::AcceptLoop(BoundListener& listener) {
  asio::steady_timer backoff(io_);
  while (listener.acceptor.is_open()) {
    error_code error;
    tcp::socket socket =
        co_await listener.acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
      try {
        Admit(listener, std::move(socket));
      } catch (const std::exception& e) {  // no memory: this connection is lost, the next may do
        LogError("http: cannot serve a connection: {}", e.what());
      }
    } else if (IsShortage(error)) {
      // Descriptors are short for all listeners, and any of them may have one to spare.
      for (BoundListener& any : listeners_) {
        if (MakeRoom(any.state)) break;
      }
      backoff.expires_after(kAcceptBackoff);
      co_await backoff.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
  }
}

void HttpServer::Impl::Admit(BoundListener& listener, tcp::socket socket) {
  ++context_.counters.connections_accepted;
  error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  if (!error) socket.non_blocking(true, error);
  if (!error) socket.set_option(tcp::no_delay(true), error);
  if (error) return;  // gone already
  // A kernel that does not take this buffers more.
  setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytes,
             sizeof(kUnsentBytes));
  ListenerState& state = listener.state;
  auto in_phase = [&](Connection::Phase phase) {
    return static_cast<size_t>(
        std::count_if(state.connections.begin(), state.connections.end(),
                      [&](const Connection* c) { return c->phase() == phase; }));
  };
  bool refuse = false;
  if (state.connections.size() >= context_.options.max_connections) {
    const size_t refusing = in_phase(Connection::Phase::kRefusing);
    const size_t going = refusing + in_phase(Connection::Phase::kEnding);
    refuse =
        state.connections.size() - going >= context_.options.max_connections && !MakeRoom(state);
    if (refuse) {
      ++context_.counters.connections_refused;
      if (refusing >= kMaxRefusing) return;
    }
  }
  auto connection = std::make_shared<Connection>(context_, state, io_, std::move(socket),
                                                 peer.address().to_string(), peer.port());
  if (refuse) {
    connection->StartRefusal();
  } else {
    connection->Start();
  }
}

// The connection that is missed least: the class first, within it the longest wait.
Connection* HttpServer::Impl::FindVictim(const ListenerState& listener, milliseconds grace) {
  using Phase = Connection::Phase;
  const auto patience = std::chrono::steady_clock::now() - grace;
  Connection* victim = nullptr;
  int victim_rank = 0;
  for (Connection* candidate : listener.connections) {
    const Phase phase = candidate->phase();
    const bool waits_long = candidate->phase_since() <= patience;
    int rank = 0;
    if (phase == Phase::kLingering) rank = 4;
    if (phase == Phase::kIdle) rank = 3;
    if (phase == Phase::kReading && waits_long) rank = 2;
    if (phase == Phase::kWriting && waits_long) rank = 1;
    if (rank == 0 || rank < victim_rank) continue;
    if (rank > victim_rank || candidate->phase_since() < victim->phase_since()) {
      victim = candidate;
      victim_rank = rank;
    }
  }
  return victim;
}

bool HttpServer::Impl::MakeRoom(ListenerState& listener) {
  Connection* victim = FindVictim(listener, context_.options.eviction_grace);
  if (victim == nullptr) return false;
  ++context_.counters.connections_evicted;
  victim->Abort();
  return true;
}

template <typename Use>
void HttpServer::Impl::ForEachConnection(const Use& use) {
  for (BoundListener& listener : listeners_) {
    for (Connection* connection : listener.state.connections) use(*connection);
  }
}

// One timer for all deadlines: looking through a thousand connections costs less than keeping a
// thousand timers. Ends once the server stops and the last connection is gone.
asio::awaitable<void> HttpServer::Impl::Sweep() {
  const HttpServerOptions& options = context_.options;
  const milliseconds shortest = std::min({options.header_timeout, options.idle_timeout,
                                          options.write_timeout, options.linger_timeout});
  const milliseconds interval = std::clamp(shortest / 8, kMinSweepInterval, kMaxSweepInterval);
  while (true) {
    sweep_timer_.expires_after(context_.stopping ? kMinSweepInterval : interval);
    error_code woken;  // by Stop
    co_await sweep_timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    const auto now = std::chrono::steady_clock::now();
    const bool cut_off = context_.stopping && now >= cut_off_;
    if (cut_off) context_.abandon_jobs = true;
    bool any = false;
    ForEachConnection([&](Connection& connection) {
      any = true;
      if (cut_off) {
        connection.Abort();
      } else {
        connection.CheckDeadline(now);
      }
    });
    if (context_.stopping && !any) co_return;
  }
}

void HttpServer::Impl::BeginStop(milliseconds deadline) {
  context_.stopping = true;
  cut_off_ = std::chrono::steady_clock::now() + deadline;
  for (BoundListener& listener : listeners_) {
    error_code ignored;
    listener.acceptor.close(ignored);
  }
  ForEachConnection([](Connection& connection) {
    // A request that is not complete yet is none.
    if (connection.phase() == Connection::Phase::kIdle ||
        connection.phase() == Connection::Phase::kReading) {
      connection.Abort();
    }
    connection.WakePush();
  });
  sweep_timer_.cancel();
}

void HttpServer::Impl::Stop(milliseconds deadline) {
  MutexLock lock(stop_mutex_);
  if (!io_thread_.joinable()) return;
  asio::post(io_, [this, deadline] { BeginStop(deadline); });
  io_thread_.join();
}

HttpCounters HttpServer::Impl::counters() const {
  const AtomicCounters& c = context_.counters;
  return {.requests = c.requests,
          .rejected_requests = c.rejected_requests,
          .handler_failures = c.handler_failures,
          .timed_out = c.timed_out,
          .connections_accepted = c.connections_accepted,
          .connections_evicted = c.connections_evicted,
          .connections_refused = c.connections_refused,
          .streams_refused = c.streams_refused,
          .push_streams_refused = c.push_streams_refused,
          .push_streams_overflowed = c.push_streams_overflowed,
          .push_streams_open = c.push_streams_open,
          .connections_open = c.connections_open};
}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Create(
    HttpServerOptions options, std::vector<HttpListener> listeners) {
  absl::Status valid = Validate(options, listeners);
  if (!valid.ok()) return valid;
  absl::StatusOr<HostAllowlist> hosts = HostAllowlist::Create(options.allowed_hosts);
  if (!hosts.ok()) return hosts.status();
  try {
    auto impl = std::make_unique<Impl>(std::move(options), *std::move(hosts));
    absl::Status status = impl->Listen(std::move(listeners));
    if (!status.ok()) return status;
    impl->Start();
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
  } catch (const std::exception& e) {  // no thread, no epoll instance, no memory
    return absl::UnavailableError(fmt::format(
        "cannot start the HTTP server: {}; raise the limit of threads or open files", e.what()));
  }
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

const std::vector<std::string>& HttpServer::addresses() const { return impl_->addresses(); }
void HttpServer::Stop(milliseconds deadline) { impl_->Stop(deadline); }
HttpCounters HttpServer::counters() const { return impl_->counters(); }

}  // namespace kubemonitor
