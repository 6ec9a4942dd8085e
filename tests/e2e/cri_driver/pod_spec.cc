#include "cri_driver/pod_spec.h"

#include <absl/status/status.h>
#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <fstream>
#include <sstream>

namespace kubemonitor::e2e {
namespace {

using Json = rapidjson::Value;

std::string Text(const Json& object, const char* key) {
  const auto it = object.FindMember(key);
  return it != object.MemberEnd() && it->value.IsString() ? it->value.GetString() : std::string();
}

bool Flag(const Json& object, const char* key) {
  const auto it = object.FindMember(key);
  return it != object.MemberEnd() && it->value.IsBool() && it->value.GetBool();
}

std::optional<int64_t> Number(const Json& object, const char* key) {
  const auto it = object.FindMember(key);
  if (it == object.MemberEnd() || !it->value.IsInt64()) return std::nullopt;
  return it->value.GetInt64();
}

std::vector<std::string> Words(const Json& object, const char* key) {
  std::vector<std::string> words;
  const auto it = object.FindMember(key);
  if (it == object.MemberEnd() || !it->value.IsArray()) return words;
  for (const Json& word : it->value.GetArray()) {
    if (word.IsString()) words.push_back(word.GetString());
  }
  return words;
}

Resources ParseResources(const Json& container, const char* key) {
  const auto it = container.FindMember(key);
  if (it == container.MemberEnd() || !it->value.IsObject()) return {};
  return {Number(it->value, "cpuMillicores"), Number(it->value, "memoryBytes")};
}

std::map<std::string, std::string> ParseMap(const Json& pod, const char* key) {
  std::map<std::string, std::string> result;
  const auto it = pod.FindMember(key);
  if (it == pod.MemberEnd() || !it->value.IsObject()) return result;
  for (const auto& member : it->value.GetObject()) {
    if (member.value.IsString()) result[member.name.GetString()] = member.value.GetString();
  }
  return result;
}

SecurityContext ParseSecurity(const Json& container) {
  SecurityContext security;
  const auto it = container.FindMember("securityContext");
  if (it == container.MemberEnd() || !it->value.IsObject()) return security;
  const Json& json = it->value;
  security.privileged = Flag(json, "privileged");
  security.read_only_root_filesystem = Flag(json, "readOnlyRootFilesystem");
  security.allow_privilege_escalation =
      !json.HasMember("allowPrivilegeEscalation") || Flag(json, "allowPrivilegeEscalation");
  security.run_as_user = Number(json, "runAsUser");
  security.add_capabilities = Words(json, "addCapabilities");
  security.drop_capabilities = Words(json, "dropCapabilities");
  security.seccomp = Text(json, "seccomp");
  security.apparmor = Text(json, "appArmor");
  return security;
}

ContainerSpec ParseContainer(const Json& json) {
  ContainerSpec container;
  container.name = Text(json, "name");
  container.image = Text(json, "image");
  container.command = Words(json, "command");
  container.args = Words(json, "args");
  container.env = ParseMap(json, "env");
  container.limits = ParseResources(json, "limits");
  container.requests = ParseResources(json, "requests");
  if (!container.requests.cpu_millicores) {
    container.requests.cpu_millicores = container.limits.cpu_millicores;
  }
  if (!container.requests.memory_bytes) {
    container.requests.memory_bytes = container.limits.memory_bytes;
  }
  if (const auto it = json.FindMember("mounts"); it != json.MemberEnd() && it->value.IsArray()) {
    for (const Json& mount : it->value.GetArray()) {
      container.mounts.push_back({Text(mount, "hostPath"), Text(mount, "containerPath"),
                                  Flag(mount, "readOnly"), Flag(mount, "directory")});
    }
  }
  container.security = ParseSecurity(json);
  return container;
}

std::vector<ContainerSpec> ParseContainers(const Json& pod, const char* key) {
  std::vector<ContainerSpec> result;
  const auto it = pod.FindMember(key);
  if (it == pod.MemberEnd() || !it->value.IsArray()) return result;
  for (const Json& container : it->value.GetArray()) {
    if (container.IsObject()) result.push_back(ParseContainer(container));
  }
  return result;
}

absl::Status Check(const PodSpec& pod) {
  if (pod.name.empty() || pod.name_space.empty() || pod.uid.empty() || pod.containers.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("pod '{}': name, namespace, uid and containers are all needed", pod.name));
  }
  for (const auto* list : {&pod.init_containers, &pod.containers}) {
    for (const ContainerSpec& container : *list) {
      if (container.name.empty() || (container.command.empty() && container.image.empty())) {
        return absl::InvalidArgumentError(fmt::format(
            "pod '{}': each container needs a name, and a command or an image", pod.name));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<PodSpec>> LoadPodSpecs(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(fmt::format("cannot open {}", path));
  std::stringstream text;
  text << file.rdbuf();
  rapidjson::Document document;
  document.Parse(text.str().c_str());
  if (document.HasParseError()) {
    return absl::InvalidArgumentError(fmt::format("{}: offset {}: {}", path,
                                                  document.GetErrorOffset(),
                                                  GetParseError_En(document.GetParseError())));
  }
  if (!document.IsObject() || !document.HasMember("pods") || !document["pods"].IsArray()) {
    return absl::InvalidArgumentError(fmt::format("{}: no list \"pods\"", path));
  }
  std::vector<PodSpec> pods;
  for (const Json& json : document["pods"].GetArray()) {
    if (!json.IsObject()) return absl::InvalidArgumentError("a pod is not an object");
    PodSpec pod;
    pod.name = Text(json, "name");
    pod.name_space = Text(json, "namespace");
    pod.uid = Text(json, "uid");
    pod.labels = ParseMap(json, "labels");
    pod.annotations = ParseMap(json, "annotations");
    pod.host_network = Flag(json, "hostNetwork");
    pod.host_pid = Flag(json, "hostPid");
    if (const auto it = json.FindMember("dns"); it != json.MemberEnd() && it->value.IsObject()) {
      pod.dns = {Words(it->value, "servers"), Words(it->value, "searches"),
                 Words(it->value, "options")};
    }
    pod.is_static = Flag(json, "static");
    pod.init_containers = ParseContainers(json, "initContainers");
    pod.containers = ParseContainers(json, "containers");
    if (absl::Status status = Check(pod); !status.ok()) return status;
    pods.push_back(std::move(pod));
  }
  return pods;
}

QosClass QosOf(const PodSpec& pod) {
  bool any = false;
  bool guaranteed = true;
  for (const auto* list : {&pod.init_containers, &pod.containers}) {
    for (const ContainerSpec& container : *list) {
      const Resources& requests = container.requests;
      const Resources& limits = container.limits;
      any = any || requests.cpu_millicores || requests.memory_bytes || limits.cpu_millicores ||
            limits.memory_bytes;
      guaranteed = guaranteed && limits.cpu_millicores && limits.memory_bytes &&
                   requests.cpu_millicores == limits.cpu_millicores &&
                   requests.memory_bytes == limits.memory_bytes;
    }
  }
  if (!any) return QosClass::kBestEffort;
  return guaranteed ? QosClass::kGuaranteed : QosClass::kBurstable;
}

}  // namespace kubemonitor::e2e
