#ifndef KUBEMONITOR_APISERVER_QUERY_NODE_JOIN_H_
#define KUBEMONITOR_APISERVER_QUERY_NODE_JOIN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "apiserver/kubernetes/cluster.h"
#include "apiserver/query/entries.h"

namespace kubemonitor {

// Joins the pods that a node's collector reports with those that Kubernetes has there. A pod is
// found by its uid, then by the ids of its containers; by namespace and name where it has no uid:
// of one name there may be another one tomorrow. Not thread-safe.
class NodeJoin {
 public:
  NodeJoin(const Cluster& cluster, std::string_view node_name);

  enum class Found : uint8_t { kNowhere, kHere, kGone, kElsewhere };
  // Gives the pod what Kubernetes knows, or knew of one that went. kElsewhere: Kubernetes has it on
  // another node.
  Found Join(PodEntry* pod);
  // Kubernetes has the pod here, and means it to run.
  bool Lives(const PodEntry& pod) const;
  // Those that no pod was joined with.
  std::vector<PodEntry> TakeRest();

 private:
  struct Known {
    PodEntry entry;
    std::string sample_uid;
    bool terminating = false;
    bool joined = false;
  };

  const Cluster& cluster_;
  std::vector<Known> pods_;
  std::unordered_map<std::string_view, size_t> by_uid_;  // both uids
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_NODE_JOIN_H_
