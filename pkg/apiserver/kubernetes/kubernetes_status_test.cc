#include "apiserver/kubernetes/kubernetes_status.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kubemonitor {
namespace {

using State = KubeKindStatus::State;

constexpr int64_t kNow = 1'000'000;

KubeKindStatus Kind(State state, bool listed, std::optional<int64_t> heard_ago_ms = std::nullopt) {
  KubeKindStatus kind;
  kind.state = state;
  kind.listed = listed;
  if (heard_ago_ms) kind.last_heard_ms = kNow - *heard_ago_ms;
  return kind;
}
KubeKindStatus Watched(int64_t heard_ago_ms) {
  KubeKindStatus kind = Kind(State::kSynced, true, heard_ago_ms);
  kind.watch_open = true;
  return kind;
}
KubeKindStatus FailingFor(int64_t ms, int64_t heard_ago_ms) {
  KubeKindStatus kind = Kind(State::kFailing, true, heard_ago_ms);
  kind.failing_since_ms = kNow - ms;
  return kind;
}

TEST(KubernetesStatusTest, SumsUpWhatTheKindsSay) {
  using Whole = KubernetesStatus::State;
  const struct {
    std::vector<KubeKindStatus> kinds;
    Whole state;
    std::optional<int64_t> age_ms;
  } kCases[] = {
      {{}, Whole::kConnecting, std::nullopt},
      {{Kind(State::kListing, false)}, Whole::kConnecting, std::nullopt},
      {{Kind(State::kFailing, false)}, Whole::kFailed, std::nullopt},
      {{Kind(State::kFailing, false), Kind(State::kListing, false)},
       Whole::kConnecting,
       std::nullopt},
      {{Kind(State::kSynced, true, 5), Kind(State::kSynced, true, 70)}, Whole::kSynced, 70},
      {{Kind(State::kSynced, true, 5), Kind(State::kListing, false, 1)}, Whole::kConnecting, 5},
      {{Kind(State::kSynced, true, 5), Kind(State::kListing, true, 1)}, Whole::kSynced, 5},
      // An open watch is contact, however long ago the last event was.
      {{Watched(5), Watched(kWatchFreshMs)}, Whole::kSynced, 0},
      {{Watched(5), Watched(kWatchFreshMs + 1)}, Whole::kSynced, kWatchFreshMs + 1},
      // Some kinds are lost: never to be had, not any more, or silent.
      {{Watched(5), Kind(State::kForbidden, false)}, Whole::kPartial, 0},
      {{Watched(5), Kind(State::kFailing, false)}, Whole::kPartial, 0},
      {{Watched(5), Kind(State::kForbidden, true, 500)}, Whole::kPartial, 500},
      {{Watched(5), FailingFor(kLostAfterMs, 60'000)}, Whole::kPartial, 60'000},
      {{Watched(5), Kind(State::kSynced, true, 200'000)}, Whole::kPartial, 200'000},
      // For a moment a watch may break.
      {{Watched(5), FailingFor(kLostAfterMs - 1, 60'000)}, Whole::kSynced, 60'000},
      {{FailingFor(kLostAfterMs - 1, 7)}, Whole::kSynced, 7},
      // All are.
      {{FailingFor(kLostAfterMs, 9'000), FailingFor(kLostAfterMs, 8'000)}, Whole::kStale, 9'000},
      {{FailingFor(kLostAfterMs, 9'000), Kind(State::kForbidden, false)}, Whole::kStale, 9'000},
      {{Kind(State::kSynced, true, 200'000)}, Whole::kStale, 200'000},
  };
  for (const auto& c : kCases) {
    const auto number = &c - kCases;
    KubernetesStatus status;
    status.kinds = c.kinds;
    Summarize(kNow, &status);
    EXPECT_EQ(NameOf(status.state), NameOf(c.state)) << "case " << number;
    std::optional<int64_t> age;
    if (status.last_sync_ms) age = kNow - *status.last_sync_ms;
    EXPECT_EQ(age, c.age_ms) << "case " << number;
  }
}

TEST(KubernetesStatusTest, IsToldInASentence) {
  KubernetesStatus status;
  status.server = "https://h:1";
  status.kinds.resize(4);
  status.kinds[0].kind = "Pod";
  status.kinds[0].state = State::kSynced;
  status.kinds[0].listed = true;
  status.kinds[0].objects = 5;
  status.kinds[1].kind = "Node";
  status.kinds[1].state = State::kForbidden;
  status.kinds[1].error = "403";
  status.kinds[2].kind = "Job";
  status.kinds[2].state = State::kFailing;
  status.kinds[2].error = "403";
  status.kinds[3].kind = "CronJob";
  status.kinds[3].state = State::kFailing;
  status.kinds[3].error = "broken";
  const struct {
    KubernetesStatus::State state;
    std::string text;
  } kCases[] = {
      {KubernetesStatus::State::kOff, "Kubernetes is not asked"},
      {KubernetesStatus::State::kConnecting, "Kubernetes at https://h:1 is being read"},
      {KubernetesStatus::State::kSynced, "Kubernetes at https://h:1 is followed: Pod 5"},
      {KubernetesStatus::State::kPartial,
       "Kubernetes at https://h:1 is followed: Pod 5; but not: Node, Job (403), CronJob (broken). "
       "What is forbidden needs get, list and watch for the account"},
      {KubernetesStatus::State::kStale,
       "Kubernetes at https://h:1 tells no changes now, what is known stays: Node, Job (403), "
       "CronJob (broken)"},
      {KubernetesStatus::State::kFailed,
       "Kubernetes at https://h:1 cannot be read, and is tried again: Node, Job (403), CronJob "
       "(broken)"},
  };
  for (const auto& [state, text] : kCases) {
    status.state = state;
    EXPECT_EQ(Describe(status), text);
  }
  status.kinds.resize(1);
  status.state = KubernetesStatus::State::kStale;
  EXPECT_EQ(Describe(status),
            "Kubernetes at https://h:1 tells no changes now, what is known stays: it has fallen "
            "silent");
}

}  // namespace
}  // namespace kubemonitor
