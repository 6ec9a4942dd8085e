#include "wire/simple_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "metrics.pb.h"

namespace kubemonitor {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kTick = 1'700'000'010'000;

v1::Metric PodMetric(const char* pod) {
  v1::Metric out;
  out.set_pod_name(pod);
  out.set_namespace_("default");
  out.set_timestamp(kTick);
  return out;
}

v1::Metric ContainerMetric(const char* pod, const char* container) {
  v1::Metric out = PodMetric(pod);
  out.set_container_name(container);
  return out;
}

TEST(NearestTick, Table) {
  EXPECT_EQ(NearestTick(0, 10'000), 0);
  EXPECT_EQ(NearestTick(4'999, 10'000), 0);
  EXPECT_EQ(NearestTick(5'000, 10'000), 10'000);
  EXPECT_EQ(NearestTick(10'000, 10'000), 10'000);
  EXPECT_EQ(NearestTick(1'500, 1'000), 2'000);
}

TEST(CheckMetric, Table) {
  const struct {
    const char* name;
    std::function<void(v1::Metric&)> change;
    const char* error;
  } cases[] = {
      {"only names", [](v1::Metric&) {}, nullptr},
      {"zero", [](v1::Metric& m) { m.set_memory_bytes(0); }, nullptr},
      {"no pod", [](v1::Metric& m) { m.clear_pod_name(); }, "pod_name is empty"},
      {"no namespace", [](v1::Metric& m) { m.clear_namespace_(); }, "namespace is empty"},
      {"negative", [](v1::Metric& m) { m.set_cpu_millicores(-1); }, "cpu_millicores is -1"},
      {"negative counter", [](v1::Metric& m) { m.set_network_tx_bytes(INT64_MIN); },
       "network_tx_bytes"},
      {"long", [](v1::Metric& m) { m.set_pod_name(std::string(10'000'000, 'x')); }, "pod_name has"},
      {"not UTF-8", [](v1::Metric& m) { m.set_container_id("\xff"); }, "container_id is not UTF-8"},
  };
  for (const auto& c : cases) {
    v1::Metric metric = PodMetric("web");
    c.change(metric);
    const absl::Status status = CheckMetric(metric);
    EXPECT_EQ(status.ok(), c.error == nullptr) << c.name;
    if (!status.ok() && c.error != nullptr) {
      EXPECT_THAT(std::string(status.message()), HasSubstr(c.error)) << c.name;
    }
  }
}

TEST(SimpleForm, PodsAndContainersOfOneTick) {
  v1::Metric pod = PodMetric("web");
  pod.set_cpu_millicores(250);
  pod.set_network_rx_bytes(7);
  v1::Metric container = ContainerMetric("web", "app");
  container.set_cpu_millicores(100);
  container.set_cpu_usage_usec(12'345);
  container.set_memory_bytes(0);
  container.set_timestamp(kTick + 1'200);
  container.set_network_tx_bytes(9);
  const NodeReport report = FromSimpleForm({&pod, &container}, "n1", 10'000);
  EXPECT_EQ(report.instance_id, "simple");
  ASSERT_EQ(report.ticks.size(), 1U);
  const Tick& tick = report.ticks[0];
  EXPECT_EQ(tick.tick_ms, kTick);
  EXPECT_EQ(tick.boot_usec, uint64_t{1'700'000'011'200'000});
  ASSERT_EQ(tick.pods.size(), 1U);
  EXPECT_EQ(tick.pods[0].values.Get(Series::kCpuReportedMillicores), 250U);
  EXPECT_EQ(tick.pods[0].values.Get(Series::kNetworkRxBytes), 7U);
  EXPECT_EQ(tick.pods[0].values.Get(Series::kNetworkTxBytes), 9U) << "of the pod's namespace";
  EXPECT_FALSE(tick.pods[0].values.Has(Series::kMemoryCurrentBytes));
  ASSERT_EQ(tick.containers.size(), 1U);
  EXPECT_EQ(tick.containers[0].values.Get(Series::kCpuUsageUsec), 12'345U);
  EXPECT_FALSE(tick.containers[0].values.Has(Series::kCpuReportedMillicores));
  EXPECT_EQ(tick.containers[0].values.Get(Series::kMemoryCurrentBytes), 0U);
  ASSERT_EQ(report.identities.size(), 2U);
  EXPECT_EQ(report.identities[1].pod_object, report.identities[0].object);
}

TEST(SimpleForm, TicksComeOldestFirst) {
  v1::Metric late = PodMetric("a");
  late.set_timestamp(kTick + 10'000);
  const v1::Metric early = PodMetric("a");
  const NodeReport report = FromSimpleForm({&late, &early}, "n", 10'000);
  ASSERT_EQ(report.ticks.size(), 2U);
  EXPECT_EQ(report.ticks[0].tick_ms, kTick);
  EXPECT_EQ(report.ticks[1].tick_ms, kTick + 10'000);
}

}  // namespace
}  // namespace kubemonitor
