#ifndef KUBEMONITOR_TESTS_E2E_CRI_DRIVER_KUBELET_H_
#define KUBEMONITOR_TESTS_E2E_CRI_DRIVER_KUBELET_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cri_driver.grpc.pb.h"
#include "cri_driver/pod_cgroups.h"
#include "cri_driver/pod_spec.h"

// The part of a kubelet that the node under test shows to a monitor: pods made through CRI, with
// the cgroups, labels, annotations and log folders a kubelet gives them. Threads: Run() starts
// several pods at a time; the other functions are for one thread.
namespace kubemonitor::e2e {

class Kubelet {
 public:
  Kubelet(const std::string& socket_path, CgroupDriver driver);

  // Waits until the runtime reports RuntimeReady and NetworkReady.
  absl::Status Wait(std::chrono::seconds limit);

  // Makes all pods; one line "pod NAMESPACE/NAME running" on stdout each.
  absl::Status Run(const std::vector<PodSpec>& pods);

  // One line a sandbox (container name POD) and container, tab-separated:
  // namespace, pod, uid, container, id, state, pid, address ("-" where there is none).
  absl::Status List();

  // Stops and removes the pod: containers, sandbox, cgroup, log folder.
  absl::Status Stop(const PodSpec& pod);

  // Ends one container and starts its successor in the same sandbox, one attempt later.
  absl::Status Restart(const PodSpec& pod, const std::string& container_name);

 private:
  template <typename Request, typename Response>
  using Method = grpc::Status (runtime::v1::RuntimeService::Stub::*)(grpc::ClientContext*,
                                                                     const Request&, Response*);
  template <typename Request, typename Response>
  absl::Status Call(Method<Request, Response> method, const Request& request, Response* response,
                    std::chrono::seconds limit = std::chrono::minutes(4));

  absl::Status StartPod(const PodSpec& pod);
  absl::Status StartContainer(const PodSpec& pod, const ContainerSpec& container,
                              const std::string& sandbox_id, uint32_t attempt,
                              std::string* container_id);
  absl::Status WaitForExit(const std::string& container_id);
  runtime::v1::PodSandboxConfig SandboxConfig(const PodSpec& pod) const;
  runtime::v1::ContainerConfig ContainerConfig(const PodSpec& pod, const ContainerSpec& container,
                                               uint32_t attempt);
  absl::StatusOr<runtime::v1::PodSandbox> FindSandbox(const PodSpec& pod);
  // Replaces {ip:POD}; waits for a pod that another thread is starting.
  std::string Substitute(std::string word);

  const CgroupDriver driver_;
  std::unique_ptr<runtime::v1::RuntimeService::Stub> stub_;

  std::mutex mutex_;
  std::condition_variable address_known_;
  std::map<std::string, std::string> addresses_;  // by pod name; guarded by mutex_
};

}  // namespace kubemonitor::e2e

#endif  // KUBEMONITOR_TESTS_E2E_CRI_DRIVER_KUBELET_H_
