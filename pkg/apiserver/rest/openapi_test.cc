// api/openapi.yaml against the running handler, in both directions.

#include "apiserver/rest/openapi.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "apiserver/rest/rest_testing.h"
#include "apiserver/rest/routes.h"
#include "apiserver/rest/schema_testing.h"

namespace kubemonitor {
namespace {

using rapidjson::Value;
using testing::Ask;
using testing::FakeClock;
using ::testing::IsEmpty;
using testing::Json;
using testing::OptionsFor;
using testing::SchemaChecker;
using testing::SmallCluster;

// A path of the small cluster for a path of the description.
std::string Filled(std::string path) {
  const std::map<std::string, std::string> values = {{"{nodeName}", "node-a"},
                                                     {"{namespace}", "default"},
                                                     {"{podName}", "web-7d4b9c6f5d-aaaaa"},
                                                     {"{deploymentName}", "web"},
                                                     {"{statefulSetName}", "db"},
                                                     {"{daemonSetName}", "agent"},
                                                     {"{jobName}", "nightly-29000000"},
                                                     {"{cronJobName}", "nightly"}};
  for (const auto& [placeholder, value] : values) {
    const size_t at = path.find(placeholder);
    if (at != std::string::npos) path.replace(at, placeholder.size(), value);
  }
  return path;
}

// Values that satisfy the parameters' schemas and the small cluster.
std::string ExampleOf(const std::string& parameter) {
  const std::map<std::string, std::string> examples = {
      {"window", "window=60"},
      {"step", "window=60&step=20"},
      {"end", "window=60&end=1795455300"},
      {"metrics", "metrics=cpuMillicores"},
      {"namespace", "namespace=default"},
      {"node", "node=node-a"},
      {"includeTerminated", "includeTerminated=true"},
      {"limit", "limit=1"},
      {"offset", "offset=1"},
      {"sort", "sort=-cpuMillicores"},
      {"kind", "kind=Deployment,StatefulSet"},
      {"labelSelector", "labelSelector=app"},
      {"uid", "uid=uid-of-web-7d4b9c6f5d-aaaaa"},
      {"search", "search=WEB"},
      {"finding", "finding=stale"},
      {"series", "window=60&series=memoryBytes"},
      {"q", "q=web"}};
  const auto found = examples.find(parameter);
  return found == examples.end() ? "" : found->second;
}

class OpenApiTest : public ::testing::Test {
 protected:
  OpenApiTest() {
    const std::string_view text = OpenApiJson();
    spec_.Parse(text.data(), text.size());
    if (!spec_.HasParseError()) checker_ = std::make_unique<SchemaChecker>(spec_);
  }

  void SetUp() override { ASSERT_TRUE(checker_ != nullptr); }

  // The parameters of a path, by `in`.
  std::set<std::string> ParametersOf(const Value& path, std::string_view in) {
    std::set<std::string> names;
    const auto add = [&](const Value& owner) {
      if (!owner.HasMember("parameters")) return;
      for (const Value& reference : owner["parameters"].GetArray()) {
        const Value& parameter = checker_->Resolve(reference);
        if (in == parameter["in"].GetString()) names.insert(parameter["name"].GetString());
      }
    };
    add(path);
    add(path["get"]);
    return names;
  }

  const Value* ResponseSchema(const Value& path, int status, const char* media_type) {
    const Value& responses = path["get"]["responses"];
    const auto response = responses.FindMember(fmt::format("{}", status).c_str());
    if (response == responses.MemberEnd()) return nullptr;
    const Value& content = checker_->Resolve(response->value)["content"];
    const auto media = content.FindMember(media_type);
    return media == content.MemberEnd() ? nullptr : &media->value["schema"];
  }

  // Asks and holds the answer against the description of `path`.
  HttpResponse AskAndCheck(const char* path, const std::string& target) {
    HttpResponse response = Ask(handler_, target);
    const std::string type = testing::HeaderOf(response, "Content-Type");
    const std::string media_type = type.substr(0, type.find(';'));
    const Value* schema = ResponseSchema(spec_["paths"][path], response.status, media_type.c_str());
    EXPECT_TRUE(schema != nullptr) << target << " answers " << response.status << " " << type;
    if (schema == nullptr || media_type.starts_with("text/")) return response;
    EXPECT_THAT(checker_->Check(*schema, Json(response)), IsEmpty()) << target;
    return response;
  }

  rapidjson::Document spec_;
  std::unique_ptr<SchemaChecker> checker_;
  FakeClock clock_;
  std::unique_ptr<SummedStore> store_ = SmallCluster();
  const testing::SmallKubernetes kubernetes_;
  Handler handler_ = MakeRestHandler(OptionsFor(*store_, clock_, kubernetes_));
};

TEST_F(OpenApiTest, IsServedAsItIs) {
  const HttpResponse response = Ask(handler_, "/openapi.json");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, OpenApiJson());
  EXPECT_STREQ(Json(response)["openapi"].GetString(), "3.0.3");
}

TEST_F(OpenApiTest, HasEveryRouteAndParameterOfTheTableAndNoOther) {
  std::set<std::string> paths;
  for (const Route& route : Routes()) {
    const std::string path(route.path);
    paths.insert(path);
    ASSERT_TRUE(spec_["paths"].HasMember(path.c_str())) << path;
    std::set<std::string> expected;
    for (size_t i = 0; i < kParameterCount; ++i) {
      const auto parameter = static_cast<Parameter>(i);
      if (route.parameters.Has(parameter)) expected.emplace(ParameterName(parameter));
    }
    EXPECT_EQ(ParametersOf(spec_["paths"][path.c_str()], "query"), expected) << path;
    for (const std::string& name : ParametersOf(spec_["paths"][path.c_str()], "path")) {
      EXPECT_NE(path.find("{" + name + "}"), std::string::npos) << path << " " << name;
    }
  }
  for (const auto& path : spec_["paths"].GetObject()) {
    EXPECT_TRUE(paths.contains(path.name.GetString())) << path.name.GetString();
  }
}

TEST_F(OpenApiTest, EveryPathAndParameterIsAcceptedAndAnsweredAsDescribed) {
  for (const auto& path : spec_["paths"].GetObject()) {
    const std::string target = Filled(path.name.GetString());
    EXPECT_EQ(AskAndCheck(path.name.GetString(), target).status, 200) << target;
    for (const std::string& parameter : ParametersOf(path.value, "query")) {
      std::string query = ExampleOf(parameter);
      if (parameter == "continue") {
        const auto first = Json(Ask(handler_, target + "?limit=1"));
        // A list of one item goes nowhere.
        if (!first.HasMember("continue")) continue;
        query = std::string("continue=") + first["continue"].GetString();
      }
      ASSERT_FALSE(query.empty()) << "no example of " << parameter;
      const std::string with_query = target + "?" + query;
      EXPECT_EQ(AskAndCheck(path.name.GetString(), with_query).status, 200) << with_query;
    }
  }
}

TEST_F(OpenApiTest, ErrorsAreDescribed) {
  for (const auto& path : spec_["paths"].GetObject()) {
    const std::string target = Filled(path.name.GetString());
    const std::set<std::string> parameters = ParametersOf(path.value, "query");
    const HttpResponse unknown = Ask(handler_, target + "?noSuchParameter=1");
    if (path.value["get"]["responses"].HasMember("400")) {
      EXPECT_EQ(unknown.status, 400) << target;
      AskAndCheck(path.name.GetString(), target + "?noSuchParameter=1");
    } else {
      EXPECT_EQ(unknown.status, 200) << target;
    }
    // A named object that is not there.
    if (path.value["get"]["responses"].HasMember("404")) {
      std::string missing = path.name.GetString();
      for (size_t at = missing.find('{'); at != std::string::npos; at = missing.find('{')) {
        missing.replace(at, missing.find('}') - at + 1, "missing");
      }
      EXPECT_EQ(AskAndCheck(path.name.GetString(), missing).status, 404) << missing;
    }
    if (parameters.contains("limit")) {
      const auto first = Json(Ask(handler_, target + "?limit=1"));
      if (!first.HasMember("continue")) continue;
      const Handler other = MakeRestHandler(OptionsFor(*store_, clock_, kubernetes_));
      EXPECT_EQ(Ask(other, target + "?limit=1&continue=" + first["continue"].GetString()).status,
                410);
      EXPECT_TRUE(path.value["get"]["responses"].HasMember("410")) << target;
    }
  }
}

TEST_F(OpenApiTest, WhileStarting) {
  const std::unique_ptr<SummedStore> empty = NewSummedStore({});
  const Handler starting = MakeRestHandler(OptionsFor(*empty, clock_, 0));
  for (const auto& path : spec_["paths"].GetObject()) {
    const int status = Ask(starting, Filled(path.name.GetString())).status;
    const bool described = path.value["get"]["responses"].HasMember("503");
    EXPECT_EQ(status, described ? 503 : 200) << path.name.GetString();
  }
}

// With everything the wire can say in the store, every key that is described is answered, so none
// of them is a dead letter.
TEST_F(OpenApiTest, EveryDescribedKeyIsAnswered) {
  const std::string all_of_objects =
      "cpu,memory,disk,network,memoryWorkingSetBytes,memoryRssBytes,processCount,diskReadBytes,"
      "diskWriteBytes,networkRxBytes,networkTxBytes,throttledPercent,throttledMillicores,"
      "cpuSomePercent,memorySomePercent,memoryFullPercent,ioSomePercent,ioFullPercent,swapBytes";
  const std::string pod = "/api/v1/namespaces/{namespace}/pods/{podName}";
  for (const auto& path : spec_["paths"].GetObject()) {
    const std::string target = Filled(path.name.GetString());
    const std::set<std::string> parameters = ParametersOf(path.value, "query");
    AskAndCheck(path.name.GetString(), target);
    if (parameters.contains("window")) {
      AskAndCheck(path.name.GetString(), target + "?window=60");
    }
    if (parameters.contains("limit")) {
      AskAndCheck(path.name.GetString(), target + "?limit=1&includeTerminated=true");
    }
  }
  for (const std::string& path : {pod, std::string("/api/v1/nodes/{nodeName}")}) {
    AskAndCheck(path.c_str(), Filled(path) + "?window=60&metrics=" + all_of_objects);
  }
  for (const std::string& path :
       {std::string("/api/v1/namespaces/{namespace}"),
        std::string("/api/v1/namespaces/{namespace}/deployments/{deploymentName}")}) {
    AskAndCheck(path.c_str(),
                Filled(path) + "?window=60&metrics=throttledPercent,throttledMillicores");
  }
  AskAndCheck(pod.c_str(), "/api/v1/namespaces/default/pods/job-1");
  AskAndCheck("/api/v1/search", "/api/v1/search?q=web");
  AskAndCheck(pod.c_str(), "/api/v1/namespaces/default/pods/nightly-29000000-abcde");
  // Containers of a pod that runs have not ended; a list of one workload goes on nowhere; an
  // aggregate of ended pods alone is no item.
  const std::set<std::string> not_here = {"Container.terminated", "WorkloadList.continue",
                                          "Namespace.terminated", "Workload.terminated"};
  for (const std::string& key : checker_->UnseenProperties()) {
    EXPECT_TRUE(not_here.contains(key)) << key << " is described, but never answered";
  }
}

}  // namespace
}  // namespace kubemonitor
