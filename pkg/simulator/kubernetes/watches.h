#ifndef KUBEMONITOR_SIMULATOR_KUBERNETES_WATCHES_H_
#define KUBEMONITOR_SIMULATOR_KUBERNETES_WATCHES_H_

// The open watches, and the thread that tells them what changes.

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>

#include "common/clock.h"
#include "common/mutex.h"
#include "http/push_body.h"
#include "simulator/kubernetes/api_request.h"
#include "simulator/kubernetes/journal.h"
#include "simulator/kubernetes/objects.h"

namespace kubemonitor {

// The newest version at that time. The clock may step back; the version does not.
class RevisionClock {
 public:
  explicit RevisionClock(const Clock& clock) : clock_(clock) {}
  const Clock& clock() const { return clock_; }
  Revision Now() EXCLUDES(mutex_);

 private:
  const Clock& clock_;
  Mutex mutex_;
  Revision last_ GUARDED_BY(mutex_) = 0;
};

// How all watches end at once, on demand.
enum class WatchEnd : uint8_t {
  kWhole,    // as after their time
  kMidLine,  // in the middle of an event
  kExpired,  // with an ERROR event of 410
};

// Thread-safe.
class Watches {
 public:
  // What is given outlives this.
  Watches(const ClusterObjects& objects, Journal& journal, RevisionClock& revisions);
  ~Watches();  // ends them all

  // A body that tells what changes after `from`, until its time is over.
  std::shared_ptr<PushBody> Open(const ApiRequest& request, Revision from) EXCLUDES(mutex_);
  void EndAll(WatchEnd end) EXCLUDES(mutex_);
  // Nothing is told any more, and nobody's time is over, until it is taken back.
  void SetSilent(bool silent) EXCLUDES(mutex_);
  // Time goes on, but nothing changes: what changes meanwhile is never told.
  void SetBlind(bool blind) EXCLUDES(mutex_);
  size_t open() const EXCLUDES(mutex_);
  // Tells everyone what there is to tell now; what the thread does ten times a second.
  void Tell() EXCLUDES(mutex_);

 private:
  struct Watch {
    ApiRequest request;
    std::shared_ptr<Pusher> pusher;
    Revision told = 0;                         // up to here
    uint64_t bookmark_usec = 0, end_usec = 0;  // boot clock: the next one
  };
  using Lines = std::unordered_map<std::string, std::string>;

  void Run(const std::stop_token& stop);
  bool TellOne(Watch& watch, Revision now, Lines* lines) REQUIRES(mutex_);
  bool TellChanges(Watch& watch, Revision now, Lines* lines) REQUIRES(mutex_);
  bool TellChange(const Watch& watch, const Change& change, Lines* lines);
  std::string BookmarkLine(const Watch& watch) const;

  const ClusterObjects& objects_;
  Journal& journal_;
  RevisionClock& revisions_;
  mutable Mutex mutex_;
  Condition wake_;
  std::list<Watch> watches_ GUARDED_BY(mutex_);
  bool silent_ GUARDED_BY(mutex_) = false;
  bool blind_ GUARDED_BY(mutex_) = false;
  uint64_t opened_ GUARDED_BY(mutex_) = 0;
  std::jthread thread_;  // last: it uses what stands above
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_KUBERNETES_WATCHES_H_
