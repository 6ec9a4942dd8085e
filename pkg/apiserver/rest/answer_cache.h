#ifndef KUBEMONITOR_APISERVER_REST_ANSWER_CACHE_H_
#define KUBEMONITOR_APISERVER_REST_ANSWER_CACHE_H_

// Answers for many who ask the same at the same time: a thousand dashboards ask for the same
// overview when a tick is announced. An answer is shared for kShareMs, and only until the newest
// complete tick advances, so that whoever was told of a tick never gets the one before.
//
// The key is what was asked. Should answers one day depend on who asks, that belongs into it.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "apiserver/query/tick_watch.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "http/http_types.h"

namespace kubemonitor {

// The client says Cache-Control: no-cache.
bool WantsItsOwn(const HttpRequest& request);

// Thread-safe. Watch and clock outlive it.
class AnswerCache {
 public:
  AnswerCache(TickWatch& ticks, const Clock& clock) : ticks_(ticks), clock_(clock) {}

  // What `make` answers to the request, or answered a moment ago unless WantsItsOwn. Only a 200 of
  // at most kMostBytesOfOne is shared; a longer one is passed on as it comes.
  HttpResponse Answer(const HttpRequest& request, const Handler& make) EXCLUDES(mutex_);

  static constexpr int64_t kShareMs = 2'000;
  static constexpr size_t kMostBytesOfOne = 256 * 1024;
  static constexpr size_t kMostBytes = 16 * 1024 * 1024;

 private:
  struct Shared {
    uint64_t made_usec = 0;
    NameValueList headers;
    std::string body;
    std::string gzip;  // empty: not worth it
  };
  using SharedPointer = std::shared_ptr<const Shared>;

  SharedPointer Find(const std::string& key, std::optional<int64_t> tick_ms) EXCLUDES(mutex_);
  void Keep(const std::string& key, std::optional<int64_t> tick_ms, SharedPointer answer)
      EXCLUDES(mutex_);
  bool Fresh(const Shared& answer) const;

  TickWatch& ticks_;
  const Clock& clock_;
  Mutex mutex_;
  std::optional<int64_t> tick_ms_ GUARDED_BY(mutex_);  // that all answers were made at
  std::map<std::string, SharedPointer> answers_ GUARDED_BY(mutex_);
  size_t bytes_ GUARDED_BY(mutex_) = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_ANSWER_CACHE_H_
