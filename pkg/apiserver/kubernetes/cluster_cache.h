#ifndef KUBEMONITOR_APISERVER_KUBERNETES_CLUSTER_CACHE_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_CLUSTER_CACHE_H_

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "apiserver/kubernetes/cluster.h"
#include "apiserver/kubernetes/cluster_snapshot.h"
#include "apiserver/kubernetes/controllers.h"
#include "apiserver/kubernetes/objects.h"
#include "apiserver/kubernetes/pod_table.h"
#include "apiserver/store/interner.h"

namespace kubemonitor {

struct ClusterCacheOptions {
  int64_t keep_ms = 3'600'000;     // how long pods and workloads are known after they went
  size_t max_objects = 1'000'000;  // that exist, of a kind; of pods there is a bound of their own
  SeededHash hash = SeededHash::Random();
};

// The objects of a cluster as lists and watches tell them, and immutable snapshots of them. One
// thread fills it; snapshots are read by any.
//
// A list is put between BeginList and EndList; what is not in it is gone with EndList. Everything
// may be told twice.
class ClusterCache {
 public:
  static constexpr size_t kMaxGoneWorkloads = 20'000;

  explicit ClusterCache(const ClusterCacheOptions& options = {});

  void BeginList(KubeKind kind);
  void EndList(KubeKind kind, int64_t now_ms);
  // False: there is no room for it.
  bool Put(KubeKind kind, const KubeObject& object, int64_t now_ms);
  void Remove(KubeKind kind, const KubeObject& object, int64_t now_ms);
  // Forgets what went longer than keep_ms ago.
  void Expire(int64_t now_ms);

  // Something changed since the last Publish.
  bool changed() const { return changed_; }
  std::shared_ptr<const Cluster> Publish();

  uint64_t Count(KubeKind kind) const;  // that exist
  uint64_t MemoryBytes() const;         // about

 private:
  template <typename T>
  struct Listed {
    std::shared_ptr<const T> object;
    uint32_t list = 0;
  };
  using WorkloadKey = std::tuple<std::string, std::string, std::string>;  // namespace, kind, name
  // Objects by what they are sorted by, and the vector that snapshots share.
  template <typename Key, typename T>
  struct Table {
    std::map<Key, Listed<T>> objects;
    SharedList<T> sorted;
    bool changed = true;
    size_t bytes = 0;
  };
  template <typename Key, typename T>
  static void PutInto(Table<Key, T>* table, const Key& key, T object, uint32_t list);
  // Does not, if that is one too many.
  template <typename Key, typename T>
  bool PutIfRoom(Table<Key, T>* table, const Key& key, const T& object, uint32_t list);
  template <typename Key, typename T>
  void RemoveFrom(Table<Key, T>* table, const Key& key);
  template <typename Key, typename T>
  void RemoveOthers(Table<Key, T>* table, uint32_t list);
  template <typename Key, typename T>
  static const SharedList<T>& Sorted(Table<Key, T>* table);

  uint32_t ListOf(KubeKind kind) const { return lists_[static_cast<size_t>(kind)]; }
  bool PutController(const ControllerReference& self,
                     const std::optional<ControllerReference>& above, uint32_t list);
  static WorkloadKey KeyOf(const KubeWorkload& workload);
  bool PutWorkload(KubeKind kind, const WorkloadObject& object);
  void RemoveWorkload(KubeKind kind, const WorkloadKey& key, const std::string& uid,
                      int64_t now_ms);
  void RemoveOtherWorkloads(KubeKind kind, int64_t now_ms);
  void ForgetOldestWorkload();

  const ClusterCacheOptions options_;
  Interner interner_;
  Controllers controllers_;
  PodTable pods_;
  Table<std::string, KubeNode> nodes_;
  Table<std::string, KubeNamespace> namespaces_;
  Table<WorkloadKey, KubeWorkload> workloads_;
  std::array<uint64_t, kKubeKinds.size()> workload_counts_{};   // those that exist
  std::deque<std::pair<int64_t, WorkloadKey>> gone_workloads_;  // ascending in time
  std::array<uint32_t, kKubeKinds.size()> lists_{};             // the present list of each kind
  std::array<bool, kKubeKinds.size()> known_{};
  bool changed_ = true;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_CLUSTER_CACHE_H_
