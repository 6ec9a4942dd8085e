#include <algorithm>
#include <cmath>

#include "apiserver/query/query.h"

namespace kubemonitor {
namespace {

// How long after its time a tick may still arrive.
int64_t SlackMs(int64_t interval_ms) { return interval_ms / 2 + 3000; }

// The server's time at which the node's newest tick was due: a clock that is off does not make a
// node stale. The skew of reports that were refused says nothing of the ticks that are held.
int64_t NewestByServerMs(const NodeInfo& node) {
  const double skew_ms =
      node.health.clock_refused ? 0 : node.health.clock_skew_seconds.value_or(0) * 1000;
  return *node.newest_tick_ms + static_cast<int64_t>(std::llround(skew_ms));
}

}  // namespace

bool IsStale(const NodeInfo& node, int64_t interval_ms, int64_t now_ms) {
  if (!node.newest_tick_ms) return true;
  const int64_t interval = GridStepMs(interval_ms, node.interval_ms);
  return now_ms - NewestByServerMs(node) > 3 * interval + SlackMs(interval);
}

std::optional<int64_t> NewestCompleteTick(const NodeInfos& nodes, int64_t interval_ms,
                                          int64_t now_ms) {
  const int64_t due_ms = now_ms - SlackMs(interval_ms);  // what is older is complete by its age
  std::optional<int64_t> by_all, by_age, newest;
  for (const std::shared_ptr<const NodeInfo>& node : nodes) {
    if (!node->newest_tick_ms) continue;
    const int64_t tick = *node->newest_tick_ms;
    newest = std::max(newest.value_or(tick), tick);
    if (IsStale(*node, interval_ms, now_ms)) continue;
    by_all = std::min(by_all.value_or(tick), tick);
    const int64_t step = GridStepMs(interval_ms, node->interval_ms);
    const int64_t steps_back = std::max<int64_t>(0, (tick - due_ms + step - 1) / step);
    const int64_t old_enough = tick <= due_ms ? tick : tick - steps_back * step;
    by_age = std::max(by_age.value_or(old_enough), old_enough);
  }
  if (!by_all) return newest;  // all are stale: nothing else will come
  return std::max(*by_all, *by_age);
}

}  // namespace kubemonitor
