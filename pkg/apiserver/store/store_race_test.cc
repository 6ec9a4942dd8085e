// Writers, readers and expiry at once: the sanitizer looks for races, the test for rows out of
// order.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "apiserver/store/store.h"
#include "apiserver/store/store_testing.h"

namespace kubemonitor {
namespace {

using testing::PodIdentity;
using testing::Report;
using testing::TickAt;
using testing::Values;

constexpr int64_t kNow = 1'700'000'000'000;
constexpr int64_t kI = 10'000;
constexpr int kTicks = 300;

void Write(Store& store, const std::string& node) {
  for (int n = 0; n < kTicks; ++n) {
    const int64_t tick_ms = kNow + n * kI;
    Tick tick = TickAt(tick_ms, Values({{Series::kPids, static_cast<uint64_t>(n)}}));
    tick.pods.push_back({1, Values({{Series::kPids, static_cast<uint64_t>(n)}})});
    store.Append(Report(node, {PodIdentity(1, "uid", "a", "b")}, {tick}), tick_ms);
    store.SetHealth(node, {.clock_skew_seconds = std::nullopt, .conflict = n % 2 == 0}, tick_ms);
  }
}

bool ReadAll(const Store& store) {
  bool sorted = true;
  for (const auto& node : store.Nodes()) {
    for (const ObjectInfo& object : store.Objects(node->node)) {
      int64_t before = 0;
      const ObjectRows rows = store.Read(object.id, ~uint64_t{0}, kNow, kNow + kTicks * kI);
      for (size_t row = 0; row < rows.size(); ++row) {
        const int64_t tick_ms = rows.tick(row).tick_ms;
        sorted = sorted && tick_ms > before &&
                 rows.Get(row, Series::kPids) == static_cast<uint64_t>((tick_ms - kNow) / kI);
        before = tick_ms;
      }
    }
    store.Held(node->name);
  }
  return sorted && store.Stats().samples <= store.Stats().samples_total;
}

TEST(StoreRaceTest, WritersReadersAndExpiry) {
  const std::unique_ptr<Store> store = NewBlockStore({.retention_ms = 50 * kI, .interval_ms = kI});
  std::atomic<bool> done = false;
  std::atomic<bool> sorted = true;
  {
    std::jthread reader([&] {
      while (!done) {
        if (!ReadAll(*store)) sorted = false;
      }
    });
    std::jthread expiry([&] {
      while (!done) store->Expire(kNow + 100 * kI);
    });
    {
      std::jthread first([&] { Write(*store, "n1"); });
      std::jthread second([&] { Write(*store, "n1"); });  // duplicates
      std::jthread third([&] { Write(*store, "n2"); });
    }
    done = true;
  }
  EXPECT_TRUE(sorted);
  EXPECT_EQ(store->Nodes().size(), 2u);
  for (const auto& node : store->Nodes()) {
    EXPECT_EQ(node->newest_tick_ms, kNow + (kTicks - 1) * kI);
  }
}

// A node that is dropped while it reports again is not lost.
TEST(StoreRaceTest, ForgottenNodesComeBack) {
  const std::unique_ptr<Store> store = NewBlockStore({.retention_ms = kI, .interval_ms = kI});
  std::atomic<bool> done = false;
  std::jthread expiry([&] {
    while (!done) store->Expire(kNow + 1'000'000 * kI);
  });
  for (int n = 0; n < 500; ++n) {
    const AppendResult result =
        store->Append(Report("n1", {}, {TickAt(kNow, Values({{Series::kPids, 1}}))}), kNow);
    EXPECT_EQ(result.accepted_ticks, 1u);
    EXPECT_TRUE(store->SetHealth("n1", {}, kNow));
  }
  done = true;
}

}  // namespace
}  // namespace kubemonitor
