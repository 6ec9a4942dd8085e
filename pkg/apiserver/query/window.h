#ifndef KUBEMONITOR_APISERVER_QUERY_WINDOW_H_
#define KUBEMONITOR_APISERVER_QUERY_WINDOW_H_

// What the time parameters of a request mean.

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>

#include "apiserver/query/column.h"
#include "apiserver/query/query.h"

namespace kubemonitor {

inline constexpr int64_t kMaxWindowSeconds = 3600;
// How far `end` may lie ahead of the server's clock: callers' clocks differ a little.
inline constexpr int64_t kEndSlackSeconds = 60;

struct Window {
  WindowAxis axis;
  Grid grid;  // its ticks
  size_t step_ticks = 1;
};

struct TimeFrame {
  int64_t tick_ms = 0;  // T
  bool live =
      false;  // T is the newest complete tick: staleness is measured by the clock, else by T
  std::optional<Window> window;
};

// T is the pinned tick, or the newest complete tick that is not after `end`, or the newest complete
// tick. The steps of a window end at T; the oldest is partial where the window is no multiple of
// the step. InvalidArgument names parameter and range.
absl::StatusOr<TimeFrame> MakeTimeFrame(const StoreOptions& store, const QueryOptions& options,
                                        std::optional<int64_t> newest_complete_ms, int64_t now_ms);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_WINDOW_H_
