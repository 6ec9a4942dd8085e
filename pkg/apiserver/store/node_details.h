#ifndef KUBEMONITOR_APISERVER_STORE_NODE_DETAILS_H_
#define KUBEMONITOR_APISERVER_STORE_NODE_DETAILS_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "common/node_report.h"

namespace kubemonitor {

// The newest details of the node and those before them, of the same boot: what rates of devices are
// made from.
struct KeptNodeDetails {
  std::shared_ptr<const NodeDetails> newest, previous;
  int64_t tick_ms = 0;  // of newest
  uint32_t epoch = 0;
  uint64_t boot_usec = 0, previous_boot_usec = 0;

  // Details of a tick that is not newer than the newest are dropped.
  void Offer(int64_t at_tick_ms, uint32_t at_epoch, uint64_t at_boot_usec,
             const NodeDetails& details) {
    if (newest != nullptr && at_tick_ms <= tick_ms) return;
    const bool same_boot = newest != nullptr && at_epoch == epoch;
    previous = same_boot ? newest : nullptr;
    previous_boot_usec = same_boot ? boot_usec : 0;
    newest = std::make_shared<const NodeDetails>(details);
    tick_ms = at_tick_ms;
    epoch = at_epoch;
    boot_usec = at_boot_usec;
  }
};

// What the details take, about.
size_t MemoryBytesOf(const NodeDetails& details);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_NODE_DETAILS_H_
