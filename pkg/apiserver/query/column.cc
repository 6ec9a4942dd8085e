#include "apiserver/query/column.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "apiserver/query/rates.h"

namespace kubemonitor {
namespace {

constexpr double kPerSecond = 1e6;    // … per µs → … per second
constexpr double kMillicores = 1000;  // µs per µs → thousandths of a core

}  // namespace

MetricSource SourceOf(Metric metric) {
  switch (metric) {
    case Metric::kCpuMillicores:
      return {MetricForm::kRate, Series::kCpuUsageUsec, kMillicores};
    case Metric::kMemoryBytes:
      return {MetricForm::kGauge, Series::kMemoryCurrentBytes};
    case Metric::kMemoryWorkingSetBytes:
      return {MetricForm::kGauge, Series::kMemoryWorkingSetBytes};
    case Metric::kMemoryRssBytes:
      return {MetricForm::kGauge, Series::kMemoryAnonBytes};
    case Metric::kDiskReadBytesPerSecond:
      return {MetricForm::kRate, Series::kDiskReadBytes, kPerSecond};
    case Metric::kDiskWriteBytesPerSecond:
      return {MetricForm::kRate, Series::kDiskWriteBytes, kPerSecond};
    case Metric::kNetworkRxBytesPerSecond:
      return {MetricForm::kRate, Series::kNetworkRxBytes, kPerSecond};
    case Metric::kNetworkTxBytesPerSecond:
      return {MetricForm::kRate, Series::kNetworkTxBytes, kPerSecond};
    case Metric::kProcessCount:
      return {MetricForm::kGauge, Series::kPids};
    case Metric::kDiskReadBytes:
      return {MetricForm::kGauge, Series::kDiskReadBytes};
    case Metric::kDiskWriteBytes:
      return {MetricForm::kGauge, Series::kDiskWriteBytes};
    case Metric::kNetworkRxBytes:
      return {MetricForm::kGauge, Series::kNetworkRxBytes};
    case Metric::kNetworkTxBytes:
      return {MetricForm::kGauge, Series::kNetworkTxBytes};
    case Metric::kThrottledPercent:
      return {MetricForm::kRatio, Series::kCpuThrottledPeriods, 100};
    case Metric::kThrottledMillicores:
      return {MetricForm::kRate, Series::kCpuThrottledUsec, kMillicores};
    case Metric::kCpuSomePercent:
      return {MetricForm::kPressure, Series::kPsiCpuSomeUsec, 100};
    case Metric::kMemorySomePercent:
      return {MetricForm::kPressure, Series::kPsiMemorySomeUsec, 100};
    case Metric::kMemoryFullPercent:
      return {MetricForm::kPressure, Series::kPsiMemoryFullUsec, 100};
    case Metric::kIoSomePercent:
      return {MetricForm::kPressure, Series::kPsiIoSomeUsec, 100};
    case Metric::kIoFullPercent:
      return {MetricForm::kPressure, Series::kPsiIoFullUsec, 100};
    case Metric::kSwapBytes:
      return {MetricForm::kGauge, Series::kMemorySwapBytes};
    case Metric::kPodCount:
    case Metric::kNodeCount:
      break;
  }
  return {};
}

namespace {

// The cells of ascending ticks.
class CellCursor {
 public:
  CellCursor(const Grid& grid, Column* column) : cursor_(grid), column_(column) {}
  Cell* At(int64_t tick_ms) {
    const std::optional<size_t> index = cursor_.Index(tick_ms);
    return index ? &(*column_)[*index] : nullptr;
  }

 private:
  GridCursor cursor_;
  Column* column_;
};

void FillGauge(const ObjectRows& rows, const MetricSource& source, const Grid& grid,
               Column* column) {
  CellCursor cells(grid, column);
  for (size_t row = 0; row < rows.size(); ++row) {
    if (!rows.Has(row, source.series)) continue;
    Cell* cell = cells.At(rows.tick(row).tick_ms);
    if (cell != nullptr) *cell = {static_cast<double>(rows.Value(row, source.series)), 1, true};
  }
}

void FillRate(const ObjectRows& rows, const MetricSource& source, const Grid& grid,
              Column* column) {
  CellCursor cells(grid, column);
  std::optional<size_t> before;
  for (size_t row = 0; row < rows.size(); ++row) {
    if (!rows.Has(row, source.series)) continue;
    Cell* cell = cells.At(rows.tick(row).tick_ms);
    if (cell != nullptr) {
      cell->measured = true;
      const bool near = before && WithinReach(rows, *before, row, grid.interval_ms);
      const auto step = near ? StepBetween(rows, *before, row, source.series) : std::nullopt;
      if (step) {
        uint64_t delta = step->delta;
        // The kernel adds a stall up to the reading, which may be a little later than the clock's:
        // never more than all the time.
        if (source.form == MetricForm::kPressure) delta = std::min(delta, step->elapsed_usec);
        cell->numerator = static_cast<double>(delta) * source.scale;
        cell->denominator = static_cast<double>(step->elapsed_usec);
      }
    }
    before = row;
  }
}

void FillRatio(const ObjectRows& rows, const MetricSource& source, const Grid& grid,
               Column* column) {
  CellCursor measured(grid, column);
  for (size_t row = 0; row < rows.size(); ++row) {
    if (!rows.Has(row, source.series)) continue;
    if (Cell* cell = measured.At(rows.tick(row).tick_ms)) cell->measured = true;
  }
  CellCursor cells(grid, column);
  for (const RatioStep& step :
       RatioSteps(rows, source.series, Series::kCpuPeriods, grid.interval_ms)) {
    Cell* cell = cells.At(step.tick_ms);
    if (cell == nullptr) continue;
    cell->numerator = static_cast<double>(std::min(step.part, step.whole)) * source.scale;
    cell->denominator = static_cast<double>(step.whole);
  }
}

// The means a client of the simple form made itself, at ticks without the counter. They weigh as
// long as an interval, as rates do.
void FillReportedCpu(const ObjectRows& rows, const Grid& grid, Column* column) {
  const double weight = static_cast<double>(grid.interval_ms) * 1000;
  CellCursor cells(grid, column);
  for (size_t row = 0; row < rows.size(); ++row) {
    if (!rows.Has(row, Series::kCpuReportedMillicores)) continue;
    Cell* cell = cells.At(rows.tick(row).tick_ms);
    if (cell == nullptr || cell->measured) continue;
    const uint64_t value = rows.Value(row, Series::kCpuReportedMillicores);
    *cell = {static_cast<double>(value) * weight, weight, true};
  }
}

}  // namespace

std::optional<size_t> Grid::Index(int64_t tick_ms) const {
  if (tick_ms == first_ms) return 0;
  if (tick_ms < first_ms || tick_ms > last_ms() || (tick_ms - first_ms) % interval_ms != 0) {
    return std::nullopt;
  }
  return static_cast<size_t>((tick_ms - first_ms) / interval_ms);
}

Combination CombinationOf(Metric metric) {
  if (metric == Metric::kThrottledPercent) return Combination::kRatio;
  return GroupOf(metric) == MetricGroup::kPressure ? Combination::kNone : Combination::kSum;
}

bool IsNetwork(Metric metric) {
  return metric == Metric::kNetworkRxBytesPerSecond || metric == Metric::kNetworkTxBytesPerSecond ||
         metric == Metric::kNetworkRxBytes || metric == Metric::kNetworkTxBytes;
}

uint64_t SeriesMask(Metric metric) {
  const MetricSource source = SourceOf(metric);
  if (source.form == MetricForm::kNothing) return 0;
  uint64_t mask = SeriesValues::Bit(source.series);
  // Whose throttling counts, the pod's or its containers', is told by the periods.
  const bool throttling = GroupOf(metric) == MetricGroup::kThrottling;
  if (throttling) mask |= SeriesValues::Bit(Series::kCpuPeriods);
  if (metric == Metric::kCpuMillicores) mask |= SeriesValues::Bit(Series::kCpuReportedMillicores);
  return mask;
}

Column ColumnOf(const ObjectRows& rows, Metric metric, const Grid& grid) {
  Column column(grid.count);
  const MetricSource source = SourceOf(metric);
  switch (source.form) {
    case MetricForm::kNothing:
      return column;
    case MetricForm::kGauge:
      FillGauge(rows, source, grid, &column);
      return column;
    case MetricForm::kRate:
    case MetricForm::kPressure:
      FillRate(rows, source, grid, &column);
      break;
    case MetricForm::kRatio:
      FillRatio(rows, source, grid, &column);
      break;
  }
  if (metric == Metric::kCpuMillicores) FillReportedCpu(rows, grid, &column);
  return column;
}

void AddCell(Metric metric, const Cell& part, Cell* total) {
  total->measured = total->measured || part.measured;
  const std::optional<double> value = part.value();
  if (!value) return;
  switch (CombinationOf(metric)) {
    case Combination::kNone:
      return;
    case Combination::kRatio:
      total->numerator += part.numerator;
      total->denominator += part.denominator;
      return;
    case Combination::kSum: {
      if (total->denominator == part.denominator) {  // as of containers read together
        total->numerator += part.numerator;
        return;
      }
      const double sum = total->value().value_or(0) + *value;
      total->denominator = std::max(total->denominator, part.denominator);
      total->numerator = sum * total->denominator;
      return;
    }
  }
}

void AddColumn(Metric metric, const Column& part, Column* total) {
  for (size_t index = 0; index < part.size(); ++index) {
    AddCell(metric, part[index], &(*total)[index]);
  }
}

std::vector<std::optional<double>> PointsOf(const Column& column, size_t step_ticks) {
  std::vector<std::optional<double>> points;
  points.reserve(column.size() / step_ticks + 1);
  const size_t partial = column.size() % step_ticks;
  for (size_t begin = 0; begin < column.size();) {
    const size_t end = begin == 0 && partial > 0 ? partial : begin + step_ticks;
    Cell step;
    for (; begin < end; ++begin) {
      step.numerator += column[begin].numerator;
      step.denominator += column[begin].denominator;
    }
    points.push_back(step.value());
  }
  return points;
}

Statistics StatisticsOf(const Column& column) {
  Statistics statistics;
  Cell all;
  std::vector<double> values;
  values.reserve(column.size());
  for (const Cell& cell : column) {
    const std::optional<double> value = cell.value();
    if (!value) continue;
    values.push_back(*value);
    all.numerator += cell.numerator;
    all.denominator += cell.denominator;
  }
  if (values.empty()) return statistics;
  statistics.avg = all.value();
  statistics.last = values.back();
  statistics.min = *std::min_element(values.begin(), values.end());
  // The greatest, down to the p95: they are few, so most values are looked at once.
  const auto rank =
      static_cast<std::ptrdiff_t>(std::ceil(0.95 * static_cast<double>(values.size())));
  const auto end = values.end() - rank + 1;
  std::partial_sort(values.begin(), end, values.end(), std::greater<>());
  statistics.max = values.front();
  statistics.p95 = *(end - 1);
  return statistics;
}

}  // namespace kubemonitor
