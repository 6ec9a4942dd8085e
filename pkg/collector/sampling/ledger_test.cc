#include "collector/sampling/ledger.h"

#include <gtest/gtest.h>

namespace kubemonitor {
namespace {

using Value = std::optional<uint64_t>;

TEST(CounterDeltas, Table) {
  CounterDeltas deltas;
  deltas.BeginTick();
  EXPECT_EQ(deltas.Take(1, 100, std::nullopt), Value()) << "first sight";
  EXPECT_EQ(deltas.Take(2, std::nullopt, std::nullopt), Value());
  deltas.EndTick();
  deltas.BeginTick();
  EXPECT_EQ(deltas.Take(1, 130, std::nullopt), 30u);
  EXPECT_EQ(deltas.Take(1, 130, std::nullopt), 30u) << "asked twice in a tick";
  EXPECT_EQ(deltas.Take(3, 50, 60), 50u) << "born since the last tick";
  EXPECT_EQ(deltas.Take(4, 500, 60), Value()) << "too much to be new";
  deltas.EndTick();
  deltas.BeginTick();
  EXPECT_EQ(deltas.Take(1, 20, std::nullopt), Value()) << "went back";
  EXPECT_EQ(deltas.Take(3, std::nullopt, std::nullopt), Value()) << "not read";
  deltas.EndTick();
  deltas.BeginTick();
  EXPECT_EQ(deltas.Take(1, 25, std::nullopt), 5u);
  EXPECT_EQ(deltas.Take(3, 80, std::nullopt), 30u) << "over both ticks";
  deltas.EndTick();
}

TEST(CounterDeltas, ForgetsWhatEnded) {
  CounterDeltas deltas;
  deltas.BeginTick();
  deltas.Take(1, 100, std::nullopt);
  deltas.EndTick();
  for (int i = 0; i < 20; ++i) {
    deltas.BeginTick();
    deltas.EndTick();
  }
  deltas.BeginTick();
  EXPECT_EQ(deltas.Take(1, 130, std::nullopt), Value());
}

TEST(OwingCounter, NeverFallsAndOwes) {
  OwingCounter counter;
  counter.Add(10);
  counter.Add(-4);
  EXPECT_EQ(counter.value(), 10u);
  counter.Add(3);
  EXPECT_EQ(counter.value(), 10u) << "1 is owed still";
  counter.Add(5);
  EXPECT_EQ(counter.value(), 14u);
  // What no skew explains is not waited for for ever.
  counter.Add(-1'000'000'000'000);
  counter.Add(10'000'001);
  EXPECT_EQ(counter.value(), 15u);
}

LedgerEntry Cpu(bool top, bool pods, Value delta) {
  return {.top_level = top,
          .pods = pods,
          .has_cpu = true,
          .cpu_delta_usec = delta,
          .memory_bytes = std::nullopt,
          .kernel_memory_bytes = std::nullopt};
}

void ExpectCpu(const SeriesValues& node, Value pods, Value services, Value kernel) {
  EXPECT_EQ(node.Get(Series::kLedgerPodsCpuUsec), pods);
  EXPECT_EQ(node.Get(Series::kLedgerServicesCpuUsec), services);
  EXPECT_EQ(node.Get(Series::kLedgerKernelCpuUsec), kernel);
}

TEST(Ledger, PartsOfCpu) {
  Ledger ledger;
  SeriesValues node;
  ledger.Update({Cpu(true, true, {}), Cpu(true, false, {})}, 5000, {}, {}, node);
  ExpectCpu(node, 0, 0, 0);
  // kubepods 100; system.slice 60, 20 of it a container below containerd.service; the root 200.
  ledger.Update({Cpu(true, true, 100), Cpu(true, false, 60), Cpu(false, true, 20)}, 5200, 200, {},
                node);
  ExpectCpu(node, 120, 40, 40);
  // The container ended: nothing is taken back.
  ledger.Update({Cpu(true, true, 10), Cpu(true, false, 5)}, 5220, 20, {}, node);
  ExpectCpu(node, 130, 45, 45);
  // The pods were read a little later than the root.
  ledger.Update({Cpu(true, true, 30), Cpu(true, false, 0)}, 5245, 25, {}, node);
  ExpectCpu(node, 160, 45, 45);
  ledger.Update({Cpu(true, true, 0), Cpu(true, false, 0)}, 5255, 10, {}, node);
  ExpectCpu(node, 160, 45, 50);
}

TEST(Ledger, ARootThatCannotBeReadForATick) {
  Ledger ledger;
  SeriesValues node;
  ledger.Update({Cpu(true, true, 0)}, 100, 0, {}, node);
  SeriesValues without;
  ledger.Update({Cpu(true, true, 30)}, {}, {}, {}, without);
  ExpectCpu(without, 30, 0, {});
  ledger.Update({Cpu(true, true, 30)}, 200, 100, {}, node);
  ExpectCpu(node, 60, 0, 40);
}

TEST(Ledger, NothingKnownIsAbsent) {
  Ledger ledger;
  SeriesValues node;
  ledger.Update({}, {}, {}, {}, node);
  EXPECT_TRUE(node.empty());
  LedgerEntry bare;
  bare.top_level = true;
  ledger.Update({bare}, {}, {}, 1000, node);
  EXPECT_TRUE(node.empty());
}

TEST(Ledger, PartsOfMemory) {
  Ledger ledger;
  SeriesValues node;
  LedgerEntry pods{.top_level = true,
                   .pods = true,
                   .has_cpu = false,
                   .cpu_delta_usec = {},
                   .memory_bytes = 1000,
                   .kernel_memory_bytes = 50};
  LedgerEntry system{.top_level = true,
                     .pods = false,
                     .has_cpu = false,
                     .cpu_delta_usec = {},
                     .memory_bytes = 600,
                     .kernel_memory_bytes = 30};
  LedgerEntry stray{.top_level = false,
                    .pods = true,
                    .has_cpu = false,
                    .cpu_delta_usec = {},
                    .memory_bytes = 200,
                    .kernel_memory_bytes = 10};
  ledger.Update({pods, system, stray}, {}, {}, 400, node);
  EXPECT_EQ(node.Get(Series::kLedgerPodsMemoryBytes), 1200u);
  EXPECT_EQ(node.Get(Series::kLedgerServicesMemoryBytes), 400u);
  EXPECT_EQ(node.Get(Series::kLedgerKernelMemoryBytes), 320u);
  ledger.Update({pods}, {}, {}, 20, node);
  EXPECT_EQ(node.Get(Series::kLedgerServicesMemoryBytes), 0u);
  EXPECT_EQ(node.Get(Series::kLedgerKernelMemoryBytes), 0u) << "not below 0";
}

TEST(Ledger, MemoryOfACgroup) {
  MemoryStat stat;
  stat.active_file = 100;
  stat.inactive_file = 50;
  EXPECT_EQ(LedgerMemory(1000, stat), 850u) << "slab_reclaimable is not there on old kernels";
  stat.slab_reclaimable = 30;
  EXPECT_EQ(LedgerMemory(1000, stat), 820u);
  EXPECT_EQ(LedgerMemory(120, stat), 0u);
  EXPECT_EQ(LedgerMemory(std::nullopt, stat), Value());
  EXPECT_EQ(LedgerMemory(1000, MemoryStat()), Value());
  stat.kernel = 20;
  EXPECT_EQ(LedgerKernelMemory(stat), 0u);
  stat.kernel = 45;
  EXPECT_EQ(LedgerKernelMemory(stat), 15u);
}

}  // namespace
}  // namespace kubemonitor
