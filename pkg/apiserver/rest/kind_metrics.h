#ifndef KUBEMONITOR_APISERVER_REST_KIND_METRICS_H_
#define KUBEMONITOR_APISERVER_REST_KIND_METRICS_H_

// Which metrics items of a kind have.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/query/query.h"

namespace kubemonitor {

// Pods and containers have all but the counts, and nodes, which have no CPU quota, all but those
// and throttling. Aggregates (namespaces, workloads, the cluster) have no cumulative sums, which
// would fall when a pod ends, and no pressure, which cannot be added up. The cluster is the sum of
// nodes.
bool KindHasMetric(ItemKind kind, Metric metric);

// What lists can be sorted by beside metrics: "oomKills", and of pods "restartCount", "startedAt".
bool KindHasFact(ItemKind kind, Fact fact);
std::string_view FactKey(Fact fact);
std::optional<Fact> FactFromKey(std::string_view key);
std::string FactKeysOf(ItemKind kind);  // comma-separated

// Those in `usage` of a kind, in the order of answers.
bool IsUsageMetric(Metric metric);
std::vector<Metric> UsageMetrics(ItemKind kind);

// "cpuMillicores, memoryBytes, …": all metrics of a kind, for messages.
std::string MetricKeysOf(ItemKind kind);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_KIND_METRICS_H_
