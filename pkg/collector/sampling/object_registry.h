#ifndef KUBEMONITOR_COLLECTOR_SAMPLING_OBJECT_REGISTRY_H_
#define KUBEMONITOR_COLLECTOR_SAMPLING_OBJECT_REGISTRY_H_

// Numbers and identities of pods and containers.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "collector/names/name_table.h"
#include "collector/sampling/pod_network.h"
#include "collector/sampling/sandbox_guess.h"
#include "common/node_report.h"

namespace kubemonitor {

struct PodObject {
  uint32_t number = 0;
  std::string uid;
  uint64_t seen_tick = 0;
  // What the identity says beyond the names.
  QosClass qos_class = QosClass::kUnknown;
  bool host_network = false;
  std::optional<int64_t> started_at_ms;
  // Kept from tick to tick.
  PodNetwork network;
  std::string guessed_sandbox;  // container id
  uint32_t guessed_sandbox_pid = 0;
  size_t index = 0;         // in this tick's pods
  uint64_t index_tick = 0;  // the tick of `index`
  std::shared_ptr<const Identity> identity;
  uint64_t names_version = 0;  // of the identity
};

enum class ContainerRole : uint8_t { kUndecided, kApp, kSandbox };

struct ContainerObject {
  uint32_t number = 0;
  std::string id;
  uint64_t seen_tick = 0;
  std::string path_pod_uid;  // empty: the path does not tell
  QosClass qos_class = QosClass::kUnknown;
  uint32_t pod_number = 0;  // 0: not known
  ContainerRole role = ContainerRole::kUndecided;
  bool role_is_guess = true;
  bool hidden = false;                  // not to be shown in this tick
  uint32_t looks = 0;                   // at its processes
  uint64_t grouped_tick = 0;            // the tick it was last reported in
  uint64_t look_tick = 0;               // of the last one
  const ContainerName* name = nullptr;  // of the names of this tick; null: not known
  std::shared_ptr<const Identity> identity;
  uint64_t names_version = 0;
};

// Gives every pod (by uid) and container (by id) a number that stays while it lives and is never
// given again in this process. Not thread-safe.
class ObjectRegistry {
 public:
  // An object not seen for so many ticks is forgotten: one that a failing read hides for a moment
  // keeps its number.
  static constexpr uint64_t kForgetAfterTicks = 16;

  // `names` may be null: nothing is known.
  void BeginTick(std::shared_ptr<const NameTable> names);
  PodObject& Pod(std::string_view uid);
  ContainerObject& Container(std::string_view id);
  // Null: not there.
  ContainerObject* FindContainer(std::string_view id);
  void EndTick();

  const NameTable& names() const { return *names_; }
  const PodName* FindPodName(const std::string& uid) const;
  // Whether names of containers of this pod are known.
  bool HasNamedContainers(const std::string& pod_uid) const {
    return pods_with_names_.contains(pod_uid);
  }
  uint64_t tick() const { return tick_; }

  // The identities of now. The pointer stays as long as nothing in it changes.
  std::shared_ptr<const Identity> IdentityOf(PodObject& pod);
  std::shared_ptr<const Identity> IdentityOf(ContainerObject& container);

 private:
  std::shared_ptr<const NameTable> names_ = std::make_shared<NameTable>();
  uint64_t names_version_ = 1;
  std::unordered_set<std::string> pods_with_names_;
  uint64_t tick_ = 0;
  uint32_t next_number_ = 1;
  // Node-based: references stay valid while others come and go.
  std::map<std::string, PodObject, std::less<>> pods_;
  std::map<std::string, ContainerObject, std::less<>> containers_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_SAMPLING_OBJECT_REGISTRY_H_
