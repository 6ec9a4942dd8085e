#include "apiserver/rest/rest.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "apiserver/rest/rest_testing.h"

namespace kubemonitor {
namespace {

using testing::Ask;
using testing::DetailOf;
using ::testing::ElementsAre;
using testing::FakeClock;
using ::testing::HasSubstr;
using testing::HeaderOf;
using ::testing::IsEmpty;
using testing::Json;
using testing::kNewestTickMs;
using testing::OptionsFor;
using testing::SmallCluster;
using ::testing::UnorderedElementsAre;

constexpr int64_t kNewestTick = kNewestTickMs / 1000;

class RestTest : public ::testing::Test {
 protected:
  std::vector<std::string> Names(const std::string& target) {
    const HttpResponse response = Ask(handler_, target);
    EXPECT_EQ(response.status, 200) << target << response.body;
    std::vector<std::string> names;
    const rapidjson::Document json = Json(response);
    if (!json.HasMember("items")) return names;
    for (const auto& item : json["items"].GetArray()) names.push_back(item["name"].GetString());
    return names;
  }

  // The answer's status and the problem's detail.
  std::string Problem(const std::string& target) {
    const HttpResponse response = Ask(handler_, target);
    return fmt::format("{} {}", response.status, DetailOf(response));
  }

  FakeClock clock_;
  std::unique_ptr<SummedStore> store_ = SmallCluster();
  Handler handler_ = MakeRestHandler(OptionsFor(*store_, clock_));
};

TEST_F(RestTest, Lists) {
  EXPECT_THAT(Names("/api/v1/nodes"), ElementsAre("node-a", "node-b"));
  EXPECT_THAT(Names("/api/v1/nodes/node-b/pods"), ElementsAre("web-7d4b9c6f5d-ccccc"));
  EXPECT_THAT(Names("/api/v1/pods"), ElementsAre("web-7d4b9c6f5d-aaaaa", "web-7d4b9c6f5d-bbbbb",
                                                 "web-7d4b9c6f5d-ccccc", "kube-proxy-x"));
  EXPECT_THAT(Names("/api/v1/namespaces"), ElementsAre("default", "kube-system"));
  EXPECT_THAT(Names("/api/v1/namespaces/kube-system/pods"), ElementsAre("kube-proxy-x"));
  EXPECT_THAT(Names("/api/v1/namespaces/default/deployments"), ElementsAre("web"));
  EXPECT_THAT(Names("/api/v1/namespaces/default/deployments/web/pods"),
              ElementsAre("web-7d4b9c6f5d-aaaaa", "web-7d4b9c6f5d-bbbbb", "web-7d4b9c6f5d-ccccc"));
  EXPECT_THAT(Names("/api/v1/namespaces/nowhere/pods"), IsEmpty());
  EXPECT_THAT(Names("/api/v1/namespaces/kube-system/deployments"), IsEmpty());
  EXPECT_THAT(Names("/api/v1/nodes/"), ElementsAre("node-a", "node-b"));
}

TEST_F(RestTest, Filters) {
  EXPECT_THAT(Names("/api/v1/pods?namespace=kube-system"), ElementsAre("kube-proxy-x"));
  EXPECT_THAT(Names("/api/v1/pods?node=node-b"), ElementsAre("web-7d4b9c6f5d-ccccc"));
  EXPECT_THAT(Names("/api/v1/pods?node=node-b&namespace=kube-system"), IsEmpty());
  EXPECT_THAT(Names("/api/v1/nodes/node-a/pods?node=node-b"), IsEmpty());
  EXPECT_THAT(Names("/api/v1/namespaces/default/pods?namespace=kube-system"), IsEmpty());
  EXPECT_THAT(Names("/api/v1/nodes?node=node-b"), ElementsAre("node-b"));
  EXPECT_THAT(Names("/api/v1/nodes?namespace=kube-system"), ElementsAre("node-a"));
  EXPECT_THAT(Names("/api/v1/namespaces?node=node-b"), ElementsAre("default"));
  EXPECT_THAT(Names("/api/v1/namespaces?namespace=kube-system"), ElementsAre("kube-system"));
  EXPECT_THAT(Names("/api/v1/namespaces/default/deployments?node=node-b"), ElementsAre("web"));
  EXPECT_THAT(Names("/api/v1/namespaces/default/deployments?node=node-c"), IsEmpty());
  EXPECT_THAT(Names("/api/v1/namespaces/default/deployments?namespace=kube-system"), IsEmpty());
  EXPECT_THAT(Names("/api/v1/namespaces/default/pods?includeTerminated=true"),
              UnorderedElementsAre("job-1", "web-7d4b9c6f5d-aaaaa", "web-7d4b9c6f5d-bbbbb",
                                   "web-7d4b9c6f5d-ccccc"));
}

TEST_F(RestTest, Sorting) {
  EXPECT_THAT(Names("/api/v1/pods?sort=-cpu"),
              ElementsAre("web-7d4b9c6f5d-aaaaa", "web-7d4b9c6f5d-ccccc", "web-7d4b9c6f5d-bbbbb",
                          "kube-proxy-x"));
  EXPECT_THAT(Names("/api/v1/pods?sort=cpuMillicores.avg&window=60"),
              ElementsAre("kube-proxy-x", "web-7d4b9c6f5d-bbbbb", "web-7d4b9c6f5d-ccccc",
                          "web-7d4b9c6f5d-aaaaa"));
  // The pod of the host's network has no network value: last in both directions.
  EXPECT_EQ(Names("/api/v1/pods?sort=network").back(), "kube-proxy-x");
  EXPECT_EQ(Names("/api/v1/pods?sort=-network").back(), "kube-proxy-x");
  EXPECT_THAT(Names("/api/v1/nodes?sort=-name"), ElementsAre("node-b", "node-a"));
  EXPECT_THAT(Names("/api/v1/namespaces?sort=-podCount"), ElementsAre("default", "kube-system"));
}

TEST_F(RestTest, PodItem) {
  const rapidjson::Document pod =
      Json(Ask(handler_, "/api/v1/namespaces/default/pods/web-7d4b9c6f5d-aaaaa"));
  EXPECT_STREQ(pod["name"].GetString(), "web-7d4b9c6f5d-aaaaa");
  EXPECT_STREQ(pod["namespace"].GetString(), "default");
  EXPECT_STREQ(pod["node"].GetString(), "node-a");
  EXPECT_STREQ(pod["uid"].GetString(), "uid-of-web-7d4b9c6f5d-aaaaa");
  EXPECT_STREQ(pod["sampledAt"].GetString(), "2026-11-23T17:35:00Z");
  EXPECT_DOUBLE_EQ(pod["ageSeconds"].GetDouble(), 2.0);
  EXPECT_FALSE(pod["stale"].GetBool());
  EXPECT_FALSE(pod.HasMember("terminated"));
  EXPECT_DOUBLE_EQ(pod["usage"]["cpuMillicores"].GetDouble(), 400.0);
  EXPECT_EQ(pod["usage"]["memoryBytes"].GetUint64(), 400u * 1024 * 1024);
  EXPECT_EQ(pod["usage"].MemberCount(), 13u);
  EXPECT_DOUBLE_EQ(pod["throttling"]["throttledPercent"].GetDouble(), 25.0);
  EXPECT_EQ(pod["events"]["oomKills"].GetUint64(), 1u);
  EXPECT_DOUBLE_EQ(pod["limits"]["cpuMillicores"].GetDouble(), 500.0);
  EXPECT_STREQ(pod["labels"]["app"].GetString(), "web");
  EXPECT_STREQ(pod["owner"]["kind"].GetString(), "Deployment");
  EXPECT_STREQ(pod["owner"]["name"].GetString(), "web");
  EXPECT_TRUE(pod["owner"]["inferred"].GetBool());
  EXPECT_FALSE(pod["hostNetwork"].GetBool());
  EXPECT_EQ(pod["disks"].Size(), 1u);
  EXPECT_EQ(pod["interfaces"].Size(), 1u);
  ASSERT_EQ(pod["containers"].Size(), 2u);
  const auto& container = pod["containers"][0];
  EXPECT_STREQ(container["name"].GetString(), "app");
  EXPECT_STREQ(container["type"].GetString(), "app");
  EXPECT_STREQ(container["containerId"].GetString(), "app-of-web-7d4b9c6f5d-aaaaa");
  EXPECT_DOUBLE_EQ(container["usage"]["cpuMillicores"].GetDouble(), 200.0);
  EXPECT_TRUE(container["usage"]["networkRxBytes"].IsNull());
}

TEST_F(RestTest, EndedPod) {
  for (const char* query : {"", "?includeTerminated=true", "?uid=uid-of-job-1"}) {
    const HttpResponse response =
        Ask(handler_, std::string("/api/v1/namespaces/default/pods/job-1") + query);
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_TRUE(Json(response)["terminated"].GetBool());
  }
  EXPECT_THAT(Problem("/api/v1/namespaces/default/pods/job-1?uid=other"),
              HasSubstr("404 pod 'job-1' of namespace 'default' with the uid 'other'"));
}

TEST_F(RestTest, NodeItem) {
  const rapidjson::Document node = Json(Ask(handler_, "/api/v1/nodes/node-a"));
  EXPECT_EQ(node["capacity"]["cpuMillicores"].GetUint64(), 4000u);
  EXPECT_EQ(node["breakdown"].MemberCount(), 4u);
  ASSERT_EQ(node["processes"].Size(), 1u);
  EXPECT_STREQ(node["processes"][0]["name"].GetString(), "kube\xEF\xBF\xBDlet \"x\"\n");
  EXPECT_EQ(node["units"].Size(), 1u);
  EXPECT_EQ(node["disks"].Size(), 1u);
  EXPECT_EQ(node["interfaces"].Size(), 1u);
  EXPECT_DOUBLE_EQ(node["clockSkewSeconds"].GetDouble(), 0.25);
  EXPECT_FALSE(node["conflict"].GetBool());
  EXPECT_EQ(node["lostTicks"].GetUint64(), 3u);
  EXPECT_EQ(node["owedTicks"].GetUint64(), 5u);
  const rapidjson::Document list = Json(Ask(handler_, "/api/v1/nodes"));
  EXPECT_TRUE(list["items"][0].HasMember("capacity"));
  for (const char* key : {"breakdown", "processes", "units", "disks", "interfaces"}) {
    EXPECT_FALSE(list["items"][0].HasMember(key)) << key;
  }
}

TEST_F(RestTest, Aggregates) {
  const rapidjson::Document web = Json(Ask(handler_, "/api/v1/namespaces/default/deployments/web"));
  EXPECT_STREQ(web["kind"].GetString(), "Deployment");
  EXPECT_TRUE(web["inferred"].GetBool());
  EXPECT_EQ(web["podCount"].GetUint64(), 3u);
  EXPECT_EQ(web["nodeCount"].GetUint64(), 2u);
  EXPECT_DOUBLE_EQ(web["usage"]["cpuMillicores"].GetDouble(), 800.0);
  EXPECT_EQ(web["usage"].MemberCount(), 9u);
  const rapidjson::Document system = Json(Ask(handler_, "/api/v1/namespaces/kube-system"));
  EXPECT_EQ(system["podCount"].GetUint64(), 1u);
  EXPECT_TRUE(system["usage"]["networkRxBytesPerSecond"].IsNull());
}

TEST_F(RestTest, Window) {
  for (const char* path :
       {"/api/v1/namespaces/default/pods/web-7d4b9c6f5d-aaaaa", "/api/v1/nodes/node-a",
        "/api/v1/namespaces/default", "/api/v1/namespaces/default/deployments/web"}) {
    const rapidjson::Document item = Json(Ask(handler_, std::string(path) + "?window=60"));
    EXPECT_STREQ(item.MemberBegin()->name.GetString(), "window") << path;
    EXPECT_EQ(item["window"]["start"].GetInt64(), kNewestTick - 60) << path;
    EXPECT_EQ(item["window"]["end"].GetInt64(), kNewestTick) << path;
    EXPECT_EQ(item["window"]["step"].GetInt64(), 10) << path;
    ASSERT_EQ(item["window"]["timestamps"].Size(), 6u) << path;
    EXPECT_EQ(item["window"]["timestamps"][5].GetInt64(), kNewestTick) << path;
    ASSERT_TRUE(item["series"].HasMember("cpuMillicores")) << path;
    for (const auto& series : item["series"].GetObject()) {
      EXPECT_EQ(series.value.Size(), 6u) << path << series.name.GetString();
      EXPECT_TRUE(item["statistics"].HasMember(series.name)) << path << series.name.GetString();
    }
    EXPECT_TRUE(item["series"]["cpuMillicores"][5].IsNumber()) << path;
    EXPECT_EQ(item["statistics"]["cpuMillicores"].MemberCount(), 5u) << path;
  }
  const rapidjson::Document list = Json(Ask(handler_, "/api/v1/pods?window=120&step=60"));
  EXPECT_STREQ(list.MemberBegin()->name.GetString(), "window");
  EXPECT_EQ(list["window"]["timestamps"].Size(), 2u);
  for (const auto& item : list["items"].GetArray()) {
    EXPECT_EQ(item["series"]["cpuMillicores"].Size(), 2u);
  }
}

TEST_F(RestTest, WindowOfContainers) {
  const rapidjson::Document pod =
      Json(Ask(handler_, "/api/v1/namespaces/default/pods/web-7d4b9c6f5d-aaaaa?window=60"));
  for (const auto& container : pod["containers"].GetArray()) {
    EXPECT_EQ(container["series"]["cpuMillicores"].Size(), 6u);
    EXPECT_TRUE(container["statistics"].HasMember("cpuMillicores"));
  }
}

TEST_F(RestTest, MetricsLimit) {
  const rapidjson::Document pod =
      Json(Ask(handler_,
               "/api/v1/namespaces/default/pods/web-7d4b9c6f5d-aaaaa?window=60"
               "&metrics=memory,throttledPercent,cpuSomePercent"));
  ASSERT_EQ(pod["usage"].MemberCount(), 1u);
  EXPECT_TRUE(pod["usage"].HasMember("memoryBytes"));
  for (const char* part : {"series", "statistics"}) {
    EXPECT_EQ(pod[part].MemberCount(), 3u) << part;
    EXPECT_TRUE(pod[part].HasMember("throttledPercent")) << part;
    EXPECT_TRUE(pod[part].HasMember("cpuSomePercent")) << part;
  }
  EXPECT_EQ(pod["containers"][0]["usage"].MemberCount(), 1u);
  EXPECT_TRUE(pod.HasMember("throttling"));
}

TEST_F(RestTest, StaleAfterThreeMissedTicks) {
  clock_.Advance(60'000);
  const rapidjson::Document pods = Json(Ask(handler_, "/api/v1/pods"));
  ASSERT_EQ(pods["total"].GetInt(), 4);
  for (const auto& pod : pods["items"].GetArray()) EXPECT_TRUE(pod["stale"].GetBool());
}

TEST_F(RestTest, UnknownPathsAndObjects) {
  EXPECT_THAT(Problem("/api/v1/node"), HasSubstr("404 there is no path '/api/v1/node'; the nearest "
                                                 "are /api/v1/nodes"));
  EXPECT_THAT(Problem("/api/v1/nodes/node-z"), HasSubstr("404 node 'node-z' is not known"));
  EXPECT_THAT(Problem("/api/v1/nodes/node-z/pods"), HasSubstr("404 node 'node-z' is not known"));
  EXPECT_THAT(Problem("/api/v1/namespaces/x"), HasSubstr("404 namespace 'x'"));
  EXPECT_THAT(Problem("/api/v1/namespaces/x/pods/y"), HasSubstr("404 pod 'y' of namespace 'x'"));
  EXPECT_THAT(Problem("/api/v1/namespaces/x/deployments/y"), HasSubstr("404 deployment 'y'"));
  EXPECT_THAT(Problem("/api/v1/namespaces/x/deployments/y/pods"), HasSubstr("404 deployment 'y'"));
  EXPECT_THAT(Problem("/api/v1/nodes/a%0Ab"), HasSubstr("404 node 'a\\x0Ab'"));
  const HttpResponse huge = Ask(handler_, "/" + std::string(100'000, 'x'));
  EXPECT_EQ(huge.status, 404);
  EXPECT_LT(huge.body.size(), 2'000u);
}

TEST_F(RestTest, BadParameters) {
  EXPECT_THAT(Problem("/api/v1/pods?window=0"), HasSubstr("400 parameter 'window': '0'"));
  EXPECT_THAT(Problem("/api/v1/pods?foo=1"), HasSubstr("400 unknown parameter 'foo'"));
  EXPECT_THAT(Problem("/api/v1/pods?window=60&step=7"), HasSubstr("step"));
  EXPECT_THAT(Problem("/api/v1/pods?window=60&step=7"), HasSubstr("400 "));
  EXPECT_THAT(Problem("/api/v1/status?foo=1"), HasSubstr("400 unknown parameter 'foo'"));
  EXPECT_THAT(Problem("/version?foo=1"), HasSubstr("known here: none"));
  EXPECT_EQ(Ask(handler_, "/readyz?verbose").status, 200);
}

TEST_F(RestTest, ManyThreadsAtOnce) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (const char* target :
           {"/api/v1/pods?window=120", "/api/v1/nodes/node-a", "/api/v1/status", "/readyz",
            "/api/v1/namespaces?sort=-cpu&limit=1", "/openapi.json", "/nowhere"}) {
        EXPECT_FALSE(Ask(handler_, target).body.empty());
      }
    });
  }
}

// Paging.

std::string Token(const HttpResponse& response) {
  const rapidjson::Document json = Json(response);
  return json.HasMember("continue") ? json["continue"].GetString() : "";
}

TEST_F(RestTest, ContinueGoesThroughTheWholeList) {
  for (const std::string sort : {"name", "-name", "cpu", "-cpu", "network", "-network"}) {
    const std::string target = "/api/v1/pods?includeTerminated=true&sort=" + sort;
    const std::vector<std::string> whole = Names(target);
    ASSERT_EQ(whole.size(), 5u);
    std::vector<std::string> pieces;
    std::string next = target + "&limit=2";
    for (int page = 0; page < 3; ++page) {
      const HttpResponse response = Ask(handler_, next);
      ASSERT_EQ(response.status, 200) << response.body;
      const rapidjson::Document json = Json(response);
      EXPECT_EQ(json["total"].GetInt(), 5);
      for (const auto& item : json["items"].GetArray()) pieces.push_back(item["name"].GetString());
      next = target + "&limit=2&continue=" + Token(response);
      EXPECT_EQ(Token(response).empty(), page == 2);
    }
    EXPECT_EQ(pieces, whole) << sort;
  }
}

TEST_F(RestTest, ContinuePinsTheTick) {
  const HttpResponse first = Ask(handler_, "/api/v1/pods?window=30&limit=1");
  clock_.Advance(10'000);
  NodeReport report;
  for (const char* node : {"node-a", "node-b"}) {
    report.node_name = node;
    report.boot_id = "0f1e2d3c-boot";
    report.instance_id = std::string(node) + "-instance";
    report.interval_ms = testing::kIntervalMs;
    Tick tick;
    tick.tick_ms = kNewestTickMs + testing::kIntervalMs;
    tick.boot_usec = 1'000'000'000 + testing::kTicks * testing::kIntervalMs * 1000;
    tick.node = testing::ValuesAt(ObjectKind::kNode, testing::kTicks, 2000);
    report.ticks = {tick};
    ASSERT_EQ(store_->Append(report, clock_.WallMs()).accepted_ticks, 1u);
  }
  const auto fresh = Json(Ask(handler_, "/api/v1/nodes?window=30"));
  EXPECT_EQ(fresh["window"]["end"].GetInt64(), kNewestTick + 10);
  const HttpResponse second =
      Ask(handler_, "/api/v1/pods?window=30&limit=1&continue=" + Token(first));
  ASSERT_EQ(second.status, 200) << second.body;
  const auto json = Json(second);
  EXPECT_EQ(json["window"]["end"].GetInt64(), kNewestTick);
  EXPECT_EQ(json["total"].GetInt(), 4) << "the pods of the pinned tick";
  EXPECT_STREQ(json["items"][0]["name"].GetString(), "web-7d4b9c6f5d-bbbbb");
}

TEST_F(RestTest, ContinueEndsAfterSixtySeconds) {
  const std::string token = Token(Ask(handler_, "/api/v1/pods?limit=1"));
  const std::string target = "/api/v1/pods?limit=1&continue=" + token;
  clock_.Advance(59'000);
  const HttpResponse in_time = Ask(handler_, target);
  EXPECT_EQ(in_time.status, 200) << in_time.body;
  const std::string later = Token(in_time);
  clock_.Advance(2'000);
  EXPECT_THAT(Problem(target), HasSubstr("410 parameter 'continue'"));
  EXPECT_THAT(Problem("/api/v1/pods?limit=1&continue=" + later), HasSubstr("410 "))
      << "the 60 s are those of the first page";
}

TEST_F(RestTest, ContinueOfAnotherServerIsGone) {
  const std::string token = Token(Ask(handler_, "/api/v1/pods?limit=1"));
  const Handler restarted = MakeRestHandler(OptionsFor(*store_, clock_));
  const HttpResponse response = Ask(restarted, "/api/v1/pods?limit=1&continue=" + token);
  EXPECT_EQ(response.status, 410);
  EXPECT_THAT(DetailOf(response), HasSubstr("restarted"));
}

TEST_F(RestTest, ContinueThatDoesNotFitIsRefused) {
  const std::string token = Token(Ask(handler_, "/api/v1/pods?limit=1"));
  ASSERT_FALSE(token.empty());
  EXPECT_EQ(Ask(handler_, "/api/v1/pods?continue=" + token).status, 200) << "limit may change";
  for (const std::string& target :
       {"/api/v1/pods?sort=cpu&continue=" + token, "/api/v1/nodes?continue=" + token,
        "/api/v1/pods?namespace=default&continue=" + token, std::string("/api/v1/pods?continue="),
        std::string("/api/v1/pods?continue=abc"), "/api/v1/pods?continue=" + token.substr(1),
        "/api/v1/pods?continue=" + token + "A", "/api/v1/pods?offset=1&continue=" + token}) {
    EXPECT_THAT(Problem(target), HasSubstr("400 parameter ")) << target;
  }
}

TEST_F(RestTest, OffsetPages) {
  EXPECT_THAT(Names("/api/v1/pods?limit=2&offset=1"),
              ElementsAre("web-7d4b9c6f5d-bbbbb", "web-7d4b9c6f5d-ccccc"));
  EXPECT_THAT(Names("/api/v1/pods?offset=3"), ElementsAre("kube-proxy-x"));
  EXPECT_THAT(Names("/api/v1/pods?offset=4"), IsEmpty());
  const std::string token = Token(Ask(handler_, "/api/v1/pods?limit=1&offset=1"));
  EXPECT_THAT(Names("/api/v1/pods?limit=1&continue=" + token), ElementsAre("web-7d4b9c6f5d-ccccc"));
}

}  // namespace
}  // namespace kubemonitor
