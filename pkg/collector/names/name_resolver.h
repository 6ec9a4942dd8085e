#ifndef KUBEMONITOR_COLLECTOR_NAMES_NAME_RESOLVER_H_
#define KUBEMONITOR_COLLECTOR_NAMES_NAME_RESOLVER_H_

// Looks names up behind the sampler's back: from the container runtime, else from the kubelet's log
// folders.

#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "collector/names/cri_runtime.h"
#include "collector/names/name_book.h"
#include "collector/names/name_table.h"
#include "collector/names/runtime_link.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mutex.h"

namespace kubemonitor {

struct NameResolverOptions {
  std::string cri_endpoint = "auto";  // "auto", "none" or "unix:///path"
  std::string pod_log_root = "/var/log/pods";
  std::string socket_root;  // put before the known sockets of "auto"; "" = the node's own
};

// The runtime is asked when something wanted is not known (at most every 2 s, and less and less
// often for what stays unknown), every 60 s, and after a failure with a back-off of at most 30 s.
// Whether a pod uses the node's network costs a call a pod: made once, at most 20 a second. A
// runtime that is away, slow or wrong costs no name that is known.
//
// Names and SetWanted are thread-safe and never wait for a look-up. The rest is for the owner:
// Create, Start once (or, in tests, RefreshOnce as often as wished and never Start), destroy.
// Destruction ends a running call and joins.
class NameResolver final : public NameSource {
 public:
  // kInvalidArgument: the endpoint is none of the three. `clock` outlives the resolver.
  static absl::StatusOr<std::unique_ptr<NameResolver>> Create(NameResolverOptions options,
                                                              CriRuntimeFactory factory,
                                                              const Clock& clock = SystemClock());
  ~NameResolver() override;
  NameResolver(const NameResolver&) = delete;
  NameResolver& operator=(const NameResolver&) = delete;

  void Start();

  std::shared_ptr<const NameTable> Names() const override;
  void SetWanted(std::vector<std::string> container_ids,
                 std::vector<std::string> pod_uids) override;

  // What the thread does whenever it wakes: everything that is due now.
  void RefreshOnce(std::stop_token stop = {});
  // The boot time (microseconds) at which the next thing is due; may be past. As of the last
  // RefreshOnce.
  uint64_t NextRefreshUsec() const;

 private:
  struct Retry {
    uint32_t tries = 0;
    uint64_t next_usec = 0;
  };
  using Retries = std::unordered_map<std::string, Retry>;

  NameResolver(NameResolverOptions options, CriEndpoint endpoint, CriRuntimeFactory factory,
               const Clock& clock);

  void Run(std::stop_token stop);
  void TakeWanted();
  void NoteMissing();
  void AskRuntime(std::stop_token stop);
  void ReadLogs();
  void AskHostNetworks(std::stop_token stop);
  bool AskHostNetwork(const SandboxQuestion& question, std::stop_token stop);
  void CountTries(uint64_t started_usec);
  bool IsDue(uint64_t now_usec) const;
  void Publish();

  const std::string pod_log_root_;
  const Clock& clock_;

  // Of the thread that calls RefreshOnce.
  RuntimeLink link_;
  NameBook book_;
  WantedNames wanted_;
  Retries missing_containers_;  // wanted ids that are not known well enough
  Retries missing_pods_;        // wanted uids likewise
  Retries asked_sandboxes_;     // sandboxes whose network was asked for without an answer
  uint64_t earliest_lookup_usec_ = 0;
  uint64_t questions_due_usec_ = UINT64_MAX;
  uint64_t questions_allowed_usec_ = 0;
  bool changed_ = false;  // the book, since it was published
  bool said_no_logs_ = false;
  LogLimiter log_folder_log_;
  LogLimiter too_many_log_;

  // Shared.
  mutable Mutex mutex_;
  Condition woken_;
  std::shared_ptr<const NameTable> table_ GUARDED_BY(mutex_);
  std::vector<std::string> new_container_ids_ GUARDED_BY(mutex_);
  std::vector<std::string> new_pod_uids_ GUARDED_BY(mutex_);
  bool wanted_changed_ GUARDED_BY(mutex_) = false;

  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_NAMES_NAME_RESOLVER_H_
