#ifndef KUBEMONITOR_COLLECTOR_PUBLISH_REQUEST_SIZE_H_
#define KUBEMONITOR_COLLECTOR_PUBLISH_REQUEST_SIZE_H_

#include <cstddef>
#include <cstdint>

namespace kubemonitor {

// How large a request may be so that its answer takes seconds at most: on a slow link a large one
// would hold back the newest tick, or end in its time-out again and again. Not thread-safe.
class RequestSize {
 public:
  explicit RequestSize(size_t most_bytes) : most_bytes_(most_bytes), bytes_(most_bytes) {}

  size_t bytes() const { return bytes_; }
  // An answer, or the end of waiting for one, to a request of so many bytes.
  void Took(uint64_t usec, size_t request_bytes);

 private:
  const size_t most_bytes_;
  size_t bytes_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_PUBLISH_REQUEST_SIZE_H_
