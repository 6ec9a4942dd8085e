#ifndef KUBEMONITOR_COLLECTOR_NAMES_POD_LOG_NAMES_H_
#define KUBEMONITOR_COLLECTOR_NAMES_POD_LOG_NAMES_H_

// Names from the kubelet's log folders, for nodes whose runtime cannot be asked:
//   <root>/<namespace>_<pod>_<uid>/<container>/<restart count>.log         root is /var/log/pods
//   <dirname of root>/containers/<pod>_<namespace>_<container>-<id>.log -> /var/log/pods/…/<restart
//   count>.log
// Namespaces, pods and containers have no '_' in their names, ids no '-'.

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "collector/names/name_table.h"

namespace kubemonitor {

inline constexpr size_t kMaxLogEntries = 20000;

struct PodLogFolder {
  std::string namespace_name, pod_name, pod_uid;
};
// The name of a folder in the root; nullopt unless every part is a valid name.
std::optional<PodLogFolder> ParsePodLogFolder(std::string_view name);

struct ContainerLogLink {
  std::string pod_name, namespace_name, container_name, container_id;
};
// The name of a link in `containers`; nullopt unless every part is a valid name.
std::optional<ContainerLogLink> ParseContainerLogLink(std::string_view name);

struct ContainerLogTarget {
  PodLogFolder pod;
  std::string container_name;
  uint32_t restart_count = 0;
};
// Where such a link leads; the folders before the last three parts do not matter.
std::optional<ContainerLogTarget> ParseContainerLogTarget(std::string_view target);

// The names of those of `pod_uids` and `container_ids` that the folders tell; pods of the
// containers found are named too. The table's `runtime` stays empty, as do labels and host_network.
// Links are read and never followed. Fails only if the root cannot be opened (kNotFound: no such
// folder); without `containers` there are pods alone. What is beyond `max_entries` in a
// folder is not looked at. Blocks on the disk.
absl::StatusOr<NameTable> ReadPodLogNames(const std::string& root,
                                          const std::unordered_set<std::string>& container_ids,
                                          const std::unordered_set<std::string>& pod_uids,
                                          size_t max_entries = kMaxLogEntries);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_NAMES_POD_LOG_NAMES_H_
