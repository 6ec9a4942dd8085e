#ifndef KUBEMONITOR_APISERVER_STORE_NODE_OUTCOME_H_
#define KUBEMONITOR_APISERVER_STORE_NODE_OUTCOME_H_

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "apiserver/store/node_store.h"

namespace kubemonitor {

// What one report came to. Part of NodeStore.
struct NodeStore::Outcome {
  AppendResult result;
  std::set<uint32_t> wanted;
  std::set<uint32_t> without_room;
  std::optional<int64_t> newest_accepted_ms;
  int64_t kept_from_ms = 0;  // older ticks are refused
  bool simple = false;
  bool newer = false;  // stored a tick newer than all held before

  void NoteAccepted(int64_t tick_ms) {
    newest_accepted_ms = std::max(newest_accepted_ms.value_or(tick_ms), tick_ms);
  }
  void RefuseOffGrid(int64_t tick_ms, const StoreOptions& options) {
    Refuse(RefusalReason::kOffGrid, fmt::format("tick {} is no multiple of the interval of {} ms",
                                                tick_ms, options.interval_ms));
  }
  void RefuseTooOld(int64_t tick_ms) {
    Refuse(RefusalReason::kTooOld,
           fmt::format("tick {} is older than {}, from where on ticks are kept", tick_ms,
                       kept_from_ms));
  }

 private:
  void Refuse(RefusalReason reason, std::string detail) {
    for (Refusal& refusal : result.refusals) {
      if (refusal.reason != reason) continue;
      ++refusal.count;
      return;
    }
    result.refusals.push_back({reason, 1, std::move(detail)});
  }
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_NODE_OUTCOME_H_
