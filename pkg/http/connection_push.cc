// The part of a connection that writes pushed answers.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "http/connection.h"
#include "http/response_head.h"

namespace kubemonitor {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// What a client may send behind its request; nothing of it is answered.
constexpr size_t kMaxReadOverBytes = 64 * 1024;

}  // namespace

bool Connection::BeginPush() {
  if (context_.counters.push_streams_open >= context_.options.max_push_streams) return false;
  ++context_.counters.push_streams_open;
  push_counted_ = true;
  return true;
}

void Connection::EndPush() {
  if (std::exchange(push_counted_, false)) --context_.counters.push_streams_open;
}

void Connection::WakePush() {
  if (push_wait_) push_wait_->cancel();
}

void Connection::OnPushed() {
  if (aborted_ || !push_body_) return;
  if (push_body_->overflowed()) {
    ++context_.counters.push_streams_overflowed;
    Abort();
  } else {
    WakePush();
  }
}

asio::awaitable<void> Connection::WaitForPush() {
  error_code woken;
  co_await push_wait_->async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

// Writes what follows the first part of the answer, until either side ends it.
asio::awaitable<void> Connection::WritePushed(Exchange& exchange) {
  // Only what is needed stays in memory for as long as the client does.
  push_body_ = std::move(exchange.response.push);
  context_.streams.erase(this);
  exchange.body.reset();
  exchange.request = HttpRequest();
  exchange.response = HttpResponse();
  push_wait_ = std::make_unique<asio::steady_timer>(io_, asio::steady_timer::time_point::max());
  stream_.NoticeVanishedPeer();
  push_body_->SetWake([&io = io_, weak = weak_from_this()] {
    asio::post(io, [weak] {
      if (const auto connection = weak.lock()) connection->OnPushed();
    });
  });
  asio::co_spawn(io_, WatchClient(shared_from_this()), [](std::exception_ptr) {});
  const bool whole = co_await WritePieces(exchange.http11);
  push_body_.reset();
  if (whole) {  // lingers, as other answers do; WatchClient reads
    stream_.ShutdownSend();
    EnterPhase(Phase::kLingering, context_.options.linger_timeout);
    while (!client_gone_ && !aborted_) co_await WaitForPush();
  }
  stream_.Interrupt();  // ends WatchClient
}

// True if the answer ended as its pusher or the server wanted, false if it was broken off.
asio::awaitable<bool> Connection::WritePieces(bool chunked) {
  std::string pieces;
  std::string out;
  while (!client_gone_ && !aborted_) {
    const PushBody::State state = push_body_->Take(&pieces);
    if (state == PushBody::State::kOverflowed) {
      OnPushed();
      co_return false;
    }
    const bool last = state == PushBody::State::kClosed || context_.stopping;
    out.clear();
    if (chunked) {
      AppendChunk(pieces, last, &out);
    } else {
      out.swap(pieces);
    }
    if (!out.empty() && !co_await WriteSlices(out)) co_return false;
    if (last) co_return true;
    if (!out.empty()) continue;
    std::string().swap(out);
    std::string().swap(pieces);
    EnterPhase(Phase::kPushing, std::chrono::milliseconds::zero());
    co_await WaitForPush();
  }
  co_return false;
}

// Reads over what the client sends, to learn when it goes away.
asio::awaitable<void> Connection::WatchClient([[maybe_unused]] std::shared_ptr<Connection> self) {
  char chunk[256];
  size_t total = 0;
  while (total < kMaxReadOverBytes) {
    size_t got = 0;
    const error_code error = co_await stream_.Read(chunk, sizeof(chunk), &got);
    if (error || got == 0) break;
    total += got;
  }
  client_gone_ = true;
  WakePush();
}

}  // namespace kubemonitor
