#ifndef KUBEMONITOR_APISERVER_QUERY_POD_SUMS_H_
#define KUBEMONITOR_APISERVER_QUERY_POD_SUMS_H_

// What pods add to the sums of a group (namespace, workload), tick by tick. A pod counts with its
// value in thousandths, as answers show it. Pure functions.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "apiserver/query/column.h"
#include "apiserver/query/metric.h"
#include "apiserver/query/readings.h"
#include "apiserver/store/sum_table.h"

namespace kubemonitor {

// Every metric that has sums over pods.
const MetricSet& SummedMetrics();
// The series they are made of, and what tells the pods themselves.
uint64_t SummedSeries();

struct PodReading {
  const PodRows* rows = nullptr;
  bool host_network = false;
  // The ticks at which the OOM kills that an object's row counts happened as its node was watched
  // (BornAfter): of the pod, then of its containers; kNotBorn: none. May be shorter.
  std::vector<int64_t> born_ms;
};
inline constexpr int64_t kNotBorn = -1;

// Adds the value that one pod has.
void AddPodCell(Metric metric, const Cell& cell, SumRow* row);

// Adds the pods that one group has on one node: `rows` has one for each tick of the grid.
void AddPods(std::span<const PodReading> pods, const Grid& grid, MetricSet metrics,
             std::vector<SumRow>* rows);

// The same of some metrics alone, in less memory: what FillSums of many workloads holds at once.
class GroupSums {
 public:
  GroupSums(MetricSet metrics, size_t ticks);

  // The pods that the group has on one node; the grid has as many ticks.
  void Add(std::span<const PodReading> pods, const Grid& grid);
  Column ColumnOf(Metric metric) const;

  static size_t MemoryBytes(MetricSet metrics, size_t ticks);

 private:
  uint64_t* Numbers(Metric metric, size_t tick);
  void AddPresence(std::span<const PodReading> pods, const Grid& grid);

  MetricSet metrics_;
  size_t ticks_;
  std::array<uint8_t, kMetricCount> places_{};  // of the metric's numbers in numbers_
  std::vector<uint64_t> numbers_;               // by metric, then tick: two each
};

// Adds their OOM kills.
void AddOomKills(std::span<const PodReading> pods, const Grid& grid, std::vector<SumRow>* rows);

// The value of a metric in a row, as a mean over the ticks of a window takes it.
Cell SumOf(const SumRow& row, Metric metric);
Column ColumnOfSums(const std::vector<SumRow>& rows, Metric metric);
// The columns of a row that SumOf looks at.
std::span<const size_t> SumColumnsOf(Metric metric);

inline constexpr size_t kPodsColumn = 22;  // how many pods, and on how many nodes
inline constexpr size_t kNodesColumn = 23;
inline constexpr size_t kOomKillsColumn = 24;
inline constexpr size_t kOomMeasuredColumn = 25;  // pods that count their OOM kills

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_POD_SUMS_H_
