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
//              "hostPid": false, "static": false,
//              "dns": {"servers": [...], "searches": [...], "options": [...]},
//              "initContainers": [...], "containers": [{"name", "image", "command": [...],
//              "args": [...], "env": {}, "requests": {"cpuMillicores", "memoryBytes"}, "limits":
//              {...}, "mounts": [{"hostPath", "containerPath", "readOnly": false, "directory":
//              false}], "securityContext": {"privileged", "readOnlyRootFilesystem",
//                "allowPrivilegeEscalation": true, "runAsUser", "addCapabilities": [...],
//                "dropCapabilities": [...], "seccomp": "RuntimeDefault" | "Unconfined",
//                "appArmor": "runtime/default" | "unconfined"}}]}]}
// Without "image" a container runs the loads' image, and needs a command.
// "{ip:POD}" in a command is replaced by that pod's address.
namespace kubemonitor::e2e {

struct Resources {
  std::optional<int64_t> cpu_millicores;
  std::optional<int64_t> memory_bytes;
};

struct MountSpec {
  std::string host_path;
  std::string container_path;
  bool read_only = false;
  bool directory = false;  // the host must have it as a directory
};

struct SecurityContext {
  bool privileged = false;
  bool read_only_root_filesystem = false;
  bool allow_privilege_escalation = true;
  std::optional<int64_t> run_as_user;
  std::vector<std::string> add_capabilities;
  std::vector<std::string> drop_capabilities;
  std::string seccomp;   // empty: the runtime's choice
  std::string apparmor;  // empty: the runtime's choice
};

struct DnsSpec {
  std::vector<std::string> servers;  // none: the node's own configuration
  std::vector<std::string> searches;
  std::vector<std::string> options;
};

struct ContainerSpec {
  std::string name;
  std::string image;
  std::vector<std::string> command;
  std::vector<std::string> args;
  std::map<std::string, std::string> env;
  Resources requests;  // a missing request is the limit, as the API server defaults it
  Resources limits;
  std::vector<MountSpec> mounts;
  SecurityContext security;
};

enum class QosClass { kGuaranteed, kBurstable, kBestEffort };

struct PodSpec {
  std::string name;
  std::string name_space;
  std::string uid;  // dashed, or 32 hex digits for a static pod
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  bool host_network = false;
  bool host_pid = false;
  DnsSpec dns;
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
