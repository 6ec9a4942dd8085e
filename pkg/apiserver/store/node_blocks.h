#ifndef KUBEMONITOR_APISERVER_STORE_NODE_BLOCKS_H_
#define KUBEMONITOR_APISERVER_STORE_NODE_BLOCKS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "apiserver/store/block_memory.h"
#include "apiserver/store/object_rows.h"
#include "apiserver/store/store.h"
#include "common/block_rows.h"
#include "common/open_block.h"

namespace kubemonitor {

// The samples of one node: sealed blocks, and the newest one, still open. Objects are indexes of
// the store; 0 is the node. Not thread-safe.
class NodeBlocks {
 public:
  explicit NodeBlocks(std::shared_ptr<BlockMemory> memory) : memory_(std::move(memory)) {}

  // A number for the boot, the same as long as one of its ticks is held, never that of another one.
  uint32_t EpochOf(const std::string& boot_id);

  // Stores ticks (`boot` is an epoch), in any order. One that is there already is completed by what
  // comes if both are of the simple form; what it has already stays.
  void Store(std::vector<TickRows>* ticks);
  // A tick of its five minutes is held.
  bool HoldsBlock(int64_t start_ms) const;
  // Takes over a sealed block that HoldsBlock denies: numbers are the store's, the one boot is of
  // this epoch. `samples` of its values count as stored now.
  void Adopt(std::span<const uint8_t> block, uint32_t epoch, uint64_t samples);
  // Older ticks are hidden at once and dropped with the last one of their block.
  void DropBefore(int64_t cutoff_ms);

  bool empty() const { return open_ == nullptr && sealed_.empty(); }
  int64_t visible_from_ms() const { return visible_from_ms_; }
  std::optional<BlockTick> FindTick(int64_t tick_ms) const;
  std::optional<BlockTick> NewestTick() const;
  std::optional<int64_t> OldestTickMs() const;
  // The newest tick before tick_ms.
  std::optional<int64_t> TickBefore(int64_t tick_ms) const;
  // The ticks held; those not more than step_ms apart make one range.
  std::vector<TickRange> Held(int64_t step_ms) const;

  // See Store.
  ObjectRows Read(uint32_t index, uint64_t mask, int64_t first_ms, int64_t last_ms) const;
  std::vector<IndexedRows> ReadAll(uint64_t mask, int64_t first_ms, int64_t last_ms) const;
  void ReadSeries(std::span<const uint32_t> objects, Series series, int64_t first_ms,
                  int64_t last_ms, SeriesColumns* columns) const;

  // Samples, memory but for what is in the BlockMemory, oldest and newest tick.
  void AddStats(StoreStats* stats) const;
  uint64_t SealedBytes() const;
  uint64_t OpenBytes() const { return open_ == nullptr ? 0 : open_->MemoryBytes(); }
  std::optional<int64_t> OldestBlockStartMs() const;

 private:
  struct Boot {
    std::string id;
    uint32_t epoch = 0;
  };
  struct SealedBlock {
    int64_t start_ms = 0;
    int64_t first_tick_ms = 0, last_tick_ms = 0;
    int64_t widest_gap_ms = 0;  // between two ticks that follow each other
    uint64_t samples = 0;
    BlockMemory::Bytes bytes;
    std::vector<uint32_t> epochs;  // of the block's boots
  };
  class Cursor;  // node_blocks_read.cc

  void AppendTo(OpenBlock* block, TickRows* tick);
  void Rebuild(int64_t start_ms, std::span<TickRows> ticks);
  // Its ticks with their rows and epochs.
  static std::vector<TickRows> RowsOf(const SealedBlock& block, BlockRows* rows);
  // `again`: in place of one that was sealed before; more late ticks may come.
  SealedBlock Seal(const OpenBlock& block, bool again = false) const;
  const std::string& BootId(uint32_t epoch) const;
  void DropUnusedBoots();

  // All but the bytes.
  static SealedBlock Describe(int64_t start_ms, std::span<const BlockTick> ticks, uint64_t samples);

  // Where the block of start_ms is, or belongs, among the sealed ones.
  size_t SealedAt(int64_t start_ms) const;
  // The ticks of a block with their epochs as `boot`.
  static std::vector<BlockTick> TicksOf(const SealedBlock& block);
  static std::vector<BlockTick> TicksOf(const SealedBlock& block, const BlockReader& reader);

  std::shared_ptr<BlockMemory> memory_;
  std::vector<SealedBlock> sealed_;  // ascending
  std::unique_ptr<OpenBlock> open_;  // later than all sealed ones; null: there is none
  int64_t visible_from_ms_ = 0;
  std::vector<Boot> boots_;
  uint32_t next_epoch_ = 0;
  uint64_t samples_total_ = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_NODE_BLOCKS_H_
