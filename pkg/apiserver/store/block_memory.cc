#include "apiserver/store/block_memory.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace kubemonitor {
namespace {

// Powers of two are what allocators have no need to round. A piece is at most an eighth of those
// before it, so that few nodes do not wait for many.
constexpr size_t kMinPiece = size_t{32} << 10;
constexpr size_t kMaxPiece = size_t{512} << 10;
constexpr size_t kShareOfTotal = 8;

size_t NextPiece(size_t total) {
  return std::bit_floor(std::clamp(total / kShareOfTotal, kMinPiece, kMaxPiece));
}

}  // namespace

std::shared_ptr<uint8_t> BlockMemory::Allocate(size_t size) const {
  *total_ += size;
  return {new uint8_t[size], [size, total = total_](const uint8_t* piece) {
            delete[] piece;
            *total -= size;
          }};
}

BlockMemory::Bytes BlockMemory::Own(std::span<const uint8_t> bytes) {
  std::shared_ptr<uint8_t> piece = Allocate(bytes.size());
  std::memcpy(piece.get(), bytes.data(), bytes.size());
  return {std::move(piece), bytes.size()};
}

BlockMemory::Bytes BlockMemory::Share(int64_t start_ms, std::span<const uint8_t> bytes) {
  if (bytes.size() > kMinPiece) return Own(bytes);
  const MutexLock lock(mutex_);
  Pieces& pieces = by_start_[start_ms];
  if (pieces.size - pieces.used < bytes.size()) {
    pieces.size = NextPiece(pieces.total);
    pieces.newest = Allocate(pieces.size);
    pieces.used = 0;
    pieces.total += pieces.size;
  }
  uint8_t* first = pieces.newest.get() + pieces.used;
  std::memcpy(first, bytes.data(), bytes.size());
  pieces.used += bytes.size();
  return {std::shared_ptr<const uint8_t>(pieces.newest, first), bytes.size()};
}

void BlockMemory::Sweep() {
  const MutexLock lock(mutex_);
  std::erase_if(by_start_, [](const auto& of_start) {
    return of_start.second.newest.use_count() == 1;  // copies are made under the lock alone
  });
}

}  // namespace kubemonitor
