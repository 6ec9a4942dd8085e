#include "apiserver/query/pod_means.h"

#include <algorithm>
#include <span>

#include "apiserver/query/readings.h"

namespace kubemonitor {
namespace {

// A client's own means stand beside the counter: PodColumn knows how.
constexpr uint64_t kReportedBit = SeriesValues::Bit(Series::kCpuReportedMillicores);

bool CanBeTold(Metric metric, MetricForm form) {
  return (form == MetricForm::kGauge || form == MetricForm::kRate) &&
         GroupOf(metric) != MetricGroup::kThrottling;
}

}  // namespace

PodMeans::PodMeans(const Store& store, Metric metric, const Grid& grid)
    : store_(store),
      metric_(metric),
      grid_(grid),
      source_(SourceOf(metric)),
      possible_(CanBeTold(metric, source_.form)) {}

void PodMeans::BeginNode(uint32_t store_node) {
  node_ = store_node;
  pods_.clear();
  parts_.clear();
}

void PodMeans::AddPod(const PodEntry& entry) {
  pods_.push_back({possible_, false, entry.first_tick_ms, entry.last_tick_ms, parts_.size(), 0});
  if (!possible_ || (IsNetwork(metric_) && entry.host_network)) return;
  Pod& pod = pods_.back();
  const uint64_t bit = SeriesValues::Bit(source_.series);
  const int64_t from_ms = RangeOf(grid_).first_ms;
  uint64_t own = 0, of_containers = 0;
  if (entry.own) own = entry.own->seen;
  for (const ContainerEntry& container : entry.containers) {
    if (container.info.last_tick_ms >= from_ms) of_containers |= container.info.seen;
  }
  const bool reported = ((own | of_containers) & kReportedBit) != 0;
  const bool both = (own & of_containers & bit) != 0;
  if (metric_ == Metric::kCpuMillicores ? reported : both) {
    pod.told = false;  // whose word holds may change from tick to tick
    return;
  }
  pod.covers = both;
  if ((own & bit) != 0) AddPart(*entry.own);
  if ((own & bit) != 0) return;
  for (const ContainerEntry& container : entry.containers) {
    const ObjectInfo& info = container.info;
    if ((info.seen & bit) != 0 && info.last_tick_ms >= from_ms) AddPart(info);
  }
}

void PodMeans::AddPart(const ObjectInfo& object) {
  ++pods_.back().part_count;
  parts_.push_back({object.id.index, object.first_tick_ms, 0});
}

void PodMeans::Read() {
  order_.clear();
  for (size_t part = 0; part < parts_.size(); ++part) order_.emplace_back(parts_[part].index, part);
  std::sort(order_.begin(), order_.end());
  indexes_.clear();
  for (const auto& [index, part] : order_) {
    parts_[part].column = indexes_.size();
    indexes_.push_back(index);
  }
  const ReadRange range = RangeOf(grid_);
  store_.ReadSeries(node_, indexes_, source_.series, range.first_ms, range.last_ms, &columns_);
  const std::span<const ObjectRows::Tick> ticks = columns_.ticks();
  const auto at = [&](int64_t tick_ms) {
    const auto found = std::lower_bound(
        ticks.begin(), ticks.end(), tick_ms,
        [](const ObjectRows::Tick& tick, int64_t at_ms) { return tick.tick_ms < at_ms; });
    return static_cast<size_t>(found - ticks.begin());
  };
  begin_ = at(grid_.first_ms);
  end_ = at(grid_.last_ms() + 1);
  steady_ = true;
  for (size_t tick = std::max<size_t>(begin_, 1); tick < end_; ++tick) {
    const ObjectRows::Tick& before = ticks[tick - 1];
    steady_ =
        steady_ && before.epoch == ticks[tick].epoch && before.boot_usec < ticks[tick].boot_usec;
  }
}

std::optional<std::optional<double>> PodMeans::Mean(size_t number) {
  const Pod& pod = pods_[number];
  if (!pod.told) return std::nullopt;
  spans_.clear();
  double sum = 0;
  for (size_t i = 0; i < pod.part_count; ++i) {
    const Part& part = parts_[pod.first_part + i];
    if (pod.covers && !Covers(pod, part)) return std::nullopt;
    if (!AddValues(part, &sum)) return std::nullopt;
  }
  const double weight = Weight();
  if (weight == 0) return std::optional<double>();
  return sum / weight;
}

// The part has values wherever any object of the pod can have some.
bool PodMeans::Covers(const Pod& pod, const Part& part) const {
  const std::span<const ObjectRows::Tick> ticks = columns_.ticks();
  const SeriesColumns::Column& column = columns_.column(part.column);
  if (column.count == 0 || !column.whole()) return false;
  return (column.first <= begin_ || ticks[column.first].tick_ms <= pod.first_tick_ms) &&
         (column.end >= end_ || ticks[column.end - 1].tick_ms >= pod.last_tick_ms);
}

bool PodMeans::AddValues(const Part& part, double* sum) {
  const SeriesColumns::Column& column = columns_.column(part.column);
  if (column.count == 0) return true;
  if (!column.whole()) return false;
  const size_t first = std::max(column.first, begin_);
  const size_t end = std::min(column.end, end_);
  if (first >= end) return true;
  if (source_.form == MetricForm::kRate) return AddGrowth(part, first, end, sum);
  const uint64_t* values = columns_.values(part.column);
  for (size_t tick = first; tick < end; ++tick) *sum += static_cast<double>(values[tick]);
  spans_.emplace_back(first, end);
  return true;
}

bool PodMeans::AddGrowth(const Part& part, size_t first, size_t end, double* sum) {
  if (!steady_) return false;
  size_t base = first;  // the value that the first rate is made from
  if (columns_.column(part.column).first < first) {
    --base;
  } else if (part.first_tick_ms < columns_.ticks()[first].tick_ms) {
    return false;  // it may have an older value
  }
  const uint64_t* values = columns_.values(part.column);
  bool fell = false;
  for (size_t tick = base + 1; tick < end; ++tick) fell |= values[tick] < values[tick - 1];
  if (fell) return false;
  *sum += static_cast<double>(values[end - 1] - values[base]) * source_.scale;
  if (base + 1 < end) spans_.emplace_back(base + 1, end);
  return true;
}

double PodMeans::Weight() {
  std::sort(spans_.begin(), spans_.end());
  double weight = 0;
  size_t done = 0;
  for (const auto& [begin, end] : spans_) {
    const size_t first = std::max(begin, done);
    if (first >= end) continue;
    done = end;
    if (source_.form == MetricForm::kGauge) {
      weight += static_cast<double>(end - first);
    } else {
      const std::span<const ObjectRows::Tick> ticks = columns_.ticks();
      weight += static_cast<double>(ticks[end - 1].boot_usec - ticks[first - 1].boot_usec);
    }
  }
  return weight;
}

}  // namespace kubemonitor
