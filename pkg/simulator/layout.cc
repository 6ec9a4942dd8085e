#include "simulator/layout.h"

#include <algorithm>

namespace kubemonitor {
namespace {

constexpr uint32_t kRun = 32;

// Whose the slots of a run are; all kinds come early, so that small clusters have them too.
constexpr WorkloadKind KindAt(uint32_t place) {
  switch (place) {
    case 3:
    case 9:
    case 19:
    case 27:
      return WorkloadKind::kStatefulSet;
    case 6:
    case 22:
      return WorkloadKind::kCronJob;
    case 12:
      return WorkloadKind::kJob;
    case 14:
      return WorkloadKind::kBarePod;
    default:
      return WorkloadKind::kDeployment;
  }
}

struct Run {
  std::array<uint32_t, kRun> rank{};              // of a place among those of its kind
  std::array<uint32_t, kWorkloadKinds> counts{};  // of each kind
};

constexpr Run kCounted = [] {
  Run run;
  for (uint32_t place = 0; place < kRun; ++place) {
    run.rank[place] = run.counts[static_cast<size_t>(KindAt(place))]++;
  }
  return run;
}();

uint32_t CountOf(WorkloadKind kind) { return kCounted.counts[static_cast<size_t>(kind)]; }

// Among the slots of its kind.
uint32_t RankOf(uint32_t shared) {
  return shared / kRun * CountOf(KindAt(shared % kRun)) + kCounted.rank[shared % kRun];
}

// The slot of that kind and rank.
uint32_t SharedAt(WorkloadKind kind, uint32_t rank) {
  uint32_t place = 0;
  while (KindAt(place) != kind || kCounted.rank[place] != rank % CountOf(kind)) ++place;
  return rank / CountOf(kind) * kRun + place;
}

bool TakesTurns(WorkloadKind kind) {
  return kind == WorkloadKind::kDeployment || kind == WorkloadKind::kStatefulSet;
}

bool IsOfTheNode(WorkloadKind kind) {
  return kind == WorkloadKind::kDaemonSet || kind == WorkloadKind::kStaticPod;
}

}  // namespace

Layout::Layout(const ModelOptions& options)
    : nodes_(options.nodes),
      pods_per_node_(options.pods_per_node),
      daemon_sets_(options.pods_per_node >= 20  ? 3
                   : options.pods_per_node >= 4 ? 1
                                                : 0),
      static_pods_(options.pods_per_node >= 8 ? 1 : 0),
      shared_(options.pods_per_node - daemon_sets_ - static_pods_),
      deployments_(options.deployments) {
  const uint32_t all = nodes_ * shared_;
  for (uint32_t place = 0; place < kRun; ++place) {
    slots_[static_cast<size_t>(KindAt(place))] += all / kRun + (place < all % kRun ? 1 : 0);
  }
  slots_[static_cast<size_t>(WorkloadKind::kDaemonSet)] = nodes_ * daemon_sets_;
  slots_[static_cast<size_t>(WorkloadKind::kStaticPod)] = nodes_ * static_pods_;
  stateful_sets_ = std::min(std::max(1U, deployments_ / 8), Slots(WorkloadKind::kStatefulSet));
}

uint32_t Layout::Count(WorkloadKind kind) const {
  if (kind == WorkloadKind::kDeployment) return deployments_;
  if (kind == WorkloadKind::kStatefulSet) return stateful_sets_;
  if (kind == WorkloadKind::kDaemonSet) return daemon_sets_;
  if (kind == WorkloadKind::kStaticPod) return static_pods_;
  return Slots(kind);
}

uint32_t Layout::Members(const Workload& workload) const {
  if (IsOfTheNode(workload.kind)) return nodes_;
  if (!TakesTurns(workload.kind)) return 1;
  const uint32_t all = Slots(workload.kind);
  const uint32_t turns = Count(workload.kind);
  return workload.number < all ? (all - workload.number - 1) / turns + 1 : 0;
}

Layout::Place Layout::PlaceOf(const Slot& slot) const {
  if (slot.slot >= shared_) {
    const uint32_t own = slot.slot - shared_;
    if (own < daemon_sets_) return {{WorkloadKind::kDaemonSet, own}, slot.node};
    return {{WorkloadKind::kStaticPod, own - daemon_sets_}, slot.node};
  }
  const uint32_t shared = slot.node * shared_ + slot.slot;
  const WorkloadKind kind = KindAt(shared % kRun);
  const uint32_t rank = RankOf(shared);
  if (!TakesTurns(kind)) return {{kind, rank}, 0};
  return {{kind, rank % Count(kind)}, rank / Count(kind)};
}

Slot Layout::MemberAt(const Workload& workload, uint32_t member) const {
  if (workload.kind == WorkloadKind::kDaemonSet) return {member, shared_ + workload.number};
  if (workload.kind == WorkloadKind::kStaticPod) {
    return {member, shared_ + daemon_sets_ + workload.number};
  }
  const uint32_t turns = TakesTurns(workload.kind) ? Count(workload.kind) : 0;
  const uint32_t shared = SharedAt(workload.kind, workload.number + turns * member);
  return {shared / shared_, shared % shared_};
}

}  // namespace kubemonitor
