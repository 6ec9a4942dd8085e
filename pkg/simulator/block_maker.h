#ifndef KUBEMONITOR_SIMULATOR_BLOCK_MAKER_H_
#define KUBEMONITOR_SIMULATOR_BLOCK_MAKER_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/series_block.h"
#include "simulator/model.h"
#include "simulator/node_ticks.h"
#include "simulator/object_numbers.h"

namespace kubemonitor {

// Ticks of one block of the wall clock, both ends included, without a gap.
struct BlockSpan {
  int64_t first_tick = 0;
  int64_t last_tick = 0;
};

// The blocks that a collector of the simulated cluster would have sealed, made anew. Not
// thread-safe. Its memory is used again for the next block.
class BlockMaker {
 public:
  // Model and numbers outlive this.
  BlockMaker(const Model& model, const ObjectNumbers& numbers) : model_(model), numbers_(numbers) {}

  // Of the node that `ticks` is set to; moves it.
  std::vector<uint8_t> Make(const BlockSpan& span, NodeTicks* ticks);

 private:
  // Some ticks of a slot's or container's place: those of one pod.
  struct Object {
    uint32_t number = 0;
    bool pod = false;
    size_t place = 0;
    size_t first = 0, end = 0;  // ticks, by position
  };

  void Copy(size_t tick, const NodeTicks& ticks);
  void AddObjects(size_t tick, const NodeTicks& ticks);
  void EncodeNode(BlockEncoder* encoder) const;
  void EncodeObject(const Object& object, BlockEncoder* encoder) const;

  const Model& model_;
  const ObjectNumbers& numbers_;
  size_t tick_count_ = 0;
  // By place, then tick.
  std::array<std::vector<uint64_t>, kContainerSeries.size()> container_values_;
  std::array<std::vector<uint64_t>, kPodSeries.size()> pod_values_;
  std::vector<SeriesValues> node_values_;  // by tick
  std::vector<Object> objects_;
  std::vector<PodRef> pods_;  // of the tick before, by slot
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_BLOCK_MAKER_H_
