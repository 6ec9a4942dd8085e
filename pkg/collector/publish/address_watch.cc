#include "collector/publish/address_watch.h"

#include <memory>
#include <optional>
#include <utility>

namespace kubemonitor {
namespace {

using std::chrono::steady_clock;

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
  std::optional<AddressWatch::Found> Wait(const std::stop_token& stop) {
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
    std::optional<AddressWatch::Found> found GUARDED_BY(mutex);
  };
  std::shared_ptr<Shared> shared_;
};

}  // namespace

AddressWatch::AddressWatch(std::string server, Resolver resolve, Update update, ResolvePace pace)
    : server_(std::move(server)),
      resolve_(std::move(resolve)),
      update_(std::move(update)),
      pace_(pace) {}

AddressWatch::~AddressWatch() {
  RequestStop();
  Join();
}

void AddressWatch::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void AddressWatch::RequestStop() {
  thread_.request_stop();
  {
    const MutexLock lock(mutex_);
  }
  changed_.notify_all();
}

void AddressWatch::Join() {
  if (thread_.joinable()) thread_.join();
}

void AddressWatch::ResolveSoon() {
  {
    const MutexLock lock(mutex_);
    failed_ = true;
  }
  changed_.notify_all();
}

void AddressWatch::ForgetFailure() {
  const MutexLock lock(mutex_);
  failed_ = false;
}

void AddressWatch::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    ForgetFailure();  // what fails from here on is worth another look-up
    const auto found = LookUp(resolve_, server_).Wait(stop);
    if (!found) return;
    update_(server_, *found);
    if (!found->ok()) ResolveSoon();
    Rest(stop);
  }
}

void AddressWatch::Rest(const std::stop_token& stop) {
  const auto start = steady_clock::now();
  const MutexLock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto until = start + (failed_ ? pace_.after_failure : pace_.every);
    if (steady_clock::now() >= until) return;
    changed_.wait_until(mutex_, until);
  }
}

}  // namespace kubemonitor
