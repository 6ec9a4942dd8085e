#ifndef KUBEMONITOR_APISERVER_QUERY_SNAPSHOT_H_
#define KUBEMONITOR_APISERVER_QUERY_SNAPSHOT_H_

// Who exists at the tick of a query: nodes, pods with their containers, namespaces, workloads.
// Names and lives only; values are read from the store when an item is made.

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apiserver/query/query.h"
#include "apiserver/query/window.h"
#include "apiserver/store/store.h"

namespace kubemonitor {

struct NodeEntry {
  std::shared_ptr<const NodeInfo> info;
  std::optional<int64_t> tick_ms;  // its newest tick that is not after T; absent: no tick at all
  std::optional<int64_t> first_held_ms;  // the oldest tick held of it
  bool visible = true;                   // itself; its pods may be, all the same
  bool stale = false;
  // Objects whose newest tick is older have ended. It is tick_ms, but for the simple form, whose
  // clients report one after the other: there an object may miss two ticks.
  int64_t alive_since_ms = 0;
};

struct ContainerEntry {
  ObjectInfo info;
  bool ended = false;  // see NodeEntry::alive_since_ms
};

// One pod uid on one node. A container whose pod nobody knows stands as a pod of its own, without a
// namespace: better than out of sight.
struct PodEntry {
  size_t node = 0;                         // in nodes()
  std::optional<ObjectInfo> own;           // absent: see above
  std::vector<ContainerEntry> containers;  // sandboxes included, ended ones of the retention too
  std::string namespace_name, name, uid;
  int64_t first_tick_ms = 0;
  int64_t last_tick_ms = 0;  // may lie after T
  int64_t shown_ms = 0;      // the tick its values are shown of
  int64_t start_ms = 0;      // started_at, or else its first tick: which of one name started last
  std::optional<int64_t> started_at_ms;
  bool host_network = false;
  bool terminated = false;
  bool stale = false;
  std::optional<Owner> owner;

  bool counted() const { return !terminated && !stale; }  // is part of the sums at T
};

struct GroupLife {
  bool terminated = true;  // no pod lives
  bool stale = false;      // those that live are all stale

  void Add(const PodEntry& pod) {
    if (pod.terminated) return;
    stale = pod.stale && (terminated || stale);
    terminated = false;
  }
};

struct GroupEntry {  // a workload
  std::string namespace_name, name;
  std::vector<uint32_t> pods;  // in loaded_pods(); ended ones too
  GroupLife life;
};

// Not thread-safe. The pods of a node are looked up once, when first asked for.
class Snapshot {
 public:
  Snapshot(const SummedStore& store, const Visibility& visibility, const NodeInfos& nodes,
           const TimeFrame& frame, int64_t now_ms);

  // By name. A node whose first tick is after T is left out.
  const std::vector<NodeEntry>& nodes() const { return nodes_; }
  // Visible pods that existed at T or before, so far as their nodes were loaded. References stay
  // valid.
  const std::deque<PodEntry>& loaded_pods() const { return pods_; }
  // Loads the pods of a node; they stand in loaded_pods() from `first` on, one after the other.
  struct PodRange {
    uint32_t first = 0, count = 0;
  };
  PodRange LoadNode(size_t node);
  // Where in nodes() the store's node stands; nullopt: nowhere.
  std::optional<size_t> FindNode(uint32_t store_node) const;
  // Those known so far; references stay valid.
  const std::deque<GroupEntry>& workloads() const { return workloads_; }
  // Where in workloads() those of a namespace are, by name.
  const std::vector<uint32_t>& Deployments(const std::string& namespace_name);

 private:
  void LoadPodsOfNode(size_t node);
  void AddPod(PodEntry pod);
  NodeEntry MakeNode(std::shared_ptr<const NodeInfo> info, const TimeFrame& frame,
                     int64_t now_ms) const;

  const SummedStore& store_;
  const Visibility& visibility_;
  int64_t tick_ms_;
  std::vector<NodeEntry> nodes_;
  std::vector<std::pair<uint32_t, size_t>> by_store_node_;  // ascending
  std::vector<std::optional<PodRange>> ranges_;             // by node; absent: not loaded
  std::deque<PodEntry> pods_;
  std::deque<GroupEntry> workloads_;
  std::map<std::string, std::vector<uint32_t>> deployments_;  // by namespace
};

// A Deployment names its pods `<deployment>-<hash>-<five characters>` and labels them with the
// hash.
std::optional<Owner> InferOwner(const Identity& pod);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_SNAPSHOT_H_
