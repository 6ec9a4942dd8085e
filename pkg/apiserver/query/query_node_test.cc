#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/query/query_testing.h"

namespace kubemonitor {
namespace {

using testing::ClusterTest;
using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kI;
using testing::kT0;
using ::testing::Optional;
using ::testing::Pair;
using testing::PodIdentity;
using ::testing::SizeIs;
using testing::Steady;
using testing::Values;

class QueryNodeTest : public ClusterTest {
 protected:
  void Customize(NodeReport* report) override {
    if (!with_details_) return;
    const auto n = static_cast<uint64_t>((report->ticks[0].tick_ms - kT0) / kI + 10);
    NodeDetails details;
    details.cpu_capacity_millicores = 4000;
    details.kernel_version = "6.1";
    DeviceUsage disk;
    disk.name = "vda";
    disk.read_bytes = 10'000 * n;
    DeviceUsage fresh;
    fresh.name = "disk" + std::to_string(n);
    fresh.read_bytes = 1;
    details.disks = {disk, fresh};
    InterfaceUsage eth;
    eth.name = "eth0";
    eth.rx_bytes = 20'000 * n;
    details.interfaces = {eth};
    report->ticks[0].node_details = details;
  }
  static SeriesValues NodeValues(int64_t tick) {
    SeriesValues values = Steady(tick, 1000, 8000);
    const auto ms = static_cast<uint64_t>(tick - kT0 + 100'000);
    values.Set(Series::kNodeCpuUserUsec, 600 * ms);
    values.Set(Series::kNodeCpuSystemUsec, 400 * ms);
    values.Set(Series::kNodeCpuIdleUsec, 3000 * ms);
    values.Set(Series::kNodeCpuIowaitUsec, 1'000'000 - ms);  // the kernel lets it fall
    values.Set(Series::kNodeLoad1Milli, 1500);
    values.Set(Series::kNodeLoad5Milli, 500);
    values.Set(Series::kNodeMemoryAvailableBytes, 24'000);
    values.Set(Series::kLedgerPodsCpuUsec, 700 * ms);
    values.Set(Series::kLedgerServicesCpuUsec, 250 * ms);
    values.Set(Series::kLedgerKernelCpuUsec, 100 * ms);  // a little more than there is
    values.Set(Series::kLedgerPodsMemoryBytes, 5000);
    values.Set(Series::kLedgerServicesMemoryBytes, 1000);
    values.Set(Series::kOomKills, tick == kT0 ? 2 : 1);
    return values;
  }
  bool with_details_ = false;
};

TEST_F(QueryNodeTest, UsageFactsAndBreakdown) {
  with_details_ = true;
  for (int64_t tick = kT0 - 3 * kI; tick <= kT0; tick += kI)
    Append("n1", tick, {}, NodeValues(tick));
  store_->SetHealth("n1", {.clock_skew_seconds = 0.5, .clock_refused = false, .conflict = true},
                    kT0);
  auto query = MakeQuery(Window(30));
  const Item node = query->Describe(*query->FindNode("n1"), true);
  EXPECT_EQ(node.kind, ItemKind::kNode);
  EXPECT_EQ(node.sampled_at_ms, kT0);
  EXPECT_EQ(Usage(node, Metric::kCpuMillicores), 1000.0);
  EXPECT_EQ(Usage(node, Metric::kMemoryBytes), 8000.0);
  EXPECT_EQ(node.oom_kills, 1u);
  EXPECT_THAT(Points(node, Metric::kCpuMillicores), ElementsAre(1000.0, 1000.0, 1000.0));

  const NodeFacts& facts = *node.node_facts;
  EXPECT_EQ(facts.details->kernel_version, "6.1");
  EXPECT_TRUE(facts.health.conflict);
  EXPECT_EQ(facts.boot_id, "boot-1");
  EXPECT_EQ(facts.collector_version, "1");
  EXPECT_EQ(facts.interval_ms, kI);
  EXPECT_EQ(facts.load1, 1.5);
  EXPECT_EQ(facts.load5, 0.5);
  EXPECT_EQ(facts.load15, std::nullopt);
  EXPECT_EQ(facts.memory_available_bytes, 24'000.0);
  EXPECT_THAT(facts.cpu_modes_millicores,
              ElementsAre(Pair("idle", 3000.0), Pair("system", 400.0), Pair("user", 600.0)));

  const Breakdown& ledger = *facts.breakdown;
  EXPECT_EQ(ledger.pods.cpu_millicores, 700.0);
  EXPECT_EQ(ledger.system_services.cpu_millicores, 250.0);
  EXPECT_EQ(ledger.kernel_and_other.cpu_millicores, 100.0);
  EXPECT_THAT(ledger.unattributed.cpu_millicores, Optional(DoubleEq(-50.0)));  // signed
  EXPECT_EQ(ledger.pods.memory_bytes, 5000.0);
  EXPECT_EQ(ledger.kernel_and_other.memory_bytes, std::nullopt);
  EXPECT_EQ(ledger.unattributed.memory_bytes, 2000.0);

  ASSERT_THAT(node.disks, SizeIs(2));
  EXPECT_EQ(node.disks[0].read_bytes_per_second, 1000.0);
  EXPECT_EQ(node.disks[0].write_bytes_per_second, std::nullopt);
  EXPECT_EQ(node.disks[1].read_bytes_per_second, std::nullopt);  // not there before
  ASSERT_THAT(node.interfaces, SizeIs(1));
  EXPECT_EQ(node.interfaces[0].rx_bytes_per_second, 2000.0);

  const Item light = query->Describe(*query->FindNode("n1"), false);
  EXPECT_EQ(light.node_facts->breakdown, std::nullopt);
  EXPECT_THAT(light.disks, IsEmpty());
  EXPECT_EQ(query->SortName(*query->FindNode("n1")), "n1");
  EXPECT_EQ(query->SortValue(*query->FindNode("n1"), Metric::kCpuMillicores, SortStatistic::kNow),
            1000.0);
  EXPECT_EQ(query->SortValue(*query->FindNode("n1"), Metric::kCpuMillicores, SortStatistic::kAvg),
            1000.0);
}

TEST_F(QueryNodeTest, TheFirstDetailsHaveNoRates) {
  with_details_ = true;
  Append("n1", kT0, {}, NodeValues(kT0));
  auto query = MakeQuery();
  const Item node = query->Describe(query->Nodes()[0], true);
  ASSERT_THAT(node.disks, SizeIs(2));
  EXPECT_EQ(node.disks[0].read_bytes_per_second, std::nullopt);
  EXPECT_EQ(node.disks[0].total.read_bytes, 100'000u);
  EXPECT_EQ(Usage(node, Metric::kCpuMillicores), std::nullopt);
  EXPECT_EQ(node.node_facts->breakdown->unattributed.cpu_millicores, std::nullopt);
  EXPECT_EQ(node.node_facts->breakdown->unattributed.memory_bytes, 2000.0);
}

TEST_F(QueryNodeTest, WithoutANodeSampleItsUsageIsNull) {
  for (int64_t tick = kT0 - kI; tick <= kT0; tick += kI) {
    Append("n1", tick, {{PodIdentity(1, "u1", "shop", "a"), Steady(tick, 10, 100)}});
  }
  auto query = MakeQuery();
  const Item node = query->Describe(query->Nodes()[0], true);
  EXPECT_EQ(Usage(node, Metric::kCpuMillicores), std::nullopt);
  EXPECT_EQ(Usage(node, Metric::kMemoryBytes), std::nullopt);
  EXPECT_EQ(node.node_facts->breakdown, std::nullopt);
  EXPECT_EQ(node.node_facts->details, nullptr);
  EXPECT_EQ(node.oom_kills, std::nullopt);
  EXPECT_FALSE(node.stale);
}

TEST_F(QueryNodeTest, ANodeWhoseClockIsRefusedIsShown) {
  store_->SetHealth("odd", {.clock_skew_seconds = 900.0, .clock_refused = true}, kT0);
  auto query = MakeQuery(Window(60));
  ASSERT_THAT(query->Nodes(), SizeIs(1));
  const Item node = query->Describe(query->Nodes()[0], true);
  EXPECT_EQ(node.name, "odd");
  EXPECT_TRUE(node.stale);
  EXPECT_EQ(node.sampled_at_ms, std::nullopt);
  EXPECT_EQ(node.age_seconds, std::nullopt);
  EXPECT_EQ(node.node_facts->health.clock_skew_seconds, 900.0);
  EXPECT_EQ(query->SortValue(query->Nodes()[0], Metric::kCpuMillicores, SortStatistic::kNow),
            std::nullopt);
}

TEST_F(QueryNodeTest, RebootMakesNoSpike) {
  for (int64_t n = 0; n < 4; ++n) {
    const int64_t tick = kT0 - (3 - n) * kI;
    NodeReport report = testing::Report("n1", {}, {testing::TickAt(tick)});
    report.boot_id = n < 2 ? "a" : "b";
    report.ticks[0].boot_usec = n < 2 ? 900'000'000u + static_cast<uint64_t>(n) * 10'000'000
                                      : 20'000'000u * static_cast<uint64_t>(n);
    // After the boot the counter stands higher than before.
    const uint64_t usage[] = {1'000'000, 2'000'000, 50'000'000, 54'000'000};
    report.ticks[0].node = Values({{Series::kCpuUsageUsec, usage[n]}});
    store_->Append(report, tick);
  }
  auto query = MakeQuery(Window(40));
  EXPECT_THAT(Points(query->Describe(query->Nodes()[0], false), Metric::kCpuMillicores),
              ElementsAre(std::nullopt, 100.0, std::nullopt, 200.0));
}

}  // namespace
}  // namespace kubemonitor
