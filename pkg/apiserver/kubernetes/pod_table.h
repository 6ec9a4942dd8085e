#ifndef KUBEMONITOR_APISERVER_KUBERNETES_POD_TABLE_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_POD_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/kubernetes/controllers.h"
#include "apiserver/kubernetes/cow_array.h"
#include "apiserver/kubernetes/cow_index.h"
#include "apiserver/kubernetes/objects.h"
#include "apiserver/kubernetes/packed_pod.h"
#include "apiserver/kubernetes/pod_groups.h"
#include "apiserver/store/interner.h"

namespace kubemonitor {

// What readers see of a pod.
struct KnownPod {
  PackedPod pod;            // empty: this number stands for none
  uint32_t controller = 0;  // of Controllers
  bool operator==(const KnownPod&) const = default;
};

// All pods and what they are found by, at one moment. Immutable.
struct PodSnapshot {
  CowArray<KnownPod> entries;
  CowIndex by_uid, by_container, by_name;  // hashes of `hash`; gone pods are in them too
  PodGroups nodes, namespaces;             // of pods that exist
  SeededHash hash;

  // What `by_name` is keyed by.
  static std::string NameKey(std::string_view namespace_name, std::string_view name);
  // The number of the pod that lives, or else of the one that went last. See Cluster::FindPod.
  std::optional<uint32_t> Find(std::string_view uid,
                               const std::vector<std::string_view>& container_ids,
                               std::string_view namespace_name, std::string_view name) const;
};

// The pods, those that went included for a while. One thread.
class PodTable {
 public:
  static constexpr size_t kMaxPods = 1'000'000;  // that exist
  static constexpr size_t kMaxGone = 200'000;    // the oldest are forgotten first

  PodTable(const SeededHash& hash, Interner* interner, Controllers* controllers);

  // Adds it, or puts it in the place of what it was. False: there are too many. Another pod of the
  // same name has gone, whether that was told or not.
  bool Put(const PodObject& object, uint32_t list, int64_t now_ms);
  void Remove(std::string_view uid, int64_t now_ms);
  // Removes those that were last put in another list.
  void RemoveOthers(uint32_t list, int64_t now_ms);
  // Forgets those that went before. False: there are none.
  bool ForgetGone(int64_t before_ms);

  PodSnapshot Share();
  uint64_t size() const { return size_; }  // pods that exist
  size_t MemoryBytes() const;

 private:
  struct Gone {
    uint32_t number;
    int64_t at_ms;
  };

  uint32_t HashOf(std::string_view key) const { return static_cast<uint32_t>(pods_.hash(key)); }
  // Of those that exist, or of those that went.
  std::optional<uint32_t> FindUid(std::string_view uid, bool gone) const;
  std::optional<uint32_t> FindLiving(std::string_view namespace_name, std::string_view name) const;
  uint32_t NewNumber();
  void Set(uint32_t number, KnownPod entry);
  void Index(uint32_t number, const PackedPod& pod);
  void Unindex(uint32_t number, const PackedPod& pod, const PackedPod& next);
  void JoinGroups(uint32_t number, const PackedPod& pod);
  void LeaveGroups(uint32_t number, const PackedPod& pod);
  void MarkGone(uint32_t number, int64_t now_ms);
  void Forget(uint32_t number);
  void ForgetOldest();

  Interner* const interner_;
  Controllers* const controllers_;
  PodSnapshot pods_;
  std::vector<uint32_t> lists_;  // by number: in which list it was last put
  std::vector<uint32_t> free_;
  std::deque<Gone> gone_;  // ascending in time
  uint64_t size_ = 0;
  size_t bytes_ = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_POD_TABLE_H_
