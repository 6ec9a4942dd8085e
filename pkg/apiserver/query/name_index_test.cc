#include "apiserver/query/name_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/query/query_testing.h"

namespace kubemonitor {
namespace {

using testing::ClusterTest;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kI;
using testing::kT0;
using testing::PodIdentity;
using testing::Steady;

struct RankCase {
  std::string name, text;
  int rank;
};

TEST(RankNameTest, WholeBeginningWordAnywhere) {
  const RankCase cases[] = {
      {"web", "web", 0},     {"web-1", "web", 1},       {"my-web-1", "web", 2},
      {"a.web", "web", 2},   {"cobweb", "web", 3},      {"cobweb-web", "web", 2},
      {"we", "web", -1},     {"", "web", -1},           {"WeB", "web", 0},
      {"awebweb", "web", 3}, {"\xC3\xA9web", "web", 3}, {"aaab", "aab", 3},
      {"x-y", "-y", 3},
  };
  for (const RankCase& c : cases) EXPECT_EQ(RankName(c.name, c.text), c.rank) << c.name;
}

class NameIndexTest : public ClusterTest {
 protected:
  NameIndexTest() {
    Identity web = PodIdentity(1, "u1", "shop", "web-7d4b9c6f5d-aaaaa");
    web.labels = {{"pod-template-hash", "7d4b9c6f5d"}};
    for (int64_t tick = kT0 - 5 * kI; tick <= kT0; tick += kI) {
      Append("web-node-1", tick,
             {{web, Steady(tick, 1, 1)},
              {PodIdentity(2, "u2", "web", "cobweb"), Steady(tick, 1, 1)},
              {PodIdentity(3, "u3", "lab", "other"), Steady(tick, 1, 1)}});
      if (tick == kT0 - 5 * kI) {
        Append("n2", tick, {{PodIdentity(1, "u4", "lab", "web-ended"), Steady(tick, 1, 1)}});
      } else {
        Append("n2", tick, {{PodIdentity(2, "u5", "lab", "b"), Steady(tick, 1, 1)}});
      }
    }
  }
  static std::vector<std::string> Names(const NameMatches& matches) {
    std::vector<std::string> names;
    for (const NameMatch& match : matches.best) names.push_back(match.name);
    return names;
  }
};

TEST_F(NameIndexTest, TheBestComesFirst) {
  const NameIndex index(*store_, kT0 + 1000);
  const NameMatches matches = index.Search("WEB", 20);
  // The namespace and the deployment are called so; the node and the pod begin so.
  EXPECT_THAT(Names(matches),
              ElementsAre("web", "web", "web-node-1", "web-7d4b9c6f5d-aaaaa", "cobweb"));
  EXPECT_EQ(matches.total, 5u);
  EXPECT_EQ(matches.best[0].kind, ItemKind::kNamespace);
  EXPECT_EQ(matches.best[1].kind, ItemKind::kWorkload);
  EXPECT_EQ(matches.best[1].workload_kind, "Deployment");
  EXPECT_EQ(matches.best[1].namespace_name, "shop");
  EXPECT_EQ(matches.best[2].kind, ItemKind::kNode);
  EXPECT_EQ(matches.best[3].kind, ItemKind::kPod);
  EXPECT_EQ(matches.best[3].namespace_name, "shop");
  EXPECT_EQ(matches.best[3].uid, "u1");
  EXPECT_EQ(matches.best[3].node, "web-node-1");
}

TEST_F(NameIndexTest, LimitsAndMisses) {
  const NameIndex index(*store_, kT0 + 1000);
  EXPECT_THAT(Names(index.Search("web", 2)), ElementsAre("web", "web"));
  EXPECT_EQ(index.Search("web", 2).total, 5u);
  EXPECT_EQ(index.Search("web", 0).total, 5u);
  EXPECT_THAT(Names(index.Search("nothing-like-it", 20)), IsEmpty());
  EXPECT_THAT(Names(index.Search("", 20)), IsEmpty());
}

TEST_F(NameIndexTest, IsMadeOnceAnInterval) {
  NameIndexCache cache(*store_);
  const auto first = cache.Get(kT0 + 1000);
  EXPECT_EQ(cache.Get(kT0 + 2000), first);
  EXPECT_NE(cache.Get(kT0 + 11'000), first);
}

}  // namespace
}  // namespace kubemonitor
