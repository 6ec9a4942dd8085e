#ifndef KUBEMONITOR_APISERVER_KUBERNETES_CONTROLLERS_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_CONTROLLERS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/kubernetes/cow_array.h"
#include "apiserver/kubernetes/cow_index.h"
#include "apiserver/kubernetes/objects.h"
#include "apiserver/store/interner.h"
#include "apiserver/store/shared_bytes.h"

namespace kubemonitor {

// Who stands above a ReplicaSet or Job that is not known, by the names that Kubernetes' controllers
// give: a ReplicaSet is <deployment>-<the pod's label pod-template-hash>, a Job of a CronJob is
// <cronjob>-<minutes since 1970>. Any other controller is at the top itself.
KubeOwner InferOwner(const ControllerReference& controller, const KubeLabels& pod_labels);

// What readers see of a controller of pods.
class PackedController {
 public:
  PackedController() = default;
  PackedController(const ControllerReference& self, const KubeOwner& top, Interner* interner);

  ControllerReference self() const;
  KubeOwner top() const;
  bool HasUid(std::string_view uid) const;
  size_t MemoryBytes() const { return self_.MemoryBytes(); }
  bool operator==(const PackedController&) const = default;

 private:
  SharedBytes self_;
  SharedBytes top_;  // interned
};

// The controllers of pods: those that pods name, and all ReplicaSets and Jobs, whose pods may come.
// A number stands for one; 0 for none. One thread.
class Controllers {
 public:
  Controllers(const SeededHash& hash, Interner* interner);

  // A pod names it, until it says Release.
  uint32_t Acquire(const ControllerReference& controller, const KubeLabels& pod_labels);
  void Release(uint32_t number);
  // Another pod, or the same once more.
  void AddReference(uint32_t number) {
    if (number != 0) ++states_[number].references;
  }

  // A ReplicaSet or Job, and its own controller.
  void Put(const ControllerReference& self, const std::optional<ControllerReference>& above,
           uint32_t list);
  void Remove(std::string_view uid);
  // Removes those of the kind that were last put in another list.
  void RemoveOthers(std::string_view kind, uint32_t list);

  uint64_t Count(std::string_view kind) const;  // of those put
  CowArray<PackedController> Share() { return controllers_.Share(); }
  size_t MemoryBytes() const;

 private:
  struct State {
    uint32_t references = 0;  // of pods
    uint32_t list = 0;
    bool known = false;
  };

  uint32_t Find(std::string_view uid) const;  // 0: not there
  uint32_t Insert(const ControllerReference& self, const KubeOwner& top);
  void SetTop(uint32_t number, const ControllerReference& self, const KubeOwner& top);
  void Forget(uint32_t number);
  void FreeIfUnused(uint32_t number);
  uint32_t HashOf(std::string_view uid) const { return static_cast<uint32_t>(hash_(uid)); }

  const SeededHash hash_;
  Interner* const interner_;
  CowArray<PackedController> controllers_;
  std::vector<State> states_;
  std::vector<uint32_t> free_;
  CowIndex by_uid_;
  std::map<std::string, uint64_t, std::less<>> counts_;  // of those put, by kind
  size_t bytes_ = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_CONTROLLERS_H_
