#include "apiserver/kubernetes/kubernetes_status.h"

#include <fmt/format.h>

#include <algorithm>

#include "apiserver/kubernetes/reflector.h"

namespace kubemonitor {
namespace {

using KindState = KubeKindStatus::State;
using State = KubernetesStatus::State;

// A watch that fell silent is opened again, which takes a moment.
constexpr int64_t kStaleAfterMs = Reflector::kWatchSilenceMs + 30'000;

bool IsBad(const KubeKindStatus& kind) {
  return kind.state == KindState::kFailing || kind.state == KindState::kForbidden;
}

bool IsSilent(const KubeKindStatus& kind, int64_t now_ms) {
  return kind.last_heard_ms && now_ms - *kind.last_heard_ms > kStaleAfterMs;
}

bool IsLost(const KubeKindStatus& kind, int64_t now_ms) {
  if (kind.state == KindState::kForbidden) return true;
  const bool failing = kind.state == KindState::kFailing;
  if (!kind.listed) return failing;
  const bool long_since = !kind.failing_since_ms || now_ms - *kind.failing_since_ms >= kLostAfterMs;
  return (failing && long_since) || IsSilent(kind, now_ms);
}

std::optional<int64_t> ContactMs(const KubeKindStatus& kind, int64_t now_ms) {
  if (!kind.last_heard_ms) return std::nullopt;
  const bool fresh = kind.watch_open && now_ms - *kind.last_heard_ms <= kWatchFreshMs;
  return fresh ? std::max(now_ms, *kind.last_heard_ms) : *kind.last_heard_ms;
}

// "Pod, Node (connection refused), Job (403 Forbidden)"
std::string Problems(const KubernetesStatus& status) {
  std::string out;
  const KubeKindStatus* last = nullptr;
  for (const KubeKindStatus& kind : status.kinds) {
    if (!IsBad(kind)) continue;
    if (last != nullptr)
      out += last->error == kind.error ? ", " : fmt::format(" ({}), ", last->error);
    out += kind.kind;
    last = &kind;
  }
  if (last == nullptr) return "it has fallen silent";
  return out + fmt::format(" ({})", last->error);
}

std::string Counts(const KubernetesStatus& status) {
  std::string out;
  for (const KubeKindStatus& kind : status.kinds) {
    if (kind.listed)
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", kind.kind, kind.objects);
  }
  return out;
}

}  // namespace

std::string_view NameOf(KindState state) {
  switch (state) {
    case KindState::kListing:
      return "listing";
    case KindState::kSynced:
      return "synced";
    case KindState::kForbidden:
      return "forbidden";
    case KindState::kFailing:
      return "failing";
  }
  return "";
}

std::string_view NameOf(State state) {
  switch (state) {
    case State::kOff:
      return "off";
    case State::kConnecting:
      return "connecting";
    case State::kSynced:
      return "synced";
    case State::kPartial:
      return "partial";
    case State::kStale:
      return "stale";
    case State::kFailed:
      return "failed";
  }
  return "";
}

void Summarize(int64_t now_ms, KubernetesStatus* status) {
  bool any_followed = false;
  bool any_listed = false;
  bool any_lost = false;
  bool any_coming = false;  // is being read for the first time
  status->last_sync_ms.reset();
  for (const KubeKindStatus& kind : status->kinds) {
    const bool lost = IsLost(kind, now_ms);
    any_lost |= lost;
    any_coming |= !kind.listed && !lost;
    any_followed |= kind.listed && !lost;
    any_listed |= kind.listed;
    const std::optional<int64_t> contact_ms = kind.listed ? ContactMs(kind, now_ms) : std::nullopt;
    if (!contact_ms) continue;
    status->last_sync_ms = std::min(status->last_sync_ms.value_or(*contact_ms), *contact_ms);
  }
  if (!any_listed) {
    status->state = any_lost && !any_coming ? State::kFailed : State::kConnecting;
  } else if (!any_followed) {
    status->state = State::kStale;
  } else if (any_lost) {
    status->state = State::kPartial;
  } else {
    status->state = any_coming ? State::kConnecting : State::kSynced;
  }
}

std::string Describe(const KubernetesStatus& status) {
  switch (status.state) {
    case State::kOff:
      return "Kubernetes is not asked";
    case State::kConnecting:
      return fmt::format("Kubernetes at {} is being read", status.server);
    case State::kSynced:
      return fmt::format("Kubernetes at {} is followed: {}", status.server, Counts(status));
    case State::kPartial:
      return fmt::format(
          "Kubernetes at {} is followed: {}; but not: {}. What is forbidden needs get, list and "
          "watch for the account",
          status.server, Counts(status), Problems(status));
    case State::kStale:
      return fmt::format("Kubernetes at {} tells no changes now, what is known stays: {}",
                         status.server, Problems(status));
    case State::kFailed:
      return fmt::format("Kubernetes at {} cannot be read, and is tried again: {}", status.server,
                         Problems(status));
  }
  return "";
}

}  // namespace kubemonitor
