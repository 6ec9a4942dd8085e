#ifndef KUBEMONITOR_APISERVER_QUERY_READINGS_H_
#define KUBEMONITOR_APISERVER_QUERY_READINGS_H_

// The rows of an item, and the columns they make: a pod from its own cgroup or its containers, a
// container name over its restarts.

#include <cstdint>
#include <optional>
#include <vector>

#include "apiserver/query/column.h"
#include "apiserver/query/entries.h"
#include "apiserver/store/store.h"

namespace kubemonitor {

// The rows over a range of ticks, and what is needed before it.
struct ReadRange {
  int64_t first_ms = 0;
  int64_t last_ms = 0;
};
ReadRange RangeOf(const Grid& grid);

// Every real row has one of these.
inline constexpr uint64_t kPresenceMask =
    SeriesValues::Bit(Series::kCpuUsageUsec) | SeriesValues::Bit(Series::kCpuReportedMillicores) |
    SeriesValues::Bit(Series::kMemoryCurrentBytes) | SeriesValues::Bit(Series::kNetworkRxBytes);

struct PodRows {
  ObjectRows own;
  std::vector<ObjectRows> containers;  // as in PodEntry
};
// `mask` as in Store::Read; what tells whether the pod's own cgroup is populated is read too.
PodRows ReadPod(const Store& store, const PodEntry& pod, uint64_t mask, const ReadRange& range);

// All objects of a node at once.
std::vector<IndexedRows> ReadNode(const Store& store, uint32_t node, uint64_t mask,
                                  const ReadRange& range);

// The newest tick up to last_ms with any row; nullopt: none.
std::optional<int64_t> NewestRow(const PodRows& rows, int64_t last_ms);

// Which ticks of the grid have the pod.
std::vector<bool> Presence(const PodRows& rows, const Grid& grid);

// Pod usage. At each tick: the pod's own cgroup where it is populated (it has CPU time), else the
// sum of its containers, sandboxes included. What its own cgroup does not measure is taken from the
// containers as well. A pod on the host's network has none of its own.
Column PodColumn(bool host_network, const PodRows& rows, Metric metric, const Grid& grid);

// Several containers of one name, the newest first: rates add up, of all else the newest one's word
// holds.
Column ContainerColumn(const std::vector<const ObjectRows*>& rows, Metric metric, const Grid& grid);

// What the first row of the object counts happened while its node, whose oldest tick is
// first_held_ms, was watched.
bool BornAfter(std::optional<int64_t> first_held_ms, const ObjectInfo& object);

// By how much a counter grew in (start_ms, end_ms]. `born`: see BornAfter. Nullopt: never measured.
std::optional<uint64_t> Increase(const Store& store, const ObjectInfo& object, Series counter,
                                 bool born, int64_t start_ms, int64_t end_ms);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_READINGS_H_
