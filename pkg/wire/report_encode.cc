#include <bit>
#include <cmath>
#include <span>
#include <string>
#include <string_view>

#include "common/text.h"
#include "metrics.pb.h"
#include "wire/limits.h"
#include "wire/report_codec.h"

namespace kubemonitor {
namespace {

// At most `limit` bytes of `text`, as valid UTF-8 (strings of proto3 must be).
std::string Text(std::string_view text, size_t limit) {
  std::string valid = SanitizeUtf8(text.substr(0, limit));
  if (valid.size() <= limit)
    return valid;  // a replacement character is longer than what it replaces
  valid.resize(limit);
  valid.resize(ValidUtf8PrefixLength(valid));
  return valid;
}

std::string Bytes(std::string_view text, size_t limit) {
  return std::string(text.substr(0, limit));
}

uint64_t Milli(double value) {
  if (!std::isfinite(value) || value <= 0) return 0;
  const double milli = std::round(value * 1000);
  return milli >= 9e18 ? uint64_t{9'000'000'000'000'000'000U} : static_cast<uint64_t>(milli);
}

uint64_t Rounded(double value) {
  if (!std::isfinite(value) || value <= 0) return 0;
  return value >= 9e18 ? uint64_t{9'000'000'000'000'000'000U}
                       : static_cast<uint64_t>(std::llround(value));
}

struct ObjectRow {
  uint32_t object;
  const SeriesValues* values;
};

// One column: a bitmap only where some object lacks the series, values only where one is not 0.
void EncodeColumn(std::span<const ObjectRow> rows, Series series, bool all_have, v1::Column* out) {
  out->set_series(static_cast<uint32_t>(series));
  bool all_zero = true;
  std::string present(all_have ? 0 : (rows.size() + 7) / 8, '\0');
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto value = rows[i].values->Get(series);
    if (!value) continue;
    if (!all_have) present[i / 8] = static_cast<char>(present[i / 8] | (1 << (i % 8)));
    all_zero = all_zero && *value == 0;
    out->add_values(*value);
  }
  if (all_zero) out->clear_values();
  out->set_present(std::move(present));
}

void EncodeSet(std::span<const ObjectRow> rows, v1::ColumnSet* out) {
  uint64_t some = 0;
  uint64_t all = ~uint64_t{0};
  for (const ObjectRow& row : rows) {
    out->add_objects(row.object);
    some |= row.values->present_mask();
    all &= row.values->present_mask();
  }
  for (uint64_t left = some; left != 0; left &= left - 1) {
    const auto number = static_cast<uint32_t>(std::countr_zero(left));
    const auto series = SeriesFromNumber(number);
    if (series) EncodeColumn(rows, *series, (all >> number & 1) != 0, out->add_columns());
  }
}

void EncodeSamples(const std::vector<ObjectSample>& samples, v1::ColumnSet* out) {
  std::vector<ObjectRow> rows;
  rows.reserve(samples.size());
  for (const ObjectSample& sample : samples) {
    if (rows.size() == kMaxObjectsPerSet) break;
    rows.push_back({sample.object, &sample.values});
  }
  EncodeSet(rows, out);
}

template <typename Message>
void EncodeDevices(const std::vector<DeviceUsage>& devices, Message* out) {
  for (const DeviceUsage& device : devices) {
    if (static_cast<size_t>(out->disks_size()) == kMaxDevices) return;
    v1::DeviceUsage* to = out->add_disks();
    to->set_name(Text(device.name, kMaxDeviceName));
    if (device.read_bytes) to->set_read_bytes(*device.read_bytes);
    if (device.write_bytes) to->set_write_bytes(*device.write_bytes);
    if (device.read_operations) to->set_read_operations(*device.read_operations);
    if (device.write_operations) to->set_write_operations(*device.write_operations);
  }
}

template <typename Message>
void EncodeInterfaces(const std::vector<InterfaceUsage>& interfaces, Message* out) {
  for (const InterfaceUsage& from : interfaces) {
    if (static_cast<size_t>(out->interfaces_size()) == kMaxDevices) return;
    v1::InterfaceUsage* to = out->add_interfaces();
    to->set_name(Text(from.name, kMaxDeviceName));
    if (from.rx_bytes) to->set_rx_bytes(*from.rx_bytes);
    if (from.tx_bytes) to->set_tx_bytes(*from.tx_bytes);
    if (from.rx_packets) to->set_rx_packets(*from.rx_packets);
    if (from.tx_packets) to->set_tx_packets(*from.tx_packets);
    if (from.rx_errors) to->set_rx_errors(*from.rx_errors);
    if (from.tx_errors) to->set_tx_errors(*from.tx_errors);
    if (from.rx_dropped) to->set_rx_dropped(*from.rx_dropped);
    if (from.tx_dropped) to->set_tx_dropped(*from.tx_dropped);
    to->set_counted(from.counted);
  }
}

void EncodeUnit(const UnitUsage& unit, v1::UnitUsage* out) {
  out->set_name(Text(unit.name, kMaxUnitName));
  if (unit.cpu_usage_usec) out->set_cpu_usage_usec(*unit.cpu_usage_usec);
  if (unit.cpu_millicores) out->set_cpu_millicores_milli(Milli(*unit.cpu_millicores));
  if (unit.memory_bytes) out->set_memory_bytes(*unit.memory_bytes);
  if (unit.process_count) out->set_process_count(*unit.process_count);
}

void EncodeProcess(const ProcessUsage& process, v1::ProcessUsage* out) {
  out->set_pid(process.pid);
  out->set_name(Bytes(process.name, kMaxProcessName));
  out->set_command_line(Bytes(process.command_line, kMaxCommandLine));
  out->set_executable(Bytes(process.executable, kMaxCommandLine));
  out->set_user(Text(process.user, kMaxDeviceName));
  out->set_unit(Text(process.unit, kMaxUnitName));
  if (process.cpu_millicores) out->set_cpu_millicores_milli(Milli(*process.cpu_millicores));
  if (process.memory_rss_bytes) out->set_memory_rss_bytes(*process.memory_rss_bytes);
  if (process.threads) out->set_threads(*process.threads);
  if (process.disk_read_bytes_per_second) {
    out->set_disk_read_bytes_per_second(Rounded(*process.disk_read_bytes_per_second));
  }
  if (process.disk_write_bytes_per_second) {
    out->set_disk_write_bytes_per_second(Rounded(*process.disk_write_bytes_per_second));
  }
}

void EncodeNodeDetails(const NodeDetails& details, v1::NodeDetails* out) {
  if (details.cpu_capacity_millicores) {
    out->set_cpu_capacity_millicores(*details.cpu_capacity_millicores);
  }
  if (details.memory_capacity_bytes) out->set_memory_capacity_bytes(*details.memory_capacity_bytes);
  if (details.swap_capacity_bytes) out->set_swap_capacity_bytes(*details.swap_capacity_bytes);
  if (details.uptime_seconds) out->set_uptime_seconds(*details.uptime_seconds);
  out->set_kernel_version(Text(details.kernel_version, kMaxDeviceName));
  out->set_cgroup_mode(Text(details.cgroup_mode, kMaxId));
  out->set_runtime(Text(details.runtime, kMaxDeviceName));
  out->set_nested(details.nested);
  out->set_read_errors(details.read_errors);
  EncodeDevices(details.disks, out);
  EncodeInterfaces(details.interfaces, out);
  for (const UnitUsage& unit : details.units) {
    if (static_cast<size_t>(out->units_size()) == kMaxUnits) break;
    EncodeUnit(unit, out->add_units());
  }
  for (const ProcessUsage& process : details.processes) {
    if (static_cast<size_t>(out->processes_size()) == kMaxProcesses) break;
    EncodeProcess(process, out->add_processes());
  }
}

void EncodeObjectDetails(const ObjectDetails& details, v1::ObjectDetails* out) {
  out->set_object(details.object);
  if (details.cpu_limit_millicores) out->set_cpu_limit_millicores(*details.cpu_limit_millicores);
  if (details.memory_limit_bytes) out->set_memory_limit_bytes(*details.memory_limit_bytes);
  if (details.pids_limit) out->set_pids_limit(*details.pids_limit);
  if (details.oom_events) out->set_oom_events(*details.oom_events);
  EncodeDevices(details.disks, out);
  EncodeInterfaces(details.interfaces, out);
}

v1::ContainerType ToWire(ContainerType type) {
  switch (type) {
    case ContainerType::kUnknown:
      return v1::CONTAINER_TYPE_UNSPECIFIED;
    case ContainerType::kApp:
      return v1::CONTAINER_TYPE_APP;
    case ContainerType::kInit:
      return v1::CONTAINER_TYPE_INIT;
    case ContainerType::kSidecar:
      return v1::CONTAINER_TYPE_SIDECAR;
    case ContainerType::kSandbox:
      return v1::CONTAINER_TYPE_SANDBOX;
    case ContainerType::kEphemeral:
      return v1::CONTAINER_TYPE_EPHEMERAL;
  }
  return v1::CONTAINER_TYPE_UNSPECIFIED;
}

v1::QosClass ToWire(QosClass qos) {
  switch (qos) {
    case QosClass::kUnknown:
      return v1::QOS_CLASS_UNSPECIFIED;
    case QosClass::kGuaranteed:
      return v1::QOS_CLASS_GUARANTEED;
    case QosClass::kBurstable:
      return v1::QOS_CLASS_BURSTABLE;
    case QosClass::kBestEffort:
      return v1::QOS_CLASS_BEST_EFFORT;
  }
  return v1::QOS_CLASS_UNSPECIFIED;
}

}  // namespace

void EncodeIdentity(const Identity& identity, v1::Identity* out) {
  out->set_object(identity.object);
  out->set_kind(identity.kind == ObjectKind::kContainer ? v1::OBJECT_KIND_CONTAINER
                                                        : v1::OBJECT_KIND_POD);
  out->set_pod_object(identity.pod_object);
  out->set_pod_uid(Text(identity.pod_uid, kMaxId));
  out->set_namespace_(Text(identity.namespace_name, kMaxLabelValue));
  out->set_pod_name(Text(identity.pod_name, kMaxObjectName));
  out->set_container_name(Text(identity.container_name, kMaxLabelValue));
  out->set_container_id(Text(identity.container_id, kMaxId));
  out->set_container_type(ToWire(identity.container_type));
  if (identity.started_at_ms) out->set_started_at_ms(*identity.started_at_ms);
  for (const auto& [key, value] : identity.labels) {
    if (out->labels().size() == kMaxLabels) break;
    (*out->mutable_labels())[Text(key, kMaxLabelKey)] = Text(value, kMaxLabelValue);
  }
  out->set_host_network(identity.host_network);
  out->set_qos_class(ToWire(identity.qos_class));
  if (identity.restart_count) out->set_restart_count(*identity.restart_count);
}

void EncodeTickValues(const Tick& tick, v1::Tick* out) {
  out->set_tick_ms(tick.tick_ms);
  out->set_boot_usec(tick.boot_usec);
  if (!tick.containers.empty()) EncodeSamples(tick.containers, out->mutable_containers());
  if (!tick.pods.empty()) EncodeSamples(tick.pods, out->mutable_pods());
  if (!tick.node.empty()) {
    const ObjectRow row{0, &tick.node};
    EncodeSet({&row, 1}, out->mutable_node());
  }
}

void EncodeTickDetails(const Tick& tick, v1::Tick* out) {
  if (tick.node_details) EncodeNodeDetails(*tick.node_details, out->mutable_node_details());
  for (const ObjectDetails& details : tick.object_details) {
    if (static_cast<size_t>(out->object_details_size()) == kMaxDetailsPerTick) break;
    EncodeObjectDetails(details, out->add_object_details());
  }
}

void EncodeReport(const NodeReport& report, v1::MetricsRequest* out) {
  out->set_node_name(Text(report.node_name, kMaxObjectName));
  out->set_protocol_version(kProtocolVersion);
  out->set_boot_id(Text(report.boot_id, kMaxId));
  out->set_instance_id(Text(report.instance_id, kMaxId));
  out->set_collector_version(Text(report.collector_version, kMaxId));
  out->set_interval_ms(report.interval_ms);
  out->set_sent_at_ms(report.sent_at_ms);
  for (const Identity& identity : report.identities) {
    EncodeIdentity(identity, out->add_identities());
  }
  for (const Tick& tick : report.ticks) {
    v1::Tick* to = out->add_ticks();
    EncodeTickValues(tick, to);
    EncodeTickDetails(tick, to);
  }
}

}  // namespace kubemonitor
