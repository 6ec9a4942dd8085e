#ifndef KUBEMONITOR_SIMULATOR_KUBERNETES_REVISION_H_
#define KUBEMONITOR_SIMULATOR_KUBERNETES_REVISION_H_

// Resource versions of the fake API. Like everything of the model they are a function of time: the
// millisecond of a change, and behind it what sets changes of the same millisecond apart. So every
// object has one without anybody counting, a list is a snapshot however long its pages take, and
// what came after a version can be said without a log.

#include <cstdint>

#include "simulator/model.h"

namespace kubemonitor {

using Revision = uint64_t;

inline constexpr uint32_t kRevisionBits = 24;  // below the millisecond
inline constexpr int64_t kRevisionEpochMs = kOriginMs - int64_t{31} * 86'400'000;

// Before all changes of that millisecond, after all of those before.
constexpr Revision RevisionAt(int64_t wall_ms) {
  return static_cast<Revision>(wall_ms - kRevisionEpochMs) << kRevisionBits;
}

constexpr int64_t WallMsOf(Revision revision) {
  return static_cast<int64_t>(revision >> kRevisionBits) + kRevisionEpochMs;
}

// What happens in one millisecond: first what makes room for a name, then the rest. Around the
// change itself there is room for those of its owners (below), two before and three after it.
constexpr Revision ChangeRevision(int64_t wall_ms, bool makes_room, uint64_t key) {
  return RevisionAt(wall_ms) + (makes_room ? 0 : Revision{1} << 23) + (key % (1U << 20) << 3) + 4;
}

enum class Beside : int8_t { kBefore = -2, kNone = 0, kAfter = 1, kAfterThat = 2, kLast = 3 };

constexpr Revision operator+(Revision revision, Beside beside) {
  return revision + static_cast<Revision>(static_cast<int64_t>(beside));
}

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_KUBERNETES_REVISION_H_
