#include "apiserver/query/kube_pod.h"

#include <string_view>

namespace kubemonitor {
namespace {

// A pod on its way: what else there is to say of it says more.
bool IsPassing(std::string_view reason) {
  return reason == "ContainerCreating" || reason == "PodInitializing";
}

bool SaysMore(const std::string& reason, const std::string& known) {
  return !reason.empty() && reason != "Completed" &&
         (known.empty() || (IsPassing(known) && !IsPassing(reason)));
}

}  // namespace

std::string ReasonOf(const KubePod& pod) {
  if (!pod.reason.empty()) return pod.reason;
  std::string reason;
  for (const KubeContainer& container : pod.containers) {
    if (container.state == KubeContainerState::kRunning) continue;
    if (SaysMore(container.reason, reason)) reason = container.reason;
  }
  return reason;
}

}  // namespace kubemonitor
