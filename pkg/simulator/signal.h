#ifndef KUBEMONITOR_SIMULATOR_SIGNAL_H_
#define KUBEMONITOR_SIMULATOR_SIGNAL_H_

// One simulated series as a pure function of time: its value at tick k costs the same for every k
// and needs nothing that was computed before. Integers only, so that every machine gives the same
// values. All functions are pure and thread-safe.
//
// Notation: n(i) is a hash of (key, i) in 0 … 65535, r = ⌊k / R⌋ the run of R ticks that k is in.
//
// - kSteady, a counter: scale·k + (⌊0.3·scale⌋·n(k) >> 16). Each tick adds 0.7 to 1.3 × scale.
// - kSparse, a counter that moves in one tick of twenty: R = 20, one event in each run, at a place
//   chosen by a hash of r. With E events up to k its value is
//   unit·(scale·E + (⌊0.9·scale⌋·n(E) >> 16)): each event adds 0.1 to 1.9 × unit × scale.
// - kBusy, a counter that moves in three ticks of five: the same with R = 5 and three events in
//   each run, one of the ten ways chosen by a hash of r.
// - kWalk, a gauge that moves in half of the ticks: R = 2, one event in each run; with E events up
//   to k its value is unit·(scale + (29·n(E) >> 16) + d(E)), where d goes in straight lines of 32
//   events between hashed heights of 0 to 128. One move is at most 32 units, up or down, and the
//   value stays between unit·scale and unit·(scale + kWalkSpan).
// - kSteps, a gauge that moves in one tick of fifty: R = 50, one event in each run; the value is
//   scale + 2·(4·n'(E) >> 16) + (E mod 2).
// - kZero: 0.

#include <cstdint>

namespace kubemonitor {

// A well-mixed function of two numbers (the finalizer of SplitMix64).
constexpr uint64_t HashOf(uint64_t key, uint64_t index) {
  uint64_t x = key + (index + 1) * 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

// Between the two ends, both included, 0 < low ≤ high < 2^40: as many values fall between 10 and 20
// as between 20 and 40 (within an octave they are spread evenly).
uint64_t LogUniform(uint64_t low, uint64_t high, uint64_t hash);

enum class Shape : uint8_t { kZero, kSteady, kSparse, kBusy, kWalk, kSteps };

constexpr bool IsCounter(Shape shape) {
  return shape == Shape::kSteady || shape == Shape::kSparse || shape == Shape::kBusy;
}

inline constexpr uint64_t kWalkSpan = 28 + 128;

struct Signal {
  Shape shape = Shape::kZero;
  uint64_t key = 0;
  uint64_t scale = 0;
  uint64_t unit = 1;
};

// k counts ticks from the origin of the model.
uint64_t ValueAt(const Signal& signal, uint64_t k);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_SIGNAL_H_
