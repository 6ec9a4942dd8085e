#ifndef KUBEMONITOR_COLLECTOR_SAMPLING_SAMPLER_H_
#define KUBEMONITOR_COLLECTOR_SAMPLING_SAMPLER_H_

// One pass over the node: containers, pods, node, processes, ledger.

#include <absl/status/statusor.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "collector/names/name_table.h"
#include "common/clock.h"
#include "common/node_report.h"

namespace kubemonitor {

struct SamplerOptions {
  std::string cgroup_root = "/sys/fs/cgroup";
  std::string proc_root = "/proc";
  std::string sys_root = "/sys";
  bool process_arguments = false;
};

// A tick and the identities of all objects in it. Identities are immutable and shared: an object
// whose identity did not change keeps the same pointer, so that comparing pointers tells news.
struct Sample {
  Tick tick;
  std::vector<std::shared_ptr<const Identity>> identities;
};

// Not thread-safe: the sampling thread alone uses it.
class Sampler {
 public:
  // Fails only for roots that cannot be used at all; a node without cgroup v2 gives a sampler that
  // reports node and processes (said once in the log, see cgroup_mode).
  static absl::StatusOr<std::unique_ptr<Sampler>> Create(SamplerOptions options, NameSource& names,
                                                         const Clock& clock);
  virtual ~Sampler() = default;

  // Reads everything now. `tick_ms` is the aligned time the tick stands for.
  virtual Sample Read(int64_t tick_ms) = 0;

  virtual std::string boot_id() const = 0;
  // "v2", "hybrid", "v1" or "none".
  virtual std::string cgroup_mode() const = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_SAMPLING_SAMPLER_H_
