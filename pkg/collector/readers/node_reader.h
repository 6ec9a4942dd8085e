#ifndef KUBEMONITOR_COLLECTOR_READERS_NODE_READER_H_
#define KUBEMONITOR_COLLECTOR_READERS_NODE_READER_H_

// The node's own figures from /proc and /sys.

#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <unordered_set>

#include "collector/readers/kernel_file.h"
#include "collector/readers/proc_files.h"
#include "collector/readers/read_errors.h"
#include "common/node_report.h"

namespace kubemonitor {

// Kernel memory by /proc/meminfo that is charged to somebody or to nobody: SUnreclaim + KernelStack
// + PageTables + Percpu (+ vmalloc where told).
struct NodeReading {
  SeriesValues values;  // every node series but the ledger and what needs the cgroup root
  NodeDetails details;  // capacity, uptime, kernel version, disks, interfaces
  std::optional<uint64_t> kernel_memory_bytes;  // unreclaimable kernel memory of the whole machine
};

// Not thread-safe: one thread reads.
class NodeReader {
 public:
  // Roots as in --proc-root and --sys-root. A root that cannot be opened: the figures from it are
  // absent, and counted as a read error once.
  NodeReader(const std::string& proc_root, const std::string& sys_root);
  ~NodeReader();
  NodeReader(const NodeReader&) = delete;

  // Never fails: what cannot be read is absent. Into `errors` goes what was there and could not be
  // understood.
  NodeReading Read(ReadErrors* errors);

  // Empty when /proc does not tell.
  std::string BootId();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Tells leaf devices from stacked ones (dm, md), so that sums do not count a byte twice. Not
// thread-safe.
class BlockDevices {
 public:
  explicit BlockDevices(const std::string& sys_root);
  ~BlockDevices();
  struct Device {
    std::string name;  // "sda"; "254:0" when /sys does not tell
    bool leaf = true;  // a device of unknown topology counts as a leaf
  };
  // Cached by number, valid until RefreshTopology; `RefreshTopology` (once a tick) lets changed
  // devices be looked up again.
  const Device& Lookup(uint32_t major, uint32_t minor);
  void RefreshTopology();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Interfaces of a network namespace, all but loopback, from `<proc>/<pid>/net/dev`. `counted` is
// set on all of them. Internal: none of it could be understood.
absl::StatusOr<NetworkDevices> ReadNetworkDevices(const Directory& proc, uint32_t pid,
                                                  ReadBuffer& buffer);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_NODE_READER_H_
