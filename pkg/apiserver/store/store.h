#ifndef KUBEMONITOR_APISERVER_STORE_STORE_H_
#define KUBEMONITOR_APISERVER_STORE_STORE_H_

// The memory of the server: what every node reported over the retention. Raw values only; rates,
// sums and windows are made of them in apiserver/query. Everything entering here was validated by
// apiserver/ingest.
//
// All methods are thread-safe. Readers copy what they ask for; none of them holds up Append of
// another node, nor of the same node for longer than one such copy takes.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/store/object_rows.h"
#include "apiserver/store/packed_details.h"
#include "apiserver/store/packed_identity.h"
#include "apiserver/store/series_columns.h"
#include "common/node_report.h"
#include "common/series.h"

namespace kubemonitor {

struct StoreOptions {
  // Ticks of this age are shown. What is older is refused and dropped, but for two intervals more:
  // the oldest rate of a window as long as the retention is made from the tick before it.
  int64_t retention_ms = 3'600'000;
  int64_t interval_ms = 10'000;  // resolution: ticks are multiples of it
  size_t max_nodes = 10'000;
  // Pods and containers, ended ones of the retention included.
  size_t max_objects_per_node = 20'000;
  // Of StoreStats::memory_bytes. Where blocks and objects meet it, the oldest blocks of all nodes
  // go, by the wall clock, but for those of the last five minutes. Absent: no limit.
  std::optional<uint64_t> memory_limit_bytes = std::nullopt;
};

// Ticks are taken up to so far ahead of the server's clock.
inline constexpr int64_t kMaxAheadMs = 300'000;

// How long ticks are taken and kept beyond the retention.
inline int64_t ReachMs(const StoreOptions& options) { return 2 * options.interval_ms; }

// An object of the store. Never reused for another object while the store lives. index 0 is the
// node itself.
struct ObjectId {
  uint32_t node = 0;
  uint32_t index = 0;
  auto operator<=>(const ObjectId&) const = default;
};

// The distance of a sender's ticks that meet the server's grid: their least common multiple. A
// sender that does not tell its interval (0) keeps the server's.
inline int64_t GridStepMs(int64_t interval_ms, int64_t sender_interval_ms) {
  return sender_interval_ms > 0 ? std::lcm(interval_ms, sender_interval_ms) : interval_ms;
}

struct TickRange {  // both ends included, Unix milliseconds
  int64_t first_ms = 0;
  int64_t last_ms = 0;
  bool operator==(const TickRange&) const = default;
};

// The tick is in one of the ranges, whose ticks are step_ms apart.
inline bool HasTick(const std::vector<TickRange>& ranges, int64_t step_ms, int64_t tick_ms) {
  return std::any_of(ranges.begin(), ranges.end(), [=](const TickRange& range) {
    return range.first_ms <= tick_ms && tick_ms <= range.last_ms &&
           (tick_ms - range.first_ms) % step_ms == 0;
  });
}

enum class RefusalReason : uint8_t {  // numbers of the wire
  kInvalid = 1,
  kTooOld = 2,
  kInFuture = 3,
  kClockSkew = 4,
  kSuperseded = 5,
  kOffGrid = 6,
  kCapacity = 7,
  kVersion = 8,
};

struct Refusal {
  RefusalReason reason = RefusalReason::kInvalid;
  uint64_t count = 0;
  std::string detail;
};

struct AppendResult {
  std::optional<uint32_t> node;             // of ObjectId; absent: too many nodes
  uint64_t accepted_ticks = 0;              // stored now or held already
  std::vector<TickRange> held;              // all ticks held of this node, ascending
  int64_t held_step_ms = 1;                 // how far apart ticks in a range are
  std::vector<uint32_t> identities_wanted;  // object numbers without an identity: their values were
                                            // not stored, nor was the tick marked held
  std::vector<Refusal> refusals;
};

// What ingest knows about a node beside its samples.
struct NodeHealth {
  std::optional<double> clock_skew_seconds;  // server − node; present once known
  bool clock_refused = false;                // more than five minutes off
  bool conflict = false;                     // several collectors claim this node
  uint64_t lost_ticks = 0;  // that its collector could not give in time, since it started
  uint64_t owed_ticks = 0;  // that its collector holds and is still to give
  bool operator==(const NodeHealth&) const = default;
};

struct NodeInfo {
  uint32_t node = 0;
  std::string name;
  std::string boot_id;
  std::string instance_id;
  std::string collector_version;
  int64_t interval_ms = 0;  // the sender's
  std::optional<int64_t>
      newest_tick_ms;  // absent: nothing stored, e.g. a node whose clock is refused
  std::optional<int64_t> previous_tick_ms;  // the newest tick but one
  std::optional<int64_t> oldest_tick_ms;
  int64_t received_ms = 0;         // server's wall clock of the newest accepted report
  uint64_t seen = 0, nonzero = 0;  // of the node itself; as in ObjectInfo
  NodeHealth health;
  std::shared_ptr<const NodeDetails> details;  // null: never sent
  uint64_t boot_usec = 0;                      // of the newest tick
  // What rates of devices are made from: the details before `details`, of the same boot (null:
  // none), and when both were read.
  std::shared_ptr<const NodeDetails> previous_details;
  uint64_t details_boot_usec = 0, previous_details_boot_usec = 0;
};

// By name. What they point at stays as it is: what changes is another NodeInfo.
using NodeInfos = std::vector<std::shared_ptr<const NodeInfo>>;

struct ObjectInfo {
  ObjectId id;
  PackedIdentity identity;      // made on demand; its `object` and `pod_object` are the sender's
                                // numbers: use id and pod
  std::optional<ObjectId> pod;  // of a container: its pod
  // The ticks it had values at, first and last; where the first has expired, the oldest held of its
  // node. Of a pod: of it or any of its containers.
  int64_t first_tick_ms = 0, last_tick_ms = 0;
  uint64_t seen = 0;      // SeriesValues::Bit of the series it ever had a value of
  uint64_t nonzero = 0;   // those of them that were ever more than 0
  PackedDetails details;  // null: never sent; its `object` is 0
  // As in NodeInfo.
  PackedDetails previous_details;
  uint64_t details_boot_usec = 0, previous_details_boot_usec = 0;
};

struct IndexedRows {
  uint32_t index = 0;  // of ObjectId
  ObjectRows rows;
};

struct StoreStats {
  uint64_t nodes = 0, pods = 0, containers = 0;  // held, ended ones included
  uint64_t series = 0;                           // object × series with at least one value
  uint64_t samples = 0;                          // values held now
  uint64_t open_samples = 0;                     // of them in blocks still open
  uint64_t samples_total = 0;                    // values ever stored
  // What the store takes, estimated: sealed blocks, those still open, and objects, which are
  // identities, details and the tables that find them.
  uint64_t block_bytes = 0, open_block_bytes = 0, object_bytes = 0;
  uint64_t sum_bytes = 0;
  uint64_t memory_bytes() const {
    return block_bytes + open_block_bytes + object_bytes + sum_bytes;
  }
  std::optional<int64_t> oldest_tick_ms, newest_tick_ms;
};

class Store {
 public:
  virtual ~Store() = default;

  // Stores a report: all ticks of it that are new, and nothing twice. Ticks may come in any order.
  // A tick is stored as a whole or, where it has object numbers that have no identity, not at all;
  // and so are the ticks of a block together.
  // Object numbers belong to report.instance_id; another instance starts anew, and continues the
  // same objects by their identity (pod: uid, or namespace and name where there is no uid;
  // container: id, or pod and name). `now_ms` is the server's wall clock; ticks older than now −
  // KeptMs are refused, and old ones dropped.
  virtual AppendResult Append(const NodeReport& report, int64_t now_ms) = 0;

  // Creates the node if need be (a node whose reports are all refused is shown all the same).
  // False: too many nodes.
  virtual bool SetHealth(const std::string& node_name, const NodeHealth& health,
                         int64_t now_ms) = 0;

  virtual std::vector<TickRange> Held(const std::string& node_name) const = 0;

  // How far back ticks are shown now: the retention, or less once the memory limit made the oldest
  // blocks go.
  virtual int64_t RetentionMs(int64_t now_ms) const = 0;
  // How far back they are taken and kept.
  int64_t KeptMs(int64_t now_ms) const {
    const int64_t retention_ms = RetentionMs(now_ms);
    const bool whole = retention_ms == options().retention_ms;
    return whole ? retention_ms + ReachMs(options()) : retention_ms;
  }
  // Drops what is older: ticks, ended objects, and nodes without any tick left. Sees to the memory
  // limit as well.
  virtual void Expire(int64_t now_ms) = 0;
  // Drops everything: collectors tell it anew.
  virtual void Clear() = 0;

  virtual NodeInfos Nodes() const = 0;
  // Pods and containers of a node, ended ones of the retention included; those without any value
  // held (neither of their containers) are left out. Empty for an unknown node.
  virtual std::vector<ObjectInfo> Objects(uint32_t node) const = 0;
  // The nodes that may hold a pod of this name, ended ones of the retention included.
  virtual std::vector<uint32_t> NodesWithPod(std::string_view namespace_name,
                                             std::string_view name) const = 0;
  // Rows of `id` with first_ms ≤ tick ≤ last_ms, and before them, if there is one, the newest row
  // older than first_ms (what the first rate of the window is made from). `mask` has the bits of
  // SeriesValues::Bit wanted; rows with none of them are left out.
  virtual ObjectRows Read(ObjectId id, uint64_t mask, int64_t first_ms, int64_t last_ms) const = 0;

  // The same of all objects of a node and the node itself, ascending; those without any row in the
  // range may be left out.
  virtual std::vector<IndexedRows> ReadNode(uint32_t node, uint64_t mask, int64_t first_ms,
                                            int64_t last_ms) const = 0;

  // One series of these objects (indexes of a node, ascending) with first_ms ≤ tick ≤ last_ms, a
  // column each; and at some ticks around: among them the newest one held that is older than
  // first_ms. No tick at all for an unknown node.
  virtual void ReadSeries(uint32_t node, std::span<const uint32_t> objects, Series series,
                          int64_t first_ms, int64_t last_ms, SeriesColumns* columns) const = 0;

  virtual StoreStats Stats() const = 0;
  virtual const StoreOptions& options() const = 0;
};

// Compressed blocks of five minutes a node, and an open one (common/series_block.h).
std::unique_ptr<Store> NewBlockStore(StoreOptions options);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_STORE_H_
