// Sums of ticks that come in blocks are those of ticks that come one by one.

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <set>

#include "apiserver/query/pod_sums.h"
#include "apiserver/query/summed_store.h"
#include "apiserver/store/store_testing.h"
#include "common/open_block.h"

namespace kubemonitor {
namespace {

using testing::ContainerIdentity;
using testing::PodIdentity;
using testing::Report;
using testing::TickAt;

constexpr int64_t kStart = 1'700'000'100'000;  // of a block
constexpr int64_t kI = 10'000;
constexpr int64_t kTicks = 130;
constexpr int64_t kNow = kStart + kTicks * kI;

// Pods and containers that come and go, with gaps; counters and OOM kills.
class Hour {
 public:
  explicit Hour(unsigned seed) : random_(seed) {
    for (uint32_t pod = 0; pod < 6; ++pod) {
      const uint32_t number = 1 + 2 * pod;
      identities_.push_back(PodIdentity(number, "u" + std::to_string(pod),
                                        pod % 2 == 0 ? "shop" : "lab", "p" + std::to_string(pod)));
      identities_.push_back(
          ContainerIdentity(number + 1, number, "c" + std::to_string(pod), "main"));
      first_[pod] = Below(3) == 0 ? Below(kTicks) : 0;
      last_[pod] = Below(3) == 0 ? Below(kTicks) : kTicks;
    }
    for (int64_t tick = 0; tick < kTicks; ++tick) {
      if (Below(15) == 0) continue;
      ticks_.push_back(MakeTick(tick));
    }
  }

  const std::vector<Identity>& identities() const { return identities_; }
  const std::vector<Tick>& ticks() const { return ticks_; }

 private:
  int64_t Below(int64_t count) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(count));
  }

  SeriesValues Values(uint32_t object) {
    SeriesValues values;
    uint64_t& counter = counters_[object];
    counter += static_cast<uint64_t>(Below(1'000'000));
    if (Below(10) > 0) values.Set(Series::kCpuUsageUsec, counter);
    values.Set(Series::kMemoryCurrentBytes, static_cast<uint64_t>(Below(1 << 20)));
    if (object % 3 == 0) values.Set(Series::kOomKills, counter / 5'000'000);
    return values;
  }

  Tick MakeTick(int64_t tick) {
    Tick out = TickAt(kStart + tick * kI, testing::Values({{Series::kPids, 1}}));
    for (uint32_t pod = 0; pod < 6; ++pod) {
      if (tick < first_[pod] || tick > last_[pod] || Below(20) == 0) continue;
      if (pod % 3 > 0) out.pods.push_back({1 + 2 * pod, Values(1 + 2 * pod)});
      out.containers.push_back({2 + 2 * pod, Values(2 + 2 * pod)});
    }
    return out;
  }

  std::mt19937_64 random_;
  std::vector<Identity> identities_;
  std::vector<Tick> ticks_;
  std::map<uint32_t, int64_t> first_, last_;
  std::map<uint32_t, uint64_t> counters_;
};

std::vector<uint8_t> BlockOf(std::span<const Tick> ticks) {
  OpenBlock block(BlockStartMs(ticks.front().tick_ms));
  for (const Tick& tick : ticks) {
    std::vector<ObjectRow> rows = {{0, &tick.node}};
    for (const auto* samples : {&tick.pods, &tick.containers}) {
      for (const ObjectSample& sample : *samples) rows.push_back({sample.object, &sample.values});
    }
    block.Append({tick.tick_ms, tick.boot_usec, 0, false}, &rows);
  }
  const uint32_t boot = 0;
  const std::string boot_id = "boot-1";
  return block.Seal(std::span(&boot, 1), std::span(&boot_id, 1));
}

std::map<std::string, std::vector<SumRow>> SumsOf(const SummedStore& store) {
  std::map<std::string, std::vector<SumRow>> sums;
  for (const auto& [group, now] : store.namespace_sums().ReadTick(kStart).groups) {
    std::vector<SumRow>& rows = sums[group->name()];
    rows.resize(kTicks);
    store.namespace_sums().Read(*group, AllSumColumns(), kStart, rows);
  }
  return sums;
}

TEST(SummedBlocksTest, AreThoseOfTheTicks) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const Hour hour(seed);
    const auto one_by_one = NewSummedStore({});
    for (const Tick& tick : hour.ticks()) {
      one_by_one->Append(Report("n", hour.identities(), {tick}), kNow);
    }
    // As after a restart: the newest tick, the blocks, the rest; the blocks in either order.
    const auto in_blocks = NewSummedStore({});
    in_blocks->Append(Report("n", hour.identities(), {hour.ticks().back()}), kNow);
    std::map<int64_t, std::vector<Tick>> by_start;
    for (const Tick& tick : hour.ticks()) by_start[BlockStartMs(tick.tick_ms)].push_back(tick);
    const auto rest = by_start.extract(std::prev(by_start.end()));
    std::vector<std::vector<uint8_t>> blocks;
    for (const auto& [start_ms, ticks] : by_start) blocks.push_back(BlockOf(ticks));
    if (seed % 2 == 0) std::reverse(blocks.begin(), blocks.end());
    for (const std::vector<uint8_t>& block : blocks) {
      NodeReport report = Report("n", {}, {});
      report.blocks.push_back(BlockReader::Check(block).value());
      in_blocks->Append(report, kNow);
    }
    in_blocks->Append(Report("n", {}, rest.mapped()), kNow);
    EXPECT_EQ(SumsOf(*in_blocks), SumsOf(*one_by_one)) << seed;
    EXPECT_EQ(in_blocks->Held("n"), one_by_one->Held("n"));
  }
}

}  // namespace
}  // namespace kubemonitor
