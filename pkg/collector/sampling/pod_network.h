#ifndef KUBEMONITOR_COLLECTOR_SAMPLING_POD_NETWORK_H_
#define KUBEMONITOR_COLLECTOR_SAMPLING_POD_NETWORK_H_

// A pod's network counters, read through one of its live processes.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/readers/cgroup_tree.h"
#include "collector/readers/kernel_file.h"
#include "collector/readers/read_errors.h"
#include "common/node_report.h"
#include "common/series.h"

namespace kubemonitor {

// /proc, and what all pods share of it. Not thread-safe.
class ProcNetwork {
 public:
  // A root that cannot be opened: no pod has a network.
  explicit ProcNetwork(const std::string& proc_root);

  const Directory* proc() const { return proc_ ? &*proc_ : nullptr; }
  // A real procfs, whose descriptors tell a process that ended from one that got its pid.
  bool kernel_mount() const { return kernel_mount_; }
  // Whether `pid` is in the network namespace of process 1: by the links ns/net; where they cannot
  // be read (they need ptrace access), by comparing the interfaces and their counters.
  bool SharesNodeNetwork(uint32_t pid);
  ReadBuffer& buffer() { return buffer_; }
  // What of the pods' networks could not be read or understood.
  ReadErrors& errors() { return errors_; }
  const ReadErrors& errors() const { return errors_; }

 private:
  std::optional<Directory> proc_;
  bool kernel_mount_ = false;
  ReadBuffer buffer_;
  ReadErrors errors_;
};

// One pod's. The process is kept while it lives and stays in the pod; its net/dev is opened, read
// and closed each tick, as a held one would keep the pod's network namespace alive.
class PodNetwork {
 public:
  // Where processes of the pod are looked for, the most stable first: the sandbox, the containers,
  // the pod itself.
  struct Candidates {
    std::string_view pod_uid;
    const std::vector<const Cgroup*>* cgroups = nullptr;
  };
  struct Result {
    std::optional<bool> host_network;  // absent: no process was found, and nobody told
    bool measured = false;
    std::vector<InterfaceUsage> interfaces;  // of a pod with a network of its own
  };

  // `host_network` as the runtime told it. A hostNetwork pod has no network of its own: nothing is
  // read.
  Result Read(ProcNetwork& proc, CgroupTree& tree, const Candidates& candidates,
              std::optional<bool> host_network);

 private:
  bool ReadBy(ProcNetwork& proc, Result& result);
  bool Find(ProcNetwork& proc, CgroupTree& tree, const Candidates& candidates);
  bool Adopt(ProcNetwork& proc, uint32_t pid, std::string_view pod_uid, std::string_view id);
  bool StillThere(ProcNetwork& proc);
  bool Skips(const CgroupTree& tree, const Candidates& candidates);
  void Drop();

  uint32_t pid_ = 0;  // 0: none
  // A pod in which no process is found is not searched each tick, until its cgroups change.
  uint32_t failures_ = 0;
  uint32_t skip_ticks_ = 0;
  uint64_t searched_ = 0;  // the sum of the serials of the cgroups searched last
  std::string pod_uid_, pod_uid_in_slice_,
      container_id_;      // one of these is in the process's cgroup path
  UniqueFd cgroup_file_;  // of a real procfs: reads fail once the process has ended
  std::optional<bool> shares_node_network_;  // of the process
};

// Sets the pod's network series to the sums over `interfaces`; absent: there is none, or the sum
// does not fit.
void SetNetworkSeries(const std::vector<InterfaceUsage>& interfaces, SeriesValues& values);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_SAMPLING_POD_NETWORK_H_
