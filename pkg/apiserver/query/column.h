#ifndef KUBEMONITOR_APISERVER_QUERY_COLUMN_H_
#define KUBEMONITOR_APISERVER_QUERY_COLUMN_H_

// One metric of one thing over the ticks of a grid. Pure functions.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "apiserver/query/metric.h"
#include "apiserver/query/query.h"
#include "apiserver/store/store.h"

namespace kubemonitor {

// The ticks first_ms, first_ms + interval_ms, …: `count` of them, at least one.
struct Grid {
  int64_t first_ms = 0;
  int64_t interval_ms = 1;
  size_t count = 1;

  int64_t last_ms() const { return first_ms + static_cast<int64_t>(count - 1) * interval_ms; }
  std::optional<size_t> Index(int64_t tick_ms) const;
};

// Finds the places of ascending ticks; those that follow one another cost no division.
class GridCursor {
 public:
  explicit GridCursor(const Grid& grid) : grid_(grid), next_ms_(grid.first_ms) {}

  std::optional<size_t> Index(int64_t tick_ms) {
    if (tick_ms != next_ms_ || next_ >= grid_.count) {
      const std::optional<size_t> index = grid_.Index(tick_ms);
      if (!index) return std::nullopt;
      next_ = *index;
    }
    next_ms_ = tick_ms + grid_.interval_ms;
    return next_++;
  }

 private:
  const Grid grid_;
  int64_t next_ms_;
  size_t next_ = 0;
};

// A value as a fraction, so that means over several ticks are those of the underlying quantity: a
// rate is Δ over Δt, a percentage parts over the whole, a gauge itself over 1.
struct Cell {
  double numerator = 0;
  double denominator = 0;  // 0: no value
  bool measured = false;   // the series were there, even where they make no value (first tick, a
                           // counter that went back)

  std::optional<double> value() const {
    if (denominator <= 0) return std::nullopt;
    return numerator / denominator;
  }
};
using Column = std::vector<Cell>;  // one cell a tick of the grid

enum class MetricForm : uint8_t { kNothing, kGauge, kRate, kPressure, kRatio };
struct MetricSource {
  MetricForm form = MetricForm::kNothing;  // kNothing: counts of things
  Series series = Series::kPids;
  double scale = 1;  // of a rate: units of the metric per unit of the counter and microsecond
};
MetricSource SourceOf(Metric metric);

// What becomes of a metric when several things are taken together.
enum class Combination : uint8_t {
  kSum,    // values add up
  kRatio,  // numerators and denominators add up
  kNone,   // makes no sense together (pressure)
};
Combination CombinationOf(Metric metric);
bool IsNetwork(Metric metric);

// The series a metric is made of, as a mask for Store::Read. 0: none (counts of things).
uint64_t SeriesMask(Metric metric);

// The metric of one object from its rows, which may begin before the grid.
Column ColumnOf(const ObjectRows& rows, Metric metric, const Grid& grid);

// Adds the values of one of several things. Over how much time they were made (the denominator) is
// the longest of them.
void AddCell(Metric metric, const Cell& part, Cell* total);
void AddColumn(Metric metric, const Column& part, Column* total);

// One point for each step of `step_ticks` ticks; steps end with the grid, so the oldest may have
// fewer. ΣΔ/ΣΔt or the mean of what was measured; nullopt where nothing was.
std::vector<std::optional<double>> PointsOf(const Column& column, size_t step_ticks);

// Over the ticks that have a value. p95 is the nearest rank.
Statistics StatisticsOf(const Column& column);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_QUERY_COLUMN_H_
