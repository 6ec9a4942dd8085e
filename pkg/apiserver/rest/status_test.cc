#include "apiserver/rest/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/rest/rest_testing.h"
#include "apiserver/store/store_testing.h"

namespace kubemonitor {
namespace {

using testing::Ask;
using testing::DetailOf;
using testing::FakeClock;
using ::testing::HasSubstr;
using testing::HeaderOf;
using testing::Json;
using testing::OptionsFor;
using testing::SmallCluster;

class StatusTest : public ::testing::Test {
 protected:
  FakeClock clock_;
  std::unique_ptr<SummedStore> store_ = SmallCluster();
  std::unique_ptr<SummedStore> empty_ = NewSummedStore({});
};

TEST_F(StatusTest, Kubernetes) {
  RestOptions options = OptionsFor(*store_, clock_);
  EXPECT_STREQ(
      Json(Ask(MakeRestHandler(options), "/api/v1/status"))["kubernetes"]["state"].GetString(),
      "off");
  const StatusFunction before = options.status;
  options.status = [this, before] {
    ServerStatus status = before();
    status.kubernetes.mode = "kubeconfig";
    status.kubernetes.server = "https://h:1";
    status.kubernetes.state = KubernetesStatus::State::kPartial;
    status.kubernetes.version = "v1.34.1";
    status.kubernetes.last_sync_ms = clock_.WallMs() - 1500;
    status.kubernetes.bytes = 77;
    status.kubernetes.kinds.resize(2);
    status.kubernetes.kinds[0].kind = "Pod";
    status.kubernetes.kinds[0].state = KubeKindStatus::State::kSynced;
    status.kubernetes.kinds[0].objects = 5;
    status.kubernetes.kinds[0].last_event_ms = clock_.WallMs();
    status.kubernetes.kinds[1].kind = "Node";
    status.kubernetes.kinds[1].state = KubeKindStatus::State::kForbidden;
    status.kubernetes.kinds[1].error = "403";
    return status;
  };
  const rapidjson::Document document = Json(Ask(MakeRestHandler(options), "/api/v1/status"));
  const auto& status = document["kubernetes"];
  EXPECT_STREQ(status["mode"].GetString(), "kubeconfig");
  EXPECT_STREQ(status["server"].GetString(), "https://h:1");
  EXPECT_STREQ(status["state"].GetString(), "partial");
  EXPECT_STREQ(status["version"].GetString(), "v1.34.1");
  EXPECT_TRUE(status.HasMember("lastSyncAt"));
  EXPECT_DOUBLE_EQ(status["ageSeconds"].GetDouble(), 1.5);
  EXPECT_EQ(status["bytes"].GetInt(), 77);
  ASSERT_EQ(status["kinds"].Size(), 2u);
  EXPECT_STREQ(status["kinds"][0]["kind"].GetString(), "Pod");
  EXPECT_STREQ(status["kinds"][0]["state"].GetString(), "synced");
  EXPECT_EQ(status["kinds"][0]["objects"].GetInt(), 5);
  EXPECT_TRUE(status["kinds"][0].HasMember("lastEventAt"));
  EXPECT_FALSE(status["kinds"][0].HasMember("error"));
  EXPECT_STREQ(status["kinds"][1]["state"].GetString(), "forbidden");
  EXPECT_STREQ(status["kinds"][1]["error"].GetString(), "403");
  EXPECT_TRUE(document["ready"].GetBool());
}

TEST_F(StatusTest, OfASmallCluster) {
  const Handler handler = MakeRestHandler(OptionsFor(*store_, clock_));
  const rapidjson::Document status = Json(Ask(handler, "/api/v1/status"));
  EXPECT_STREQ(status["version"].GetString(), "0.1.0");
  EXPECT_DOUBLE_EQ(status["uptimeSeconds"].GetDouble(), 600.0);
  EXPECT_TRUE(status["ready"].GetBool());
  EXPECT_EQ(status["nodes"]["known"].GetInt(), 2);
  EXPECT_EQ(status["nodes"]["stale"].GetInt(), 0);
  EXPECT_EQ(status["nodes"]["lostTicks"].GetInt(), 3);
  EXPECT_EQ(status["nodes"]["owing"].GetInt(), 1);
  EXPECT_EQ(status["nodes"]["owedTicks"].GetInt(), 5);
  EXPECT_EQ(status["pods"].GetInt(), 5);
  EXPECT_EQ(status["containers"].GetInt(), 6);
  EXPECT_GT(status["series"].GetInt(), 0);
  const double held = status["samples"]["held"].GetDouble();
  EXPECT_GT(held, 0);
  EXPECT_NEAR(status["samples"]["perSecond"].GetDouble(), held / 130.0, 0.001);
  EXPECT_DOUBLE_EQ(status["retention"]["configuredSeconds"].GetDouble(), 3600.0);
  EXPECT_DOUBLE_EQ(status["retention"]["heldSeconds"].GetDouble(), 122.0);
  EXPECT_STREQ(status["retention"]["newestTickAt"].GetString(), "2026-11-23T17:35:00Z");
  EXPECT_DOUBLE_EQ(status["ingest"]["newestTickAgeSeconds"].GetDouble(), 2.0);
  EXPECT_DOUBLE_EQ(status["ingest"]["arrivalLagAvgSeconds"].GetDouble(), 1.0);
  EXPECT_DOUBLE_EQ(status["ingest"]["arrivalLagMaxSeconds"].GetDouble(), 1.0);
  EXPECT_DOUBLE_EQ(status["ingest"]["reportLagLastSeconds"].GetDouble(), 0.7);
  EXPECT_DOUBLE_EQ(status["ingest"]["reportLagMaxSeconds"].GetDouble(), 12.5);
  EXPECT_EQ(status["ingest"]["requests"].GetInt(), 26);
  EXPECT_EQ(status["refusals"]["tooOld"].GetInt(), 3);
  EXPECT_EQ(status["refusals"]["capacity"].GetInt(), 0);
  EXPECT_EQ(status["refusals"]["total"].GetInt(), 4);
  EXPECT_GT(status["memory"]["residentBytes"].GetUint64(), 1'000'000u);
  EXPECT_GT(status["memory"]["objectBytes"].GetUint64(), 0u);
  EXPECT_EQ(
      status["memory"]["storeBytes"].GetUint64(),
      status["memory"]["blockBytes"].GetUint64() + status["memory"]["openBlockBytes"].GetUint64() +
          status["memory"]["objectBytes"].GetUint64() + status["memory"]["sumBytes"].GetUint64());
  EXPECT_GT(status["memory"]["sumBytes"].GetUint64(), 0u);
  EXPECT_TRUE(status["http"].HasMember("connectionsOpen"));

  clock_.Advance(60'000);
  const rapidjson::Document silent = Json(Ask(handler, "/api/v1/status"));
  EXPECT_EQ(silent["nodes"]["stale"].GetInt(), 2);
  EXPECT_EQ(silent["nodes"]["owing"].GetInt(), 0) << "nothing comes of nodes that are silent";
}

TEST_F(StatusTest, SaysWhatTheMemoryLimitLeaves) {
  const Handler unlimited = MakeRestHandler(OptionsFor(*store_, clock_));
  const rapidjson::Document whole = Json(Ask(unlimited, "/api/v1/status"));
  EXPECT_DOUBLE_EQ(whole["retention"]["effectiveSeconds"].GetDouble(), 3600.0);
  EXPECT_EQ(whole["memory"]["limitBytes"].GetInt(), 1 << 30);

  StoreOptions options;
  options.memory_limit_bytes = 1;
  const std::unique_ptr<SummedStore> store = NewSummedStore(options);
  const int64_t now_ms = clock_.WallMs();
  const int64_t tick_ms = now_ms / 10'000 * 10'000;
  for (const int64_t age_ms : {600'000, 0}) {
    store->Append(
        testing::Report("node-a", {},
                        {testing::TickAt(tick_ms - age_ms, testing::Values({{Series::kPids, 1}}))}),
        now_ms);
  }
  const rapidjson::Document left =
      Json(Ask(MakeRestHandler(OptionsFor(*store, clock_)), "/api/v1/status"));
  EXPECT_DOUBLE_EQ(left["retention"]["configuredSeconds"].GetDouble(), 3600.0);
  const double effective = left["retention"]["effectiveSeconds"].GetDouble();
  EXPECT_GE(effective, 300.0);
  EXPECT_LE(effective, 600.0);
  EXPECT_LE(left["retention"]["heldSeconds"].GetDouble(), effective);
  EXPECT_EQ(left["memory"]["limitBytes"].GetInt(), 1);
}

TEST_F(StatusTest, OfAnEmptyStore) {
  const Handler handler = MakeRestHandler(OptionsFor(*empty_, clock_, 1'000));
  const rapidjson::Document status = Json(Ask(handler, "/api/v1/status"));
  EXPECT_FALSE(status["ready"].GetBool());
  EXPECT_EQ(status["nodes"]["known"].GetInt(), 0);
  EXPECT_FALSE(status["samples"].HasMember("perSecond"));
  EXPECT_FALSE(status["retention"].HasMember("heldSeconds"));
  EXPECT_FALSE(status["memory"].HasMember("limitBytes"));
  EXPECT_FALSE(status["ingest"].HasMember("newestTickAgeSeconds"));
}

TEST_F(StatusTest, ReadyWithTheFirstTickOrAfterAnInterval) {
  EXPECT_EQ(Ask(MakeRestHandler(OptionsFor(*store_, clock_, 0)), "/readyz").status, 200);
  const Handler starting = MakeRestHandler(OptionsFor(*empty_, clock_, 0));
  const HttpResponse not_yet = Ask(starting, "/readyz");
  EXPECT_EQ(not_yet.status, 503);
  EXPECT_EQ(HeaderOf(not_yet, "Retry-After"), "10");
  EXPECT_THAT(DetailOf(not_yet), HasSubstr("no node has reported a tick yet"));
  EXPECT_EQ(Ask(starting, "/healthz").status, 200);
  EXPECT_EQ(Ask(starting, "/livez").body, "ok");
  clock_.Advance(14'999);
  EXPECT_EQ(HeaderOf(Ask(starting, "/readyz"), "Retry-After"), "1");
  clock_.Advance(1);
  EXPECT_EQ(Ask(starting, "/readyz").status, 200);
}

TEST_F(StatusTest, ResourcesAreUnavailableWhileStarting) {
  const Handler starting = MakeRestHandler(OptionsFor(*empty_, clock_, 0));
  for (const char* path : {"/api/v1/pods", "/api/v1/nodes/node-a", "/api/v1/namespaces"}) {
    const HttpResponse response = Ask(starting, path);
    EXPECT_EQ(response.status, 503) << path;
    EXPECT_NE(HeaderOf(response, "Retry-After"), "") << path;
  }
  EXPECT_EQ(Ask(starting, "/api/v1/pods?limit=0").status, 400);
  clock_.Advance(15'000);
  const HttpResponse pods = Ask(starting, "/api/v1/pods");
  EXPECT_EQ(pods.status, 200);
  EXPECT_EQ(pods.body, "{\"items\":[],\"total\":0}\n");
  EXPECT_EQ(Ask(starting, "/api/v1/nodes/node-a").status, 404);
  EXPECT_EQ(Ask(starting, "/api/v1/pods?window=60").status, 200);
}

TEST_F(StatusTest, NotReadyBeforeListening) {
  ServerStatus status;
  status.listening = false;
  const Readiness readiness = CheckReadiness(*store_, status, clock_.WallMs(), clock_.BootUsec());
  EXPECT_FALSE(readiness.ready);
  EXPECT_THAT(readiness.reason, HasSubstr("listeners"));
}

TEST_F(StatusTest, HealthHandlerAnswersNothingElse) {
  const Handler health = MakeHealthHandler(OptionsFor(*store_, clock_));
  for (const char* path : {"/healthz", "/livez", "/readyz", "/readyz?verbose", "/healthz/"}) {
    EXPECT_EQ(Ask(health, path).status, 200) << path;
  }
  for (const char* path : {"/", "/api/v1/nodes", "/api/v1/status", "/version", "/openapi.json"}) {
    EXPECT_EQ(Ask(health, path).status, 404) << path;
  }
}

TEST_F(StatusTest, VersionAndIndex) {
  const Handler handler = MakeRestHandler(OptionsFor(*store_, clock_));
  EXPECT_EQ(Ask(handler, "/version").body,
            "{\"version\":\"0.1.0\",\"commit\":\"abcdef0\",\"compiler\":\"g++ 12.2.0\"}\n");
  const rapidjson::Document index = Json(Ask(handler, "/"));
  EXPECT_STREQ(index["paths"][0].GetString(), "/api/v1/nodes");
  EXPECT_EQ(Ask(handler, "/api/v1").body, Ask(handler, "/").body);
}

TEST_F(StatusTest, WhatIsNotTheApisIsTheSites) {
  RestOptions options = OptionsFor(*store_, clock_);
  options.site = [](const HttpRequest& request) {
    HttpResponse response;
    response.headers = {{"Content-Type", "text/html"}};
    response.body = "site " + request.path;
    return response;
  };
  const Handler handler = MakeRestHandler(options);
  for (const char* path : {"/", "/nodes", "/nodes/healthz", "/apis", "/assets/x.js", "//"}) {
    EXPECT_EQ(Ask(handler, path).body, std::string("site ") + path);
  }
  EXPECT_EQ(Ask(handler, "/", {{"accept", "text/html,application/json"}}).body, "site /");
  EXPECT_EQ(Ask(handler, "/", {{"accept", "*/*"}}).body, "site /");
  EXPECT_STREQ(Json(Ask(handler, "/", {{"accept", "application/json"}}))["name"].GetString(),
               "kubemonitor");
  for (const char* path :
       {"/api", "/api/v2/nodes", "/api/v1/nodez", "/healthz/x", "/openapi.yaml"}) {
    EXPECT_THAT(DetailOf(Ask(handler, path)), HasSubstr("there is no path")) << path;
  }
  EXPECT_EQ(Ask(handler, "/healthz").body, "ok");
}

}  // namespace
}  // namespace kubemonitor
