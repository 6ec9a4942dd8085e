// Threads that run handlers, so that the I/O thread never waits for one.

#ifndef KUBEMONITOR_HTTP_WORKER_POOL_H_
#define KUBEMONITOR_HTTP_WORKER_POOL_H_

#include <deque>
#include <functional>
#include <list>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "common/mutex.h"

namespace kubemonitor {

// Jobs wait in one queue a client, and the queues take turns: a client with hundreds of requests
// delays another's by one job, not by hundreds. Not bounded: the caller has at most one job a
// connection. Thread-safe.
class WorkerPool {
 public:
  using Job = std::function<void()>;  // throws nothing

  explicit WorkerPool(int threads);
  ~WorkerPool();  // runs what is queued, then ends the threads
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void Post(const std::string& client, Job job) EXCLUDES(mutex_);

 private:
  struct Queue {
    std::string client;
    std::deque<Job> jobs;
  };

  void Run();

  Mutex mutex_;
  Condition wake_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  // Clients with jobs, the next one to be served in front.
  std::list<Queue> turns_ GUARDED_BY(mutex_);
  std::unordered_map<std::string, std::list<Queue>::iterator> by_client_ GUARDED_BY(mutex_);

  std::vector<std::jthread> threads_;  // last: they use what stands above
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_HTTP_WORKER_POOL_H_
