#ifndef KUBEMONITOR_COLLECTOR_READERS_PROCESS_TABLE_H_
#define KUBEMONITOR_COLLECTOR_READERS_PROCESS_TABLE_H_

// Host processes: those in no pod.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collector/readers/read_errors.h"
#include "common/node_report.h"

namespace kubemonitor {

struct ProcessTableOptions {
  std::string proc_root = "/proc";
  bool command_lines = false;  // read and report arguments (they can hold secrets)
  size_t top_by_cpu = 50;      // the table reports the union of the top by CPU and by memory
  size_t top_by_memory = 50;
};

// Not thread-safe: one thread reads. Keeps descriptors of host processes' stat and io files: they
// never follow a reused pid.
class ProcessTable {
 public:
  explicit ProcessTable(ProcessTableOptions options);
  ~ProcessTable();
  ProcessTable(const ProcessTable&) = delete;

  // Skipped: processes that end while being read, and those of which it cannot be told whether they
  // are a pod's. Into `errors` go contents that cannot be understood, and once a root that cannot
  // be opened. `is_pod_cgroup(path)` tells whether a path of /proc/PID/cgroup
  // ("/kubepods/…") belongs to a pod or container. Rates are over the boot-time distance to the
  // call before; absent at first sight of a process.
  std::vector<ProcessUsage> Read(uint64_t boot_usec,
                                 const std::function<bool(std::string_view)>& is_pod_cgroup,
                                 ReadErrors* errors);

  // Processes of no pod and of pods at the last Read.
  size_t process_count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_PROCESS_TABLE_H_
