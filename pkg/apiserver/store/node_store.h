#ifndef KUBEMONITOR_APISERVER_STORE_NODE_STORE_H_
#define KUBEMONITOR_APISERVER_STORE_NODE_STORE_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "apiserver/store/object_table.h"
#include "apiserver/store/packed_rows.h"
#include "apiserver/store/store.h"

namespace kubemonitor {

// Everything held of one node. Not thread-safe: the plain store has a lock for each.
class NodeStore {
 public:
  NodeStore(uint32_t node, std::string name, const StoreOptions& options);

  AppendResult Append(const NodeReport& report, int64_t now_ms);
  void SetHealth(const NodeHealth& health, int64_t now_ms);
  std::vector<TickRange> Held() const;
  void Expire(int64_t now_ms);
  // No tick is left, and nothing was heard of the node for the retention.
  bool Forgotten(int64_t now_ms) const;

  NodeInfo Info() const;
  std::vector<ObjectInfo> Objects() const;
  std::vector<RawRow> Read(uint32_t index, uint64_t mask, int64_t first_ms, int64_t last_ms) const;
  // Adds this node's share; `nodes` is counted by the caller.
  void AddStats(StoreStats* stats) const;

 private:
  // One entry of the axis all objects of the node share.
  struct AxisEntry {
    int64_t tick_ms = 0;
    uint64_t boot_usec = 0;
    uint32_t epoch = 0;
    bool simple = false;  // made by a report of the simple form
  };
  struct Boot {
    std::string id;
    uint32_t epoch = 0;
  };
  struct Outcome;  // of one report

  void StoreTick(const NodeReport& report, const Tick& tick, int64_t now_ms, Outcome* outcome);
  bool NumbersKnown(const Tick& tick, Outcome* outcome);
  void StoreValues(const Tick& tick, Outcome* outcome);
  void StoreDetails(const Tick& tick, const AxisEntry& entry);
  void NoteSender(const NodeReport& report, const Outcome& outcome, int64_t now_ms);
  uint32_t EpochOf(const std::string& boot_id);
  void DropUnusedBoots();
  bool Insert(PackedRows* rows, int64_t tick_ms, const SeriesValues& values);
  size_t AxisLowerBound(int64_t tick_ms) const;
  int64_t CutoffMs(int64_t now_ms) const;

  const uint32_t node_;
  const std::string name_;
  const StoreOptions options_;

  std::deque<AxisEntry> axis_;  // ascending ticks
  PackedRows node_rows_;
  ObjectTable objects_;
  KeptDetails<NodeDetails> details_;

  std::vector<Boot> boots_;
  uint32_t next_epoch_ = 0;
  std::string boot_id_;  // of the newest tick
  std::string instance_id_;
  std::string collector_version_;
  int64_t sender_interval_ms_;
  int64_t received_ms_ = 0;
  int64_t touched_ms_ = 0;
  NodeHealth health_;
  uint64_t samples_total_ = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_NODE_STORE_H_
