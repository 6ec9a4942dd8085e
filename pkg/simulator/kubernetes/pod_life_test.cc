#include "simulator/kubernetes/pod_life.h"

#include <gtest/gtest.h>

#include <vector>

namespace kubemonitor {
namespace {

constexpr int64_t kNowMs = 1'790'000'000'000;

ModelOptions Options(uint32_t churn) {
  ModelOptions out;
  out.nodes = 3;
  out.pods_per_node = 20;
  out.churn_per_minute = churn;
  return out;
}

PodRef FirstOf(const Model& model, WorkloadKind kind) {
  const Slot slot = model.layout().MemberAt({kind, 0}, 0);
  return model.PodAt(slot.node, slot.slot, model.TickAt(kNowMs));
}

std::vector<PodStage> StagesOf(const PodLife& life) {
  std::vector<PodStage> out;
  for (const PodChange& change : life) out.push_back(change.stage);
  return out;
}

TEST(Revision, IsTheTimeAndMore) {
  const Revision revision = ChangeRevision(kNowMs, false, 12'345);
  EXPECT_EQ(WallMsOf(revision), kNowMs);
  EXPECT_GE(ChangeRevision(kNowMs, true, 0) + Beside::kBefore, RevisionAt(kNowMs));
  EXPECT_LT(ChangeRevision(kNowMs, false, UINT64_MAX) + Beside::kLast, RevisionAt(kNowMs + 1));
  EXPECT_LT(ChangeRevision(kNowMs, true, UINT64_MAX) + Beside::kLast,
            ChangeRevision(kNowMs, false, 0) + Beside::kBefore);
  EXPECT_LT(revision, uint64_t{1} << 62) << "far from the end of numbers";
}

TEST(PodLife, GoesThroughItsStages) {
  const Model model(Options(20));  // a pod lives for three minutes
  const PodLives lives(model);
  using enum PodStage;
  const PodRef pod = FirstOf(model, WorkloadKind::kDeployment);
  const PodLife life = lives.Of(pod);
  EXPECT_EQ(StagesOf(life),
            (std::vector{kPending, kStarting, kRunning, kReady, kTerminating, kGone}));
  Revision before = 0;
  for (const PodChange& change : life) {
    EXPECT_GT(change.revision, before);
    EXPECT_EQ(life.At(change.revision).stage, change.stage);
    before = change.revision;
  }
  EXPECT_EQ(life.At(life.created().revision - 1).stage, kNone);
  EXPECT_EQ(WallMsOf(life.begin()[2].revision), model.StartedAtMs(pod)) << "runs with its samples";
  EXPECT_EQ(StagesOf(lives.Of(FirstOf(model, WorkloadKind::kJob))),
            (std::vector{kPending, kStarting, kRunning, kReady, kEnded, kGone}));
}

TEST(PodLife, TheNextOneOfANameComesWhenItIsFree) {
  const Model model(Options(20));
  const PodLives lives(model);
  PodRef pod = FirstOf(model, WorkloadKind::kStatefulSet);
  const PodLife before = lives.Of(pod);
  ++pod.generation;
  const PodLife after = lives.Of(pod);
  const Revision gone = (before.end() - 1)->revision;
  EXPECT_EQ(before.At(gone).stage, PodStage::kGone);
  EXPECT_LT(gone, after.created().revision);
  EXPECT_EQ(WallMsOf(gone), WallMsOf(after.created().revision));
}

TEST(PodLife, WithoutChurnItGoesOn) {
  const Model model(Options(0));
  const PodLife life = PodLives(model).Of(FirstOf(model, WorkloadKind::kDeployment));
  EXPECT_EQ((life.end() - 1)->stage, PodStage::kReady);
}

// No object of a generation outside exists or changes between.
TEST(PodLife, AllGenerationsAreLookedAt) {
  for (const uint32_t churn : {1U, 20U, 90U}) {
    const Model model(Options(churn));
    const PodLives lives(model);
    for (uint32_t slot = 0; slot < 20; ++slot) {
      for (int64_t at_ms = kNowMs; at_ms < kNowMs + 200'000; at_ms += 7'001) {
        const int64_t until_ms = at_ms + 9'000;
        const auto [first, last] = lives.Between({1, slot}, at_ms, until_ms);
        const auto outside = [&](int64_t generation) {
          const PodLife life = lives.Of({1, slot, generation});
          const PodChange from = life.At(RevisionAt(at_ms));
          const PodChange to = life.At(RevisionAt(until_ms));
          EXPECT_EQ(from.stage, to.stage);
          EXPECT_TRUE(from.stage == PodStage::kNone || from.stage == PodStage::kGone);
        };
        outside(first - 1);
        outside(last + 1);
        bool changes = false;
        for (int64_t generation = first; generation <= last; ++generation) {
          const PodLife life = lives.Of({1, slot, generation});
          changes = changes ||
                    life.At(RevisionAt(at_ms)).revision != life.At(RevisionAt(until_ms)).revision;
        }
        if (changes) {
          EXPECT_TRUE(lives.ChangesBetween({1, slot}, at_ms, until_ms));
        }
      }
    }
  }
}

}  // namespace
}  // namespace kubemonitor
