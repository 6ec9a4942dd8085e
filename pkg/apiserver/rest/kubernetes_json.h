#ifndef KUBEMONITOR_APISERVER_REST_KUBERNETES_JSON_H_
#define KUBEMONITOR_APISERVER_REST_KUBERNETES_JSON_H_

// What Kubernetes says of an item, as JSON.

#include <string_view>

#include "apiserver/query/query.h"
#include "common/json_writer.h"

namespace kubemonitor {

std::string_view TextOf(UsageMissing why);  // "notScheduled"

// {"cpuMillicores":…,"memoryBytes":…} under the key; nothing where both are absent.
void WriteAmounts(std::string_view key, const Amounts& amounts, JsonWriter* json);

// "requests", "limits" and "utilization", which is of what is shown.
void WriteResources(const Item& item, JsonWriter* json);

// The status of each kind; nothing where Kubernetes says none.
void WritePodStatus(const Item& item, JsonWriter* json);
void WriteContainerStatus(const Item& item, JsonWriter* json);
void WriteWorkloadStatus(const Item& item, JsonWriter* json);
void WriteKubernetesNode(const KubeNode& node, JsonWriter* json);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_KUBERNETES_JSON_H_
