#ifndef KUBEMONITOR_WIRE_SIMPLE_FORM_H_
#define KUBEMONITOR_WIRE_SIMPLE_FORM_H_

// The simple form of metrics.proto (MetricsRequest.metrics) as a NodeReport, so that everything
// behind knows one form only.

#include <absl/status/status.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
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

// Identifies what a metric speaks of: pod, or container of a pod.
std::string MetricKey(const v1::Metric& metric);

// Gives pods and containers of one node their object numbers. Not thread-safe.
class SimpleNumbers {
 public:
  explicit SimpleNumbers(size_t max_objects) : max_objects_(max_objects) {}

  // Reports are made under this instance id; it changes when the numbers begin anew because there
  // were too many.
  std::string instance_id() const;

  // `metrics` passed CheckMetric. Metrics that fall on one tick are merged: of a value given twice
  // the first counts. Ticks come oldest first, boot_usec is the newest timestamp of the tick (a
  // client has one clock). Network figures of a container are its pod's. All identities in use are
  // told every time.
  NodeReport Convert(const std::vector<const v1::Metric*>& metrics, std::string_view node_name,
                     int64_t interval_ms);

 private:
  uint32_t Number(const std::string& key);

  size_t max_objects_;
  uint32_t generation_ = 0;
  std::unordered_map<std::string, uint32_t> numbers_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_WIRE_SIMPLE_FORM_H_
