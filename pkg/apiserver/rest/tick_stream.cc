#include "apiserver/rest/tick_stream.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "apiserver/query/query.h"
#include "common/json_writer.h"

namespace kubemonitor {
namespace {

// How late a tick may be announced.
constexpr std::chrono::milliseconds kPollEvery{TickWatch::kEveryMs};
// Some hundred events; who is further behind asks again.
constexpr size_t kMaxPendingBytes = 16 * 1024;
constexpr std::string_view kRetry = "retry: 2000\n\n";  // in milliseconds, after a lost connection
constexpr std::string_view kComment = ":\n\n";

// The oldest tick that is shown: held by any node and within the retention.
std::optional<int64_t> OldestTick(const Store& store, const NodeInfos& nodes, int64_t now_ms) {
  std::optional<int64_t> oldest;
  for (const std::shared_ptr<const NodeInfo>& node : nodes) {
    if (!node->oldest_tick_ms) continue;
    oldest = std::min(oldest.value_or(*node->oldest_tick_ms), *node->oldest_tick_ms);
  }
  if (!oldest) return std::nullopt;
  const int64_t interval_ms = store.options().interval_ms;
  const int64_t shown_ms = now_ms - store.RetentionMs(now_ms);
  return std::max(*oldest, (shown_ms + interval_ms - 1) / interval_ms * interval_ms);
}

}  // namespace

TickStream::TickStream(const Store& store, const Clock& clock, std::string instance)
    : store_(store), clock_(clock), instance_(std::move(instance)), watch_(store, clock) {}

bool TickStream::Update(std::optional<int64_t> newest) {
  const int64_t now_ms = clock_.WallMs();
  // The newest tick may go back, for a moment, when a node appears that has yet to report the last
  // one: that is no news, unless the server's clock was set back.
  const bool believable = tick_ms_ && *tick_ms_ <= now_ms + kMaxAheadMs;
  if (!newest || newest == tick_ms_ || (believable && *newest <= *tick_ms_)) return false;
  tick_ms_ = newest;
  const std::optional<int64_t> oldest = OldestTick(store_, store_.Nodes(), now_ms);
  const int64_t oldest_ms = std::min(oldest.value_or(*newest), *newest);
  JsonWriter json;
  json.StartObject();
  json.IntegerField("tick", *newest / 1000);
  json.IntegerField("oldestTick", oldest_ms / 1000);
  json.TextField("instance", instance_);
  json.EndObject();
  std::string data;
  json.Take(&data);
  event_ = "event: tick\ndata: " + data + "\n\n";
  return true;
}

HttpResponse TickStream::Open() {
  HttpResponse response;
  response.headers = {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}};
  PushedBody pushed = MakePushedBody({.max_pending_bytes = kMaxPendingBytes});
  response.push = std::move(pushed.body);
  const MutexLock lock(mutex_);
  ForgetGone();
  if (Update(watch_.Newest())) PushToAll(event_);
  pushed.pusher->Push(kRetry);
  pushed.pusher->Push(event_);  // empty: there is no tick yet
  if (clients_.empty()) commented_usec_ = clock_.BootUsec();
  clients_.push_back(std::move(pushed.pusher));
  opened_.notify_all();
  return response;
}

void TickStream::Poll() {
  const MutexLock lock(mutex_);
  ForgetGone();
  if (clients_.empty()) return;
  if (Update(watch_.Look())) PushToAll(event_);
  const uint64_t now_usec = clock_.BootUsec();
  if (now_usec - commented_usec_ < uint64_t{kCommentEveryMs} * 1000) return;
  commented_usec_ = now_usec;
  PushToAll(std::string(kComment));
}

void TickStream::ForgetGone() {
  std::erase_if(clients_, [](const std::shared_ptr<Pusher>& client) { return !client->open(); });
}

void TickStream::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    Poll();
    const MutexLock lock(mutex_);
    opened_.wait_for(mutex_, stop, kPollEvery, [] { return false; });
    opened_.wait(mutex_, stop, [this]() REQUIRES(mutex_) { return !clients_.empty(); });
  }
}

void TickStream::PushToAll(const std::string& piece) {
  for (const std::shared_ptr<Pusher>& client : clients_) client->Push(piece);
}

size_t TickStream::clients() const {
  const MutexLock lock(mutex_);
  return clients_.size();
}

}  // namespace kubemonitor
