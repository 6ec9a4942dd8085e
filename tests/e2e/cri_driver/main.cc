// The kubelet stand-in of the end-to-end test. It runs inside the node under test.
//   e2e_cri_driver wait SECONDS                      until the runtime and its network are ready
//   e2e_cri_driver run SPEC DRIVER                   makes the pods; DRIVER: cgroupfs or systemd
//   e2e_cri_driver list                              sandboxes and containers, tab-separated
//   e2e_cri_driver stop SPEC DRIVER POD              removes one pod with its cgroup
//   e2e_cri_driver restart SPEC DRIVER POD CONTAINER prints the new container's id
// The runtime's socket is CRI_SOCKET, by default containerd's.
#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "cri_driver/kubelet.h"

namespace {

using kubemonitor::e2e::CgroupDriver;
using kubemonitor::e2e::Kubelet;
using kubemonitor::e2e::LoadPodSpecs;
using kubemonitor::e2e::PodSpec;

absl::Status RunCommand(Kubelet& kubelet, const std::vector<std::string>& words) {
  const std::string& command = words[0];
  if (command == "list") return kubelet.List();
  if (command == "wait" && words.size() == 2) {
    int seconds = 0;
    std::from_chars(words[1].data(), words[1].data() + words[1].size(), seconds);
    return kubelet.Wait(std::chrono::seconds(seconds));
  }
  if (words.size() < 3) return absl::InvalidArgumentError("unknown command or missing argument");
  const absl::StatusOr<std::vector<PodSpec>> pods = LoadPodSpecs(words[1]);
  if (!pods.ok()) return pods.status();
  if (command == "run") return kubelet.Run(*pods);
  if (words.size() < 4) return absl::InvalidArgumentError("unknown command or missing argument");
  for (const PodSpec& pod : *pods) {
    if (pod.name != words[3]) continue;
    if (command == "stop") return kubelet.Stop(pod);
    if (command == "restart" && words.size() == 5) return kubelet.Restart(pod, words[4]);
    return absl::InvalidArgumentError("unknown command or missing argument");
  }
  return absl::NotFoundError(fmt::format("no pod {} in {}", words[3], words[1]));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.empty()) {
    std::fputs("usage: e2e_cri_driver wait|run|list|stop|restart ...\n", stderr);
    return 2;
  }
  const char* socket_path = std::getenv("CRI_SOCKET");
  const bool systemd = words.size() > 2 && words[2] == "systemd";
  Kubelet kubelet(socket_path != nullptr ? socket_path : "/run/containerd/containerd.sock",
                  systemd ? CgroupDriver::kSystemd : CgroupDriver::kCgroupfs);
  const absl::Status status = RunCommand(kubelet, words);
  if (status.ok()) return 0;
  std::fprintf(stderr, "e2e_cri_driver: %s\n", status.ToString().c_str());
  return 1;
}
