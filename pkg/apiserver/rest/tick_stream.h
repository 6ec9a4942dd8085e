#ifndef KUBEMONITOR_APISERVER_REST_TICK_STREAM_H_
#define KUBEMONITOR_APISERVER_REST_TICK_STREAM_H_

// /api/v1/stream: tells clients by Server-Sent Events that there is a new tick to ask for, so that
// a thousand open dashboards neither poll nor miss one.

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "apiserver/query/tick_watch.h"
#include "apiserver/store/store.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "http/http_types.h"
#include "http/push_body.h"

namespace kubemonitor {

// The newest complete tick is looked for once for all clients, and only while there are any.
// Thread-safe.
class TickStream {
 public:
  // `instance` names this run of the server: another one means that what a client holds may be from
  // before a restart. Store and clock outlive the stream.
  TickStream(const Store& store, const Clock& clock, std::string instance);

  // The answer to one client: what the newest tick is, at once; later ones as they are announced.
  HttpResponse Open() EXCLUDES(mutex_);

  // Announces the newest complete tick if it has advanced, and that the connection lives if
  // kCommentEveryMs have passed.
  void Poll() EXCLUDES(mutex_);
  // Polls every kPollEvery until stopped.
  void Run(const std::stop_token& stop) EXCLUDES(mutex_);

  size_t clients() const EXCLUDES(mutex_);
  // What the announced ticks come from.
  TickWatch& watch() { return watch_; }

  static constexpr int64_t kCommentEveryMs = 15'000;

 private:
  // Brings event_ up to date; true if there is a tick to announce.
  bool Update(std::optional<int64_t> newest) REQUIRES(mutex_);
  void ForgetGone() REQUIRES(mutex_);
  void PushToAll(const std::string& piece) REQUIRES(mutex_);

  const Store& store_;
  const Clock& clock_;
  const std::string instance_;
  TickWatch watch_;

  mutable Mutex mutex_;
  Condition opened_;
  std::vector<std::shared_ptr<Pusher>> clients_ GUARDED_BY(mutex_);
  std::optional<int64_t> tick_ms_ GUARDED_BY(mutex_);  // announced last
  std::string event_ GUARDED_BY(mutex_);               // of that tick
  uint64_t commented_usec_ GUARDED_BY(mutex_) = 0;     // Clock::BootUsec
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_TICK_STREAM_H_
