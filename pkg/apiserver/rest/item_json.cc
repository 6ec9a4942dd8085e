#include "apiserver/rest/item_json.h"

#include <initializer_list>

#include "apiserver/rest/device_json.h"
#include "apiserver/rest/kind_metrics.h"
#include "apiserver/rest/kubernetes_json.h"
#include "apiserver/rest/node_json.h"
#include "apiserver/rest/overview_json.h"

namespace kubemonitor {
namespace {

std::string_view TextOf(QosClass qos_class) {
  switch (qos_class) {
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

std::string_view TextOf(ContainerType type) {
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

std::optional<double> ValueOf(const Item& item, Metric metric) {
  return item.usage[static_cast<size_t>(metric)];
}

void WriteUsage(const Item& item, const MetricSet& metrics, JsonWriter* json) {
  json->Key("usage");
  if (item.usage_missing) {
    json->Null();
    json->TextField("usageMissingReason", TextOf(*item.usage_missing));
    return;
  }
  json->StartObject();
  for (const Metric metric : UsageMetrics(item.kind)) {
    if (!metrics.empty() && !metrics.Has(metric)) continue;
    json->NumberOrNullField(MetricKey(metric), ValueOf(item, metric));
  }
  json->EndObject();
}

// An object of several metrics; left out as a whole where none of them was measured.
void WriteGroup(std::string_view key, const Item& item, std::initializer_list<Metric> metrics,
                JsonWriter* json) {
  bool any = false;
  for (const Metric metric : metrics) any = any || ValueOf(item, metric).has_value();
  if (!any) return;
  json->Key(key);
  json->StartObject();
  for (const Metric metric : metrics) {
    json->NumberOrNullField(MetricKey(metric), ValueOf(item, metric));
  }
  json->EndObject();
}

void WriteMemory(const Item& item, JsonWriter* json) {
  const std::optional<double> swap = ValueOf(item, Metric::kSwapBytes);
  const std::optional<double> available =
      item.node_facts ? item.node_facts->memory_available_bytes : std::nullopt;
  if (!swap && !available) return;
  json->Key("memory");
  json->StartObject();
  json->NumberFieldIf("availableBytes", available);
  json->NumberFieldIf("swapBytes", swap);
  json->EndObject();
}

void WriteEvents(const Item& item, JsonWriter* json) {
  if (!item.oom_kills && !item.oom_events) return;
  json->Key("events");
  json->StartObject();
  json->UnsignedFieldIf("oomKills", item.oom_kills);
  json->UnsignedFieldIf("oomEvents", item.oom_events);
  json->EndObject();
}

void WriteLabels(const Item& item, JsonWriter* json) {
  if (item.labels.empty()) return;
  json->Key("labels");
  json->StartObject();
  for (const auto& [name, value] : item.labels) json->TextField(name, value);
  json->EndObject();
}

void WriteOwner(const Item& item, JsonWriter* json) {
  if (!item.owner) return;
  json->Key("owner");
  json->StartObject();
  json->TextField("kind", item.owner->kind);
  json->TextField("name", item.owner->name);
  json->BoolField("inferred", item.owner->inferred);
  json->EndObject();
}

void WriteIdentity(const Item& item, JsonWriter* json) {
  json->TextField("name", item.name);
  json->TextFieldIf("namespace", item.namespace_name);
  if (item.kind != ItemKind::kNode) json->TextFieldIf("node", item.node);
  json->TextFieldIf("uid", item.uid);
  if (item.kind == ItemKind::kWorkload) {
    json->TextFieldIf("kind", item.workload_kind);
    json->BoolField("inferred", item.inferred);
  }
  json->TimeFieldIf("sampledAt", item.sampled_at_ms);
  json->NumberFieldIf("ageSeconds", item.age_seconds);
  json->BoolField("stale", item.stale);
  if (item.terminated) json->BoolField("terminated", true);
  json->TimeFieldIf("createdAt", item.created_at_ms);
}

void WriteStart(const Item& item, JsonWriter* json) {
  json->TimeFieldIf("startedAt", item.started_at_ms);
  json->UnsignedFieldIf("restartCount", item.restart_count);
}

void WritePodFields(const Item& item, JsonWriter* json) {
  WritePodStatus(item, json);
  json->BoolField("hostNetwork", item.host_network);
  json->TextFieldIf("qosClass", TextOf(item.qos_class));
  WriteStart(item, json);
}

void WriteContainerFields(const Item& item, JsonWriter* json) {
  json->TextFieldIf("type", TextOf(item.container_type));
  json->TextFieldIf("containerId", item.container_id);
  WriteContainerStatus(item, json);
  WriteStart(item, json);
}

void WriteSeries(const Item& item, JsonWriter* json) {
  json->Key("series");
  json->StartObject();
  for (const MetricSeries& series : item.series) {
    json->Key(MetricKey(series.metric));
    json->StartArray();
    for (const std::optional<double>& point : series.points) json->NumberOrNull(point);
    json->EndArray();
  }
  json->EndObject();
  json->Key("statistics");
  json->StartObject();
  for (const MetricSeries& series : item.series) {
    json->Key(MetricKey(series.metric));
    json->StartObject();
    json->NumberOrNullField("avg", series.statistics.avg);
    json->NumberOrNullField("min", series.statistics.min);
    json->NumberOrNullField("max", series.statistics.max);
    json->NumberOrNullField("p95", series.statistics.p95);
    json->NumberOrNullField("last", series.statistics.last);
    json->EndObject();
  }
  json->EndObject();
}

void WriteContainers(const Item& item, const ItemShape& shape, JsonWriter* json) {
  json->Key("containers");
  json->StartArray();
  for (const Item& container : item.containers) {
    json->StartObject();
    WriteItemFields(container, ItemShape{shape.metrics, false, shape.window}, json);
    json->EndObject();
  }
  json->EndArray();
}

}  // namespace

void WriteWindow(const WindowAxis& axis, JsonWriter* json) {
  json->Key("window");
  json->StartObject();
  json->IntegerField("start", axis.start);
  json->IntegerField("end", axis.end);
  json->IntegerField("step", axis.step);
  json->Key("timestamps");
  json->StartArray();
  for (const int64_t timestamp : axis.timestamps) json->Integer(timestamp);
  json->EndArray();
  json->EndObject();
}

void WriteItemFields(const Item& item, const ItemShape& shape, JsonWriter* json) {
  WriteIdentity(item, json);
  json->UnsignedFieldIf("podCount", item.pod_count);
  json->UnsignedFieldIf("nodeCount", item.node_count);
  WriteUsage(item, shape.metrics, json);
  WriteGroup("throttling", item, {Metric::kThrottledPercent, Metric::kThrottledMillicores}, json);
  WriteGroup("pressure", item,
             {Metric::kCpuSomePercent, Metric::kMemorySomePercent, Metric::kMemoryFullPercent,
              Metric::kIoSomePercent, Metric::kIoFullPercent},
             json);
  WriteMemory(item, json);
  WriteEvents(item, json);
  WriteResources(item, json);
  WriteLabels(item, json);
  WriteOwner(item, json);
  json->TextFieldIf("phase", item.namespace_phase);
  WriteWorkloadStatus(item, json);
  if (item.kind == ItemKind::kPod) WritePodFields(item, json);
  if (item.kind == ItemKind::kContainer) WriteContainerFields(item, json);
  if (item.node_facts) WriteNodeFields(*item.node_facts, shape.detailed, json);
  if (item.cluster_facts) WriteClusterFields(*item.cluster_facts, json);
  if (shape.detailed && (item.kind == ItemKind::kPod || item.kind == ItemKind::kNode)) {
    WriteDisks(item.disks, json);
    WriteInterfaces(item.interfaces, json);
  }
  if (shape.window) WriteSeries(item, json);
  if (shape.detailed && item.kind == ItemKind::kPod) WriteContainers(item, shape, json);
}

}  // namespace kubemonitor
