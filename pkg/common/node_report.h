#ifndef KUBEMONITOR_COMMON_NODE_REPORT_H_
#define KUBEMONITOR_COMMON_NODE_REPORT_H_

// One node's report in plain structs: what the collector samples, the wire carries (pkg/wire) and
// the server stores. Plain values without invariants of their own; limits are checked where a
// report enters the server.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/series.h"
#include "common/series_block.h"

namespace kubemonitor {

enum class ContainerType : uint8_t { kUnknown, kApp, kInit, kSidecar, kSandbox, kEphemeral };
enum class QosClass : uint8_t { kUnknown, kGuaranteed, kBurstable, kBestEffort };

// What an object number stands for. Empty strings: not known (names may become known later).
struct Identity {
  uint32_t object = 0;  // never 0: that is the node
  ObjectKind kind = ObjectKind::kPod;
  uint32_t pod_object = 0;  // of a container: its pod's number; 0 = not known
  std::string pod_uid;      // as in the cgroup path: a static pod's is its config hash
  std::string namespace_name;
  std::string pod_name;
  std::string container_name;
  std::string container_id;
  ContainerType container_type = ContainerType::kUnknown;
  std::optional<int64_t> started_at_ms;       // Unix milliseconds
  std::map<std::string, std::string> labels;  // of the pod
  bool host_network = false;
  QosClass qos_class = QosClass::kUnknown;
  std::optional<uint32_t> restart_count;

  bool operator==(const Identity&) const = default;
};

struct DeviceUsage {  // cumulative counters of one block device
  std::string name;
  std::optional<uint64_t> read_bytes, write_bytes, read_operations, write_operations;
};

struct InterfaceUsage {  // cumulative counters of one network interface
  std::string name;
  std::optional<uint64_t> rx_bytes, tx_bytes, rx_packets, tx_packets;
  std::optional<uint64_t> rx_errors, tx_errors, rx_dropped, tx_dropped;
  bool counted = false;  // part of the sum
};

// What has no history: limits and devices of a pod or container, as the newest tick saw them.
struct ObjectDetails {
  uint32_t object = 0;
  std::optional<uint64_t> cpu_limit_millicores;  // absent: no limit, or not known
  std::optional<uint64_t> memory_limit_bytes;
  std::optional<uint64_t> pids_limit;
  std::optional<uint64_t> oom_events;
  std::vector<DeviceUsage> disks;
  std::vector<InterfaceUsage> interfaces;
};

struct UnitUsage {  // one systemd unit, or one cgroup outside of pods on hosts without systemd
  std::string name;
  std::optional<uint64_t> cpu_usage_usec;  // cumulative
  std::optional<double> cpu_millicores;    // over the last tick
  std::optional<uint64_t> memory_bytes;
  std::optional<uint64_t> process_count;
};

struct ProcessUsage {  // one process of no pod; rates are over the last tick
  uint32_t pid = 0;
  std::string name;          // comm verbatim: any bytes
  std::string command_line;  // empty unless asked for; bounded; arguments separated by blanks
  std::string executable;
  std::string user;
  std::string unit;
  std::optional<double> cpu_millicores;
  std::optional<uint64_t> memory_rss_bytes;
  std::optional<uint32_t> threads;
  std::optional<double> disk_read_bytes_per_second, disk_write_bytes_per_second;
};

struct NodeDetails {
  std::optional<uint64_t> cpu_capacity_millicores;
  std::optional<uint64_t> memory_capacity_bytes;
  std::optional<uint64_t> swap_capacity_bytes;
  std::optional<uint64_t> uptime_seconds;
  std::string kernel_version;
  std::string cgroup_mode;  // "v2", "hybrid", "v1" or "none"
  std::string runtime;      // e.g. "containerd v2.1.4"; empty: none answered
  bool nested = false;      // the cgroup root is not the machine's own
  uint64_t read_errors = 0;
  std::vector<DeviceUsage> disks;
  std::vector<InterfaceUsage> interfaces;
  std::vector<UnitUsage> units;
  std::vector<ProcessUsage> processes;
};

struct ObjectSample {
  uint32_t object = 0;
  SeriesValues values;
};

// Everything one tick saw.
struct Tick {
  int64_t tick_ms = 0;     // aligned wall-clock time, Unix milliseconds
  uint64_t boot_usec = 0;  // CLOCK_BOOTTIME at which the values were read
  SeriesValues node;
  std::vector<ObjectSample> pods;
  std::vector<ObjectSample> containers;
  // Newest tick only.
  std::optional<NodeDetails> node_details;
  std::vector<ObjectDetails> object_details;
};

// The instance id of reports in the simple form. Its object numbers hold for one report only, and
// as several clients may report pods of one node at one tick, its ticks are not whole: a later
// report adds the objects that have no values at the tick yet.
inline constexpr std::string_view kSimpleInstance = "simple";

struct NodeReport {
  std::string node_name;
  std::string boot_id;
  std::string instance_id;
  std::string collector_version;
  uint32_t interval_ms = 0;
  int64_t sent_at_ms = 0;
  std::vector<Identity> identities;
  std::vector<Tick> ticks;
  // Past ticks in blocks, none of the simple form, of this boot. The bytes outlive the report.
  std::vector<BlockReader> blocks;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COMMON_NODE_REPORT_H_
