// The kubelet stand-in of the end-to-end test. It runs inside the node under test.
//   e2e_cri_driver wait SECONDS                      until the runtime and its network are ready
//   e2e_cri_driver run SPEC DRIVER                   makes the pods; DRIVER: cgroupfs or systemd
//   e2e_cri_driver list                              sandboxes and containers, tab-separated
//   e2e_cri_driver stop SPEC DRIVER POD              removes one pod with its cgroup
//   e2e_cri_driver restart SPEC DRIVER POD CONTAINER prints the new container's id
//   e2e_cri_driver step-clock MICROSECONDS           moves the wall clock by that much, at once
// The runtime's socket is CRI_SOCKET, by default containerd's.
#include <fmt/format.h>
#include <sys/timex.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "cri_driver/kubelet.h"

namespace {

using kubemonitor::e2e::CgroupDriver;
using kubemonitor::e2e::Kubelet;
using kubemonitor::e2e::LoadPodSpecs;
using kubemonitor::e2e::PodSpec;

std::optional<int64_t> Number(const std::string& text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Unlike setting the time, a step is exact however late it comes.
absl::Status StepClock(int64_t microseconds) {
  constexpr int64_t kSecond = 1000000;
  timex change{};
  change.modes = ADJ_SETOFFSET;
  change.time.tv_sec = microseconds / kSecond;
  change.time.tv_usec = microseconds % kSecond;
  if (change.time.tv_usec < 0) {
    change.time.tv_sec -= 1;
    change.time.tv_usec += kSecond;
  }
  if (adjtimex(&change) >= 0) return absl::OkStatus();
  return absl::InternalError(std::strerror(errno));
}

absl::Status RunCommand(Kubelet& kubelet, const std::vector<std::string>& words) {
  const std::string& command = words[0];
  if (command == "list") return kubelet.List();
  if (words.size() == 2 && (command == "wait" || command == "step-clock")) {
    const std::optional<int64_t> number = Number(words[1]);
    if (!number) return absl::InvalidArgumentError(words[1] + " is no number");
    return command == "wait" ? kubelet.Wait(std::chrono::seconds(*number)) : StepClock(*number);
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
