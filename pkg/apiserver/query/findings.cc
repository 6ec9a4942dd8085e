#include "apiserver/query/findings.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <utility>

#include "apiserver/query/column.h"
#include "apiserver/query/readings.h"

namespace kubemonitor {
namespace {

constexpr std::array<std::string_view, kFindingKindCount> kKeys = {
    "oomKilled", "notReady",  "stale",   "restarting",  "pressure",  "nodeCondition",
    "throttled", "nearLimit", "pending", "noCollector", "clockSkew", "conflict"};

// A member before its names are unpacked, which most never are.
struct Candidate {
  Severity severity = Severity::kWarning;
  double value = 0;
  std::optional<Metric> metric;
  const NodeInfo* node = nullptr;
  PackedIdentity identity;  // of nothing: the node itself
  PackedIdentity pod;       // of a container: its pod's, if that is known
};

bool Worse(const Candidate& a, const Candidate& b) {
  if (a.severity != b.severity) return a.severity > b.severity;
  return a.value > b.value;
}

// Those of one kind.
class Collected {
 public:
  void Add(Candidate candidate, const ObjectId& object) {
    ++count_;
    severity_ = std::max(severity_, candidate.severity);
    objects_.push_back(object);
    if (worst_.size() == kFindingMembers && !Worse(candidate, worst_.back())) return;
    const auto place = std::upper_bound(worst_.begin(), worst_.end(), candidate, Worse);
    worst_.insert(place, std::move(candidate));
    if (worst_.size() > kFindingMembers) worst_.pop_back();
  }
  uint64_t count() const { return count_; }
  Finding Finish(FindingKind kind);

 private:
  uint64_t count_ = 0;
  Severity severity_ = Severity::kInfo;
  std::vector<Candidate> worst_;
  std::vector<ObjectId> objects_;
};

FindingMember::Unit UnitOf(FindingKind kind) {
  switch (kind) {
    case FindingKind::kOomKilled:
    case FindingKind::kConflict:
      return FindingMember::Unit::kCount;
    case FindingKind::kStale:
    case FindingKind::kClockSkew:
      return FindingMember::Unit::kSeconds;
    default:
      return FindingMember::Unit::kPercent;
  }
}

Finding Collected::Finish(FindingKind kind) {
  Finding finding{kind, severity_, count_, {}, std::move(objects_), {}, {}};
  std::sort(finding.objects.begin(), finding.objects.end());
  finding.objects.erase(std::unique(finding.objects.begin(), finding.objects.end()),
                        finding.objects.end());
  for (const Candidate& candidate : worst_) {
    FindingMember member;
    member.severity = candidate.severity;
    member.value = candidate.value;
    member.unit = UnitOf(kind);
    member.metric = candidate.metric;
    member.node = candidate.node->name;
    if (candidate.identity == nullptr) {
      member.kind = ItemKind::kNode;
      member.name = candidate.node->name;
    } else {
      const Identity identity = candidate.identity.Unpack();
      const bool container = identity.kind == ObjectKind::kContainer;
      const Identity pod = candidate.pod == nullptr ? identity : candidate.pod.Unpack();
      member.kind = container ? ItemKind::kContainer : ItemKind::kPod;
      member.namespace_name = pod.namespace_name;
      member.name = pod.pod_name.empty() ? pod.pod_uid : pod.pod_name;
      member.uid = pod.pod_uid;
      if (container) member.container = candidate.identity.container_name_or_id();
    }
    finding.worst.push_back(std::move(member));
  }
  return finding;
}

uint64_t Bit(Metric metric) { return SeriesValues::Bit(SourceOf(metric).series); }

// The mean over the grid; nullopt: not measured.
std::optional<double> MeanOf(const ObjectRows& rows, Metric metric, const Grid& grid) {
  Cell all;
  for (const Cell& cell : ColumnOf(rows, metric, grid)) {
    all.numerator += cell.numerator;
    all.denominator += cell.denominator;
  }
  return all.value();
}

Severity PressureSeverity(double value, double from) {
  return value >= std::min(3 * from, 90.0) ? Severity::kCritical : Severity::kWarning;
}

// One pass over all nodes. To add a kind that samples tell: a Look… that is called for each node or
// each object. One that Kubernetes tells: see kube_findings.cc.
class Pass {
 public:
  Pass(const SummedStore& store, int64_t now_ms) : store_(store), now_ms_(now_ms) {}

  // `tick_ms` is the newest complete one.
  std::vector<Finding> Run(const NodeInfos& nodes, int64_t tick_ms) {
    const int64_t interval_ms = store_.options().interval_ms;
    tick_ms_ = tick_ms;
    grid_ = {tick_ms_ - (kFindingTicks - 1) * interval_ms, interval_ms,
             static_cast<size_t>(kFindingTicks)};
    LookAtNodes(nodes);
    std::vector<Finding> found;
    for (size_t kind = 0; kind < kFindingKindCount; ++kind) {
      if (collected_[kind].count() == 0) continue;
      found.push_back(collected_[kind].Finish(static_cast<FindingKind>(kind)));
    }
    return found;
  }

 private:
  void Add(FindingKind kind, Candidate candidate, const ObjectId& object) {
    collected_[static_cast<size_t>(kind)].Add(std::move(candidate), object);
  }

  void LookAtNodes(const NodeInfos& nodes) {
    for (const std::shared_ptr<const NodeInfo>& info : nodes) {
      LookAtHealth(*info);
      if (IsStale(*info, store_.options().interval_ms, now_ms_)) {
        LookAtStale(*info);
      } else {
        LookAtObjects(*info);
      }
    }
  }

  void LookAtHealth(const NodeInfo& node) {
    const NodeHealth& health = node.health;
    const ObjectId id{node.node, 0};
    const double skew = std::abs(health.clock_skew_seconds.value_or(0));
    if (health.clock_refused || skew >= kClockSkewSecondsFrom) {
      const Severity severity = health.clock_refused ? Severity::kCritical : Severity::kWarning;
      Add(FindingKind::kClockSkew, {severity, skew, std::nullopt, &node, {}, {}}, id);
    }
    if (health.conflict) {
      Add(FindingKind::kConflict, {Severity::kWarning, 1, std::nullopt, &node, {}, {}}, id);
    }
  }

  void LookAtStale(const NodeInfo& node) {
    if (!node.newest_tick_ms) return;  // never reported: its clock is refused
    const auto age_ms = static_cast<double>(std::max<int64_t>(0, now_ms_ - *node.newest_tick_ms));
    Add(FindingKind::kStale, {Severity::kCritical, age_ms / 1000, std::nullopt, &node, {}, {}},
        {node.node, 0});
  }

  void LookAtObjects(const NodeInfo& node) {
    static const uint64_t mask = [] {
      uint64_t all =
          SeriesMask(Metric::kThrottledPercent) | SeriesMask(Metric::kMemoryWorkingSetBytes);
      for (const PressureThreshold& threshold : kPressureThresholds) {
        all |= SeriesMask(threshold.metric);
      }
      return all;
    }();
    objects_ = store_.Objects(node.node);
    const std::vector<IndexedRows> rows = ReadNode(store_, node.node, mask, RangeOf(grid_));
    auto next = rows.begin();
    const auto rows_of = [&](uint32_t index) -> const ObjectRows& {
      static const ObjectRows kNone;
      while (next != rows.end() && next->index < index) ++next;
      return next == rows.end() || next->index != index ? kNone : next->rows;
    };
    LookAtPressure(rows_of(0), node, {node.node, 0}, {}, ~uint64_t{0});
    OomKills kills;
    for (const ObjectInfo& object : objects_) {
      const ObjectRows& own = rows_of(object.id.index);
      LookForOomKills(node, object, &kills);
      if (own.empty()) continue;
      const ObjectId pod = object.pod.value_or(object.id);
      if (object.identity.kind() == ObjectKind::kPod) {
        LookAtPressure(own, node, pod, object.identity, object.nonzero);
      } else {
        LookAtThrottling(own, node, pod, object);
      }
      LookAtLimit(own, node, pod, object);
    }
    AddOomKills(node, kills);
  }

  // Of a container; of nothing where it is not known.
  PackedIdentity PodOf(const ObjectInfo& object) const {
    if (!object.pod) return {};
    const auto found = std::lower_bound(
        objects_.begin(), objects_.end(), *object.pod,
        [](const ObjectInfo& one, const ObjectId& wanted) { return one.id < wanted; });
    return found == objects_.end() || found->id != *object.pod ? PackedIdentity() : found->identity;
  }

  // The resource of which there is least, by how far it is beyond its threshold.
  void LookAtPressure(const ObjectRows& rows, const NodeInfo& node, const ObjectId& object,
                      const PackedIdentity& identity, uint64_t nonzero) {
    double worst = 0;
    Candidate candidate{Severity::kWarning, 0, std::nullopt, &node, identity, {}};
    for (const PressureThreshold& threshold : kPressureThresholds) {
      const double from = identity == nullptr ? threshold.of_node : threshold.of_pod;
      if (from > 100 || (nonzero & Bit(threshold.metric)) == 0) continue;
      const std::optional<double> value = MeanOf(rows, threshold.metric, grid_);
      if (!value || *value < from || *value / from <= worst) continue;
      worst = *value / from;
      candidate.value = *value;
      candidate.metric = threshold.metric;
      candidate.severity = PressureSeverity(*value, from);
    }
    if (candidate.metric) Add(FindingKind::kPressure, std::move(candidate), object);
  }

  void LookAtThrottling(const ObjectRows& rows, const NodeInfo& node, const ObjectId& pod,
                        const ObjectInfo& object) {
    constexpr Metric kMetric = Metric::kThrottledPercent;
    if ((object.nonzero & Bit(kMetric)) == 0) return;
    const std::optional<double> value = MeanOf(rows, kMetric, grid_);
    if (!value || *value < kThrottledPercentFrom) return;
    Add(FindingKind::kThrottled,
        {Severity::kWarning, *value, kMetric, &node, object.identity, PodOf(object)}, pod);
  }

  void LookAtLimit(const ObjectRows& rows, const NodeInfo& node, const ObjectId& pod,
                   const ObjectInfo& object) {
    constexpr Metric kMetric = Metric::kMemoryWorkingSetBytes;
    if (object.details == nullptr || rows.tick(rows.size() - 1).tick_ms < tick_ms_) return;
    const std::optional<uint64_t> used = rows.Get(rows.size() - 1, SourceOf(kMetric).series);
    if (!used) return;
    const std::optional<uint64_t> limit = object.details.Unpack().memory_limit_bytes;
    if (!limit || *limit == 0) return;
    const double percent = static_cast<double>(*used) / static_cast<double>(*limit) * 100;
    if (percent < kNearLimitPercentFrom) return;
    const Severity severity =
        percent >= kNearLimitPercentCritical ? Severity::kCritical : Severity::kWarning;
    Add(FindingKind::kNearLimit,
        {severity, percent, kMetric, &node, object.identity, PodOf(object)}, pod);
  }

  // A pod counts the kills of its containers too, and a container that was restarted is another
  // object of the same name.
  struct Killed {
    uint64_t kills = 0;
    PackedIdentity identity, pod;
  };
  using OomKills = std::map<ObjectId, std::map<std::string, Killed>>;  // by pod; "": its own

  void LookForOomKills(const NodeInfo& node, const ObjectInfo& object, OomKills* kills) {
    if ((object.nonzero & SeriesValues::Bit(Series::kOomKills)) == 0) return;
    const int64_t last_ms = std::min(object.last_tick_ms, tick_ms_);
    const std::optional<uint64_t> count =
        Increase(store_, object, Series::kOomKills, BornAfter(node.oldest_tick_ms, object),
                 tick_ms_ - store_.options().retention_ms, last_ms);
    if (count.value_or(0) == 0) return;
    const bool container = object.identity.kind() == ObjectKind::kContainer;
    Killed& killed = (*kills)[object.pod.value_or(object.id)]
                             [container ? object.identity.container_name_or_id() : ""];
    killed.kills += *count;
    killed.identity = object.identity;
    killed.pod = PodOf(object);
  }

  void AddOomKills(const NodeInfo& node, const OomKills& kills) {
    for (const auto& [pod, by_container] : kills) {
      for (const auto& [container, killed] : by_container) {
        if (container.empty() && by_container.size() > 1) continue;
        Add(FindingKind::kOomKilled,
            {Severity::kCritical, static_cast<double>(killed.kills), std::nullopt, &node,
             killed.identity, killed.pod},
            pod);
      }
    }
  }

  const SummedStore& store_;
  const int64_t now_ms_;
  int64_t tick_ms_ = 0;
  Grid grid_;
  std::vector<ObjectInfo> objects_;  // of the node looked at, by index
  std::array<Collected, kFindingKindCount> collected_;
};

}  // namespace

std::string_view FindingKey(FindingKind kind) { return kKeys[static_cast<size_t>(kind)]; }

std::optional<FindingKind> FindingFromKey(std::string_view key) {
  for (size_t kind = 0; kind < kFindingKindCount; ++kind) {
    if (kKeys[kind] == key) return static_cast<FindingKind>(kind);
  }
  return std::nullopt;
}

const Finding* Findings::Find(FindingKind kind) const {
  const auto position = std::find_if(
      found.begin(), found.end(), [kind](const Finding& finding) { return finding.kind == kind; });
  return position == found.end() ? nullptr : &*position;
}

Findings MakeFindings(const SummedStore& store, const Cluster* cluster, int64_t now_ms) {
  const NodeInfos nodes = store.Nodes();
  Findings findings;
  findings.tick_ms = NewestCompleteTick(nodes, store.options().interval_ms, now_ms);
  if (findings.tick_ms) findings.found = Pass(store, now_ms).Run(nodes, *findings.tick_ms);
  if (cluster != nullptr) {
    std::vector<Finding> told = FindInKubernetes(nodes, *cluster, now_ms);
    std::move(told.begin(), told.end(), std::back_inserter(findings.found));
  }
  std::sort(findings.found.begin(), findings.found.end(), [](const Finding& a, const Finding& b) {
    return a.severity != b.severity ? a.severity > b.severity : a.kind < b.kind;
  });
  return findings;
}

std::shared_ptr<const Findings> FindingsCache::Get(int64_t now_ms) {
  const int64_t interval_ms = store_.options().interval_ms;
  const MutexLock lock(mutex_);
  if (newest_ != nullptr && std::abs(now_ms - made_ms_) < interval_ms &&
      NewestCompleteTick(store_.Nodes(), interval_ms, now_ms) == newest_->tick_ms) {
    return newest_;
  }
  const std::shared_ptr<const Cluster> cluster =
      kubernetes_ == nullptr ? nullptr : kubernetes_->cluster();
  newest_ = std::make_shared<const Findings>(MakeFindings(store_, cluster.get(), now_ms));
  made_ms_ = now_ms;
  return newest_;
}

}  // namespace kubemonitor
