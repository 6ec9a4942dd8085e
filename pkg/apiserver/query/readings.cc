#include "apiserver/query/readings.h"

#include <algorithm>

#include "apiserver/query/rates.h"

namespace kubemonitor {
namespace {

constexpr uint64_t kPopulatedMask =
    SeriesValues::Bit(Series::kCpuUsageUsec) | SeriesValues::Bit(Series::kCpuReportedMillicores);

// The ticks at which `row` says so.
template <typename Condition>
std::vector<bool> TicksWhere(const ObjectRows& rows, const Grid& grid, Condition condition) {
  std::vector<bool> ticks(grid.count, false);
  GridCursor cursor(grid);
  for (size_t row = 0; row < rows.size(); ++row) {
    const std::optional<size_t> index = cursor.Index(rows.tick(row).tick_ms);
    if (index && condition(row)) ticks[*index] = true;
  }
  return ticks;
}

// The ticks at which the pod's own cgroup is the one to look at.
std::vector<bool> OwnTicks(const ObjectRows& own, Metric metric, const Grid& grid) {
  if (GroupOf(metric) == MetricGroup::kThrottling) {
    // Throttling is not hierarchical: a pod without a quota of its own counts no periods.
    return TicksWhere(own, grid, [&own](size_t row) {
      return own.Get(row, Series::kCpuPeriods).value_or(0) > 0;
    });
  }
  return TicksWhere(own, grid,
                    [&own](size_t row) { return (own.mask(row) & kPopulatedMask) != 0; });
}

uint64_t SumOfSteps(const ObjectRows& rows, Series counter, int64_t start_ms) {
  uint64_t sum = 0;
  for (size_t row = 1; row < rows.size(); ++row) {
    const bool same_boot = rows.tick(row).epoch == rows.tick(row - 1).epoch;
    if (rows.tick(row).tick_ms <= start_ms || !same_boot) continue;
    const uint64_t before = rows.Value(row - 1, counter);
    const uint64_t after = rows.Value(row, counter);
    if (after > before) sum += after - before;
  }
  return sum;
}

}  // namespace

ReadRange RangeOf(const Grid& grid) {
  return {grid.first_ms - kLookBackTicks * grid.interval_ms, grid.last_ms()};
}

PodRows ReadPod(const Store& store, const PodEntry& pod, uint64_t mask, const ReadRange& range) {
  PodRows rows;
  const auto read = [&](const ObjectInfo& object, uint64_t series) {
    const bool any = (object.seen & series) != 0 && object.last_tick_ms >= range.first_ms;
    return any ? store.Read(object.id, series, range.first_ms, range.last_ms) : ObjectRows();
  };
  // Whether its own cgroup is populated matters where it measures anything.
  if (pod.own) {
    const bool any = (pod.own->seen & mask) != 0;
    rows.own = read(*pod.own, any ? mask | kPopulatedMask : 0);
  }
  for (const ContainerEntry& container : pod.containers) {
    rows.containers.push_back(read(container.info, mask));
  }
  return rows;
}

std::vector<IndexedRows> ReadNode(const Store& store, uint32_t node, uint64_t mask,
                                  const ReadRange& range) {
  return store.ReadNode(node, mask | kPresenceMask, range.first_ms, range.last_ms);
}

std::optional<int64_t> NewestRow(const PodRows& rows, int64_t last_ms) {
  std::optional<int64_t> newest;
  auto look = [&](const ObjectRows& list) {
    for (size_t row = 0; row < list.size(); ++row) {
      const int64_t tick_ms = list.tick(row).tick_ms;
      if (tick_ms <= last_ms && (!newest || *newest < tick_ms)) newest = tick_ms;
    }
  };
  look(rows.own);
  for (const auto& container : rows.containers) look(container);
  return newest;
}

std::vector<bool> Presence(const PodRows& rows, const Grid& grid) {
  auto any = [](size_t) { return true; };
  std::vector<bool> present = TicksWhere(rows.own, grid, any);
  for (const auto& container : rows.containers) {
    const std::vector<bool> there = TicksWhere(container, grid, any);
    for (size_t index = 0; index < grid.count; ++index) {
      if (there[index]) present[index] = true;
    }
  }
  return present;
}

Column PodColumn(bool host_network, const PodRows& rows, Metric metric, const Grid& grid) {
  if (IsNetwork(metric) && host_network) return Column(grid.count);
  const uint64_t series = SeriesMask(metric);
  const bool combines = CombinationOf(metric) != Combination::kNone;
  Column column;
  std::vector<bool> own_ticks;  // empty: none
  if ((rows.own.series_mask() & series) != 0) {
    column = ColumnOf(rows.own, metric, grid);
    if (!combines) return column;
    own_ticks = OwnTicks(rows.own, metric, grid);
    // Most pods answer for themselves at every tick.
    bool complete = true;
    for (size_t index = 0; index < grid.count; ++index) {
      complete = complete && own_ticks[index] && column[index].measured;
    }
    if (complete) return column;
  }

  Column sum(grid.count);
  for (const auto& container : rows.containers) {
    if (!combines || (container.series_mask() & series) == 0) continue;
    AddColumn(metric, ColumnOf(container, metric, grid), &sum);
  }
  if (own_ticks.empty()) return sum;
  for (size_t index = 0; index < grid.count; ++index) {
    const bool from_own = column[index].measured && (own_ticks[index] || !sum[index].measured);
    if (!from_own) column[index] = sum[index];
  }
  return column;
}

Column ContainerColumn(const std::vector<const ObjectRows*>& rows, Metric metric,
                       const Grid& grid) {
  const MetricGroup group = GroupOf(metric);
  const bool adds_up = group == MetricGroup::kThrottling || metric == Metric::kCpuMillicores ||
                       metric == Metric::kDiskReadBytesPerSecond ||
                       metric == Metric::kDiskWriteBytesPerSecond;
  Column total(grid.count);
  for (const ObjectRows* of_one : rows) {
    if (of_one->empty()) continue;
    const Column column = ColumnOf(*of_one, metric, grid);
    for (size_t index = 0; index < grid.count; ++index) {
      if (adds_up) {
        AddCell(metric, column[index], &total[index]);
      } else if (!total[index].measured) {
        total[index] = column[index];
      }
    }
  }
  return total;
}

bool BornAfter(std::optional<int64_t> first_held_ms, const ObjectInfo& object) {
  const std::optional<int64_t> started_ms = object.identity.started_at_ms();
  return first_held_ms && *first_held_ms < object.first_tick_ms &&
         (!started_ms || *started_ms >= *first_held_ms);
}

std::optional<uint64_t> Increase(const Store& store, const ObjectInfo& object, Series counter,
                                 bool born, int64_t start_ms, int64_t end_ms) {
  const uint64_t mask = SeriesValues::Bit(counter);
  if ((object.seen & mask) == 0) return std::nullopt;
  if ((object.nonzero & mask) == 0 && object.first_tick_ms <= end_ms) return 0;
  // Two rows tell as long as the counter only grew, which is the rule.
  const ObjectRows newest = store.Read(object.id, mask, end_ms, end_ms);
  if (newest.empty()) return std::nullopt;
  const int64_t begin_ms = std::max(start_ms + 1, object.first_tick_ms);
  ObjectRows oldest = store.Read(object.id, mask, begin_ms, begin_ms);
  const size_t last = newest.size() - 1;
  const bool two_tell = !oldest.empty() && oldest.tick(0).epoch == newest.tick(last).epoch &&
                        oldest.Value(0, counter) <= newest.Value(last, counter);
  if (!two_tell) oldest = store.Read(object.id, mask, begin_ms, end_ms);
  if (oldest.empty()) return std::nullopt;
  const int64_t first_ms = oldest.tick(0).tick_ms;
  uint64_t sum = two_tell ? newest.Value(last, counter) - oldest.Value(0, counter)
                          : SumOfSteps(oldest, counter, start_ms);
  const bool counts_from_birth = born && first_ms == object.first_tick_ms && first_ms > start_ms;
  if (counts_from_birth) sum += oldest.Value(0, counter);
  return sum;
}

}  // namespace kubemonitor
