#ifndef KUBEMONITOR_SIMULATOR_NODE_PROFILE_H_
#define KUBEMONITOR_SIMULATOR_NODE_PROFILE_H_

// The node beside its pods: services, kernel, devices, capacity; and the node's row of a tick,
// which is made of these and of the sums over its slots, so that its parts add up.
//
//   cpu_usage     = pods + services + kernel + other (the ledger's remainder); user is 7/10 of it,
//                   irq 1/200, softirq 1/50, system the rest
//   memory used   = working sets of the containers + services + kernel + other
//   disk, network = those of the pods + the host's own

#include "common/series.h"
#include "simulator/model.h"

namespace kubemonitor {

// Sums over the slots of a node: signals, not pods' values, so that counters only grow.
struct SlotSums {
  uint64_t cpu_usec = 0;
  uint64_t memory_bytes = 0;
  uint64_t working_set_bytes = 0;
  uint64_t read_bytes = 0, write_bytes = 0;
  uint64_t rx_bytes = 0, tx_bytes = 0;
  uint64_t pids = 0;
};

struct NodeProfile {
  uint64_t cores = 0;  // more than all can use together
  uint64_t memory_bytes = 0;
  uint64_t mean_cpu_usec = 0;  // of a tick, all parts
  uint64_t interval_usec = 0;
  uint64_t load_key = 0;
  Signal services_cpu, kernel_cpu, other_cpu, iowait;
  Signal services_memory, kernel_memory, other_memory;
  Signal disk_read, disk_write, network_rx, network_tx;
  Signal psi_cpu, psi_memory, psi_io;
};

// `cpu_usec` and `memory_bytes` are the means of a tick, and the most, of all containers together.
NodeProfile MakeNodeProfile(const Model& model, uint32_t node, uint64_t cpu_usec,
                            uint64_t memory_bytes);

// The same, which are added up for it.
NodeProfile ProfileOf(const Model& model, uint32_t node);

// `k` counts as Model::Elapsed.
SeriesValues NodeValues(const NodeProfile& profile, const SlotSums& sums, uint64_t k);
// How many series NodeValues sets.
inline constexpr size_t kNodeSeriesCount = 29;

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_NODE_PROFILE_H_
