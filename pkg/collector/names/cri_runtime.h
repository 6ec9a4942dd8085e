#ifndef KUBEMONITOR_COLLECTOR_NAMES_CRI_RUNTIME_H_
#define KUBEMONITOR_COLLECTOR_NAMES_CRI_RUNTIME_H_

// What the name resolver asks a container runtime. The implementation over the runtime's socket is
// CriClient (cri_client.h).

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "common/node_report.h"

namespace kubemonitor {

// All text is valid UTF-8 without control characters, within the limits of cri_messages.h.

struct CriVersion {
  std::string name;     // "containerd"
  std::string version;  // as the runtime says it: "v2.1.4", "1.6.20~ds1"
};

struct CriSandbox {
  std::string id;  // never empty
  std::string pod_name;
  std::string namespace_name;
  std::string pod_uid;  // a static pod's is its config hash, as in the cgroup path
  std::map<std::string, std::string>
      labels;  // of the pod; the kubelet's own (io.kubernetes.*) are left out
  uint32_t attempt = 0;
  bool ready = false;
  bool made_by_kubelet = false;          // carries the kubelet's labels
  std::optional<int64_t> created_at_ms;  // Unix milliseconds
};

struct CriContainer {
  std::string id;  // never empty
  std::string sandbox_id;
  std::string container_name;
  std::string pod_name;
  std::string namespace_name;
  std::string pod_uid;  // empty: only the sandbox tells
  ContainerType type = ContainerType::kApp;
  std::optional<uint32_t> restart_count;
  bool exited = false;
  std::optional<int64_t> created_at_ms;  // Unix milliseconds
};

template <typename Item>
struct CriList {
  std::vector<Item> items;
  size_t refused = 0;  // items that could not be read, broke a limit, or were too many
};

// Every call blocks, for at most its deadline; it ends early with kCancelled when `stop` is
// requested. Errors are the runtime's own gRPC codes: kUnavailable (away, starting),
// kDeadlineExceeded, kNotFound (the id is gone), kPermissionDenied, … Not thread-safe: one thread
// at a time.
class CriRuntime {
 public:
  virtual ~CriRuntime() = default;
  virtual absl::StatusOr<CriVersion> Version(std::stop_token stop) = 0;
  virtual absl::StatusOr<CriList<CriSandbox>> ListSandboxes(std::stop_token stop) = 0;
  virtual absl::StatusOr<CriList<CriContainer>> ListContainers(std::stop_token stop) = 0;
  // Does the sandbox use the node's network? nullopt: the runtime does not say.
  virtual absl::StatusOr<std::optional<bool>> UsesHostNetwork(const std::string& sandbox_id,
                                                              std::stop_token stop) = 0;
};

// Makes a client for the socket at this absolute path. It does not connect yet, and does not fail.
using CriRuntimeFactory =
    std::function<std::unique_ptr<CriRuntime>(const std::string& socket_path)>;

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_NAMES_CRI_RUNTIME_H_
