#ifndef KUBEMONITOR_COLLECTOR_NAMES_RUNTIME_LINK_H_
#define KUBEMONITOR_COLLECTOR_NAMES_RUNTIME_LINK_H_

// Which runtime is asked, and when it may be asked again.

#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <stop_token>
#include <string>

#include "collector/names/cri_runtime.h"
#include "collector/names/cri_sockets.h"
#include "common/clock.h"
#include "common/log.h"

namespace kubemonitor {

struct RuntimeLists {
  CriList<CriSandbox> sandboxes;
  CriList<CriContainer> containers;
};

// With `auto` the known sockets are tried until one shows the kubelet's pods: a node can run a
// second runtime that knows nothing of them. A runtime found so is kept through failures, and
// looked for anew after three in a row. Times are the boot clock's microseconds. Not thread-safe.
class RuntimeLink {
 public:
  RuntimeLink(CriEndpoint endpoint, std::string root, CriRuntimeFactory factory,
              const Clock& clock);

  // Blocks for as long as the runtimes take, each within its deadlines. kNotFound: no socket. A
  // failure sets the back-off: 1 s and doubling, at most 30 s, with jitter.
  absl::StatusOr<RuntimeLists> FetchLists(std::stop_token stop);
  // kUnavailable without a runtime; otherwise as CriRuntime. A runtime that does not answer sets
  // the back-off.
  absl::StatusOr<std::optional<bool>> UsesHostNetwork(const std::string& sandbox_id,
                                                      std::stop_token stop);

  // False: names are not to be had from a runtime at all (`none`).
  bool configured() const { return endpoint_.kind != CriEndpoint::Kind::kNone; }
  // The last call was answered.
  bool healthy() const { return healthy_; }
  // When FetchLists is due: after the back-off, or for the regular look of every 60 s.
  uint64_t due_usec() const { return due_usec_; }
  // "containerd v2.1.4" of the runtime that answered last; empty: none ever did.
  const std::string& description() const { return description_; }

 private:
  struct Candidate {
    std::string path;
    std::shared_ptr<CriRuntime> runtime;
    std::string description;  // empty: to be asked
  };

  absl::StatusOr<RuntimeLists> Ask(Candidate& candidate, std::stop_token stop);
  absl::StatusOr<RuntimeLists> Search(std::stop_token stop);
  Candidate MakeCandidate(const std::string& path) const;
  void Choose(Candidate candidate, bool has_pods);
  void Succeeded(const RuntimeLists& lists);
  void Failed(const absl::Status& status);

  const CriEndpoint endpoint_;
  const std::string root_;
  const CriRuntimeFactory factory_;
  const Clock& clock_;

  Candidate chosen_;
  bool settled_ = false;  // chosen_ is the one to ask, without looking at others
  bool healthy_ = false;
  std::string description_;
  uint32_t failures_ = 0;  // in a row
  uint64_t due_usec_ = 0;
  std::minstd_rand jitter_;

  bool said_missing_ = false;
  LogLimiter answer_log_;
  LogLimiter failure_log_;
  LogLimiter refused_log_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_NAMES_RUNTIME_LINK_H_
