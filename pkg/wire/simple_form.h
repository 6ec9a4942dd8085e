#ifndef KUBEMONITOR_WIRE_SIMPLE_FORM_H_
#define KUBEMONITOR_WIRE_SIMPLE_FORM_H_

// The simple form of metrics.proto (MetricsRequest.metrics) as a NodeReport, so that everything
// behind knows one form only.

#include <absl/status/status.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/node_report.h"

namespace kubemonitor {

namespace v1 {
class Metric;
}  // namespace v1

// Names present and bounded, numbers not negative. InvalidArgument names field and limit; the
// timestamp is the caller's to judge.
absl::Status CheckMetric(const v1::Metric& metric);

// The multiple of the interval nearest to `timestamp_ms`, which is not negative.
int64_t NearestTick(int64_t timestamp_ms, int64_t interval_ms);

// `metrics` passed CheckMetric. Object numbers hold for this report alone (kSimpleInstance).
// Metrics that fall on one tick are merged: of a value given twice the first counts. Ticks come
// oldest first, boot_usec is the newest timestamp of the tick (a client has one clock). Network
// figures of a container are its pod's.
NodeReport FromSimpleForm(const std::vector<const v1::Metric*>& metrics, std::string_view node_name,
                          int64_t interval_ms);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_WIRE_SIMPLE_FORM_H_
