#include "http/worker_pool.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace kubemonitor {

WorkerPool::WorkerPool(int threads) {
  for (int i = 0; i < std::max(threads, 1); ++i) threads_.emplace_back([this] { Run(); });
}

WorkerPool::~WorkerPool() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  threads_.clear();
}

void WorkerPool::Post(const std::string& client, Job job) {
  {
    MutexLock lock(mutex_);
    auto found = by_client_.find(client);
    if (found == by_client_.end()) {
      turns_.push_back(Queue{.client = client, .jobs = {}});
      found = by_client_.emplace(client, std::prev(turns_.end())).first;
    }
    found->second->jobs.push_back(std::move(job));
  }
  wake_.notify_one();
}

void WorkerPool::Run() {
  while (true) {
    Job job;
    {
      MutexLock lock(mutex_);
      while (turns_.empty() && !stopping_) wake_.wait(mutex_);
      if (turns_.empty()) return;
      Queue& queue = turns_.front();
      job = std::move(queue.jobs.front());
      queue.jobs.pop_front();
      if (queue.jobs.empty()) {
        by_client_.erase(queue.client);
        turns_.pop_front();
      } else {
        turns_.splice(turns_.end(), turns_, turns_.begin());
      }
    }
    job();
  }
}

}  // namespace kubemonitor
