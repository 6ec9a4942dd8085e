#include "simulator/signal.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

namespace kubemonitor {
namespace {

// Far from the origin, and not a multiple of any run.
constexpr uint64_t kStart = 7'654'321;
constexpr uint64_t kTicks = 6'000;
constexpr int kKeys = 20;

int64_t Delta(const Signal& signal, uint64_t k) {
  return static_cast<int64_t>(ValueAt(signal, k) - ValueAt(signal, k - 1));
}

double MovingShare(const Signal& signal) {
  int moved = 0;
  for (uint64_t k = kStart; k < kStart + kTicks; ++k) moved += Delta(signal, k) != 0 ? 1 : 0;
  return static_cast<double>(moved) / static_cast<double>(kTicks);
}

TEST(LogUniform, StaysBetweenTheEndsAndReachesThem) {
  for (const auto& [low, high] : {std::pair{2'000UL, 300'000UL},
                                  {2'048UL, 230'400UL},
                                  {1UL, 32UL},
                                  {7UL, 7UL},
                                  {100UL, 1'000'000UL}}) {
    EXPECT_EQ(LogUniform(low, high, 0), low);
    const uint64_t most = LogUniform(low, high, ~uint64_t{0});
    EXPECT_LE(most, high);
    EXPECT_GE(most, high - high / 1000 - 1);
    for (uint64_t i = 0; i < 1000; ++i) {
      const uint64_t value = LogUniform(low, high, HashOf(1, i));
      EXPECT_GE(value, low);
      EXPECT_LE(value, high);
    }
  }
}

TEST(LogUniform, AsManyInEachOctave) {
  int below = 0;
  for (uint64_t i = 0; i < 10'000; ++i) below += LogUniform(16, 256, HashOf(2, i)) < 64 ? 1 : 0;
  EXPECT_NEAR(below, 5'000, 200);
}

TEST(Signal, SteadyMovesBySevenToThirteenTenths) {
  for (uint64_t key = 0; key < kKeys; ++key) {
    const Signal signal{Shape::kSteady, HashOf(key, 0), 20'000 + key * 149'000};
    const auto scale = static_cast<int64_t>(signal.scale);
    int64_t least = scale * 2;
    int64_t most = 0;
    for (uint64_t k = kStart; k < kStart + kTicks; ++k) {
      const int64_t delta = Delta(signal, k);
      least = std::min(least, delta);
      most = std::max(most, delta);
    }
    EXPECT_GE(least, scale * 7 / 10);
    EXPECT_LE(most, scale * 13 / 10);
    EXPECT_LT(least, scale * 75 / 100) << "the whole range is used";
    EXPECT_GT(most, scale * 125 / 100);
    // The mean over many ticks is the scale.
    const uint64_t sum = ValueAt(signal, kStart + kTicks) - ValueAt(signal, kStart);
    EXPECT_NEAR(static_cast<double>(sum) / static_cast<double>(kTicks), static_cast<double>(scale),
                static_cast<double>(scale) / 1000);
  }
}

// Exactly so many ticks of each run move a counter, each by 0.1 to 1.9 times its size.
void ExpectEvents(Shape shape, uint64_t run, int in_run) {
  std::set<uint64_t> places;
  for (uint64_t key = 0; key < kKeys; ++key) {
    const Signal signal{shape, HashOf(key, 1), 1'000, 4096};
    for (uint64_t begin = run * 50'000; begin < run * 50'100; begin += run) {
      int events = 0;
      for (uint64_t k = begin; k < begin + run; ++k) {
        const int64_t delta = Delta(signal, k);
        EXPECT_GE(delta, 0);
        EXPECT_EQ(delta % 4096, 0);
        if (delta == 0) continue;
        ++events;
        places.insert(k - begin);
        EXPECT_GE(delta, 4096 * 100);
        EXPECT_LE(delta, 4096 * 1'900);
      }
      EXPECT_EQ(events, in_run) << begin;
    }
  }
  EXPECT_EQ(places.size(), run) << "any tick of a run may be one";
}

TEST(Signal, SparseMovesOnceInTwentyTicks) { ExpectEvents(Shape::kSparse, 20, 1); }
TEST(Signal, BusyMovesThreeTimesInFiveTicks) { ExpectEvents(Shape::kBusy, 5, 3); }

TEST(Signal, CountersNeverFallFromTheOriginOn) {
  for (const Shape shape : {Shape::kSteady, Shape::kSparse, Shape::kBusy}) {
    ASSERT_TRUE(IsCounter(shape));
    const Signal signal{shape, 5, 1, 1};
    for (uint64_t k = 1; k < 1'000; ++k) EXPECT_GE(Delta(signal, k), 0) << k;
  }
  for (const Shape shape : {Shape::kZero, Shape::kWalk, Shape::kSteps}) {
    EXPECT_FALSE(IsCounter(shape));
  }
}

TEST(Signal, WalkStaysNearItsBase) {
  int64_t least = 0;
  int64_t most = 0;
  for (uint64_t key = 0; key < kKeys; ++key) {
    const Signal signal{Shape::kWalk, HashOf(key, 2), 2'048, 4096};
    for (uint64_t k = kStart; k < kStart + kTicks; ++k) {
      const uint64_t value = ValueAt(signal, k);
      EXPECT_EQ(value % 4096, 0U);
      EXPECT_GE(value, 4096 * signal.scale);
      EXPECT_LE(value, 4096 * (signal.scale + kWalkSpan));
      const int64_t delta = Delta(signal, k) / 4096;
      EXPECT_LE(std::abs(delta), 32);
      least = std::min(least, delta);
      most = std::max(most, delta);
    }
    EXPECT_NEAR(MovingShare(signal), 0.5, 0.05);
  }
  EXPECT_LT(least, -24);
  EXPECT_GT(most, 24);
}

TEST(Signal, StepsMoveOnceInFiftyTicks) {
  for (uint64_t key = 0; key < kKeys; ++key) {
    const Signal signal{Shape::kSteps, HashOf(key, 3), 10};
    EXPECT_NEAR(MovingShare(signal), 0.02, 0.001);
    for (uint64_t k = kStart; k < kStart + 500; ++k) {
      EXPECT_GE(ValueAt(signal, k), 10U);
      EXPECT_LE(ValueAt(signal, k), 17U);
    }
  }
}

TEST(Signal, ZeroIsZero) { EXPECT_EQ(ValueAt({}, kStart), 0U); }

// The formulas are part of what the same seed promises.
TEST(Signal, GoldenValues) {
  EXPECT_EQ(HashOf(0, 0), 16294208416658607535U);
  EXPECT_EQ(ValueAt({Shape::kSteady, 42, 100'000}, 1'000'000), 100'000'020'662U);
  EXPECT_EQ(ValueAt({Shape::kSparse, 42, 10'000}, 1'000'000), 500'000'627U);
  EXPECT_EQ(ValueAt({Shape::kBusy, 42, 100, 4096}, 1'000'000), 245'760'618'496U);
  EXPECT_EQ(ValueAt({Shape::kWalk, 42, 5'000, 4096}, 1'000'000), 20'951'040U);
  EXPECT_EQ(ValueAt({Shape::kSteps, 42, 10}, 1'000'000), 14U);
}

}  // namespace
}  // namespace kubemonitor
