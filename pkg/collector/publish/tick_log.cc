#include "collector/publish/tick_log.h"

#include <algorithm>
#include <utility>

#include "metrics.pb.h"
#include "wire/report_codec.h"

namespace kubemonitor {
namespace {

// Two ticks of the longest interval: how far rates reach back.
constexpr int64_t kReachMs = 120'000;

template <typename Message>
std::shared_ptr<const std::string> Serialize(const Message& message) {
  return std::make_shared<const std::string>(message.SerializeAsString());
}

std::vector<int64_t> TimesOf(std::span<const BlockTick> ticks) {
  std::vector<int64_t> times;
  times.reserve(ticks.size());
  for (const BlockTick& tick : ticks) times.push_back(tick.tick_ms);
  return times;
}

std::span<const uint8_t> BytesOf(const std::string& block) {
  return {reinterpret_cast<const uint8_t*>(block.data()), block.size()};
}

}  // namespace

void TickLog::Add(const Sample& sample, uint64_t now_usec) {
  v1::Tick values;
  EncodeTickValues(sample.tick, &values);
  v1::Tick details;
  EncodeTickDetails(sample.tick, &details);
  NewestTick newest{{sample.tick.tick_ms, Serialize(values)}, now_usec, nullptr};
  if (details.ByteSizeLong() > 0) newest.details = Serialize(details);

  const MutexLock lock(mutex_);
  newest_ = std::move(newest);
  DropFrom(sample.tick.tick_ms);
  if (options_.history_ms > 0) AddToBlock(sample.tick);
  AddIdentities(sample);
  ++next_number_;
  Trim(now_usec);
}

void TickLog::DropFrom(int64_t tick_ms) {
  if (open_ && open_->ticks().back().tick_ms < tick_ms) return;
  const int64_t start_ms = BlockStartMs(tick_ms);
  BlockRows rows;
  std::vector<TickRows> ticks;  // of the block that the tick belongs to
  uint64_t first_number = open_first_number_;
  if (open_ && open_->start_ms() == start_ms) ticks = rows.Of(*open_);
  open_.reset();
  if (const auto block = sealed_.find(start_ms); block != sealed_.end()) {
    ticks = rows.Of(BlockReader::Trusted(BytesOf(*block->second.bytes)));
    first_number = block->second.first_number;
  }
  sealed_.erase(sealed_.lower_bound(start_ms), sealed_.end());
  Reopen(start_ms, ticks, tick_ms, first_number);
}

void TickLog::Reopen(int64_t start_ms, std::span<TickRows> ticks, int64_t tick_ms,
                     uint64_t first_number) {
  for (TickRows& tick : ticks) {
    if (tick.at.tick_ms >= tick_ms) return;
    if (!open_) open_.emplace(start_ms);
    open_first_number_ = first_number;
    open_->Append(tick.at, &tick.rows);
  }
}

void TickLog::AddToBlock(const Tick& tick) {
  const int64_t start_ms = BlockStartMs(tick.tick_ms);
  if (open_ && open_->start_ms() != start_ms) Seal();
  if (!open_) {
    open_.emplace(start_ms);
    open_first_number_ = next_number_;
  }
  if (open_->ticks().size() == kMaxBlockTicks) return;
  std::vector<ObjectRow> rows;
  rows.reserve(1 + tick.pods.size() + tick.containers.size());
  rows.push_back({0, &tick.node});
  for (const auto* samples : {&tick.pods, &tick.containers}) {
    for (const ObjectSample& sample : *samples) rows.push_back({sample.object, &sample.values});
  }
  open_->Append({tick.tick_ms, tick.boot_usec, 0, false}, &rows);
}

void TickLog::Seal() {
  constexpr uint32_t kBoot = 0;
  const std::vector<uint8_t> bytes =
      open_->Seal(std::span(&kBoot, 1), std::span(&options_.boot_id, 1));
  sealed_[open_->start_ms()] = {TimesOf(open_->ticks()),
                                std::make_shared<const std::string>(bytes.begin(), bytes.end()),
                                open_first_number_};
  open_.reset();
}

void TickLog::AddIdentities(const Sample& sample) {
  for (const auto& identity : sample.identities) {
    if (identity == nullptr) continue;
    Known& known = identities_[identity->object];
    known.logged.last_used = next_number_;
    if (known.identity == identity) continue;
    const bool same = known.identity != nullptr && *known.identity == *identity;
    known.identity = identity;
    if (same) continue;
    v1::Identity message;
    EncodeIdentity(*identity, &message);
    if (known.logged.bytes != nullptr) identity_bytes_ -= known.logged.bytes->size();
    known.logged.object = identity->object;
    known.logged.version = next_version_++;
    known.logged.bytes = Serialize(message);
    identity_bytes_ += known.logged.bytes->size();
  }
}

bool TickLog::DropOldestBlock() {
  if (!sealed_.empty()) {
    sealed_.erase(sealed_.begin());
    return true;
  }
  if (!open_ || open_->ticks().size() < 2) return false;
  open_.reset();
  return true;
}

void TickLog::Trim(uint64_t now_usec) {
  const int64_t oldest_ms = newest_->tick.tick_ms - options_.history_ms - kReachMs;
  while (!sealed_.empty() && sealed_.begin()->second.ticks.back() < oldest_ms) DropOldestBlock();
  bool full = false;
  while (BytesLocked() > options_.history_bytes && DropOldestBlock()) full = true;
  uint64_t oldest_number = next_number_ - 1;
  if (open_) oldest_number = open_first_number_;
  if (!sealed_.empty()) oldest_number = sealed_.begin()->second.first_number;
  std::erase_if(identities_, [&](const auto& entry) REQUIRES(mutex_) {
    const LoggedIdentity& logged = entry.second.logged;
    if (logged.last_used >= oldest_number) return false;
    identity_bytes_ -= logged.bytes->size();
    return true;
  });
  uint64_t held_back = 0;
  if (full && full_log_.Allow(now_usec, &held_back)) {
    LogWarning("the history takes more than {} bytes: its oldest blocks are dropped early",
               options_.history_bytes);
  }
}

std::optional<TickLog::NewestTick> TickLog::Newest() const {
  const MutexLock lock(mutex_);
  return newest_;
}

std::vector<LoggedBlock> TickLog::Blocks() const {
  const MutexLock lock(mutex_);
  std::vector<LoggedBlock> blocks;
  blocks.reserve(sealed_.size() + 1);
  for (const auto& [start_ms, block] : sealed_) {
    blocks.push_back({start_ms, block.ticks, block.bytes});
  }
  if (open_) blocks.push_back({open_->start_ms(), TimesOf(open_->ticks()), nullptr});
  return blocks;
}

// What is a container, the identities know.
Tick TickLog::TickOf(const TickRows& rows) const {
  Tick tick;
  tick.tick_ms = rows.at.tick_ms;
  tick.boot_usec = rows.at.boot_usec;
  for (const ObjectRow& row : rows.rows) {
    if (row.object == 0) {
      tick.node = *row.values;
      continue;
    }
    const auto known = identities_.find(row.object);
    const bool container =
        known != identities_.end() && known->second.identity->kind == ObjectKind::kContainer;
    (container ? tick.containers : tick.pods).push_back({row.object, *row.values});
  }
  return tick;
}

std::vector<LoggedTick> TickLog::Ticks(int64_t block_start_ms, std::span<const int64_t> ticks,
                                       size_t max_bytes) const {
  const MutexLock lock(mutex_);
  BlockRows values;
  std::vector<TickRows> of_block;
  if (open_ && open_->start_ms() == block_start_ms) {
    of_block = values.Of(*open_);
  } else if (const auto block = sealed_.find(block_start_ms); block != sealed_.end()) {
    of_block = values.Of(BlockReader::Trusted(BytesOf(*block->second.bytes)));
  }
  std::vector<LoggedTick> out;
  size_t bytes = 0;
  for (const TickRows& rows : of_block) {
    if (!std::binary_search(ticks.begin(), ticks.end(), rows.at.tick_ms)) continue;
    v1::Tick message;
    EncodeTickValues(TickOf(rows), &message);
    out.push_back({rows.at.tick_ms, Serialize(message)});
    bytes += out.back().bytes->size();
    if (bytes > max_bytes) break;
  }
  if (bytes > max_bytes && out.size() > 1) out.pop_back();
  return out;
}

std::vector<LoggedIdentity> TickLog::IdentitiesSince(uint64_t version,
                                                     const std::set<uint32_t>& also) const {
  std::vector<LoggedIdentity> out;
  {
    const MutexLock lock(mutex_);
    if (next_version_ <= version + 1 && also.empty()) return out;
    for (const auto& [object, known] : identities_) {
      if (known.logged.version > version || also.contains(object)) out.push_back(known.logged);
    }
  }
  std::sort(out.begin(), out.end(), [](const LoggedIdentity& a, const LoggedIdentity& b) {
    return std::pair(b.last_used, a.object) < std::pair(a.last_used, b.object);
  });
  return out;
}

std::vector<LoggedIdentity> TickLog::Identities(const std::vector<uint32_t>& objects) const {
  const MutexLock lock(mutex_);
  std::vector<LoggedIdentity> out;
  for (const uint32_t object : objects) {
    const auto it = identities_.find(object);
    if (it != identities_.end()) out.push_back(it->second.logged);
  }
  return out;
}

size_t TickLog::BytesLocked() const {
  size_t bytes = identity_bytes_ + (open_ ? open_->MemoryBytes() : 0);
  for (const auto& [start_ms, block] : sealed_) bytes += block.bytes->size();
  return bytes;
}

size_t TickLog::bytes() const {
  const MutexLock lock(mutex_);
  return BytesLocked();
}

}  // namespace kubemonitor
