#include "apiserver/store/node_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "apiserver/store/node_outcome.h"

namespace kubemonitor {

NodeStore::NodeStore(uint32_t node, std::string name, const StoreOptions& options,
                     std::shared_ptr<Interner> interner, std::shared_ptr<BlockMemory> memory)
    : node_(node),
      name_(std::move(name)),
      options_(options),
      blocks_(std::move(memory)),
      objects_(options.max_objects_per_node, std::move(interner)),
      sender_interval_ms_(options.interval_ms) {}

AppendResult NodeStore::Append(const NodeReport& report, int64_t now_ms, int64_t floor_ms) {
  Expire(now_ms, floor_ms);
  Outcome outcome;
  outcome.kept_from_ms = KeptFromMs(now_ms, floor_ms);
  outcome.simple = report.instance_id.empty() || report.instance_id == kSimpleInstance;
  if (outcome.simple || report.instance_id != instance_id_) objects_.ForgetNumbers();
  instance_id_ = report.instance_id;
  for (const uint32_t number : objects_.Bind(report.identities, now_ms)) {
    outcome.without_room.insert(number);
  }
  for (const BlockReader& block : report.blocks) TakeBlock(report, block, &outcome);
  std::vector<TickRows> ticks;
  ticks.reserve(report.ticks.size());
  for (const Tick& tick : report.ticks) TakeTick(report, tick, &outcome, &ticks);
  blocks_.Store(&ticks);
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
  outcome.result.node = node_;
  outcome.result.held = Held();
  outcome.result.held_step_ms = StepMs();
  return std::move(outcome.result);
}

void NodeStore::TakeTick(const NodeReport& report, const Tick& tick, Outcome* outcome,
                         std::vector<TickRows>* ticks) {
  if (tick.tick_ms % options_.interval_ms != 0) {
    return outcome->RefuseOffGrid(tick.tick_ms, options_);
  }
  if (tick.tick_ms < outcome->kept_from_ms) return outcome->RefuseTooOld(tick.tick_ms);
  std::optional<BlockTick> held = blocks_.FindTick(tick.tick_ms);
  for (const TickRows& taken : *ticks) {  // a report may tell one tick twice
    if (taken.at.tick_ms == tick.tick_ms) held = taken.at;
  }
  if (!held || (outcome->simple && held->simple)) {
    if (!NumbersKnown(tick, outcome)) return;
    BlockTick at = held.value_or(BlockTick());
    if (!held) {
      const std::optional<BlockTick> newest = blocks_.NewestTick();
      outcome->newer = outcome->newer || !newest || newest->tick_ms < tick.tick_ms;
      // A sender of the simple form knows no boot clock: its ticks' own times stand for it.
      const bool no_clock = outcome->simple && tick.boot_usec == 0 && tick.tick_ms > 0;
      at.tick_ms = tick.tick_ms;
      at.boot_usec = no_clock ? static_cast<uint64_t>(tick.tick_ms) * 1000 : tick.boot_usec;
      at.boot = blocks_.EpochOf(report.boot_id);
      at.simple = outcome->simple;
    }
    ticks->push_back({at, RowsOf(tick, outcome)});
    StoreDetails(tick, at);
  }
  ++outcome->result.accepted_ticks;
  outcome->NoteAccepted(tick.tick_ms);
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

std::vector<ObjectRow> NodeStore::RowsOf(const Tick& tick, Outcome* outcome) {
  std::vector<ObjectRow> rows;
  rows.reserve(1 + tick.pods.size() + tick.containers.size());
  if (!tick.node.empty()) rows.push_back({0, &tick.node});
  node_seen_ |= tick.node.present_mask();
  node_nonzero_ |= NonzeroSeries(tick.node, ~node_nonzero_);
  for (const auto* samples : {&tick.pods, &tick.containers}) {
    for (const ObjectSample& sample : *samples) {
      StoredObject* object = objects_.FindNumber(sample.object);
      if (object == nullptr) {
        outcome->without_room.insert(sample.object);
      } else if (!sample.values.empty()) {
        object->NoteRow(tick.tick_ms, sample.values);
        rows.push_back({object->index, &sample.values});
      }
    }
  }
  return rows;
}

void NodeStore::StoreDetails(const Tick& tick, const BlockTick& at) {
  if (tick.node_details) {
    details_.Offer(at.tick_ms, at.boot, at.boot_usec, *tick.node_details);
  }
  objects_.OfferDetails({at.tick_ms, at.boot_usec, at.boot}, tick.object_details);
}

void NodeStore::NoteSender(const NodeReport& report, const Outcome& outcome, int64_t now_ms) {
  touched_ms_ = std::max(touched_ms_, now_ms);
  if (!report.collector_version.empty()) collector_version_ = report.collector_version;
  if (report.interval_ms > 0) sender_interval_ms_ = report.interval_ms;
  if (!outcome.newest_accepted_ms) return;
  if (outcome.newer) received_ms_ = std::max(received_ms_, now_ms);
  // Late ticks of an earlier boot do not bring it back.
  const std::optional<BlockTick> newest = blocks_.NewestTick();
  if (newest && *outcome.newest_accepted_ms >= newest->tick_ms) boot_id_ = report.boot_id;
}

void NodeStore::SetHealth(const NodeHealth& health, int64_t now_ms) {
  info_ = nullptr;
  health_ = health;
  touched_ms_ = std::max(touched_ms_, now_ms);
}

std::vector<TickRange> NodeStore::Held() const { return blocks_.Held(StepMs()); }

int64_t NodeStore::StepMs() const { return GridStepMs(options_.interval_ms, sender_interval_ms_); }

void NodeStore::Expire(int64_t now_ms, int64_t floor_ms) {
  info_ = nullptr;
  blocks_.DropBefore(KeptFromMs(now_ms, floor_ms));
  objects_.Expire(blocks_.visible_from_ms(), std::max(now_ms - options_.retention_ms, floor_ms));
  if (blocks_.empty()) node_seen_ = node_nonzero_ = 0;
}

bool NodeStore::Forgotten(int64_t now_ms) const {
  return blocks_.empty() && touched_ms_ < now_ms - options_.retention_ms;
}

std::shared_ptr<const NodeInfo> NodeStore::Info() const {
  if (info_ == nullptr) info_ = std::make_shared<const NodeInfo>(MakeInfo());
  return info_;
}

NodeInfo NodeStore::MakeInfo() const {
  NodeInfo info;
  info.node = node_;
  info.name = name_;
  info.boot_id = boot_id_;
  info.instance_id = instance_id_;
  info.collector_version = collector_version_;
  info.interval_ms = sender_interval_ms_;
  info.received_ms = received_ms_;
  info.seen = node_seen_;
  info.nonzero = node_nonzero_;
  info.health = health_;
  if (const std::optional<BlockTick> newest = blocks_.NewestTick()) {
    info.newest_tick_ms = newest->tick_ms;
    info.boot_usec = newest->boot_usec;
    info.previous_tick_ms = blocks_.TickBefore(newest->tick_ms);
    info.oldest_tick_ms = blocks_.OldestTickMs();
  }
  info.details = details_.newest;
  info.previous_details = details_.previous;
  info.details_boot_usec = details_.boot_usec;
  info.previous_details_boot_usec = details_.previous_boot_usec;
  return info;
}

std::vector<ObjectInfo> NodeStore::Objects() const {
  const std::vector<StoredObject>& objects = objects_.objects();
  const int64_t oldest_ms = blocks_.OldestTickMs().value_or(blocks_.visible_from_ms());
  // By position; of pods: their containers' as well. Absent: no value is held.
  std::vector<std::optional<TickRange>> spans(objects.size());
  const auto widen = [&](const StoredObject& at, const StoredObject& by) {
    std::optional<TickRange>& span = spans[static_cast<size_t>(&at - objects.data())];
    const TickRange own{std::max(by.first_tick_ms, oldest_ms), by.last_tick_ms};
    if (!span) span = own;
    span->first_ms = std::min(span->first_ms, own.first_ms);
    span->last_ms = std::max(span->last_ms, own.last_ms);
  };
  for (const StoredObject& object : objects) {
    if (!object.HasRows(blocks_.visible_from_ms())) continue;
    widen(object, object);
    const StoredObject* pod = object.pod == 0 ? nullptr : objects_.FindIndex(object.pod);
    if (pod != nullptr) widen(*pod, object);
  }
  std::vector<ObjectInfo> infos;
  infos.reserve(objects.size());
  for (size_t position = 0; position < objects.size(); ++position) {
    const std::optional<TickRange>& span = spans[position];
    if (!span) continue;
    const StoredObject& object = objects[position];
    ObjectInfo info;
    info.id = {node_, object.index};
    info.identity = object.identity;
    if (object.pod != 0) info.pod = ObjectId{node_, object.pod};
    info.first_tick_ms = span->first_ms;
    info.last_tick_ms = span->last_ms;
    info.seen = object.seen;
    info.nonzero = object.nonzero;
    info.details = object.details.newest();
    info.previous_details = object.details.previous();
    info.details_boot_usec = object.details.boot_usec();
    info.previous_details_boot_usec = object.details.previous_boot_usec();
    infos.push_back(std::move(info));
  }
  return infos;
}

ObjectRows NodeStore::Read(uint32_t index, uint64_t mask, int64_t first_ms, int64_t last_ms) const {
  if (index != 0 && objects_.FindIndex(index) == nullptr) return {};
  return blocks_.Read(index, mask, first_ms, last_ms);
}

std::vector<IndexedRows> NodeStore::ReadAll(uint64_t mask, int64_t first_ms,
                                            int64_t last_ms) const {
  std::vector<IndexedRows> all = blocks_.ReadAll(mask, first_ms, last_ms);
  std::erase_if(all, [this](const IndexedRows& rows) {
    return rows.index != 0 && objects_.FindIndex(rows.index) == nullptr;
  });
  return all;
}

void NodeStore::AddStats(StoreStats* stats) const {
  stats->series += static_cast<uint64_t>(std::popcount(node_seen_));
  for (const StoredObject& object : objects_.objects()) {
    if (object.HasRows(blocks_.visible_from_ms())) {
      stats->series += static_cast<uint64_t>(std::popcount(object.seen));
    }
    ++(object.identity.kind() == ObjectKind::kPod ? stats->pods : stats->containers);
  }
  stats->object_bytes += OwnBytes();
  blocks_.AddStats(stats);
}

uint64_t NodeStore::OwnBytes() const {
  uint64_t bytes = sizeof(*this) + sizeof(NodeInfo) + objects_.MemoryBytes();
  for (const auto* details : {details_.newest.get(), details_.previous.get()}) {
    if (details != nullptr) bytes += MemoryBytesOf(*details);
  }
  return bytes;
}

uint64_t NodeStore::MemoryBytes() const {
  return OwnBytes() + blocks_.SealedBytes() + blocks_.OpenBytes();
}

}  // namespace kubemonitor
