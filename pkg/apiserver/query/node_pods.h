#ifndef KUBEMONITOR_APISERVER_QUERY_NODE_PODS_H_
#define KUBEMONITOR_APISERVER_QUERY_NODE_PODS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "apiserver/query/pod_sums.h"
#include "apiserver/store/store.h"
#include "apiserver/store/sum_table.h"

namespace kubemonitor {

// The pods of one node with the groups whose sums they are part of. Not thread-safe.
class NodePods {
 public:
  // Of the objects of the node, whose oldest tick is `oldest_ms`; groups are namespaces.
  static NodePods Make(const std::vector<ObjectInfo>& objects, int64_t oldest_ms, SumTable* sums);

  // Objects that this does not know have rows.
  bool Lacks(const std::vector<IndexedRows>& rows) const;
  // What both know is summed alike at these ticks.
  bool Agrees(const NodePods& other, const TickRange& ticks) const;

  bool InGroup(const SumGroup& group) const;

  // What rows of the node amount to.
  struct Share {
    std::shared_ptr<SumGroup> group;
    std::vector<SumRow> rows;  // by tick of the grid
  };
  std::vector<Share> Shares(std::vector<IndexedRows> rows, const Grid& grid) const;

 private:
  static constexpr uint32_t kNoPod = ~uint32_t{0};
  struct Object {
    uint32_t index = 0;          // of ObjectId
    uint32_t pod = kNoPod;       // in pods_; kNoPod: part of no sum
    bool own = false;            // it is the pod itself
    int64_t born_ms = kNotBorn;  // see PodReading
  };
  struct Pod {
    uint32_t index = 0;  // of the object that stands for it
    uint32_t group = 0;
    bool host_network = false;
  };

  const Object* Find(uint32_t index) const;
  bool SameSums(const Object& object, const NodePods& other, const Object& theirs,
                const TickRange& ticks) const;

  std::vector<Object> objects_;  // by index
  std::vector<Pod> pods_;        // by group
  std::vector<std::shared_ptr<SumGroup>> groups_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_NODE_PODS_H_
