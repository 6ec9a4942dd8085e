#include "http/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <ctime>
#include <exception>

#include "common/clock.h"
#include "http/content_coding.h"
#include "http/problem.h"
#include "http/response_head.h"
#include "http/target.h"

namespace kubemonitor {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr size_t kReadBytes = 4 * 1024;
// What is written under one deadline: small enough that a slow but steady client meets it.
constexpr size_t kSliceBytes = 16 * 1024;
// What is read over while lingering; a client that sends more is reset.
constexpr size_t kMaxLingerBytes = 256 * 1024;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

bool IsReadMethod(std::string_view method) { return method == "GET" || method == "HEAD"; }

bool WantsContinue(const ParsedRequest& request) {
  return request.http11 && Lower(request.Header("expect").value_or("")) == "100-continue";
}

bool HasNoBody(int status) { return status == 204 || status == 304; }

// The methods a resource has are the same everywhere.
HttpResponse MethodProblem(std::string_view method) {
  return MakeProblem(405, "",
                     fmt::format("the method {} is not available, only GET and HEAD", method),
                     {{"Allow", "GET, HEAD"}});
}

}  // namespace

Connection::Connection(ConnectionContext& context, ListenerState& listener, asio::io_context& io,
                       asio::ip::tcp::socket socket, std::string client_ip, uint16_t client_port)
    : context_(context),
      listener_(listener),
      io_(io),
      stream_(std::move(socket)),
      client_(FormatAddress(client_ip, client_port)),
      queue_key_(fmt::format("{} {}", listener.index, client_ip)) {
  listener_.connections.insert(this);
  ++context_.counters.connections_open;
}

Connection::~Connection() {
  context_.streams.erase(this);
  EndPush();
  listener_.connections.erase(this);
  --context_.counters.connections_open;
}

void Connection::Start() {
  EnterPhase(Phase::kReading, context_.options.header_timeout);
  // Only memory can run out here; the connection then ends like any other.
  asio::co_spawn(io_, Serve(shared_from_this()), [](std::exception_ptr) {});
}

void Connection::StartRefusal() {
  EnterPhase(Phase::kRefusing, context_.options.linger_timeout);
  asio::co_spawn(io_, Refuse(shared_from_this()), [](std::exception_ptr) {});
}

void Connection::Abort() {
  // Only an answer that is not whole is thrown away; one that the kernel has yet to send is not.
  if (phase_ == Phase::kHandling || phase_ == Phase::kWriting || phase_ == Phase::kPushing) {
    stream_.DiscardOnClose();
  }
  aborted_ = true;
  phase_ = Phase::kEnding;
  stream_.Interrupt();
  WakePush();
}

void Connection::CheckDeadline(TimePoint now) {
  if (phase_ == Phase::kHandling || phase_ == Phase::kEnding || phase_ == Phase::kPushing ||
      now < deadline_ || timed_out_) {
    return;
  }
  timed_out_ = true;
  stream_.Interrupt();
}

void Connection::EnterPhase(Phase phase, std::chrono::milliseconds timeout) {
  if (aborted_) return;
  phase_ = phase;
  phase_since_ = std::chrono::steady_clock::now();
  deadline_ = phase_since_ + timeout;
  if (timed_out_) {
    timed_out_ = false;
    stream_.Resume();
  }
}

asio::awaitable<void> Connection::Serve([[maybe_unused]] std::shared_ptr<Connection> self) {
  bool go_on = true;
  while (go_on && !context_.stopping) {
    go_on = co_await ServeOne();
    served_any_ = true;
    // A client that always has its next request ready must not keep the thread to itself.
    co_await asio::post(io_, asio::use_awaitable);
  }
}

asio::awaitable<void> Connection::Refuse([[maybe_unused]] std::shared_ptr<Connection> self) {
  HttpResponse problem = MakeProblem(
      503, "", "the server has as many connections as it can hold; try again in a moment",
      {{"Retry-After", "1"}});
  const std::string message =
      MakeResponseHead(problem, {.length = problem.body.size(), .keep_alive = false},
                       std::time(nullptr)) +
      problem.body;
  const error_code error = co_await stream_.Write(message);
  if (!error) co_await Linger();
}

asio::awaitable<bool> Connection::ServeOne() {
  auto parser = std::make_unique<RequestParser>(context_.options.limits);
  const ReadResult result = co_await ReadRequest(*parser);
  Exchange exchange;
  if (result == ReadResult::kClosed || aborted_) co_return false;
  if (result == ReadResult::kTimedOut) {
    ++context_.counters.timed_out;
    HttpResponse problem = MakeProblem(408, "",
                                       fmt::format("the request was not complete within {} ms",
                                                   context_.options.header_timeout.count()));
    co_return co_await SendProblem(std::move(problem), exchange);
  }
  if (result == ReadResult::kBad) {
    HttpResponse problem = MakeProblem(parser->error().status, "", parser->error().detail);
    co_return co_await SendProblem(std::move(problem), exchange);
  }
  const ParsedRequest& parsed = parser->request();
  exchange.request.method = parsed.method;
  exchange.http11 = parsed.http11;
  exchange.keep_alive = parsed.keep_alive;
  exchange.gzip = PrefersGzip(parsed.Header("accept-encoding").value_or(""));
  if (parsed.has_body && WantsContinue(parsed) && !IsReadMethod(parsed.method)) {
    exchange.keep_alive = false;  // its body was not asked for, and may come or not
  }
  std::optional<HttpResponse> problem = Vet(parsed, &exchange.request);
  if (problem) co_return co_await SendProblem(*std::move(problem), exchange);
  parser.reset();  // an answer may take hours
  co_return co_await Answer(exchange);
}

// Reads until `parser` has a request. Bytes behind it stay in buffer_ for the next one.
asio::awaitable<Connection::ReadResult> Connection::ReadRequest(RequestParser& parser) {
  bool begun = !buffer_.empty();
  EnterPhase(
      begun || !served_any_ ? Phase::kReading : Phase::kIdle,
      begun || !served_any_ ? context_.options.header_timeout : context_.options.idle_timeout);
  char chunk[kReadBytes];
  while (true) {
    if (!buffer_.empty()) {
      size_t consumed = 0;
      const RequestParser::State state = parser.Parse(buffer_, &consumed);
      buffer_.erase(0, consumed);
      if (state == RequestParser::State::kError) co_return ReadResult::kBad;
      if (state == RequestParser::State::kDone) co_return ReadResult::kComplete;
      if (state == RequestParser::State::kHeaderDone) {
        const bool wanted = co_await ContinueBody(parser.request());
        if (!wanted) co_return ReadResult::kComplete;
        continue;
      }
    }
    size_t got = 0;
    const error_code error = co_await stream_.Read(chunk, sizeof(chunk), &got);
    // Who has sent nothing at all owes nothing and is told nothing (browsers connect beforehand).
    if (error) co_return timed_out_&& begun ? ReadResult::kTimedOut : ReadResult::kClosed;
    if (got == 0) {
      if (!begun) co_return ReadResult::kClosed;
      parser.ParseEnd();  // the client may still read what is wrong
      co_return ReadResult::kBad;
    }
    if (phase_ == Phase::kIdle) EnterPhase(Phase::kReading, context_.options.header_timeout);
    begun = true;
    buffer_.append(chunk, got);
  }
}

// Called between header and body: invites the body if the client waits for that. False if the
// answer is certain without the body, which is then not read.
asio::awaitable<bool> Connection::ContinueBody(const ParsedRequest& request) {
  if (!WantsContinue(request)) co_return true;
  if (!IsReadMethod(request.method)) co_return false;
  co_await stream_.Write(kContinue);  // an error shows at the next read
  co_return true;
}

// What is wrong with a request before any handler sees it; fills *request otherwise.
std::optional<HttpResponse> Connection::Vet(const ParsedRequest& parsed,
                                            HttpRequest* request) const {
  absl::StatusOr<RequestTarget> target = ParseTarget(parsed.target);
  std::optional<std::string> host = parsed.Header("host");
  if (target.ok() && target->authority) host = target->authority;
  // HTTP/1.0 knows no Host field, and no browser sends such requests.
  if (listener_.check_host && (host || parsed.http11) &&
      !context_.hosts.Allows(host.value_or(""))) {
    return MakeProblem(421, "",
                       fmt::format("the host '{}' is not served here, only {}, with any port; the "
                                   "option --http-allowed-hosts adds names",
                                   host.value_or(""), context_.hosts.Describe()));
  }
  if (!IsReadMethod(parsed.method)) return MethodProblem(parsed.method);
  if (!target.ok()) {
    const auto message = target.status().message();
    return MakeProblem(400, "", std::string_view(message.data(), message.size()));
  }
  request->path = std::move(target->path);
  request->segments = std::move(target->segments);
  request->query = std::move(target->query);
  request->headers = parsed.headers;
  request->client = client_;
  return std::nullopt;
}

// Answers an exchange that no handler sees. After an error in the bytes keep_alive is false.
asio::awaitable<bool> Connection::SendProblem(HttpResponse problem, Exchange& exchange) {
  ++context_.counters.rejected_requests;
  exchange.response = std::move(problem);
  exchange.body =
      ResponseBody::Create(&exchange.response, /*client_takes_gzip=*/false, context_.options.body);
  co_return co_await Send(exchange);
}

asio::awaitable<bool> Connection::Answer(Exchange& exchange) {
  ++context_.counters.requests;
  EnterPhase(Phase::kHandling, std::chrono::milliseconds::zero());
  const bool urgent = listener_.urgent && listener_.urgent(exchange.request);
  co_await RunOnWorker(urgent ? context_.urgent_pool : context_.pool,
                       [this, &exchange] { RunHandler(exchange); });
  if (!exchange.body) co_return false;  // abandoned by Stop
  if (exchange.response.push && !BeginPush()) {
    ++context_.counters.push_streams_refused;
    RefuseStream(exchange, "the server has as many open streams as it can hold");
  } else if (!exchange.body->ended() && !BeginStream()) {
    ++context_.counters.streams_refused;
    RefuseStream(exchange, "the server is sending as many long answers as it can");
  }
  const bool go_on = co_await Send(exchange);
  context_.streams.erase(this);
  EndPush();
  co_return go_on;
}

void Connection::RefuseStream(Exchange& exchange, std::string_view why) const {
  exchange.response =
      MakeProblem(503, "", fmt::format("{}; try again in a moment", why), {{"Retry-After", "1"}});
  exchange.body = ResponseBody::Create(&exchange.response, false, context_.options.body);
}

// False: there are too many long answers, and none that could make room.
bool Connection::BeginStream() {
  if (context_.streams.size() >= context_.options.max_streams && !EndSlowestStream()) return false;
  context_.streams.insert(this);
  return true;
}

// Ends the long answer whose reader has been without progress for longest, if that is long.
bool Connection::EndSlowestStream() {
  const TimePoint patience = std::chrono::steady_clock::now() - context_.options.stream_grace;
  Connection* slowest = nullptr;
  for (Connection* candidate : context_.streams) {
    if (candidate->phase() != Phase::kWriting || candidate->phase_since() > patience) continue;
    if (slowest == nullptr || candidate->phase_since() < slowest->phase_since()) {
      slowest = candidate;
    }
  }
  if (slowest == nullptr) return false;
  ++context_.counters.connections_evicted;
  context_.streams.erase(slowest);
  slowest->Abort();
  return true;
}

// On a worker.
void Connection::RunHandler(Exchange& exchange) {
  auto fail = [&](std::string_view what) {
    ReportFailure(exchange, what);
    exchange.response = MakeProblem(500, "", "the request could not be answered; see the log");
    exchange.body = ResponseBody::Create(&exchange.response, false, context_.options.body);
  };
  try {
    exchange.response = listener_.handler(exchange.request);
    const int status = exchange.response.status;
    if (status < 200 || status > 599) return fail(fmt::format("status {} is no answer", status));
    // A coder would hold back what is pushed.
    if (exchange.response.push) exchange.response.compressible = false;
    exchange.body = ResponseBody::Create(&exchange.response, exchange.gzip, context_.options.body);
    if (exchange.body->failed()) fail(std::string(exchange.body->failure()));
  } catch (const std::exception& e) {
    fail(e.what());
  } catch (...) {
    fail("unknown exception");
  }
}

void Connection::ReportFailure(const Exchange& exchange, std::string_view what) {
  ++context_.counters.handler_failures;
  uint64_t held_back = 0;
  {
    MutexLock lock(context_.log_mutex);
    if (!context_.log_limiter.Allow(SystemClock().BootUsec(), &held_back)) return;
  }
  LogError("http: {} {} from {} failed: {} ({} more of these since the last message)",
           exchange.request.method, exchange.request.path, client_, what, held_back);
}

// Writes the answer; true if the connection can serve the next request.
asio::awaitable<bool> Connection::Send(Exchange& exchange) {
  const ResponseBody& body = *exchange.body;
  ResponseFraming framing;
  framing.no_body = HasNoBody(exchange.response.status);
  const bool pushed = exchange.response.push != nullptr;
  if (!pushed) framing.length = body.length();
  framing.http11 = exchange.http11;
  framing.chunked = exchange.http11;
  framing.keep_alive = exchange.keep_alive && !context_.stopping && !pushed &&
                       (framing.no_body || framing.length || framing.chunked);
  std::string head = MakeResponseHead(exchange.response, framing, std::time(nullptr));
  bool sent = false;
  if (framing.no_body || exchange.request.method == "HEAD") {
    sent = co_await WriteSlices(head);
  } else {
    sent = co_await WriteWithBody(exchange, std::move(head), !framing.length && framing.chunked);
    if (pushed) {
      if (sent) co_await WritePushed(exchange);
      co_return false;
    }
  }
  if (!sent || framing.keep_alive) co_return sent;
  co_await Linger();
  co_return false;
}

asio::awaitable<bool> Connection::WriteWithBody(Exchange& exchange, std::string out, bool chunked) {
  ResponseBody& body = *exchange.body;
  const bool more = exchange.response.push != nullptr;
  while (true) {
    if (body.failed()) {
      ReportFailure(exchange, body.failure());
      Abort();  // a proper end would make the client take this for the whole answer
      co_return false;
    }
    bool sent = true;
    if (chunked) {
      AppendChunk(body.piece(), body.ended() && !more, &out);
    } else if (body.piece().size() <= kSliceBytes) {
      out += body.piece();
    } else {
      sent = co_await WriteSlices(out);
      out.clear();
      if (sent) sent = co_await WriteSlices(body.piece());
    }
    if (sent) sent = co_await WriteSlices(out);
    if (!sent || body.ended()) co_return sent;
    out.clear();
    EnterPhase(Phase::kHandling, std::chrono::milliseconds::zero());
    co_await RunOnWorker(context_.pool, [&body] { body.Fill(); });
    if (context_.abandon_jobs) co_return false;
  }
}

// Writes in slices with a deadline each, so that a client is measured by its progress and not by
// the length of the answer.
asio::awaitable<bool> Connection::WriteSlices(std::string_view data) {
  while (!data.empty()) {
    EnterPhase(Phase::kWriting, context_.options.write_timeout);
    const std::string_view slice = data.substr(0, kSliceBytes);
    const error_code error = co_await stream_.Write(slice);
    if (error) {
      if (timed_out_ && !aborted_) {
        ++context_.counters.timed_out;
        stream_.DiscardOnClose();
      }
      co_return false;
    }
    data.remove_prefix(slice.size());
    // Others get their turn even if this client takes everything at once.
    if (!data.empty()) co_await asio::post(io_, asio::use_awaitable);
  }
  co_return true;
}

// Closing with unread input would reset the connection and could take the answer from the client:
// reads over what still comes, for a while.
asio::awaitable<void> Connection::Linger() {
  stream_.ShutdownSend();
  if (phase_ != Phase::kRefusing) EnterPhase(Phase::kLingering, context_.options.linger_timeout);
  char chunk[kReadBytes];
  size_t total = 0;
  size_t got = 1;
  while (got > 0 && total < kMaxLingerBytes) {
    const error_code error = co_await stream_.Read(chunk, sizeof(chunk), &got);
    if (error) break;
    total += got;
  }
}

// Suspends the coroutine until a worker has run `work`. The coroutine's handler travels with the
// job and is touched on the I/O thread only. When the server gives up, `work` is skipped.
asio::awaitable<void> Connection::RunOnWorker(WorkerPool& pool, std::function<void()> work) {
  auto initiate = [this, &pool](auto handler, std::function<void()> job) {
    auto resume = std::make_shared<decltype(handler)>(std::move(handler));
    auto guard = asio::make_work_guard(io_);
    pool.Post(queue_key_, [&context = context_, job = std::move(job), resume = std::move(resume),
                           guard = std::move(guard)]() mutable {
      if (!context.abandon_jobs) job();
      asio::post(guard.get_executor(), [resume = std::move(resume)]() mutable {
        auto resume_now = std::move(*resume);
        resume.reset();
        resume_now();
      });
    });
  };
  return asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
      std::move(initiate), asio::use_awaitable, std::move(work));
}

}  // namespace kubemonitor
