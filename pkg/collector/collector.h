#ifndef KUBEMONITOR_COLLECTOR_COLLECTOR_H_
#define KUBEMONITOR_COLLECTOR_COLLECTOR_H_

// The collector's loop: at every tick one sample, handed to the publisher.

#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "collector/publish/publisher.h"
#include "collector/sampling/sampler.h"
#include "common/clock.h"
#include "common/log.h"

namespace kubemonitor {

// When to sample: at the multiples of the interval of a wall clock that may be set in either
// direction. Not thread-safe.
class TickSchedule {
 public:
  // `wall_ms` is the start: the first tick is the next multiple after it.
  explicit TickSchedule(int64_t wall_ms) : last_ms_(wall_ms) {}

  // The tick to take now, if one is due: the newest multiple that is past. Those missed are not
  // made up for. After a clock that was set back by two intervals or more ticks go on from its new
  // time; after less they wait for it. None is given twice in a row.
  std::optional<int64_t> Due(int64_t wall_ms, int64_t interval_ms);
  // Wall time from now to the next tick.
  int64_t UntilNextMs(int64_t wall_ms, int64_t interval_ms) const;

 private:
  int64_t last_ms_;  // newest tick taken, or the start
};

struct CollectorLoopOptions {
  std::optional<int64_t> interval_ms;  // absent: the server's, 10 s until it is known
};

class Collector {
 public:
  // All outlive this.
  Collector(CollectorLoopOptions options, Sampler& sampler, Publisher& publisher,
            const Clock& clock);

  // Until stopped.
  void Run(const std::stop_token& stop);
  // One turn: samples if a tick is due. Returns for how long nothing will be, in milliseconds.
  int64_t Step();
  int64_t interval_ms() const { return interval_ms_; }

 private:
  void AdoptInterval();
  void WarnOfMisfits();

  const CollectorLoopOptions options_;
  Sampler& sampler_;
  Publisher& publisher_;
  const Clock& clock_;
  int64_t interval_ms_;
  TickSchedule schedule_;
  LogLimiter slow_log_;
  std::map<std::string, uint32_t> misfits_;  // servers warned of, with their intervals
};

// Two samples one second apart, as the JSON of the request that would be sent. Empty when stopped
// meanwhile.
std::string DryRun(Sampler& sampler, const Clock& clock, const std::string& node_name,
                   int64_t interval_ms, const std::stop_token& stop);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_COLLECTOR_H_
