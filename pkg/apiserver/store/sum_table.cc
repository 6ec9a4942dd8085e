#include "apiserver/store/sum_table.h"

#include <algorithm>
#include <utility>

#include "common/column_codec.h"

namespace kubemonitor {
namespace {

constexpr size_t kBlockTicks = 30;
// Late ticks of one node seldom come alone.
constexpr int64_t kSealAfterMs = 60'000;

int64_t BlockStart(int64_t tick_ms, int64_t interval_ms) {
  return tick_ms - tick_ms % (static_cast<int64_t>(kBlockTicks) * interval_ms);
}

}  // namespace

std::span<const size_t> AllSumColumns() {
  static constexpr std::array<size_t, kSumColumns> kColumns = [] {
    std::array<size_t, kSumColumns> columns{};
    for (size_t column = 0; column < kSumColumns; ++column) columns[column] = column;
    return columns;
  }();
  return kColumns;
}

void SumChange::Add(const std::shared_ptr<SumGroup>& group, int64_t first_ms,
                    std::span<const SumRow> rows, int sign) {
  const auto factor = static_cast<uint64_t>(int64_t{sign});
  std::map<int64_t, Addend>& of_group = addends_[group];
  while (!rows.empty()) {
    const int64_t start_ms = BlockStart(first_ms, interval_ms_);
    const auto position = static_cast<size_t>((first_ms - start_ms) / interval_ms_);
    const size_t count = std::min(rows.size(), kBlockTicks - position);
    Addend& to = of_group[start_ms];
    if (to.sums.empty()) {
      to.sums.resize(kSumColumns * kBlockTicks);
      to.first = position;
    }
    to.first = std::min(to.first, position);
    to.end = std::max(to.end, position + count);
    for (size_t row = 0; row < count; ++row) {
      for (size_t column = 0; column < kSumColumns; ++column) {
        to.sums[column * kBlockTicks + position + row] += factor * rows[row][column];
      }
    }
    rows = rows.subspan(count);
    first_ms = start_ms + static_cast<int64_t>(kBlockTicks) * interval_ms_;
  }
}

bool SumChange::Addend::ChangesAny() const {
  for (size_t column = 0; column < kSumColumns; ++column) {
    for (size_t at = first; at < end; ++at) {
      if (sums[column * kBlockTicks + at] != 0) return true;
    }
  }
  return false;
}

void SumChange::SetTicks(uint32_t source, std::vector<TickRange> ticks, int64_t step_ms) {
  sources_.push_back({source, std::move(ticks), step_ms});
}

std::shared_ptr<SumGroup> SumTable::Group(std::string_view name) {
  const MutexLock lock(mutex_);
  auto found = groups_.find(name);
  if (found == groups_.end()) {
    found = groups_.emplace(name, std::make_shared<SumGroup>(name)).first;
  }
  return found->second;
}

std::shared_ptr<const SumGroup> SumTable::Find(std::string_view name) const {
  const MutexLock lock(mutex_);
  const auto found = groups_.find(name);
  return found == groups_.end() || found->second->blocks_.empty() ? nullptr : found->second;
}

SumTable::AtTick SumTable::ReadTick(int64_t tick_ms) const {
  const MutexLock lock(mutex_);
  AtTick result;
  result.groups.reserve(groups_.size());
  for (const auto& [name, group] : groups_) {
    AtTick::Group& at = result.groups.emplace_back(AtTick::Group{group, {}});
    ReadLocked(*group, AllSumColumns(), tick_ms, std::span(&at.row, 1));
  }
  for (const auto& [id, source] : sources_) {
    if (HasTick(source.ticks, source.step_ms, tick_ms)) result.sources.push_back(id);
  }
  return result;
}

void SumTable::Apply(SumChange change, int64_t now_ms) {
  const MutexLock lock(mutex_);
  for (SumChange::Source& source : change.sources_) sources_[source.id] = std::move(source);
  for (const auto& [group, addends] : change.addends_) {
    for (const auto& [start_ms, addend] : addends) {
      if (!addend.ChangesAny()) continue;
      Block* block = BlockAt(group.get(), start_ms);
      if (block->open.empty()) Open(block);
      block->changed_ms = now_ms;
      for (size_t column = 0; column < kSumColumns; ++column) {
        const uint64_t* from = addend.sums.data() + column * kBlockTicks;
        uint64_t* to = block->open.data() + column * kBlockTicks;
        for (size_t at = addend.first; at < addend.end; ++at) to[at] += from[at];
      }
    }
  }
}

void SumTable::Clear() {
  const MutexLock lock(mutex_);
  for (const auto& [name, group] : groups_) group->blocks_.clear();
  sources_.clear();
}

void SumTable::ForgetSource(uint32_t source) {
  const MutexLock lock(mutex_);
  sources_.erase(source);
}

void SumTable::Read(const SumGroup& group, std::span<const size_t> columns, int64_t first_ms,
                    std::span<SumRow> rows) const {
  const MutexLock lock(mutex_);
  ReadLocked(group, columns, first_ms, rows);
}

void SumTable::ReadLocked(const SumGroup& group, std::span<const size_t> columns, int64_t first_ms,
                          std::span<SumRow> rows) const {
  for (const size_t column : columns) {
    for (SumRow& row : rows) row[column] = 0;
  }
  const int64_t end_ms = first_ms + static_cast<int64_t>(rows.size()) * interval_ms_;
  const int64_t block_ms = static_cast<int64_t>(kBlockTicks) * interval_ms_;
  for (const Block& block : group.blocks_) {
    const bool outside = block.start_ms + block_ms <= first_ms || block.start_ms >= end_ms;
    if (!outside) ReadBlock(block, columns, first_ms, rows);
  }
}

void SumTable::ReadBlock(const Block& block, std::span<const size_t> columns, int64_t first_ms,
                         std::span<SumRow> rows) const {
  const auto put = [&](size_t column, std::span<const uint64_t> values) {
    for (size_t position = 0; position < values.size(); ++position) {
      const int64_t tick_ms = block.start_ms + static_cast<int64_t>(position) * interval_ms_;
      if (tick_ms < first_ms) continue;
      const auto row = static_cast<size_t>((tick_ms - first_ms) / interval_ms_);
      if (row < rows.size()) rows[row][column] = values[position];
    }
  };
  if (!block.open.empty()) {
    for (const size_t column : columns) {
      put(column, std::span(block.open).subspan(column * kBlockTicks, kBlockTicks));
    }
    return;
  }
  std::array<uint64_t, kBlockTicks> decoded{};
  BitReader in(block.sealed.data(), 0);
  size_t next = 0;  // column
  for (const size_t column : columns) {
    for (; next < column; ++next) ReadColumn(&in, kBlockTicks);
    DecodeColumn(in.data(), ReadColumn(&in, kBlockTicks), kBlockTicks, decoded.data());
    ++next;
    put(column, decoded);
  }
}

void SumTable::Expire(int64_t cutoff_ms, int64_t now_ms) {
  const int64_t oldest_ms = BlockStart(cutoff_ms, interval_ms_);
  const MutexLock lock(mutex_);
  for (auto next = groups_.begin(); next != groups_.end();) {
    const std::shared_ptr<SumGroup>& group = next->second;
    std::erase_if(group->blocks_,
                  [oldest_ms](const Block& block) { return block.start_ms < oldest_ms; });
    for (Block& block : group->blocks_) {
      if (!block.open.empty() && now_ms - block.changed_ms >= kSealAfterMs) Seal(&block);
    }
    const bool unused = group->blocks_.empty() && group.use_count() == 1;
    next = unused ? groups_.erase(next) : std::next(next);
  }
}

size_t SumTable::MemoryBytes() const {
  constexpr size_t kNode = 96;  // of the map, and the counts of the pointer
  const MutexLock lock(mutex_);
  size_t bytes = 0;
  for (const auto& [name, group] : groups_) {
    bytes += kNode + sizeof(SumGroup) + 2 * name.size();
    for (const Block& block : group->blocks_) {
      bytes += sizeof(Block) + block.open.size() * sizeof(uint64_t) + block.sealed.size();
    }
  }
  return bytes;
}

SumGroup::Block* SumTable::BlockAt(SumGroup* group, int64_t start_ms) const {
  std::vector<Block>& blocks = group->blocks_;
  auto at = std::lower_bound(
      blocks.begin(), blocks.end(), start_ms,
      [](const Block& block, int64_t wanted_ms) { return block.start_ms < wanted_ms; });
  if (at != blocks.end() && at->start_ms == start_ms) return &*at;
  Block block;
  block.start_ms = start_ms;
  block.open.resize(kSumColumns * kBlockTicks);
  return &*blocks.insert(at, std::move(block));
}

void SumTable::Seal(Block* block) const {
  BitWriter out;
  for (size_t column = 0; column < kSumColumns; ++column) {
    EncodeColumn(std::span(block->open).subspan(column * kBlockTicks, kBlockTicks), &out);
  }
  block->sealed = out.ToBytes();
  block->open = {};
}

void SumTable::Open(Block* block) const {
  block->open.resize(kSumColumns * kBlockTicks);
  std::array<uint64_t, kBlockTicks> decoded{};
  BitReader in(block->sealed.data(), 0);
  for (size_t column = 0; column < kSumColumns; ++column) {
    DecodeColumn(in.data(), ReadColumn(&in, kBlockTicks), kBlockTicks, decoded.data());
    std::copy(decoded.begin(), decoded.end(),
              block->open.begin() + static_cast<ptrdiff_t>(column * kBlockTicks));
  }
  block->sealed = {};
}

}  // namespace kubemonitor
