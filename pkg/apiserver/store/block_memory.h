#ifndef KUBEMONITOR_APISERVER_STORE_BLOCK_MEMORY_H_
#define KUBEMONITOR_APISERVER_STORE_BLOCK_MEMORY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <utility>

#include "common/mutex.h"

namespace kubemonitor {

// Where the bytes of sealed blocks lie. Blocks of the same five minutes, of whatever nodes, go at
// the same time, and so they share pieces of memory: an allocator that is asked for each of them
// rounds up, jemalloc from 15 to 20 KB. Thread-safe.
class BlockMemory {
 public:
  // Bytes that stay where they are while this is held. Outlives the BlockMemory.
  class Bytes {
   public:
    Bytes() = default;
    operator std::span<const uint8_t>() const { return {first_.get(), size_}; }  // NOLINT

   private:
    friend class BlockMemory;
    Bytes(std::shared_ptr<const uint8_t> first, size_t size)
        : first_(std::move(first)), size_(size) {}

    std::shared_ptr<const uint8_t> first_;  // keeps the piece
    size_t size_ = 0;
  };

  // A copy of the bytes, among others of blocks that begin at `start_ms`.
  Bytes Share(int64_t start_ms, std::span<const uint8_t> bytes);
  // A copy of its own: of a block that may be replaced soon.
  Bytes Own(std::span<const uint8_t> bytes);
  // Lets go of pieces that nobody holds any more.
  void Sweep();

  // Of all pieces, whatever part of them is used.
  uint64_t MemoryBytes() const { return *total_; }

 private:
  // The pieces of one start. The newest one has room left.
  struct Pieces {
    std::shared_ptr<uint8_t> newest;
    size_t size = 0;   // of the newest
    size_t used = 0;   // of the newest
    size_t total = 0;  // of all
  };

  std::shared_ptr<uint8_t> Allocate(size_t size) const;

  // Shared with the pieces, which may outlive this.
  const std::shared_ptr<std::atomic<uint64_t>> total_ = std::make_shared<std::atomic<uint64_t>>(0);
  Mutex mutex_;
  std::map<int64_t, Pieces> by_start_ GUARDED_BY(mutex_);
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_STORE_BLOCK_MEMORY_H_
