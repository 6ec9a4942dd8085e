#ifndef KUBEMONITOR_APISERVER_INGEST_OBJECT_ADMISSION_H_
#define KUBEMONITOR_APISERVER_INGEST_OBJECT_ADMISSION_H_

// Whether new objects still fit into --memory-limit.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/store/store.h"
#include "common/clock.h"
#include "common/mutex.h"

namespace kubemonitor {

// Thread-safe.
class ObjectAdmission {
 public:
  // Where the store has no limit everything is admitted.
  ObjectAdmission(const Store& store, const Clock& clock);

  // Positions in `identities` of those refused: objects the store does not hold of this node and
  // whose cost over a full retention does not fit beside what is held, at its own full cost. Known
  // objects are always admitted.
  std::vector<size_t> Refused(const std::string& node_name,
                              const std::vector<Identity>& identities);
  // How many more objects fit now.
  uint64_t Room();

  std::string Describe() const;  // for the refusal: the limit and what to do

 private:
  void Refresh() REQUIRES(mutex_);
  uint64_t RoomLocked() const REQUIRES(mutex_);

  const Store& store_;
  const Clock& clock_;
  const std::optional<uint64_t> limit_bytes_;
  Mutex mutex_;
  // What the store said at most a second ago, and what was admitted since.
  uint64_t fresh_until_usec_ GUARDED_BY(mutex_) = 0;
  uint64_t taken_bytes_ GUARDED_BY(mutex_) = 0;
  uint64_t object_bytes_ GUARDED_BY(mutex_) = 1;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_INGEST_OBJECT_ADMISSION_H_
