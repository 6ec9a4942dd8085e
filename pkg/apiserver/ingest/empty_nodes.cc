#include "apiserver/ingest/empty_nodes.h"

namespace kubemonitor {

bool EmptyNodes::Admit(const std::string& name, uint64_t now_usec) {
  const MutexLock lock(mutex_);
  if (!shown_usec_.contains(name) && shown_usec_.size() >= places_) {
    std::erase_if(shown_usec_,
                  [&](const auto& shown) { return shown.second + retention_usec_ < now_usec; });
    if (shown_usec_.size() >= places_) return false;
  }
  shown_usec_[name] = now_usec;
  return true;
}

void EmptyNodes::Remove(const std::string& name) {
  const MutexLock lock(mutex_);
  shown_usec_.erase(name);
}

}  // namespace kubemonitor
