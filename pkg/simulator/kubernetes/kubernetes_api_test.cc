#include "simulator/kubernetes/kubernetes_api.h"

#include <gmock/gmock.h>

#include <set>

#include "simulator/kubernetes/kubernetes_api_testing.h"

namespace kubemonitor::testing {
namespace {

using ::testing::HasSubstr;

TEST_F(KubernetesApiTest, ListsSayWhatTheyAre) {
  const auto pods = Get("/api/v1/pods");
  EXPECT_EQ(status_, 200);
  EXPECT_STREQ(pods["kind"].GetString(), "PodList");
  EXPECT_STREQ(pods["apiVersion"].GetString(), "v1");
  EXPECT_FALSE(pods["metadata"].HasMember("continue"));
  ASSERT_GE(pods["items"].Size(), 48U);
  EXPECT_FALSE(pods["items"][0].HasMember("kind")) << "items have none";
  EXPECT_TRUE(pods["items"][0].HasMember("spec"));
  const auto deployments = Get("/apis/apps/v1/deployments");
  EXPECT_STREQ(deployments["kind"].GetString(), "DeploymentList");
  EXPECT_STREQ(deployments["apiVersion"].GetString(), "apps/v1");
  EXPECT_EQ(deployments["items"].Size(), 6U);
  const auto sets = Get("/apis/apps/v1/replicasets", kMetadataList);
  EXPECT_STREQ(sets["kind"].GetString(), "PartialObjectMetadataList");
  EXPECT_STREQ(sets["apiVersion"].GetString(), "meta.k8s.io/v1");
  EXPECT_EQ(sets["items"].Size(), 18U) << "three of each Deployment";
  EXPECT_FALSE(sets["items"][0].HasMember("spec"));
  EXPECT_STREQ(Get("/version")["gitVersion"].GetString(), "v1.34.1+simulated");
  const auto status = Get("/api/v1/secrets");
  EXPECT_EQ(status_, 404);
  EXPECT_STREQ(status["kind"].GetString(), "Status");
  EXPECT_EQ(status["code"].GetInt(), 404);
}

// Pages are one snapshot, whatever happens while they are read.
TEST_F(KubernetesApiTest, PagesAreOneSnapshot) {
  for (const char* path : {"/api/v1/pods", "/apis/batch/v1/jobs", "/api/v1/nodes"}) {
    const Held whole = HeldOf(Get(path));
    Held paged;
    std::string version, token;
    int64_t left = -1;
    do {
      const auto page =
          Get(std::string(path) + "?limit=3" + (token.empty() ? "" : "&continue=" + token));
      ASSERT_EQ(status_, 200);
      const auto& metadata = page["metadata"];
      if (version.empty()) version = VersionOf(page);
      EXPECT_EQ(VersionOf(page), version);
      const Held held = HeldOf(page);
      EXPECT_LE(held.size(), 3U);
      paged.insert(held.begin(), held.end());
      token = metadata.HasMember("continue") ? metadata["continue"].GetString() : "";
      left =
          metadata.HasMember("remainingItemCount") ? metadata["remainingItemCount"].GetInt64() : 0;
      EXPECT_EQ(paged.size() + static_cast<size_t>(left), whole.size());
      clock_.AdvanceMs(5'000);
    } while (!token.empty());
    EXPECT_EQ(paged, whole);
    EXPECT_EQ(left, 0);
  }
}

TEST_F(KubernetesApiTest, VersionsOfLists) {
  const auto first = Get("/api/v1/pods");
  clock_.AdvanceMs(20'000);
  const Held before = HeldOf(first);
  const std::string version = VersionOf(first);
  EXPECT_NE(HeldOf(Get("/api/v1/pods")), before);
  EXPECT_EQ(HeldOf(Get("/api/v1/pods?resourceVersionMatch=Exact&resourceVersion=" + version)),
            before);
  EXPECT_NE(HeldOf(Get("/api/v1/pods?resourceVersion=" + version)), before) << "not older than";
  EXPECT_EQ(Get("/api/v1/pods?limit=5&resourceVersion=" + version)["metadata"]["resourceVersion"],
            version.c_str());
  const auto any = Get("/api/v1/pods?limit=5&resourceVersion=0");
  EXPECT_GE(any["items"].Size(), 48U) << "the limit does not count";
  EXPECT_FALSE(any["metadata"].HasMember("continue"));
  const auto future = Get("/api/v1/pods?resourceVersion=9000000000000000000");
  EXPECT_EQ(status_, 504);
  EXPECT_STREQ(future["details"]["causes"][0]["reason"].GetString(), "ResourceVersionTooLarge");
  EXPECT_EQ(future["details"]["retryAfterSeconds"].GetInt(), 1);
}

TEST_F(KubernetesApiTest, PagesExpireAndCanGoOnAnyway) {
  const auto page = Get("/api/v1/pods?limit=10");
  const std::string token = page["metadata"]["continue"].GetString();
  clock_.AdvanceMs(400'000);
  const auto status = Get("/api/v1/pods?limit=10&continue=" + token);
  EXPECT_EQ(status_, 410);
  EXPECT_STREQ(status["reason"].GetString(), "Expired");
  const std::string rest = status["metadata"]["continue"].GetString();
  const auto more = Get("/api/v1/pods?limit=10&continue=" + rest);
  EXPECT_EQ(status_, 200);
  EXPECT_EQ(more["items"].Size(), 10U);
  Get("/api/v1/pods?resourceVersionMatch=Exact&resourceVersion=" + VersionOf(page));
  EXPECT_EQ(status_, 410);
}

// Applies events to what is held, and checks that they fit.
void Apply(const std::vector<rapidjson::Document>& events, Held* held, std::string* version) {
  for (const auto& event : events) {
    const std::string type = event["type"].GetString();
    const auto& object = event["object"];
    ASSERT_NE(type, "ERROR");
    *version = object["metadata"]["resourceVersion"].GetString();
    EXPECT_TRUE(object.HasMember("kind"));
    if (type == "BOOKMARK") continue;
    const std::string key = KeyOf(object);
    EXPECT_EQ(held->contains(key), type != "ADDED") << type << " " << key;
    if (type == "DELETED") {
      held->erase(key);
    } else {
      (*held)[key] = *version;
    }
  }
}

TEST_F(KubernetesApiTest, WatchesKeepAListUpToDate) {
  for (const char* path :
       {"/api/v1/pods", "/api/v1/nodes", "/apis/apps/v1/replicasets", "/apis/apps/v1/deployments",
        "/apis/apps/v1/daemonsets", "/apis/apps/v1/statefulsets", "/apis/batch/v1/jobs",
        "/apis/batch/v1/cronjobs", "/api/v1/namespaces"}) {
    const auto list = Get(path);
    Held held = HeldOf(list);
    std::string version = VersionOf(list);
    for (int connection = 0; connection < 3; ++connection) {
      // Each goes on where the last event of the one before was.
      auto watch = Watch(std::string(path) +
                         "?watch=true&allowWatchBookmarks=true&resourceVersion=" + version);
      for (int i = 0; i < 30; ++i) {
        clock_.AdvanceMs(1'700);
        Apply(watch.Events(), &held, &version);
      }
      EXPECT_EQ(held, HeldOf(Get(path))) << path;
    }
  }
}

TEST_F(KubernetesApiTest, AWatchWithoutVersionBeginsWithEverything) {
  for (const char* version : {"", "&resourceVersion=0"}) {
    Held held;
    std::string last;
    auto watch = Watch(std::string("/apis/apps/v1/statefulsets?watch=true") + version, kMetadata);
    Apply(watch.Events(), &held, &last);
    clock_.AdvanceMs(60'000);
    Apply(watch.Events(), &held, &last);
    EXPECT_EQ(held, HeldOf(Get("/apis/apps/v1/statefulsets")));
    EXPECT_GE(held.size(), 1U);
  }
}

// Who enters the selection is added, who leaves it is deleted.
TEST_F(KubernetesApiTest, SelectorsHoldInWatches) {
  const std::string path = "/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-0002";
  const auto list = Get(path);
  Held held = HeldOf(list);
  std::string version = VersionOf(list);
  auto watch = Watch(path + "&watch=1&resourceVersion=" + version);
  const std::string failed_path =
      "/api/v1/namespaces/ns-001/pods?fieldSelector=status.phase%3DRunning";
  const auto running = Get(failed_path);
  Held held_running = HeldOf(running);
  auto watch_running = Watch(failed_path + "&watch=1&resourceVersion=" + VersionOf(running));
  for (int i = 0; i < 150; ++i) {
    clock_.AdvanceMs(1'900);
    Apply(watch.Events(), &held, &version);
    Apply(watch_running.Events(), &held_running, &version);
  }
  EXPECT_EQ(held, HeldOf(Get(path)));
  EXPECT_EQ(held_running, HeldOf(Get(failed_path)));
  EXPECT_GE(held.size(), 12U);
}

TEST_F(KubernetesApiTest, BookmarksComeEveryMinuteAndAtTheEnd) {
  const std::string version = VersionOf(Get("/api/v1/namespaces"));
  auto watch = Watch(
      "/api/v1/namespaces?watch=1&allowWatchBookmarks=true&timeoutSeconds=100"
      "&resourceVersion=" +
      version);
  auto without = Watch("/api/v1/namespaces?watch=1&timeoutSeconds=100&resourceVersion=" + version);
  EXPECT_TRUE(watch.Events().empty());
  clock_.AdvanceMs(60'000);
  const auto events = watch.Events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_STREQ(events[0]["type"].GetString(), "BOOKMARK");
  EXPECT_STREQ(events[0]["object"]["kind"].GetString(), "Namespace");
  EXPECT_NE(VersionOf(events[0]["object"]), version) << "the newest";
  EXPECT_FALSE(watch.ended());
  clock_.AdvanceMs(40'000);
  EXPECT_EQ(watch.Events().size(), 1U);
  EXPECT_TRUE(watch.ended());
  EXPECT_TRUE(without.Events().empty());
  EXPECT_TRUE(without.ended());
}

TEST_F(KubernetesApiTest, OldVersionsAreGoneInBothForms) {
  const std::string path =
      "/api/v1/pods?watch=true&resourceVersion=" + VersionOf(Get("/api/v1/pods"));
  clock_.AdvanceMs(1'000);
  Get("/control?mode=compact");
  auto watch = Watch(path);
  EXPECT_EQ(watch.status(), 200);
  const auto events = watch.Events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_STREQ(events[0]["type"].GetString(), "ERROR");
  EXPECT_EQ(events[0]["object"]["code"].GetInt(), 410);
  EXPECT_STREQ(events[0]["object"]["reason"].GetString(), "Expired");
  EXPECT_THAT(events[0]["object"]["message"].GetString(), HasSubstr("too old resource version"));
  EXPECT_TRUE(watch.ended());
  Get("/control?mode=gone");
  const auto status = Get(path);
  EXPECT_EQ(status_, 410);
  EXPECT_STREQ(status["reason"].GetString(), "Expired");
}

TEST_F(KubernetesApiTest, WatchesEndOnDemand) {
  const std::string path =
      "/api/v1/pods?watch=true&resourceVersion=" + VersionOf(Get("/api/v1/pods"));
  auto dropped = Watch(path);
  EXPECT_EQ(Get("/control")["openWatches"].GetInt(), 1);
  EXPECT_EQ(Get("/control?mode=drop")["openWatches"].GetInt(), 0);
  EXPECT_TRUE(dropped.Events().empty());
  EXPECT_TRUE(dropped.ended());
  auto cut = Watch(path);
  Get("/control?mode=cut");
  EXPECT_TRUE(cut.Events().empty());
  EXPECT_TRUE(cut.ended());
  EXPECT_THAT(cut.rest(), HasSubstr("{\"type\":\"BOOK")) << "half a line";
  auto expired = Watch(path);
  Get("/control?mode=expire");
  const auto events = expired.Events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0]["object"]["code"].GetInt(), 410);
}

TEST_F(KubernetesApiTest, ErrorsOnDemand) {
  Get("/control?mode=error&status=503");
  Get("/api/v1/pods");
  EXPECT_EQ(status_, 503);
  Get("/version");
  EXPECT_EQ(status_, 503);
  Get("/control?mode=forbidden&kind=jobs");
  EXPECT_EQ(status_, 200);
  const auto forbidden = Get("/apis/batch/v1/jobs?watch=true");
  EXPECT_EQ(status_, 403);
  EXPECT_STREQ(forbidden["reason"].GetString(), "Forbidden");
  Get("/api/v1/pods");
  EXPECT_EQ(status_, 200);
  Get("/control?mode=throttle&seconds=7");
  const HttpResponse throttled = Serve("/api/v1/nodes");
  EXPECT_EQ(throttled.status, 429);
  EXPECT_THAT(throttled.headers,
              ::testing::Contains(std::pair<std::string, std::string>{"Retry-After", "7"}));
  Get("/control?mode=ok");
  Get("/api/v1/nodes");
  EXPECT_EQ(status_, 200);
  for (const char* wrong : {"mode=nonsense", "mode=error&status=200", "mode=slow&millis=x",
                            "mode=forbidden&kind=secrets"}) {
    Get(std::string("/control?") + wrong);
    EXPECT_EQ(status_, 400) << wrong;
  }
}

TEST_F(KubernetesApiTest, ATokenIsRefusedUntilAnotherComes) {
  const auto status_of = [this](const char* token) {
    return Serve("/api/v1/namespaces", "", token).status;
  };
  EXPECT_EQ(status_of("Bearer one"), 200);
  Get("/control?mode=unauthorized");
  EXPECT_EQ(status_of("Bearer one"), 401);
  EXPECT_EQ(status_of("Bearer one"), 401);
  EXPECT_EQ(status_of("Bearer two"), 200);
  EXPECT_STREQ(Get("/control")["mode"].GetString(), "ok");
}

TEST_F(KubernetesApiTest, NothingExistsOnDemand) {
  const auto list = Get("/api/v1/pods");
  auto watch = Watch("/api/v1/pods?watch=true&resourceVersion=" + VersionOf(list));
  Get("/control?mode=empty");
  const auto events = watch.Events();
  ASSERT_FALSE(events.empty());
  EXPECT_STREQ(events.back()["type"].GetString(), "ERROR") << "so that clients list again";
  clock_.AdvanceMs(2'000);
  const auto empty = Get("/api/v1/pods?limit=500");
  EXPECT_EQ(empty["items"].Size(), 0U);
  auto silent = Watch("/api/v1/pods?watch=true&resourceVersion=" + VersionOf(empty));
  clock_.AdvanceMs(30'000);
  EXPECT_TRUE(silent.Events().empty());
  Get("/control?mode=ok");
  EXPECT_STREQ(silent.Events().back()["type"].GetString(), "ERROR");
  EXPECT_GE(Get("/api/v1/pods")["items"].Size(), 48U);
}

TEST_F(KubernetesApiTest, RequestsAreCounted) {
  Get("/api/v1/pods?limit=1");
  Get("/api/v1/pods");
  const auto watch = Watch("/api/v1/nodes?watch=true");
  const auto counts = Get("/control");
  EXPECT_EQ(counts["kinds"]["pods"]["lists"].GetInt(), 2);
  EXPECT_EQ(counts["kinds"]["nodes"]["watches"].GetInt(), 1);
  EXPECT_EQ(counts["requests"].GetInt(), 3);
}

}  // namespace
}  // namespace kubemonitor::testing
