#include "simulator/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(SimulatorOptions, Defaults) {
  const auto parsed = ParseSimulatorOptions({}, {});
  EXPECT_THAT(parsed.problems, IsEmpty());
  EXPECT_EQ(parsed.options.api_server, "127.0.0.1:50051");
  EXPECT_EQ(parsed.options.model.nodes, 3U);
  EXPECT_EQ(parsed.options.model.pods_per_node, 30U);
  EXPECT_EQ(parsed.options.model.containers_per_pod, 2U);
  EXPECT_EQ(parsed.options.model.namespaces, 10U);
  EXPECT_EQ(parsed.options.model.deployments, 40U);
  EXPECT_EQ(parsed.options.model.interval_ms, 10'000);
  EXPECT_EQ(parsed.options.model.churn_per_minute, 0U);
  EXPECT_EQ(parsed.options.model.seed, 1U);
  EXPECT_EQ(parsed.options.backfill_ms, 0);
  EXPECT_EQ(parsed.options.kubernetes_listen, "") << "none";
  EXPECT_EQ(parsed.options.duration_ms, std::nullopt);
}

TEST(SimulatorOptions, AllOfThem) {
  const auto parsed = ParseSimulatorOptions(
      {"--api-server", "[::1]:7", "--nodes=5000", "--pods-per-node=110", "--containers-per-pod=3",
       "--namespaces=500", "--deployments=2000", "--interval=5s", "--backfill=1h", "--churn=600",
       "--duration=0s", "--seed=18446744073709551615", "--kubernetes-listen=127.0.0.1:0",
       "--log-level=error"},
      {});
  EXPECT_THAT(parsed.problems, IsEmpty());
  EXPECT_EQ(parsed.options.api_server, "[::1]:7");
  EXPECT_EQ(parsed.options.model.nodes, 5'000U);
  EXPECT_EQ(parsed.options.model.pods_per_node, 110U);
  EXPECT_EQ(parsed.options.model.containers_per_pod, 3U);
  EXPECT_EQ(parsed.options.model.namespaces, 500U);
  EXPECT_EQ(parsed.options.model.deployments, 2'000U);
  EXPECT_EQ(parsed.options.model.interval_ms, 5'000);
  EXPECT_EQ(parsed.options.backfill_ms, 3'600'000);
  EXPECT_EQ(parsed.options.model.churn_per_minute, 600U);
  EXPECT_EQ(parsed.options.duration_ms, 0);
  EXPECT_EQ(parsed.options.model.seed, UINT64_MAX);
  EXPECT_EQ(parsed.options.kubernetes_listen, "127.0.0.1:0");
}

TEST(SimulatorOptions, AllProblemsAtOnce) {
  const auto parsed = ParseSimulatorOptions(
      {"--api-server=nowhere", "--nodes=0", "--pods-per-node=-1", "--containers-per-pod=21",
       "--namespaces=x", "--deployments=", "--interval=500ms", "--backfill=2h", "--duration=soon",
       "--seed=1.5", "--kubernetes-listen=localhost"},
      {});
  EXPECT_THAT(
      parsed.problems,
      ElementsAre(HasSubstr("--api-server: 'nowhere' has no port"),
                  "--nodes: '0' is not a whole number from 1 to 10000",
                  HasSubstr("--pods-per-node: '-1'"), HasSubstr("--containers-per-pod: '21'"),
                  HasSubstr("--namespaces: 'x'"), HasSubstr("--deployments: ''"),
                  HasSubstr("--interval: '500ms'"), HasSubstr("--backfill: '2h'"),
                  HasSubstr("--duration: 'soon'"), HasSubstr("--seed: '1.5'"),
                  HasSubstr("--kubernetes-listen: 'localhost'")));
}

TEST(SimulatorOptions, ChurnLeavesPodsTimeToBeSeen) {
  // 90 pods, 10 s: each is to live for 40 s on average, so 135 a minute.
  EXPECT_THAT(ParseSimulatorOptions({"--churn=135"}, {}).problems, IsEmpty());
  EXPECT_THAT(
      ParseSimulatorOptions({"--churn=136"}, {}).problems,
      ElementsAre("--churn: 136 is more than 135, what 90 pods allow at an interval of 10s"));
  EXPECT_THAT(ParseSimulatorOptions({"--churn=136", "--interval=5s"}, {}).problems, IsEmpty());
}

}  // namespace
}  // namespace kubemonitor
