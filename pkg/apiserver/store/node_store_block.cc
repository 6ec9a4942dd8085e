#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "apiserver/store/node_outcome.h"
#include "apiserver/store/node_store.h"

namespace kubemonitor {

void NodeStore::TakeBlock(const NodeReport& report, const BlockReader& block, Outcome* outcome) {
  const std::vector<BlockTick> ticks = block.Ticks();
  const auto off_grid = std::find_if(ticks.begin(), ticks.end(), [this](const BlockTick& tick) {
    return tick.tick_ms % options_.interval_ms != 0;
  });
  if (off_grid != ticks.end()) return outcome->RefuseOffGrid(off_grid->tick_ms, options_);
  const int64_t newest_ms = ticks.back().tick_ms;
  if (newest_ms < outcome->kept_from_ms) return outcome->RefuseTooOld(newest_ms);
  const std::optional<std::vector<BlockObject>> objects = ObjectsOf(block, outcome);
  if (!objects) return;

  const int64_t kept_from_ms = outcome->kept_from_ms;
  outcome->result.accepted_ticks += static_cast<uint64_t>(std::count_if(
      ticks.begin(), ticks.end(),
      [kept_from_ms](const BlockTick& tick) { return tick.tick_ms >= kept_from_ms; }));
  outcome->NoteAccepted(newest_ms);
  const std::optional<BlockTick> newest = blocks_.NewestTick();
  outcome->newer = outcome->newer || !newest || newest->tick_ms < newest_ms;
  const auto same = [](const BlockObject& a, const BlockObject& b) {
    return a.index() == b.index();
  };
  const bool twice = std::adjacent_find(objects->begin(), objects->end(), same) != objects->end();
  if (twice || blocks_.HoldsBlock(block.start_ms())) {
    MergeBlock(block, *objects, report.boot_id, kept_from_ms);
  } else {
    AdoptBlock(block, *objects, report.boot_id, kept_from_ms);
  }
}

std::optional<std::vector<NodeStore::BlockObject>> NodeStore::ObjectsOf(const BlockReader& block,
                                                                        Outcome* outcome) {
  std::vector<BlockObject> objects;
  objects.reserve(block.object_count());
  std::vector<uint32_t> refused;
  bool all_known = true;
  for (BlockReader::Object columns = block.Objects(); columns.Next();) {
    const uint32_t number = columns.number();
    StoredObject* object = number == 0 ? nullptr : objects_.FindNumber(number);
    if (number == 0 || object != nullptr) {
      objects.push_back({columns, object});
    } else if (objects_.Refused(number)) {
      refused.push_back(number);
    } else {
      outcome->wanted.insert(number);
      all_known = false;
    }
  }
  if (!all_known) return std::nullopt;
  outcome->without_room.insert(refused.begin(), refused.end());
  std::stable_sort(objects.begin(), objects.end(), [](const BlockObject& a, const BlockObject& b) {
    return a.index() < b.index();
  });
  return objects;
}

// The columns stay as they are: the block gets the objects' own numbers.
void NodeStore::AdoptBlock(const BlockReader& block, std::span<const BlockObject> objects,
                           const std::string& boot_id, int64_t kept_from_ms) {
  const std::vector<BlockTick> ticks = block.Ticks();
  size_t first = 0;
  while (ticks[first].tick_ms < kept_from_ms) ++first;
  BlockEncoder encoder(block);
  uint64_t samples = 0;
  for (const BlockObject& object : objects) {
    samples += NoteColumns(object, ticks, first);
    encoder.CopyObject(object.columns, object.index());
  }
  blocks_.Adopt(encoder.Finish(), blocks_.EpochOf(boot_id), samples);
}

uint64_t NodeStore::NoteColumns(const BlockObject& object, std::span<const BlockTick> ticks,
                                size_t first) {
  uint64_t samples = 0;
  const auto note = [&](Series series, const TickMask& present, const uint64_t* values) {
    std::optional<size_t> oldest;
    size_t newest = 0;
    bool nonzero = false;
    for (size_t tick = first; tick < ticks.size(); ++tick) {
      if (!present.Has(tick)) continue;
      if (!oldest) oldest = tick;
      newest = tick;
      nonzero = nonzero || (values != nullptr && values[tick] != 0);
      ++samples;
    }
    if (!oldest) return;
    const uint64_t bit = SeriesValues::Bit(series);
    if (object.object == nullptr) {
      node_seen_ |= bit;
      if (nonzero) node_nonzero_ |= bit;
    } else {
      object.object->NoteTicks(ticks[*oldest].tick_ms, ticks[newest].tick_ms, bit,
                               nonzero ? bit : 0);
    }
  };
  // Of series that were other than 0 before, only where they have values is of interest.
  const uint64_t known = object.object == nullptr ? node_nonzero_ : object.object->nonzero;
  object.columns.Columns(~uint64_t{0}, note, ~known);
  return samples;
}

// Tick by tick, as if they had come so.
void NodeStore::MergeBlock(const BlockReader& block, std::span<const BlockObject> objects,
                           const std::string& boot_id, int64_t kept_from_ms) {
  BlockRows values;
  std::vector<TickRows> ticks = values.Of(block);
  std::erase_if(ticks, [&](const TickRows& tick) {
    return tick.at.tick_ms < kept_from_ms || blocks_.FindTick(tick.at.tick_ms);
  });
  if (ticks.empty()) return;
  const uint32_t epoch = blocks_.EpochOf(boot_id);
  std::unordered_map<uint32_t, StoredObject*> by_number;
  for (const BlockObject& object : objects) {
    by_number.emplace(object.columns.number(), object.object);
  }
  for (TickRows& tick : ticks) {
    tick.at.boot = epoch;
    std::erase_if(tick.rows, [&](const ObjectRow& row) { return !by_number.contains(row.object); });
    for (ObjectRow& row : tick.rows) {
      StoredObject* object = by_number[row.object];
      if (object == nullptr) {
        node_seen_ |= row.values->present_mask();
        node_nonzero_ |= NonzeroSeries(*row.values, ~node_nonzero_);
        continue;
      }
      object->NoteRow(tick.at.tick_ms, *row.values);
      row.object = object->index;
    }
  }
  blocks_.Store(&ticks);
}

}  // namespace kubemonitor
