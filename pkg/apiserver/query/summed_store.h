#ifndef KUBEMONITOR_APISERVER_QUERY_SUMMED_STORE_H_
#define KUBEMONITOR_APISERVER_QUERY_SUMMED_STORE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apiserver/query/node_pods.h"
#include "apiserver/store/store.h"
#include "apiserver/store/sum_table.h"
#include "common/mutex.h"

namespace kubemonitor {

class SummedStore;

// The one group of cluster_sums().
inline constexpr std::string_view kClusterGroup = "cluster";

// The store of the server.
std::unique_ptr<SummedStore> NewSummedStore(const StoreOptions& options);

// A store with the sums of its pods by namespace (query/pod_sums.h), of all ticks held, brought up
// to date by each Append before it returns: also when ticks come late, or a pod's name does.
class SummedStore final : public Store {
 public:
  explicit SummedStore(std::unique_ptr<Store> store);

  const SumTable& namespace_sums() const { return sums_; }
  // The same of what nodes measure of themselves, as one group. Its rows count their pods (of all
  // namespaces) and nodes.
  const SumTable& cluster_sums() const { return cluster_sums_; }
  // The nodes that hold pods of a namespace, ended ones of the retention included.
  std::vector<uint32_t> NodesWithNamespace(std::string_view namespace_name) const EXCLUDES(mutex_);

  AppendResult Append(const NodeReport& report, int64_t now_ms) override;
  // Clears all once a tick is so far ahead that the server's clock must have been set back.
  void Expire(int64_t now_ms) override;
  void Clear() override;
  StoreStats Stats() const override;

  bool SetHealth(const std::string& node_name, const NodeHealth& health, int64_t now_ms) override {
    return store_->SetHealth(node_name, health, now_ms);
  }
  std::vector<TickRange> Held(const std::string& node_name) const override {
    return store_->Held(node_name);
  }
  int64_t RetentionMs(int64_t now_ms) const override { return store_->RetentionMs(now_ms); }
  NodeInfos Nodes() const override { return store_->Nodes(); }
  std::vector<ObjectInfo> Objects(uint32_t node) const override { return store_->Objects(node); }
  std::vector<uint32_t> NodesWithPod(std::string_view namespace_name,
                                     std::string_view name) const override {
    return store_->NodesWithPod(namespace_name, name);
  }
  ObjectRows Read(ObjectId id, uint64_t mask, int64_t first_ms, int64_t last_ms) const override {
    return store_->Read(id, mask, first_ms, last_ms);
  }
  std::vector<IndexedRows> ReadNode(uint32_t node, uint64_t mask, int64_t first_ms,
                                    int64_t last_ms) const override {
    return store_->ReadNode(node, mask, first_ms, last_ms);
  }
  void ReadSeries(uint32_t node, std::span<const uint32_t> objects, Series series, int64_t first_ms,
                  int64_t last_ms, SeriesColumns* columns) const override {
    store_->ReadSeries(node, objects, series, first_ms, last_ms, columns);
  }
  const StoreOptions& options() const override { return store_->options(); }

 private:
  struct Node {
    std::optional<uint32_t> id;  // of the store; absent: it has none of this name
    NodePods pods;
    std::vector<TickRange> held;  // as the last Append answered
    int64_t step_ms = 1;
  };
  struct LockedNode {
    Mutex mutex;  // held while the node's ticks and its share of the sums change together
    Node node GUARDED_BY(mutex);
    bool dropped GUARDED_BY(mutex) = false;  // no longer reachable: look the name up again
  };

  using NodeList = std::vector<std::pair<std::string, std::shared_ptr<LockedNode>>>;

  NodeList AllNodes() const EXCLUDES(mutex_);
  std::shared_ptr<LockedNode> FindOrCreate(const std::string& name) EXCLUDES(mutex_);
  AppendResult AppendTo(Node* node, const NodeReport& report, int64_t now_ms);
  // From the first to the last tick of the report that the store may take. One that is held is only
  // completed in the simple form.
  TickRange NewTicks(const Node& node, const NodeReport& report, int64_t now_ms) const;
  // Rows of a node over ticks without a gap.
  struct Reading {
    Grid grid;
    std::vector<IndexedRows> rows;
  };
  // What is held of the node in the range.
  std::vector<Reading> ReadTicks(const Node& node, const TickRange& range) const;
  struct Changes {
    SumChange namespaces, cluster;
    std::shared_ptr<SumGroup> cluster_group;
  };
  // Adds (1) what the node and its pods have in them, or takes it away (-1).
  void AddReadings(const Node& node, std::vector<Reading> readings, int sign,
                   Changes* changes) const;
  // Looks at the node's pods again. If what is held before `first_ms` is summed otherwise now, that
  // is mended.
  void UpdatePods(Node* node, int64_t first_ms, Changes* changes);
  void ForgetSource(uint32_t node);
  // Forgets what it knows of the node if the store holds no tick of it.
  void DropIfEmpty(const std::string& name) EXCLUDES(mutex_);

  const std::unique_ptr<Store> store_;
  SumTable sums_;
  SumTable cluster_sums_;
  mutable Mutex mutex_;
  std::map<std::string, std::shared_ptr<LockedNode>> nodes_ GUARDED_BY(mutex_);
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_SUMMED_STORE_H_
