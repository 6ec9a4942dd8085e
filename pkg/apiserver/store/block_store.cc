#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "apiserver/store/node_store.h"
#include "apiserver/store/store.h"
#include "common/mutex.h"

namespace kubemonitor {
namespace {

// One node and its lock. Shared, so that a node dropped by Expire outlives whoever still reads it.
struct LockedNode {
  LockedNode(uint32_t node, const std::string& node_name, const StoreOptions& options,
             std::shared_ptr<Interner> interner, std::shared_ptr<BlockMemory> memory)
      : id(node),
        name(node_name),
        store(node, node_name, options, std::move(interner), std::move(memory)) {}

  const uint32_t id;
  const std::string name;
  Mutex mutex;
  NodeStore store GUARDED_BY(mutex);
  uint64_t counted_bytes GUARDED_BY(mutex) =
      0;                                   // its share of the store's memory, when last looked
  bool dropped GUARDED_BY(mutex) = false;  // no longer reachable: look the name up again
};

// The lock of the maps is held for look-ups only, and never while a node's own is awaited by a
// reader or Append.
class BlockStore final : public Store {
 public:
  explicit BlockStore(StoreOptions options) : options_(options) {}

  AppendResult Append(const NodeReport& report, int64_t now_ms) override {
    AppendResult result = AppendToNode(report, now_ms);
    // Where nothing is left to drop, Expire looks again.
    if (OverLimit() && !nothing_to_drop_) DropOldestBlocks(now_ms);
    return result;
  }

  AppendResult AppendToNode(const NodeReport& report, int64_t now_ms) {
    while (std::shared_ptr<LockedNode> node = FindOrCreate(report.node_name)) {
      const MutexLock lock(node->mutex);
      if (node->dropped) continue;
      AppendResult result = node->store.Append(report, now_ms, FloorMs(now_ms));
      CountMemory(node.get());
      return result;
    }
    AppendResult result;
    result.refusals.push_back({RefusalReason::kCapacity, report.ticks.size(),
                               fmt::format("node {}: {} nodes are held, which is the limit",
                                           report.node_name, options_.max_nodes)});
    return result;
  }

  bool SetHealth(const std::string& node_name, const NodeHealth& health, int64_t now_ms) override {
    while (std::shared_ptr<LockedNode> node = FindOrCreate(node_name)) {
      const MutexLock lock(node->mutex);
      if (node->dropped) continue;
      node->store.SetHealth(health, now_ms);
      return true;
    }
    return false;
  }

  std::vector<TickRange> Held(const std::string& node_name) const override {
    std::shared_ptr<LockedNode> node;
    {
      const MutexLock lock(mutex_);
      const auto found = by_name_.find(node_name);
      if (found == by_name_.end()) return {};
      node = found->second;
    }
    const MutexLock lock(node->mutex);
    return node->store.Held();
  }

  int64_t RetentionMs(int64_t now_ms) const override {
    return std::min(options_.retention_ms, now_ms - FloorMs(now_ms));
  }

  void Expire(int64_t now_ms) override {
    ExpireNodes(now_ms);
    if (OverLimit()) DropOldestBlocks(now_ms);
  }

  void Clear() override {
    const std::shared_ptr<const LockedNodes> all = AllNodes();
    for (const std::shared_ptr<LockedNode>& node : *all) {
      const MutexLock lock(mutex_);
      const MutexLock node_lock(node->mutex);
      DropLocked(*node);
    }
  }

  NodeInfos Nodes() const override {
    NodeInfos infos;
    const std::shared_ptr<const LockedNodes> all = AllNodes();
    infos.reserve(all->size());
    for (const std::shared_ptr<LockedNode>& node : *all) {
      const MutexLock lock(node->mutex);
      infos.push_back(node->store.Info());
    }
    return infos;
  }

  std::vector<ObjectInfo> Objects(uint32_t node_id) const override {
    const std::shared_ptr<LockedNode> node = FindId(node_id);
    if (node == nullptr) return {};
    const MutexLock lock(node->mutex);
    return node->store.Objects();
  }

  std::vector<uint32_t> NodesWithPod(std::string_view namespace_name,
                                     std::string_view name) const override {
    std::vector<uint32_t> nodes;
    const uint32_t name_hash = ObjectTable::NameHash(*interner_, namespace_name, name);
    const std::shared_ptr<const LockedNodes> all = AllNodes();
    for (const std::shared_ptr<LockedNode>& node : *all) {
      const MutexLock lock(node->mutex);
      if (node->store.MayHavePod(name_hash)) nodes.push_back(node->id);
    }
    return nodes;
  }

  ObjectRows Read(ObjectId id, uint64_t mask, int64_t first_ms, int64_t last_ms) const override {
    const std::shared_ptr<LockedNode> node = FindId(id.node);
    if (node == nullptr) return {};
    const MutexLock lock(node->mutex);
    return node->store.Read(id.index, mask, first_ms, last_ms);
  }

  std::vector<IndexedRows> ReadNode(uint32_t node_id, uint64_t mask, int64_t first_ms,
                                    int64_t last_ms) const override {
    const std::shared_ptr<LockedNode> node = FindId(node_id);
    if (node == nullptr) return {};
    const MutexLock lock(node->mutex);
    return node->store.ReadAll(mask, first_ms, last_ms);
  }

  void ReadSeries(uint32_t node_id, std::span<const uint32_t> objects, Series series,
                  int64_t first_ms, int64_t last_ms, SeriesColumns* columns) const override {
    columns->Begin(objects.size(), 0);
    const std::shared_ptr<LockedNode> node = FindId(node_id);
    if (node == nullptr) return;
    const MutexLock lock(node->mutex);
    node->store.ReadSeries(objects, series, first_ms, last_ms, columns);
  }

  StoreStats Stats() const override {
    StoreStats stats;
    {
      const MutexLock lock(mutex_);
      stats.samples_total = samples_of_dropped_;
    }
    const std::shared_ptr<const LockedNodes> all = AllNodes();
    for (const std::shared_ptr<LockedNode>& node : *all) {
      const MutexLock lock(node->mutex);
      ++stats.nodes;
      node->store.AddStats(&stats);
    }
    stats.object_bytes += interner_->MemoryBytes();
    stats.block_bytes += memory_->MemoryBytes();
    return stats;
  }

  const StoreOptions& options() const override { return options_; }

 private:
  using NodeMap = std::map<std::string, std::shared_ptr<LockedNode>>;
  using LockedNodes = std::vector<std::shared_ptr<LockedNode>>;

  // Null: too many nodes.
  std::shared_ptr<LockedNode> FindOrCreate(const std::string& name) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    const auto found = by_name_.find(name);
    if (found != by_name_.end()) return found->second;
    if (by_name_.size() >= options_.max_nodes) return nullptr;
    const uint32_t id = next_id_++;
    auto node = std::make_shared<LockedNode>(id, name, options_, interner_, memory_);
    by_name_.emplace(name, node);
    by_id_.emplace(id, node);
    all_ = nullptr;
    return node;
  }

  std::shared_ptr<LockedNode> FindId(uint32_t id) const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
  }

  // By name.
  std::shared_ptr<const LockedNodes> AllNodes() const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (all_ == nullptr) {
      auto all = std::make_shared<LockedNodes>();
      all->reserve(by_name_.size());
      for (const auto& [name, node] : by_name_) all->push_back(node);
      all_ = std::move(all);
    }
    return all_;
  }

  void ExpireNodes(int64_t now_ms) EXCLUDES(mutex_) {
    const std::shared_ptr<const LockedNodes> all = AllNodes();
    for (const std::shared_ptr<LockedNode>& node : *all) {
      {
        const MutexLock lock(node->mutex);
        node->store.Expire(now_ms, FloorMs(now_ms));
        CountMemory(node.get());
        if (!node->store.Forgotten(now_ms)) continue;
      }
      DropForgotten(*node, now_ms);
    }
    interner_->Sweep();
    memory_->Sweep();
  }

  // Up to there the memory limit may make blocks go: the last five minutes stay.
  static int64_t LastFloorMs(int64_t now_ms) { return BlockStartMs(now_ms - kBlockSpanMs); }
  // Older ticks had to go; of a clock that was set back no more than it allows.
  int64_t FloorMs(int64_t now_ms) const {
    return std::min<int64_t>(floor_ms_, LastFloorMs(now_ms));
  }

  void CountMemory(LockedNode* node) REQUIRES(node->mutex) {
    if (!options_.memory_limit_bytes) return;
    const uint64_t bytes = node->store.MemoryBytes();
    node_bytes_ += bytes - node->counted_bytes;
    node->counted_bytes = bytes;
  }

  bool OverLimit() const {
    return options_.memory_limit_bytes &&
           node_bytes_ + interner_->MemoryBytes() + memory_->MemoryBytes() >
               *options_.memory_limit_bytes;
  }

  // The oldest block of every node, by the wall clock, until the rest fits.
  void DropOldestBlocks(int64_t now_ms) EXCLUDES(mutex_) {
    const MutexLock lock(dropping_);
    nothing_to_drop_ = false;
    while (OverLimit()) {
      const std::optional<int64_t> oldest_ms = OldestBlockStartMs();
      nothing_to_drop_ = !oldest_ms || *oldest_ms >= LastFloorMs(now_ms);
      if (nothing_to_drop_) return;
      floor_ms_ = std::max<int64_t>(floor_ms_, *oldest_ms + kBlockSpanMs);
      ExpireNodes(now_ms);
    }
  }

  std::optional<int64_t> OldestBlockStartMs() const EXCLUDES(mutex_) {
    std::optional<int64_t> oldest_ms;
    const std::shared_ptr<const LockedNodes> all = AllNodes();
    for (const std::shared_ptr<LockedNode>& node : *all) {
      const MutexLock lock(node->mutex);
      const std::optional<int64_t> start_ms = node->store.OldestBlockStartMs();
      if (start_ms) oldest_ms = std::min(oldest_ms.value_or(*start_ms), *start_ms);
    }
    return oldest_ms;
  }

  void DropForgotten(LockedNode& node, int64_t now_ms) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    const MutexLock node_lock(node.mutex);
    if (node.store.Forgotten(now_ms)) DropLocked(node);  // else it reported in between
  }

  void DropLocked(LockedNode& node) REQUIRES(mutex_, node.mutex) {
    if (node.dropped) return;
    node.dropped = true;
    node_bytes_ -= node.counted_bytes;
    StoreStats stats;
    node.store.AddStats(&stats);
    samples_of_dropped_ += stats.samples_total;
    by_id_.erase(node.id);
    by_name_.erase(node.name);
    all_ = nullptr;
  }

  const StoreOptions options_;
  const std::shared_ptr<Interner> interner_ = std::make_shared<Interner>();
  const std::shared_ptr<BlockMemory> memory_ = std::make_shared<BlockMemory>();
  mutable Mutex mutex_;
  NodeMap by_name_ GUARDED_BY(mutex_);
  std::map<uint32_t, std::shared_ptr<LockedNode>> by_id_ GUARDED_BY(mutex_);
  // The nodes as they are now, made when first asked for after a change; null: not yet.
  mutable std::shared_ptr<const LockedNodes> all_ GUARDED_BY(mutex_);
  uint32_t next_id_ GUARDED_BY(mutex_) = 0;
  uint64_t samples_of_dropped_ GUARDED_BY(mutex_) = 0;

  // The memory limit. Nodes' memory is counted only if there is one.
  Mutex dropping_;                            // one thread at a time drops blocks for it
  std::atomic<uint64_t> node_bytes_{0};       // sum of counted_bytes
  std::atomic<int64_t> floor_ms_{0};          // see FloorMs
  std::atomic<bool> nothing_to_drop_{false};  // when last looked
};

}  // namespace

std::unique_ptr<Store> NewBlockStore(StoreOptions options) {
  return std::make_unique<BlockStore>(options);
}

}  // namespace kubemonitor
