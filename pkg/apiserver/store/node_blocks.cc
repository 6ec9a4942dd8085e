#include "apiserver/store/node_blocks.h"

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

namespace kubemonitor {
namespace {

constexpr uint64_t kAllSeries = ~uint64_t{0};

std::optional<BlockTick> FindIn(std::span<const BlockTick> ticks, int64_t tick_ms) {
  const auto found = std::find_if(ticks.begin(), ticks.end(), [tick_ms](const BlockTick& tick) {
    return tick.tick_ms == tick_ms;
  });
  if (found == ticks.end()) return std::nullopt;
  return *found;
}

// An object that is in a tick twice: the first word holds.
void KeepFirstWord(std::vector<ObjectRow>* rows) {
  const auto less = [](const ObjectRow& a, const ObjectRow& b) { return a.object < b.object; };
  const auto same = [](const ObjectRow& a, const ObjectRow& b) { return a.object == b.object; };
  if (!std::is_sorted(rows->begin(), rows->end(), less)) {
    std::stable_sort(rows->begin(), rows->end(), less);
  }
  rows->erase(std::unique(rows->begin(), rows->end(), same), rows->end());
}

// Turns the columns of one object into rows of the ticks.
class RowSplitter {
 public:
  RowSplitter(uint32_t object, std::vector<NewTick>* ticks, std::deque<SeriesValues>* values)
      : object_(object), ticks_(ticks), values_(values), row_of_tick_(ticks->size()) {}

  void Add(Series series, const TickMask& present, const uint64_t* values) {
    for (size_t tick = 0; tick < row_of_tick_.size(); ++tick) {
      if (!present.Has(tick)) continue;
      SeriesValues*& row = row_of_tick_[tick];
      if (row == nullptr) {
        row = &values_->emplace_back();
        (*ticks_)[tick].rows.push_back({object_, row});
      }
      row->Set(series, values[tick]);
    }
  }

 private:
  uint32_t object_;
  std::vector<NewTick>* ticks_;
  std::deque<SeriesValues>* values_;
  std::vector<SeriesValues*> row_of_tick_;
};

}  // namespace

// Block by block: most reports hold ticks of one.
void NodeBlocks::Store(std::vector<NewTick>* ticks) {
  const auto by_tick = [](const NewTick& a, const NewTick& b) {
    return a.at.tick_ms < b.at.tick_ms;
  };
  std::stable_sort(ticks->begin(), ticks->end(), by_tick);
  for (size_t begin = 0; begin < ticks->size();) {
    const int64_t start_ms = BlockStartMs((*ticks)[begin].at.tick_ms);
    size_t end = begin;
    bool twice = false;  // of the simple form: a tick whose objects come one after the other
    for (; end < ticks->size() && BlockStartMs((*ticks)[end].at.tick_ms) == start_ms; ++end) {
      twice = twice || (end > begin && (*ticks)[end].at.tick_ms == (*ticks)[end - 1].at.tick_ms);
    }
    const std::span<NewTick> of_block(ticks->data() + begin, end - begin);
    begin = end;
    const std::optional<BlockTick> newest = NewestTick();
    if (twice || (newest && newest->tick_ms >= of_block.front().at.tick_ms)) {
      Rebuild(start_ms, of_block);
      continue;
    }
    if (open_ != nullptr && open_->start_ms() != start_ms) {
      sealed_.push_back(Seal(*open_));
      open_.reset();
    }
    if (open_ == nullptr) open_ = std::make_unique<OpenBlock>(start_ms);
    for (NewTick& tick : of_block) AppendTo(open_.get(), &tick);
  }
}

void NodeBlocks::AppendTo(OpenBlock* block, NewTick* tick) {
  KeepFirstWord(&tick->rows);
  const uint64_t before = block->sample_count();
  block->Append(tick->at, &tick->rows);
  samples_total_ += block->sample_count() - before;
}

// Late ticks, and more values of a tick that is held: the block is made anew.
void NodeBlocks::Rebuild(int64_t start_ms, std::span<NewTick> ticks) {
  const bool into_open = open_ != nullptr && open_->start_ms() == start_ms;
  const size_t at = SealedAt(start_ms);
  const bool into_sealed = !into_open && at < sealed_.size() && sealed_[at].start_ms == start_ms;
  std::deque<SeriesValues> values;  // what the rows of held ticks point at
  std::vector<NewTick> all;
  uint64_t held_samples = 0;
  if (into_open) {
    held_samples = open_->sample_count();
    all = TicksOf(*open_, &values);
  } else if (into_sealed) {
    held_samples = sealed_[at].samples;
    all = TicksOf(sealed_[at], &values);
  }
  for (NewTick& tick : ticks) {
    const auto found = std::lower_bound(
        all.begin(), all.end(), tick.at.tick_ms,
        [](const NewTick& held, int64_t tick_ms) { return held.at.tick_ms < tick_ms; });
    if (found == all.end() || found->at.tick_ms != tick.at.tick_ms) {
      all.insert(found, std::move(tick));
    } else if (found->at.simple && tick.at.simple) {
      found->rows.insert(found->rows.end(), tick.rows.begin(), tick.rows.end());
    }
  }
  auto block = std::make_unique<OpenBlock>(start_ms);
  for (NewTick& tick : all) AppendTo(block.get(), &tick);
  samples_total_ -= held_samples;  // counted when they came
  if (open_ == nullptr || open_->start_ms() < start_ms) {
    if (open_ != nullptr) sealed_.push_back(Seal(*open_));
    open_ = std::move(block);
  } else if (into_open) {
    open_ = std::move(block);
  } else if (into_sealed) {
    sealed_[at] = Seal(*block, true);
  } else {
    sealed_.insert(sealed_.begin() + static_cast<std::ptrdiff_t>(at), Seal(*block));
  }
}

std::vector<NewTick> NodeBlocks::TicksOf(const OpenBlock& block,
                                         std::deque<SeriesValues>* values) const {
  BlockColumns columns;
  block.Decode(&columns);
  std::vector<NewTick> ticks;
  for (const BlockTick& tick : block.ticks()) ticks.push_back({tick, {}});
  for (const BlockColumns::Object& object : columns.objects()) {
    RowSplitter rows(object.number, &ticks, values);
    for (const BlockColumns::Column& column : columns.columns(object)) {
      rows.Add(column.series, column.present, columns.values(column));
    }
  }
  return ticks;
}

std::vector<NewTick> NodeBlocks::TicksOf(const SealedBlock& block,
                                         std::deque<SeriesValues>* values) const {
  std::vector<NewTick> ticks;
  for (const BlockTick& tick : TicksOf(block)) ticks.push_back({tick, {}});
  const BlockReader reader = BlockReader::Trusted(block.bytes);
  for (BlockReader::Object object = reader.Objects(); object.Next();) {
    RowSplitter rows(object.number(), &ticks, values);
    object.Columns(kAllSeries,
                   [&rows](Series series, const TickMask& present, const uint64_t* of_column) {
                     rows.Add(series, present, of_column);
                   });
  }
  return ticks;
}

NodeBlocks::SealedBlock NodeBlocks::Seal(const OpenBlock& block, bool again) const {
  SealedBlock sealed;
  sealed.start_ms = block.start_ms();
  sealed.first_tick_ms = block.ticks().front().tick_ms;
  sealed.last_tick_ms = block.ticks().back().tick_ms;
  sealed.samples = block.sample_count();
  std::vector<std::string> ids;
  int64_t before_ms = sealed.first_tick_ms;
  for (const BlockTick& tick : block.ticks()) {
    sealed.widest_gap_ms = std::max(sealed.widest_gap_ms, tick.tick_ms - before_ms);
    before_ms = tick.tick_ms;
    if (std::find(sealed.epochs.begin(), sealed.epochs.end(), tick.boot) != sealed.epochs.end()) {
      continue;
    }
    sealed.epochs.push_back(tick.boot);
    ids.push_back(BootId(tick.boot));
  }
  const std::vector<uint8_t> bytes = block.Seal(sealed.epochs, ids);
  sealed.bytes = again ? memory_->Own(bytes) : memory_->Share(sealed.start_ms, bytes);
  return sealed;
}

uint32_t NodeBlocks::EpochOf(const std::string& boot_id) {
  for (const Boot& boot : boots_) {
    if (boot.id == boot_id) return boot.epoch;
  }
  boots_.push_back({boot_id, next_epoch_});
  return next_epoch_++;
}

const std::string& NodeBlocks::BootId(uint32_t epoch) const {
  return std::find_if(boots_.begin(), boots_.end(),
                      [epoch](const Boot& boot) { return boot.epoch == epoch; })
      ->id;
}

void NodeBlocks::DropUnusedBoots() {
  std::set<uint32_t> used;
  for (const SealedBlock& block : sealed_) used.insert(block.epochs.begin(), block.epochs.end());
  if (open_ != nullptr) {
    for (const BlockTick& tick : open_->ticks()) used.insert(tick.boot);
  }
  std::erase_if(boots_, [&](const Boot& boot) { return !used.contains(boot.epoch); });
}

void NodeBlocks::DropBefore(int64_t cutoff_ms) {
  visible_from_ms_ = std::max(visible_from_ms_, cutoff_ms);
  size_t dropped = 0;
  while (dropped < sealed_.size() && sealed_[dropped].last_tick_ms < visible_from_ms_) ++dropped;
  sealed_.erase(sealed_.begin(), sealed_.begin() + static_cast<std::ptrdiff_t>(dropped));
  if (open_ != nullptr && open_->ticks().back().tick_ms < visible_from_ms_) {
    open_.reset();
    ++dropped;
  }
  if (dropped > 0) DropUnusedBoots();
}

std::vector<TickRange> NodeBlocks::Held(int64_t step_ms) const {
  std::vector<TickRange> ranges;
  const auto add = [&](int64_t first_ms, int64_t last_ms) {
    if (!ranges.empty() && first_ms - ranges.back().last_ms <= step_ms) {
      ranges.back().last_ms = last_ms;
    } else {
      ranges.push_back({first_ms, last_ms});
    }
  };
  const auto add_each = [&](std::span<const BlockTick> ticks) {
    for (const BlockTick& tick : ticks) {
      if (tick.tick_ms >= visible_from_ms_) add(tick.tick_ms, tick.tick_ms);
    }
  };
  for (const SealedBlock& block : sealed_) {
    if (block.first_tick_ms >= visible_from_ms_ && block.widest_gap_ms <= step_ms) {
      add(block.first_tick_ms, block.last_tick_ms);
    } else {
      add_each(TicksOf(block));
    }
  }
  if (open_ != nullptr) add_each(open_->ticks());
  return ranges;
}

size_t NodeBlocks::SealedAt(int64_t start_ms) const {
  const auto found = std::lower_bound(
      sealed_.begin(), sealed_.end(), start_ms,
      [](const SealedBlock& block, int64_t start) { return block.start_ms < start; });
  return static_cast<size_t>(found - sealed_.begin());
}

std::vector<BlockTick> NodeBlocks::TicksOf(const SealedBlock& block) {
  return TicksOf(block, BlockReader::Trusted(block.bytes));
}

std::vector<BlockTick> NodeBlocks::TicksOf(const SealedBlock& block, const BlockReader& reader) {
  std::vector<BlockTick> ticks = reader.Ticks();
  for (BlockTick& tick : ticks) tick.boot = block.epochs[tick.boot];
  return ticks;
}

std::optional<BlockTick> NodeBlocks::FindTick(int64_t tick_ms) const {
  const int64_t start_ms = BlockStartMs(tick_ms);
  if (open_ != nullptr && open_->start_ms() == start_ms) return FindIn(open_->ticks(), tick_ms);
  const size_t at = SealedAt(start_ms);
  if (at == sealed_.size() || sealed_[at].start_ms != start_ms) return std::nullopt;
  return FindIn(TicksOf(sealed_[at]), tick_ms);
}

std::optional<BlockTick> NodeBlocks::NewestTick() const {
  if (open_ == nullptr) return std::nullopt;
  return open_->ticks().back();
}

std::optional<int64_t> NodeBlocks::TickBefore(int64_t tick_ms) const {
  const auto before = [&](std::span<const BlockTick> ticks) -> std::optional<int64_t> {
    const auto found =
        std::lower_bound(ticks.begin(), ticks.end(), tick_ms,
                         [](const BlockTick& tick, int64_t at_ms) { return tick.tick_ms < at_ms; });
    if (found == ticks.begin() || (found - 1)->tick_ms < visible_from_ms_) return std::nullopt;
    return (found - 1)->tick_ms;
  };
  if (open_ != nullptr) {
    if (const auto tick = before(open_->ticks())) return tick;
  }
  for (size_t block = sealed_.size(); block-- > 0;) {
    if (sealed_[block].start_ms >= tick_ms) continue;
    return before(TicksOf(sealed_[block]));
  }
  return std::nullopt;
}

std::optional<int64_t> NodeBlocks::OldestTickMs() const {
  const auto oldest = [this](std::span<const BlockTick> ticks) -> std::optional<int64_t> {
    for (const BlockTick& tick : ticks) {
      if (tick.tick_ms >= visible_from_ms_) return tick.tick_ms;
    }
    return std::nullopt;
  };
  if (!sealed_.empty()) return oldest(TicksOf(sealed_.front()));
  return open_ == nullptr ? std::nullopt : oldest(open_->ticks());
}

std::optional<int64_t> NodeBlocks::OldestBlockStartMs() const {
  if (!sealed_.empty()) return sealed_.front().start_ms;
  return open_ == nullptr ? std::nullopt : std::optional(open_->start_ms());
}

uint64_t NodeBlocks::SealedBytes() const {
  uint64_t bytes = (sealed_.capacity() - sealed_.size()) * sizeof(SealedBlock);
  for (const SealedBlock& block : sealed_) {
    bytes += sizeof(block) + block.epochs.capacity() * sizeof(uint32_t);
  }
  return bytes;
}

void NodeBlocks::AddStats(StoreStats* stats) const {
  for (const SealedBlock& block : sealed_) stats->samples += block.samples;
  stats->block_bytes += SealedBytes();
  stats->open_block_bytes += OpenBytes();
  if (open_ != nullptr) stats->samples += open_->sample_count();
  stats->samples_total += samples_total_;
  const std::optional<int64_t> oldest_ms = OldestTickMs();
  const std::optional<BlockTick> newest = NewestTick();
  if (!oldest_ms || !newest) return;
  stats->oldest_tick_ms = std::min(stats->oldest_tick_ms.value_or(*oldest_ms), *oldest_ms);
  stats->newest_tick_ms =
      std::max(stats->newest_tick_ms.value_or(newest->tick_ms), newest->tick_ms);
}

}  // namespace kubemonitor
