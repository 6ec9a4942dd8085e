#ifndef KUBEMONITOR_APISERVER_QUERY_WORKLOAD_INDEX_H_
#define KUBEMONITOR_APISERVER_QUERY_WORKLOAD_INDEX_H_

// The workloads of a snapshot: what owns pods, and what Kubernetes knows and has none.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "apiserver/kubernetes/cluster.h"
#include "apiserver/query/entries.h"
#include "apiserver/query/query.h"
#include "apiserver/query/snapshot.h"

namespace kubemonitor {

struct WorkloadEntry {
  WorkloadName name;
  std::vector<uint32_t> pods;  // in loaded_pods(); ended ones too
  GroupLife life;
  bool inferred = true;                      // nobody but labels and names tells of it
  const KubeWorkload* kubernetes = nullptr;  // null: as with pods
  std::optional<Owner> owner;                // of a Job its CronJob; what else made it
};

// Not thread-safe. Workloads are made namespace by namespace, or all at once.
class WorkloadIndex {
 public:
  // Both outlive the index; `cluster` may be null.
  WorkloadIndex(Snapshot* snapshot, const Visibility& visibility, const Cluster* cluster)
      : snapshot_(*snapshot), visibility_(visibility), cluster_(cluster) {}

  // In entries(): those of a namespace, or all.
  std::vector<uint32_t> Load(const std::optional<std::string>& namespace_name);
  std::optional<uint32_t> Find(const WorkloadName& name);
  // Those known so far; references stay valid.
  const std::deque<WorkloadEntry>& entries() const { return entries_; }

 private:
  bool IsLoaded(const std::string& namespace_name) const {
    return all_loaded_ || loaded_.contains(namespace_name);
  }
  void AddPods(const std::optional<std::string>& namespace_name);
  void AddPod(uint32_t index);
  void AddOfKubernetes(const std::optional<std::string>& namespace_name);
  WorkloadEntry& Entry(const WorkloadName& name);

  Snapshot& snapshot_;
  const Visibility& visibility_;
  const Cluster* const cluster_;
  bool all_loaded_ = false;
  std::set<std::string, std::less<>> loaded_;
  std::deque<WorkloadEntry> entries_;
  std::unordered_map<std::string, uint32_t> by_name_;
  std::map<std::string, std::vector<uint32_t>, std::less<>> by_namespace_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_WORKLOAD_INDEX_H_
