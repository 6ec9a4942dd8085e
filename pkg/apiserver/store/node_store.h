#ifndef KUBEMONITOR_APISERVER_STORE_NODE_STORE_H_
#define KUBEMONITOR_APISERVER_STORE_NODE_STORE_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/store/node_blocks.h"
#include "apiserver/store/node_details.h"
#include "apiserver/store/object_rows.h"
#include "apiserver/store/object_table.h"
#include "apiserver/store/store.h"

namespace kubemonitor {

// Everything held of one node. Not thread-safe: the store has a lock for each.
class NodeStore {
 public:
  NodeStore(uint32_t node, std::string name, const StoreOptions& options,
            std::shared_ptr<Interner> interner, std::shared_ptr<BlockMemory> memory);

  // Of all that follow `floor_ms` is where the ticks begin that the memory limit leaves: older ones
  // are refused and dropped, whatever the retention.
  AppendResult Append(const NodeReport& report, int64_t now_ms, int64_t floor_ms);
  void SetHealth(const NodeHealth& health, int64_t now_ms);
  std::vector<TickRange> Held() const;
  int64_t StepMs() const;  // how far apart ticks in a range of Held are
  void Expire(int64_t now_ms, int64_t floor_ms);
  // No tick is left, and nothing was heard of the node for the retention.
  bool Forgotten(int64_t now_ms) const;

  // Made when first asked for after a change; never null.
  std::shared_ptr<const NodeInfo> Info() const;
  std::vector<ObjectInfo> Objects() const;
  bool MayHavePod(uint32_t name_hash) const { return objects_.MayHavePod(name_hash); }
  ObjectRows Read(uint32_t index, uint64_t mask, int64_t first_ms, int64_t last_ms) const;
  std::vector<IndexedRows> ReadAll(uint64_t mask, int64_t first_ms, int64_t last_ms) const;
  void ReadSeries(std::span<const uint32_t> objects, Series series, int64_t first_ms,
                  int64_t last_ms, SeriesColumns* columns) const {
    blocks_.ReadSeries(objects, series, first_ms, last_ms, columns);
  }
  // Adds this node's share; `nodes`, and what is in the interner and the BlockMemory, is counted by
  // the caller.
  void AddStats(StoreStats* stats) const;
  // Its share of StoreStats::memory_bytes, as in AddStats.
  uint64_t MemoryBytes() const;
  std::optional<int64_t> OldestBlockStartMs() const { return blocks_.OldestBlockStartMs(); }

 private:
  struct Outcome;  // of one report

  // Refuses it, counts it as held, or appends it to `ticks`.
  void TakeTick(const NodeReport& report, const Tick& tick, Outcome* outcome,
                std::vector<TickRows>* ticks);
  bool NumbersKnown(const Tick& tick, Outcome* outcome);
  // Refuses a block, or stores those of its ticks that are not held.
  void TakeBlock(const NodeReport& report, const BlockReader& block, Outcome* outcome);
  // An object of a block that has room here. Null: the node.
  struct BlockObject {
    BlockReader::Object columns;
    StoredObject* object = nullptr;
    uint32_t index() const { return object == nullptr ? 0 : object->index; }
  };
  // Nullopt: some have no identity. By index.
  std::optional<std::vector<BlockObject>> ObjectsOf(const BlockReader& block, Outcome* outcome);
  void AdoptBlock(const BlockReader& block, std::span<const BlockObject> objects,
                  const std::string& boot_id, int64_t kept_from_ms);
  void MergeBlock(const BlockReader& block, std::span<const BlockObject> objects,
                  const std::string& boot_id, int64_t kept_from_ms);
  // Notes what the object had from position `first` on; how many values.
  uint64_t NoteColumns(const BlockObject& object, std::span<const BlockTick> ticks, size_t first);
  std::vector<ObjectRow> RowsOf(const Tick& tick, Outcome* outcome);
  void StoreDetails(const Tick& tick, const BlockTick& at);
  void NoteSender(const NodeReport& report, const Outcome& outcome, int64_t now_ms);
  int64_t KeptFromMs(int64_t now_ms, int64_t floor_ms) const {
    return std::max(now_ms - options_.retention_ms - ReachMs(options_), floor_ms);
  }
  NodeInfo MakeInfo() const;
  uint64_t OwnBytes() const;  // of all but blocks

  const uint32_t node_;
  const std::string name_;
  const StoreOptions options_;

  NodeBlocks blocks_;
  uint64_t node_seen_ = 0, node_nonzero_ = 0;  // series of the node itself; see StoredObject
  ObjectTable objects_;
  KeptNodeDetails details_;

  std::string boot_id_;  // of the newest tick
  std::string instance_id_;
  std::string collector_version_;
  int64_t sender_interval_ms_;
  int64_t received_ms_ = 0;
  int64_t touched_ms_ = 0;
  NodeHealth health_;

  mutable std::shared_ptr<const NodeInfo> info_;  // null: to be made
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_NODE_STORE_H_
