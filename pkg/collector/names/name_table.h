#ifndef KUBEMONITOR_COLLECTOR_NAMES_NAME_TABLE_H_
#define KUBEMONITOR_COLLECTOR_NAMES_NAME_TABLE_H_

// What a node knows about names: which pod and container an id or uid stands for.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/node_report.h"

namespace kubemonitor {

struct PodName {
  std::string namespace_name;
  std::string pod_name;
  std::map<std::string, std::string> labels;  // empty unless the runtime told them
  std::optional<bool> host_network;           // absent: not known

  bool operator==(const PodName&) const = default;
};

struct ContainerName {
  std::string pod_uid;         // as in the cgroup path
  std::string container_name;  // empty for a sandbox
  ContainerType type = ContainerType::kUnknown;
  std::optional<int64_t> started_at_ms;
  std::optional<uint32_t> restart_count;

  bool operator==(const ContainerName&) const = default;
};

// Immutable once published.
struct NameTable {
  std::unordered_map<std::string, PodName> pods;              // by pod uid
  std::unordered_map<std::string, ContainerName> containers;  // by container id, sandboxes included
  std::string runtime;  // "containerd v2.1.4"; empty: none answers

  bool operator==(const NameTable&) const = default;
};

// Where the sampler gets names from. Thread-safe; neither call ever blocks on a runtime or on a
// disk.
class NameSource {
 public:
  virtual ~NameSource() = default;
  virtual std::shared_ptr<const NameTable> Names() const = 0;
  // The container ids and pod uids that exist right now. What is not in the table is looked up
  // behind; what is no longer named here may be forgotten.
  virtual void SetWanted(std::vector<std::string> container_ids,
                         std::vector<std::string> pod_uids) = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_NAMES_NAME_TABLE_H_
