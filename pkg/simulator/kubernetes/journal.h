#ifndef KUBEMONITOR_SIMULATOR_KUBERNETES_JOURNAL_H_
#define KUBEMONITOR_SIMULATOR_KUBERNETES_JOURNAL_H_

// The changes of the last minutes, as watches read them. They could be computed anew at any time;
// kept they cost every watch a look-up.

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "common/mutex.h"
#include "simulator/kubernetes/changes.h"

namespace kubemonitor {

// How far back watches and pages can reach, as with etcd's compaction; under heavy churn less.
inline constexpr int64_t kCompactionMs = 300'000;

// Thread-safe.
class Journal {
 public:
  // Begins at `now`, as after a restart of the real one. The context outlives this.
  Journal(const ObjectContext& context, Revision now);

  // Changes of the resource in (after, now], the first `max` of them. Nothing: too old, some may be
  // forgotten.
  std::optional<std::vector<Change>> After(Resource resource, Revision after, Revision now,
                                           size_t max) EXCLUDES(mutex_);
  // Forgets all up to `now`.
  void Compact(Revision now) EXCLUDES(mutex_);
  // Nothing before this is known.
  Revision compacted(Revision now) EXCLUDES(mutex_);

 private:
  void Extend(Revision now) REQUIRES(mutex_);
  void Forget(Revision upto) REQUIRES(mutex_);

  const ObjectContext& context_;
  Mutex mutex_;
  Revision compacted_ GUARDED_BY(mutex_);
  Revision known_ GUARDED_BY(mutex_);  // computed up to here, some way ahead
  std::array<std::deque<Change>, kResources> changes_ GUARDED_BY(mutex_);
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_KUBERNETES_JOURNAL_H_
