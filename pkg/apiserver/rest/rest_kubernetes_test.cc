// What the REST API answers where Kubernetes is read.

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
using testing::OptionsFor;
using testing::SmallCluster;
using testing::SmallKubernetes;

class RestKubernetesTest : public ::testing::Test {
 protected:
  rapidjson::Document Get(const std::string& target) {
    const HttpResponse response = Ask(handler_, target);
    EXPECT_EQ(response.status, 200) << target << " " << response.body;
    return Json(response);
  }
  std::vector<std::string> Names(const std::string& target) {
    const rapidjson::Document list = Get(target);
    std::vector<std::string> names;
    for (const auto& item : list["items"].GetArray()) names.emplace_back(item["name"].GetString());
    EXPECT_EQ(list["total"].GetUint64(), names.size()) << target;
    return names;
  }

  FakeClock clock_;
  std::unique_ptr<SummedStore> store_ = SmallCluster();
  const SmallKubernetes kubernetes_;
  Handler handler_ = MakeRestHandler(OptionsFor(*store_, clock_, kubernetes_));
};

TEST_F(RestKubernetesTest, APod) {
  const rapidjson::Document pod = Get("/api/v1/namespaces/default/pods/web-7d4b9c6f5d-aaaaa");
  EXPECT_STREQ(pod["phase"].GetString(), "Running");
  EXPECT_STREQ(pod["reason"].GetString(), "CrashLoopBackOff");
  EXPECT_TRUE(pod["ready"].GetBool());
  EXPECT_FALSE(pod["terminating"].GetBool());
  EXPECT_STREQ(pod["createdAt"].GetString(), "2026-11-23T15:35:00Z");
  EXPECT_STREQ(pod["owner"]["kind"].GetString(), "Deployment");
  EXPECT_FALSE(pod["owner"]["inferred"].GetBool());
  EXPECT_STREQ(pod["labels"]["tier"].GetString(), "front");
  EXPECT_EQ(pod["requests"]["cpuMillicores"].GetDouble(), 200);
  EXPECT_EQ(pod["limits"]["memoryBytes"].GetDouble(), 256.0 * 1024 * 1024);
  EXPECT_EQ(pod["utilization"]["cpuOfRequestPercent"].GetDouble(), 200);
  EXPECT_EQ(pod["utilization"]["cpuOfLimitPercent"].GetDouble(), 80);
  EXPECT_EQ(pod["restartCount"].GetInt(), 6);
  ASSERT_EQ(pod["containers"].Size(), 3u);
  EXPECT_STREQ(pod["containers"][0]["state"].GetString(), "running");
  EXPECT_STREQ(pod["containers"][2]["name"].GetString(), "starting");
  EXPECT_TRUE(pod["containers"][2]["usage"].IsNull());
  EXPECT_STREQ(pod["containers"][2]["usageMissingReason"].GetString(), "notStarted");
}

TEST_F(RestKubernetesTest, WhatNobodyMeasures) {
  const rapidjson::Document pod = Get("/api/v1/namespaces/default/pods/web-7d4b9c6f5d-ddddd");
  EXPECT_TRUE(pod["usage"].IsNull());
  EXPECT_STREQ(pod["usageMissingReason"].GetString(), "notScheduled");
  EXPECT_FALSE(pod.HasMember("node"));
  EXPECT_FALSE(pod.HasMember("sampledAt"));
  EXPECT_FALSE(pod.HasMember("utilization"));
  const rapidjson::Document node = Get("/api/v1/nodes/node-c");
  EXPECT_TRUE(node["usage"].IsNull());
  EXPECT_STREQ(node["usageMissingReason"].GetString(), "noCollector");
  EXPECT_STREQ(node["collector"].GetString(), "missing");
  EXPECT_EQ(node["capacity"]["cpuMillicores"].GetInt(), 4000);
  EXPECT_EQ(node["podCapacity"].GetInt(), 110);
  EXPECT_THAT(Names("/api/v1/nodes/node-c/pods"), ElementsAre("db-0"));
  EXPECT_THAT(Names("/api/v1/nodes/node-c/pods?includeTerminated=true"),
              ElementsAre("db-0", "nightly-29000000-abcde"));
  EXPECT_THAT(Names("/api/v1/nodes"), ElementsAre("node-a", "node-b", "node-c"));
  EXPECT_THAT(Names("/api/v1/nodes?namespace=default&sort=-cpu"),
              ElementsAre("node-a", "node-b", "node-c"));
  EXPECT_THAT(Names("/api/v1/namespaces"), ElementsAre("default", "empty", "kube-system"));
  EXPECT_THAT(Names("/api/v1/namespaces?node=node-c"), ElementsAre("default"));
}

TEST_F(RestKubernetesTest, Workloads) {
  EXPECT_THAT(Names("/api/v1/workloads"),
              ElementsAre("agent", "db", "idle", "nightly", "web", "agent"));
  EXPECT_THAT(Names("/api/v1/workloads?kind=Deployment,StatefulSet"),
              ElementsAre("db", "idle", "web"));
  EXPECT_THAT(Names("/api/v1/workloads?kind=Job"), IsEmpty());  // the cron job stands for it
  EXPECT_THAT(Names("/api/v1/workloads?namespace=kube-system"), ElementsAre("agent"));
  EXPECT_THAT(Names("/api/v1/workloads?node=node-b"), ElementsAre("web"));
  EXPECT_THAT(Names("/api/v1/workloads?sort=-cpu&kind=Deployment,DaemonSet"),
              ElementsAre("web", "agent", "agent", "idle"));  // measured first
  EXPECT_THAT(Names("/api/v1/namespaces/default/jobs"), ElementsAre("nightly-29000000"));
  const rapidjson::Document web = Get("/api/v1/namespaces/default/deployments/web");
  EXPECT_FALSE(web["inferred"].GetBool());
  EXPECT_EQ(web["podCount"].GetInt(), 3);
  EXPECT_EQ(web["replicas"]["desired"].GetInt(), 4);
  EXPECT_EQ(web["requests"]["cpuMillicores"].GetDouble(), 800);
  EXPECT_EQ(web["limits"]["cpuMillicores"].GetDouble(), 2000);
  EXPECT_EQ(web["utilization"]["cpuOfRequestPercent"].GetDouble(), 100);
  EXPECT_EQ(web["utilization"]["cpuOfLimitPercent"].GetDouble(), 40);
  const rapidjson::Document job = Get("/api/v1/namespaces/default/jobs/nightly-29000000");
  EXPECT_STREQ(job["owner"]["name"].GetString(), "nightly");
  EXPECT_EQ(job["replicas"]["failed"].GetInt(), 1);
  EXPECT_THAT(Names("/api/v1/namespaces/default/cronjobs/nightly/pods?includeTerminated=1"),
              ElementsAre("nightly-29000000-abcde"));
  EXPECT_THAT(DetailOf(Ask(handler_, "/api/v1/namespaces/x/statefulsets/y")),
              HasSubstr("statefulset 'y' of namespace 'x' is not known; "
                        "/api/v1/namespaces/{namespace}/statefulsets lists"));
}

TEST_F(RestKubernetesTest, Findings) {
  const rapidjson::Document findings = Get("/api/v1/findings");
  std::vector<std::string> kinds;
  for (const auto& item : findings["items"].GetArray()) {
    kinds.emplace_back(item["kind"].GetString());
    if (kinds.back() == "noCollector") {
      const auto& node = item["members"][0];
      EXPECT_STREQ(node["kind"].GetString(), "node");
      EXPECT_STREQ(node["name"].GetString(), "node-c");
      EXPECT_FALSE(node.HasMember("value"));
      EXPECT_FALSE(node.HasMember("unit"));
    } else if (kinds.back() == "pending") {
      const auto& pod = item["members"][0];
      EXPECT_STREQ(pod["name"].GetString(), "web-7d4b9c6f5d-ddddd");
      EXPECT_DOUBLE_EQ(pod["value"].GetDouble(), 7202);
      EXPECT_STREQ(pod["unit"].GetString(), "seconds");
      EXPECT_FALSE(pod.HasMember("node"));
    } else if (kinds.back() == "restarting") {
      EXPECT_EQ(item["count"].GetInt(), 3);
      EXPECT_STREQ(item["members"][0]["container"].GetString(), "starting");
      EXPECT_STREQ(item["members"][0]["reason"].GetString(), "CrashLoopBackOff");
    }
  }
  EXPECT_THAT(kinds, ElementsAre("oomKilled", "restarting", "pressure", "nearLimit", "throttled",
                                 "pending", "noCollector"));
  EXPECT_THAT(Names("/api/v1/nodes?finding=noCollector"), ElementsAre("node-c"));
  EXPECT_THAT(Names("/api/v1/pods?finding=pending"), ElementsAre("web-7d4b9c6f5d-ddddd"));
  EXPECT_THAT(Names("/api/v1/pods?finding=restarting&node=node-b"),
              ElementsAre("web-7d4b9c6f5d-ccccc"));
  EXPECT_THAT(Names("/api/v1/pods?finding=throttled&node=node-b"),
              ElementsAre("web-7d4b9c6f5d-ccccc"));
  EXPECT_THAT(Names("/api/v1/nodes?finding=pending"), IsEmpty());
}

TEST_F(RestKubernetesTest, TheCluster) {
  const rapidjson::Document cluster = Get("/api/v1/cluster");
  EXPECT_EQ(cluster["nodes"]["missingCollector"].GetInt(), 1);
  EXPECT_EQ(cluster["nodes"]["notReady"].GetInt(), 0);
  EXPECT_DOUBLE_EQ(cluster["capacity"]["cpuMillicores"].GetDouble(), 8000);
  EXPECT_DOUBLE_EQ(cluster["allocatable"]["cpuMillicores"].GetDouble(), 7600);
  EXPECT_DOUBLE_EQ(cluster["requests"]["cpuMillicores"].GetDouble(), 800);
  EXPECT_DOUBLE_EQ(cluster["limits"]["cpuMillicores"].GetDouble(), 2000);
  EXPECT_DOUBLE_EQ(cluster["utilization"]["cpuOfRequestPercent"].GetDouble(), 500);
  EXPECT_FALSE(cluster["utilization"].HasMember("cpuOfLimitPercent"));
  EXPECT_NEAR(cluster["utilization"]["cpuOfAllocatablePercent"].GetDouble(), 52.632, 0.001);
}

TEST_F(RestKubernetesTest, Search) {
  EXPECT_THAT(Names("/api/v1/search?q=node-c"), ElementsAre("node-c"));
  EXPECT_THAT(Names("/api/v1/search?q=ddddd"), ElementsAre("web-7d4b9c6f5d-ddddd"));
  EXPECT_THAT(Names("/api/v1/search?q=db"), ElementsAre("db", "db-0"));
  EXPECT_THAT(Names("/api/v1/search?q=idle"), ElementsAre("idle"));
  EXPECT_THAT(Names("/api/v1/search?q=empty"), ElementsAre("empty"));
}

TEST_F(RestKubernetesTest, LabelSelectors) {
  const std::string front = "labelSelector=tier%20in%20(front,back),app";
  EXPECT_EQ(Names("/api/v1/pods?" + front).size(), 4u);
  EXPECT_THAT(Names("/api/v1/pods?labelSelector=!app"), ElementsAre("db-0", "kube-proxy-x"));
  EXPECT_THAT(Names("/api/v1/nodes?labelSelector=topology.kubernetes.io/zone!=eu-1a"), IsEmpty());
  EXPECT_THAT(Names("/api/v1/namespaces?labelSelector=kubernetes.io/metadata.name=empty"),
              ElementsAre("empty"));
  EXPECT_EQ(Names("/api/v1/workloads?labelSelector=team=shop").size(), 6u);
  EXPECT_THAT(Names("/api/v1/namespaces/default/deployments?labelSelector=team!=shop"), IsEmpty());
  const HttpResponse wrong = Ask(handler_, "/api/v1/pods?labelSelector=a%20b");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(DetailOf(wrong), HasSubstr("parameter 'labelSelector': 'a b' is not allowed"));
}

TEST_F(RestKubernetesTest, ListsGoOnOverWhatNobodyMeasures) {
  std::vector<std::string> seen;
  std::string target = "/api/v1/pods?sort=-cpu&limit=1&includeTerminated=true";
  for (std::string next = target; !next.empty();) {
    const rapidjson::Document page = Get(next);
    ASSERT_EQ(page["items"].Size(), 1u);
    seen.emplace_back(page["items"][0]["name"].GetString());
    next = page.HasMember("continue") ? target + "&continue=" + page["continue"].GetString() : "";
  }
  EXPECT_THAT(seen, ElementsAre("web-7d4b9c6f5d-aaaaa", "web-7d4b9c6f5d-ccccc",
                                "web-7d4b9c6f5d-bbbbb", "job-1", "kube-proxy-x", "db-0",
                                "nightly-29000000-abcde", "web-7d4b9c6f5d-ddddd"));
}

TEST_F(RestKubernetesTest, WithoutKubernetesLabelsAreThoseOfTheRuntime) {
  const Handler without = MakeRestHandler(OptionsFor(*store_, clock_));
  const rapidjson::Document pods = Json(Ask(without, "/api/v1/pods?labelSelector=app%3Dweb"));
  EXPECT_EQ(pods["total"].GetInt(), 3);
  const rapidjson::Document nodes = Json(Ask(without, "/api/v1/nodes?labelSelector=a"));
  EXPECT_EQ(nodes["total"].GetInt(), 0);
}

}  // namespace
}  // namespace kubemonitor
