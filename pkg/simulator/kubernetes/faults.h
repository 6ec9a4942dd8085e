#ifndef KUBEMONITOR_SIMULATOR_KUBERNETES_FAULTS_H_
#define KUBEMONITOR_SIMULATOR_KUBERNETES_FAULTS_H_

// What goes wrong on demand: GET /control?mode=… (control_help.h). A mode lasts until another one
// is asked for; some happen at once and change no mode.

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "common/mutex.h"
#include "http/http_types.h"
#include "simulator/kubernetes/api_error.h"
#include "simulator/kubernetes/resource.h"
#include "simulator/kubernetes/watches.h"

namespace kubemonitor {

// Thread-safe.
class Faults {
 public:
  // What is given outlives this.
  Faults(Watches& watches, Journal& journal, RevisionClock& revisions);

  // Answers /control.
  HttpResponse Control(const HttpRequest& request) EXCLUDES(mutex_);
  // Before a request is served: waits where that is the mode, and says what to answer instead.
  std::optional<HttpResponse> Before(std::optional<Resource> resource, const HttpRequest& request)
      EXCLUDES(mutex_);
  bool empty() const EXCLUDES(mutex_);
  bool gone_by_status() const EXCLUDES(mutex_);
  void CountList(Resource resource) EXCLUDES(mutex_);
  void CountWatch(Resource resource) EXCLUDES(mutex_);
  // Lets go whoever waits; nobody waits any more.
  void Stop() EXCLUDES(mutex_);

 private:
  enum class Mode : uint8_t {
    kOk,
    kHang,
    kError,
    kThrottle,
    kForbidden,
    kUnauthorized,
    kSlow,
    kEmpty,
    kGone,
  };
  struct State {
    Mode mode = Mode::kOk;
    std::optional<Resource> resource;  // nothing: all
    int status = 500;
    uint32_t seconds = 1;
    int64_t millis = 1'000;
  };
  struct Counts {
    uint64_t lists = 0, watches = 0;
  };

  static std::optional<State> ParseState(const HttpRequest& request, std::string* problem);
  bool HappensAtOnce(std::string_view mode);
  void Set(const State& state) EXCLUDES(mutex_);
  HttpResponse Report() EXCLUDES(mutex_);
  std::optional<HttpResponse> Answer(const State& state, std::optional<Resource> resource) const;

  Watches& watches_;
  Journal& journal_;
  RevisionClock& revisions_;
  mutable Mutex mutex_;
  Condition changed_;
  State state_ GUARDED_BY(mutex_);
  bool stopped_ GUARDED_BY(mutex_) = false;
  uint64_t requests_ GUARDED_BY(mutex_) = 0;
  std::string last_authorization_ GUARDED_BY(mutex_);  // of a request that was let in
  std::string revoked_ GUARDED_BY(mutex_);
  std::array<Counts, kResources> counts_ GUARDED_BY(mutex_);
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_KUBERNETES_FAULTS_H_
