#include "collector/readers/network_devices.h"

#include <fmt/format.h>

#include <array>

#include "collector/readers/node_reader.h"
#include "collector/readers/proc_files.h"

namespace kubemonitor {
namespace {

// What /sys told of an interface is asked again after this many ticks, each interface at a tick of
// its own.
constexpr uint64_t kTopologyTicks = 6;
constexpr size_t kMaxEntries = 8192;

// Names that kernels, container networks and their tools give to what is not a line out of the
// machine.
bool HasVirtualName(std::string_view name) {
  constexpr auto kPrefixes = std::to_array<std::string_view>(
      {"veth",    "cni",     "docker",  "nerdctl", "podman", "br",    "virbr",        "vnet",
       "cali",    "flannel", "cilium",  "lxc",     "lxd",    "kube-", "nodelocaldns", "weave",
       "vxlan",   "genev",   "gre",     "erspan",  "tun",    "tap",   "sit",          "ip6tnl",
       "ip6gre",  "ip_vti",  "ip6_vti", "wg",      "dummy",  "ifb",   "bond",         "team",
       "macvlan", "ipvlan",  "ovs-",    "antrea",  "azv"});
  for (const std::string_view prefix : kPrefixes) {
    if (name.starts_with(prefix)) return true;
  }
  return name.find('.') != std::string_view::npos;  // eth0.100: a VLAN
}

bool IsPhysical(const Directory& sys, std::string_view name) {
  return sys.Exists(fmt::format("class/net/{}/device", name).c_str());
}

bool IsCountedPhysical(const Directory& sys, std::string_view name) {
  return IsPhysical(sys, name) &&
         !sys.Exists(fmt::format("class/net/{}/master/device", name).c_str());
}

bool MarkByName(std::string_view name, std::vector<InterfaceUsage>& interfaces) {
  for (InterfaceUsage& usage : interfaces) {
    if (usage.name != name) continue;
    usage.counted = true;
    return true;
  }
  return false;
}

bool MarkDefaultRoute(const Directory& proc, std::string_view net_directory,
                      std::vector<InterfaceUsage>& interfaces, ReadBuffer& buffer) {
  const absl::StatusOr<std::string_view> route =
      proc.Read(fmt::format("{}/route", net_directory).c_str(), buffer);
  if (route.ok() && MarkByName(DefaultRouteInterface(*route), interfaces)) return true;
  const absl::StatusOr<std::string_view> route_v6 =
      proc.Read(fmt::format("{}/ipv6_route", net_directory).c_str(), buffer);
  return route_v6.ok() && MarkByName(DefaultRouteInterfaceV6(*route_v6), interfaces);
}

}  // namespace

bool CountedInterfaces::MarkPhysical(const Directory& sys, bool cache,
                                     std::vector<InterfaceUsage>& interfaces) {
  if (!cache || entries_.size() > kMaxEntries) entries_.clear();
  bool any = false;
  for (InterfaceUsage& usage : interfaces) {
    Entry& entry = entries_[usage.name];
    if (entry.found_at == 0 || ticks_ >= entry.found_at + kTopologyTicks) {
      // The first answer of an interface is kept for a part of the time only: that spreads the
      // later ones.
      const uint64_t spread =
          entry.found_at == 0 ? std::hash<std::string>{}(usage.name) % kTopologyTicks : 0;
      entry.counted = IsCountedPhysical(sys, usage.name);
      entry.found_at = ticks_ > spread ? ticks_ - spread : ticks_;
    }
    usage.counted = entry.counted;
    any = any || usage.counted;
  }
  return any;
}

void CountedInterfaces::Mark(const Directory* sys, bool cache, const Directory* proc,
                             std::string_view net_directory,
                             std::vector<InterfaceUsage>& interfaces, ReadBuffer& buffer) {
  ++ticks_;
  if (sys != nullptr && MarkPhysical(*sys, cache, interfaces)) return;
  if (proc != nullptr && MarkDefaultRoute(*proc, net_directory, interfaces, buffer)) return;
  for (InterfaceUsage& usage : interfaces) usage.counted = !HasVirtualName(usage.name);
}

absl::StatusOr<NetworkDevices> ReadNetworkDevices(const Directory& proc, uint32_t pid,
                                                  ReadBuffer& buffer) {
  const absl::StatusOr<std::string_view> text =
      proc.Read(fmt::format("{}/net/dev", pid).c_str(), buffer);
  if (!text.ok()) return text.status();
  NetworkDevices devices = ParseNetworkDevices(*text);
  if (devices.interfaces.empty() && devices.odd_lines > 0) {
    return absl::InternalError(fmt::format("{}/net/dev cannot be understood", pid));
  }
  for (InterfaceUsage& usage : devices.interfaces) usage.counted = true;
  return devices;
}

}  // namespace kubemonitor
