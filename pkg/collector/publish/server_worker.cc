#include "collector/publish/server_worker.h"

#include <algorithm>
#include <utility>

namespace kubemonitor {
namespace {

constexpr std::chrono::milliseconds kSendTimeout{15'000};
// A boot clock that is set forward by a suspend is looked at again after this.
constexpr uint64_t kLongestWaitUsec = 60'000'000;

}  // namespace

ServerWorker::ServerWorker(const TickLog& log, const Clock& clock, SenderOptions options,
                           std::unique_ptr<Transport> transport,
                           const std::atomic<uint32_t>& interval_ms,
                           std::function<void()> on_failure)
    : clock_(clock),
      interval_ms_(interval_ms),
      on_failure_(std::move(on_failure)),
      transport_(std::move(transport)),
      sender_(log, clock, std::move(options)),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

ServerWorker::~ServerWorker() {
  RequestStop();
  thread_.join();
}

void ServerWorker::RequestStop() {
  thread_.request_stop();
  transport_->Cancel();
  Notify();
}

void ServerWorker::Notify() {
  {
    const MutexLock lock(mutex_);
    notified_ = true;
  }
  changed_.notify_all();
}

void ServerWorker::Wait(const std::stop_token& stop, uint64_t wake_usec) {
  const uint64_t now = clock_.BootUsec();
  const uint64_t wait = std::min(kLongestWaitUsec, wake_usec > now ? wake_usec - now : 0);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::microseconds(wait);
  const MutexLock lock(mutex_);
  while (!notified_ && !stop.stop_requested()) {
    if (changed_.wait_until(mutex_, deadline) == std::cv_status::timeout) break;
  }
  notified_ = false;
}

void ServerWorker::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    uint64_t wake_usec = 0;
    const auto request = sender_.Next(interval_ms_.load(), &wake_usec);
    if (!request) {
      Wait(stop, wake_usec);
      continue;
    }
    const auto answer = transport_->Send(*request, kSendTimeout);
    if (stop.stop_requested()) return;
    sender_.OnAnswer(answer);
    server_interval_ms_.store(sender_.server_interval_ms());
    connected_.store(sender_.connected());
    if (!answer.ok()) on_failure_();
  }
}

}  // namespace kubemonitor
