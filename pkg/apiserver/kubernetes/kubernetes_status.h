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
  bool listed = false;                      // was read whole at least once
  uint64_t objects = 0;                     // that exist
  std::optional<int64_t> last_event_ms;     // of a change or bookmark, or the end of a list
  std::optional<int64_t> last_heard_ms;     // of anything that the API server sent for it
  bool watch_open = false;                  // changes would come at once
  std::optional<int64_t> failing_since_ms;  // without an answer in between; absent: it does not
  std::string error;                        // what is wrong; empty: nothing
};

struct KubernetesStatus {
  enum class State : uint8_t {
    kOff,
    kConnecting,  // not all is read yet, and nothing is lost
    kSynced,      // all kinds are followed
    kPartial,     // some kinds are followed, others lost
    kStale,       // was read, and all kinds are lost
    kFailed,      // nothing is read, and errors are all there is
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

// A watch may break and be opened again: what was read counts as followed for so long.
inline constexpr int64_t kLostAfterMs = 5'000;
// An open watch is as good as an answer of just now, as long as it is not silent for longer than
// that: bookmarks come about once a minute.
inline constexpr int64_t kWatchFreshMs = 90'000;

// What the kinds say together: fills state and last_sync_ms. Lost is a kind that is forbidden, that
// was never read and fails, that was read and has been failing for kLostAfterMs, or of which
// nothing was heard for longer than a watch is ever silent. last_sync_ms is that of the kind that
// was read and not been in contact with for longest.
void Summarize(int64_t now_ms, KubernetesStatus* status);

// One sentence for the log: what is followed, or what is wrong.
std::string Describe(const KubernetesStatus& status);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_KUBERNETES_STATUS_H_
