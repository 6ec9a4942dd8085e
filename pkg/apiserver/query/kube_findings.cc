// What Kubernetes says that somebody should look at: one pass over its nodes, one over those pods
// that may be in trouble.

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "apiserver/query/findings.h"
#include "apiserver/query/kube_pod.h"

namespace kubemonitor {
namespace {

constexpr std::string_view kCrashLoop = "CrashLoopBackOff";
constexpr std::array<std::string_view, 4> kBadConditions = {"MemoryPressure", "DiskPressure",
                                                            "PIDPressure", "NetworkUnavailable"};

bool Worse(const FindingMember& a, const FindingMember& b) {
  if (a.severity != b.severity) return a.severity > b.severity;
  return a.value > b.value;  // what has none is the least
}

void AddTo(Finding* finding, FindingMember member) {
  ++finding->count;
  finding->severity = std::max(finding->severity, member.severity);
  std::vector<FindingMember>& worst = finding->worst;
  if (worst.size() == kFindingMembers && !Worse(member, worst.back())) return;
  const auto place = std::upper_bound(worst.begin(), worst.end(), member, Worse);
  worst.insert(place, std::move(member));
  if (worst.size() > kFindingMembers) worst.pop_back();
}

void SortUnique(std::vector<std::string>* keys) {
  std::sort(keys->begin(), keys->end());
  keys->erase(std::unique(keys->begin(), keys->end()), keys->end());
}

const KubeCondition* ConditionOf(const KubeNode& node, std::string_view type) {
  for (const KubeCondition& condition : node.conditions) {
    if (condition.type == type) return &condition;
  }
  return nullptr;
}

class KubePass {
 public:
  KubePass(const NodeInfos& nodes, const Cluster& cluster, int64_t now_ms)
      : cluster_(cluster), now_ms_(now_ms) {
    for (const std::shared_ptr<const NodeInfo>& node : nodes) reported_.insert(node->name);
    for (size_t kind = 0; kind < kFindingKindCount; ++kind) {
      found_[kind].kind = static_cast<FindingKind>(kind);
      found_[kind].severity = Severity::kInfo;
    }
  }

  std::vector<Finding> Run() {
    for (const std::shared_ptr<const KubeNode>& node : cluster_.nodes()) LookAtNode(*node);
    cluster_.ForEachPodInTrouble([this](const KubePod& pod) { LookAtPod(pod); });
    std::vector<Finding> found;
    for (Finding& finding : found_) {
      if (finding.count == 0) continue;
      SortUnique(&finding.node_names);
      SortUnique(&finding.pod_uids);
      found.push_back(std::move(finding));
    }
    return found;
  }

 private:
  // Absent: it is not known since when, or that is yet to come.
  std::optional<double> SecondsSince(const std::optional<int64_t>& since_ms) const {
    if (!since_ms || *since_ms > now_ms_) return std::nullopt;
    return static_cast<double>(now_ms_ - *since_ms) / 1000;
  }

  void AddNode(FindingKind kind, const KubeNode& node, FindingMember member) {
    Finding& finding = found_[static_cast<size_t>(kind)];
    member.kind = ItemKind::kNode;
    member.unit = FindingMember::Unit::kSeconds;
    member.name = member.node = node.name;
    finding.node_names.push_back(node.name);
    AddTo(&finding, std::move(member));
  }

  void LookAtNode(const KubeNode& node) {
    // One that has just joined is made ready first, and gets its collector.
    const bool joins = node.created_at_ms && now_ms_ - *node.created_at_ms < kNoCollectorAfterMs;
    LookAtConditions(node);
    if (joins) return;
    if (!node.ready()) {
      LookAtUnready(node);
    } else if (!reported_.contains(node.name) && node.operating_system != "windows") {
      FindingMember member;
      member.severity = Severity::kWarning;
      AddNode(FindingKind::kNoCollector, node, std::move(member));
    }
  }

  void LookAtUnready(const KubeNode& node) {
    FindingMember member;
    member.severity = Severity::kCritical;
    if (const KubeCondition* ready = ConditionOf(node, "Ready")) {
      member.reason = ready->reason;
      member.value = SecondsSince(ready->last_transition_ms);
    }
    AddNode(FindingKind::kNotReady, node, std::move(member));
  }

  void LookAtConditions(const KubeNode& node) {
    FindingMember member;
    member.severity = Severity::kWarning;
    for (const std::string_view type : kBadConditions) {
      const KubeCondition* condition = ConditionOf(node, type);
      if (condition == nullptr || condition->status != "True") continue;
      member.reason += (member.reason.empty() ? "" : ", ") + condition->type;
      member.value = std::max(member.value, SecondsSince(condition->last_transition_ms));
    }
    if (!member.reason.empty()) AddNode(FindingKind::kNodeCondition, node, std::move(member));
  }

  void AddPod(FindingKind kind, const KubePod& pod, FindingMember member) {
    Finding& finding = found_[static_cast<size_t>(kind)];
    member.namespace_name = pod.namespace_name;
    member.name = pod.name;
    member.uid = pod.uid;
    member.node = pod.node_name;
    finding.pod_uids.push_back(pod.uid);
    AddTo(&finding, std::move(member));
  }

  void LookAtPod(const KubePod& pod) {
    if (pod.ended() || pod.terminating_since_ms) return;
    bool restarting = false;
    for (const KubeContainer& container : pod.containers) {
      restarting = LookAtContainer(pod, container) || restarting;
    }
    if (pod.phase == "Pending" && !restarting) LookAtPending(pod);
  }

  bool LookAtContainer(const KubePod& pod, const KubeContainer& container) {
    const bool loops =
        container.state == KubeContainerState::kWaiting && container.reason == kCrashLoop;
    const bool lately =
        container.started_at_ms && now_ms_ - *container.started_at_ms <= kRestartedWithinMs;
    if (!loops && (container.restart_count < kRestartsFrom || !lately)) return false;
    FindingMember member;
    member.kind = ItemKind::kContainer;
    member.severity = loops ? Severity::kCritical : Severity::kWarning;
    member.container = container.name;
    member.value = container.restart_count;
    member.unit = FindingMember::Unit::kCount;
    member.reason = container.reason.empty() ? container.last_reason : container.reason;
    AddPod(FindingKind::kRestarting, pod, std::move(member));
    return true;
  }

  void LookAtPending(const KubePod& pod) {
    if (!pod.created_at_ms || now_ms_ - *pod.created_at_ms < kPendingAfterMs) return;
    FindingMember member;
    member.kind = ItemKind::kPod;
    member.severity = Severity::kWarning;
    member.value = SecondsSince(pod.created_at_ms);
    member.unit = FindingMember::Unit::kSeconds;
    member.reason = ReasonOf(pod);
    AddPod(FindingKind::kPending, pod, std::move(member));
  }

  const Cluster& cluster_;
  const int64_t now_ms_;
  std::set<std::string_view> reported_;
  std::array<Finding, kFindingKindCount> found_;
};

}  // namespace

std::vector<Finding> FindInKubernetes(const NodeInfos& nodes, const Cluster& cluster,
                                      int64_t now_ms) {
  return KubePass(nodes, cluster, now_ms).Run();
}

}  // namespace kubemonitor
