#include "apiserver/store/node_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>

namespace kubemonitor {

// What one report came to.
struct NodeStore::Outcome {
  AppendResult result;
  std::set<uint32_t> wanted;
  std::set<uint32_t> without_room;
  std::optional<int64_t> newest_accepted_ms;
  bool simple = false;
  bool newer = false;  // stored a tick newer than all held before

  void Refuse(RefusalReason reason, std::string detail) {
    for (Refusal& refusal : result.refusals) {
      if (refusal.reason != reason) continue;
      ++refusal.count;
      return;
    }
    result.refusals.push_back({reason, 1, std::move(detail)});
  }
};

NodeStore::NodeStore(uint32_t node, std::string name, const StoreOptions& options)
    : node_(node),
      name_(std::move(name)),
      options_(options),
      objects_(options.max_objects_per_node),
      sender_interval_ms_(options.interval_ms) {}

AppendResult NodeStore::Append(const NodeReport& report, int64_t now_ms) {
  Expire(now_ms);
  Outcome outcome;
  outcome.simple = report.instance_id.empty() || report.instance_id == kSimpleInstance;
  if (outcome.simple || report.instance_id != instance_id_) objects_.ForgetNumbers();
  instance_id_ = report.instance_id;
  for (const uint32_t number : objects_.Bind(report.identities, now_ms)) {
    outcome.without_room.insert(number);
  }
  for (const Tick& tick : report.ticks) StoreTick(report, tick, now_ms, &outcome);
  NoteSender(report, outcome, now_ms);
  if (!outcome.without_room.empty()) {
    outcome.result.refusals.push_back(
        {RefusalReason::kCapacity, outcome.without_room.size(),
         fmt::format(
             "node {}: {} objects held of at most {}, no room for object numbers from {} on", name_,
             objects_.objects().size(), options_.max_objects_per_node,
             *outcome.without_room.begin())});
  }
  outcome.result.identities_wanted.assign(outcome.wanted.begin(), outcome.wanted.end());
  outcome.result.held = Held();
  return std::move(outcome.result);
}

void NodeStore::StoreTick(const NodeReport& report, const Tick& tick, int64_t now_ms,
                          Outcome* outcome) {
  if (tick.tick_ms % options_.interval_ms != 0) {
    outcome->Refuse(RefusalReason::kOffGrid,
                    fmt::format("tick {} is no multiple of the interval of {} ms", tick.tick_ms,
                                options_.interval_ms));
    return;
  }
  if (tick.tick_ms < now_ms - options_.retention_ms) {
    outcome->Refuse(RefusalReason::kTooOld,
                    fmt::format("tick {} is older than the retention of {} ms before {}",
                                tick.tick_ms, options_.retention_ms, now_ms));
    return;
  }
  const size_t at = AxisLowerBound(tick.tick_ms);
  const bool held = at < axis_.size() && axis_[at].tick_ms == tick.tick_ms;
  if (!held || (outcome->simple && axis_[at].simple)) {
    if (!NumbersKnown(tick, outcome)) return;
    if (!held) {
      outcome->newer = outcome->newer || at == axis_.size();
      // A sender of the simple form knows no boot clock: its ticks' own times stand for it.
      const bool no_clock = outcome->simple && tick.boot_usec == 0 && tick.tick_ms > 0;
      const uint64_t boot_usec =
          no_clock ? static_cast<uint64_t>(tick.tick_ms) * 1000 : tick.boot_usec;
      axis_.insert(axis_.begin() + static_cast<std::ptrdiff_t>(at),
                   {tick.tick_ms, boot_usec, EpochOf(report.boot_id), outcome->simple});
    }
    StoreValues(tick, outcome);
    StoreDetails(tick, axis_[at]);
  }
  ++outcome->result.accepted_ticks;
  if (!outcome->newest_accepted_ms || *outcome->newest_accepted_ms < tick.tick_ms) {
    outcome->newest_accepted_ms = tick.tick_ms;
  }
}

bool NodeStore::NumbersKnown(const Tick& tick, Outcome* outcome) {
  bool all_known = true;
  for (const auto* samples : {&tick.pods, &tick.containers}) {
    for (const ObjectSample& sample : *samples) {
      if (objects_.FindNumber(sample.object) != nullptr || objects_.Refused(sample.object)) {
        continue;
      }
      outcome->wanted.insert(sample.object);
      all_known = false;
    }
  }
  return all_known;
}

void NodeStore::StoreValues(const Tick& tick, Outcome* outcome) {
  Insert(&node_rows_, tick.tick_ms, tick.node);
  for (const auto* samples : {&tick.pods, &tick.containers}) {
    for (const ObjectSample& sample : *samples) {
      StoredObject* object = objects_.FindNumber(sample.object);
      if (object == nullptr) {
        outcome->without_room.insert(sample.object);
        continue;
      }
      Insert(&object->rows, tick.tick_ms, sample.values);
    }
  }
}

bool NodeStore::Insert(PackedRows* rows, int64_t tick_ms, const SeriesValues& values) {
  if (!rows->Insert(tick_ms, values)) return false;
  samples_total_ += static_cast<uint64_t>(std::popcount(values.present_mask()));
  return true;
}

void NodeStore::StoreDetails(const Tick& tick, const AxisEntry& entry) {
  if (tick.node_details) {
    details_.Offer(entry.tick_ms, entry.epoch, entry.boot_usec, *tick.node_details);
  }
  for (const ObjectDetails& details : tick.object_details) {
    StoredObject* object = objects_.FindNumber(details.object);
    if (object == nullptr) continue;
    object->details.Offer(entry.tick_ms, entry.epoch, entry.boot_usec, details);
  }
}

void NodeStore::NoteSender(const NodeReport& report, const Outcome& outcome, int64_t now_ms) {
  touched_ms_ = std::max(touched_ms_, now_ms);
  if (!report.collector_version.empty()) collector_version_ = report.collector_version;
  if (report.interval_ms > 0) sender_interval_ms_ = report.interval_ms;
  if (!outcome.newest_accepted_ms) return;
  if (outcome.newer) received_ms_ = std::max(received_ms_, now_ms);
  // Late ticks of an earlier boot do not bring it back.
  if (*outcome.newest_accepted_ms >= axis_.back().tick_ms) boot_id_ = report.boot_id;
}

uint32_t NodeStore::EpochOf(const std::string& boot_id) {
  for (const Boot& boot : boots_) {
    if (boot.id == boot_id) return boot.epoch;
  }
  boots_.push_back({boot_id, next_epoch_});
  return next_epoch_++;
}

void NodeStore::DropUnusedBoots() {
  std::set<uint32_t> used;
  for (const AxisEntry& entry : axis_) used.insert(entry.epoch);
  std::erase_if(boots_, [&](const Boot& boot) { return !used.contains(boot.epoch); });
}

void NodeStore::SetHealth(const NodeHealth& health, int64_t now_ms) {
  health_ = health;
  touched_ms_ = std::max(touched_ms_, now_ms);
}

std::vector<TickRange> NodeStore::Held() const {
  const int64_t step_ms = GridStepMs(options_.interval_ms, sender_interval_ms_);
  std::vector<TickRange> ranges;
  for (const AxisEntry& entry : axis_) {
    if (!ranges.empty() && entry.tick_ms - ranges.back().last_ms <= step_ms) {
      ranges.back().last_ms = entry.tick_ms;
    } else {
      ranges.push_back({entry.tick_ms, entry.tick_ms});
    }
  }
  return ranges;
}

int64_t NodeStore::CutoffMs(int64_t now_ms) const {
  return now_ms - options_.retention_ms - 2 * options_.interval_ms;
}

void NodeStore::Expire(int64_t now_ms) {
  const int64_t cutoff_ms = CutoffMs(now_ms);
  size_t dropped = 0;
  while (!axis_.empty() && axis_.front().tick_ms < cutoff_ms) {
    axis_.pop_front();
    ++dropped;
  }
  node_rows_.DropBefore(cutoff_ms);
  objects_.Expire(cutoff_ms, now_ms - options_.retention_ms);
  if (dropped > 0) DropUnusedBoots();
}

bool NodeStore::Forgotten(int64_t now_ms) const {
  return axis_.empty() && touched_ms_ < now_ms - options_.retention_ms;
}

size_t NodeStore::AxisLowerBound(int64_t tick_ms) const {
  const auto found =
      std::lower_bound(axis_.begin(), axis_.end(), tick_ms,
                       [](const AxisEntry& entry, int64_t tick) { return entry.tick_ms < tick; });
  return static_cast<size_t>(found - axis_.begin());
}

NodeInfo NodeStore::Info() const {
  NodeInfo info;
  info.node = node_;
  info.name = name_;
  info.boot_id = boot_id_;
  info.instance_id = instance_id_;
  info.collector_version = collector_version_;
  info.interval_ms = sender_interval_ms_;
  info.received_ms = received_ms_;
  info.health = health_;
  if (!axis_.empty()) {
    info.newest_tick_ms = axis_.back().tick_ms;
    info.boot_usec = axis_.back().boot_usec;
  }
  info.details = details_.newest;
  info.previous_details = details_.previous;
  info.details_boot_usec = details_.boot_usec;
  info.previous_details_boot_usec = details_.previous_boot_usec;
  return info;
}

std::vector<ObjectInfo> NodeStore::Objects() const {
  std::map<uint32_t, TickRange> spans;  // of pods: their containers' as well
  auto widen = [&spans](uint32_t index, const PackedRows& rows) {
    if (rows.empty()) return;
    const TickRange own{rows.first_tick_ms(), rows.last_tick_ms()};
    auto [span, inserted] = spans.emplace(index, own);
    span->second.first_ms = std::min(span->second.first_ms, own.first_ms);
    span->second.last_ms = std::max(span->second.last_ms, own.last_ms);
  };
  for (const auto& [index, object] : objects_.objects()) {
    widen(index, object.rows);
    if (object.pod) widen(*object.pod, object.rows);
  }
  std::vector<ObjectInfo> infos;
  infos.reserve(spans.size());
  for (const auto& [index, span] : spans) {
    const StoredObject* object = objects_.FindIndex(index);
    if (object == nullptr) continue;
    ObjectInfo info;
    info.id = {node_, index};
    info.identity = object->identity;
    if (object->pod) info.pod = ObjectId{node_, *object->pod};
    info.first_tick_ms = span.first_ms;
    info.last_tick_ms = span.last_ms;
    info.details = object->details.newest;
    info.previous_details = object->details.previous;
    info.details_boot_usec = object->details.boot_usec;
    info.previous_details_boot_usec = object->details.previous_boot_usec;
    infos.push_back(std::move(info));
  }
  return infos;
}

std::vector<RawRow> NodeStore::Read(uint32_t index, uint64_t mask, int64_t first_ms,
                                    int64_t last_ms) const {
  const StoredObject* object = index == 0 ? nullptr : objects_.FindIndex(index);
  if (index != 0 && object == nullptr) return {};
  const PackedRows& rows = index == 0 ? node_rows_ : object->rows;

  size_t begin = rows.LowerBound(first_ms);
  for (size_t before = begin; before > 0; --before) {
    if ((rows.head(before - 1).mask & mask) == 0) continue;
    begin = before - 1;
    break;
  }
  std::vector<RawRow> result;
  if (begin == rows.rows()) return result;
  const size_t end =
      last_ms == std::numeric_limits<int64_t>::max() ? rows.rows() : rows.LowerBound(last_ms + 1);
  if (end > begin) result.reserve(end - begin);
  size_t at = AxisLowerBound(rows.head(begin).tick_ms);
  for (size_t row = begin; row < end; ++row) {
    if ((rows.head(row).mask & mask) == 0) continue;
    while (axis_[at].tick_ms < rows.head(row).tick_ms) ++at;  // every row has its tick on the axis
    result.push_back(
        {axis_[at].tick_ms, axis_[at].boot_usec, axis_[at].epoch, rows.Values(row, mask)});
  }
  return result;
}

void NodeStore::AddStats(StoreStats* stats) const {
  auto add_rows = [stats](const PackedRows& rows) {
    stats->series += static_cast<uint64_t>(std::popcount(rows.AnyMask()));
    stats->samples += rows.values();
    stats->memory_bytes += rows.MemoryBytes();
  };
  add_rows(node_rows_);
  for (const auto& [index, object] : objects_.objects()) {
    add_rows(object.rows);
    stats->memory_bytes += sizeof(StoredObject) + sizeof(Identity);
    ++(object.identity->kind == ObjectKind::kPod ? stats->pods : stats->containers);
  }
  stats->samples_total += samples_total_;
  stats->memory_bytes += sizeof(*this) + axis_.size() * sizeof(AxisEntry);
  if (axis_.empty()) return;
  const int64_t oldest_ms = axis_.front().tick_ms;
  const int64_t newest_ms = axis_.back().tick_ms;
  stats->oldest_tick_ms = std::min(stats->oldest_tick_ms.value_or(oldest_ms), oldest_ms);
  stats->newest_tick_ms = std::max(stats->newest_tick_ms.value_or(newest_ms), newest_ms);
}

}  // namespace kubemonitor
