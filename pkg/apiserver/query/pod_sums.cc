#include "apiserver/query/pod_sums.h"

#include <algorithm>
#include <array>

#include "apiserver/query/rates.h"

namespace kubemonitor {
namespace {

// Two columns each: Σ of thousandths and how many pods have a value; or, of a ratio, both parts.
constexpr std::array kMetrics = {
    Metric::kCpuMillicores,
    Metric::kMemoryBytes,
    Metric::kMemoryWorkingSetBytes,
    Metric::kMemoryRssBytes,
    Metric::kDiskReadBytesPerSecond,
    Metric::kDiskWriteBytesPerSecond,
    Metric::kNetworkRxBytesPerSecond,
    Metric::kNetworkTxBytesPerSecond,
    Metric::kProcessCount,
    Metric::kThrottledPercent,
    Metric::kThrottledMillicores,
};
static_assert(2 * kMetrics.size() == kPodsColumn && kOomMeasuredColumn + 1 == kSumColumns);

constexpr double kThousandths = 1000;
// What one pod can add: nobody uses 72 terabytes, and a hundred that claim to still fit.
constexpr double kMost = uint64_t{1} << 56;

// std::llround, but no call for each.
uint64_t Whole(double value) {
  const double clamped = std::clamp(value, 0.0, kMost);
  const auto whole = static_cast<uint64_t>(clamped);
  return whole + (clamped - static_cast<double>(whole) >= 0.5 ? 1 : 0);
}

// Each to the two numbers of the metric that numbers_of(its index) points at.
template <typename NumbersOf>
void AddCells(Metric metric, std::span<const Cell> cells, const NumbersOf& numbers_of) {
  const bool ratio = CombinationOf(metric) == Combination::kRatio;
  for (size_t index = 0; index < cells.size(); ++index) {
    const Cell& cell = cells[index];
    if (cell.denominator <= 0) continue;
    uint64_t* const numbers = numbers_of(index);
    if (ratio) {  // whole numbers, but for the factor 100
      numbers[0] += Whole(cell.numerator);
      numbers[1] += Whole(cell.denominator);
    } else {
      numbers[0] += Whole(cell.numerator / cell.denominator * kThousandths);
      ++numbers[1];
    }
  }
}

// The value that the two numbers of a metric make.
Cell CellOf(Metric metric, const uint64_t* numbers) {
  const auto sum = static_cast<double>(numbers[0]);
  if (CombinationOf(metric) == Combination::kRatio) {
    return {sum, static_cast<double>(numbers[1]), true};
  }
  return numbers[1] == 0 ? Cell{} : Cell{sum / kThousandths, 1, true};
}

// A tick without any pod is one that measured nothing here.
Cell CountOf(uint64_t count) {
  return count == 0 ? Cell{} : Cell{static_cast<double>(count), 1, true};
}

size_t PositionOf(Metric metric) {
  size_t position = 0;
  while (kMetrics[position] != metric) ++position;
  return position;
}

// Those of an object. False: it does not count them.
bool AddOomKillsOf(const ObjectRows& object, int64_t born_ms, const Grid& grid,
                   std::vector<bool>* measured, std::vector<SumRow>* rows) {
  std::optional<size_t> before;
  GridCursor cursor(grid);
  for (size_t row = 0; row < object.size(); ++row) {
    if (!object.Has(row, Series::kOomKills)) continue;
    const uint64_t kills = object.Value(row, Series::kOomKills);
    uint64_t added = object.tick(row).tick_ms == born_ms ? kills : 0;
    const bool near = before && WithinReach(object, *before, row, grid.interval_ms);
    if (near && object.tick(*before).epoch == object.tick(row).epoch) {
      const uint64_t kills_before = object.Value(*before, Series::kOomKills);
      if (kills > kills_before) added = kills - kills_before;
    }
    before = row;
    const std::optional<size_t> tick = cursor.Index(object.tick(row).tick_ms);
    if (!tick) continue;
    (*measured)[*tick] = true;
    (*rows)[*tick][kOomKillsColumn] += added;
  }
  return before.has_value();
}

void AddOomKillsOfPod(const PodReading& pod, const Grid& grid, std::vector<SumRow>* rows) {
  std::vector<bool> measured(grid.count);
  const auto born_ms = [&pod](size_t object) {
    return object < pod.born_ms.size() ? pod.born_ms[object] : kNotBorn;
  };
  if (!AddOomKillsOf(pod.rows->own, born_ms(0), grid, &measured, rows)) {
    for (size_t index = 0; index < pod.rows->containers.size(); ++index) {
      AddOomKillsOf(pod.rows->containers[index], born_ms(index + 1), grid, &measured, rows);
    }
  }
  for (size_t tick = 0; tick < grid.count; ++tick) {
    if (measured[tick]) ++(*rows)[tick][kOomMeasuredColumn];
  }
}

}  // namespace

const MetricSet& SummedMetrics() {
  static const MetricSet metrics = [] {
    MetricSet all;
    for (const Metric metric : kMetrics) all.Add(metric);
    return all;
  }();
  return metrics;
}

uint64_t SummedSeries() {
  uint64_t mask = SeriesValues::Bit(Series::kOomKills);
  for (const Metric metric : kMetrics) mask |= SeriesMask(metric);
  return mask;
}

void AddPodCell(Metric metric, const Cell& cell, SumRow* row) {
  AddCells(metric, std::span(&cell, 1),
           [=](size_t /*index*/) { return row->data() + 2 * PositionOf(metric); });
}

void AddPods(std::span<const PodReading> pods, const Grid& grid, MetricSet metrics,
             std::vector<SumRow>* rows) {
  std::vector<bool> node(grid.count);
  for (const PodReading& pod : pods) {
    const std::vector<bool> present = Presence(*pod.rows, grid);
    for (size_t tick = 0; tick < grid.count; ++tick) {
      if (!present[tick]) continue;
      ++(*rows)[tick][kPodsColumn];
      node[tick] = true;
    }
    for (const Metric metric : kMetrics) {
      if (!metrics.Has(metric)) continue;
      const Column cells = PodColumn(pod.host_network, *pod.rows, metric, grid);
      const size_t position = 2 * PositionOf(metric);
      AddCells(metric, cells, [=](size_t tick) { return (*rows)[tick].data() + position; });
    }
  }
  for (size_t tick = 0; tick < grid.count; ++tick) {
    if (node[tick]) ++(*rows)[tick][kNodesColumn];
  }
}

void AddOomKills(std::span<const PodReading> pods, const Grid& grid, std::vector<SumRow>* rows) {
  for (const PodReading& pod : pods) AddOomKillsOfPod(pod, grid, rows);
}

Cell SumOf(const SumRow& row, Metric metric) {
  if (GroupOf(metric) == MetricGroup::kCount) {
    return CountOf(row[metric == Metric::kPodCount ? kPodsColumn : kNodesColumn]);
  }
  return CellOf(metric, row.data() + 2 * PositionOf(metric));
}

Column ColumnOfSums(const std::vector<SumRow>& rows, Metric metric) {
  Column column;
  column.reserve(rows.size());
  for (const SumRow& row : rows) column.push_back(SumOf(row, metric));
  return column;
}

std::span<const size_t> SumColumnsOf(Metric metric) {
  if (metric == Metric::kPodCount) return AllSumColumns().subspan(kPodsColumn, 1);
  if (metric == Metric::kNodeCount) return AllSumColumns().subspan(kNodesColumn, 1);
  return AllSumColumns().subspan(2 * PositionOf(metric), 2);
}

GroupSums::GroupSums(MetricSet metrics, size_t ticks) : metrics_(metrics), ticks_(ticks) {
  uint8_t places = 0;
  for (size_t number = 0; number < kMetricCount; ++number) {
    if (metrics.Has(static_cast<Metric>(number))) places_[number] = places++;
  }
  numbers_.resize(2 * places * ticks);
}

size_t GroupSums::MemoryBytes(MetricSet metrics, size_t ticks) {
  size_t count = 0;
  for (size_t number = 0; number < kMetricCount; ++number) {
    if (metrics.Has(static_cast<Metric>(number))) ++count;
  }
  return sizeof(GroupSums) + 2 * count * ticks * sizeof(uint64_t);
}

uint64_t* GroupSums::Numbers(Metric metric, size_t tick) {
  return &numbers_[2 * (places_[static_cast<size_t>(metric)] * ticks_ + tick)];
}

void GroupSums::Add(std::span<const PodReading> pods, const Grid& grid) {
  if (metrics_.Has(Metric::kPodCount) || metrics_.Has(Metric::kNodeCount)) {
    AddPresence(pods, grid);
  }
  for (const Metric metric : kMetrics) {
    if (!metrics_.Has(metric)) continue;
    uint64_t* const numbers = Numbers(metric, 0);
    for (const PodReading& pod : pods) {
      const Column cells = PodColumn(pod.host_network, *pod.rows, metric, grid);
      AddCells(metric, cells, [=](size_t tick) { return numbers + 2 * tick; });
    }
  }
}

void GroupSums::AddPresence(std::span<const PodReading> pods, const Grid& grid) {
  std::vector<uint64_t> present(ticks_);
  for (const PodReading& pod : pods) {
    const std::vector<bool> ticks = Presence(*pod.rows, grid);
    for (size_t tick = 0; tick < ticks_; ++tick) present[tick] += ticks[tick] ? 1 : 0;
  }
  for (size_t tick = 0; tick < ticks_; ++tick) {
    if (metrics_.Has(Metric::kPodCount)) *Numbers(Metric::kPodCount, tick) += present[tick];
    const bool any = present[tick] > 0 && metrics_.Has(Metric::kNodeCount);
    if (any) ++*Numbers(Metric::kNodeCount, tick);
  }
}

Column GroupSums::ColumnOf(Metric metric) const {
  const uint64_t* numbers = &numbers_[2 * places_[static_cast<size_t>(metric)] * ticks_];
  Column column(ticks_);
  for (size_t tick = 0; tick < ticks_; ++tick) {
    const uint64_t* const pair = numbers + 2 * tick;
    const bool count = GroupOf(metric) == MetricGroup::kCount;
    column[tick] = count ? CountOf(*pair) : CellOf(metric, pair);
  }
  return column;
}

}  // namespace kubemonitor
