#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <string>
#include <string_view>

#include "common/text.h"
#include "metrics.pb.h"
#include "wire/limits.h"
#include "wire/report_codec.h"

namespace kubemonitor {
namespace {

absl::Status Invalid(std::string_view message) {
  return absl::InvalidArgumentError(absl::string_view(message.data(), message.size()));
}

// Collects the first thing wrong while many fields are copied.
class Checker {
 public:
  explicit Checker(std::string_view where) : where_(where) {}

  void String(std::string_view field, std::string_view value, size_t limit, std::string* out) {
    if (value.size() > limit) {
      Fail(field, fmt::format("has {} bytes, at most {} are allowed", value.size(), limit));
    } else if (ValidUtf8PrefixLength(value) != value.size()) {
      Fail(field, "is not UTF-8");
    } else {
      out->assign(value);
    }
  }
  // Any bytes.
  void Bytes(std::string_view field, std::string_view value, size_t limit, std::string* out) {
    if (value.size() > limit) {
      Fail(field, fmt::format("has {} bytes, at most {} are allowed", value.size(), limit));
    } else {
      out->assign(value);
    }
  }
  uint64_t Number(std::string_view field, uint64_t value) {
    if (value > kMaxValue) Fail(field, fmt::format("{} is no measurement (above 2^63)", value));
    return value;
  }
  void Count(std::string_view field, int count, size_t limit) {
    if (static_cast<size_t>(count) > limit) {
      Fail(field, fmt::format("has {} entries, at most {} are allowed", count, limit));
    }
  }
  void Fail(std::string_view field, std::string_view what) {
    if (status_.ok()) status_ = Invalid(fmt::format("{}{} {}", where_, field, what));
  }
  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }

 private:
  std::string_view where_;
  absl::Status status_;
};

// Copies an optional number of a message: KUBEMONITOR_NUMBER(check, from, read_bytes,
// &to.read_bytes).
#define KUBEMONITOR_NUMBER(check, from, field, to) \
  if ((from).has_##field()) *(to) = (check).Number(#field, (from).field())

template <typename Message>
void DecodeDevices(Checker& check, const Message& message, std::vector<DeviceUsage>* out) {
  check.Count("disks", message.disks_size(), kMaxDevices);
  if (!check.ok()) return;
  out->reserve(static_cast<size_t>(message.disks_size()));
  for (const v1::DeviceUsage& from : message.disks()) {
    DeviceUsage& to = out->emplace_back();
    check.String("disks.name", from.name(), kMaxDeviceName, &to.name);
    KUBEMONITOR_NUMBER(check, from, read_bytes, &to.read_bytes);
    KUBEMONITOR_NUMBER(check, from, write_bytes, &to.write_bytes);
    KUBEMONITOR_NUMBER(check, from, read_operations, &to.read_operations);
    KUBEMONITOR_NUMBER(check, from, write_operations, &to.write_operations);
  }
}

template <typename Message>
void DecodeInterfaces(Checker& check, const Message& message, std::vector<InterfaceUsage>* out) {
  check.Count("interfaces", message.interfaces_size(), kMaxDevices);
  if (!check.ok()) return;
  out->reserve(static_cast<size_t>(message.interfaces_size()));
  for (const v1::InterfaceUsage& from : message.interfaces()) {
    InterfaceUsage& to = out->emplace_back();
    check.String("interfaces.name", from.name(), kMaxDeviceName, &to.name);
    KUBEMONITOR_NUMBER(check, from, rx_bytes, &to.rx_bytes);
    KUBEMONITOR_NUMBER(check, from, tx_bytes, &to.tx_bytes);
    KUBEMONITOR_NUMBER(check, from, rx_packets, &to.rx_packets);
    KUBEMONITOR_NUMBER(check, from, tx_packets, &to.tx_packets);
    KUBEMONITOR_NUMBER(check, from, rx_errors, &to.rx_errors);
    KUBEMONITOR_NUMBER(check, from, tx_errors, &to.tx_errors);
    KUBEMONITOR_NUMBER(check, from, rx_dropped, &to.rx_dropped);
    KUBEMONITOR_NUMBER(check, from, tx_dropped, &to.tx_dropped);
    to.counted = from.counted();
  }
}

void DecodeUnit(Checker& check, const v1::UnitUsage& from, UnitUsage* to) {
  check.String("units.name", from.name(), kMaxUnitName, &to->name);
  KUBEMONITOR_NUMBER(check, from, cpu_usage_usec, &to->cpu_usage_usec);
  KUBEMONITOR_NUMBER(check, from, memory_bytes, &to->memory_bytes);
  KUBEMONITOR_NUMBER(check, from, process_count, &to->process_count);
  if (from.has_cpu_millicores_milli()) {
    to->cpu_millicores =
        static_cast<double>(check.Number("cpu_millicores_milli", from.cpu_millicores_milli())) /
        1000;
  }
}

void DecodeProcess(Checker& check, const v1::ProcessUsage& from, ProcessUsage* to) {
  to->pid = from.pid();
  check.Bytes("processes.name", from.name(), kMaxProcessName, &to->name);
  check.Bytes("processes.command_line", from.command_line(), kMaxCommandLine, &to->command_line);
  check.Bytes("processes.executable", from.executable(), kMaxCommandLine, &to->executable);
  check.String("processes.user", from.user(), kMaxDeviceName, &to->user);
  check.String("processes.unit", from.unit(), kMaxUnitName, &to->unit);
  if (from.has_cpu_millicores_milli()) {
    to->cpu_millicores =
        static_cast<double>(check.Number("cpu_millicores_milli", from.cpu_millicores_milli())) /
        1000;
  }
  KUBEMONITOR_NUMBER(check, from, memory_rss_bytes, &to->memory_rss_bytes);
  if (from.has_threads()) to->threads = from.threads();
  if (from.has_disk_read_bytes_per_second()) {
    to->disk_read_bytes_per_second = static_cast<double>(
        check.Number("disk_read_bytes_per_second", from.disk_read_bytes_per_second()));
  }
  if (from.has_disk_write_bytes_per_second()) {
    to->disk_write_bytes_per_second = static_cast<double>(
        check.Number("disk_write_bytes_per_second", from.disk_write_bytes_per_second()));
  }
}

absl::Status DecodeNodeDetails(const v1::NodeDetails& from, NodeDetails* to) {
  Checker check("node_details.");
  check.Count("units", from.units_size(), kMaxUnits);
  check.Count("processes", from.processes_size(), kMaxProcesses);
  if (!check.ok()) return check.status();
  KUBEMONITOR_NUMBER(check, from, cpu_capacity_millicores, &to->cpu_capacity_millicores);
  KUBEMONITOR_NUMBER(check, from, memory_capacity_bytes, &to->memory_capacity_bytes);
  KUBEMONITOR_NUMBER(check, from, swap_capacity_bytes, &to->swap_capacity_bytes);
  KUBEMONITOR_NUMBER(check, from, uptime_seconds, &to->uptime_seconds);
  check.String("kernel_version", from.kernel_version(), kMaxDeviceName, &to->kernel_version);
  check.String("cgroup_mode", from.cgroup_mode(), kMaxId, &to->cgroup_mode);
  check.String("runtime", from.runtime(), kMaxDeviceName, &to->runtime);
  to->nested = from.nested();
  to->read_errors = check.Number("read_errors", from.read_errors());
  DecodeDevices(check, from, &to->disks);
  DecodeInterfaces(check, from, &to->interfaces);
  to->units.reserve(static_cast<size_t>(from.units_size()));
  for (const v1::UnitUsage& unit : from.units()) DecodeUnit(check, unit, &to->units.emplace_back());
  to->processes.reserve(static_cast<size_t>(from.processes_size()));
  for (const v1::ProcessUsage& process : from.processes()) {
    DecodeProcess(check, process, &to->processes.emplace_back());
  }
  return check.status();
}

absl::Status DecodeObjectDetails(const v1::ObjectDetails& from, ObjectDetails* to) {
  Checker check("object_details.");
  to->object = from.object();
  KUBEMONITOR_NUMBER(check, from, cpu_limit_millicores, &to->cpu_limit_millicores);
  KUBEMONITOR_NUMBER(check, from, memory_limit_bytes, &to->memory_limit_bytes);
  KUBEMONITOR_NUMBER(check, from, pids_limit, &to->pids_limit);
  KUBEMONITOR_NUMBER(check, from, oom_events, &to->oom_events);
  DecodeDevices(check, from, &to->disks);
  DecodeInterfaces(check, from, &to->interfaces);
  return check.status();
}

size_t CountBits(std::string_view bitmap) {
  size_t bits = 0;
  for (const char c : bitmap) {
    bits += static_cast<size_t>(std::popcount(static_cast<uint8_t>(c)));
  }
  return bits;
}

bool HasBit(std::string_view bitmap, size_t i) {
  return (static_cast<uint8_t>(bitmap[i / 8]) >> (i % 8) & 1) != 0;
}

// `at(i)` gives the values of the i-th of `objects` objects.
template <typename At>
absl::Status DecodeColumn(const v1::Column& column, std::string_view set, size_t objects, At at) {
  const auto series = SeriesFromNumber(column.series());
  if (!series) return absl::OkStatus();  // of a newer sender
  const std::string_view bitmap = column.present();
  if (!bitmap.empty() && bitmap.size() != (objects + 7) / 8) {
    return Invalid(fmt::format("{}: column {}: the bitmap has {} bytes, {} objects need {}", set,
                               column.series(), bitmap.size(), objects, (objects + 7) / 8));
  }
  if (!bitmap.empty() && objects % 8 != 0 &&
      static_cast<uint8_t>(bitmap.back()) >> (objects % 8) != 0) {
    return Invalid(fmt::format("{}: column {}: the bitmap has bits past the last object", set,
                               column.series()));
  }
  const size_t present = bitmap.empty() ? objects : CountBits(bitmap);
  const auto values = static_cast<size_t>(column.values_size());
  if (values != 0 && values != present) {
    return Invalid(fmt::format("{}: column {}: {} values for {} present objects", set,
                               column.series(), values, present));
  }
  int next = 0;
  for (size_t i = 0; i < objects; ++i) {
    if (!bitmap.empty() && !HasBit(bitmap, i)) continue;
    const uint64_t value = values == 0 ? 0 : column.values(next++);
    if (value > kMaxValue) {
      return Invalid(fmt::format("{}: {} of object {}: {} is no measurement (above 2^63)", set,
                                 NameOf(*series), i, value));
    }
    at(i).Set(*series, value);
  }
  return absl::OkStatus();
}

absl::Status CheckObjects(const v1::ColumnSet& set, std::string_view name) {
  if (static_cast<size_t>(set.objects_size()) > kMaxObjectsPerSet) {
    return Invalid(fmt::format("{}: {} objects, at most {} are allowed", name, set.objects_size(),
                               kMaxObjectsPerSet));
  }
  if (static_cast<size_t>(set.columns_size()) > kMaxColumnsPerSet) {
    return Invalid(fmt::format("{}: {} columns, at most {} are allowed", name, set.columns_size(),
                               kMaxColumnsPerSet));
  }
  std::vector<uint32_t> objects(set.objects().begin(), set.objects().end());
  std::sort(objects.begin(), objects.end());
  if (!objects.empty() && objects.front() == 0) {
    return Invalid(fmt::format("{}: object number 0 is the node's", name));
  }
  const auto twice = std::adjacent_find(objects.begin(), objects.end());
  if (twice != objects.end()) {
    return Invalid(fmt::format("{}: object number {} is there twice", name, *twice));
  }
  return absl::OkStatus();
}

absl::Status DecodeSamples(const v1::ColumnSet& set, std::string_view name,
                           std::vector<ObjectSample>* out) {
  if (const absl::Status status = CheckObjects(set, name); !status.ok()) return status;
  const auto objects = static_cast<size_t>(set.objects_size());
  out->resize(objects);
  for (size_t i = 0; i < objects; ++i) (*out)[i].object = set.objects(static_cast<int>(i));
  for (const v1::Column& column : set.columns()) {
    const absl::Status status = DecodeColumn(
        column, name, objects, [out](size_t i) -> SeriesValues& { return (*out)[i].values; });
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status DecodeNode(const v1::ColumnSet& set, SeriesValues* out) {
  if (set.objects_size() == 0 && set.columns_size() == 0) return absl::OkStatus();
  if (set.objects_size() != 1 || set.objects(0) != 0) {
    return Invalid("node: the set has one object, number 0");
  }
  if (static_cast<size_t>(set.columns_size()) > kMaxColumnsPerSet) {
    return Invalid(fmt::format("node: {} columns, at most {} are allowed", set.columns_size(),
                               kMaxColumnsPerSet));
  }
  for (const v1::Column& column : set.columns()) {
    const absl::Status status =
        DecodeColumn(column, "node", 1, [out](size_t) -> SeriesValues& { return *out; });
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

ContainerType FromWire(v1::ContainerType type) {
  switch (type) {
    case v1::CONTAINER_TYPE_APP:
      return ContainerType::kApp;
    case v1::CONTAINER_TYPE_INIT:
      return ContainerType::kInit;
    case v1::CONTAINER_TYPE_SIDECAR:
      return ContainerType::kSidecar;
    case v1::CONTAINER_TYPE_SANDBOX:
      return ContainerType::kSandbox;
    case v1::CONTAINER_TYPE_EPHEMERAL:
      return ContainerType::kEphemeral;
    default:
      return ContainerType::kUnknown;  // of a newer sender
  }
}

QosClass FromWire(v1::QosClass qos) {
  switch (qos) {
    case v1::QOS_CLASS_GUARANTEED:
      return QosClass::kGuaranteed;
    case v1::QOS_CLASS_BURSTABLE:
      return QosClass::kBurstable;
    case v1::QOS_CLASS_BEST_EFFORT:
      return QosClass::kBestEffort;
    default:
      return QosClass::kUnknown;
  }
}

void DecodeLabels(Checker& check, const v1::Identity& message, Identity* out) {
  if (message.labels().size() > kMaxLabels) {
    check.Fail("labels", fmt::format("has {} entries, at most {} are allowed",
                                     message.labels().size(), kMaxLabels));
    return;
  }
  for (const auto& [key, value] : message.labels()) {
    std::string checked_key;
    std::string checked_value;
    check.String("labels (key)", key, kMaxLabelKey, &checked_key);
    check.String("labels (value)", value, kMaxLabelValue, &checked_value);
    if (!check.ok()) return;
    out->labels.emplace(std::move(checked_key), std::move(checked_value));
  }
}

}  // namespace

absl::StatusOr<Identity> DecodeIdentity(const v1::Identity& message) {
  const std::string where = fmt::format("identity of object {}: ", message.object());
  Checker check(where);
  Identity out;
  out.object = message.object();
  if (out.object == 0) check.Fail("number 0", "is the node's and needs no identity");
  if (message.kind() == v1::OBJECT_KIND_CONTAINER) {
    out.kind = ObjectKind::kContainer;
  } else if (message.kind() == v1::OBJECT_KIND_POD) {
    out.kind = ObjectKind::kPod;
  } else {
    check.Fail("kind", "must be OBJECT_KIND_POD or OBJECT_KIND_CONTAINER");
  }
  out.pod_object = message.pod_object();
  check.String("pod_uid", message.pod_uid(), kMaxId, &out.pod_uid);
  check.String("namespace", message.namespace_(), kMaxLabelValue, &out.namespace_name);
  check.String("pod_name", message.pod_name(), kMaxObjectName, &out.pod_name);
  check.String("container_name", message.container_name(), kMaxLabelValue, &out.container_name);
  check.String("container_id", message.container_id(), kMaxId, &out.container_id);
  out.container_type = FromWire(message.container_type());
  if (message.started_at_ms() < 0) check.Fail("started_at_ms", "is negative");
  if (message.started_at_ms() > 0) out.started_at_ms = message.started_at_ms();
  DecodeLabels(check, message, &out);
  out.host_network = message.host_network();
  out.qos_class = FromWire(message.qos_class());
  if (message.has_restart_count()) out.restart_count = message.restart_count();
  if (out.kind == ObjectKind::kPod && out.pod_uid.empty() && out.pod_name.empty()) {
    check.Fail("pod", "has neither pod_uid nor pod_name");
  }
  if (out.kind == ObjectKind::kContainer && out.container_id.empty() &&
      out.container_name.empty()) {
    check.Fail("container", "has neither container_id nor container_name");
  }
  if (!check.ok()) return check.status();
  return out;
}

absl::StatusOr<Tick> DecodeTick(const v1::Tick& message) {
  Tick out;
  out.tick_ms = message.tick_ms();
  out.boot_usec = message.boot_usec();
  if (message.boot_usec() > kMaxValue) return Invalid("boot_usec is above 2^63");
  absl::Status status = DecodeSamples(message.containers(), "containers", &out.containers);
  if (status.ok()) status = DecodeSamples(message.pods(), "pods", &out.pods);
  if (status.ok()) status = DecodeNode(message.node(), &out.node);
  if (status.ok() && message.has_node_details()) {
    status = DecodeNodeDetails(message.node_details(), &out.node_details.emplace());
  }
  if (status.ok() && static_cast<size_t>(message.object_details_size()) > kMaxDetailsPerTick) {
    status = Invalid(fmt::format("object_details has {} entries, at most {} are allowed",
                                 message.object_details_size(), kMaxDetailsPerTick));
  }
  if (!status.ok()) return status;
  out.object_details.reserve(static_cast<size_t>(message.object_details_size()));
  for (const v1::ObjectDetails& details : message.object_details()) {
    status = DecodeObjectDetails(details, &out.object_details.emplace_back());
    if (!status.ok()) return status;
  }
  return out;
}

absl::StatusOr<NodeReport> DecodeHeader(const v1::MetricsRequest& message) {
  NodeReport out;
  Checker check("");
  check.String("node_name", message.node_name(), kMaxObjectName, &out.node_name);
  check.String("boot_id", message.boot_id(), kMaxId, &out.boot_id);
  check.String("instance_id", message.instance_id(), kMaxId, &out.instance_id);
  check.String("collector_version", message.collector_version(), kMaxId, &out.collector_version);
  out.interval_ms = message.interval_ms();
  out.sent_at_ms = message.sent_at_ms();
  if (!check.ok()) return check.status();
  if (out.interval_ms != 0 && (out.interval_ms < 1000 || out.interval_ms > 60'000)) {
    return absl::InvalidArgumentError(
        fmt::format("interval_ms is {}: 1000 to 60000 are allowed", out.interval_ms));
  }
  return out;
}

}  // namespace kubemonitor
