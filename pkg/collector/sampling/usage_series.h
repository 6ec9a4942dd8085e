#ifndef KUBEMONITOR_COLLECTOR_SAMPLING_USAGE_SERIES_H_
#define KUBEMONITOR_COLLECTOR_SAMPLING_USAGE_SERIES_H_

// What a cgroup's files say, as series. Pure but for the device topology.

#include "collector/readers/cgroup_tree.h"
#include "collector/readers/node_reader.h"
#include "common/node_report.h"
#include "common/series.h"

namespace kubemonitor {

// a − b, but not below 0; absent if either is.
std::optional<uint64_t> SubtractToZero(std::optional<uint64_t> a, std::optional<uint64_t> b);

// The series of a pod or container. Disks: the sum over leaf devices, so that no byte counts twice
// through device-mapper; 0 when io.stat is there and empty.
SeriesValues UsageSeries(const CgroupReading& reading, BlockDevices& devices);

// Limits (absent: none, or not known), OOM events and the leaf devices with I/O, at most 64.
void AddUsageDetails(const Cgroup& cgroup, BlockDevices& devices, ObjectDetails& details);

// The node's working set, as the kubelet has it: the machine's own root has no memory.current, so
// anon + file stand for it; in a nested root memory.current does. Less inactive_file, not below 0.
std::optional<uint64_t> NodeWorkingSet(const CgroupReading& root, bool nested);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_SAMPLING_USAGE_SERIES_H_
