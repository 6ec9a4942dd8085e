#include "apiserver/query/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "apiserver/query/query_testing.h"

namespace kubemonitor {
namespace {

using testing::ClusterTest;
using testing::ContainerIdentity;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kI;
using testing::kT0;
using testing::PodIdentity;
using testing::Sampled;
using ::testing::SizeIs;
using testing::Steady;

constexpr int kTicks = 7;

class FindingsTest : public ClusterTest {
 protected:
  // Adds a second's share of each tick to a counter.
  static uint64_t Grown(int64_t tick_ms, double share, uint64_t a_second) {
    return static_cast<uint64_t>(static_cast<double>(tick_ms - kT0 + 3'600'000) / 1000 * share *
                                 static_cast<double>(a_second));
  }
  // A pod with one container, whose values `change` completes, over all ticks.
  template <typename Change>
  void Report(const std::string& node, const Change& change, int64_t last_ms = kT0) {
    for (int64_t tick = last_ms - (kTicks - 1) * kI; tick <= last_ms; tick += kI) {
      SeriesValues of_node = Steady(tick, 100, 1000);
      SeriesValues pod = Steady(tick, 10, 100), container = Steady(tick, 10, 100);
      change(tick, &of_node, &pod, &container);
      Append(node, tick,
             {{PodIdentity(1, "u-" + node, "shop", "p-" + node), pod},
              {ContainerIdentity(2, 1, "c-" + node, "main"), container}},
             of_node);
    }
  }
  void Customize(NodeReport* report) override {
    if (!limit_) return;
    ObjectDetails details;
    details.object = 2;
    details.memory_limit_bytes = *limit_;
    report->ticks[0].object_details.push_back(details);
  }
  Findings Make(int64_t now_ms = kT0 + 1000) { return MakeFindings(*store_, nullptr, now_ms); }
  static std::vector<std::string> Keys(const Findings& findings) {
    std::vector<std::string> keys;
    for (const Finding& finding : findings.found) keys.emplace_back(FindingKey(finding.kind));
    return keys;
  }

  std::optional<uint64_t> limit_;
};

TEST_F(FindingsTest, NothingToSay) {
  EXPECT_EQ(Make().tick_ms, std::nullopt);
  Report("n1", [](int64_t, SeriesValues*, SeriesValues*, SeriesValues*) {});
  const Findings findings = Make();
  EXPECT_EQ(findings.tick_ms, kT0);
  EXPECT_THAT(findings.found, IsEmpty());
  EXPECT_EQ(findings.Find(FindingKind::kStale), nullptr);
}

TEST_F(FindingsTest, PressureOfNodesAndPods) {
  Report("n1", [](int64_t tick, SeriesValues* node, SeriesValues* pod, SeriesValues*) {
    node->Set(Series::kPsiIoFullUsec, Grown(tick, 0.30, 1'000'000));
    node->Set(Series::kPsiCpuSomeUsec, Grown(tick, 0.49, 1'000'000));
    pod->Set(Series::kPsiMemoryFullUsec, Grown(tick, 0.50, 1'000'000));
    pod->Set(Series::kPsiCpuSomeUsec, Grown(tick, 0.99, 1'000'000));
  });
  const Findings findings = Make();
  ASSERT_THAT(Keys(findings), ElementsAre("pressure"));
  const Finding& pressure = findings.found[0];
  EXPECT_EQ(pressure.count, 2u);
  EXPECT_EQ(pressure.severity, Severity::kCritical);
  ASSERT_THAT(pressure.worst, SizeIs(2));
  EXPECT_EQ(pressure.worst[0].kind, ItemKind::kPod);
  EXPECT_EQ(pressure.worst[0].name, "p-n1");
  EXPECT_EQ(pressure.worst[0].namespace_name, "shop");
  EXPECT_EQ(pressure.worst[0].uid, "u-n1");
  EXPECT_EQ(pressure.worst[0].metric, Metric::kMemoryFullPercent);
  EXPECT_THAT(*pressure.worst[0].value, DoubleNear(50, 0.01));
  EXPECT_EQ(pressure.worst[0].severity, Severity::kCritical);
  EXPECT_EQ(pressure.worst[1].kind, ItemKind::kNode);
  EXPECT_EQ(pressure.worst[1].name, "n1");
  EXPECT_EQ(pressure.worst[1].metric, Metric::kIoFullPercent);
  EXPECT_EQ(pressure.worst[1].severity, Severity::kWarning);
  EXPECT_THAT(pressure.objects, SizeIs(2));
}

TEST_F(FindingsTest, ThrottledContainersWorstFirstAndAtMostFive) {
  for (int n = 1; n <= 7; ++n) {
    Report("n" + std::to_string(n),
           [n](int64_t tick, SeriesValues*, SeriesValues*, SeriesValues* container) {
             container->Set(Series::kCpuPeriods, Grown(tick, 1, 10));
             container->Set(Series::kCpuThrottledPeriods, Grown(tick, 0.1 * n, 10));
           });
  }
  const Findings findings = Make();
  ASSERT_THAT(Keys(findings), ElementsAre("throttled"));
  const Finding& throttled = findings.found[0];
  EXPECT_EQ(throttled.count, 5u);  // from 30 %
  EXPECT_EQ(throttled.severity, Severity::kWarning);
  ASSERT_THAT(throttled.worst, SizeIs(5));
  EXPECT_EQ(throttled.worst[0].name, "p-n7");
  EXPECT_EQ(throttled.worst[0].container, "main");
  EXPECT_EQ(throttled.worst[0].kind, ItemKind::kContainer);
  EXPECT_THAT(*throttled.worst[0].value, DoubleNear(70, 1));
  EXPECT_EQ(throttled.worst[4].name, "p-n3");
  EXPECT_THAT(throttled.objects, SizeIs(5));
}

TEST_F(FindingsTest, CloseToTheMemoryLimit) {
  limit_ = 1000;
  const auto using_bytes = [](uint64_t bytes) {
    return [bytes](int64_t, SeriesValues*, SeriesValues*, SeriesValues* container) {
      container->Set(Series::kMemoryWorkingSetBytes, bytes);
    };
  };
  Report("n1", using_bytes(899));
  Report("n2", using_bytes(900));
  Report("n3", using_bytes(990));
  limit_ = std::nullopt;
  Report("n4", using_bytes(990));
  const Findings findings = Make();
  ASSERT_THAT(Keys(findings), ElementsAre("nearLimit"));
  EXPECT_EQ(findings.found[0].count, 2u);
  EXPECT_EQ(findings.found[0].severity, Severity::kCritical);
  EXPECT_EQ(findings.found[0].worst[0].name, "p-n3");
  EXPECT_DOUBLE_EQ(*findings.found[0].worst[0].value, 99);
  EXPECT_EQ(findings.found[0].worst[1].severity, Severity::kWarning);
}

TEST_F(FindingsTest, OomKillsAreOfTheContainerWhereItCountsThem) {
  Report("n1", [](int64_t tick, SeriesValues*, SeriesValues* pod, SeriesValues* container) {
    pod->Set(Series::kOomKills, tick == kT0 ? 2 : 0);
    container->Set(Series::kOomKills, tick == kT0 ? 2 : 0);
  });
  Report("n2", [](int64_t tick, SeriesValues*, SeriesValues* pod, SeriesValues*) {
    pod->Set(Series::kOomKills, tick == kT0 ? 1 : 0);
  });
  Report("n3", [](int64_t, SeriesValues*, SeriesValues* pod, SeriesValues*) {
    pod->Set(Series::kOomKills, 5);  // before anybody looked
  });
  const Findings findings = Make();
  ASSERT_THAT(Keys(findings), ElementsAre("oomKilled"));
  const Finding& killed = findings.found[0];
  EXPECT_EQ(killed.count, 2u);
  EXPECT_EQ(killed.severity, Severity::kCritical);
  EXPECT_EQ(killed.worst[0].name, "p-n1");
  EXPECT_EQ(killed.worst[0].container, "main");
  EXPECT_EQ(killed.worst[0].value, 2);
  EXPECT_EQ(killed.worst[0].unit, FindingMember::Unit::kCount);
  EXPECT_EQ(killed.worst[1].name, "p-n2");
  EXPECT_EQ(killed.worst[1].container, "");
}

TEST_F(FindingsTest, NodesThatAreStaleOffOrClaimedTwice) {
  const auto quiet = [](int64_t, SeriesValues*, SeriesValues*, SeriesValues*) {};
  Report("n1", quiet);
  Report("n2", quiet, kT0 - 20 * kI);
  Report("n3", quiet);
  NodeHealth health;
  health.clock_skew_seconds = -3;
  store_->SetHealth("n1", health, kT0);
  health.clock_skew_seconds = 0.1;
  health.conflict = true;
  store_->SetHealth("n3", health, kT0);
  health = {};
  health.clock_skew_seconds = 400;
  health.clock_refused = true;
  store_->SetHealth("n4", health, kT0);
  const Findings findings = Make();
  ASSERT_THAT(Keys(findings), ElementsAre("stale", "clockSkew", "conflict"));
  EXPECT_EQ(findings.found[0].worst[0].name, "n2");
  EXPECT_EQ(findings.found[0].worst[0].value, 201);
  EXPECT_EQ(findings.found[0].worst[0].unit, FindingMember::Unit::kSeconds);
  EXPECT_EQ(findings.found[1].count, 2u);
  EXPECT_EQ(findings.found[1].worst[0].name, "n4");
  EXPECT_EQ(findings.found[1].worst[0].severity, Severity::kCritical);
  EXPECT_EQ(findings.found[1].worst[1].value, 3);
  EXPECT_EQ(findings.found[2].worst[0].name, "n3");
}

TEST_F(FindingsTest, WhatAStaleNodeSaidLastIsNoFinding) {
  Report("n1", [](int64_t tick, SeriesValues* node, SeriesValues*, SeriesValues*) {
    node->Set(Series::kPsiIoFullUsec, Grown(tick, 0.90, 1'000'000));
  });
  EXPECT_THAT(Keys(Make()), ElementsAre("pressure"));
  EXPECT_THAT(Keys(Make(kT0 + 10 * kI)), ElementsAre("stale"));
}

TEST_F(FindingsTest, AreMadeOnceATick) {
  const auto quiet = [](int64_t, SeriesValues*, SeriesValues*, SeriesValues*) {};
  Report("n1", quiet);
  FindingsCache cache(*store_, nullptr);
  const auto first = cache.Get(kT0 + 1000);
  EXPECT_EQ(cache.Get(kT0 + 2000), first);
  Append("n1", kT0 + kI, {}, Steady(kT0 + kI, 100, 1000));
  const auto second = cache.Get(kT0 + kI + 500);
  EXPECT_NE(second, first);
  EXPECT_EQ(second->tick_ms, kT0 + kI);
  EXPECT_NE(cache.Get(kT0 + 2 * kI + 500), second) << "an interval without a tick says something";
}

TEST_F(FindingsTest, ManyMayAskAtOnce) {
  Report("n1", [](int64_t, SeriesValues*, SeriesValues*, SeriesValues*) {});
  FindingsCache cache(*store_, nullptr);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) cache.Get(kT0 + 1000 + i * kI);
    });
  }
}

TEST(FindingKeyTest, KeysAndKinds) {
  for (size_t i = 0; i < kFindingKindCount; ++i) {
    const auto kind = static_cast<FindingKind>(i);
    EXPECT_EQ(FindingFromKey(FindingKey(kind)), kind);
  }
  EXPECT_EQ(FindingFromKey("nothing"), std::nullopt);
}

}  // namespace
}  // namespace kubemonitor
