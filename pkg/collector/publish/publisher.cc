#include "collector/publish/publisher.h"

#include <atomic>
#include <chrono>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "collector/publish/server_set.h"
#include "collector/publish/tick_log.h"
#include "common/mutex.h"

namespace kubemonitor {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kResolveEvery{30};
constexpr std::chrono::seconds kResolveAfterFailure{5};

// One look-up in a thread of its own that nobody has to wait for: getaddrinfo cannot be
// interrupted, and without a DNS server it takes longer than a program may take to end.
class LookUp {
 public:
  LookUp(const Resolver& resolve, const std::string& server) : shared_(std::make_shared<Shared>()) {
    std::thread([shared = shared_, resolve, server] {
      auto found = resolve(server);
      {
        const MutexLock lock(shared->mutex);
        shared->found = std::move(found);
      }
      shared->done.notify_all();
    }).detach();
  }

  // Nullopt: stopped before the answer came.
  std::optional<absl::StatusOr<std::vector<std::string>>> Wait(const std::stop_token& stop) {
    const std::stop_callback wake(stop, [this] {
      {
        const MutexLock lock(shared_->mutex);
      }
      shared_->done.notify_all();
    });
    const MutexLock lock(shared_->mutex);
    while (!shared_->found && !stop.stop_requested()) shared_->done.wait(shared_->mutex);
    return shared_->found;
  }

 private:
  struct Shared {
    Mutex mutex;
    Condition done;
    std::optional<absl::StatusOr<std::vector<std::string>>> found GUARDED_BY(mutex);
  };
  std::shared_ptr<Shared> shared_;
};

class ThreadedPublisher final : public Publisher {
 public:
  ThreadedPublisher(PublisherOptions options, const Clock& clock, TransportFactory make_transport,
                    Resolver resolve)
      : options_(std::move(options)),
        clock_(clock),
        resolve_(std::move(resolve)),
        interval_ms_(options_.interval_ms),
        log_({options_.history_ms, options_.history_bytes}),
        servers_(log_, clock,
                 SenderOptions{"", options_.node_name, options_.instance_id, options_.boot_id,
                               options_.version},
                 std::move(make_transport), interval_ms_, [this] { ResolveSoon(); }),
        resolver_([this](const std::stop_token& stop) { ResolveLoop(stop); }) {}

  ~ThreadedPublisher() override {
    resolver_.request_stop();
    wake_.notify_all();
    resolver_.join();
  }

  void Publish(const Sample& sample) override {
    log_.Add(sample, clock_.BootUsec());
    servers_.Notify();
  }
  uint32_t server_interval_ms() const override { return servers_.server_interval_ms(); }
  void SetInterval(uint32_t interval_ms) override { interval_ms_.store(interval_ms); }

 private:
  void ResolveSoon() {
    {
      const MutexLock lock(mutex_);
      failed_ = true;
    }
    wake_.notify_all();
  }

  void ResolveLoop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      for (const std::string& server : options_.servers) {
        const auto found = LookUp(resolve_, server).Wait(stop);
        if (!found) return;
        servers_.Update(server, *found);
      }
      Rest(stop);
    }
  }

  void Rest(const std::stop_token& stop) EXCLUDES(mutex_) {
    const auto start = steady_clock::now();
    const MutexLock lock(mutex_);
    failed_ = false;
    while (!stop.stop_requested()) {
      const auto until = start + (failed_ ? kResolveAfterFailure : kResolveEvery);
      if (steady_clock::now() >= until) return;
      wake_.wait_until(mutex_, stop, until, [] { return false; });
    }
  }

  const PublisherOptions options_;
  const Clock& clock_;
  const Resolver resolve_;
  std::atomic<uint32_t> interval_ms_;
  TickLog log_;
  Mutex mutex_;
  Condition wake_;
  bool failed_ GUARDED_BY(mutex_) = false;
  ServerSet servers_;
  std::jthread resolver_;
};

}  // namespace

std::unique_ptr<Publisher> NewPublisher(PublisherOptions options, const Clock& clock,
                                        TransportFactory make_transport, Resolver resolve) {
  return std::make_unique<ThreadedPublisher>(std::move(options), clock, std::move(make_transport),
                                             std::move(resolve));
}

}  // namespace kubemonitor
