#include "apiserver/query/window.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>

namespace kubemonitor {
namespace {

absl::Status Invalid(const std::string& message) { return absl::InvalidArgumentError(message); }

int64_t CeilDivide(int64_t value, int64_t by) { return (value + by - 1) / by; }

int64_t FloorTo(int64_t value, int64_t step) {
  const int64_t rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

absl::Status CheckTick(const StoreOptions& store, const QueryOptions& options, int64_t now_ms) {
  const int64_t first = CeilDivide(now_ms - store.retention_ms, 1000);
  const int64_t last = now_ms / 1000 + kEndSlackSeconds;
  if (options.end_seconds && (*options.end_seconds < first || *options.end_seconds > last)) {
    return Invalid(fmt::format("end: {} is out of range; Unix seconds from {} to {}",
                               *options.end_seconds, first, last));
  }
  // Nodes' clocks may be five minutes ahead, and a list may have been pinned a minute ago.
  constexpr int64_t kAheadMs = 600'000;
  constexpr int64_t kBehindMs = 120'000;
  const auto& pinned = options.pinned_tick_ms;
  if (pinned && (*pinned % store.interval_ms != 0 || *pinned > now_ms + kAheadMs ||
                 *pinned < now_ms - store.retention_ms - kBehindMs)) {
    return Invalid(fmt::format("continue: {} is no tick of the retention", *pinned));
  }
  return absl::OkStatus();
}

absl::StatusOr<Window> MakeWindow(const StoreOptions& store, const QueryOptions& options,
                                  int64_t tick_ms) {
  const int64_t seconds = *options.window_seconds;
  if (seconds < 1 || seconds > kMaxWindowSeconds) {
    return Invalid(fmt::format("window: {} is out of range; whole seconds from 1 to {}", seconds,
                               kMaxWindowSeconds));
  }
  // The finest step in whole seconds: the interval itself unless it is a fraction of seconds.
  const int64_t finest = std::lcm(store.interval_ms, int64_t{1000}) / 1000;
  const int64_t widest = std::max(seconds, finest);
  const int64_t step = options.step_seconds.value_or(finest);
  if (step < finest || step > widest || step % finest != 0) {
    return Invalid(
        fmt::format("step: {} is not valid; multiples of the interval, {} s, up to the "
                    "window, {} s",
                    step, finest, widest));
  }
  Window window;
  const int64_t ticks = CeilDivide(seconds * 1000, store.interval_ms);
  window.grid = {tick_ms - (ticks - 1) * store.interval_ms, store.interval_ms,
                 static_cast<size_t>(ticks)};
  window.step_ticks = static_cast<size_t>(step * 1000 / store.interval_ms);
  const int64_t end = tick_ms / 1000;
  window.axis = {end - seconds, end, step, {}};
  const int64_t steps = CeilDivide(ticks, step * 1000 / store.interval_ms);
  for (int64_t back = steps - 1; back >= 0; --back) {
    window.axis.timestamps.push_back(end - back * step);
  }
  return window;
}

}  // namespace

absl::StatusOr<TimeFrame> MakeTimeFrame(const StoreOptions& store, const QueryOptions& options,
                                        std::optional<int64_t> newest_complete_ms, int64_t now_ms) {
  if (const absl::Status status = CheckTick(store, options, now_ms); !status.ok()) return status;
  if (options.step_seconds && !options.window_seconds) {
    return Invalid("step: has no meaning without window");
  }
  const int64_t newest_ms = newest_complete_ms.value_or(FloorTo(now_ms, store.interval_ms));
  TimeFrame frame;
  frame.tick_ms = newest_ms;
  if (options.end_seconds) {
    frame.tick_ms = std::min(newest_ms, FloorTo(*options.end_seconds * 1000, store.interval_ms));
  }
  if (options.pinned_tick_ms) frame.tick_ms = *options.pinned_tick_ms;
  frame.live = frame.tick_ms == newest_ms;
  if (options.window_seconds) {
    absl::StatusOr<Window> window = MakeWindow(store, options, frame.tick_ms);
    if (!window.ok()) return window.status();
    frame.window = *std::move(window);
  }
  return frame;
}

}  // namespace kubemonitor
