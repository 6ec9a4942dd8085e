#ifndef KUBEMONITOR_COLLECTOR_READERS_BLOCK_DEVICES_H_
#define KUBEMONITOR_COLLECTOR_READERS_BLOCK_DEVICES_H_

// What /sys tells of block devices. BlockDevices of node_reader.h looks devices up by number,
// NodeDisks by the names of /proc/diskstats.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collector/readers/kernel_file.h"
#include "collector/readers/proc_files.h"

namespace kubemonitor {

enum class DiskRole : uint8_t {
  kLeaf,     // its bytes are counted
  kStacked,  // dm, md: its bytes are those of the devices below it
  kVirtual,  // loop, ram, zram: its bytes are a file's or memory's
  kHidden,   // a path of a multipath device (its head is counted), or a partition
};

// The role of the device whose directory below sys is `directory` ("block/sda"). Without a folder
// `slaves` the topology is not known: a leaf.
DiskRole RoleOfDisk(const Directory& sys, std::string_view name, const std::string& directory,
                    ReadBuffer& buffer);

// Tells which lines of /proc/diskstats are whole leaf devices. Where /sys has no block devices at
// all, partitions are told by their names
// ("sda1" beside "sda", "nvme0n1p1" beside "nvme0n1") and everything else is a leaf. Not
// thread-safe.
class NodeDisks {
 public:
  // Once a tick, before Counted. `sys` may be null; `cache`: keep what was found for some ticks (a
  // true sysfs).
  void Begin(const Directory* sys, bool cache, const std::vector<DiskCounters>& disks);
  bool Counted(const DiskCounters& disk, ReadBuffer& buffer);

 private:
  struct Entry {
    bool counted = false;
    uint64_t found_at = 0;
  };
  bool LooksLikePartition(std::string_view name) const;

  const Directory* sys_ = nullptr;
  bool cache_ = false;
  bool sys_knows_ = false;
  uint64_t ticks_ = 0;
  std::vector<std::string_view>
      names_;  // sorted; valid for the tick, and only where /sys does not tell
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_BLOCK_DEVICES_H_
