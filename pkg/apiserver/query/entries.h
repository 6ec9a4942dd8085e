#ifndef KUBEMONITOR_APISERVER_QUERY_ENTRIES_H_
#define KUBEMONITOR_APISERVER_QUERY_ENTRIES_H_

// The nodes and pods of a snapshot (snapshot.h).

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/kubernetes/cluster.h"
#include "apiserver/query/query.h"
#include "apiserver/store/store.h"

namespace kubemonitor {

struct NodeEntry {
  std::shared_ptr<const NodeInfo> info;        // its name alone where it is not reported
  std::shared_ptr<const KubeNode> kubernetes;  // null: Kubernetes is not asked, or has no such node
  bool reported = true;                        // the store has it
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

// What lists want to know of Kubernetes' pod.
struct JoinedPod {
  std::string uid;                   // metadata.uid
  bool ended = false;                // or deleted: it asks for nothing any more
  ResourceAmounts requests, limits;  // of a pod that has not ended
};

// One pod uid on one node. A container whose pod nobody knows stands as a pod of its own, without a
// namespace: better than out of sight.
struct PodEntry {
  size_t node = 0;                         // in nodes()
  bool measured = true;                    // false: Kubernetes alone knows it
  std::optional<JoinedPod> kubernetes;     // absent: Kubernetes does not know it, or is not asked
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
  std::string job;  // of a CronJob's pod, or the like: the Job in between

  bool counted() const { return measured && !terminated && !stale; }  // is part of the sums at T
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

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_ENTRIES_H_
