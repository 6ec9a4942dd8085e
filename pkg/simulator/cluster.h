#ifndef KUBEMONITOR_SIMULATOR_CLUSTER_H_
#define KUBEMONITOR_SIMULATOR_CLUSTER_H_

// The whole simulated cluster: one model, and a few threads that send for all its nodes.

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "common/clock.h"
#include "simulator/calls.h"
#include "simulator/model.h"
#include "simulator/worker.h"

namespace kubemonitor {

struct ClusterOptions {
  ModelOptions model;
  int64_t backfill_ms = 0;             // past ticks that are sent first
  std::optional<int64_t> duration_ms;  // live time after the back-fill; absent: until stopped
  std::string version;                 // of this program
};

struct ClusterSummary {
  SendCounters counters;
  double wall_seconds = 0;
  std::optional<double> backfill_seconds;  // absent: stopped before its end
  double cpu_seconds = 0;                  // of the process, all its threads
};

// Blocks until the duration is over or a stop is requested.
ClusterSummary RunCluster(const ClusterOptions& options, const Clock& clock,
                          const CallsFactory& make_calls, const std::stop_token& stop);

// {"samples":…,"errors":…,"wallSeconds":…,"bytes":…,…} in one line, without the line's end.
std::string SummaryJson(const ClusterSummary& summary);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_CLUSTER_H_
