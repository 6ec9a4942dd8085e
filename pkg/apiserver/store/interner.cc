#include "apiserver/store/interner.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <utility>

namespace kubemonitor {
namespace {

constexpr size_t kMinSlots = 64;

// Both halves of the product of two numbers, folded: every bit of both takes part.
uint64_t Fold(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// At most three quarters of the slots are taken.
bool Crowded(size_t size, size_t slots) { return 4 * size > 3 * slots; }

}  // namespace

uint64_t SeededHash::operator()(std::string_view bytes) const {
  constexpr uint64_t kFirst = 0x9e37'79b9'7f4a'7c15, kSecond = 0xd6e8'feb8'6659'fd93;
  uint64_t value = seed ^ Fold(bytes.size() ^ kFirst, seed ^ kSecond);
  while (!bytes.empty()) {
    uint64_t word = 0;
    const size_t count = std::min(bytes.size(), sizeof(word));
    std::memcpy(&word, bytes.data(), count);
    value = Fold(value ^ word ^ kFirst, seed ^ kSecond);
    bytes.remove_prefix(count);
  }
  return Fold(value ^ kSecond, kFirst) & mask;
}

SeededHash SeededHash::Random() {
  std::random_device device;
  return {static_cast<uint64_t>(device()) << 32 | device()};
}

SharedBytes Interner::Intern(std::string_view bytes) {
  if (bytes.empty()) return {};
  const MutexLock lock(mutex_);
  if (Crowded(size_ + 1, slots_.size())) SweepLocked();
  SharedBytes& slot = slots_[SlotOf(bytes)];
  if (slot.empty()) {
    slot = SharedBytes(bytes);
    ++size_;
    bytes_ += slot.MemoryBytes();
  }
  return slot;
}

void Interner::Sweep() {
  const MutexLock lock(mutex_);
  SweepLocked();
}

// What only this holds cannot be copied by anybody else meanwhile: copies are made under the lock,
// or of another copy.
void Interner::SweepLocked() {
  size_t dropped = 0;
  for (SharedBytes& slot : slots_) {
    if (slot.empty() || slot.shared()) continue;
    bytes_ -= slot.MemoryBytes();
    slot = SharedBytes();
    ++dropped;
  }
  size_ -= dropped;
  // With room for a quarter more before the next sweep.
  size_t slots = kMinSlots;
  while (Crowded(size_ + size_ / 4 + 1, slots)) slots *= 2;
  if (dropped > 0 || slots != slots_.size()) Resize(slots);
}

void Interner::Resize(size_t slots) {
  std::vector<SharedBytes> old(slots);
  old.swap(slots_);
  for (SharedBytes& slot : old) {
    if (slot.empty()) continue;
    SharedBytes& place = slots_[SlotOf(slot.view())];  // before the move, which empties it
    place = std::move(slot);
  }
}

size_t Interner::SlotOf(std::string_view bytes) const {
  const size_t mask = slots_.size() - 1;
  size_t at = hash_(bytes) & mask;
  while (!slots_[at].empty() && slots_[at].view() != bytes) at = (at + 1) & mask;
  return at;
}

size_t Interner::size() const {
  const MutexLock lock(mutex_);
  return size_;
}

size_t Interner::MemoryBytes() const {
  const MutexLock lock(mutex_);
  return bytes_ + slots_.capacity() * sizeof(SharedBytes);
}

}  // namespace kubemonitor
