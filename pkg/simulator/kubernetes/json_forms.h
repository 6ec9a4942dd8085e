#ifndef KUBEMONITOR_SIMULATOR_KUBERNETES_JSON_FORMS_H_
#define KUBEMONITOR_SIMULATOR_KUBERNETES_JSON_FORMS_H_

// Forms of values that all kinds of objects share.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/json_writer.h"
#include "simulator/model.h"

namespace kubemonitor {

std::string CpuQuantity(uint64_t millicores);  // "250m", "2"
std::string MemoryQuantity(uint64_t bytes);    // "64Mi", "3Gi", "1000"

// Kubernetes' times have no fractions.
constexpr int64_t WholeSeconds(int64_t wall_ms) { return wall_ms / 1000 * 1000; }

// {"cpu":…,"memory":…}; nothing is written where neither is set.
void WriteAmounts(std::string_view key, std::optional<uint64_t> millicores,
                  std::optional<uint64_t> bytes, JsonWriter* json);
// "resources":{"limits":…,"requests":…}
void WriteResources(const ContainerResources& resources, JsonWriter* json);
// {"matchLabels":{"app":…}} and the like.
void WriteAppSelector(std::string_view app, JsonWriter* json);

struct Condition {
  std::string_view type, status, reason = {}, message = {};
  int64_t since_ms = 0;
  std::optional<int64_t> heartbeat_ms = {};
};
void WriteCondition(const Condition& condition, JsonWriter* json);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_KUBERNETES_JSON_FORMS_H_
