#include "simulator/node_ticks.h"

#include <gtest/gtest.h>

namespace kubemonitor {
namespace {

constexpr int64_t kNowMs = 1'790'000'000'000;

ModelOptions Options(uint32_t churn) {
  ModelOptions out;
  out.nodes = 3;
  out.pods_per_node = 6;
  out.containers_per_pod = 2;
  out.churn_per_minute = churn;
  return out;
}

void ExpectAsTheModelSays(const Model& model, const NodeTicks& ticks) {
  for (uint32_t slot = 0; slot < model.options().pods_per_node; ++slot) {
    const PodRef pod = model.PodAt(ticks.node(), slot, ticks.tick());
    ASSERT_EQ(ticks.pods()[slot], pod);
    for (size_t i = 0; i < kPodSeries.size(); ++i) {
      EXPECT_EQ(ticks.pod_values(i)[slot],
                model.Value(pod, std::nullopt, kPodSeries[i], ticks.tick()));
    }
    for (uint32_t c = 0; c < model.options().containers_per_pod; ++c) {
      for (size_t i = 0; i < kContainerSeries.size(); ++i) {
        EXPECT_EQ(ticks.container_values(i)[slot * 2 + c],
                  model.Value(pod, c, kContainerSeries[i], ticks.tick()))
            << NameOf(kContainerSeries[i]) << " of " << slot << '/' << c << " at " << ticks.tick();
      }
    }
  }
}

TEST(NodeTicks, AreWhatTheModelSaysInAnyOrder) {
  const Model model(Options(9));
  NodeTicks ticks(model);
  const int64_t now = model.TickAt(kNowMs);
  for (const uint32_t node : {2U, 0U}) {
    ticks.SetNode(node);
    for (int64_t tick = now; tick < now + 60; ++tick) {
      ticks.MoveTo(tick);
      ExpectAsTheModelSays(model, ticks);
    }
    ticks.MoveTo(now - 300);
    ExpectAsTheModelSays(model, ticks);
  }
}

uint64_t Get(const SeriesValues& values, Series series) {
  EXPECT_TRUE(values.Has(series)) << NameOf(series);
  return values.Get(series).value_or(0);
}

TEST(NodeTicks, ThePartsOfANodeAddUp) {
  const Model model(Options(9));
  NodeTicks ticks(model);
  ticks.SetNode(1);
  const int64_t now = model.TickAt(kNowMs);
  ticks.MoveTo(now);
  SeriesValues before = ticks.node_values();
  EXPECT_EQ(static_cast<size_t>(std::popcount(before.present_mask())), kNodeSeriesCount);
  uint64_t pod_cpu_before = 0;
  for (int64_t tick = now + 1; tick < now + 200; ++tick) {
    ticks.MoveTo(tick);
    const SeriesValues& node = ticks.node_values();
    const auto delta = [&](Series series) { return Get(node, series) - Get(before, series); };
    // Modes of the CPU: busy ones add up to the usage, all to the time that passed on all cores.
    const uint64_t busy = delta(Series::kNodeCpuUserUsec) + delta(Series::kNodeCpuNiceUsec) +
                          delta(Series::kNodeCpuSystemUsec) + delta(Series::kNodeCpuIrqUsec) +
                          delta(Series::kNodeCpuSoftirqUsec);
    EXPECT_EQ(busy, delta(Series::kCpuUsageUsec));
    EXPECT_EQ(busy + delta(Series::kNodeCpuIdleUsec) + delta(Series::kNodeCpuIowaitUsec),
              ticks.profile().cores * 10'000'000);
    // The ledger, with a small rest.
    const uint64_t parts = delta(Series::kLedgerPodsCpuUsec) +
                           delta(Series::kLedgerServicesCpuUsec) +
                           delta(Series::kLedgerKernelCpuUsec);
    EXPECT_LT(parts, busy);
    EXPECT_GT(parts, busy * 95 / 100);
    const uint64_t used = Get(node, Series::kMemoryCurrentBytes);
    EXPECT_EQ(used + Get(node, Series::kNodeMemoryAvailableBytes), ticks.profile().memory_bytes);
    EXPECT_LT(Get(node, Series::kLedgerPodsMemoryBytes) +
                  Get(node, Series::kLedgerServicesMemoryBytes) +
                  Get(node, Series::kLedgerKernelMemoryBytes),
              used);
    for (size_t number = 0; number < kSeriesEnd; ++number) {
      const auto series = SeriesFromNumber(static_cast<uint32_t>(number));
      if (!series || !node.Has(*series) || TypeOf(*series) != SeriesType::kCounter) continue;
      EXPECT_GE(Get(node, *series), Get(before, *series)) << NameOf(*series);
    }
    // The pods' part is the sum of the pods, where all have been there before.
    uint64_t pod_cpu = 0;
    bool stayed = true;
    for (uint32_t slot = 0; slot < 6; ++slot) {
      const PodRef pod = ticks.pods()[slot];
      stayed = stayed && model.FirstTick(pod) < tick;
      for (uint32_t c = 0; c < 2; ++c) pod_cpu += ticks.container_values(0)[slot * 2 + c];
    }
    if (stayed && tick > now + 1) {
      EXPECT_EQ(pod_cpu - pod_cpu_before, delta(Series::kLedgerPodsCpuUsec)) << tick;
    }
    pod_cpu_before = pod_cpu;
    before = node;
  }
}

TEST(NodeTicks, WorkingSetsAreThePodsMemory) {
  const Model model(Options(0));
  NodeTicks ticks(model);
  ticks.SetNode(0);
  ticks.MoveTo(model.TickAt(kNowMs));
  uint64_t sum = 0;
  for (const uint64_t value : ticks.container_values(6)) sum += value;
  EXPECT_EQ(kContainerSeries[6], Series::kMemoryWorkingSetBytes);
  EXPECT_EQ(Get(ticks.node_values(), Series::kLedgerPodsMemoryBytes), sum);
}

TEST(NodeTicks, DetailsTellCapacityAndLimits) {
  const Model model(Options(0));
  NodeTicks ticks(model);
  ticks.SetNode(0);
  ticks.MoveTo(model.TickAt(kNowMs));
  const NodeDetails details = ticks.Details();
  EXPECT_EQ(details.cpu_capacity_millicores, ticks.profile().cores * 1000);
  EXPECT_EQ(details.memory_capacity_bytes, ticks.profile().memory_bytes);
  ASSERT_EQ(details.disks.size(), 1U);
  EXPECT_EQ(details.disks[0].read_bytes, ticks.node_values().Get(Series::kDiskReadBytes));
  ASSERT_EQ(details.interfaces.size(), 1U);
  EXPECT_TRUE(details.interfaces[0].counted);
  EXPECT_EQ(details.units.size(), 2U);
  EXPECT_EQ(details.processes.size(), 2U);
  int limited = 0;
  for (uint32_t slot = 0; slot < 6; ++slot) {
    const ObjectDetails pod = ticks.PodDetails(slot);
    ASSERT_EQ(pod.interfaces.size(), 1U);
    EXPECT_EQ(pod.interfaces[0].rx_bytes, ticks.pod_values(0)[slot]);
    for (uint32_t c = 0; c < 2; ++c) {
      const ObjectDetails container = ticks.ContainerDetails(slot, c);
      EXPECT_EQ(container.cpu_limit_millicores.has_value(),
                container.memory_limit_bytes.has_value());
      if (!container.memory_limit_bytes) continue;
      ++limited;
      EXPECT_GT(*container.memory_limit_bytes, ticks.container_values(5)[slot * 2 + c]);
    }
  }
  EXPECT_GT(limited, 0);
  EXPECT_LT(limited, 12);
}

}  // namespace
}  // namespace kubemonitor
