#include <memory>
#include <string>
#include <utility>

#include "apiserver/rest/rest_testing.h"

namespace kubemonitor::testing {
namespace {

constexpr int64_t kMiB = 1024 * 1024;
constexpr int64_t kCreatedMs = kNewestTickMs - 7'200'000;

KubePod Pod(std::string namespace_name, std::string name, std::string node, std::string phase) {
  KubePod pod;
  pod.namespace_name = std::move(namespace_name);
  pod.uid = pod.sample_uid = "uid-of-" + name;
  pod.name = std::move(name);
  pod.node_name = std::move(node);
  pod.phase = std::move(phase);
  pod.created_at_ms = kCreatedMs;
  if (pod.phase != "Pending") pod.started_at_ms = kCreatedMs + 1'000;
  pod.qos_class = QosClass::kBurstable;
  pod.requests = {200, 128 * kMiB};
  pod.limits = {500, 256 * kMiB};
  return pod;
}

KubePod OwnedBy(KubePod pod, std::string kind, std::string name) {
  pod.owner = KubeOwner{std::move(kind), std::move(name)};
  return pod;
}

KubeContainer Container(std::string name, KubeContainerState state, std::string reason = "") {
  KubeContainer container;
  container.name = std::move(name);
  container.state = state;
  container.reason = std::move(reason);
  container.requests = {100, 64 * kMiB};
  container.limits = {250, 128 * kMiB};
  container.ready = state == KubeContainerState::kRunning;
  container.restart_count = 2;
  return container;
}

KubePod WebPod(const std::string& suffix, std::string node) {
  KubePod pod = OwnedBy(Pod("default", "web-7d4b9c6f5d-" + suffix, std::move(node), "Running"),
                        "Deployment", "web");
  pod.controller = KubeOwner{"ReplicaSet", "web-7d4b9c6f5d"};
  pod.labels = {{"app", "web"}, {"pod-template-hash", "7d4b9c6f5d"}, {"tier", "front"}};
  pod.priority_class = "high";
  pod.ready = true;
  pod.containers = {Container("app", KubeContainerState::kRunning),
                    Container("sidecar", KubeContainerState::kRunning),
                    Container("starting", KubeContainerState::kWaiting, "CrashLoopBackOff")};
  return pod;
}

void AddPods(PlainCluster* cluster) {
  cluster->Add(WebPod("aaaaa", "node-a"));
  cluster->Add(WebPod("bbbbb", "node-a"));
  cluster->Add(WebPod("ccccc", "node-b"));
  KubePod waits = WebPod("ddddd", "");
  waits.phase = "Pending";
  waits.ready = false;
  waits.started_at_ms.reset();
  waits.containers.clear();
  cluster->Add(std::move(waits));
  cluster->Add(
      OwnedBy(Pod("kube-system", "kube-proxy-x", "node-a", "Running"), "DaemonSet", "agent"));
  cluster->Add(Pod("default", "job-1", "node-a", "Succeeded"));
  cluster->Add(OwnedBy(Pod("default", "db-0", "node-c", "Running"), "StatefulSet", "db"));
  KubePod night =
      OwnedBy(Pod("default", "nightly-29000000-abcde", "node-c", "Failed"), "CronJob", "nightly");
  night.controller = KubeOwner{"Job", "nightly-29000000"};
  night.reason = "Evicted";
  cluster->Add(std::move(night));
}

KubeNode Node(std::string name) {
  KubeNode node;
  node.name = std::move(name);
  node.uid = "uid-of-" + node.name;
  node.labels = {{"kubernetes.io/os", "linux"},
                 {"node.kubernetes.io/instance-type", "m5.large"},
                 {"topology.kubernetes.io/zone", "eu-1a"}};
  node.roles = {"worker"};
  node.created_at_ms = kCreatedMs;
  node.capacity = {4000, 8192 * kMiB};
  node.allocatable = {3800, 7168 * kMiB};
  node.allocatable_pods = 110;
  node.conditions = {{"Ready", "True", "KubeletReady", kCreatedMs}};
  node.kubelet_version = "v1.34.1";
  node.kernel_version = "6.1.0-18-amd64";
  node.os_image = "Debian GNU/Linux 12";
  node.runtime_version = "containerd://2.1.4";
  node.architecture = "amd64";
  node.operating_system = "linux";
  return node;
}

KubeWorkload Workload(std::string kind, std::string namespace_name, std::string name) {
  KubeWorkload workload;
  workload.kind = std::move(kind);
  workload.namespace_name = std::move(namespace_name);
  workload.name = std::move(name);
  workload.labels = {{"team", "shop"}};
  workload.created_at_ms = kCreatedMs;
  if (workload.kind != "Job" && workload.kind != "CronJob") {
    workload.desired = workload.ready = workload.available = workload.updated = 1;
  }
  return workload;
}

void AddWorkloads(PlainCluster* cluster) {
  KubeWorkload web = Workload("Deployment", "default", "web");
  web.desired = 4;
  web.ready = web.available = web.updated = 3;
  cluster->Add(std::move(web));
  KubeWorkload idle = Workload("Deployment", "default", "idle");
  idle.desired = 0;
  cluster->Add(std::move(idle));
  cluster->Add(Workload("StatefulSet", "default", "db"));
  KubeWorkload agent = Workload("DaemonSet", "kube-system", "agent");
  agent.desired = 1;
  cluster->Add(Workload("DaemonSet", "default", "agent"));
  cluster->Add(std::move(agent));
  cluster->Add(Workload("CronJob", "default", "nightly"));
  KubeWorkload job = Workload("Job", "default", "nightly-29000000");
  job.owner = KubeOwner{"CronJob", "nightly"};
  job.desired = 1;
  job.active = job.succeeded = 0;
  job.failed = 1;
  cluster->Add(std::move(job));
}

}  // namespace

SmallKubernetes::SmallKubernetes() {
  auto cluster = std::make_shared<PlainCluster>();
  for (const char* name : {"node-a", "node-b", "node-c"}) cluster->Add(Node(name));
  for (const char* name : {"default", "kube-system", "empty"}) {
    cluster->Add(
        KubeNamespace{name, "Active", {{"kubernetes.io/metadata.name", name}}, kCreatedMs});
  }
  AddPods(cluster.get());
  AddWorkloads(cluster.get());
  cluster_ = std::move(cluster);
}

}  // namespace kubemonitor::testing
