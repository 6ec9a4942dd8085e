#include "apiserver/rest/kind_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/rest/rest_testing.h"

namespace kubemonitor {
namespace {

using testing::Ask;
using testing::FakeClock;
using testing::Json;
using testing::OptionsFor;
using testing::SmallCluster;

struct KindCase {
  ItemKind kind;
  std::string path;
};

// Every key that `metrics` takes has a series, whether measured or not, and what it does not take
// has none.
TEST(KindMetricsTest, AgreeWithTheAnswers) {
  FakeClock clock;
  const std::unique_ptr<SummedStore> store = SmallCluster();
  const Handler handler = MakeRestHandler(OptionsFor(*store, clock));
  const KindCase cases[] = {
      {ItemKind::kNode, "/api/v1/nodes/node-a"},
      {ItemKind::kPod, "/api/v1/namespaces/default/pods/web-7d4b9c6f5d-aaaaa"},
      {ItemKind::kCluster, "/api/v1/cluster"},
      {ItemKind::kNamespace, "/api/v1/namespaces/default"},
      {ItemKind::kWorkload, "/api/v1/namespaces/default/deployments/web"}};
  for (const KindCase& c : cases) {
    for (size_t i = 0; i < kMetricCount; ++i) {
      const auto metric = static_cast<Metric>(i);
      const std::string key(MetricKey(metric));
      const HttpResponse response = Ask(handler, c.path + "?window=60&metrics=" + key);
      EXPECT_EQ(response.status, KindHasMetric(c.kind, metric) ? 200 : 400) << c.path << " " << key;
      if (response.status != 200) continue;
      const rapidjson::Document item = Json(response);
      EXPECT_TRUE(item["series"].HasMember(key.c_str())) << c.path << " " << key;
      EXPECT_EQ(item["series"].MemberCount(), 1u) << c.path << " " << key;
    }
  }
}

TEST(KindMetricsTest, UsageKeys) {
  EXPECT_EQ(UsageMetrics(ItemKind::kPod).size(), 13u);
  EXPECT_EQ(UsageMetrics(ItemKind::kContainer).size(), 13u);
  EXPECT_EQ(UsageMetrics(ItemKind::kNode).size(), 13u);
  EXPECT_EQ(UsageMetrics(ItemKind::kNamespace).size(), 9u);
  EXPECT_EQ(UsageMetrics(ItemKind::kWorkload).size(), 9u);
}

}  // namespace
}  // namespace kubemonitor
