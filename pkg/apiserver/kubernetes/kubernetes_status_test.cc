#include "apiserver/kubernetes/kubernetes_status.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kubemonitor {
namespace {

using State = KubeKindStatus::State;

TEST(KubernetesStatusTest, SumsUpWhatTheKindsSay) {
  constexpr int64_t kNow = 1'000'000;
  struct Kind {
    State state;
    bool listed;
    std::optional<int64_t> heard_ago_ms;
  };
  const struct {
    std::vector<Kind> kinds;
    KubernetesStatus::State state;
    std::optional<int64_t> age_ms;
  } kCases[] = {
      {{}, KubernetesStatus::State::kConnecting, std::nullopt},
      {{{State::kListing, false, {}}}, KubernetesStatus::State::kConnecting, std::nullopt},
      {{{State::kFailing, false, {}}}, KubernetesStatus::State::kFailed, std::nullopt},
      {{{State::kFailing, false, {}}, {State::kListing, false, {}}},
       KubernetesStatus::State::kConnecting,
       std::nullopt},
      {{{State::kSynced, true, 5}, {State::kSynced, true, 70}},
       KubernetesStatus::State::kSynced,
       70},
      {{{State::kSynced, true, 5}, {State::kListing, false, 1}},
       KubernetesStatus::State::kConnecting,
       5},
      {{{State::kSynced, true, 5}, {State::kListing, true, 1}},
       KubernetesStatus::State::kSynced,
       5},
      {{{State::kSynced, true, 5}, {State::kForbidden, false, {}}},
       KubernetesStatus::State::kPartial,
       5},
      {{{State::kSynced, true, 5}, {State::kFailing, true, 500}},
       KubernetesStatus::State::kStale,
       500},
      {{{State::kSynced, true, 200'000}}, KubernetesStatus::State::kStale, 200'000},
  };
  for (const auto& c : kCases) {
    KubernetesStatus status;
    for (const Kind& kind : c.kinds) {
      KubeKindStatus& added = status.kinds.emplace_back();
      added.state = kind.state;
      added.listed = kind.listed;
      if (kind.heard_ago_ms) added.last_heard_ms = kNow - *kind.heard_ago_ms;
    }
    Summarize(kNow, &status);
    EXPECT_EQ(NameOf(status.state), NameOf(c.state));
    std::optional<int64_t> age;
    if (status.last_sync_ms) age = kNow - *status.last_sync_ms;
    EXPECT_EQ(age, c.age_ms);
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
}

}  // namespace
}  // namespace kubemonitor
