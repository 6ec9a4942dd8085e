#ifndef KUBEMONITOR_COLLECTOR_NAMES_NAME_BOOK_H_
#define KUBEMONITOR_COLLECTOR_NAMES_NAME_BOOK_H_

// What has been learnt about names so far, and from whom. The runtime's word replaces the log
// folders'; a name once known is only forgotten when nobody lists it and nobody wants it any more.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "collector/names/cri_runtime.h"
#include "collector/names/name_table.h"

namespace kubemonitor {

// The ids and uids that exist on the node right now.
struct WantedNames {
  std::unordered_set<std::string> container_ids;
  std::unordered_set<std::string> pod_uids;
};

enum class Knowledge : uint8_t {
  kNothing,
  kPartial,   // from the log folders, or a pod known only by its containers: no labels
  kComplete,  // from the runtime
};

// A pod whose runtime has not said yet whether it uses the node's network.
struct SandboxQuestion {
  std::string pod_uid;
  std::string sandbox_id;
};

// Not thread-safe.
class NameBook {
 public:
  // One answer of the runtime. Ended containers and sandboxes that are not wanted are left out.
  // What an answer no longer holds stays until Forget.
  void AddRuntimeLists(const CriList<CriSandbox>& sandboxes,
                       const CriList<CriContainer>& containers, const WantedNames& wanted);
  // What the log folders tell; only fills in what the runtime did not.
  void AddLogNames(const NameTable& names);
  void SetHostNetwork(const std::string& pod_uid, bool host_network);

  // Drops what neither the last lists held as living nor `wanted` names; the pods of wanted
  // containers are wanted. True: something went.
  bool Forget(const WantedNames& wanted);

  Knowledge OfContainer(const std::string& id) const;
  Knowledge OfPod(const std::string& uid) const;
  // For the wanted pods and the pods of wanted containers, in no particular order.
  std::vector<SandboxQuestion> HostNetworkQuestions(const WantedNames& wanted) const;

  NameTable MakeTable(const std::string& runtime) const;

 private:
  struct Pod {
    PodName name;
    Knowledge knowledge = Knowledge::kPartial;
    bool alive =
        false;  // the last lists hold a ready sandbox or a container of it that has not ended
    std::string sandbox_id;  // the sandbox that speaks for the pod: ready before not ready, then by
                             // attempt, then by age
  };
  struct Container {
    ContainerName name;
    Knowledge knowledge = Knowledge::kPartial;
    bool alive = false;
  };

  void AddSandboxes(const std::vector<CriSandbox>& sandboxes, const WantedNames& wanted);
  void AddContainer(const CriContainer& container, const WantedNames& wanted);
  void AddPodOfContainer(const CriContainer& container, const std::string& pod_uid, bool alive);

  std::unordered_map<std::string, Pod> pods_;              // by uid
  std::unordered_map<std::string, Container> containers_;  // by id, sandboxes included
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_NAMES_NAME_BOOK_H_
