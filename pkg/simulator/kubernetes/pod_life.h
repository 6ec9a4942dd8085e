#ifndef KUBEMONITOR_SIMULATOR_KUBERNETES_POD_LIFE_H_
#define KUBEMONITOR_SIMULATOR_KUBERNETES_POD_LIFE_H_

// When the object of a simulated pod changes. The model says when its containers begin and end, B
// and E; with d = 2 s, less where pods live shortly:
//
//   B - 2d created, Pending     B - d scheduled     B running     B + d ready
//   E - d  deletionTimestamp    E gone
//
// One that takes over the name of the one before is created at B, when that is gone. The pod of a
// Job has ended at E, and is gone when the next one of its slot ends. A static pod's object is the
// mirror that its kubelet makes.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "simulator/kubernetes/revision.h"
#include "simulator/model.h"

namespace kubemonitor {

enum class PodStage : uint8_t {
  kNone,     // not created
  kPending,  // not scheduled
  kStarting,
  kRunning,
  kReady,
  kTerminating,
  kEnded,
  kGone,
};

struct PodChange {
  Revision revision = 0;
  PodStage stage = PodStage::kNone;
};

class PodLife {
 public:
  void Add(Revision revision, PodStage stage) { changes_[count_++] = {revision, stage}; }
  const PodChange* begin() const { return changes_.data(); }
  const PodChange* end() const { return changes_.data() + count_; }
  const PodChange& created() const { return changes_[0]; }

  // The last change up to `at`; its stage is kNone before the first.
  PodChange At(Revision at) const;

 private:
  std::array<PodChange, 6> changes_{};  // ascending
  size_t count_ = 0;
};

// The model outlives this. Immutable: thread-safe.
class PodLives {
 public:
  explicit PodLives(const Model& model);
  const Model& model() const { return model_; }

  PodLife Of(const PodRef& pod) const;

  // All generations of the slot of which there can be an object at some time between, both
  // included.
  struct Generations {
    int64_t first = 0, last = 0;
  };
  Generations Between(const Slot& slot, int64_t first_ms, int64_t last_ms) const;
  // Whether any of its pods may change between: quick, and true too often rather than never.
  bool ChangesBetween(const Slot& slot, int64_t first_ms, int64_t last_ms) const;

 private:
  const Model& model_;
  const int64_t lead_ms_;  // d
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_KUBERNETES_POD_LIFE_H_
