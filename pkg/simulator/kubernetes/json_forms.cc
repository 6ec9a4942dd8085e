#include "simulator/kubernetes/json_forms.h"

#include <array>

namespace kubemonitor {

std::string CpuQuantity(uint64_t millicores) {
  if (millicores % 1000 == 0) return std::to_string(millicores / 1000);
  return std::to_string(millicores) + "m";
}

std::string MemoryQuantity(uint64_t bytes) {
  constexpr std::array<const char*, 5> kSuffixes{"", "Ki", "Mi", "Gi", "Ti"};
  size_t suffix = 0;
  while (bytes != 0 && bytes % 1024 == 0 && suffix + 1 < kSuffixes.size()) {
    bytes /= 1024;
    ++suffix;
  }
  return std::to_string(bytes) + kSuffixes[suffix];
}

void WriteAmounts(std::string_view key, std::optional<uint64_t> millicores,
                  std::optional<uint64_t> bytes, JsonWriter* json) {
  if (!millicores && !bytes) return;
  json->Key(key);
  json->StartObject();
  if (millicores) json->TextField("cpu", CpuQuantity(*millicores));
  if (bytes) json->TextField("memory", MemoryQuantity(*bytes));
  json->EndObject();
}

void WriteResources(const ContainerResources& resources, JsonWriter* json) {
  json->Key("resources");
  json->StartObject();
  WriteAmounts("limits", resources.cpu_limit_millicores, resources.memory_limit_bytes, json);
  WriteAmounts("requests", resources.cpu_request_millicores, resources.memory_request_bytes, json);
  json->EndObject();
}

void WriteAppSelector(std::string_view app, JsonWriter* json) {
  json->Key("selector");
  json->StartObject();
  json->Key("matchLabels");
  json->StartObject();
  json->TextField("app", app);
  json->EndObject();
  json->EndObject();
}

void WriteCondition(const Condition& condition, JsonWriter* json) {
  json->StartObject();
  json->TextField("type", condition.type);
  json->TextField("status", condition.status);
  if (condition.heartbeat_ms) {
    json->TimeFieldIf("lastHeartbeatTime", WholeSeconds(*condition.heartbeat_ms));
  }
  json->TimeFieldIf("lastTransitionTime", WholeSeconds(condition.since_ms));
  json->TextFieldIf("reason", condition.reason);
  json->TextFieldIf("message", condition.message);
  json->EndObject();
}

}  // namespace kubemonitor
