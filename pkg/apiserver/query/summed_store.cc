#include "apiserver/query/summed_store.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/log.h"

namespace kubemonitor {
namespace {

constexpr TickRange kNoTicks = {std::numeric_limits<int64_t>::max(),
                                std::numeric_limits<int64_t>::min()};

// What the node measures of itself: its own rows are read as those of a pod without containers.
std::vector<SumRow> NodeShare(const std::vector<IndexedRows>& rows, const Grid& grid) {
  std::vector<SumRow> share(grid.count);
  if (rows.empty() || rows.front().index != 0) return share;
  PodRows own;
  own.own = rows.front().rows;
  const PodReading reading{&own, /*host_network=*/false, {kNotBorn}};
  AddPods(std::span(&reading, 1), grid, SummedMetrics(), &share);
  AddOomKills(std::span(&reading, 1), grid, &share);
  for (SumRow& row : share) row[kPodsColumn] = 0;
  return share;
}

}  // namespace

std::unique_ptr<SummedStore> NewSummedStore(const StoreOptions& options) {
  return std::make_unique<SummedStore>(NewBlockStore(options));
}

SummedStore::SummedStore(std::unique_ptr<Store> store)
    : store_(std::move(store)),
      sums_(store_->options().interval_ms),
      cluster_sums_(store_->options().interval_ms) {}

AppendResult SummedStore::Append(const NodeReport& report, int64_t now_ms) {
  while (true) {
    AppendResult result;
    {
      const std::shared_ptr<LockedNode> node = FindOrCreate(report.node_name);
      const MutexLock lock(node->mutex);
      if (node->dropped) continue;
      result = AppendTo(&node->node, report, now_ms);
    }
    if (!result.node) DropIfEmpty(report.node_name);
    return result;
  }
}

AppendResult SummedStore::AppendTo(Node* node, const NodeReport& report, int64_t now_ms) {
  const TickRange told = NewTicks(*node, report, now_ms);
  const int64_t interval_ms = store_->options().interval_ms;
  Changes changes{SumChange(interval_ms), SumChange(interval_ms),
                  cluster_sums_.Group(kClusterGroup)};
  // A tick among others changes what is made of those after it, too.
  const TickRange after{told.first_ms, std::numeric_limits<int64_t>::max()};
  const bool late = !node->held.empty() && told.first_ms <= node->held.back().last_ms;
  AddReadings(*node, ReadTicks(*node, after), -1, &changes);
  AppendResult result = store_->Append(report, now_ms);
  if (node->id != result.node) {  // the store dropped it
    if (node->id) ForgetSource(*node->id);
    *node = Node();
    node->id = result.node;
  }
  if (!node->id) return result;
  node->held = result.held;
  node->step_ms = result.held_step_ms;
  std::vector<Reading> readings = ReadTicks(*node, after);
  const bool unknown =
      std::any_of(readings.begin(), readings.end(),
                  [node](const Reading& reading) { return node->pods.Lacks(reading.rows); });
  // A late tick may show a pod before it was thought to be born.
  if (unknown || late || !report.identities.empty()) UpdatePods(node, told.first_ms, &changes);
  AddReadings(*node, std::move(readings), 1, &changes);
  changes.namespaces.SetTicks(*node->id, result.held, result.held_step_ms);
  changes.cluster.SetTicks(*node->id, result.held, result.held_step_ms);
  sums_.Apply(std::move(changes.namespaces), now_ms);
  cluster_sums_.Apply(std::move(changes.cluster), now_ms);
  return result;
}

TickRange SummedStore::NewTicks(const Node& node, const NodeReport& report, int64_t now_ms) const {
  const StoreOptions& options = store_->options();
  const int64_t oldest_ms = now_ms - options.retention_ms - ReachMs(options);
  const bool simple = report.instance_id.empty() || report.instance_id == kSimpleInstance;
  TickRange range = kNoTicks;
  const auto add = [&](int64_t tick_ms) {
    if (tick_ms < oldest_ms || tick_ms % options.interval_ms != 0) return;
    if (!simple && HasTick(node.held, node.step_ms, tick_ms)) return;
    range.first_ms = std::min(range.first_ms, tick_ms);
    range.last_ms = std::max(range.last_ms, tick_ms);
  };
  for (const Tick& tick : report.ticks) add(tick.tick_ms);
  for (const BlockReader& block : report.blocks) {
    for (const BlockTick& tick : block.Ticks()) add(tick.tick_ms);
  }
  return range;
}

std::vector<SummedStore::Reading> SummedStore::ReadTicks(const Node& node,
                                                         const TickRange& range) const {
  const int64_t interval_ms = store_->options().interval_ms;
  std::vector<Reading> readings;
  for (const TickRange& ticks : node.held) {
    const int64_t first_ms = std::max(ticks.first_ms, range.first_ms);
    const int64_t last_ms = std::min(ticks.last_ms, range.last_ms);
    if (first_ms > last_ms) continue;
    const Grid grid{first_ms, interval_ms,
                    static_cast<size_t>((last_ms - first_ms) / interval_ms) + 1};
    readings.push_back(
        {grid, kubemonitor::ReadNode(*store_, *node.id, SummedSeries(), RangeOf(grid))});
  }
  return readings;
}

void SummedStore::AddReadings(const Node& node, std::vector<Reading> readings, int sign,
                              Changes* changes) const {
  for (Reading& reading : readings) {
    const Grid& grid = reading.grid;
    std::vector<SumRow> whole = NodeShare(reading.rows, grid);
    for (const NodePods::Share& share : node.pods.Shares(std::move(reading.rows), grid)) {
      changes->namespaces.Add(share.group, grid.first_ms, share.rows, sign);
      for (size_t tick = 0; tick < grid.count; ++tick) {
        whole[tick][kPodsColumn] += share.rows[tick][kPodsColumn];
      }
    }
    changes->cluster.Add(changes->cluster_group, grid.first_ms, whole, sign);
  }
}

void SummedStore::UpdatePods(Node* node, int64_t first_ms, Changes* changes) {
  const int64_t oldest_ms = node->held.empty() ? 0 : node->held.front().first_ms;
  NodePods pods = NodePods::Make(store_->Objects(*node->id), oldest_ms, &sums_);
  const TickRange before{std::numeric_limits<int64_t>::min(), first_ms - 1};
  const bool agrees = node->pods.Agrees(pods, {oldest_ms, before.last_ms});
  if (!agrees) AddReadings(*node, ReadTicks(*node, before), -1, changes);
  node->pods = std::move(pods);
  if (!agrees) AddReadings(*node, ReadTicks(*node, before), 1, changes);
}

void SummedStore::ForgetSource(uint32_t node) {
  sums_.ForgetSource(node);
  cluster_sums_.ForgetSource(node);
}

std::vector<uint32_t> SummedStore::NodesWithNamespace(std::string_view namespace_name) const {
  std::vector<uint32_t> result;
  const std::shared_ptr<const SumGroup> group = sums_.Find(namespace_name);
  if (group == nullptr) return result;
  for (const auto& entry : AllNodes()) {
    LockedNode& locked = *entry.second;
    const MutexLock lock(locked.mutex);
    if (locked.node.id && locked.node.pods.InGroup(*group)) result.push_back(*locked.node.id);
  }
  return result;
}

void SummedStore::Expire(int64_t now_ms) {
  store_->Expire(now_ms);
  const int64_t cutoff_ms = now_ms - store_->options().retention_ms;
  int64_t newest_ms = std::numeric_limits<int64_t>::min();
  for (const auto& [name, locked] : AllNodes()) {
    bool quiet = false;
    {
      const MutexLock lock(locked->mutex);
      const std::vector<TickRange>& held = locked->node.held;
      quiet = held.empty() || held.back().last_ms < cutoff_ms;
      if (!held.empty()) newest_ms = std::max(newest_ms, held.back().last_ms);
    }
    if (quiet) DropIfEmpty(name);
  }
  // Twice what is taken, for collectors whose clocks are ahead.
  if (newest_ms > now_ms + 2 * kMaxAheadMs) {
    LogWarning(
        "the clock was set back: ticks up to {} s ahead of it are held. All is dropped, and "
        "collectors tell again what is true",
        (newest_ms - now_ms) / 1000);
    Clear();
  }
  const int64_t reach_ms = store_->RetentionMs(now_ms) + ReachMs(store_->options());
  sums_.Expire(now_ms - reach_ms, now_ms);
  cluster_sums_.Expire(now_ms - reach_ms, now_ms);
}

// Nobody appends meanwhile: whoever has a node is waited for, and the others find it dropped.
void SummedStore::Clear() {
  const MutexLock lock(mutex_);
  for (const auto& [name, locked] : nodes_) {
    const MutexLock node_lock(locked->mutex);
    locked->dropped = true;
  }
  nodes_.clear();
  store_->Clear();
  sums_.Clear();
  cluster_sums_.Clear();
}

StoreStats SummedStore::Stats() const {
  StoreStats stats = store_->Stats();
  stats.sum_bytes = sums_.MemoryBytes() + cluster_sums_.MemoryBytes();
  return stats;
}

std::shared_ptr<SummedStore::LockedNode> SummedStore::FindOrCreate(const std::string& name) {
  const MutexLock lock(mutex_);
  std::shared_ptr<LockedNode>& node = nodes_[name];
  if (node == nullptr) node = std::make_shared<LockedNode>();
  return node;
}

SummedStore::NodeList SummedStore::AllNodes() const {
  const MutexLock lock(mutex_);
  return {nodes_.begin(), nodes_.end()};
}

void SummedStore::DropIfEmpty(const std::string& name) {
  const MutexLock lock(mutex_);
  const auto found = nodes_.find(name);
  if (found == nodes_.end()) return;
  LockedNode& locked = *found->second;
  {
    const MutexLock node_lock(locked.mutex);
    if (!store_->Held(name).empty()) return;
    locked.dropped = true;
    if (locked.node.id) ForgetSource(*locked.node.id);
  }
  nodes_.erase(found);
}

}  // namespace kubemonitor
