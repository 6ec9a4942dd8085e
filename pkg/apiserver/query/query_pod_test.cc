#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/query/query_testing.h"

namespace kubemonitor {
namespace {

using testing::ClusterTest;
using testing::ContainerIdentity;
using ::testing::DoubleEq;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using testing::kI;
using testing::kT0;
using ::testing::Optional;
using testing::PodIdentity;
using ::testing::SizeIs;
using testing::Steady;
using testing::SteadyNetwork;
using testing::Values;

class QueryPodTest : public ClusterTest {
 protected:
  const Identity pod_ = PodIdentity(1, "uid-1", "shop", "cart");
  const Identity main_ = ContainerIdentity(2, 1, "c-1", "main");
  const Identity side_ = ContainerIdentity(3, 1, "c-2", "side");
};

TEST_F(QueryPodTest, ItsOwnCgroupWhereThatIsPopulated) {
  for (int64_t tick = kT0 - 5 * kI; tick <= kT0; tick += kI) {
    Append("n1", tick,
           {{pod_, SteadyNetwork(tick, 100, 7000, 50)},
            {main_, Steady(tick, 60, 4000)},
            {side_, Steady(tick, 20, 1000)}});
  }
  auto query = MakeQuery();
  EXPECT_EQ(query->tick_ms(), kT0);
  EXPECT_EQ(query->axis(), nullptr);
  const Item item = DescribePod(*query, "shop", "cart");
  EXPECT_EQ(item.kind, ItemKind::kPod);
  EXPECT_EQ(item.node, "n1");
  EXPECT_EQ(item.uid, "uid-1");
  EXPECT_EQ(item.sampled_at_ms, kT0);
  EXPECT_EQ(item.age_seconds, 1.0);
  EXPECT_FALSE(item.stale);
  EXPECT_FALSE(item.terminated);
  EXPECT_EQ(Usage(item, Metric::kCpuMillicores), 100.0);
  EXPECT_EQ(Usage(item, Metric::kMemoryBytes), 7000.0);
  EXPECT_EQ(Usage(item, Metric::kNetworkRxBytesPerSecond), 50.0);
  EXPECT_EQ(Usage(item, Metric::kNetworkRxBytes), 50.0 * 3600);
  EXPECT_EQ(Usage(item, Metric::kMemoryWorkingSetBytes), std::nullopt);
  EXPECT_EQ(Usage(item, Metric::kThrottledPercent), std::nullopt);
  EXPECT_THAT(item.series, IsEmpty());
  ASSERT_THAT(item.containers, SizeIs(2));
  EXPECT_EQ(item.containers[0].name, "main");
  EXPECT_EQ(item.containers[0].container_id, "c-1");
  EXPECT_EQ(item.containers[0].container_type, ContainerType::kApp);
  EXPECT_EQ(Usage(item.containers[0], Metric::kCpuMillicores), 60.0);
  EXPECT_EQ(Usage(item.containers[0], Metric::kNetworkRxBytesPerSecond), std::nullopt);
  EXPECT_THAT(query->Describe(*query->FindPod("shop", "cart", "uid-1"), false).containers,
              IsEmpty());
}

TEST_F(QueryPodTest, TheSumOfItsContainersElse) {
  Identity sandbox = ContainerIdentity(4, 1, "c-0", "");
  sandbox.container_type = ContainerType::kSandbox;
  for (int64_t tick = kT0 - 3 * kI; tick <= kT0; tick += kI) {
    SeriesValues side = Steady(tick, 20, 1000);
    side.Set(Series::kPids, 3);
    Append("n1", tick,
           {{pod_, Values({{Series::kNetworkRxBytes, static_cast<uint64_t>(tick - kT0 + 60'000)}})},
            {main_, Steady(tick, 60, 4000)},
            {side_, side},
            {sandbox, Steady(tick, 1, 500)}});
  }
  const Item item = DescribePod(*MakeQuery(), "shop", "cart");
  EXPECT_THAT(Usage(item, Metric::kCpuMillicores), Optional(DoubleEq(81.0)));
  EXPECT_EQ(Usage(item, Metric::kMemoryBytes), 5500.0);
  EXPECT_EQ(Usage(item, Metric::kProcessCount), 3.0);
  EXPECT_EQ(Usage(item, Metric::kNetworkRxBytesPerSecond), 1000.0);  // the pod's alone
  EXPECT_EQ(Usage(item, Metric::kCpuSomePercent), std::nullopt);
  EXPECT_THAT(item.containers, SizeIs(2));  // the sandbox is none
}

TEST_F(QueryPodTest, WhatItsOwnCgroupLacksComesFromTheContainers) {
  for (int64_t tick = kT0 - kI; tick <= kT0; tick += kI) {
    SeriesValues main = Steady(tick, 60, 4000);
    main.Set(Series::kDiskReadBytes, static_cast<uint64_t>(tick - kT0 + 60'000));
    main.Set(Series::kPsiCpuSomeUsec, static_cast<uint64_t>(tick - kT0 + 60'000));
    Append("n1", tick, {{pod_, Steady(tick, 100, 7000)}, {main_, main}});
  }
  const Item item = DescribePod(*MakeQuery(), "shop", "cart");
  EXPECT_EQ(Usage(item, Metric::kCpuMillicores), 100.0);
  EXPECT_EQ(Usage(item, Metric::kDiskReadBytesPerSecond), 1000.0);
  EXPECT_EQ(Usage(item, Metric::kCpuSomePercent), std::nullopt);
  ASSERT_THAT(item.containers, SizeIs(1));
  EXPECT_EQ(Usage(item.containers[0], Metric::kCpuSomePercent), 0.1);
}

TEST_F(QueryPodTest, TheSwitchBetweenTheTwoMakesNoSpike) {
  // The pod's own cgroup is seen from the third tick on; its first value makes no rate, and none is
  // borrowed.
  for (int64_t n = 0; n < 5; ++n) {
    const int64_t tick = kT0 - (4 - n) * kI;
    Append("n1", tick,
           {{pod_, n < 2 ? SeriesValues() : Steady(tick, 100, 7000)},
            {main_, Steady(tick, 60, 4000)}});
  }
  const Item item = DescribePod(*MakeQuery(Window(50)), "shop", "cart");
  EXPECT_THAT(Points(item, Metric::kCpuMillicores),
              ElementsAre(std::nullopt, 60.0, std::nullopt, 100.0, 100.0));
  EXPECT_THAT(Points(item, Metric::kMemoryBytes),
              ElementsAre(4000.0, 4000.0, 7000.0, 7000.0, 7000.0));
}

TEST_F(QueryPodTest, HostNetworkPodsCarryNoNetwork) {
  Identity host = pod_;
  host.host_network = true;
  for (int64_t tick = kT0 - kI; tick <= kT0; tick += kI) {
    Append("n1", tick, {{host, SteadyNetwork(tick, 100, 7000, 50)}});
  }
  auto query = MakeQuery(Window(20));
  const Item item = DescribePod(*query, "shop", "cart");
  EXPECT_TRUE(item.host_network);
  EXPECT_EQ(Usage(item, Metric::kNetworkRxBytesPerSecond), std::nullopt);
  EXPECT_EQ(Usage(item, Metric::kNetworkRxBytes), std::nullopt);
  EXPECT_THAT(Points(item, Metric::kNetworkRxBytesPerSecond), Each(Eq(std::nullopt)));
  EXPECT_EQ(Usage(DescribeNamespace(*query, "shop"), Metric::kNetworkRxBytesPerSecond),
            std::nullopt);
}

TEST_F(QueryPodTest, ThrottlingIsThePodsOwnWithAQuotaElseItsContainers) {
  auto throttled = [](SeriesValues values, uint64_t periods, uint64_t count, uint64_t usec) {
    values.Set(Series::kCpuPeriods, periods);
    values.Set(Series::kCpuThrottledPeriods, count);
    values.Set(Series::kCpuThrottledUsec, usec);
    return values;
  };
  const Identity other = PodIdentity(5, "uid-5", "shop", "quota");
  const Identity none = PodIdentity(6, "uid-6", "shop", "free");
  for (uint64_t n = 0; n < 2; ++n) {
    const int64_t tick = kT0 - kI + static_cast<int64_t>(n) * kI;
    const SeriesValues some = Steady(tick, 10, 10);
    Append("n1", tick,
           {{pod_, throttled(some, 0, 0, 0)},
            {main_, throttled(some, 100 * n, 50 * n, 2'000'000 * n)},
            {side_, throttled(some, 100 * n, 0, 0)},
            {other, throttled(some, 10 + 100 * n, 20 * n, 1'000'000 * n)},
            {none, throttled(some, 0, 0, 0)}});
  }
  auto query = MakeQuery();
  const Item combined = DescribePod(*query, "shop", "cart");
  EXPECT_EQ(Usage(combined, Metric::kThrottledPercent), 25.0);
  EXPECT_EQ(Usage(combined, Metric::kThrottledMillicores), 200.0);
  EXPECT_EQ(query->SortValue(*query->FindPod("shop", "cart", {}), Metric::kThrottledMillicores,
                             SortStatistic::kNow),
            200.0);
  const Item own = DescribePod(*query, "shop", "quota");
  EXPECT_EQ(Usage(own, Metric::kThrottledPercent), 20.0);
  EXPECT_EQ(Usage(own, Metric::kThrottledMillicores), 100.0);
  EXPECT_EQ(Usage(DescribePod(*query, "shop", "free"), Metric::kThrottledPercent), std::nullopt);
  const Item shop = DescribeNamespace(*query, "shop");
  EXPECT_NEAR(*Usage(shop, Metric::kThrottledPercent), 100.0 * 70 / 300, 1e-9);
  EXPECT_EQ(Usage(shop, Metric::kThrottledMillicores), 300.0);
}

TEST_F(QueryPodTest, ARestartedContainerIsOneItemWithoutSpikes) {
  Identity second = ContainerIdentity(3, 1, "c-9", "main");
  second.started_at_ms = kT0 - 2 * kI - 5000;
  second.restart_count = 1;
  Identity first = main_;
  first.started_at_ms = kT0 - 500'000;
  first.restart_count = 0;
  auto used = [](uint64_t usec, uint64_t memory) {
    return Values({{Series::kCpuUsageUsec, usec},
                   {Series::kMemoryCurrentBytes, memory},
                   {Series::kDiskReadBytes, usec}});
  };
  Append("n1", kT0 - 5 * kI, {{pod_, {}}, {first, used(50'000'000, 100)}});
  Append("n1", kT0 - 4 * kI, {{pod_, {}}, {first, used(51'000'000, 110)}});
  Append("n1", kT0 - 3 * kI, {{pod_, {}}, {first, used(52'000'000, 120)}});
  Append("n1", kT0 - 2 * kI, {{pod_, {}}, {second, used(10'000, 5)}});
  Append("n1", kT0 - kI, {{pod_, {}}, {second, used(510'000, 6)}});
  Append("n1", kT0, {{pod_, {}}, {second, used(1'510'000, 7)}});
  const Item item = DescribePod(*MakeQuery(Window(60)), "shop", "cart");
  ASSERT_THAT(item.containers, SizeIs(1));
  const Item& main = item.containers[0];
  EXPECT_THAT(Points(main, Metric::kCpuMillicores),
              ElementsAre(std::nullopt, 100.0, 100.0, std::nullopt, 50.0, 100.0));
  EXPECT_THAT(Points(main, Metric::kMemoryBytes), ElementsAre(100.0, 110.0, 120.0, 5.0, 6.0, 7.0));
  EXPECT_EQ(main.container_id, "c-9");
  EXPECT_EQ(main.restart_count, 1u);
  EXPECT_EQ(main.started_at_ms, second.started_at_ms);
  EXPECT_EQ(Usage(main, Metric::kDiskReadBytes), 1'510'000.0);
  EXPECT_EQ(item.restart_count, 1u);
  EXPECT_THAT(Points(item, Metric::kCpuMillicores),
              ElementsAre(std::nullopt, 100.0, 100.0, std::nullopt, 50.0, 100.0));
  EXPECT_EQ(SeriesOf(main, Metric::kCpuMillicores)->statistics.min, 50.0);
  EXPECT_EQ(item.started_at_ms, first.started_at_ms);  // the oldest container's
}

TEST_F(QueryPodTest, OverlappingIdsOfANameAddTheirRatesAndTheNewestSpeaksForGauges) {
  Identity second = ContainerIdentity(3, 1, "c-9", "main");
  for (int64_t tick = kT0 - kI; tick <= kT0; tick += kI) {
    Append("n1", tick, {{pod_, {}}, {main_, Steady(tick, 60, 400)}, {second, Steady(tick, 30, 9)}});
  }
  const Item item = DescribePod(*MakeQuery(), "shop", "cart");
  ASSERT_THAT(item.containers, SizeIs(1));
  EXPECT_THAT(Usage(item.containers[0], Metric::kCpuMillicores), Optional(DoubleEq(90)));
  EXPECT_EQ(Usage(item.containers[0], Metric::kMemoryBytes), 9.0);
}

TEST_F(QueryPodTest, ContainersThatEnded) {
  Identity init = ContainerIdentity(5, 1, "c-5", "setup");
  init.container_type = ContainerType::kInit;
  Identity nameless = ContainerIdentity(6, 1, "c-6", "");
  Append("n1", kT0 - kI,
         {{pod_, Steady(kT0 - kI, 1, 1)},
          {init, Steady(kT0 - kI, 1, 1)},
          {main_, Steady(kT0 - kI, 5, 50)},
          {nameless, Steady(kT0 - kI, 1, 1)}});
  Append("n1", kT0, {{pod_, Steady(kT0, 1, 1)}, {nameless, Steady(kT0, 1, 1)}});
  Item item = DescribePod(*MakeQuery(), "shop", "cart");
  ASSERT_THAT(item.containers, SizeIs(2));  // main will come back, setup will not
  EXPECT_EQ(item.containers[0].name, "c-6");
  EXPECT_FALSE(item.containers[0].terminated);
  EXPECT_EQ(item.containers[1].name, "main");
  EXPECT_TRUE(item.containers[1].terminated);
  EXPECT_EQ(Usage(item.containers[1], Metric::kMemoryBytes), 50.0);
  EXPECT_EQ(item.containers[1].sampled_at_ms, kT0 - kI);
  QueryOptions options;
  options.include_terminated = true;
  item = DescribePod(*MakeQuery(options), "shop", "cart");
  EXPECT_THAT(item.containers, SizeIs(3));
}

TEST_F(QueryPodTest, EndedPodsAreHistory) {
  const Identity other = PodIdentity(9, "uid-9", "shop", "till");
  for (int64_t tick = kT0 - 4 * kI; tick <= kT0; tick += kI) {
    std::vector<testing::Sampled> objects = {{other, Steady(tick, 10, 10)}};
    if (tick <= kT0 - 2 * kI) objects.push_back({pod_, Steady(tick, 100, 7000)});
    if (tick <= kT0 - 2 * kI) objects.push_back({main_, Steady(tick, 90, 6000)});
    Append("n1", tick, objects);
  }
  QueryOptions options = Window(50);
  auto query = MakeQuery(options);
  EXPECT_THAT(Names(*query, query->Pods({})), ElementsAre("till"));
  options.include_terminated = true;
  query = MakeQuery(options);
  EXPECT_THAT(query->Pods({}), SizeIs(2));
  const Item item = DescribePod(*query, "shop", "cart");
  EXPECT_TRUE(item.terminated);
  EXPECT_FALSE(item.stale);
  EXPECT_EQ(item.sampled_at_ms, kT0 - 2 * kI);
  EXPECT_EQ(Usage(item, Metric::kCpuMillicores), 100.0);  // as last measured
  EXPECT_THAT(Points(item, Metric::kCpuMillicores),
              ElementsAre(std::nullopt, 100.0, 100.0, std::nullopt, std::nullopt));
  EXPECT_EQ(SeriesOf(item, Metric::kCpuMillicores)->statistics.last, 100.0);
  ASSERT_THAT(item.containers, SizeIs(1));
  EXPECT_EQ(Usage(item.containers[0], Metric::kCpuMillicores), 90.0);
  // At a tick of the past it lived.
  options.include_terminated = false;
  options.end_seconds = (kT0 - 2 * kI) / 1000 + 3;
  query = MakeQuery(options);
  EXPECT_EQ(query->tick_ms(), kT0 - 2 * kI);
  EXPECT_THAT(query->Pods({}), SizeIs(2));
  EXPECT_FALSE(DescribePod(*query, "shop", "cart").terminated);
}

TEST_F(QueryPodTest, PodsThatCameAfterTDoNotExist) {
  const Identity late = PodIdentity(9, "uid-9", "shop", "late");
  const Identity its_container = ContainerIdentity(10, 9, "c-9", "main");
  for (int64_t tick = kT0 - 4 * kI; tick <= kT0; tick += kI) {
    std::vector<testing::Sampled> objects = {{pod_, Steady(tick, 10, 10)}};
    if (tick == kT0) objects.push_back({late, Steady(tick, 1, 1)});
    if (tick == kT0) objects.push_back({its_container, Steady(tick, 1, 1)});
    Append("n1", tick, objects);
  }
  QueryOptions options;
  options.end_seconds = kT0 / 1000 - 10;
  auto query = MakeQuery(options);
  EXPECT_THAT(Names(*query, query->Pods({})), ElementsAre("cart"));
  EXPECT_EQ(query->FindPod("shop", "late", {}), std::nullopt);
  options.end_seconds = kT0 / 1000 - 600;  // before everything
  query = MakeQuery(options);
  EXPECT_THAT(query->Pods({}), IsEmpty());
  EXPECT_THAT(query->Nodes(), IsEmpty());
}

TEST_F(QueryPodTest, APodThatMissedThePastTickShowsItsNewestBefore) {
  for (int64_t tick = kT0 - 3 * kI; tick <= kT0; tick += kI) {
    if (tick == kT0 - kI) {
      Append("n1", tick, {}, testing::Values({{Series::kPids, 1}}));
    } else {
      Append("n1", tick, {{pod_, Steady(tick, 10, 10)}});
    }
  }
  QueryOptions options;
  options.end_seconds = kT0 / 1000 - 10;
  const Item item = DescribePod(*MakeQuery(options), "shop", "cart");
  EXPECT_FALSE(item.terminated);
  EXPECT_EQ(item.sampled_at_ms, kT0 - 2 * kI);
  EXPECT_EQ(Usage(item, Metric::kCpuMillicores), 10.0);
}

TEST_F(QueryPodTest, OfOneNameTheOneStartedLastAnswers) {
  Identity old_pod = PodIdentity(1, "uid-old", "shop", "cart-0");
  Identity new_pod = PodIdentity(2, "uid-new", "shop", "cart-0");
  old_pod.started_at_ms = kT0 - 5000;
  new_pod.started_at_ms = kT0 - 9000;
  for (int64_t tick = kT0 - kI; tick <= kT0; tick += kI) {
    Append("n1", tick, {{old_pod, Steady(tick, 1, 1)}, {new_pod, Steady(tick, 2, 2)}});
  }
  auto query = MakeQuery();
  EXPECT_EQ(DescribePod(*query, "shop", "cart-0").uid, "uid-old");
  EXPECT_EQ(query->Describe(*query->FindPod("shop", "cart-0", "uid-new"), false).uid, "uid-new");
  EXPECT_EQ(query->FindPod("shop", "cart-0", "uid-none"), std::nullopt);
  EXPECT_EQ(query->FindPod("shop", "none", {}), std::nullopt);
  EXPECT_EQ(query->FindPod("none", "cart-0", {}), std::nullopt);
}

TEST_F(QueryPodTest, LabelsOwnerLimitsAndDevices) {
  Identity pod = PodIdentity(1, "uid-1", "shop", "web-5d4f8c7b9-x2x4z");
  pod.labels = {{"pod-template-hash", "5d4f8c7b9"}, {"app", "web"}};
  pod.qos_class = QosClass::kBurstable;
  pod.started_at_ms = kT0 - 100'000;
  for (uint64_t n = 0; n < 2; ++n) {
    const int64_t tick_ms = kT0 - kI + static_cast<int64_t>(n) * kI;
    NodeReport report = testing::Report("n1", {pod, main_, side_}, {testing::TickAt(tick_ms)});
    Tick& tick = report.ticks[0];
    tick.pods.push_back({1, Steady(tick_ms, 10, 10)});
    tick.containers.push_back({2, Steady(tick_ms, 5, 5)});
    tick.containers.push_back({3, Steady(tick_ms, 5, 5)});
    ObjectDetails details;
    details.object = 1;
    details.cpu_limit_millicores = 500;
    details.memory_limit_bytes = 1000;
    details.oom_events = 3;
    InterfaceUsage eth;
    eth.name = "eth0";
    eth.rx_bytes = 1000 + 5000 * n;
    eth.tx_bytes = 7;
    details.interfaces = {eth};
    ObjectDetails container;
    DeviceUsage disk;
    disk.name = "sda";
    disk.read_bytes = 1000 + 10'000 * n;
    disk.write_bytes = 2000 - 1000 * n;  // went back
    container.disks = {disk};
    container.object = 2;
    ObjectDetails second = container;
    second.object = 3;
    second.disks[0].read_operations = 5;
    second.disks.push_back({"sdb", 1, 1, 1, 1});
    tick.object_details = {details, container, second};
    store_->Append(report, tick_ms);
  }
  auto query = MakeQuery();
  const Item item = DescribePod(*query, "shop", "web-5d4f8c7b9-x2x4z");
  EXPECT_EQ(item.labels, KubeLabels(pod.labels.begin(), pod.labels.end()));
  EXPECT_EQ(item.qos_class, QosClass::kBurstable);
  EXPECT_EQ(item.started_at_ms, pod.started_at_ms);
  ASSERT_TRUE(item.owner.has_value());
  EXPECT_EQ(item.owner->kind, "Deployment");
  EXPECT_EQ(item.owner->name, "web");
  EXPECT_TRUE(item.owner->inferred);
  EXPECT_EQ(item.limits.cpu_millicores, 500.0);
  EXPECT_EQ(item.limits.memory_bytes, 1000.0);
  EXPECT_EQ(item.oom_events, 3u);
  ASSERT_THAT(item.interfaces, SizeIs(1));
  EXPECT_EQ(item.interfaces[0].total.rx_bytes, 6000u);
  EXPECT_EQ(item.interfaces[0].rx_bytes_per_second, 500.0);
  EXPECT_EQ(item.interfaces[0].tx_bytes_per_second, 0.0);
  ASSERT_THAT(item.disks, SizeIs(2));  // its containers', as it has none of its own
  EXPECT_EQ(item.disks[0].total.name, "sda");
  EXPECT_EQ(item.disks[0].total.read_bytes, 22'000u);
  EXPECT_EQ(item.disks[0].total.read_operations, 5u);
  EXPECT_EQ(item.disks[0].read_bytes_per_second, 2000.0);
  EXPECT_EQ(item.disks[0].write_bytes_per_second, std::nullopt);
  // They are the newest tick's alone.
  Append("n1", kT0 + kI, {{PodIdentity(9, "uid-9", "shop", "other"), Steady(kT0 + kI, 10, 10)}});
  query = MakeQuery({}, kT0 + kI + 1000);
  const Item ended = DescribePod(*query, "shop", "web-5d4f8c7b9-x2x4z");
  EXPECT_TRUE(ended.terminated);
  EXPECT_EQ(ended.limits.cpu_millicores, std::nullopt);
  EXPECT_EQ(ended.oom_events, std::nullopt);
  EXPECT_THAT(ended.interfaces, IsEmpty());
  EXPECT_THAT(ended.disks, IsEmpty());
}

TEST_F(QueryPodTest, PodsAreFoundByWhatTheyBelongTo) {
  Identity pod = PodIdentity(1, "uid-1", "shop", "web-5d4f8c7b9-x2x4z");
  pod.labels = {{"pod-template-hash", "5d4f8c7b9"}};
  Append("n1", kT0, {{pod, Steady(kT0, 10, 10)}});
  auto query = MakeQuery();
  const WorkloadName web{"Deployment", "shop", "web"}, cart{"Deployment", "shop", "cart"};
  EXPECT_THAT(query->Pods({"shop", "n1", web}), SizeIs(1));
  EXPECT_THAT(query->Pods({"shop", std::nullopt, cart}), IsEmpty());
  EXPECT_THAT(query->Pods({"else", std::nullopt}), IsEmpty());
  EXPECT_THAT(query->Pods({std::nullopt, "n2"}), IsEmpty());
}

TEST_F(QueryPodTest, PodsOfTheSimpleFormMayBeReportedOneAfterTheOther) {
  auto append = [&](const Identity& pod, int64_t tick_ms) {
    NodeReport report = testing::Report("n1", {pod}, {testing::TickAt(tick_ms)});
    report.boot_id.clear();
    report.instance_id = kSimpleInstance;
    report.ticks[0].pods.push_back({1, Steady(tick_ms, 1, 10)});
    EXPECT_EQ(store_->Append(report, tick_ms).accepted_ticks, 1u);
  };
  const Identity other = PodIdentity(1, "uid-2", "shop", "till");
  append(pod_, kT0 - 2 * kI);
  append(other, kT0);
  auto query = MakeQuery();
  EXPECT_THAT(Names(*query, query->Pods({})), ElementsAre("cart", "till"));
  EXPECT_EQ(DescribePod(*query, "shop", "cart").sampled_at_ms, kT0 - 2 * kI);
  EXPECT_EQ(Usage(DescribeNamespace(*query, "shop"), Metric::kMemoryBytes), 20.0);
  append(other, kT0 + kI);
  query = MakeQuery({}, kT0 + kI + 1000);
  EXPECT_THAT(Names(*query, query->Pods({})), ElementsAre("till"));
}

TEST_F(QueryPodTest, PodsNobodyCanName) {
  const Identity unnamed = PodIdentity(1, "uid-1", "", "");
  const Identity lost = ContainerIdentity(2, 0, "c-2", "");
  Identity lost_sandbox = ContainerIdentity(3, 0, "c-3", "");
  lost_sandbox.container_type = ContainerType::kSandbox;
  for (int64_t tick = kT0 - kI; tick <= kT0; tick += kI) {
    Append("n1", tick,
           {{unnamed, Steady(tick, 1, 1)},
            {lost, Steady(tick, 2, 2)},
            {lost_sandbox, Steady(tick, 3, 3)}});
  }
  auto query = MakeQuery();
  EXPECT_THAT(Names(*query, query->Pods({})), ElementsAre("uid-1", "c-2"));
  const Item item = DescribePod(*query, "", "c-2");
  EXPECT_EQ(Usage(item, Metric::kCpuMillicores), 2.0);
  EXPECT_THAT(item.containers, SizeIs(1));
  EXPECT_THAT(query->Namespaces(), IsEmpty());
}

TEST_F(QueryPodTest, SeriesOfWhatIsAsked) {
  for (int64_t tick = kT0 - 5 * kI; tick <= kT0; tick += kI) {
    Append("n1", tick, {{pod_, SteadyNetwork(tick, 100, 7000, 50)}, {main_, Steady(tick, 60, 4)}});
  }
  QueryOptions options = Window(60);
  Item item = DescribePod(*MakeQuery(options), "shop", "cart");
  std::vector<Metric> metrics;
  for (const MetricSeries& series : item.series) metrics.push_back(series.metric);
  ASSERT_THAT(metrics, SizeIs(13));  // every key of `usage`, measured or not
  EXPECT_EQ(metrics.front(), Metric::kCpuMillicores);
  EXPECT_EQ(metrics.back(), Metric::kNetworkTxBytes);
  EXPECT_THAT(Points(item, Metric::kMemoryRssBytes), Each(Eq(std::nullopt)));
  options.metrics.Add(Metric::kCpuMillicores);
  options.metrics.Add(Metric::kSwapBytes);
  options.metrics.Add(Metric::kPodCount);
  options.metrics.Add(Metric::kThrottledMillicores);
  item = DescribePod(*MakeQuery(options), "shop", "cart");
  ASSERT_THAT(item.series,
              SizeIs(3));  // never measured, but asked for by name; counts are for aggregates
  EXPECT_THAT(Points(item, Metric::kSwapBytes),
              ElementsAre(std::nullopt, std::nullopt, std::nullopt, std::nullopt, std::nullopt,
                          std::nullopt));
  EXPECT_EQ(SeriesOf(item, Metric::kSwapBytes)->statistics.avg, std::nullopt);
  EXPECT_THAT(item.containers[0].series, SizeIs(3));
}

TEST_F(QueryPodTest, SortingByNameAndValue) {
  const Identity other = PodIdentity(9, "uid-9", "shop", "till");
  for (int64_t tick = kT0 - 5 * kI; tick <= kT0; tick += kI) {
    const uint64_t memory = static_cast<uint64_t>((tick - kT0) / kI + 6);  // 1 to 6
    Append("n1", tick, {{pod_, Steady(tick, 100, memory)}, {other, Steady(tick, 10, 7 - memory)}});
  }
  auto query = MakeQuery(Window(60));
  const ItemRef cart = *query->FindPod("shop", "cart", {});
  const ItemRef till = *query->FindPod("shop", "till", {});
  EXPECT_LT(query->SortName(cart), query->SortName(till));
  auto value = [&](const ItemRef& ref, Metric metric, SortStatistic statistic) {
    const auto first = query->SortValue(ref, metric, statistic);
    EXPECT_EQ(query->SortValue(ref, metric, statistic), first);  // remembered
    return first;
  };
  EXPECT_EQ(value(cart, Metric::kMemoryBytes, SortStatistic::kNow), 6.0);
  EXPECT_EQ(value(till, Metric::kMemoryBytes, SortStatistic::kNow), 1.0);
  EXPECT_EQ(value(till, Metric::kMemoryBytes, SortStatistic::kMax), 6.0);
  EXPECT_EQ(value(till, Metric::kMemoryBytes, SortStatistic::kAvg), 3.5);
  EXPECT_EQ(value(till, Metric::kMemoryBytes, SortStatistic::kP95), 6.0);
  EXPECT_EQ(value(cart, Metric::kPodCount, SortStatistic::kNow), std::nullopt);
  EXPECT_EQ(value(cart, Metric::kSwapBytes, SortStatistic::kAvg), std::nullopt);
  auto without_window = MakeQuery();
  EXPECT_EQ(without_window->SortValue(*without_window->FindPod("shop", "cart", {}),
                                      Metric::kMemoryBytes, SortStatistic::kAvg),
            std::nullopt);
}

}  // namespace
}  // namespace kubemonitor
