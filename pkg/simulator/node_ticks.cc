#include "simulator/node_ticks.h"

#include <algorithm>

namespace kubemonitor {
namespace {

constexpr size_t IndexOf(Series series) {
  const auto* found = std::find(kContainerSeries.begin(), kContainerSeries.end(), series);
  return static_cast<size_t>(found - kContainerSeries.begin());
}
constexpr size_t kCpu = IndexOf(Series::kCpuUsageUsec);
constexpr size_t kMemory = IndexOf(Series::kMemoryCurrentBytes);
constexpr size_t kWorkingSet = IndexOf(Series::kMemoryWorkingSetBytes);
constexpr size_t kRead = IndexOf(Series::kDiskReadBytes);
constexpr size_t kWrite = IndexOf(Series::kDiskWriteBytes);
constexpr size_t kPids = IndexOf(Series::kPids);
constexpr size_t kRx = 0;
constexpr size_t kTx = 1;

constexpr char kDisk[] = "vda";
constexpr char kInterface[] = "eth0";

DeviceUsage Disk(uint64_t read_bytes, uint64_t write_bytes) {
  DeviceUsage out;
  out.name = kDisk;
  out.read_bytes = read_bytes;
  out.write_bytes = write_bytes;
  return out;
}

InterfaceUsage Interface(uint64_t rx_bytes, uint64_t tx_bytes) {
  InterfaceUsage out;
  out.name = kInterface;
  out.rx_bytes = rx_bytes;
  out.tx_bytes = tx_bytes;
  out.counted = true;
  return out;
}

}  // namespace

void NodeTicks::SetNode(uint32_t node) {
  const ModelOptions& options = model_.options();
  node_ = node;
  pods_.assign(options.pods_per_node, {});
  first_ticks_.assign(options.pods_per_node, 1);
  last_ticks_.assign(options.pods_per_node, 0);  // no pod yet
  const size_t containers = size_t{options.pods_per_node} * options.containers_per_pod;
  for (Column& column : container_series_) {
    column.signals.resize(containers);
    column.bases.resize(containers);
    column.values.resize(containers);
  }
  for (Column& column : pod_series_) {
    column.signals.resize(options.pods_per_node);
    column.bases.resize(options.pods_per_node);
    column.values.resize(options.pods_per_node);
  }
  for (uint32_t slot = 0; slot < options.pods_per_node; ++slot) {
    for (size_t i = 0; i < kPodSeries.size(); ++i) {
      pod_series_[i].signals[slot] = model_.PodSignal(node, slot, i);
    }
    for (uint32_t c = 0; c < options.containers_per_pod; ++c) {
      const size_t at = size_t{slot} * options.containers_per_pod + c;
      for (size_t i = 0; i < kContainerSeries.size(); ++i) {
        container_series_[i].signals[at] = model_.ContainerSignal(node, slot, c, i);
      }
    }
  }
  uint64_t cpu_usec = 0;
  for (const Signal& signal : container_series_[kCpu].signals) cpu_usec += signal.scale;
  uint64_t memory_bytes = 0;
  for (const Signal& signal : container_series_[kMemory].signals) {
    memory_bytes += signal.unit * (signal.scale + kWalkSpan);
  }
  profile_ = MakeNodeProfile(model_, node, cpu_usec, memory_bytes);
}

void NodeTicks::Begin(uint32_t slot) {
  pods_[slot] = model_.PodAt(node_, slot, tick_);
  first_ticks_[slot] = model_.FirstTick(pods_[slot]);
  last_ticks_[slot] = model_.LastTick(pods_[slot]);
  const uint64_t before = model_.Elapsed(first_ticks_[slot] - 1);
  const auto begin = [before](Column& column, size_t at) {
    const Signal& signal = column.signals[at];
    column.bases[at] = IsCounter(signal.shape) ? ValueAt(signal, before) : 0;
  };
  for (Column& column : pod_series_) begin(column, slot);
  const size_t containers = model_.options().containers_per_pod;
  for (Column& column : container_series_) {
    for (size_t c = 0; c < containers; ++c) begin(column, slot * containers + c);
  }
}

void NodeTicks::Fill(Column& column, uint64_t k) {
  column.sum = 0;
  for (size_t i = 0; i < column.values.size(); ++i) {
    const uint64_t value = ValueAt(column.signals[i], k);
    column.sum += value;
    column.values[i] = value - std::min(value, column.bases[i]);
  }
}

void NodeTicks::MoveTo(int64_t tick) {
  tick_ = tick;
  for (uint32_t slot = 0; slot < pods_.size(); ++slot) {
    if (tick < first_ticks_[slot] || tick > last_ticks_[slot]) Begin(slot);
  }
  const uint64_t k = model_.Elapsed(tick);
  for (Column& column : container_series_) Fill(column, k);
  for (Column& column : pod_series_) Fill(column, k);
  SlotSums sums;
  sums.cpu_usec = container_series_[kCpu].sum;
  sums.memory_bytes = container_series_[kMemory].sum;
  sums.working_set_bytes = container_series_[kWorkingSet].sum;
  sums.read_bytes = container_series_[kRead].sum;
  sums.write_bytes = container_series_[kWrite].sum;
  sums.pids = container_series_[kPids].sum;
  sums.rx_bytes = pod_series_[kRx].sum;
  sums.tx_bytes = pod_series_[kTx].sum;
  node_values_ = NodeValues(profile_, sums, k);
}

NodeDetails NodeTicks::Details() const {
  NodeDetails out;
  out.cpu_capacity_millicores = profile_.cores * 1000;
  out.memory_capacity_bytes = profile_.memory_bytes;
  out.uptime_seconds = boot_usec() / 1'000'000;
  out.kernel_version = "6.1.0-simulated";
  out.cgroup_mode = "v2";
  out.runtime = "simulated";
  out.disks = {
      Disk(*node_values_.Get(Series::kDiskReadBytes), *node_values_.Get(Series::kDiskWriteBytes))};
  out.interfaces = {Interface(*node_values_.Get(Series::kNetworkRxBytes),
                              *node_values_.Get(Series::kNetworkTxBytes))};
  const uint64_t services = *node_values_.Get(Series::kLedgerServicesCpuUsec);
  const uint64_t memory = *node_values_.Get(Series::kLedgerServicesMemoryBytes);
  const double millicores = static_cast<double>(profile_.services_cpu.scale) * 1000 /
                            static_cast<double>(profile_.interval_usec);
  uint32_t pid = 500;
  for (const auto& [name, tenths] : {std::pair{"kubelet", 6U}, std::pair{"containerd", 4U}}) {
    UnitUsage unit;
    unit.name = std::string(name) + ".service";
    unit.cpu_usage_usec = services * tenths / 10;
    unit.cpu_millicores = millicores * tenths / 10;
    unit.memory_bytes = memory * tenths / 10;
    unit.process_count = 1;
    ProcessUsage process;
    process.pid = pid++;
    process.name = name;
    process.executable = std::string("/usr/bin/") + name;
    process.user = "root";
    process.unit = unit.name;
    process.cpu_millicores = unit.cpu_millicores;
    process.memory_rss_bytes = unit.memory_bytes;
    process.threads = 20;
    out.units.push_back(std::move(unit));
    out.processes.push_back(std::move(process));
  }
  return out;
}

ObjectDetails NodeTicks::PodDetails(uint32_t slot) const {
  ObjectDetails out;
  out.interfaces = {Interface(pod_series_[kRx].values[slot], pod_series_[kTx].values[slot])};
  return out;
}

ObjectDetails NodeTicks::ContainerDetails(uint32_t slot, uint32_t container) const {
  const size_t at = size_t{slot} * model_.options().containers_per_pod + container;
  const ContainerResources resources = model_.ResourcesOf({node_, slot}, container);
  ObjectDetails out;
  out.cpu_limit_millicores = resources.cpu_limit_millicores;
  out.memory_limit_bytes = resources.memory_limit_bytes;
  if (container_series_[kRead].signals[at].shape != Shape::kZero) {
    out.disks = {Disk(container_series_[kRead].values[at], container_series_[kWrite].values[at])};
  }
  return out;
}

}  // namespace kubemonitor
