#include "collector/sampling/storable.h"

#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "wire/limits.h"

namespace kubemonitor {
namespace {

class Dropper {
 public:
  size_t dropped() const { return dropped_; }

  void Values(SeriesValues& values) {
    for (uint64_t left = values.present_mask(); left != 0; left &= left - 1) {
      const auto series = static_cast<Series>(std::countr_zero(left));
      if (*values.Get(series) <= kMaxValue) continue;
      values.Clear(series);
      ++dropped_;
    }
  }
  void Samples(std::vector<ObjectSample>& samples) {
    for (ObjectSample& sample : samples) Values(sample.values);
  }
  void Details(ObjectDetails& details) {
    Numbers(details.cpu_limit_millicores, details.memory_limit_bytes, details.pids_limit,
            details.oom_events);
    Devices(details.disks);
    Interfaces(details.interfaces);
  }
  void Details(NodeDetails& details) {
    Numbers(details.cpu_capacity_millicores, details.memory_capacity_bytes,
            details.swap_capacity_bytes, details.uptime_seconds);
    Devices(details.disks);
    Interfaces(details.interfaces);
    for (UnitUsage& unit : details.units) {
      Numbers(unit.cpu_usage_usec, unit.memory_bytes, unit.process_count);
    }
    for (ProcessUsage& process : details.processes) Numbers(process.memory_rss_bytes);
  }

 private:
  template <typename... Optionals>
  void Numbers(Optionals&... numbers) {
    (Number(numbers), ...);
  }
  void Number(std::optional<uint64_t>& number) {
    if (!number || *number <= kMaxValue) return;
    number.reset();
    ++dropped_;
  }
  void Devices(std::vector<DeviceUsage>& devices) {
    for (DeviceUsage& device : devices) {
      Numbers(device.read_bytes, device.write_bytes, device.read_operations,
              device.write_operations);
    }
  }
  void Interfaces(std::vector<InterfaceUsage>& interfaces) {
    for (InterfaceUsage& interface : interfaces) {
      Numbers(interface.rx_bytes, interface.tx_bytes, interface.rx_packets, interface.tx_packets,
              interface.rx_errors, interface.tx_errors, interface.rx_dropped, interface.tx_dropped);
    }
  }

  size_t dropped_ = 0;
};

}  // namespace

size_t DropUnstorable(Tick& tick) {
  Dropper dropper;
  dropper.Values(tick.node);
  dropper.Samples(tick.pods);
  dropper.Samples(tick.containers);
  if (tick.node_details) dropper.Details(*tick.node_details);
  for (ObjectDetails& details : tick.object_details) dropper.Details(details);
  return dropper.dropped();
}

}  // namespace kubemonitor
