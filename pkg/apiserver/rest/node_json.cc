#include "apiserver/rest/node_json.h"

#include <string>
#include <string_view>

#include "apiserver/rest/kubernetes_json.h"

namespace kubemonitor {
namespace {

std::optional<uint64_t> Known(const std::optional<uint64_t>& measured,
                              const std::optional<int64_t>& said) {
  if (measured || !said || *said < 0) return measured;
  return static_cast<uint64_t>(*said);
}

// The collector's word, or else Kubernetes'.
void WriteCapacity(const NodeFacts& facts, JsonWriter* json) {
  const NodeDetails none;
  const NodeDetails& details = facts.details ? *facts.details : none;
  const ResourceAmounts nothing;  // no copy: g++ 12 takes that for uninitialised
  const ResourceAmounts& said = facts.kubernetes ? facts.kubernetes->capacity : nothing;
  const auto cpu = Known(details.cpu_capacity_millicores, said.cpu_millicores);
  const auto memory = Known(details.memory_capacity_bytes, said.memory_bytes);
  if (!cpu && !memory && !details.swap_capacity_bytes) return;
  json->Key("capacity");
  json->StartObject();
  json->UnsignedFieldIf("cpuMillicores", cpu);
  json->UnsignedFieldIf("memoryBytes", memory);
  json->UnsignedFieldIf("swapBytes", details.swap_capacity_bytes);
  json->EndObject();
}

std::string_view TextOf(CollectorState state) {
  switch (state) {
    case CollectorState::kReporting:
      return "reporting";
    case CollectorState::kStale:
      return "stale";
    case CollectorState::kMissing:
      return "missing";
    case CollectorState::kRefused:
      return "refused";
  }
  return "";
}

void WriteHealth(const NodeFacts& facts, JsonWriter* json) {
  json->TextField("collector", TextOf(facts.collector));
  if (facts.collector == CollectorState::kMissing) return;
  json->TextFieldIf("bootId", facts.boot_id);
  json->TextFieldIf("collectorVersion", facts.collector_version);
  if (facts.interval_ms > 0) {
    json->NumberField("intervalSeconds", static_cast<double>(facts.interval_ms) / 1000.0);
  }
  json->NumberFieldIf("clockSkewSeconds", facts.health.clock_skew_seconds);
  json->BoolField("clockRefused", facts.health.clock_refused);
  json->BoolField("conflict", facts.health.conflict);
  json->UnsignedField("lostTicks", facts.health.lost_ticks);
  json->UnsignedField("owedTicks", facts.health.owed_ticks);
}

void WriteLoad(const NodeFacts& facts, JsonWriter* json) {
  if (!facts.load1 && !facts.load5 && !facts.load15) return;
  json->Key("load");
  json->StartObject();
  json->NumberFieldIf("load1", facts.load1);
  json->NumberFieldIf("load5", facts.load5);
  json->NumberFieldIf("load15", facts.load15);
  json->EndObject();
}

void WriteCpuModes(const NodeFacts& facts, JsonWriter* json) {
  if (facts.cpu_modes_millicores.empty()) return;
  json->Key("cpuModes");
  json->StartObject();
  for (const auto& [mode, millicores] : facts.cpu_modes_millicores) {
    json->NumberField(mode + "Millicores", millicores);
  }
  json->EndObject();
}

void WritePart(std::string_view key, const BreakdownPart& part, JsonWriter* json) {
  json->Key(key);
  json->StartObject();
  json->NumberOrNullField("cpuMillicores", part.cpu_millicores);
  json->NumberOrNullField("memoryBytes", part.memory_bytes);
  json->EndObject();
}

void WriteBreakdown(const Breakdown& breakdown, JsonWriter* json) {
  json->Key("breakdown");
  json->StartObject();
  WritePart("pods", breakdown.pods, json);
  WritePart("systemServices", breakdown.system_services, json);
  WritePart("kernelAndOther", breakdown.kernel_and_other, json);
  WritePart("unattributed", breakdown.unattributed, json);
  json->EndObject();
}

void WriteProcess(const ProcessUsage& process, JsonWriter* json) {
  json->StartObject();
  json->UnsignedField("pid", process.pid);
  json->TextField("name", process.name);
  json->TextFieldIf("commandLine", process.command_line);
  json->TextFieldIf("executable", process.executable);
  json->TextFieldIf("user", process.user);
  json->TextFieldIf("unit", process.unit);
  json->NumberOrNullField("cpuMillicores", process.cpu_millicores);
  json->UnsignedFieldIf("memoryRssBytes", process.memory_rss_bytes);
  json->UnsignedFieldIf("threads", process.threads);
  json->NumberOrNullField("diskReadBytesPerSecond", process.disk_read_bytes_per_second);
  json->NumberOrNullField("diskWriteBytesPerSecond", process.disk_write_bytes_per_second);
  json->EndObject();
}

void WriteUnit(const UnitUsage& unit, JsonWriter* json) {
  json->StartObject();
  json->TextField("name", unit.name);
  json->NumberOrNullField("cpuMillicores", unit.cpu_millicores);
  json->UnsignedFieldIf("cpuUsageMicroseconds", unit.cpu_usage_usec);
  json->UnsignedFieldIf("memoryBytes", unit.memory_bytes);
  json->UnsignedFieldIf("processCount", unit.process_count);
  json->EndObject();
}

void WriteDetails(const NodeDetails& details, JsonWriter* json) {
  json->Key("processes");
  json->StartArray();
  for (const ProcessUsage& process : details.processes) WriteProcess(process, json);
  json->EndArray();
  json->Key("units");
  json->StartArray();
  for (const UnitUsage& unit : details.units) WriteUnit(unit, json);
  json->EndArray();
}

}  // namespace

void WriteNodeFields(const NodeFacts& facts, bool detailed, JsonWriter* json) {
  WriteHealth(facts, json);
  WriteLoad(facts, json);
  WriteCpuModes(facts, json);
  if (facts.details) {
    const NodeDetails& details = *facts.details;
    json->UnsignedFieldIf("uptimeSeconds", details.uptime_seconds);
    json->TextFieldIf("kernelVersion", details.kernel_version);
    json->TextFieldIf("cgroupMode", details.cgroup_mode);
    json->TextFieldIf("runtime", details.runtime);
    json->BoolField("nested", details.nested);
    json->UnsignedField("readErrors", details.read_errors);
  }
  WriteCapacity(facts, json);
  if (facts.kubernetes) {
    WriteAmounts("allocatable", AmountsOf(facts.kubernetes->allocatable), json);
    WriteKubernetesNode(*facts.kubernetes, json);
  }
  if (detailed && facts.breakdown) WriteBreakdown(*facts.breakdown, json);
  if (detailed && facts.details) WriteDetails(*facts.details, json);
}

}  // namespace kubemonitor
