#include "simulator/kubernetes/pod_life.h"

#include <algorithm>

namespace kubemonitor {
namespace {

constexpr int64_t kLeadMs = kLongestCreationMs / 2;

// The next pod has the name of the one before.
bool KeepsName(WorkloadKind kind) {
  return kind == WorkloadKind::kStatefulSet || kind == WorkloadKind::kBarePod ||
         kind == WorkloadKind::kStaticPod;
}

bool Completes(WorkloadKind kind) {
  return kind == WorkloadKind::kCronJob || kind == WorkloadKind::kJob;
}

}  // namespace

PodChange PodLife::At(Revision at) const {
  PodChange last;
  for (const PodChange& change : *this) {
    if (change.revision <= at) last = change;
  }
  return last;
}

// A pod lives for four times d at least: L / 2.
PodLives::PodLives(const Model& model)
    : model_(model),
      lead_ms_(model.LifetimeMs() == 0 ? kLeadMs : std::min(kLeadMs, model.LifetimeMs() / 8)) {}

PodLife PodLives::Of(const PodRef& pod) const {
  const WorkloadKind kind = model_.WorkloadOf(pod).kind;
  const uint64_t key = model_.PodKey(pod);
  const int64_t begin_ms = model_.StartedAtMs(pod);
  PodLife out;
  const auto add = [&](int64_t wall_ms, PodStage stage) {
    out.Add(ChangeRevision(wall_ms, stage == PodStage::kGone, key), stage);
  };
  if (KeepsName(kind)) {
    add(begin_ms, PodStage::kStarting);
  } else {
    add(begin_ms - 2 * lead_ms_, PodStage::kPending);
    add(begin_ms - lead_ms_, PodStage::kStarting);
    add(begin_ms, PodStage::kRunning);
  }
  add(begin_ms + lead_ms_, PodStage::kReady);
  if (model_.LifetimeMs() == 0) return out;
  const int64_t end_ms = model_.StartedAtMs({pod.node, pod.slot, pod.generation + 1});
  if (Completes(kind)) {
    add(end_ms, PodStage::kEnded);
    add(model_.StartedAtMs({pod.node, pod.slot, pod.generation + 2}), PodStage::kGone);
  } else {
    add(end_ms - lead_ms_, PodStage::kTerminating);
    add(end_ms, PodStage::kGone);
  }
  return out;
}

PodLives::Generations PodLives::Between(const Slot& slot, int64_t first_ms, int64_t last_ms) const {
  if (model_.LifetimeMs() == 0) return {};
  const auto at = [&](int64_t wall_ms) {
    return model_.PodAt(slot.node, slot.slot, model_.TickAt(wall_ms)).generation;
  };
  // A tick is up to an interval late; one that has ended is kept, the next one may be waiting.
  return {std::max<int64_t>(0, at(first_ms) - 1), at(last_ms) + 2};
}

bool PodLives::ChangesBetween(const Slot& slot, int64_t first_ms, int64_t last_ms) const {
  if (model_.LifetimeMs() == 0) return false;
  const int64_t margin_ms = 2 * lead_ms_;
  PodRef pod = model_.PodAt(slot.node, slot.slot, model_.TickAt(first_ms - margin_ms));
  // All changes are about a beginning.
  for (;; ++pod.generation) {
    const int64_t begin_ms = model_.StartedAtMs(pod);
    if (begin_ms > last_ms + margin_ms) return false;
    if (begin_ms >= first_ms - margin_ms) return true;
  }
}

}  // namespace kubemonitor
