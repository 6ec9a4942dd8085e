#ifndef KUBEMONITOR_SIMULATOR_OBJECT_NUMBERS_H_
#define KUBEMONITOR_SIMULATOR_OBJECT_NUMBERS_H_

#include <cstdint>

#include "simulator/model.h"

namespace kubemonitor {

// Object numbers of the wire, computed instead of remembered: pods and containers of a node get
// numbers that no other one ever has while the process lives. Immutable: thread-safe.
class ObjectNumbers {
 public:
  // `first_tick` is the oldest tick ever sent.
  ObjectNumbers(const Model& model, int64_t first_tick)
      : slots_(model.options().pods_per_node),
        stride_(model.options().containers_per_pod + 1),
        base_(model.OldestGeneration(first_tick)) {}

  uint32_t Pod(const PodRef& pod) const {
    const auto age = static_cast<uint64_t>(pod.generation - base_);
    return static_cast<uint32_t>(1 + (age * slots_ + pod.slot) * stride_);
  }
  uint32_t Container(const PodRef& pod, uint32_t container) const {
    return Pod(pod) + 1 + container;
  }
  // The pod's number, of its own number or one of its containers'.
  uint32_t PodOf(uint32_t object) const {
    return object == 0 ? 0 : object - static_cast<uint32_t>((object - 1) % stride_);
  }

 private:
  const uint64_t slots_;
  const uint64_t stride_;
  const int64_t base_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_OBJECT_NUMBERS_H_
