#include "cri_driver/kubelet.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "cri_driver/security.h"

namespace kubemonitor::e2e {
namespace {

namespace v1 = runtime::v1;
namespace fs = std::filesystem;
using Stub = v1::RuntimeService::Stub;

constexpr char kImage[] = "localhost/workload:1";
constexpr char kPodLogs[] = "/var/log/pods";
constexpr char kContainerLinks[] = "/var/log/containers";
constexpr size_t kPodsAtOnce = 2;

std::string LogDirectory(const PodSpec& pod) {
  return fmt::format("{}/{}_{}_{}", kPodLogs, pod.name_space, pod.name, pod.uid);
}

std::string LogLink(const PodSpec& pod, const std::string& container, const std::string& id) {
  return fmt::format("{}/{}_{}_{}-{}.log", kContainerLinks, pod.name, pod.name_space, container,
                     id);
}

int64_t NodeMemoryBytes() {
  return static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
}

int64_t OomScoreAdj(const PodSpec& pod, const ContainerSpec& container) {
  switch (QosOf(pod)) {
    case QosClass::kGuaranteed:
      return -997;
    case QosClass::kBestEffort:
      return 1000;
    case QosClass::kBurstable:
      break;
  }
  const int64_t request = container.requests.memory_bytes.value_or(0);
  return std::clamp<int64_t>(1000 - 1000 * request / NodeMemoryBytes(), 3, 999);
}

// FNV-1a over what the container is made of: changes when the specification does.
uint32_t SpecHash(const ContainerSpec& container) {
  uint32_t hash = 2166136261U;
  const auto add = [&hash](const std::string& text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  };
  add(container.name);
  add(container.image);
  for (const std::string& word : container.command) add(word);
  for (const std::string& word : container.args) add(word);
  return hash;
}

// The runtime hides the process id in the verbose status, in a text of JSON.
template <typename InfoMap>
std::string PidOf(const InfoMap& info) {
  const auto it = info.find("info");
  if (it == info.end()) return "-";
  const std::string key = "\"pid\":";
  const size_t at = it->second.find(key);
  if (at == std::string::npos) return "-";
  const size_t begin = at + key.size();
  const size_t end = it->second.find_first_not_of("0123456789", begin);
  return end == begin ? "-" : it->second.substr(begin, end - begin);
}

void Print(const std::string& line) {
  std::fputs((line + "\n").c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace

Kubelet::Kubelet(const std::string& socket_path, CgroupDriver driver) : driver_(driver) {
  grpc::ChannelArguments arguments;
  arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, "localhost");
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  // Also gRPC's time-out for a connection attempt, which an emulated node needs in full.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 10000);
  arguments.SetMaxReceiveMessageSize(16 << 20);
  stub_ = v1::RuntimeService::NewStub(grpc::CreateCustomChannel(
      "unix://" + socket_path, grpc::InsecureChannelCredentials(), arguments));
}

template <typename Request, typename Response>
absl::Status Kubelet::Call(Method<Request, Response> method, const Request& request,
                           Response* response, std::chrono::seconds limit) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + limit);
  const grpc::Status status = (stub_.get()->*method)(&context, request, response);
  if (status.ok()) return absl::OkStatus();
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

absl::Status Kubelet::Wait(std::chrono::seconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  std::string last = "no answer";
  while (std::chrono::steady_clock::now() < end) {
    v1::StatusResponse response;
    const absl::Status status =
        Call(&Stub::Status, v1::StatusRequest(), &response, std::chrono::seconds(5));
    if (status.ok()) {
      last.clear();
      for (const v1::RuntimeCondition& condition : response.status().conditions()) {
        if (!condition.status()) last += condition.type() + ": " + condition.message() + "; ";
      }
      if (last.empty() && response.status().conditions_size() >= 2) return absl::OkStatus();
    } else {
      last = std::string(status.message());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return absl::DeadlineExceededError("the runtime is not ready: " + last);
}

v1::PodSandboxConfig Kubelet::SandboxConfig(const PodSpec& pod) const {
  v1::PodSandboxConfig config;
  config.mutable_metadata()->set_name(pod.name);
  config.mutable_metadata()->set_namespace_(pod.name_space);
  config.mutable_metadata()->set_uid(pod.uid);
  if (!pod.host_network) config.set_hostname(pod.name);
  config.set_log_directory(LogDirectory(pod));
  auto& labels = *config.mutable_labels();
  labels.insert(pod.labels.begin(), pod.labels.end());
  labels["io.kubernetes.pod.name"] = pod.name;
  labels["io.kubernetes.pod.namespace"] = pod.name_space;
  labels["io.kubernetes.pod.uid"] = pod.uid;
  auto& annotations = *config.mutable_annotations();
  annotations.insert(pod.annotations.begin(), pod.annotations.end());
  annotations["kubernetes.io/config.seen"] = "2025-01-01T00:00:00.000000000Z";
  annotations["kubernetes.io/config.source"] = pod.is_static ? "file" : "api";
  if (pod.is_static) annotations["kubernetes.io/config.hash"] = pod.uid;
  v1::LinuxPodSandboxConfig& lx = *config.mutable_linux();
  lx.set_cgroup_parent(PodCgroupParent(pod, driver_));
  lx.mutable_resources()->set_cpu_shares(2);
  SetSandboxSecurity(pod, lx.mutable_security_context());
  for (const std::string& server : pod.dns.servers)
    config.mutable_dns_config()->add_servers(server);
  for (const std::string& name : pod.dns.searches) config.mutable_dns_config()->add_searches(name);
  for (const std::string& word : pod.dns.options) config.mutable_dns_config()->add_options(word);
  return config;
}

v1::ContainerConfig Kubelet::ContainerConfig(const PodSpec& pod, const ContainerSpec& container,
                                             uint32_t attempt) {
  v1::ContainerConfig config;
  config.mutable_metadata()->set_name(container.name);
  config.mutable_metadata()->set_attempt(attempt);
  config.mutable_image()->set_image(container.image.empty() ? kImage : container.image);
  for (const std::string& word : container.command) config.add_command(Substitute(word));
  for (const std::string& word : container.args) config.add_args(Substitute(word));
  for (const auto& [key, value] : container.env) {
    v1::KeyValue* added = config.add_envs();
    added->set_key(key);
    added->set_value(value);
  }
  for (const MountSpec& mount : container.mounts) {
    v1::Mount* added = config.add_mounts();
    added->set_host_path(mount.host_path);
    added->set_container_path(mount.container_path);
    added->set_readonly(mount.read_only);
  }
  config.set_log_path(fmt::format("{}/{}.log", container.name, attempt));
  auto& labels = *config.mutable_labels();
  labels["io.kubernetes.pod.name"] = pod.name;
  labels["io.kubernetes.pod.namespace"] = pod.name_space;
  labels["io.kubernetes.pod.uid"] = pod.uid;
  labels["io.kubernetes.container.name"] = container.name;
  auto& annotations = *config.mutable_annotations();
  annotations["io.kubernetes.container.hash"] = fmt::format("{:x}", SpecHash(container));
  annotations["io.kubernetes.container.restartCount"] = fmt::format("{}", attempt);
  annotations["io.kubernetes.container.terminationMessagePath"] = "/dev/termination-log";
  annotations["io.kubernetes.container.terminationMessagePolicy"] = "File";
  annotations["io.kubernetes.pod.terminationGracePeriod"] = "30";
  v1::LinuxContainerResources& resources = *config.mutable_linux()->mutable_resources();
  resources.set_cpu_period(100000);
  resources.set_cpu_shares(SharesOf(container.requests.cpu_millicores));
  if (container.limits.cpu_millicores) {
    resources.set_cpu_quota(QuotaOf(*container.limits.cpu_millicores));
  }
  resources.set_memory_limit_in_bytes(container.limits.memory_bytes.value_or(0));
  resources.set_oom_score_adj(OomScoreAdj(pod, container));
  SetContainerSecurity(pod, container, config.mutable_linux()->mutable_security_context());
  return config;
}

std::string Kubelet::Substitute(std::string word) {
  const std::string opening = "{ip:";
  for (size_t at; (at = word.find(opening)) != std::string::npos;) {
    const size_t end = word.find('}', at);
    if (end == std::string::npos) break;
    const std::string pod = word.substr(at + opening.size(), end - at - opening.size());
    std::unique_lock<std::mutex> lock(mutex_);
    const bool known = address_known_.wait_for(lock, std::chrono::minutes(3),
                                               [&] { return addresses_.count(pod) > 0; });
    word.replace(at, end - at + 1, known ? addresses_[pod] : "unknown");
  }
  return word;
}

absl::Status Kubelet::StartContainer(const PodSpec& pod, const ContainerSpec& container,
                                     const std::string& sandbox_id, uint32_t attempt,
                                     std::string* container_id) {
  const std::string log_directory = LogDirectory(pod) + "/" + container.name;
  std::error_code error;
  for (const MountSpec& mount : container.mounts) {
    if (mount.directory && !fs::is_directory(mount.host_path, error)) {
      return absl::FailedPreconditionError(
          fmt::format("hostPath type check failed: {} is not a directory", mount.host_path));
    }
  }
  fs::create_directories(log_directory, error);
  fs::create_directories(kContainerLinks, error);
  v1::CreateContainerRequest request;
  request.set_pod_sandbox_id(sandbox_id);
  *request.mutable_config() = ContainerConfig(pod, container, attempt);
  *request.mutable_sandbox_config() = SandboxConfig(pod);
  v1::CreateContainerResponse created;
  if (auto status = Call(&Stub::CreateContainer, request, &created); !status.ok()) return status;
  *container_id = created.container_id();
  fs::create_symlink(fmt::format("{}/{}.log", log_directory, attempt),
                     LogLink(pod, container.name, *container_id), error);
  v1::StartContainerRequest start;
  start.set_container_id(*container_id);
  v1::StartContainerResponse started;
  return Call(&Stub::StartContainer, start, &started);
}

absl::Status Kubelet::WaitForExit(const std::string& container_id) {
  for (int i = 0; i < 600; ++i) {
    v1::ContainerStatusRequest request;
    request.set_container_id(container_id);
    v1::ContainerStatusResponse response;
    if (auto status = Call(&Stub::ContainerStatus, request, &response); !status.ok()) {
      return status;
    }
    if (response.status().state() == v1::CONTAINER_EXITED) {
      const int code = response.status().exit_code();
      if (code == 0) return absl::OkStatus();
      return absl::InternalError(fmt::format("init container ended with {}", code));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return absl::DeadlineExceededError("init container did not end");
}

absl::Status Kubelet::StartPod(const PodSpec& pod) {
  std::error_code error;
  fs::create_directories(LogDirectory(pod), error);
  if (auto status = CreatePodCgroup(pod, driver_); !status.ok()) return status;
  v1::RunPodSandboxRequest request;
  *request.mutable_config() = SandboxConfig(pod);
  v1::RunPodSandboxResponse sandbox;
  if (auto status = Call(&Stub::RunPodSandbox, request, &sandbox); !status.ok()) return status;
  v1::PodSandboxStatusRequest status_request;
  status_request.set_pod_sandbox_id(sandbox.pod_sandbox_id());
  v1::PodSandboxStatusResponse state;
  if (auto status = Call(&Stub::PodSandboxStatus, status_request, &state); !status.ok()) {
    return status;
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    addresses_[pod.name] = state.status().network().ip();
  }
  address_known_.notify_all();
  std::string id;
  for (const ContainerSpec& container : pod.init_containers) {
    absl::Status status = StartContainer(pod, container, sandbox.pod_sandbox_id(), 0, &id);
    if (status.ok()) status = WaitForExit(id);
    if (!status.ok()) return status;
  }
  for (const ContainerSpec& container : pod.containers) {
    auto status = StartContainer(pod, container, sandbox.pod_sandbox_id(), 0, &id);
    if (!status.ok()) return status;
  }
  Print(fmt::format("pod {}/{} running", pod.name_space, pod.name));
  return absl::OkStatus();
}

absl::Status Kubelet::Run(const std::vector<PodSpec>& pods) {
  if (auto status = CreateQosCgroups(pods, driver_); !status.ok()) return status;
  std::atomic<size_t> next{0};
  absl::Status result;
  std::mutex result_mutex;
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kPodsAtOnce; ++i) {
    threads.emplace_back([&] {
      for (size_t n = next++; n < pods.size(); n = next++) {
        const absl::Status status = StartPod(pods[n]);
        if (status.ok()) continue;
        std::lock_guard<std::mutex> lock(result_mutex);
        result.Update(absl::Status(
            status.code(), fmt::format("pod {}: {}", pods[n].name, std::string(status.message()))));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return result;
}

absl::Status Kubelet::List() {
  v1::ListPodSandboxResponse pods;
  v1::ListContainersResponse containers;
  absl::Status status = Call(&Stub::ListPodSandbox, v1::ListPodSandboxRequest(), &pods);
  status.Update(Call(&Stub::ListContainers, v1::ListContainersRequest(), &containers));
  if (!status.ok()) return status;
  for (const v1::PodSandbox& pod : pods.items()) {
    v1::PodSandboxStatusRequest request;
    request.set_pod_sandbox_id(pod.id());
    request.set_verbose(true);
    v1::PodSandboxStatusResponse response;
    if (!Call(&Stub::PodSandboxStatus, request, &response).ok()) continue;
    const std::string& ip = response.status().network().ip();
    const std::string address = ip.empty() ? "-" : ip;
    const std::string prefix = fmt::format("{}\t{}\t{}", pod.metadata().namespace_(),
                                           pod.metadata().name(), pod.metadata().uid());
    Print(fmt::format("{}\tPOD\t{}\t{}\t{}\t{}", prefix, pod.id(),
                      v1::PodSandboxState_Name(pod.state()), PidOf(response.info()), address));
    for (const v1::Container& container : containers.containers()) {
      if (container.pod_sandbox_id() != pod.id()) continue;
      v1::ContainerStatusRequest container_request;
      container_request.set_container_id(container.id());
      container_request.set_verbose(true);
      v1::ContainerStatusResponse container_response;
      if (!Call(&Stub::ContainerStatus, container_request, &container_response).ok()) continue;
      Print(fmt::format("{}\t{}\t{}\t{}\t{}\t{}", prefix, container.metadata().name(),
                        container.id(), v1::ContainerState_Name(container.state()),
                        PidOf(container_response.info()), address));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::PodSandbox> Kubelet::FindSandbox(const PodSpec& pod) {
  v1::ListPodSandboxResponse pods;
  auto status = Call(&Stub::ListPodSandbox, v1::ListPodSandboxRequest(), &pods);
  if (!status.ok()) return status;
  for (const v1::PodSandbox& sandbox : pods.items()) {
    if (sandbox.metadata().uid() == pod.uid) return sandbox;
  }
  return absl::NotFoundError(fmt::format("pod {} has no sandbox", pod.name));
}

absl::Status Kubelet::Stop(const PodSpec& pod) {
  const auto sandbox = FindSandbox(pod);
  if (!sandbox.ok()) return sandbox.status();
  v1::ListContainersResponse containers;
  absl::Status status = Call(&Stub::ListContainers, v1::ListContainersRequest(), &containers);
  std::error_code error;
  for (const v1::Container& container : containers.containers()) {
    if (container.pod_sandbox_id() != sandbox->id()) continue;
    fs::remove(LogLink(pod, container.metadata().name(), container.id()), error);
  }
  v1::StopPodSandboxRequest stop;
  stop.set_pod_sandbox_id(sandbox->id());
  v1::StopPodSandboxResponse stopped;
  status.Update(Call(&Stub::StopPodSandbox, stop, &stopped));
  v1::RemovePodSandboxRequest remove;
  remove.set_pod_sandbox_id(sandbox->id());
  v1::RemovePodSandboxResponse removed;
  status.Update(Call(&Stub::RemovePodSandbox, remove, &removed));
  status.Update(RemovePodCgroup(pod, driver_));
  fs::remove_all(LogDirectory(pod), error);
  return status;
}

absl::Status Kubelet::Restart(const PodSpec& pod, const std::string& container_name) {
  const auto spec = std::find_if(pod.containers.begin(), pod.containers.end(),
                                 [&](const auto& c) { return c.name == container_name; });
  if (spec == pod.containers.end()) {
    return absl::NotFoundError(fmt::format("pod {} has no container {}", pod.name, container_name));
  }
  const auto sandbox = FindSandbox(pod);
  if (!sandbox.ok()) return sandbox.status();
  v1::ListContainersResponse containers;
  absl::Status status = Call(&Stub::ListContainers, v1::ListContainersRequest(), &containers);
  if (!status.ok()) return status;
  uint32_t attempt = 0;
  for (const v1::Container& container : containers.containers()) {
    if (container.pod_sandbox_id() != sandbox->id()) continue;
    if (container.metadata().name() != container_name) continue;
    attempt = std::max(attempt, container.metadata().attempt() + 1);
    if (container.state() == v1::CONTAINER_EXITED) {
      // Only the newest ended one is kept, as the kubelet's garbage collection does.
      v1::RemoveContainerRequest remove;
      remove.set_container_id(container.id());
      v1::RemoveContainerResponse removed;
      status.Update(Call(&Stub::RemoveContainer, remove, &removed));
      continue;
    }
    v1::StopContainerRequest stop;
    stop.set_container_id(container.id());
    stop.set_timeout(0);
    v1::StopContainerResponse stopped;
    status.Update(Call(&Stub::StopContainer, stop, &stopped));
  }
  std::string id;
  status.Update(StartContainer(pod, *spec, sandbox->id(), attempt, &id));
  if (status.ok()) Print(id);
  return status;
}

}  // namespace kubemonitor::e2e
