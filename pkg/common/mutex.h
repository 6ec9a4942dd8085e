#ifndef KUBEMONITOR_COMMON_MUTEX_H_
#define KUBEMONITOR_COMMON_MUTEX_H_

// A std::mutex whose use Clang checks (-Wthread-safety). absl::Mutex gives false races under
// ThreadSanitizer.

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define KUBEMONITOR_TSA(x) __attribute__((x))
#else
#define KUBEMONITOR_TSA(x)
#endif

// abseil's headers define a GUARDED_BY of the same meaning.
#ifndef GUARDED_BY
#define GUARDED_BY(x) KUBEMONITOR_TSA(guarded_by(x))
#endif
#define REQUIRES(...) KUBEMONITOR_TSA(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) KUBEMONITOR_TSA(locks_excluded(__VA_ARGS__))

namespace kubemonitor {

class KUBEMONITOR_TSA(capability("mutex")) Mutex {
 public:
  void lock() KUBEMONITOR_TSA(acquire_capability()) { mutex_.lock(); }
  void unlock() KUBEMONITOR_TSA(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class KUBEMONITOR_TSA(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) KUBEMONITOR_TSA(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() KUBEMONITOR_TSA(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Waits on a Mutex held by the caller: `condition.wait(mutex, …)` of std::condition_variable_any.
using Condition = std::condition_variable_any;

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COMMON_MUTEX_H_
