#include "simulator/signal.h"

#include <array>
#include <bit>

namespace kubemonitor {
namespace {

constexpr uint64_t kPlaces =
    0x706c616365000000U;  // sets the hashes of places apart from the sizes'
constexpr uint64_t kHeights = 0x6865696768740000U;

uint64_t Noise16(uint64_t key, uint64_t index) { return HashOf(key, index) >> 48; }

// The ways to choose three of five.
constexpr std::array<uint32_t, 10> kThreeOfFive{0b00111, 0b01011, 0b01101, 0b01110, 0b10011,
                                                0b10101, 0b10110, 0b11001, 0b11010, 0b11100};

// Events up to tick k where each run of `run` ticks has one.
uint64_t OneInRun(uint64_t key, uint64_t k, uint64_t run) {
  const uint64_t r = k / run;
  const uint64_t place = (Noise16(key ^ kPlaces, r) * run) >> 16;
  return r + (k % run >= place ? 1 : 0);
}

uint64_t ThreeInFive(uint64_t key, uint64_t k) {
  const uint64_t r = k / 5;
  const uint32_t ways = kThreeOfFive[(Noise16(key ^ kPlaces, r) * kThreeOfFive.size()) >> 16];
  const uint32_t upto = (uint32_t{2} << (k % 5)) - 1;
  return r * 3 + static_cast<uint64_t>(std::popcount(ways & upto));
}

// A counter after `events` events, or ticks, of which each adds about `scale`.
uint64_t Counter(uint64_t key, uint64_t events, uint64_t scale, uint64_t spread) {
  return scale * events + (spread * Noise16(key, events) >> 16);
}

uint64_t Walk(const Signal& signal, uint64_t k) {
  constexpr uint64_t kLine = 32;
  constexpr uint64_t kFine = 29;
  constexpr uint64_t kHeight = 129;
  const uint64_t events = OneInRun(signal.key, k, 2);
  const uint64_t fine = (Noise16(signal.key, events) * kFine) >> 16;
  const uint64_t line = events / kLine;
  const uint64_t at = events % kLine;
  const uint64_t from = (Noise16(signal.key ^ kHeights, line) * kHeight) >> 16;
  const uint64_t to = (Noise16(signal.key ^ kHeights, line + 1) * kHeight) >> 16;
  const uint64_t drift = (from * (kLine - at) + to * at) / kLine;
  return signal.unit * (signal.scale + fine + drift);
}

uint64_t Steps(const Signal& signal, uint64_t k) {
  const uint64_t events = OneInRun(signal.key, k, 50);
  return signal.scale + 2 * (Noise16(signal.key, events) * 4 >> 16) + events % 2;
}

}  // namespace

uint64_t LogUniform(uint64_t low, uint64_t high, uint64_t hash) {
  uint64_t octaves = 0;
  while (low << (octaves + 1) <= high) ++octaves;
  const uint64_t last = low << octaves;
  // The logarithm of high / low in 1/65536 of an octave, straight within an octave.
  const uint64_t span = (octaves << 16) + ((high - last) << 16) / last;
  const uint64_t at = ((hash >> 32) * (span + 1)) >> 32;
  return ((low << (at >> 16)) * (65536 + (at & 65535))) >> 16;
}

uint64_t ValueAt(const Signal& signal, uint64_t k) {
  const uint64_t key = signal.key;
  const uint64_t scale = signal.scale;
  switch (signal.shape) {
    case Shape::kZero:
      return 0;
    case Shape::kSteady:
      return signal.unit * Counter(key, k, scale, scale * 3 / 10);
    case Shape::kSparse:
      return signal.unit * Counter(key, OneInRun(key, k, 20), scale, scale * 9 / 10);
    case Shape::kBusy:
      return signal.unit * Counter(key, ThreeInFive(key, k), scale, scale * 9 / 10);
    case Shape::kWalk:
      return Walk(signal, k);
    case Shape::kSteps:
      return Steps(signal, k);
  }
  return 0;
}

}  // namespace kubemonitor
