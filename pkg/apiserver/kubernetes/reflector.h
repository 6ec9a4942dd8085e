#ifndef KUBEMONITOR_APISERVER_KUBERNETES_REFLECTOR_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_REFLECTOR_H_

#include <absl/status/status.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "apiserver/kubernetes/api_readers.h"
#include "apiserver/kubernetes/cluster_cache.h"
#include "apiserver/kubernetes/kubernetes_status.h"
#include "apiserver/kubernetes/objects.h"
#include "common/clock.h"

namespace kubemonitor {

// A GET to the Kubernetes API.
struct ApiRequest {
  std::string target;  // "/api/v1/pods?limit=500"
  std::string accept;
  bool gzip = false;        // the reply may be compressed
  int64_t silence_ms = 0;   // the exchange is broken when nothing comes for so long
  int64_t deadline_ms = 0;  // … or when it lasts longer
  uint64_t max_body_bytes = 0;
};

struct ApiReplyHead {
  int status = 0;
  std::optional<int64_t> retry_after_seconds;
};

// Keeps one kind of objects in the cache the same as in the cluster: lists it page by page, then
// watches it, from where the last watch ended; lists it again when the API server does not know any
// more what happened since. A state machine without input and output: whoever drives it asks Next,
// carries out the request, and tells what came.
//
//   list ──► watch ──► watch …        410: list.  Anything else: the same again, later.
//
// One thread, that of the cache.
class Reflector {
 public:
  // Bookmarks come about once a minute.
  static constexpr int64_t kWatchSilenceMs = 150'000;
  // What may not be read, or is not served, is soon asked for again so many times, then now and
  // then: an API server that starts refuses everything until it has read the rights.
  static constexpr int kForbiddenSoonTimes = 4;
  static constexpr int64_t kForbiddenRetryMs = 60'000;
  static constexpr int64_t kMinBackOffMs = 800;
  static constexpr int64_t kMaxBackOffMs = 30'000;

  // All outlive it. The seed spreads its requests in time.
  Reflector(KubeKind kind, ClusterCache* cache, const Clock* clock, uint32_t seed);

  struct Step {
    std::optional<ApiRequest> request;  // to be sent now
    uint64_t wait_usec = 0;             // without one: how long until there may be one
  };
  Step Next();

  // What became of the request: the head, the body piece by piece, and always the end.
  void OnHead(const ApiReplyHead& head);
  // False: enough, the exchange is to be ended.
  bool OnBody(std::string_view data);
  // `status`: whether the reply came whole. After OnBody said false it does not matter.
  void OnEnd(const absl::Status& status);

  // Whoever drives it failed in the middle: begins anew, with a list.
  void Restart();

  KubeKindStatus status() const;
  KubeKind kind() const { return kind_; }

 private:
  using State = KubeKindStatus::State;

  ApiRequest ListRequest() const;
  ApiRequest WatchRequest();
  bool OnEvent(const WatchEvent& event);
  void EndOfList(const absl::Status& status);
  void EndOfWatch(const absl::Status& status);
  void Refused(const ApiStatus& refusal);
  void WatchRefused(const ApiStatus& refusal);
  void ListAgain(std::string_view why);

  void Put(const KubeObject& object);
  // The same again after a while: longer each time.
  void Fail(std::string error, std::optional<int64_t> retry_after_seconds = std::nullopt);
  void WaitMs(int64_t ms);
  int64_t BackOffMs(int times);
  void Synced();
  int64_t LastedMs() const;
  void Heard();

  const KubeKind kind_;
  ClusterCache* const cache_;
  const Clock* const clock_;
  std::minstd_rand random_;

  // What comes next.
  bool watching_ = false;         // else listing
  bool metadata_only_ = false;    // as long as the server can do it
  bool whole_list_ = false;       // pages expire before the next one is asked for
  std::string continue_token_;    // of the next page; empty: the first one
  std::string resource_version_;  // up to which everything is known
  uint64_t not_before_usec_ = 0;

  // Of the present exchange.
  uint64_t began_usec_ = 0;
  std::optional<ApiReplyHead> head_;
  std::unique_ptr<ListReader> list_;
  std::unique_ptr<WatchReader> watch_;
  std::string refusal_body_;
  absl::Status unreadable_;  // what was wrong with the body
  std::optional<ApiStatus> error_event_;

  // How it goes.
  int failures_ = 0;     // in a row
  int refusals_ = 0;     // 403s and 404s in a row
  int expiries_ = 0;     // 410s without a watch that lasted in between
  int unreadables_ = 0;  // watches in a row
  bool token_refused_ = false;
  // Since the list began: objects that there was no room for, and objects or changes of them that
  // were too large or had no name.
  uint64_t left_out_ = 0, skipped_ = 0;
  KubeKindStatus status_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_REFLECTOR_H_
