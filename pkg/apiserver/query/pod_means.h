#ifndef KUBEMONITOR_APISERVER_QUERY_POD_MEANS_H_
#define KUBEMONITOR_APISERVER_QUERY_POD_MEANS_H_

// The mean of a metric over a window for many pods, without a value for each tick. What a counter
// grew by is its last value less its first as long as it was there at each tick between and never
// fell, which is the rule. Pods of which that cannot be said are left to PodColumn.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "apiserver/query/column.h"
#include "apiserver/query/snapshot.h"
#include "apiserver/store/store.h"

namespace kubemonitor {

// Not thread-safe; keeps its memory from node to node.
class PodMeans {
 public:
  PodMeans(const Store& store, Metric metric, const Grid& grid);

  // Starts over for a node, named by its number in the store.
  void BeginNode(uint32_t store_node);
  // Pods of the node, one after the other, before Read.
  void AddPod(const PodEntry& pod);
  void Read();
  // Of the pod added as number `pod`, what StatisticsOf(PodColumn(…)).avg is, or outer nullopt: not
  // told here.
  std::optional<std::optional<double>> Mean(size_t pod);

 private:
  // Ticks of the node at which an object adds a value, [first, end).
  using Span = std::pair<size_t, size_t>;
  struct Part {  // an object that the pod's values are made of
    uint32_t index = 0;
    int64_t first_tick_ms = 0;
    size_t pod = 0;
    size_t column = 0;
  };
  struct Pod {
    bool told = false;
    bool covers = false;  // its one part stands for the pod if it is there as long as the pod
    int64_t first_tick_ms = 0, last_tick_ms = 0;
    size_t first_part = 0, part_count = 0;
  };

  void AddPart(const ObjectInfo& object);
  bool Covers(const Pod& pod, const Part& part) const;
  // Adds what the part measured to `sum`, and to `spans` when. False: not told.
  bool AddValues(const Part& part, double* sum);
  bool AddGrowth(const Part& part, size_t first, size_t end, double* sum);
  // Over all spans, each tick once: microseconds of the boot clock for rates, else ticks.
  double Weight();

  const Store& store_;
  const Metric metric_;
  const Grid grid_;
  const MetricSource source_;
  bool possible_ = false;  // for this metric
  // Of the node.
  uint32_t node_ = 0;
  std::vector<Pod> pods_;
  std::vector<Part> parts_;
  std::vector<std::pair<uint32_t, size_t>> order_;  // index and part, by index
  std::vector<uint32_t> indexes_;
  SeriesColumns columns_;
  size_t begin_ = 0, end_ = 0;  // the ticks of the grid among those of the columns
  bool steady_ = false;         // rates can be made between all of them
  std::vector<Span> spans_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_POD_MEANS_H_
