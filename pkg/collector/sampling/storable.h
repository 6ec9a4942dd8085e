#ifndef KUBEMONITOR_COLLECTOR_SAMPLING_STORABLE_H_
#define KUBEMONITOR_COLLECTOR_SAMPLING_STORABLE_H_

#include <cstddef>

#include "common/node_report.h"

namespace kubemonitor {

// The server takes a number above kMaxValue (wire/limits.h) for the negative one of a confused
// sender and refuses the whole tick. A counter that the kernel let fall below 0 looks like that:
// such numbers become absent. Returns how many there were.
size_t DropUnstorable(Tick& tick);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_SAMPLING_STORABLE_H_
