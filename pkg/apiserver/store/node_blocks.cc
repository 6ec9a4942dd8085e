#include "apiserver/store/node_blocks.h"

#include <algorithm>
#include <set>
#include <utility>

namespace kubemonitor {
namespace {

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

}  // namespace

// Block by block: most reports hold ticks of one.
void NodeBlocks::Store(std::vector<TickRows>* ticks) {
  const auto by_tick = [](const TickRows& a, const TickRows& b) {
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
    const std::span<TickRows> of_block(ticks->data() + begin, end - begin);
    begin = end;
    const std::optional<BlockTick> newest = NewestTick();
    const bool late = newest && newest->tick_ms >= of_block.front().at.tick_ms;
    if (twice || late || SealedAt(start_ms) < sealed_.size()) {
      Rebuild(start_ms, of_block);
      continue;
    }
    if (open_ != nullptr && open_->start_ms() != start_ms) {
      sealed_.push_back(Seal(*open_));
      open_.reset();
    }
    if (open_ == nullptr) open_ = std::make_unique<OpenBlock>(start_ms);
    for (TickRows& tick : of_block) AppendTo(open_.get(), &tick);
  }
}

void NodeBlocks::AppendTo(OpenBlock* block, TickRows* tick) {
  KeepFirstWord(&tick->rows);
  const uint64_t before = block->sample_count();
  block->Append(tick->at, &tick->rows);
  samples_total_ += block->sample_count() - before;
}

// Late ticks, and more values of a tick that is held: the block is made anew.
void NodeBlocks::Rebuild(int64_t start_ms, std::span<TickRows> ticks) {
  const bool into_open = open_ != nullptr && open_->start_ms() == start_ms;
  const size_t at = SealedAt(start_ms);
  const bool into_sealed = !into_open && at < sealed_.size() && sealed_[at].start_ms == start_ms;
  BlockRows rows;
  std::vector<TickRows> all;
  uint64_t held_samples = 0;
  if (into_open) {
    held_samples = open_->sample_count();
    all = rows.Of(*open_);
  } else if (into_sealed) {
    held_samples = sealed_[at].samples;
    all = RowsOf(sealed_[at], &rows);
  }
  for (TickRows& tick : ticks) {
    const auto found = std::lower_bound(
        all.begin(), all.end(), tick.at.tick_ms,
        [](const TickRows& held, int64_t tick_ms) { return held.at.tick_ms < tick_ms; });
    if (found == all.end() || found->at.tick_ms != tick.at.tick_ms) {
      all.insert(found, std::move(tick));
    } else if (found->at.simple && tick.at.simple) {
      found->rows.insert(found->rows.end(), tick.rows.begin(), tick.rows.end());
    }
  }
  auto block = std::make_unique<OpenBlock>(start_ms);
  for (TickRows& tick : all) AppendTo(block.get(), &tick);
  samples_total_ -= held_samples;  // counted when they came
  if (into_sealed) sealed_.erase(sealed_.begin() + static_cast<std::ptrdiff_t>(at));
  if (into_open || (at == sealed_.size() && (open_ == nullptr || open_->start_ms() < start_ms))) {
    if (open_ != nullptr && !into_open) sealed_.push_back(Seal(*open_));
    open_ = std::move(block);
  } else {
    sealed_.insert(sealed_.begin() + static_cast<std::ptrdiff_t>(at), Seal(*block, into_sealed));
  }
}

bool NodeBlocks::HoldsBlock(int64_t start_ms) const {
  if (open_ != nullptr && open_->start_ms() == start_ms) return true;
  const size_t at = SealedAt(start_ms);
  return at < sealed_.size() && sealed_[at].start_ms == start_ms;
}

void NodeBlocks::Adopt(std::span<const uint8_t> block, uint32_t epoch, uint64_t samples) {
  const BlockReader reader = BlockReader::Trusted(block);
  SealedBlock sealed = Describe(reader.start_ms(), reader.Ticks(), reader.sample_count());
  sealed.epochs.push_back(epoch);
  sealed.bytes = memory_->Share(sealed.start_ms, block);
  samples_total_ += samples;
  if (open_ != nullptr && open_->start_ms() < sealed.start_ms) {
    sealed_.push_back(Seal(*open_));
    open_.reset();
  }
  const size_t at = SealedAt(sealed.start_ms);
  sealed_.insert(sealed_.begin() + static_cast<std::ptrdiff_t>(at), std::move(sealed));
}

std::vector<TickRows> NodeBlocks::RowsOf(const SealedBlock& block, BlockRows* rows) {
  std::vector<TickRows> ticks = rows->Of(BlockReader::Trusted(block.bytes));
  for (TickRows& tick : ticks) tick.at.boot = block.epochs[tick.at.boot];
  return ticks;
}

NodeBlocks::SealedBlock NodeBlocks::Describe(int64_t start_ms, std::span<const BlockTick> ticks,
                                             uint64_t samples) {
  SealedBlock sealed;
  sealed.start_ms = start_ms;
  sealed.first_tick_ms = ticks.front().tick_ms;
  sealed.last_tick_ms = ticks.back().tick_ms;
  sealed.samples = samples;
  for (size_t i = 1; i < ticks.size(); ++i) {
    sealed.widest_gap_ms = std::max(sealed.widest_gap_ms, ticks[i].tick_ms - ticks[i - 1].tick_ms);
  }
  return sealed;
}

NodeBlocks::SealedBlock NodeBlocks::Seal(const OpenBlock& block, bool again) const {
  SealedBlock sealed = Describe(block.start_ms(), block.ticks(), block.sample_count());
  std::vector<std::string> ids;
  for (const BlockTick& tick : block.ticks()) {
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
  if (open_ != nullptr) return open_->ticks().back();
  if (sealed_.empty()) return std::nullopt;
  return TicksOf(sealed_.back()).back();
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
    if (sealed_[block].first_tick_ms >= tick_ms) continue;
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
  if (open_ != nullptr) {
    stats->samples += open_->sample_count();
    stats->open_samples += open_->sample_count();
  }
  stats->samples_total += samples_total_;
  const std::optional<int64_t> oldest_ms = OldestTickMs();
  const std::optional<BlockTick> newest = NewestTick();
  if (!oldest_ms || !newest) return;
  stats->oldest_tick_ms = std::min(stats->oldest_tick_ms.value_or(*oldest_ms), *oldest_ms);
  stats->newest_tick_ms =
      std::max(stats->newest_tick_ms.value_or(newest->tick_ms), newest->tick_ms);
}

}  // namespace kubemonitor
