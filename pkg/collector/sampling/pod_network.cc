#include "collector/sampling/pod_network.h"

#include <fmt/format.h>
#include <linux/magic.h>

#include <algorithm>
#include <utility>

#include "collector/readers/cgroup_path.h"
#include "collector/readers/checked_math.h"
#include "collector/readers/node_reader.h"

namespace kubemonitor {
namespace {

constexpr size_t kTriedPids = 8;
constexpr uint32_t kMostFailures = 3;  // then every 8th tick
// How far two reads of the same counter, one after the other, may differ.
constexpr uint64_t kSameCounterBytes = 1 << 20;

bool Near(std::optional<uint64_t> a, std::optional<uint64_t> b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return std::max(*a, *b) - std::min(*a, *b) <= kSameCounterBytes;
}

bool SameInterface(const InterfaceUsage& a, const InterfaceUsage& b) {
  return a.name == b.name && Near(a.rx_bytes, b.rx_bytes) && Near(a.tx_bytes, b.tx_bytes);
}

bool Contains(std::string_view text, std::string_view part) {
  return !part.empty() && text.find(part) != std::string_view::npos;
}

}  // namespace

ProcNetwork::ProcNetwork(const std::string& proc_root) {
  absl::StatusOr<Directory> proc = Directory::Open(proc_root);
  if (!proc.ok()) return;
  const absl::StatusOr<uint64_t> type = proc->FileSystemType();
  kernel_mount_ = type.ok() && *type == PROC_SUPER_MAGIC;
  proc_ = *std::move(proc);
}

bool ProcNetwork::SharesNodeNetwork(uint32_t pid) {
  const absl::StatusOr<std::string> own = proc_->ReadLink(fmt::format("{}/ns/net", pid).c_str());
  const absl::StatusOr<std::string> node = proc_->ReadLink("1/ns/net");
  if (own.ok() && node.ok()) return *own == *node;
  const auto own_devices = ReadNetworkDevices(*proc_, pid, buffer_);
  const auto node_devices = ReadNetworkDevices(*proc_, 1, buffer_);
  return own_devices.ok() && node_devices.ok() && !own_devices->interfaces.empty() &&
         std::ranges::equal(own_devices->interfaces, node_devices->interfaces, SameInterface);
}

void PodNetwork::Drop() {
  pid_ = 0;
  cgroup_file_ = UniqueFd();
  shares_node_network_.reset();
}

bool PodNetwork::StillThere(ProcNetwork& proc) {
  const absl::StatusOr<std::string_view> text =
      cgroup_file_.valid()
          ? HeldRead(cgroup_file_, proc.buffer())
          : proc.proc()->Read(fmt::format("{}/cgroup", pid_).c_str(), proc.buffer());
  return text.ok() && (Contains(*text, container_id_) || Contains(*text, pod_uid_) ||
                       Contains(*text, pod_uid_in_slice_));
}

bool PodNetwork::Adopt(ProcNetwork& proc, uint32_t pid, std::string_view pod_uid,
                       std::string_view id) {
  Drop();
  pid_ = pid;
  container_id_ = std::string(id);
  pod_uid_ = std::string(pod_uid);
  pod_uid_in_slice_ = pod_uid_;
  std::ranges::replace(pod_uid_in_slice_, '-', '_');
  if (proc.kernel_mount()) {
    int error = 0;
    cgroup_file_ = proc.proc()->OpenFile(fmt::format("{}/cgroup", pid).c_str(), &error);
  }
  if (StillThere(proc)) return true;
  Drop();
  return false;
}

bool PodNetwork::Find(ProcNetwork& proc, CgroupTree& tree, const Candidates& candidates) {
  std::vector<uint32_t> pids;
  for (const Cgroup* cgroup : *candidates.cgroups) {
    if (cgroup->gone || !tree.ReadPids(*cgroup, pids)) continue;
    for (size_t i = 0; i < std::min(pids.size(), kTriedPids); ++i) {
      if (Adopt(proc, pids[i], candidates.pod_uid, cgroup->place.container_id)) return true;
    }
  }
  return false;
}

// False: the process is no good any more.
bool PodNetwork::ReadBy(ProcNetwork& proc, Result& result) {
  if (!shares_node_network_) shares_node_network_ = proc.SharesNodeNetwork(pid_);
  NetworkDevices devices;
  if (!*shares_node_network_) {
    absl::StatusOr<NetworkDevices> read = ReadNetworkDevices(*proc.proc(), pid_, proc.buffer());
    if (!read.ok()) {
      if (!IsGone(read.status())) {
        proc.errors().Add("pod {}: process {}: {}", pod_uid_, pid_, MessageOf(read.status()));
      }
      return false;
    }
    devices = *std::move(read);
  }
  // Afterwards: it was the pod's process all the while, and no other that got its pid.
  if (!StillThere(proc)) return false;
  result.host_network = shares_node_network_;
  result.measured = !*shares_node_network_;
  result.interfaces = std::move(devices.interfaces);
  proc.errors().AddMany(devices.odd_lines, "pod {}: process {}: {} lines of net/dev not understood",
                        pod_uid_, pid_, devices.odd_lines);
  return true;
}

bool PodNetwork::Skips(const CgroupTree& tree, const Candidates& candidates) {
  uint64_t serials = 0;
  for (const Cgroup* cgroup : *candidates.cgroups) serials += cgroup->serial;
  const bool same = std::exchange(searched_, serials) == serials;
  // Plain files may change at any time, and cost nobody.
  if (!tree.holds() || !same || skip_ticks_ == 0) return false;
  --skip_ticks_;
  return true;
}

PodNetwork::Result PodNetwork::Read(ProcNetwork& proc, CgroupTree& tree,
                                    const Candidates& candidates,
                                    std::optional<bool> host_network) {
  Result result;
  result.host_network = host_network;
  if (host_network.value_or(false) || proc.proc() == nullptr) {
    Drop();
    return result;
  }
  if (pid_ != 0) {
    if (host_network) shares_node_network_ = host_network;
    if (ReadBy(proc, result)) return result;
    Drop();
  }
  if (Skips(tree, candidates)) return result;
  // Once more: a process may end under the first one's reads.
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (!Find(proc, tree, candidates)) {
      failures_ = std::min(failures_ + 1, kMostFailures);
      skip_ticks_ = (1U << failures_) - 1;
      return result;
    }
    failures_ = 0;
    skip_ticks_ = 0;
    if (host_network) shares_node_network_ = host_network;
    if (ReadBy(proc, result)) return result;
    Drop();
  }
  return result;
}

void SetNetworkSeries(const std::vector<InterfaceUsage>& interfaces, SeriesValues& values) {
  std::optional<uint64_t> rx_bytes(0), tx_bytes(0), rx_packets(0), tx_packets(0);
  bool any = false;
  for (const InterfaceUsage& interface : interfaces) {
    if (!interface.counted) continue;
    any = true;
    rx_bytes = AddChecked(rx_bytes, interface.rx_bytes);
    tx_bytes = AddChecked(tx_bytes, interface.tx_bytes);
    rx_packets = AddChecked(rx_packets, interface.rx_packets);
    tx_packets = AddChecked(tx_packets, interface.tx_packets);
  }
  if (!any) return;
  values.SetIf(Series::kNetworkRxBytes, rx_bytes);
  values.SetIf(Series::kNetworkTxBytes, tx_bytes);
  values.SetIf(Series::kNetworkRxPackets, rx_packets);
  values.SetIf(Series::kNetworkTxPackets, tx_packets);
}

}  // namespace kubemonitor
