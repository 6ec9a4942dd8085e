#ifndef KUBEMONITOR_TESTS_E2E_CRI_DRIVER_POD_SPEC_H_
#define KUBEMONITOR_TESTS_E2E_CRI_DRIVER_POD_SPEC_H_

#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// The pods to run, as a file of JSON: what a Pod object says, cut to what reaches the runtime.
//   {"pods": [{"name", "namespace", "uid", "labels": {}, "annotations": {}, "hostNetwork": false,
//              "static": false, "initContainers": [...], "containers": [{"name", "command": [...],
//              "requests": {"cpuMillicores", "memoryBytes"}, "limits": {...},
//              "mounts": [{"hostPath", "containerPath"}]}]}]}
// "{ip:POD}" in a command is replaced by that pod's address.
namespace kubemonitor::e2e {

struct Resources {
  std::optional<int64_t> cpu_millicores;
  std::optional<int64_t> memory_bytes;
};

struct MountSpec {
  std::string host_path;
  std::string container_path;
};

struct ContainerSpec {
  std::string name;
  std::vector<std::string> command;
  Resources requests;  // a missing request is the limit, as the API server defaults it
  Resources limits;
  std::vector<MountSpec> mounts;
};

enum class QosClass { kGuaranteed, kBurstable, kBestEffort };

struct PodSpec {
  std::string name;
  std::string name_space;
  std::string uid;  // dashed, or 32 hex digits for a static pod
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  bool host_network = false;
  bool is_static = false;
  std::vector<ContainerSpec> init_containers;
  std::vector<ContainerSpec> containers;
};

// Reads and checks the whole file; the error names the pod and the field.
absl::StatusOr<std::vector<PodSpec>> LoadPodSpecs(const std::string& path);

// As Kubernetes defines it over the requests and limits of all containers.
QosClass QosOf(const PodSpec& pod);

}  // namespace kubemonitor::e2e

#endif  // KUBEMONITOR_TESTS_E2E_CRI_DRIVER_POD_SPEC_H_
