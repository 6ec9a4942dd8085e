#ifndef KUBEMONITOR_APISERVER_KUBERNETES_KUBERNETES_STATUS_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_KUBERNETES_STATUS_H_

// How well Kubernetes is known, for /api/v1/status. Times are Unix milliseconds.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kubemonitor {

struct KubeKindStatus {
  enum class State : uint8_t {
    kListing,    // being read whole
    kSynced,     // read whole, and changes come in
    kForbidden,  // the account may not read it
    kFailing,    // does not answer, or not as it should
  };
  std::string_view kind;  // "Pod"
  State state = State::kListing;
  bool listed = false;                   // was read whole at least once
  uint64_t objects = 0;                  // that exist
  std::optional<int64_t> last_event_ms;  // of a change or bookmark, or the end of a list
  std::optional<int64_t> last_heard_ms;  // of anything that the API server sent for it
  std::string error;                     // what is wrong; empty: nothing
};

struct KubernetesStatus {
  enum class State : uint8_t {
    kOff,
    kConnecting,  // nothing is read whole yet
    kSynced,
    kPartial,  // some kinds are not to be had
    kStale,    // was read, and changes do not come in any more
    kFailed,   // nothing is read, and errors are all there is
  };
  std::string mode = "off";  // "in-cluster" or "kubeconfig"
  std::string server;        // "https://10.96.0.1:443"
  State state = State::kOff;
  std::optional<int64_t> last_sync_ms;  // what is known was true at that time at least
  std::string version;                  // of the API server; empty: not known
  std::vector<KubeKindStatus> kinds;
  uint64_t bytes = 0;  // of memory
};

std::string_view NameOf(KubeKindStatus::State state);    // "synced"
std::string_view NameOf(KubernetesStatus::State state);  // "partial"

// What the kinds say together: fills state and last_sync_ms. Silence for longer than a watch is
// ever silent is stale.
void Summarize(int64_t now_ms, KubernetesStatus* status);

// One sentence for the log: what is followed, or what is wrong.
std::string Describe(const KubernetesStatus& status);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_KUBERNETES_STATUS_H_
