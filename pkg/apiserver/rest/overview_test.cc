// The paths of a dashboard's overview, and the list parameters that go with it.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "apiserver/rest/rest_testing.h"

namespace kubemonitor {
namespace {

using testing::Ask;
using testing::DetailOf;
using ::testing::ElementsAre;
using testing::FakeClock;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Json;
using testing::kNewestTickMs;
using testing::OptionsFor;
using testing::SmallCluster;

class OverviewTest : public ::testing::Test {
 protected:
  std::vector<std::string> Names(const std::string& target) {
    const HttpResponse response = Ask(handler_, target);
    EXPECT_EQ(response.status, 200) << target << response.body;
    std::vector<std::string> names;
    const rapidjson::Document answer = Json(response);
    for (const auto& item : answer["items"].GetArray()) {
      names.push_back(item["name"].GetString());
    }
    return names;
  }

  FakeClock clock_;
  std::unique_ptr<SummedStore> store_ = SmallCluster();
  Handler handler_ = MakeRestHandler(OptionsFor(*store_, clock_));
};

TEST_F(OverviewTest, TheClusterIsTheSumOfItsNodes) {
  const rapidjson::Document cluster = Json(Ask(handler_, "/api/v1/cluster?window=60&step=60"));
  EXPECT_STREQ(cluster["name"].GetString(), "cluster");
  EXPECT_EQ(cluster["nodes"]["total"].GetInt(), 2);
  EXPECT_EQ(cluster["nodes"]["reporting"].GetInt(), 2);
  EXPECT_EQ(cluster["nodes"]["stale"].GetInt(), 0);
  EXPECT_EQ(cluster["podCount"].GetInt(), 4);
  EXPECT_EQ(cluster["nodeCount"].GetInt(), 2);
  EXPECT_EQ(cluster["capacity"]["cpuMillicores"].GetInt(), 8000);
  EXPECT_DOUBLE_EQ(cluster["usage"]["cpuMillicores"].GetDouble(), 4000);
  EXPECT_DOUBLE_EQ(cluster["series"]["cpuMillicores"][0].GetDouble(), 4000);
  EXPECT_EQ(cluster["events"]["oomKills"].GetInt(), 0) << "in the window";
  EXPECT_EQ(Json(Ask(handler_, "/api/v1/cluster"))["events"]["oomKills"].GetInt(), 2);
  EXPECT_FALSE(cluster.HasMember("throttling"));
  EXPECT_THAT(DetailOf(Ask(handler_, "/api/v1/cluster?metrics=throttledPercent")),
              HasSubstr("is not allowed"));
}

TEST_F(OverviewTest, Findings) {
  const HttpResponse response = Ask(handler_, "/api/v1/findings");
  const rapidjson::Document findings = Json(response);
  EXPECT_EQ(findings["tick"].GetInt64(), kNewestTickMs / 1000);
  std::vector<std::string> kinds;
  for (const auto& item : findings["items"].GetArray()) {
    kinds.push_back(fmt::format("{} {} {}", item["severity"].GetString(), item["kind"].GetString(),
                                item["count"].GetInt()));
  }
  // web-…-aaaaa and -ccccc are beyond the limit of 256 MiB that all pods have; PSI counters run
  // as CPU time does, so that nodes and the three pods of web have pressure; all six containers are
  // throttled in a quarter of their periods, and were killed once, as were the pods without one.
  EXPECT_THAT(kinds, ElementsAre("critical oomKilled 8", "critical pressure 5",
                                 "critical nearLimit 2", "warning throttled 6"));
  EXPECT_THAT(response.body, HasSubstr("\"container\":\"app\""));
  clock_.Advance(60'000);
  EXPECT_THAT(Ask(handler_, "/api/v1/findings").body, HasSubstr("\"kind\":\"stale\""));
}

TEST_F(OverviewTest, ListsOfWhatHasAFinding) {
  EXPECT_THAT(Names("/api/v1/pods?finding=throttled"),
              ElementsAre("web-7d4b9c6f5d-aaaaa", "web-7d4b9c6f5d-bbbbb", "web-7d4b9c6f5d-ccccc"));
  EXPECT_THAT(Names("/api/v1/pods?finding=throttled&node=node-b"),
              ElementsAre("web-7d4b9c6f5d-ccccc"));
  EXPECT_THAT(Names("/api/v1/nodes?finding=pressure"), ElementsAre("node-a", "node-b"));
  EXPECT_THAT(Names("/api/v1/nodes?finding=throttled"), IsEmpty());
  EXPECT_THAT(Names("/api/v1/nodes?finding=conflict"), IsEmpty());
  EXPECT_THAT(DetailOf(Ask(handler_, "/api/v1/pods?finding=bored")), HasSubstr("nearLimit"));
  EXPECT_THAT(DetailOf(Ask(handler_, "/api/v1/namespaces?finding=stale")),
              HasSubstr("unknown parameter"));
}

TEST_F(OverviewTest, ListsOfWhatIsCalledSo) {
  EXPECT_THAT(Names("/api/v1/pods?search=CCC"), ElementsAre("web-7d4b9c6f5d-ccccc"));
  EXPECT_THAT(Names("/api/v1/pods?search=proxy"), ElementsAre("kube-proxy-x"));
  EXPECT_THAT(Names("/api/v1/nodes?search=-b"), ElementsAre("node-b"));
  EXPECT_THAT(Names("/api/v1/namespaces?search=kube"), ElementsAre("kube-system"));
  EXPECT_THAT(Names("/api/v1/namespaces/default/deployments?search=we"), ElementsAre("web"));
  EXPECT_THAT(Names("/api/v1/pods?search=nowhere"), IsEmpty());
  EXPECT_EQ(Json(Ask(handler_, "/api/v1/pods?search=web&limit=1"))["total"].GetInt(), 3);
  EXPECT_EQ(Ask(handler_, "/api/v1/pods?search=").status, 400);
}

TEST_F(OverviewTest, SeriesApartFromUsage) {
  const rapidjson::Document pods =
      Json(Ask(handler_, "/api/v1/pods?window=60&series=cpu,memoryBytes&limit=1"));
  const auto& pod = pods["items"][0];
  EXPECT_EQ(pod["series"].MemberCount(), 2u);
  EXPECT_EQ(pod["statistics"].MemberCount(), 2u);
  EXPECT_GT(pod["usage"].MemberCount(), 8u);
  EXPECT_THAT(DetailOf(Ask(handler_, "/api/v1/pods?series=cpu,nothing")),
              HasSubstr("parameter 'series': 'nothing'"));
}

TEST_F(OverviewTest, SortedByFactsAndChanges) {
  EXPECT_THAT(Names("/api/v1/pods?sort=-startedAt&limit=1"), ElementsAre("web-7d4b9c6f5d-aaaaa"));
  EXPECT_THAT(Names("/api/v1/pods?sort=-oomKills&limit=1"), ElementsAre("web-7d4b9c6f5d-aaaaa"));
  EXPECT_THAT(Names("/api/v1/nodes?sort=-oomKills"), ElementsAre("node-a", "node-b"));
  EXPECT_THAT(Names("/api/v1/pods?sort=-diskReadBytes.change&window=120&limit=2"),
              ElementsAre("web-7d4b9c6f5d-aaaaa", "web-7d4b9c6f5d-ccccc"));
  EXPECT_THAT(DetailOf(Ask(handler_, "/api/v1/nodes?sort=restartCount")),
              HasSubstr("it takes name, oomKills or a key"));
  EXPECT_THAT(DetailOf(Ask(handler_, "/api/v1/pods?sort=restartCount.avg&window=60")),
              HasSubstr("name, oomKills, restartCount, startedAt or a key"));
  EXPECT_THAT(DetailOf(Ask(handler_, "/api/v1/pods?sort=cpu.change")), HasSubstr("'window'"));
}

TEST_F(OverviewTest, Search) {
  const rapidjson::Document found = Json(Ask(handler_, "/api/v1/search?q=Web&limit=2"));
  EXPECT_EQ(found["total"].GetInt(), 4);
  ASSERT_EQ(found["items"].Size(), 2u);
  EXPECT_STREQ(found["items"][0]["kind"].GetString(), "Deployment");
  EXPECT_STREQ(found["items"][0]["name"].GetString(), "web");
  EXPECT_STREQ(found["items"][1]["kind"].GetString(), "pod");
  EXPECT_STREQ(found["items"][1]["node"].GetString(), "node-a");
  EXPECT_EQ(Ask(handler_, "/api/v1/search").body, "{\"items\":[],\"total\":0}\n");
  class NothingVisible final : public Visibility {
   public:
    bool NodeVisible(std::string_view) const override { return false; }
    bool NamespaceVisible(std::string_view) const override { return false; }
  };
  const NothingVisible nothing;
  RestOptions options = OptionsFor(*store_, clock_);
  options.visibility = &nothing;
  EXPECT_EQ(Ask(MakeRestHandler(options), "/api/v1/search?q=Web").body,
            "{\"items\":[],\"total\":0}\n");
  EXPECT_EQ(Ask(handler_, "/api/v1/search?q=").status, 400);
  EXPECT_EQ(Ask(handler_, "/api/v1/search?q=a&limit=0").status, 400);
}

TEST_F(OverviewTest, WhileStarting) {
  const std::unique_ptr<SummedStore> empty = NewSummedStore({});
  const Handler starting = MakeRestHandler(OptionsFor(*empty, clock_, 0));
  for (const char* path : {"/api/v1/cluster", "/api/v1/findings", "/api/v1/search?q=a"}) {
    EXPECT_EQ(Ask(starting, path).status, 503) << path;
  }
  clock_.Advance(15'000);
  EXPECT_EQ(Ask(starting, "/api/v1/findings").body, "{\"items\":[]}\n");
  EXPECT_EQ(Json(Ask(starting, "/api/v1/cluster"))["nodes"]["total"].GetInt(), 0);
}

}  // namespace
}  // namespace kubemonitor
