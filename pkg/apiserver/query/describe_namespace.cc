// Namespaces: their sums stand ready.

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "apiserver/query/query_impl.h"

namespace kubemonitor {
namespace {

// Ticks may have come in between: never below 0.
void TakeAway(const SumRow& part, SumRow* sum) {
  for (size_t column = 0; column < kSumColumns; ++column) {
    (*sum)[column] -= std::min((*sum)[column], part[column]);
  }
}

constexpr std::array<size_t, 1> kPods = {kPodsColumn};
constexpr std::array<size_t, 2> kOomColumns = {kOomKillsColumn, kOomMeasuredColumn};

}  // namespace

void QueryImpl::LoadNamespaces() {
  if (namespaces_loaded_) return;
  namespaces_loaded_ = true;
  const std::vector<NodeEntry>& nodes = snapshot_.nodes();
  const bool any_fresh =
      std::any_of(nodes.begin(), nodes.end(), [](const NodeEntry& node) { return !node.stale; });
  SumTable::AtTick at_tick = store_.namespace_sums().ReadTick(frame_.tick_ms);
  for (SumTable::AtTick::Group& group : at_tick.groups) {
    if (!visibility_.NamespaceVisible(group.group->name())) continue;
    NamespaceEntry entry;
    entry.name = group.group->name();
    entry.sums = std::move(group.group);
    if (any_fresh) entry.now = group.row;
    if (entry.now[kPodsColumn] > 0) entry.sampled_at_ms = frame_.tick_ms;
    namespaces_.push_back(std::move(entry));
  }
  JoinNamespaces();
  for (size_t node = 0; node < nodes.size(); ++node) {
    if (!nodes[node].tick_ms) continue;
    // Since the nodes were listed, one may have told the tick: the sums have the last word.
    const bool summed =
        std::binary_search(at_tick.sources.begin(), at_tick.sources.end(), nodes[node].info->node);
    const bool may_miss_ticks = nodes[node].alive_since_ms < *nodes[node].tick_ms;
    if (summed && !nodes[node].stale && !may_miss_ticks) continue;  // the rule
    if (summed && any_fresh) TakeAwayTick(node);
    AddShownPods(node);
  }
  for (NamespaceEntry& entry : namespaces_) {
    if (entry.now[kPodsColumn] > 0) entry.life = {false, false};
    if (entry.kubernetes != nullptr) entry.life.terminated = false;
  }
}

void QueryImpl::JoinNamespaces() {
  if (cluster_ == nullptr) return;
  std::vector<const KubeNamespace*> without_pods;
  for (const auto& known : cluster_->namespaces()) {
    if (!visibility_.NamespaceVisible(known->name)) continue;
    if (NamespaceEntry* entry = NamespaceNamed(known->name)) {
      entry->kubernetes = known.get();
    } else if (snapshot_.Began(known->created_at_ms)) {
      without_pods.push_back(known.get());
    }
  }
  if (without_pods.empty()) return;
  for (const KubeNamespace* known : without_pods) {
    NamespaceEntry& entry = namespaces_.emplace_back();
    entry.name = known->name;
    entry.kubernetes = known;
  }
  std::sort(namespaces_.begin(), namespaces_.end(),
            [](const NamespaceEntry& a, const NamespaceEntry& b) { return a.name < b.name; });
}

QueryImpl::NamespaceEntry* QueryImpl::NamespaceNamed(std::string_view name) {
  const auto found = std::lower_bound(
      namespaces_.begin(), namespaces_.end(), name,
      [](const NamespaceEntry& entry, std::string_view wanted) { return entry.name < wanted; });
  return found == namespaces_.end() || found->name != name ? nullptr : &*found;
}

void QueryImpl::TakeAwayTick(size_t node) {
  const Grid grid{frame_.tick_ms, store_.options().interval_ms, 1};
  const Snapshot::PodRange range = snapshot_.LoadNode(node);
  const std::vector<PodRows> rows = ReadPods(node, SummedSeries(), RangeOf(grid));
  std::map<NamespaceEntry*, std::vector<PodReading>> pods;
  for (uint32_t index = 0; index < range.count; ++index) {
    const PodEntry& pod = snapshot_.loaded_pods()[range.first + index];
    NamespaceEntry* entry = NamespaceNamed(pod.namespace_name);
    if (entry != nullptr) pods[entry].push_back({&rows[index], pod.host_network, {}});
  }
  for (const auto& [entry, readings] : pods) {
    std::vector<SumRow> share(1);
    AddPods(readings, grid, SummedMetrics(), &share);
    TakeAway(share[0], &entry->now);
  }
}

void QueryImpl::AddShownPods(size_t node) {
  const Snapshot::PodRange range = snapshot_.LoadNode(node);
  std::set<NamespaceEntry*> present;
  for (uint32_t index = range.first; index < range.first + range.count; ++index) {
    const PodEntry& pod = snapshot_.loaded_pods()[index];
    NamespaceEntry* entry = NamespaceNamed(pod.namespace_name);
    if (entry == nullptr) continue;
    entry->life.Add(pod);
    if (!pod.counted()) continue;
    AddShownPod(index, &entry->now, &entry->sampled_at_ms);
    present.insert(entry);
  }
  for (NamespaceEntry* entry : present) ++entry->now[kNodesColumn];
}

bool QueryImpl::Existed(const NamespaceEntry& entry) const {
  if (entry.sums == nullptr) return false;
  const Grid grid = RetentionGrid();
  std::vector<SumRow> rows(grid.count);
  store_.namespace_sums().Read(*entry.sums, kPods, grid.first_ms, rows);
  return std::any_of(rows.begin(), rows.end(),
                     [](const SumRow& row) { return row[kPodsColumn] > 0; });
}

Grid QueryImpl::RetentionGrid() const {
  const int64_t interval_ms = store_.options().interval_ms;
  const int64_t ticks = std::max<int64_t>(1, store_.options().retention_ms / interval_ms);
  return {frame_.tick_ms - (ticks - 1) * interval_ms, interval_ms, static_cast<size_t>(ticks)};
}

Column QueryImpl::NamespaceColumn(const NamespaceEntry& entry, Metric metric,
                                  const Grid& grid) const {
  std::vector<SumRow> rows(grid.count);
  if (entry.sums == nullptr) return Column(grid.count);
  store_.namespace_sums().Read(*entry.sums, SumColumnsOf(metric), grid.first_ms, rows);
  return ColumnOfSums(rows, metric);
}

std::optional<uint64_t> QueryImpl::NamespaceOomKills(const NamespaceEntry& entry) const {
  if (entry.sums == nullptr) return std::nullopt;
  const Grid grid = frame_.window ? frame_.window->grid : RetentionGrid();
  std::vector<SumRow> rows(grid.count);
  store_.namespace_sums().Read(*entry.sums, kOomColumns, grid.first_ms, rows);
  std::optional<uint64_t> kills;
  for (const SumRow& row : rows) {
    if (row[kOomMeasuredColumn] > 0) kills = kills.value_or(0) + row[kOomKillsColumn];
  }
  return kills;
}

void QueryImpl::JoinNamespace(const NamespaceEntry& entry, Item* item) const {
  if (cluster_ == nullptr) return;
  if (cluster_->Knows("Pod")) {  // of some of them it would be no sum
    const Cluster::PodTotals totals = cluster_->NamespaceTotals(entry.name);
    item->requests = AmountsOf(totals.requests);
    item->limits = AmountsOf(totals.limits_of_all);
  }
  if (entry.kubernetes == nullptr) return;
  item->namespace_phase = entry.kubernetes->phase;
  item->labels = entry.kubernetes->labels;
  item->created_at_ms = entry.kubernetes->created_at_ms;
}

Item QueryImpl::DescribeNamespace(const ItemRef& ref) {
  const NamespaceEntry& entry = Namespace(ref);
  Item item;
  item.kind = ItemKind::kNamespace;
  item.name = entry.name;
  item.terminated = entry.life.terminated;
  item.stale = entry.life.stale;
  item.sampled_at_ms = entry.sampled_at_ms;
  FillAge(&item);
  FillSum(entry.now, &item);
  item.oom_kills = NamespaceOomKills(entry);
  JoinNamespace(entry, &item);
  if (frame_.window) {
    item.series = MakeSeries(item.kind, [&](Metric metric) {
      return NamespaceColumn(entry, metric, frame_.window->grid);
    });
  }
  return item;
}

}  // namespace kubemonitor
