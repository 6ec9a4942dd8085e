#include "collector/publish/server_set.h"

#include <algorithm>
#include <utility>

namespace kubemonitor {
namespace {

// Threads and connections a name server can make us have.
constexpr size_t kMaxServers = 32;

}  // namespace

ServerSet::ServerSet(const TickLog& log, const Clock& clock, SenderOptions sender,
                     TransportFactory make_transport, const std::atomic<uint32_t>& interval_ms,
                     std::function<void()> on_failure)
    : log_(log),
      clock_(clock),
      sender_(std::move(sender)),
      make_transport_(std::move(make_transport)),
      interval_ms_(interval_ms),
      on_failure_(std::move(on_failure)) {}

ServerSet::~ServerSet() {
  Workers workers;
  {
    const MutexLock lock(mutex_);
    workers.swap(workers_);
  }
  // All at once, then wait for each.
  for (const auto& [address, worker] : workers) worker->RequestStop();
}

void ServerSet::Update(const std::string& server,
                       const absl::StatusOr<std::vector<std::string>>& found) {
  Workers gone;  // destroyed without the lock: their threads may be about to call us
  {
    const MutexLock lock(mutex_);
    if (!found.ok()) {
      uint64_t held_back = 0;
      if (resolve_log_.Allow(clock_.BootUsec(), &held_back)) {
        LogWarning("server {}: {} ({} failures not logged)", server,
                   std::string(found.status().message()), held_back);
      }
      return;
    }
    addresses_[server] = {found->begin(), found->end()};
    std::set<std::string> wanted;
    for (const auto& [name, addresses] : addresses_) {
      wanted.insert(addresses.begin(), addresses.end());
    }
    for (auto it = workers_.begin(); it != workers_.end();) {
      if (wanted.contains(it->first)) {
        ++it;
        continue;
      }
      LogInfo("server {}: no name stands for this address any longer", it->first);
      it->second->RequestStop();
      gone.insert(workers_.extract(it++));
    }
    for (const std::string& address : wanted) {
      if (workers_.contains(address)) continue;
      if (workers_.size() >= kMaxServers) {
        LogWarning("server {}: more than {} addresses, this one gets nothing", address,
                   kMaxServers);
        break;
      }
      SenderOptions options = sender_;
      options.server = address;
      workers_.emplace(address, std::make_shared<ServerWorker>(log_, clock_, std::move(options),
                                                               make_transport_(address),
                                                               interval_ms_, on_failure_));
    }
  }
}

void ServerSet::Notify() {
  const MutexLock lock(mutex_);
  for (const auto& [address, worker] : workers_) worker->Notify();
}

uint32_t ServerSet::server_interval_ms() const {
  uint32_t smallest = 0;
  for (const auto& [address, interval] : server_intervals()) {
    if (smallest == 0 || interval < smallest) smallest = interval;
  }
  return smallest;
}

std::map<std::string, uint32_t> ServerSet::server_intervals() const {
  const MutexLock lock(mutex_);
  std::map<std::string, uint32_t> out;
  for (const auto& [address, worker] : workers_) {
    const uint32_t interval = worker->server_interval_ms();
    if (interval != 0) out.emplace(address, interval);
  }
  return out;
}

std::vector<std::string> ServerSet::addresses() const {
  const MutexLock lock(mutex_);
  std::vector<std::string> out;
  for (const auto& [address, worker] : workers_) out.push_back(address);
  return out;
}

}  // namespace kubemonitor
