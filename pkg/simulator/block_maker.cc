#include "simulator/block_maker.h"

#include <algorithm>
#include <bit>
#include <span>
#include <type_traits>

namespace kubemonitor {
namespace {

TickMask Mask(size_t first, size_t end) {
  TickMask mask;
  for (size_t tick = first; tick < end; ++tick) mask.Set(tick);
  return mask;
}

}  // namespace

std::vector<uint8_t> BlockMaker::Make(const BlockSpan& span, NodeTicks* ticks) {
  tick_count_ = static_cast<size_t>(span.last_tick - span.first_tick + 1);
  objects_.clear();
  pods_.clear();
  node_values_.clear();
  std::vector<BlockTick> axis;
  for (int64_t tick = span.first_tick; tick <= span.last_tick; ++tick) {
    ticks->MoveTo(tick);
    AddObjects(axis.size(), *ticks);
    Copy(axis.size(), *ticks);
    axis.push_back({model_.TickMs(tick), ticks->boot_usec(), 0, false});
  }
  std::sort(objects_.begin(), objects_.end(),
            [](const Object& a, const Object& b) { return a.number < b.number; });
  const std::string boot_id = model_.BootId(ticks->node());
  BlockEncoder encoder(BlockStartMs(axis.front().tick_ms), std::span(&boot_id, 1), axis);
  EncodeNode(&encoder);
  for (const Object& object : objects_) EncodeObject(object, &encoder);
  return encoder.Finish();
}

// Where a slot has another pod than before, objects end and begin.
void BlockMaker::AddObjects(size_t tick, const NodeTicks& ticks) {
  const size_t containers = model_.options().containers_per_pod;
  for (size_t slot = 0; slot < ticks.pods().size(); ++slot) {
    const PodRef& pod = ticks.pods()[slot];
    if (slot < pods_.size() && pods_[slot] == pod) continue;
    for (Object& object : objects_) {
      const bool of_slot = (object.pod ? object.place : object.place / containers) == slot;
      if (of_slot && object.end == tick_count_) object.end = tick;
    }
    objects_.push_back({numbers_.Pod(pod), true, slot, tick, tick_count_});
    for (uint32_t c = 0; c < containers; ++c) {
      objects_.push_back(
          {numbers_.Container(pod, c), false, slot * containers + c, tick, tick_count_});
    }
  }
  pods_ = ticks.pods();
}

void BlockMaker::Copy(size_t tick, const NodeTicks& ticks) {
  const auto copy = [&](std::span<const uint64_t> values, std::vector<uint64_t>* out) {
    out->resize(values.size() * tick_count_);
    for (size_t place = 0; place < values.size(); ++place) {
      (*out)[place * tick_count_ + tick] = values[place];
    }
  };
  for (size_t i = 0; i < kPodSeries.size(); ++i) copy(ticks.pod_values(i), &pod_values_[i]);
  for (size_t i = 0; i < kContainerSeries.size(); ++i) {
    copy(ticks.container_values(i), &container_values_[i]);
  }
  node_values_.push_back(ticks.node_values());
}

void BlockMaker::EncodeNode(BlockEncoder* encoder) const {
  encoder->BeginObject(0);
  std::vector<uint64_t> values(tick_count_);
  for (uint64_t left = node_values_.front().present_mask(); left != 0; left &= left - 1) {
    const auto series = static_cast<Series>(std::countr_zero(left));
    for (size_t tick = 0; tick < tick_count_; ++tick)
      values[tick] = *node_values_[tick].Get(series);
    encoder->AddColumn(series, Mask(0, tick_count_), values);
  }
}

void BlockMaker::EncodeObject(const Object& object, BlockEncoder* encoder) const {
  encoder->BeginObject(object.number);
  const TickMask present = Mask(object.first, object.end);
  const auto add = [&](const auto& all_series, const auto& all_values) {
    // Columns go by ascending series.
    std::array<size_t, std::tuple_size_v<std::decay_t<decltype(all_series)>>> order{};
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](size_t a, size_t b) { return all_series[a] < all_series[b]; });
    for (const size_t i : order) {
      encoder->AddColumn(all_series[i], present,
                         std::span(all_values[i]).subspan(object.place * tick_count_, tick_count_));
    }
  };
  if (object.pod) {
    add(kPodSeries, pod_values_);
  } else {
    add(kContainerSeries, container_values_);
  }
}

}  // namespace kubemonitor
