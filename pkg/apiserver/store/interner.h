#ifndef KUBEMONITOR_APISERVER_STORE_INTERNER_H_
#define KUBEMONITOR_APISERVER_STORE_INTERNER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "apiserver/store/shared_bytes.h"
#include "common/mutex.h"

namespace kubemonitor {

// How names are hashed. The seed keeps senders from choosing names that collide.
struct SeededHash {
  uint64_t seed = 0;
  uint64_t mask = ~uint64_t{0};  // tests: few bits make everything collide

  uint64_t operator()(std::string_view bytes) const;
  static SeededHash Random();
};

// Keeps one copy of equal byte strings: a container's pod, the labels of a deployment's replicas.
// Strings that nobody holds any more are let go by Sweep, which Intern calls itself before the
// table grows. Thread-safe.
class Interner {
 public:
  explicit Interner(SeededHash hash = SeededHash::Random()) : hash_(hash) {}

  SharedBytes Intern(std::string_view bytes);
  void Sweep();

  const SeededHash& hash() const { return hash_; }
  size_t size() const;
  // Of the strings and the table.
  size_t MemoryBytes() const;

 private:
  // Where `bytes` is, or belongs.
  size_t SlotOf(std::string_view bytes) const REQUIRES(mutex_);
  void SweepLocked() REQUIRES(mutex_);
  // Moves everything into `slots` slots, a power of two.
  void Resize(size_t slots) REQUIRES(mutex_);

  const SeededHash hash_;
  mutable Mutex mutex_;
  std::vector<SharedBytes> slots_ GUARDED_BY(mutex_);  // open addressing; empty ones are free
  size_t size_ GUARDED_BY(mutex_) = 0;
  size_t bytes_ GUARDED_BY(mutex_) = 0;  // MemoryBytes of the strings
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_INTERNER_H_
