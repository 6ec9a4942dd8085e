#ifndef KUBEMONITOR_APISERVER_QUERY_NAME_INDEX_H_
#define KUBEMONITOR_APISERVER_QUERY_NAME_INDEX_H_

// Finds nodes, namespaces, workloads and pods by a part of their name: those that are measured, and
// those that Kubernetes alone knows.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/kubernetes/cluster.h"
#include "apiserver/query/query.h"
#include "apiserver/query/summed_store.h"
#include "common/mutex.h"

namespace kubemonitor {

struct NameMatch {
  ItemKind kind = ItemKind::kPod;
  std::string workload_kind;  // "Deployment"
  std::string namespace_name, name, uid, node;
};

struct NameMatches {
  std::vector<NameMatch> best;  // the best first
  uint64_t total = 0;
};

// `text` in `name`, in any case: 0 is the whole name, 1 its beginning, 2 the beginning of a word in
// it, 3 anywhere; negative: not at all. Names of Kubernetes are small letters; `text` must be.
int RankName(std::string_view name, std::string_view text);

// Names in small letters; of bytes that are not ASCII letters nothing changes.
std::string SmallLetters(std::string_view text);

// Immutable: those that live at the tick it was made of.
class NameIndex {
 public:
  // `cluster` is null where Kubernetes is not asked.
  NameIndex(const SummedStore& store, const Cluster* cluster, int64_t now_ms);

  // Equal ranks by kind (as in the enumeration of the header's first line), then the shorter name,
  // then by name. An empty `text` matches nothing; what is not visible is not counted either.
  NameMatches Search(std::string_view text, size_t limit, const Visibility& visibility) const;

 private:
  struct Workload {
    std::string kind, namespace_name, name;
    auto operator<=>(const Workload&) const = default;
  };
  struct Pod {
    PackedIdentity identity;
    uint32_t node = 0;  // in nodes_
  };
  struct Hit;

  // What it is made of: first what Kubernetes has, then what is measured, which takes the pods that
  // are of both away from the former.
  class Maker;

  NameMatch Describe(const Hit& hit) const;

  std::vector<std::string> nodes_, namespaces_;
  std::vector<Workload> workloads_;
  std::vector<Pod> pods_;
  std::vector<NameMatch> told_pods_;  // that Kubernetes alone knows; as hits they follow pods_
};

// Thread-safe. Makes the index when somebody searches, at most once an interval.
class NameIndexCache {
 public:
  // All outlive it; `kubernetes` may be null: it is not asked.
  NameIndexCache(const SummedStore& store, const ClusterSource* kubernetes)
      : store_(store), kubernetes_(kubernetes) {}
  std::shared_ptr<const NameIndex> Get(int64_t now_ms) EXCLUDES(mutex_);

 private:
  const SummedStore& store_;
  const ClusterSource* const kubernetes_;
  Mutex mutex_;
  std::shared_ptr<const NameIndex> newest_ GUARDED_BY(mutex_);
  int64_t made_ms_ GUARDED_BY(mutex_) = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_NAME_INDEX_H_
