#include <fmt/format.h>

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
             std::shared_ptr<Interner> interner)
      : id(node), name(node_name), store(node, node_name, options, std::move(interner)) {}

  const uint32_t id;
  const std::string name;
  Mutex mutex;
  NodeStore store GUARDED_BY(mutex);
  bool dropped GUARDED_BY(mutex) = false;  // no longer reachable: look the name up again
};

// The lock of the maps is held for look-ups only, and never while a node's own is awaited by a
// reader or Append.
class BlockStore final : public Store {
 public:
  explicit BlockStore(StoreOptions options) : options_(options) {}

  AppendResult Append(const NodeReport& report, int64_t now_ms) override {
    while (std::shared_ptr<LockedNode> node = FindOrCreate(report.node_name)) {
      const MutexLock lock(node->mutex);
      if (!node->dropped) return node->store.Append(report, now_ms);
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

  void Expire(int64_t now_ms) override {
    const std::shared_ptr<const NodeList> all = AllNodes();
    for (const std::shared_ptr<LockedNode>& node : *all) {
      {
        const MutexLock lock(node->mutex);
        node->store.Expire(now_ms);
        if (!node->store.Forgotten(now_ms)) continue;
      }
      Drop(*node, now_ms);
    }
    interner_->Sweep();
  }

  std::vector<NodeInfo> Nodes() const override {
    std::vector<NodeInfo> infos;
    const std::shared_ptr<const NodeList> all = AllNodes();
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
    const std::shared_ptr<const NodeList> all = AllNodes();
    for (const std::shared_ptr<LockedNode>& node : *all) {
      const MutexLock lock(node->mutex);
      if (node->store.MayHavePod(namespace_name, name)) nodes.push_back(node->id);
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
    const std::shared_ptr<const NodeList> all = AllNodes();
    for (const std::shared_ptr<LockedNode>& node : *all) {
      const MutexLock lock(node->mutex);
      ++stats.nodes;
      node->store.AddStats(&stats);
    }
    stats.object_bytes += interner_->MemoryBytes();
    return stats;
  }

  const StoreOptions& options() const override { return options_; }

 private:
  using NodeMap = std::map<std::string, std::shared_ptr<LockedNode>>;
  using NodeList = std::vector<std::shared_ptr<LockedNode>>;

  // Null: too many nodes.
  std::shared_ptr<LockedNode> FindOrCreate(const std::string& name) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    const auto found = by_name_.find(name);
    if (found != by_name_.end()) return found->second;
    if (by_name_.size() >= options_.max_nodes) return nullptr;
    const uint32_t id = next_id_++;
    auto node = std::make_shared<LockedNode>(id, name, options_, interner_);
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
  std::shared_ptr<const NodeList> AllNodes() const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (all_ == nullptr) {
      auto all = std::make_shared<NodeList>();
      all->reserve(by_name_.size());
      for (const auto& [name, node] : by_name_) all->push_back(node);
      all_ = std::move(all);
    }
    return all_;
  }

  void Drop(LockedNode& node, int64_t now_ms) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    const MutexLock node_lock(node.mutex);
    if (node.dropped || !node.store.Forgotten(now_ms)) return;  // it reported in between
    node.dropped = true;
    StoreStats stats;
    node.store.AddStats(&stats);
    samples_of_dropped_ += stats.samples_total;
    by_id_.erase(node.id);
    by_name_.erase(node.name);
    all_ = nullptr;
  }

  const StoreOptions options_;
  const std::shared_ptr<Interner> interner_ = std::make_shared<Interner>();
  mutable Mutex mutex_;
  NodeMap by_name_ GUARDED_BY(mutex_);
  std::map<uint32_t, std::shared_ptr<LockedNode>> by_id_ GUARDED_BY(mutex_);
  // The nodes as they are now, made when first asked for after a change; null: not yet.
  mutable std::shared_ptr<const NodeList> all_ GUARDED_BY(mutex_);
  uint32_t next_id_ GUARDED_BY(mutex_) = 0;
  uint64_t samples_of_dropped_ GUARDED_BY(mutex_) = 0;
};

}  // namespace

std::unique_ptr<Store> NewBlockStore(StoreOptions options) {
  return std::make_unique<BlockStore>(options);
}

}  // namespace kubemonitor
