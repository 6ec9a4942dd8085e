#ifndef KUBEMONITOR_APISERVER_QUERY_FINDINGS_H_
#define KUBEMONITOR_APISERVER_QUERY_FINDINGS_H_

// What somebody should look at: the overview of a dashboard. Made of all nodes and pods in one
// pass, once a tick for whoever asks.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/query/metric.h"
#include "apiserver/query/query.h"
#include "apiserver/query/summed_store.h"
#include "common/mutex.h"

namespace kubemonitor {

enum class FindingKind : uint8_t {
  kOomKilled,  // pods and containers with OOM kills within the retention
  kStale,      // nodes that are
  kPressure,   // nodes whose tasks wait, pods whose tasks wait for memory
  kThrottled,  // containers held back by their CPU limit
  kNearLimit,  // containers and pods that have almost used up their memory limit
  kClockSkew,  // nodes whose clock is off
  kConflict,   // nodes that several collectors claim to be
};
inline constexpr size_t kFindingKindCount = 7;
std::string_view FindingKey(FindingKind kind);  // "oomKilled"
std::optional<FindingKind> FindingFromKey(std::string_view key);

enum class Severity : uint8_t { kInfo, kWarning, kCritical };

// Means over kFindingTicks ticks, in percent.
inline constexpr int64_t kFindingTicks = 6;
inline constexpr double kThrottledPercentFrom = 25;
inline constexpr double kNearLimitPercentFrom = 90;  // of the working set; critical from 97
inline constexpr double kNearLimitPercentCritical = 97;
inline constexpr double kClockSkewSecondsFrom = 2;
// Of pressure, by metric; critical from three times as much, or where that is over 100, from 90.
struct PressureThreshold {
  Metric metric;
  double of_node, of_pod;  // a warning from so much; over 100: not looked at
};
inline constexpr std::array<PressureThreshold, 5> kPressureThresholds = {{
    {Metric::kMemoryFullPercent, 5, 10},
    {Metric::kMemorySomePercent, 20, 101},
    {Metric::kIoFullPercent, 20, 101},
    {Metric::kIoSomePercent, 50, 101},
    {Metric::kCpuSomePercent, 50, 101},
}};

struct FindingMember {
  enum class Unit : uint8_t { kPercent, kCount, kSeconds };
  ItemKind kind = ItemKind::kPod;  // kNode, kPod or kContainer
  Severity severity = Severity::kWarning;
  std::string namespace_name, name, uid, node;  // name: the pod's, or the node's
  std::string container;
  double value = 0;
  Unit unit = Unit::kPercent;
  std::optional<Metric> metric;  // that the value is of
};

struct Finding {
  FindingKind kind = FindingKind::kOomKilled;
  Severity severity = Severity::kWarning;  // of the worst member
  uint64_t count = 0;
  std::vector<FindingMember> worst;  // at most kFindingMembers, the worst first
  std::vector<ObjectId> objects;     // nodes and pods concerned, ascending, each once
};
inline constexpr size_t kFindingMembers = 5;

// Immutable.
struct Findings {
  std::optional<int64_t> tick_ms;  // absent: nothing stored
  std::vector<Finding> found;      // those with members, the most severe first

  const Finding* Find(FindingKind kind) const;
};

// Findings are for who sees everything: with another Visibility they would tell too much.
Findings MakeFindings(const SummedStore& store, int64_t now_ms);

// Thread-safe. Makes them anew when the tick has advanced, or an interval has passed without one:
// who asks at the same time waits for the one that makes them.
class FindingsCache {
 public:
  explicit FindingsCache(const SummedStore& store) : store_(store) {}
  std::shared_ptr<const Findings> Get(int64_t now_ms) EXCLUDES(mutex_);

 private:
  const SummedStore& store_;
  Mutex mutex_;
  std::shared_ptr<const Findings> newest_ GUARDED_BY(mutex_);
  int64_t made_ms_ GUARDED_BY(mutex_) = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_FINDINGS_H_
