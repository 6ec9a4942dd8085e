#include "collector/names/cri_sockets.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <utility>

namespace kubemonitor {
namespace {

// containerd of kubeadm and most platforms; k3s and RKE2; CRI-O; cri-dockerd; MicroK8s; k0s; older
// Bottlerocket.
constexpr const char* kKnownSockets[] = {
    "/run/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/var/run/crio/crio.sock",
    "/run/cri-dockerd.sock",
    "/var/run/cri-dockerd.sock",
    "/var/snap/microk8s/common/run/containerd.sock",
    "/run/k0s/containerd.sock",
    "/run/dockershim.sock",
};

constexpr std::string_view kUnixScheme = "unix://";
constexpr size_t kMaxSocketPath = sizeof(sockaddr_un::sun_path) - 1;

}  // namespace

absl::StatusOr<CriEndpoint> ParseCriEndpoint(std::string_view text) {
  if (text == "none") return CriEndpoint{CriEndpoint::Kind::kNone, ""};
  if (text == "auto") return CriEndpoint{CriEndpoint::Kind::kAuto, ""};
  if (text.substr(0, kUnixScheme.size()) == kUnixScheme) {
    const std::string_view path = text.substr(kUnixScheme.size());
    const bool is_path = path.size() > 1 && path.front() == '/';
    if (is_path && path.size() <= kMaxSocketPath && path.find('\0') == std::string_view::npos) {
      return CriEndpoint{CriEndpoint::Kind::kSocket, std::string(path)};
    }
  }
  return absl::InvalidArgumentError(
      fmt::format("must be auto, none or unix:///path (path of at most {} bytes)", kMaxSocketPath));
}

std::vector<std::string> ExistingCriSockets(const std::string& root) {
  std::vector<std::string> found;
  std::vector<std::pair<dev_t, ino_t>> seen;
  for (const char* known : kKnownSockets) {
    std::string path = root + known;
    struct stat info{};
    if (stat(path.c_str(), &info) != 0 || !S_ISSOCK(info.st_mode)) continue;
    const std::pair<dev_t, ino_t> socket(info.st_dev, info.st_ino);
    if (std::find(seen.begin(), seen.end(), socket) != seen.end()) continue;
    seen.push_back(socket);
    found.push_back(std::move(path));
  }
  return found;
}

}  // namespace kubemonitor
