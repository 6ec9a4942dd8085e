#include "oracle/oracle_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "apiserver/store/node_details.h"
#include "apiserver/store/object_table.h"
#include "common/block_rows.h"
#include "common/mutex.h"

namespace kubemonitor {
namespace {

using Rows = std::map<int64_t, SeriesValues>;  // by tick

class OracleNode {
 public:
  OracleNode(uint32_t node, std::string name, const StoreOptions& options)
      : node_(node),
        name_(std::move(name)),
        options_(options),
        objects_(options.max_objects_per_node, interner_),
        sender_interval_ms_(options.interval_ms) {}

  AppendResult Append(const NodeReport& report, int64_t now_ms);
  void SetHealth(const NodeHealth& health, int64_t now_ms);
  std::vector<TickRange> Held() const;
  void Expire(int64_t now_ms);
  bool Forgotten(int64_t now_ms) const;
  NodeInfo Info() const;
  std::vector<ObjectInfo> Objects() const;
  ObjectRows Read(uint32_t index, uint64_t mask, int64_t first_ms, int64_t last_ms) const;
  void ReadSeries(std::span<const uint32_t> objects, Series series, SeriesColumns* columns) const;
  void AddStats(StoreStats* stats) const;
  bool MayHavePod(std::string_view namespace_name, std::string_view name) const {
    return objects_.MayHavePod(ObjectTable::NameHash(*interner_, namespace_name, name));
  }

 private:
  struct AxisEntry {
    uint64_t boot_usec = 0;
    uint32_t epoch = 0;
    bool simple = false;
  };
  struct Outcome;

  void StoreTick(const NodeReport& report, const Tick& tick, int64_t now_ms, Outcome* outcome);
  void StoreBlock(const NodeReport& report, const BlockReader& block, int64_t now_ms,
                  Outcome* outcome);
  bool NumbersKnown(const Tick& tick, Outcome* outcome);
  void StoreValues(const Tick& tick, Outcome* outcome);
  void StoreDetails(const Tick& tick, const AxisEntry& entry);
  void NoteSender(const NodeReport& report, const Outcome& outcome, int64_t now_ms);
  void Insert(uint32_t index, int64_t tick_ms, const SeriesValues& values);

  const uint32_t node_;
  const std::string name_;
  const StoreOptions options_;
  std::map<int64_t, AxisEntry> axis_;
  std::map<uint32_t, Rows> rows_;  // by index; 0 is the node
  const std::shared_ptr<Interner> interner_ = std::make_shared<Interner>();
  ObjectTable objects_;
  KeptNodeDetails details_;
  std::map<std::string, uint32_t> epochs_;  // of boots with a tick
  uint32_t next_epoch_ = 0;
  std::string boot_id_, instance_id_, collector_version_;
  int64_t sender_interval_ms_;
  int64_t received_ms_ = 0, touched_ms_ = 0;
  NodeHealth health_;
  uint64_t samples_total_ = 0;
};

// What one report came to.
struct OracleNode::Outcome {
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

AppendResult OracleNode::Append(const NodeReport& report, int64_t now_ms) {
  Expire(now_ms);
  Outcome outcome;
  outcome.simple = report.instance_id.empty() || report.instance_id == kSimpleInstance;
  if (outcome.simple || report.instance_id != instance_id_) objects_.ForgetNumbers();
  instance_id_ = report.instance_id;
  for (const uint32_t number : objects_.Bind(report.identities, now_ms)) {
    outcome.without_room.insert(number);
  }
  for (const BlockReader& block : report.blocks) StoreBlock(report, block, now_ms, &outcome);
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

// All or nothing of what can be taken, then tick by tick.
void OracleNode::StoreBlock(const NodeReport& report, const BlockReader& block, int64_t now_ms,
                            Outcome* outcome) {
  const int64_t kept_from_ms = now_ms - options_.retention_ms - ReachMs(options_);
  BlockRows values;
  std::vector<Tick> ticks;
  Tick whole;  // every object of the block
  for (const TickRows& rows : values.Of(block)) {
    if (rows.at.tick_ms % options_.interval_ms != 0) {
      return outcome->Refuse(RefusalReason::kOffGrid, "a tick of a block");
    }
    Tick tick;
    tick.tick_ms = rows.at.tick_ms;
    tick.boot_usec = rows.at.boot_usec;
    for (const ObjectRow& row : rows.rows) {
      if (row.object == 0) {
        tick.node = *row.values;
      } else {
        tick.pods.push_back({row.object, *row.values});
      }
    }
    whole.pods.insert(whole.pods.end(), tick.pods.begin(), tick.pods.end());
    ticks.push_back(std::move(tick));
  }
  if (ticks.back().tick_ms < kept_from_ms) {
    return outcome->Refuse(RefusalReason::kTooOld, "a block");
  }
  if (!NumbersKnown(whole, outcome)) return;
  for (const ObjectSample& sample : whole.pods) {
    if (objects_.FindNumber(sample.object) == nullptr) outcome->without_room.insert(sample.object);
  }
  for (const Tick& tick : ticks) {
    if (tick.tick_ms >= kept_from_ms) StoreTick(report, tick, now_ms, outcome);
  }
}

void OracleNode::StoreTick(const NodeReport& report, const Tick& tick, int64_t now_ms,
                           Outcome* outcome) {
  if (tick.tick_ms % options_.interval_ms != 0) {
    outcome->Refuse(RefusalReason::kOffGrid,
                    fmt::format("tick {} is no multiple of the interval of {} ms", tick.tick_ms,
                                options_.interval_ms));
    return;
  }
  if (tick.tick_ms < now_ms - options_.retention_ms - ReachMs(options_)) {
    outcome->Refuse(RefusalReason::kTooOld,
                    fmt::format("tick {} is older than the retention of {} ms before {}",
                                tick.tick_ms, options_.retention_ms, now_ms));
    return;
  }
  const auto held = axis_.find(tick.tick_ms);
  if (held == axis_.end() || (outcome->simple && held->second.simple)) {
    if (!NumbersKnown(tick, outcome)) return;
    if (held == axis_.end()) {
      outcome->newer = outcome->newer || axis_.empty() || axis_.rbegin()->first < tick.tick_ms;
      const bool no_clock = outcome->simple && tick.boot_usec == 0 && tick.tick_ms > 0;
      const uint64_t boot_usec =
          no_clock ? static_cast<uint64_t>(tick.tick_ms) * 1000 : tick.boot_usec;
      const auto boot = epochs_.emplace(report.boot_id, next_epoch_);
      if (boot.second) ++next_epoch_;
      const uint32_t epoch = boot.first->second;
      axis_[tick.tick_ms] = {boot_usec, epoch, outcome->simple};
    }
    StoreValues(tick, outcome);
    StoreDetails(tick, axis_[tick.tick_ms]);
  }
  ++outcome->result.accepted_ticks;
  if (!outcome->newest_accepted_ms || *outcome->newest_accepted_ms < tick.tick_ms) {
    outcome->newest_accepted_ms = tick.tick_ms;
  }
}

bool OracleNode::NumbersKnown(const Tick& tick, Outcome* outcome) {
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

void OracleNode::StoreValues(const Tick& tick, Outcome* outcome) {
  Insert(0, tick.tick_ms, tick.node);
  for (const auto* samples : {&tick.pods, &tick.containers}) {
    for (const ObjectSample& sample : *samples) {
      StoredObject* object = objects_.FindNumber(sample.object);
      if (object == nullptr) {
        outcome->without_room.insert(sample.object);
        continue;
      }
      Insert(object->index, tick.tick_ms, sample.values);
      if (!sample.values.empty()) object->NoteRow(tick.tick_ms, sample.values);
    }
  }
}

void OracleNode::Insert(uint32_t index, int64_t tick_ms, const SeriesValues& values) {
  if (values.empty() || !rows_[index].emplace(tick_ms, values).second) return;
  samples_total_ += static_cast<uint64_t>(std::popcount(values.present_mask()));
}

void OracleNode::StoreDetails(const Tick& tick, const AxisEntry& entry) {
  if (tick.node_details) {
    details_.Offer(tick.tick_ms, entry.epoch, entry.boot_usec, *tick.node_details);
  }
  objects_.OfferDetails({tick.tick_ms, entry.boot_usec, entry.epoch}, tick.object_details);
}

void OracleNode::NoteSender(const NodeReport& report, const Outcome& outcome, int64_t now_ms) {
  touched_ms_ = std::max(touched_ms_, now_ms);
  if (!report.collector_version.empty()) collector_version_ = report.collector_version;
  if (report.interval_ms > 0) sender_interval_ms_ = report.interval_ms;
  if (!outcome.newest_accepted_ms) return;
  if (outcome.newer) received_ms_ = std::max(received_ms_, now_ms);
  // Late ticks of an earlier boot do not bring it back.
  if (*outcome.newest_accepted_ms >= axis_.rbegin()->first) boot_id_ = report.boot_id;
}

void OracleNode::SetHealth(const NodeHealth& health, int64_t now_ms) {
  health_ = health;
  touched_ms_ = std::max(touched_ms_, now_ms);
}

std::vector<TickRange> OracleNode::Held() const {
  const int64_t step_ms = GridStepMs(options_.interval_ms, sender_interval_ms_);
  std::vector<TickRange> ranges;
  for (const auto& [tick_ms, entry] : axis_) {
    if (!ranges.empty() && tick_ms - ranges.back().last_ms <= step_ms) {
      ranges.back().last_ms = tick_ms;
    } else {
      ranges.push_back({tick_ms, tick_ms});
    }
  }
  return ranges;
}

void OracleNode::Expire(int64_t now_ms) {
  const int64_t cutoff_ms = now_ms - options_.retention_ms - ReachMs(options_);
  axis_.erase(axis_.begin(), axis_.lower_bound(cutoff_ms));
  for (auto& [index, rows] : rows_) rows.erase(rows.begin(), rows.lower_bound(cutoff_ms));
  std::erase_if(rows_, [](const auto& entry) { return entry.second.empty(); });
  std::erase_if(epochs_, [this](const auto& boot) {
    return std::none_of(axis_.begin(), axis_.end(),
                        [&boot](const auto& entry) { return entry.second.epoch == boot.second; });
  });
  objects_.Expire(cutoff_ms, now_ms - options_.retention_ms);
}

bool OracleNode::Forgotten(int64_t now_ms) const {
  return axis_.empty() && touched_ms_ < now_ms - options_.retention_ms;
}

NodeInfo OracleNode::Info() const {
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
    info.newest_tick_ms = axis_.rbegin()->first;
    info.boot_usec = axis_.rbegin()->second.boot_usec;
    info.oldest_tick_ms = axis_.begin()->first;
    if (axis_.size() > 1) info.previous_tick_ms = std::next(axis_.rbegin())->first;
  }
  if (const auto own = rows_.find(0); own != rows_.end()) {
    for (const auto& [tick_ms, values] : own->second) {
      info.seen |= values.present_mask();
      info.nonzero |= NonzeroSeries(values, ~info.nonzero);
    }
  }
  info.details = details_.newest;
  info.previous_details = details_.previous;
  info.details_boot_usec = details_.boot_usec;
  info.previous_details_boot_usec = details_.previous_boot_usec;
  return info;
}

std::vector<ObjectInfo> OracleNode::Objects() const {
  std::map<uint32_t, TickRange> spans;  // of pods: their containers' as well
  auto widen = [&](uint32_t index, const StoredObject& object) {
    const auto rows = rows_.find(object.index);
    if (rows == rows_.end()) return;
    const TickRange own{std::max(object.first_tick_ms, axis_.begin()->first),
                        rows->second.rbegin()->first};
    auto [span, inserted] = spans.emplace(index, own);
    span->second.first_ms = std::min(span->second.first_ms, own.first_ms);
    span->second.last_ms = std::max(span->second.last_ms, own.last_ms);
  };
  for (const StoredObject& object : objects_.objects()) {
    widen(object.index, object);
    if (object.pod != 0) widen(object.pod, object);
  }
  std::vector<ObjectInfo> infos;
  infos.reserve(spans.size());
  for (const auto& [index, span] : spans) {
    const StoredObject* object = objects_.FindIndex(index);
    if (object == nullptr) continue;
    ObjectInfo info;
    info.id = {node_, index};
    info.identity = object->identity;
    if (object->pod != 0) info.pod = ObjectId{node_, object->pod};
    info.first_tick_ms = span.first_ms;
    info.last_tick_ms = span.last_ms;
    info.seen = object->seen;
    info.nonzero = object->nonzero;
    info.details = object->details.newest();
    info.previous_details = object->details.previous();
    info.details_boot_usec = object->details.boot_usec();
    info.previous_details_boot_usec = object->details.previous_boot_usec();
    infos.push_back(std::move(info));
  }
  return infos;
}

// All ticks in pieces as long as a block, whatever the range.
void OracleNode::ReadSeries(std::span<const uint32_t> objects, Series series,
                            SeriesColumns* columns) const {
  columns->Begin(objects.size(), axis_.size());
  for (auto next = axis_.begin(); next != axis_.end();) {
    std::vector<BlockTick> piece;
    for (; next != axis_.end() && piece.size() < kMaxBlockTicks; ++next) {
      piece.push_back({next->first, next->second.boot_usec, next->second.epoch, false});
    }
    columns->BeginBlock(piece, 0);
    for (size_t column = 0; column < objects.size(); ++column) {
      const auto rows = rows_.find(objects[column]);
      if (rows == rows_.end()) continue;
      TickMask present;
      std::vector<uint64_t> values(piece.size());
      for (size_t tick = 0; tick < piece.size(); ++tick) {
        const auto row = rows->second.find(piece[tick].tick_ms);
        if (row == rows->second.end() || !row->second.Has(series)) continue;
        present.Set(tick);
        values[tick] = *row->second.Get(series);
      }
      columns->Add(column, present, values.data());
    }
  }
}

ObjectRows OracleNode::Read(uint32_t index, uint64_t mask, int64_t first_ms,
                            int64_t last_ms) const {
  ObjectRows result;
  const auto rows = rows_.find(index);
  if (rows == rows_.end()) return result;
  const auto add = [&](const auto& row) {
    const AxisEntry& at = axis_.at(row.first);
    result.AddRow({row.first, at.boot_usec, at.epoch}, row.second, mask);
  };
  auto begin = rows->second.lower_bound(first_ms);
  for (auto before = begin; before != rows->second.begin();) {
    --before;
    if ((before->second.present_mask() & mask) == 0) continue;
    add(*before);
    break;
  }
  for (; begin != rows->second.end() && begin->first <= last_ms; ++begin) add(*begin);
  return result;
}

void OracleNode::AddStats(StoreStats* stats) const {
  for (const auto& [index, rows] : rows_) {
    uint64_t seen = 0;
    for (const auto& [tick_ms, values] : rows) {
      seen |= values.present_mask();
      stats->samples += static_cast<uint64_t>(std::popcount(values.present_mask()));
    }
    stats->series += static_cast<uint64_t>(std::popcount(seen));
  }
  for (const StoredObject& object : objects_.objects()) {
    ++(object.identity.kind() == ObjectKind::kPod ? stats->pods : stats->containers);
  }
  stats->object_bytes += objects_.MemoryBytes();
  stats->samples_total += samples_total_;
  stats->block_bytes += sizeof(*this) + rows_.size() * sizeof(SeriesValues);
  if (axis_.empty()) return;
  const int64_t oldest_ms = axis_.begin()->first;
  const int64_t newest_ms = axis_.rbegin()->first;
  stats->oldest_tick_ms = std::min(stats->oldest_tick_ms.value_or(oldest_ms), oldest_ms);
  stats->newest_tick_ms = std::max(stats->newest_tick_ms.value_or(newest_ms), newest_ms);
}

class OracleStore final : public Store {
 public:
  explicit OracleStore(StoreOptions options) : options_(options) {}

  AppendResult Append(const NodeReport& report, int64_t now_ms) override {
    const MutexLock lock(mutex_);
    if (OracleNode* node = FindOrCreate(report.node_name)) return node->Append(report, now_ms);
    AppendResult result;
    result.refusals.push_back({RefusalReason::kCapacity, report.ticks.size(),
                               fmt::format("node {}: {} nodes are held, which is the limit",
                                           report.node_name, options_.max_nodes)});
    return result;
  }
  bool SetHealth(const std::string& node_name, const NodeHealth& health, int64_t now_ms) override {
    const MutexLock lock(mutex_);
    OracleNode* node = FindOrCreate(node_name);
    if (node != nullptr) node->SetHealth(health, now_ms);
    return node != nullptr;
  }
  std::vector<TickRange> Held(const std::string& node_name) const override {
    const MutexLock lock(mutex_);
    const auto found = nodes_.find(node_name);
    return found == nodes_.end() ? std::vector<TickRange>() : found->second.Held();
  }
  int64_t RetentionMs(int64_t /*now_ms*/) const override { return options_.retention_ms; }
  void Expire(int64_t now_ms) override {
    const MutexLock lock(mutex_);
    for (auto node = nodes_.begin(); node != nodes_.end();) {
      node->second.Expire(now_ms);
      node = node->second.Forgotten(now_ms) ? Erase(node) : std::next(node);
    }
  }
  void Clear() override {
    const MutexLock lock(mutex_);
    while (!nodes_.empty()) Erase(nodes_.begin());
  }
  NodeInfos Nodes() const override {
    const MutexLock lock(mutex_);
    NodeInfos infos;
    for (const auto& [name, node] : nodes_) {
      infos.push_back(std::make_shared<const NodeInfo>(node.Info()));
    }
    return infos;
  }
  std::vector<ObjectInfo> Objects(uint32_t node) const override {
    const MutexLock lock(mutex_);
    const OracleNode* found = Find(node);
    return found == nullptr ? std::vector<ObjectInfo>() : found->Objects();
  }
  std::vector<uint32_t> NodesWithPod(std::string_view namespace_name,
                                     std::string_view name) const override {
    const MutexLock lock(mutex_);
    std::vector<uint32_t> nodes;
    for (const auto& [node_name, node] : nodes_) {
      if (node.MayHavePod(namespace_name, name)) nodes.push_back(node.Info().node);
    }
    return nodes;
  }
  ObjectRows Read(ObjectId id, uint64_t mask, int64_t first_ms, int64_t last_ms) const override {
    const MutexLock lock(mutex_);
    const OracleNode* node = Find(id.node);
    return node == nullptr ? ObjectRows() : node->Read(id.index, mask, first_ms, last_ms);
  }
  std::vector<IndexedRows> ReadNode(uint32_t node, uint64_t mask, int64_t first_ms,
                                    int64_t last_ms) const override {
    std::vector<IndexedRows> all = {{0, Read({node, 0}, mask, first_ms, last_ms)}};
    for (const ObjectInfo& object : Objects(node)) {
      all.push_back({object.id.index, Read(object.id, mask, first_ms, last_ms)});
    }
    return all;
  }
  void ReadSeries(uint32_t node_id, std::span<const uint32_t> objects, Series series, int64_t,
                  int64_t, SeriesColumns* columns) const override {
    const MutexLock lock(mutex_);
    columns->Begin(objects.size(), 0);
    if (const OracleNode* node = Find(node_id)) node->ReadSeries(objects, series, columns);
  }
  StoreStats Stats() const override {
    const MutexLock lock(mutex_);
    StoreStats stats;
    stats.samples_total = samples_of_dropped_;
    for (const auto& [name, node] : nodes_) {
      ++stats.nodes;
      node.AddStats(&stats);
    }
    return stats;
  }
  const StoreOptions& options() const override { return options_; }

 private:
  std::map<std::string, OracleNode>::iterator Erase(
      std::map<std::string, OracleNode>::iterator node) REQUIRES(mutex_) {
    StoreStats stats;
    node->second.AddStats(&stats);
    samples_of_dropped_ += stats.samples_total;
    return nodes_.erase(node);
  }
  OracleNode* FindOrCreate(const std::string& name) REQUIRES(mutex_) {
    const auto found = nodes_.find(name);
    if (found != nodes_.end()) return &found->second;
    if (nodes_.size() >= options_.max_nodes) return nullptr;
    return &nodes_.try_emplace(name, next_id_++, name, options_).first->second;
  }
  const OracleNode* Find(uint32_t id) const REQUIRES(mutex_) {
    for (const auto& [name, node] : nodes_) {
      if (node.Info().node == id) return &node;
    }
    return nullptr;
  }

  const StoreOptions options_;
  mutable Mutex mutex_;
  std::map<std::string, OracleNode> nodes_ GUARDED_BY(mutex_);
  uint32_t next_id_ GUARDED_BY(mutex_) = 0;
  uint64_t samples_of_dropped_ GUARDED_BY(mutex_) = 0;
};

}  // namespace

std::unique_ptr<Store> NewOracleStore(StoreOptions options) {
  return std::make_unique<OracleStore>(options);
}

}  // namespace kubemonitor
