#include "apiserver/rest/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace kubemonitor {
namespace {

using ::testing::Contains;
using ::testing::SizeIs;

using Segments = std::vector<std::string>;

struct MatchCase {
  Segments segments;
  std::optional<RouteId> id;
  Segments arguments;
};

TEST(RoutesTest, Match) {
  const MatchCase cases[] = {
      {{}, RouteId::kRoot, {}},
      {{"api", "v1", "nodes"}, RouteId::kNodes, {}},
      {{"api", "v1", "nodes", ""}, RouteId::kNodes, {}},
      {{"api", "v1", "nodes", "", ""}, std::nullopt, {}},
      {{"api", "v1", "nodes", "n1"}, RouteId::kNode, {"n1"}},
      {{"api", "v1", "nodes", "n1", ""}, RouteId::kNode, {"n1"}},
      {{"api", "v1", "nodes", "", "pods"}, std::nullopt, {}},
      {{"api", "v1", "nodes", "a/b", "pods"}, RouteId::kNodePods, {"a/b"}},
      {{"api", "v1", "nodes", "n1", "pod"}, std::nullopt, {}},
      {{"api", "v1", "pods"}, RouteId::kPods, {}},
      {{"api", "v1", "pods", "x"}, std::nullopt, {}},
      {{"api", "v1", "namespaces"}, RouteId::kNamespaces, {}},
      {{"api", "v1", "namespaces", "pods"}, RouteId::kNamespace, {"pods"}},
      {{"api", "v1", "namespaces", "a", "pods"}, RouteId::kNamespacePods, {"a"}},
      {{"api", "v1", "namespaces", "a", "pods", "p"}, RouteId::kPod, {"a", "p"}},
      {{"api", "v1", "namespaces", "a", "deployments"}, RouteId::kWorkloadsOfKind, {"a"}},
      {{"api", "v1", "namespaces", "a", "jobs"}, RouteId::kWorkloadsOfKind, {"a"}},
      {{"api", "v1", "workloads"}, RouteId::kWorkloads, {}},
      {{"api", "v1", "namespaces", "a", "deployments", "d"}, RouteId::kWorkload, {"a", "d"}},
      {{"api", "v1", "namespaces", "a", "deployments", "d", "pods"},
       RouteId::kWorkloadPods,
       {"a", "d"}},
      {{"api", "v1", "namespaces", "a", "deployments", "d", "pods", "p"}, std::nullopt, {}},
      {{"api", "v1", "status"}, RouteId::kStatus, {}},
      {{"healthz"}, RouteId::kHealthz, {}},
      {{"readyz"}, RouteId::kReadyz, {}},
      {{"livez"}, RouteId::kLivez, {}},
      {{"version"}, RouteId::kVersion, {}},
      {{"openapi.json"}, RouteId::kOpenApi, {}},
      {{"API", "v1", "nodes"}, std::nullopt, {}},
      {{"api", "v1"}, RouteId::kIndex, {}},
      {{"api"}, std::nullopt, {}},
      {{""}, RouteId::kRoot, {}},
  };
  for (const MatchCase& c : cases) {
    const std::optional<RouteMatch> match = MatchRoute(c.segments);
    const std::string what = ::testing::PrintToString(c.segments);
    ASSERT_EQ(match.has_value(), c.id.has_value()) << what;
    if (!match) continue;
    EXPECT_EQ(match->route->id, *c.id) << what;
    EXPECT_EQ(match->arguments, c.arguments) << what;
  }
}

TEST(RoutesTest, NearestPathsNameWhatWasProbablyMeant) {
  EXPECT_EQ(NearestPaths({"api", "v1", "node"}, 1).front(), "/api/v1/nodes");
  EXPECT_EQ(NearestPaths({"api", "v1", "pod"}, 1).front(), "/api/v1/pods");
  EXPECT_EQ(NearestPaths({"api", "v2", "nodes"}, 1).front(), "/api/v1/nodes");
  EXPECT_EQ(NearestPaths({"v1", "namespaces"}, 1).front(), "/api/v1/namespaces");
  EXPECT_EQ(NearestPaths({"health"}, 1).front(), "/healthz");
  EXPECT_THAT(NearestPaths({"api", "v1", "namespaces", "a", "deployment", "d"}, 2),
              Contains("/api/v1/namespaces/{namespace}/deployments/{deploymentName}"));
}

TEST(RoutesTest, NearestPathsAreBounded) {
  const Segments hostile(10'000, std::string(1'000, 'x'));
  EXPECT_THAT(NearestPaths(hostile, 3), SizeIs(3));
  EXPECT_THAT(NearestPaths({}, 100), SizeIs(Routes().size()));
}

TEST(RoutesTest, TheTableIsConsistent) {
  std::set<std::pair<RouteId, std::string_view>> ids;
  std::set<std::string_view> paths;
  for (const Route& route : Routes()) {
    EXPECT_TRUE(ids.emplace(route.id, route.workload_kind).second) << route.path;
    EXPECT_TRUE(paths.insert(route.path).second) << route.path;
    EXPECT_EQ(route.kind.has_value(), route.parameters.Has(Parameter::kWindow)) << route.path;
    EXPECT_EQ(route.list, route.parameters.Has(Parameter::kSort)) << route.path;
  }
}

TEST(RoutesTest, ParameterNames) {
  for (size_t i = 0; i < kParameterCount; ++i) {
    const auto parameter = static_cast<Parameter>(i);
    EXPECT_EQ(ParameterFromName(ParameterName(parameter)), parameter);
  }
  EXPECT_EQ(ParameterFromName("Window"), std::nullopt);
  EXPECT_EQ(ParameterFromName(""), std::nullopt);
}

}  // namespace
}  // namespace kubemonitor
