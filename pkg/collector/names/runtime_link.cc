#include "collector/names/runtime_link.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace kubemonitor {
namespace {

constexpr uint64_t kSecond = 1'000'000;
constexpr uint64_t kRegularUsec = 60 * kSecond;
constexpr uint64_t kMaxBackoffUsec = 30 * kSecond;
constexpr uint32_t kFailuresBeforeSearch = 3;

std::string Describe(const CriVersion& version) {
  // containerd itself says "v2.1.4", Debian's package "1.6.20~ds1".
  const bool starts_with_digit =
      !version.version.empty() && version.version[0] >= '0' && version.version[0] <= '9';
  return fmt::format("{} {}{}", version.name.empty() ? "unnamed" : version.name,
                     starts_with_digit ? "v" : "", version.version);
}

bool HasKubeletPods(const RuntimeLists& lists) {
  return std::any_of(lists.sandboxes.items.begin(), lists.sandboxes.items.end(),
                     [](const CriSandbox& sandbox) { return sandbox.made_by_kubelet; });
}

std::string_view Text(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

// The runtime itself does not answer, as against answering that one call cannot be done.
bool IsAway(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

}  // namespace

RuntimeLink::RuntimeLink(CriEndpoint endpoint, std::string root, CriRuntimeFactory factory,
                         const Clock& clock)
    : endpoint_(std::move(endpoint)),
      root_(std::move(root)),
      factory_(std::move(factory)),
      clock_(clock),
      jitter_(static_cast<std::minstd_rand::result_type>(clock.BootUsec())) {}

RuntimeLink::Candidate RuntimeLink::MakeCandidate(const std::string& path) const {
  if (path == chosen_.path && chosen_.runtime != nullptr) return chosen_;
  return Candidate{path, factory_(path), ""};
}

absl::StatusOr<RuntimeLists> RuntimeLink::Ask(Candidate& candidate, std::stop_token stop) {
  if (candidate.runtime == nullptr) return absl::UnavailableError("no client for this socket");
  if (candidate.description.empty()) {
    const absl::StatusOr<CriVersion> version = candidate.runtime->Version(stop);
    if (!version.ok()) return version.status();
    candidate.description = Describe(*version);
  }
  RuntimeLists lists;
  absl::StatusOr<CriList<CriSandbox>> sandboxes = candidate.runtime->ListSandboxes(stop);
  if (!sandboxes.ok()) return sandboxes.status();
  lists.sandboxes = std::move(*sandboxes);
  absl::StatusOr<CriList<CriContainer>> containers = candidate.runtime->ListContainers(stop);
  if (!containers.ok()) return containers.status();
  lists.containers = std::move(*containers);
  return lists;
}

void RuntimeLink::Choose(Candidate candidate, bool has_pods) {
  chosen_ = std::move(candidate);
  settled_ = has_pods || endpoint_.kind == CriEndpoint::Kind::kSocket;
}

absl::StatusOr<RuntimeLists> RuntimeLink::Search(std::stop_token stop) {
  const std::vector<std::string> paths = endpoint_.kind == CriEndpoint::Kind::kSocket
                                             ? std::vector<std::string>{endpoint_.path}
                                             : ExistingCriSockets(root_);
  absl::Status error = absl::NotFoundError("no runtime socket at any of the known places");
  std::optional<std::pair<Candidate, RuntimeLists>> without_pods;
  for (const std::string& path : paths) {
    Candidate candidate = MakeCandidate(path);
    absl::StatusOr<RuntimeLists> lists = Ask(candidate, stop);
    if (!lists.ok()) {
      error =
          absl::Status(lists.status().code(), fmt::format("{}: {}", path, Text(lists.status())));
    } else if (HasKubeletPods(*lists)) {
      Choose(std::move(candidate), true);
      return lists;
    } else if (!without_pods) {
      without_pods.emplace(std::move(candidate), std::move(*lists));
    }
  }
  // A node's second runtime does not take over while the right one restarts.
  if (!without_pods || settled_) return error;
  Choose(std::move(without_pods->first), false);
  return std::move(without_pods->second);
}

absl::StatusOr<RuntimeLists> RuntimeLink::FetchLists(std::stop_token stop) {
  if (!configured()) return absl::NotFoundError("no runtime is asked");
  absl::StatusOr<RuntimeLists> lists = absl::UnavailableError("");
  if (settled_ && failures_ < kFailuresBeforeSearch) {
    lists = Ask(chosen_, stop);
  } else {
    lists = Search(stop);
  }
  if (stop.stop_requested()) return absl::CancelledError("stopping");
  if (lists.ok()) {
    Succeeded(*lists);
  } else {
    Failed(lists.status());
  }
  return lists;
}

absl::StatusOr<std::optional<bool>> RuntimeLink::UsesHostNetwork(const std::string& sandbox_id,
                                                                 std::stop_token stop) {
  if (chosen_.runtime == nullptr) return absl::UnavailableError("no runtime");
  absl::StatusOr<std::optional<bool>> answer = chosen_.runtime->UsesHostNetwork(sandbox_id, stop);
  if (!answer.ok() && IsAway(answer.status()) && !stop.stop_requested()) Failed(answer.status());
  return answer;
}

void RuntimeLink::Succeeded(const RuntimeLists& lists) {
  const uint64_t now = clock_.BootUsec();
  uint64_t held_back = 0;
  const bool is_news = !healthy_ || description_ != chosen_.description;
  if (is_news && answer_log_.Allow(now, &held_back)) {
    LogInfo("names come from {} at {}", chosen_.description, chosen_.path);
  }
  healthy_ = true;
  said_missing_ = false;
  failures_ = 0;
  description_ = chosen_.description;
  due_usec_ = now + kRegularUsec;
  const size_t refused = lists.sandboxes.refused + lists.containers.refused;
  if (refused > 0 && refused_log_.Allow(now, &held_back)) {
    LogWarning("{}: {} listed items were malformed or too many and are left out",
               chosen_.description, refused);
  }
}

void RuntimeLink::Failed(const absl::Status& status) {
  const uint64_t now = clock_.BootUsec();
  healthy_ = false;
  chosen_.description.clear();  // another version may come back
  failures_ = std::min<uint32_t>(failures_ + 1, 30);
  const uint64_t longest = std::min(kMaxBackoffUsec, kSecond << std::min(failures_ - 1, 5U));
  due_usec_ = now + std::uniform_int_distribution<uint64_t>(longest / 2, longest)(jitter_);
  uint64_t held_back = 0;
  if (absl::IsNotFound(status) && endpoint_.kind == CriEndpoint::Kind::kAuto) {
    if (!said_missing_) LogInfo("{}: names come from the log folders", Text(status));
    said_missing_ = true;
  } else if (failure_log_.Allow(now, &held_back)) {
    LogWarning("container runtime{}{}: {}; names known so far are kept ({} failures not logged)",
               chosen_.path.empty() ? "" : " at ", chosen_.path, Text(status), held_back);
  }
}

}  // namespace kubemonitor
