#ifndef KUBEMONITOR_SIMULATOR_NODE_TICKS_H_
#define KUBEMONITOR_SIMULATOR_NODE_TICKS_H_

// All values of one node at one tick after the other: the same as Model::Value gives one by one,
// with what does not change from tick to tick computed once. Not thread-safe. Memory is kept when
// the node changes.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "simulator/model.h"
#include "simulator/node_profile.h"

namespace kubemonitor {

class NodeTicks {
 public:
  // The model outlives this.
  explicit NodeTicks(const Model& model) : model_(model) {}

  void SetNode(uint32_t node);
  // After SetNode; in any order, cheapest when the pods stay the same.
  void MoveTo(int64_t tick);

  uint32_t node() const { return node_; }
  int64_t tick() const { return tick_; }
  uint64_t boot_usec() const { return model_.BootUsec(node_, tick_); }
  const std::vector<PodRef>& pods() const { return pods_; }  // one a slot
  // One value a container, slot by slot; `index` is a place in kContainerSeries.
  std::span<const uint64_t> container_values(size_t index) const {
    return container_series_[index].values;
  }
  // One value a slot; `index` is a place in kPodSeries.
  std::span<const uint64_t> pod_values(size_t index) const { return pod_series_[index].values; }
  const SeriesValues& node_values() const { return node_values_; }
  const NodeProfile& profile() const { return profile_; }

  // What the newest tick tells beside values: capacity, devices, units, processes; limits and
  // devices of each object, in the order of pods and containers, object numbers unset.
  NodeDetails Details() const;
  ObjectDetails PodDetails(uint32_t slot) const;
  ObjectDetails ContainerDetails(uint32_t slot, uint32_t container) const;

 private:
  struct Column {
    std::vector<Signal> signals;
    std::vector<uint64_t> bases;  // of counters: the slot's value just before the pod began
    std::vector<uint64_t> values;
    uint64_t sum = 0;  // of the signals, not of the values
  };

  void Begin(uint32_t slot);  // the pod in it is another one
  static void Fill(Column& column, uint64_t k);

  const Model& model_;
  uint32_t node_ = 0;
  int64_t tick_ = 0;
  std::vector<PodRef> pods_;
  std::vector<int64_t> first_ticks_, last_ticks_;  // of the pods
  std::array<Column, kContainerSeries.size()> container_series_;
  std::array<Column, kPodSeries.size()> pod_series_;
  NodeProfile profile_;
  SeriesValues node_values_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_NODE_TICKS_H_
