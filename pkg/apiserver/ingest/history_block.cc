#include "apiserver/ingest/history_block.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "wire/limits.h"

namespace kubemonitor {
namespace {

std::optional<Refusal> CheckTicks(const std::vector<BlockTick>& ticks, const BlockRules& rules) {
  const auto refuse = [&ticks](RefusalReason reason, int64_t tick_ms, std::string_view why) {
    return Refusal{reason, ticks.size(),
                   fmt::format("a block: the tick of {} ms {}", tick_ms, why)};
  };
  if (ticks.back().tick_ms > rules.now_ms + kMaxAheadMs) {
    return refuse(RefusalReason::kInFuture, ticks.back().tick_ms,
                  "is more than five minutes ahead of the server's clock");
  }
  if (ticks.back().tick_ms < rules.kept_from_ms) {
    return refuse(RefusalReason::kTooOld, ticks.back().tick_ms,
                  "is its newest, and older than the retention");
  }
  for (const BlockTick& tick : ticks) {
    if (tick.tick_ms % rules.interval_ms != 0) {
      return refuse(RefusalReason::kOffGrid, tick.tick_ms,
                    "is no multiple of the server's interval");
    }
    if (tick.simple || tick.boot_usec > kMaxValue) {
      return refuse(RefusalReason::kInvalid, tick.tick_ms, "is none of a collector's");
    }
  }
  return std::nullopt;
}

bool IsMeasured(const BlockReader::Object& object, size_t tick_count) {
  bool good = true;
  object.Columns(~uint64_t{0}, [&](Series, const TickMask& present, const uint64_t* values) {
    for (size_t tick = 0; tick < tick_count; ++tick) {
      good = good && (!present.Has(tick) || values[tick] <= kMaxValue);
    }
  });
  return good;
}

}  // namespace

std::optional<BlockReader> ReadHistoryBlock(std::span<const uint8_t> bytes, Refusal* why) {
  *why = {RefusalReason::kInvalid, 1, ""};
  if (bytes.size() > kMaxHistoryBlockBytes) {
    why->detail = fmt::format("a block of {} bytes, at most {} are read: send its ticks",
                              bytes.size(), kMaxHistoryBlockBytes);
    return std::nullopt;
  }
  const absl::StatusOr<BlockReader> block = BlockReader::Check(bytes);
  if (block.ok()) return *block;
  if (absl::IsUnimplemented(block.status())) why->reason = RefusalReason::kVersion;
  why->detail = std::string(block.status().message());
  return std::nullopt;
}

std::optional<Refusal> CheckHistoryBlock(const BlockReader& block, const BlockRules& rules) {
  const uint64_t ticks = block.tick_count();
  if (ticks * block.object_count() > kMaxBlockRows) {
    return Refusal{RefusalReason::kInvalid, ticks,
                   fmt::format("a block of {} objects at {} ticks: send its ticks",
                               block.object_count(), ticks)};
  }
  const std::vector<std::string> boots = block.BootIds();
  if (boots.size() != 1 || boots[0] != rules.boot_id) {
    return Refusal{RefusalReason::kInvalid, ticks, "a block of another boot than the request's"};
  }
  if (auto refusal = CheckTicks(block.Ticks(), rules)) return refusal;
  for (BlockReader::Object object = block.Objects(); object.Next();) {
    if (object.has_unknown_series()) {
      return Refusal{
          RefusalReason::kVersion, ticks,
          fmt::format("a block with series of object {} that are not known: send its ticks",
                      object.number())};
    }
    if (!IsMeasured(object, ticks)) {
      return Refusal{RefusalReason::kInvalid, ticks,
                     fmt::format("a block: a value of object {} is no measurement (above 2^63)",
                                 object.number())};
    }
  }
  return std::nullopt;
}

}  // namespace kubemonitor
