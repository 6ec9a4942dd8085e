#include "apiserver/rest/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace kubemonitor {
namespace {

using ::testing::HasSubstr;

const Route& RouteOf(RouteId id) {
  for (const Route& route : Routes()) {
    if (route.id == id) return route;
  }
  ADD_FAILURE();
  return Routes().front();
}

std::string Message(const absl::StatusOr<Parameters>& parsed) {
  return std::string(parsed.status().message().data(), parsed.status().message().size());
}

TEST(ParametersTest, NoneGiven) {
  const auto parsed = ParseParameters(RouteOf(RouteId::kPods), {});
  ASSERT_TRUE(parsed.ok());
  EXPECT_FALSE(parsed->query.window_seconds || parsed->query.step_seconds ||
               parsed->query.end_seconds || parsed->limit || parsed->offset ||
               parsed->continue_token || parsed->namespace_name || parsed->node || parsed->uid);
  EXPECT_TRUE(parsed->query.metrics.empty());
  EXPECT_FALSE(parsed->query.include_terminated);
  EXPECT_FALSE(parsed->sort.metric.has_value());
  EXPECT_FALSE(parsed->sort.descending);
}

TEST(ParametersTest, KindsAndLabels) {
  const Route& workloads = RouteOf(RouteId::kWorkloads);
  const auto parsed =
      ParseParameters(workloads, {{"kind", "Job,Rollout"}, {"labelSelector", "app=web,!canary"}});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->kinds, (std::vector<std::string>{"Job", "Rollout"}));
  EXPECT_EQ(parsed->label_selector.requirements().size(), 2u);
  std::string many = "A";
  for (size_t count = 1; count <= kMaxKinds; ++count) many += ",A";
  for (const std::string& wrong : {std::string(), std::string("a,"), std::string(","),
                                   std::string("a b"), many, std::string(kMaxKindBytes + 1, 'x')}) {
    EXPECT_THAT(Message(ParseParameters(workloads, {{"kind", wrong}})),
                HasSubstr("parameter 'kind'"))
        << wrong;
  }
  for (const std::string& wrong : {std::string("a b"), std::string(kMaxSelectorBytes + 1, 'x')}) {
    EXPECT_THAT(Message(ParseParameters(workloads, {{"labelSelector", wrong}})),
                HasSubstr("parameter 'labelSelector'"));
  }
  EXPECT_TRUE(ParseParameters(workloads, {{"labelSelector", ""}})->label_selector.empty());
  EXPECT_THAT(Message(ParseParameters(RouteOf(RouteId::kPods), {{"kind", "Job"}})),
              HasSubstr("unknown parameter 'kind'"));
}

TEST(ParametersTest, AllGiven) {
  const auto parsed = ParseParameters(RouteOf(RouteId::kPods), {{"window", "3600"},
                                                                {"step", "60"},
                                                                {"end", "1795455300"},
                                                                {"metrics", "cpuMillicores,disk"},
                                                                {"namespace", "a"},
                                                                {"node", "n"},
                                                                {"includeTerminated", "true"},
                                                                {"limit", "1"},
                                                                {"offset", "0"},
                                                                {"sort", "-cpu.p95"}});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->query.window_seconds, 3600);
  EXPECT_EQ(parsed->query.step_seconds, 60);
  EXPECT_EQ(parsed->query.end_seconds, 1795455300);
  EXPECT_TRUE(parsed->query.metrics.Has(Metric::kCpuMillicores));
  EXPECT_TRUE(parsed->query.metrics.Has(Metric::kDiskReadBytesPerSecond));
  EXPECT_TRUE(parsed->query.metrics.Has(Metric::kDiskWriteBytesPerSecond));
  EXPECT_FALSE(parsed->query.metrics.Has(Metric::kMemoryBytes));
  EXPECT_TRUE(parsed->query.include_terminated);
  EXPECT_EQ(parsed->namespace_name, "a");
  EXPECT_EQ(parsed->node, "n");
  EXPECT_EQ(parsed->limit, 1u);
  EXPECT_EQ(parsed->offset, 0u);
  EXPECT_EQ(parsed->sort.metric, Metric::kCpuMillicores);
  EXPECT_EQ(parsed->sort.statistic, SortStatistic::kP95);
  EXPECT_TRUE(parsed->sort.descending);
}

struct RefusedCase {
  RouteId route;
  NameValueList query;
  std::vector<std::string> message_has;
};

TEST(ParametersTest, Refused) {
  const std::string long_name(254, 'x');
  const RefusedCase cases[] = {
      {RouteId::kPods, {{"window", "0"}}, {"'window'", "'0'", "from 1 to 3600"}},
      {RouteId::kPods, {{"window", "3601"}}, {"'window'", "'3601'", "from 1 to 3600"}},
      {RouteId::kPods, {{"window", ""}}, {"'window'", "''"}},
      {RouteId::kPods, {{"window", "-5"}}, {"'window'", "'-5'"}},
      {RouteId::kPods, {{"window", "+5"}}, {"'window'", "'+5'"}},
      {RouteId::kPods, {{"window", " 5"}}, {"'window'"}},
      {RouteId::kPods, {{"window", "5m"}}, {"'window'", "'5m'"}},
      {RouteId::kPods, {{"window", "1e3"}}, {"'window'"}},
      {RouteId::kPods, {{"window", "10.0"}}, {"'window'"}},
      {RouteId::kPods, {{"window", "99999999999999999999"}}, {"'window'"}},
      {RouteId::kPods, {{"window", "60"}, {"step", "0"}}, {"'step'", "'0'"}},
      {RouteId::kPods, {{"step", "10"}}, {"'step'", "'10'", "'window'"}},
      {RouteId::kPods, {{"end", "0"}}, {"'end'", "Unix seconds"}},
      {RouteId::kPods, {{"end", "now"}}, {"'end'", "'now'"}},
      {RouteId::kPods, {{"metrics", ""}}, {"'metrics'", "''", "cpuMillicores"}},
      {RouteId::kPods, {{"metrics", "cpuMillicores,"}}, {"'metrics'", "''"}},
      {RouteId::kPods, {{"metrics", "cpuMilicores"}}, {"'cpuMilicores'", "cpuMillicores, memory"}},
      {RouteId::kPods, {{"metrics", "podCount"}}, {"'podCount'"}},
      {RouteId::kNamespaces, {{"metrics", "diskReadBytes"}}, {"'diskReadBytes'", "podCount"}},
      {RouteId::kPods, {{"namespace", ""}}, {"'namespace'", "1 to 253"}},
      {RouteId::kPods, {{"node", long_name}}, {"'node'", "1 to 253"}},
      {RouteId::kPods, {{"includeTerminated", "yes"}}, {"'includeTerminated'", "true or false"}},
      {RouteId::kPods, {{"includeTerminated", ""}}, {"'includeTerminated'"}},
      {RouteId::kPods, {{"limit", "0"}}, {"'limit'", "'0'", "from 1 to"}},
      {RouteId::kPods, {{"limit", "1000000001"}}, {"'limit'", "to 1000000000"}},
      {RouteId::kPods, {{"offset", "-1"}}, {"'offset'", "'-1'", "from 0"}},
      {RouteId::kPods, {{"offset", "1"}, {"continue", "x"}}, {"'offset'", "'continue'"}},
      {RouteId::kPods, {{"sort", ""}}, {"'sort'", "startedAt or a key"}},
      {RouteId::kPods, {{"sort", "-"}}, {"'sort'", "'-'"}},
      {RouteId::kPods, {{"sort", "--cpu"}}, {"'sort'", "'--cpu'"}},
      {RouteId::kPods, {{"sort", "cpu.avg"}}, {"'sort'", "'cpu.avg'", "'window'"}},
      {RouteId::kPods, {{"window", "60"}, {"sort", "cpu.min"}}, {"'sort'", "'.p95'"}},
      {RouteId::kPods, {{"window", "60"}, {"sort", "name.avg"}}, {"'sort'", "'name.avg'"}},
      {RouteId::kPods, {{"sort", "podCount"}}, {"'sort'", "'podCount'"}},
      {RouteId::kPods, {{"limit", "1"}, {"limit", "1"}}, {"'limit'", "more than once"}},
      {RouteId::kPods,
       {{"uid", "x"}},
       {"unknown parameter 'uid'", "known here: window, step, end"}},
      {RouteId::kPods, {{"Window", "5"}}, {"unknown parameter 'Window'"}},
      {RouteId::kPods, {{"", ""}}, {"unknown parameter ''"}},
      {RouteId::kPods, {{"a\n'b", "\x01"}}, {"'a\\x0A\\'b'", "'\\x01'"}},
      {RouteId::kNode, {{"sort", "name"}}, {"'sort'", "known here: window, step, end, metrics"}},
      {RouteId::kPod, {{"uid", ""}}, {"'uid'"}},
      {RouteId::kStatus, {{"window", "60"}}, {"'window'", "known here: none"}},
  };
  for (const RefusedCase& c : cases) {
    const auto parsed = ParseParameters(RouteOf(c.route), c.query);
    const std::string what = ::testing::PrintToString(c.query);
    ASSERT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument) << what;
    for (const std::string& part : c.message_has) {
      EXPECT_THAT(Message(parsed), HasSubstr(part)) << what;
    }
  }
}

TEST(ParametersTest, MessagesAreBounded) {
  const std::string huge(1'000'000, '\n');
  for (const char* name :
       {"window", "metrics", "sort", "namespace", "includeTerminated", "limit"}) {
    const auto parsed = ParseParameters(RouteOf(RouteId::kPods), {{name, huge}});
    ASSERT_FALSE(parsed.ok()) << name;
    EXPECT_LT(Message(parsed).size(), 1500u) << name;
  }
  const auto unknown = ParseParameters(RouteOf(RouteId::kPods), {{huge, huge}});
  ASSERT_FALSE(unknown.ok());
  EXPECT_LT(Message(unknown).size(), 1500u);
}

struct SortCase {
  std::string_view text;
  Metric metric;
  SortStatistic statistic;
  bool descending;
};

TEST(ParametersTest, Sort) {
  const SortCase cases[] = {
      {"cpu", Metric::kCpuMillicores, SortStatistic::kNow, false},
      {"-memory", Metric::kMemoryBytes, SortStatistic::kNow, true},
      {"disk.avg", Metric::kDiskWriteBytesPerSecond, SortStatistic::kAvg, false},
      {"-network.max", Metric::kNetworkRxBytesPerSecond, SortStatistic::kMax, true},
      {"memoryWorkingSetBytes.p95", Metric::kMemoryWorkingSetBytes, SortStatistic::kP95, false},
      {"networkTxBytes", Metric::kNetworkTxBytes, SortStatistic::kNow, false},
      {"-throttledPercent", Metric::kThrottledPercent, SortStatistic::kNow, true},
      {"-cpu.change", Metric::kCpuMillicores, SortStatistic::kChange, true},
  };
  for (const SortCase& c : cases) {
    const auto parsed =
        ParseParameters(RouteOf(RouteId::kPods), {{"window", "60"}, {"sort", std::string(c.text)}});
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(parsed->sort.metric, c.metric) << c.text;
    EXPECT_EQ(parsed->sort.statistic, c.statistic) << c.text;
    EXPECT_EQ(parsed->sort.descending, c.descending) << c.text;
  }
  const auto by_name = ParseParameters(RouteOf(RouteId::kPods), {{"sort", "-name"}});
  ASSERT_TRUE(by_name.ok());
  EXPECT_FALSE(by_name->sort.metric.has_value());
  EXPECT_TRUE(by_name->sort.descending);
  EXPECT_TRUE(ParseParameters(RouteOf(RouteId::kNamespaces), {{"sort", "-podCount"}}).ok());
}

}  // namespace
}  // namespace kubemonitor
