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
  if (last != nullptr) out += fmt::format(" ({})", last->error);
  return out;
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
  bool any_listed = false;
  bool any_missing = false;  // never read, and will not be for now
  bool any_coming = false;
  bool any_broken = false;  // was read, and is not followed any more
  status->last_sync_ms.reset();
  for (const KubeKindStatus& kind : status->kinds) {
    const bool failing = IsBad(kind);
    any_listed |= kind.listed;
    any_missing |= !kind.listed && failing;
    any_coming |= !kind.listed && !failing;
    if (!kind.listed) continue;
    any_broken |= failing;
    if (!kind.last_heard_ms) continue;
    status->last_sync_ms =
        std::min(status->last_sync_ms.value_or(*kind.last_heard_ms), *kind.last_heard_ms);
  }
  const bool silent = status->last_sync_ms && now_ms - *status->last_sync_ms > kStaleAfterMs;
  if (!any_listed) {
    status->state = any_missing && !any_coming ? State::kFailed : State::kConnecting;
  } else if (any_broken || silent) {
    status->state = State::kStale;
  } else if (any_missing) {
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
