#ifndef KUBEMONITOR_COLLECTOR_NAMES_FAKE_RUNTIME_H_
#define KUBEMONITOR_COLLECTOR_NAMES_FAKE_RUNTIME_H_

// A container runtime for tests.

#include <optional>
#include <string>
#include <vector>

#include "collector/names/cri_runtime.h"

namespace kubemonitor {

// What one runtime says; the test changes it between calls.
struct FakeState {
  absl::Status status;  // of every call
  absl::Status question_status;
  CriVersion version = {"containerd", "1.6.20~ds1"};
  CriList<CriSandbox> sandboxes;
  CriList<CriContainer> containers;
  std::optional<bool> host_network = false;
  int list_calls = 0;
  int version_calls = 0;
  std::vector<std::string> questions;

  void AddPod(const std::string& uid, const std::string& container_id, bool labelled = true) {
    CriSandbox sandbox;
    sandbox.id = "sandbox-" + uid;
    sandbox.pod_uid = uid;
    sandbox.pod_name = "pod-" + uid;
    sandbox.namespace_name = "shop";
    sandbox.labels = {{"app", "burner"}};
    sandbox.ready = true;
    sandbox.made_by_kubelet = labelled;
    sandboxes.items.push_back(sandbox);
    CriContainer container;
    container.id = container_id;
    container.pod_uid = uid;
    container.container_name = "main";
    container.restart_count = 1;
    containers.items.push_back(container);
  }
};

class FakeRuntime final : public CriRuntime {
 public:
  explicit FakeRuntime(FakeState& state) : state_(state) {}
  absl::StatusOr<CriVersion> Version(std::stop_token) override {
    ++state_.version_calls;
    if (!state_.status.ok()) return state_.status;
    return state_.version;
  }
  absl::StatusOr<CriList<CriSandbox>> ListSandboxes(std::stop_token) override {
    ++state_.list_calls;
    if (!state_.status.ok()) return state_.status;
    return state_.sandboxes;
  }
  absl::StatusOr<CriList<CriContainer>> ListContainers(std::stop_token) override {
    if (!state_.status.ok()) return state_.status;
    return state_.containers;
  }
  absl::StatusOr<std::optional<bool>> UsesHostNetwork(const std::string& sandbox_id,
                                                      std::stop_token) override {
    state_.questions.push_back(sandbox_id);
    if (!state_.question_status.ok()) return state_.question_status;
    return state_.host_network;
  }

 private:
  FakeState& state_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_NAMES_FAKE_RUNTIME_H_
