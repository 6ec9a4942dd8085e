#ifndef KUBEMONITOR_APISERVER_INGEST_HISTORY_BLOCK_H_
#define KUBEMONITOR_APISERVER_INGEST_HISTORY_BLOCK_H_

// What is asked of a history block before it goes to the store. Pure functions.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "apiserver/store/store.h"
#include "common/series_block.h"

namespace kubemonitor {

// Of one block: what storing it tick by tick would take, should it have to be.
inline constexpr uint64_t kMaxBlockRows = 200'000;  // objects × ticks
// Of all blocks of a request: a column of zeros takes a few bits for any number of values.
inline constexpr uint64_t kMaxBlockSamplesPerRequest = 20'000'000;

struct BlockRules {
  std::string_view boot_id;  // of the sender
  int64_t now_ms = 0;        // server's wall clock
  int64_t kept_from_ms = 0;
  int64_t interval_ms = 0;
};

// Why the bytes are no block that this program reads (kInvalid, or kVersion), or the block.
std::optional<BlockReader> ReadHistoryBlock(std::span<const uint8_t> bytes, Refusal* why);
// Why the block is not stored; nullopt: it may be. Decodes every value.
std::optional<Refusal> CheckHistoryBlock(const BlockReader& block, const BlockRules& rules);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_INGEST_HISTORY_BLOCK_H_
