#include "collector/collector.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "collector/options.h"
#include "common/log.h"
#include "common/mutex.h"
#include "common/signals.h"
#include "common/version.h"
#include "wire/report_json.h"

namespace kubemonitor {
namespace {

// A wall clock that is set while we wait is noticed after this.
constexpr int64_t kLongestWaitMs = 1'000;
constexpr int64_t kDryRunMs = 1'000;

int64_t Floor(int64_t wall_ms, int64_t interval_ms) {
  const int64_t rest = wall_ms % interval_ms;
  return wall_ms - (rest < 0 ? rest + interval_ms : rest);
}

void WaitFor(int64_t milliseconds, const std::stop_token& stop) {
  Mutex mutex;
  Condition condition;
  const MutexLock lock(mutex);
  condition.wait_for(mutex, stop, std::chrono::milliseconds(milliseconds), [] { return false; });
}

}  // namespace

std::optional<int64_t> TickSchedule::Due(int64_t wall_ms, int64_t interval_ms) {
  const int64_t newest = Floor(wall_ms, interval_ms);
  if (newest > last_ms_) {
    last_ms_ = newest;
    return newest;
  }
  if (wall_ms + 2 * interval_ms <= last_ms_) {
    LogWarning("the wall clock was set back by {} s: ticks go on from its new time",
               (last_ms_ - wall_ms) / 1000);
    last_ms_ = newest;
  }
  return std::nullopt;
}

int64_t TickSchedule::UntilNextMs(int64_t wall_ms, int64_t interval_ms) const {
  const int64_t next = Floor(std::max(wall_ms, last_ms_), interval_ms) + interval_ms;
  return std::max<int64_t>(1, next - wall_ms);
}

Collector::Collector(CollectorLoopOptions options, Sampler& sampler, Publisher& publisher,
                     const Clock& clock)
    : options_(options),
      sampler_(sampler),
      publisher_(publisher),
      clock_(clock),
      interval_ms_(options.interval_ms.value_or(kDefaultIntervalMs)),
      schedule_(clock.WallMs()) {}

void Collector::AdoptInterval() {
  if (options_.interval_ms) {
    WarnOfMisfits();
    return;
  }
  const int64_t wanted = publisher_.server_interval_ms();
  if (wanted == 0 || wanted == interval_ms_) return;
  LogInfo("interval: {} ms, as the server stores", wanted);
  interval_ms_ = wanted;
  publisher_.SetInterval(static_cast<uint32_t>(wanted));
}

// An interval that was given is kept, and a server is sent the ticks on its own grid alone: said
// once a server.
void Collector::WarnOfMisfits() {
  std::map<std::string, uint32_t> misfits = publisher_.server_intervals();
  std::erase_if(misfits, [this](const auto& server) { return interval_ms_ % server.second == 0; });
  for (const auto& [server, interval_ms] : misfits) {
    const auto said = misfits_.find(server);
    if (said != misfits_.end() && said->second == interval_ms) continue;
    LogWarning(
        "server {} stores every {} ms and is sent only the ticks that fall on that, fewer than "
        "are sampled every {} ms: give --interval a multiple of {} ms, or leave it out",
        server, interval_ms, interval_ms_, interval_ms);
  }
  misfits_ = std::move(misfits);
}

int64_t Collector::Step() {
  AdoptInterval();
  if (const auto tick = schedule_.Due(clock_.WallMs(), interval_ms_)) {
    const uint64_t start_usec = clock_.BootUsec();
    publisher_.Publish(sampler_.Read(*tick));
    const uint64_t took_usec = clock_.BootUsec() - start_usec;
    uint64_t held_back = 0;
    if (took_usec > static_cast<uint64_t>(interval_ms_) * 500 &&
        slow_log_.Allow(clock_.BootUsec(), &held_back)) {
      LogWarning("a sample took {} ms of an interval of {} ms ({} more not logged)",
                 took_usec / 1000, interval_ms_, held_back);
    }
  }
  return schedule_.UntilNextMs(clock_.WallMs(), interval_ms_);
}

void Collector::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) WaitFor(std::min(Step(), kLongestWaitMs), stop);
}

std::string DryRun(Sampler& sampler, const Clock& clock, const std::string& node_name,
                   int64_t interval_ms, const std::stop_token& stop) {
  const int64_t first_ms = Floor(clock.WallMs(), kDryRunMs);
  Sample first = sampler.Read(first_ms);
  WaitFor(kDryRunMs, stop);
  if (stop.stop_requested()) return {};
  Sample second = sampler.Read(first_ms + kDryRunMs);
  NodeReport report;
  report.node_name = node_name;
  report.boot_id = sampler.boot_id();
  report.instance_id = RandomId();
  report.collector_version = ThisBuild().version;
  report.interval_ms = static_cast<uint32_t>(interval_ms);
  report.sent_at_ms = clock.WallMs();
  std::map<uint32_t, const Identity*> identities;
  for (const Sample* sample : {&first, &second}) {
    for (const auto& identity : sample->identities) identities[identity->object] = identity.get();
  }
  for (const auto& [object, identity] : identities) report.identities.push_back(*identity);
  // Details travel with the newest tick only.
  first.tick.node_details.reset();
  first.tick.object_details.clear();
  report.ticks.push_back(std::move(first.tick));
  report.ticks.push_back(std::move(second.tick));
  return ReportToJson(report);
}

}  // namespace kubemonitor
