#ifndef KUBEMONITOR_APISERVER_QUERY_SNAPSHOT_H_
#define KUBEMONITOR_APISERVER_QUERY_SNAPSHOT_H_

// Who exists at the tick of a query: nodes, and pods with their containers, joined with what
// Kubernetes says of them. Names and lives only; values are read from the store when an item is
// made.

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apiserver/kubernetes/cluster.h"
#include "apiserver/query/node_join.h"
#include "apiserver/query/query.h"
#include "apiserver/query/window.h"
#include "apiserver/store/store.h"

namespace kubemonitor {

// Not thread-safe. The pods of a node are looked up once, when first asked for.
class Snapshot {
 public:
  // `cluster` may be null; it outlives the snapshot.
  Snapshot(const SummedStore& store, const Visibility& visibility, const NodeInfos& nodes,
           const Cluster* cluster, const TimeFrame& frame, int64_t now_ms);

  // By name, and behind them those that are there for the sake of their pods alone, not visible. A
  // node whose first tick is after T is left out.
  const std::vector<NodeEntry>& nodes() const { return nodes_; }
  // Visible pods that existed at T or before, so far as their nodes were loaded; see IsThere.
  // References stay valid.
  const std::deque<PodEntry>& loaded_pods() const { return pods_; }
  // Loads the pods of a node; they stand in loaded_pods() from `first` on, one after the other.
  struct PodRange {
    uint32_t first = 0, count = 0;
  };
  PodRange LoadNode(size_t node);
  // Where in nodes() the store's node stands; nullopt: nowhere.
  std::optional<size_t> FindNode(uint32_t store_node) const;
  std::optional<size_t> FindNode(std::string_view name) const;
  // In nodes(): those that may have pods, or pods of the namespace, or of the name in it.
  std::vector<size_t> NodesWithPods(std::optional<std::string_view> namespace_name);
  std::vector<size_t> NodesWithPod(std::string_view namespace_name, std::string_view name,
                                   std::optional<std::string_view> uid);
  // False: a pod that no collector seemed to report, until another node's was found to.
  bool IsThere(const PodEntry& pod) const {
    return pod.measured || reported_elsewhere_.empty() ||
           !reported_elsewhere_.contains(pod.kubernetes->uid);
  }
  // Whether something of Kubernetes that began then was there at T.
  bool Began(const std::optional<int64_t>& created_ms) const {
    return live_ || !created_ms || *created_ms <= tick_ms_;
  }

 private:
  using PodsById = std::vector<std::pair<ObjectId, PodEntry>>;

  // `join` is null without a cluster.
  void LoadPodsOfNode(size_t node, NodeJoin* join);
  // With Kubernetes' pods; containers that turn out to be of one pod become one.
  void JoinPods(NodeJoin* join, PodsById* pods);
  void AddPod(PodEntry pod, const NodeJoin* join);
  void AddPodsNotMeasured(size_t node, NodeJoin* join);
  NodeEntry MakeNode(std::shared_ptr<const NodeInfo> info, const TimeFrame& frame,
                     int64_t now_ms) const;
  // Those of Kubernetes, by name as those known before.
  void JoinNodes();
  // A node for the sake of its pods.
  size_t AddHiddenNode(std::string_view name);
  size_t FindOrAddNode(std::string_view name);

  const SummedStore& store_;
  const Visibility& visibility_;
  const Cluster* const cluster_;
  const int64_t tick_ms_;
  const bool live_;
  std::vector<NodeEntry> nodes_;
  size_t named_nodes_ = 0;                                  // so many of them stand by name
  std::vector<std::pair<uint32_t, size_t>> by_store_node_;  // ascending
  std::vector<std::optional<PodRange>> ranges_;             // by node; absent: not loaded
  std::deque<PodEntry> pods_;
  // Uids of pods that Kubernetes has on another node than the one whose collector reports them: it
  // goes by another name.
  std::set<std::string, std::less<>> reported_elsewhere_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_SNAPSHOT_H_
