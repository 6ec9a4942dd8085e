#ifndef KUBEMONITOR_COLLECTOR_READERS_NETWORK_DEVICES_H_
#define KUBEMONITOR_COLLECTOR_READERS_NETWORK_DEVICES_H_

// Which interfaces make up the node's network traffic, so that a byte counts once.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collector/readers/kernel_file.h"
#include "common/node_report.h"

namespace kubemonitor {

// The first of these that yields an interface decides:
//  1. physical: /sys/class/net/<if>/device exists. A bond, bridge or VLAN has none, so that its
//  physical ports count once. A port whose
//     master is itself physical (the accelerated path of a cloud's virtual NIC) is in the master's
//     counters and left out.
//  2. the interface of the default route (IPv4, else IPv6).
//  3. neither told: every interface whose name is not one that container networks, tunnels,
//  bridges, bonds, VLANs and dummies are given.
// Not thread-safe.
class CountedInterfaces {
 public:
  // Sets `counted`. `sys` and `proc` may be null; `net_directory` is where the namespace's files
  // are below proc ("1/net"). `cache`: keep what /sys told for some ticks (a true sysfs).
  void Mark(const Directory* sys, bool cache, const Directory* proc, std::string_view net_directory,
            std::vector<InterfaceUsage>& interfaces, ReadBuffer& buffer);

 private:
  struct Entry {
    bool counted = false;
    uint64_t found_at = 0;
  };
  bool MarkPhysical(const Directory& sys, bool cache, std::vector<InterfaceUsage>& interfaces);

  uint64_t ticks_ = 0;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_NETWORK_DEVICES_H_
