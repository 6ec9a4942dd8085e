#include "apiserver/query/tick_watch.h"

#include "apiserver/query/query.h"

namespace kubemonitor {

std::optional<int64_t> TickWatch::Look() {
  const MutexLock lock(mutex_);
  return LookLocked();
}

std::optional<int64_t> TickWatch::Newest() {
  const MutexLock lock(mutex_);
  const bool fresh =
      looked_ && clock_.BootUsec() - looked_usec_ < static_cast<uint64_t>(kEveryMs) * 1000;
  return fresh ? newest_ : LookLocked();
}

std::optional<int64_t> TickWatch::LookLocked() {
  looked_ = true;
  looked_usec_ = clock_.BootUsec();
  newest_ = NewestCompleteTick(store_.Nodes(), store_.options().interval_ms, clock_.WallMs());
  return newest_;
}

}  // namespace kubemonitor
