#include "wire/report_json.h"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <optional>
#include <string_view>

#include "common/text.h"

namespace kubemonitor {
namespace {

class Json {
 public:
  Json() { writer_.SetIndent(' ', 1); }

  void Key(std::string_view key) {
    writer_.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  }
  void String(std::string_view value) {
    const std::string valid = SanitizeUtf8(value);
    writer_.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
  }
  // Empty texts are not known, and left out.
  void Text(std::string_view key, std::string_view value) {
    if (value.empty()) return;
    Key(key);
    String(value);
  }
  void Number(std::string_view key, std::optional<uint64_t> value) {
    if (!value) return;
    Key(key);
    writer_.Uint64(*value);
  }
  void Signed(std::string_view key, std::optional<int64_t> value) {
    if (!value) return;
    Key(key);
    writer_.Int64(*value);
  }
  void Real(std::string_view key, std::optional<double> value) {
    if (!value) return;
    Key(key);
    writer_.Double(*value);
  }
  void Bool(std::string_view key, bool value) {
    Key(key);
    writer_.Bool(value);
  }
  void Begin() { writer_.StartObject(); }
  void Begin(std::string_view key) {
    Key(key);
    writer_.StartObject();
  }
  void End() { writer_.EndObject(); }

  template <typename Items, typename Write>
  void Array(std::string_view key, const Items& items, Write write) {
    Key(key);
    writer_.StartArray();
    for (const auto& item : items) {
      writer_.StartObject();
      write(*this, item);
      writer_.EndObject();
    }
    writer_.EndArray();
  }

  std::string Take() { return std::string(buffer_.GetString(), buffer_.GetSize()); }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer_{buffer_};
};

std::string_view NameOf(ContainerType type) {
  switch (type) {
    case ContainerType::kUnknown:
      return "";
    case ContainerType::kApp:
      return "app";
    case ContainerType::kInit:
      return "init";
    case ContainerType::kSidecar:
      return "sidecar";
    case ContainerType::kSandbox:
      return "sandbox";
    case ContainerType::kEphemeral:
      return "ephemeral";
  }
  return "";
}

std::string_view NameOf(QosClass qos) {
  switch (qos) {
    case QosClass::kUnknown:
      return "";
    case QosClass::kGuaranteed:
      return "Guaranteed";
    case QosClass::kBurstable:
      return "Burstable";
    case QosClass::kBestEffort:
      return "BestEffort";
  }
  return "";
}

void WriteIdentity(Json& json, const Identity& identity) {
  json.Number("object", identity.object);
  json.Text("kind", identity.kind == ObjectKind::kContainer ? "container" : "pod");
  if (identity.pod_object != 0) json.Number("pod_object", identity.pod_object);
  json.Text("pod_uid", identity.pod_uid);
  json.Text("namespace", identity.namespace_name);
  json.Text("pod_name", identity.pod_name);
  json.Text("container_name", identity.container_name);
  json.Text("container_id", identity.container_id);
  json.Text("container_type", NameOf(identity.container_type));
  json.Signed("started_at_ms", identity.started_at_ms);
  if (!identity.labels.empty()) {
    json.Begin("labels");
    for (const auto& [key, value] : identity.labels) {
      json.Key(SanitizeUtf8(key));
      json.String(value);
    }
    json.End();
  }
  if (identity.host_network) json.Bool("host_network", true);
  json.Text("qos_class", NameOf(identity.qos_class));
  json.Number("restart_count", identity.restart_count);
}

void WriteValues(Json& json, std::string_view key, const SeriesValues& values) {
  json.Begin(key);
  for (uint32_t number = 0; number < kSeriesEnd; ++number) {
    const auto series = SeriesFromNumber(number);
    if (series) json.Number(kubemonitor::NameOf(*series), values.Get(*series));
  }
  json.End();
}

void WriteSample(Json& json, const ObjectSample& sample) {
  json.Number("object", sample.object);
  WriteValues(json, "values", sample.values);
}

void WriteDevice(Json& json, const DeviceUsage& device) {
  json.Text("name", device.name);
  json.Number("read_bytes", device.read_bytes);
  json.Number("write_bytes", device.write_bytes);
  json.Number("read_operations", device.read_operations);
  json.Number("write_operations", device.write_operations);
}

void WriteInterface(Json& json, const InterfaceUsage& interface) {
  json.Text("name", interface.name);
  json.Number("rx_bytes", interface.rx_bytes);
  json.Number("tx_bytes", interface.tx_bytes);
  json.Number("rx_packets", interface.rx_packets);
  json.Number("tx_packets", interface.tx_packets);
  json.Number("rx_errors", interface.rx_errors);
  json.Number("tx_errors", interface.tx_errors);
  json.Number("rx_dropped", interface.rx_dropped);
  json.Number("tx_dropped", interface.tx_dropped);
  json.Bool("counted", interface.counted);
}

void WriteUnit(Json& json, const UnitUsage& unit) {
  json.Text("name", unit.name);
  json.Number("cpu_usage_usec", unit.cpu_usage_usec);
  json.Real("cpu_millicores", unit.cpu_millicores);
  json.Number("memory_bytes", unit.memory_bytes);
  json.Number("process_count", unit.process_count);
}

void WriteProcess(Json& json, const ProcessUsage& process) {
  json.Number("pid", process.pid);
  json.Text("name", process.name);
  json.Text("command_line", process.command_line);
  json.Text("executable", process.executable);
  json.Text("user", process.user);
  json.Text("unit", process.unit);
  json.Real("cpu_millicores", process.cpu_millicores);
  json.Number("memory_rss_bytes", process.memory_rss_bytes);
  if (process.threads) json.Number("threads", *process.threads);
  json.Real("disk_read_bytes_per_second", process.disk_read_bytes_per_second);
  json.Real("disk_write_bytes_per_second", process.disk_write_bytes_per_second);
}

void WriteNodeDetails(Json& json, const NodeDetails& details) {
  json.Begin("node_details");
  json.Number("cpu_capacity_millicores", details.cpu_capacity_millicores);
  json.Number("memory_capacity_bytes", details.memory_capacity_bytes);
  json.Number("swap_capacity_bytes", details.swap_capacity_bytes);
  json.Number("uptime_seconds", details.uptime_seconds);
  json.Text("kernel_version", details.kernel_version);
  json.Text("cgroup_mode", details.cgroup_mode);
  json.Text("runtime", details.runtime);
  json.Bool("nested", details.nested);
  json.Number("read_errors", details.read_errors);
  json.Array("disks", details.disks, WriteDevice);
  json.Array("interfaces", details.interfaces, WriteInterface);
  json.Array("units", details.units, WriteUnit);
  json.Array("processes", details.processes, WriteProcess);
  json.End();
}

void WriteObjectDetails(Json& json, const ObjectDetails& details) {
  json.Number("object", details.object);
  json.Number("cpu_limit_millicores", details.cpu_limit_millicores);
  json.Number("memory_limit_bytes", details.memory_limit_bytes);
  json.Number("pids_limit", details.pids_limit);
  json.Number("oom_events", details.oom_events);
  if (!details.disks.empty()) json.Array("disks", details.disks, WriteDevice);
  if (!details.interfaces.empty()) json.Array("interfaces", details.interfaces, WriteInterface);
}

void WriteTick(Json& json, const Tick& tick) {
  json.Signed("tick_ms", tick.tick_ms);
  json.Number("boot_usec", tick.boot_usec);
  WriteValues(json, "node", tick.node);
  json.Array("pods", tick.pods, WriteSample);
  json.Array("containers", tick.containers, WriteSample);
  if (tick.node_details) WriteNodeDetails(json, *tick.node_details);
  if (!tick.object_details.empty()) {
    json.Array("object_details", tick.object_details, WriteObjectDetails);
  }
}

}  // namespace

std::string ReportToJson(const NodeReport& report) {
  Json json;
  json.Begin();
  json.Text("node_name", report.node_name);
  json.Text("boot_id", report.boot_id);
  json.Text("instance_id", report.instance_id);
  json.Text("collector_version", report.collector_version);
  json.Number("interval_ms", report.interval_ms);
  json.Signed("sent_at_ms", report.sent_at_ms);
  json.Array("identities", report.identities, WriteIdentity);
  json.Array("ticks", report.ticks, WriteTick);
  json.End();
  return json.Take();
}

}  // namespace kubemonitor
