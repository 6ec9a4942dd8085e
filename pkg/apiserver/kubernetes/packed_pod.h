#ifndef KUBEMONITOR_APISERVER_KUBERNETES_PACKED_POD_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_PACKED_POD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/kubernetes/cluster.h"
#include "apiserver/store/interner.h"
#include "apiserver/store/shared_bytes.h"

namespace kubemonitor {

// A KubePod without its owners in some 200 bytes, immutable and cheap to copy; a KubePod is made of
// it on demand. What the replicas of a workload have in common is held once, and so are nodes'
// names.
class PackedPod {
 public:
  PackedPod() = default;  // of nothing: only to be assigned to
  PackedPod(const KubePod& pod, Interner* interner);

  bool empty() const { return own_.empty(); }
  KubePod Unpack() const;
  KubePod UnpackBriefly() const;  // without labels and containers
  KubePod UnpackForList() const;  // see Cluster::FindForList

  // Fields that are had without unpacking all. Views hold as long as this or a copy of it.
  std::string_view namespace_name() const;
  std::string_view name() const;
  std::string_view node_name() const { return node_.view(); }
  std::string uid() const;
  bool HasUid(std::string_view uid) const;  // either of them
  bool HasContainer(std::string_view container_id) const;
  bool ended() const;
  bool in_trouble() const;
  std::optional<uint32_t> restarts() const;  // see KubePod
  std::optional<int64_t> deleted_at_ms() const;
  ResourceAmounts requests() const;
  ResourceAmounts limits() const;
  // What it is found by: uid, sample_uid where it is another one, and its containers' ids.
  struct Ids {
    std::vector<std::string> uids, containers;
  };
  Ids ids() const;

  // Of what is not in the interner.
  size_t MemoryBytes() const { return own_.MemoryBytes(); }
  bool operator==(const PackedPod&) const = default;

 private:
  SharedBytes own_;
  SharedBytes shared_;  // interned: namespace, labels, what stands in the spec
  SharedBytes node_;    // interned
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_PACKED_POD_H_
