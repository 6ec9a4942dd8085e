#include "simulator/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace kubemonitor {
namespace {

using ::testing::MatchesRegex;

constexpr int64_t kNowMs = 1'790'000'000'000;  // 21 September 2026

ModelOptions Options(uint32_t nodes = 4, uint32_t pods = 10, uint32_t churn = 0) {
  ModelOptions out;
  out.nodes = nodes;
  out.pods_per_node = pods;
  out.containers_per_pod = 2;
  out.namespaces = 3;
  out.deployments = 7;
  out.churn_per_minute = churn;
  return out;
}

TEST(Model, NamesLookLikeAClusters) {
  const Model model(Options());
  EXPECT_EQ(model.NodeName(0), "node-0001");
  EXPECT_EQ(model.NodeName(9'999), "node-10000");
  EXPECT_THAT(model.BootId(0), MatchesRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
  const PodRef pod = model.PodAt(2, 3, model.TickAt(kNowMs));
  const Identity identity = model.PodIdentity(pod, 5);
  EXPECT_EQ(identity.object, 5U);
  EXPECT_EQ(identity.kind, ObjectKind::kPod);
  // Each node shares 8 slots: this is number 19 of all, the third of StatefulSets.
  EXPECT_EQ(identity.namespace_name, "ns-001");
  EXPECT_EQ(identity.pod_name, "db-001-2");
  EXPECT_THAT(identity.pod_uid,
              MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  ASSERT_TRUE(identity.started_at_ms.has_value());
  EXPECT_GE(*identity.started_at_ms, kOriginMs);
  EXPECT_LT(*identity.started_at_ms, kFirstClockMs);
}

// The first pod of the first workload of a kind.
Identity FirstOf(const Model& model, WorkloadKind kind) {
  const Slot slot = model.layout().MemberAt({kind, 0}, 0);
  return model.PodIdentity(model.PodAt(slot.node, slot.slot, model.TickAt(kNowMs)), 1);
}

TEST(Model, PodsAreNamedAfterTheirOwners) {
  const Model model(Options(4, 10, 10));
  const Identity deployed = FirstOf(model, WorkloadKind::kDeployment);
  EXPECT_THAT(deployed.pod_name, MatchesRegex("app-001-[a-z2-9]{10}-[a-z2-9]{5}"));
  // What the server infers the deployment from.
  EXPECT_EQ(deployed.labels.at("app"), "app-001");
  const std::string hash = deployed.labels.at("pod-template-hash");
  EXPECT_EQ(deployed.pod_name.substr(0, deployed.pod_name.size() - 6), "app-001-" + hash);
  EXPECT_EQ(FirstOf(model, WorkloadKind::kStatefulSet).pod_name, "db-001-0");
  const Identity agent = FirstOf(model, WorkloadKind::kDaemonSet);
  EXPECT_THAT(agent.pod_name, MatchesRegex("agent-001-[a-z2-9]{5}"));
  EXPECT_EQ(agent.namespace_name, "kube-system");
  const Identity report = FirstOf(model, WorkloadKind::kCronJob);
  EXPECT_THAT(report.pod_name, MatchesRegex("report-001-[0-9]{8}-[a-z2-9]{5}"));
  EXPECT_EQ(report.pod_name.substr(0, report.pod_name.size() - 6), report.labels.at("job-name"));
  EXPECT_THAT(FirstOf(model, WorkloadKind::kJob).pod_name, MatchesRegex("import-001-[a-z2-9]{5}"));
  EXPECT_EQ(FirstOf(model, WorkloadKind::kBarePod).pod_name, "tool-001");
  const Identity static_pod = FirstOf(model, WorkloadKind::kStaticPod);
  EXPECT_EQ(static_pod.pod_name, "proxy-001-node-0001");
  EXPECT_EQ(static_pod.namespace_name, "kube-system");
  EXPECT_THAT(static_pod.pod_uid, MatchesRegex("[0-9a-f]{32}")) << "of its configuration";
}

TEST(Model, ContainersBelongToTheirPod) {
  const Model model(Options());
  const PodRef pod = model.PodAt(1, 0, model.TickAt(kNowMs));
  const Identity of_pod = model.PodIdentity(pod, 1);
  const Identity app = model.ContainerIdentity(pod, 0, 2, 1);
  const Identity sidecar = model.ContainerIdentity(pod, 1, 3, 1);
  EXPECT_EQ(app.kind, ObjectKind::kContainer);
  EXPECT_EQ(app.pod_object, 1U);
  EXPECT_EQ(app.pod_uid, of_pod.pod_uid);
  EXPECT_EQ(app.pod_name, of_pod.pod_name);
  EXPECT_EQ(app.namespace_name, of_pod.namespace_name);
  EXPECT_EQ(app.container_name, "app");
  EXPECT_EQ(sidecar.container_name, "sidecar-1");
  EXPECT_THAT(app.container_id, MatchesRegex("[0-9a-f]{64}"));
  EXPECT_NE(app.container_id, sidecar.container_id);
}

// But a pod that is replaced under its own name.
TEST(Model, NobodySharesAName) {
  const Model model(Options(50, 100, 300));
  std::set<std::string> names;
  std::set<std::string> uids;
  size_t named_once = 0;
  for (uint32_t node = 0; node < 50; ++node) {
    for (uint32_t slot = 0; slot < 100; ++slot) {
      PodRef pod = model.PodAt(node, slot, model.TickAt(kNowMs));
      const WorkloadKind kind = model.WorkloadOf(pod).kind;
      const bool keeps_name = kind == WorkloadKind::kStatefulSet ||
                              kind == WorkloadKind::kBarePod || kind == WorkloadKind::kStaticPod;
      named_once += keeps_name ? 1 : 4;
      for (int i = 0; i < 4; ++i, ++pod.generation) {
        names.insert(model.NamespaceOf(model.WorkloadOf(pod)) + "/" + model.PodName(pod));
        uids.insert(model.SampleUid(pod));
      }
    }
  }
  EXPECT_EQ(names.size(), named_once);
  EXPECT_EQ(uids.size(), 20'000U);
}

TEST(Model, TheBootClockGoesWithTheTicks) {
  const Model model(Options());
  const int64_t first = model.TickAt(kNowMs);
  for (int64_t tick = first; tick < first + 1'000; ++tick) {
    const auto step = static_cast<int64_t>(model.BootUsec(1, tick + 1)) -
                      static_cast<int64_t>(model.BootUsec(1, tick));
    EXPECT_NEAR(static_cast<double>(step), 10'000'000, 20'000);
  }
  EXPECT_NE(model.BootUsec(1, first), model.BootUsec(2, first));
}

TEST(Model, WithoutChurnThePodsStay) {
  const Model model(Options());
  const PodRef pod = model.PodAt(0, 0, model.TickAt(kFirstClockMs));
  EXPECT_EQ(model.PodAt(0, 0, model.TickAt(kNowMs)), pod);
  EXPECT_EQ(model.LastTick(pod), INT64_MAX);
}

TEST(Model, ChurnReplacesSoManyPodsAMinute) {
  const Model model(Options(10, 30, 60));
  const int64_t first = model.TickAt(kNowMs);
  int replaced = 0;
  for (uint32_t node = 0; node < 10; ++node) {
    for (uint32_t slot = 0; slot < 30; ++slot) {
      for (int64_t tick = first + 1; tick <= first + 360; ++tick) {
        const PodRef before = model.PodAt(node, slot, tick - 1);
        const PodRef now = model.PodAt(node, slot, tick);
        if (now == before) continue;
        ++replaced;
        EXPECT_EQ(now.generation, before.generation + 1);
        EXPECT_EQ(model.FirstTick(now), tick);
        EXPECT_EQ(model.LastTick(before), tick - 1);
        const int64_t started_ms = model.StartedAtMs(now);
        EXPECT_LE(started_ms, model.TickMs(tick));
        EXPECT_GT(started_ms, model.TickMs(tick - 1));
      }
    }
  }
  EXPECT_NEAR(replaced, 3'600, 60);
}

// At any time, however long pods live.
TEST(Model, ReplacementsAreSpreadEvenly) {
  const Model model(Options(10, 30, 3));  // 100 minutes
  constexpr int64_t kTenMinutesMs = 600'000;
  for (int64_t from_ms = kNowMs; from_ms < kNowMs + 10 * kTenMinutesMs; from_ms += kTenMinutesMs) {
    int replaced = 0;
    for (uint32_t node = 0; node < 10; ++node) {
      for (uint32_t slot = 0; slot < 30; ++slot) {
        const auto at = [&](int64_t wall_ms) {
          return model.PodAt(node, slot, model.TickAt(wall_ms)).generation;
        };
        replaced += static_cast<int>(at(from_ms + kTenMinutesMs) - at(from_ms));
      }
    }
    EXPECT_NEAR(replaced, 30, 20);
  }
}

TEST(Model, ReplacedPodsAreOthersOfTheSameDeployment) {
  const Model model(Options(2, 5, 2));
  const PodRef before = model.PodAt(1, 1, model.TickAt(kNowMs));
  const PodRef after = model.PodAt(1, 1, model.LastTick(before) + 1);
  const Identity old_pod = model.PodIdentity(before, 1);
  const Identity new_pod = model.PodIdentity(after, 1);
  EXPECT_EQ(model.WorkloadOf(before).kind, WorkloadKind::kDeployment);
  EXPECT_EQ(old_pod.labels.at("app"), new_pod.labels.at("app"));
  EXPECT_EQ(old_pod.namespace_name, new_pod.namespace_name);
  EXPECT_NE(old_pod.pod_name, new_pod.pod_name);
  EXPECT_NE(old_pod.pod_uid, new_pod.pod_uid);
  EXPECT_NE(model.ContainerIdentity(before, 0, 2, 1).container_id,
            model.ContainerIdentity(after, 0, 2, 1).container_id);
}

// Each template is that of about three pods of a slot, then the next one's.
TEST(Model, DeploymentsAreUpdatedPodByPod) {
  const Model model(Options(4, 10, 10));
  const auto members = model.layout().Members({WorkloadKind::kDeployment, 2});
  ASSERT_GE(members, 2U);
  for (uint32_t member = 0; member < members; ++member) {
    const Slot slot = model.layout().MemberAt({WorkloadKind::kDeployment, 2}, member);
    PodRef pod = model.PodAt(slot.node, slot.slot, model.TickAt(kNowMs));
    std::map<std::string, int> pods_of;
    for (int i = 0; i < 60; ++i, ++pod.generation) {
      const int64_t created_ms = model.StartedAtMs(pod) - kLongestCreationMs;
      const int64_t number = model.TemplateOf(pod);
      EXPECT_LE(model.TemplateSinceMs(2, number), created_ms);
      EXPECT_GT(model.TemplateSinceMs(2, number + 1), created_ms);
      EXPECT_EQ(model.PodName(pod).find(model.ReplicaSetName(2, number) + "-"), 0U);
      ++pods_of[model.PodLabels(pod).at("pod-template-hash")];
    }
    EXPECT_NEAR(static_cast<double>(pods_of.size()), 20, 2);
  }
  EXPECT_EQ(Model(Options()).TemplateAt(2, kNowMs), 0) << "without churn nothing is updated";
}

TEST(Model, RequestsAreAsTheQosClassSays) {
  const Model model(Options(50, 20));
  std::map<QosClass, int> pods;
  for (uint32_t node = 0; node < 50; ++node) {
    for (uint32_t slot = 0; slot < 20; ++slot) {
      const PodShape shape = model.ShapeOf({node, slot});
      ++pods[shape.qos];
      bool any = false, guaranteed = true;
      for (uint32_t c = 0; c < 2; ++c) {
        const ContainerResources of = model.ResourcesOf({node, slot}, c);
        any = any || of.cpu_request_millicores || of.memory_request_bytes;
        guaranteed = guaranteed && of.cpu_limit_millicores && of.memory_limit_bytes &&
                     of.cpu_request_millicores == of.cpu_limit_millicores &&
                     of.memory_request_bytes == of.memory_limit_bytes;
        EXPECT_LE(of.cpu_request_millicores.value_or(0), of.cpu_limit_millicores.value_or(9'999));
      }
      EXPECT_EQ(any, shape.qos != QosClass::kBestEffort);
      EXPECT_EQ(guaranteed, shape.qos == QosClass::kGuaranteed);
    }
  }
  EXPECT_NEAR(pods[QosClass::kBestEffort], 125, 40);
  EXPECT_NEAR(pods[QosClass::kGuaranteed], 125, 40);
}

TEST(Model, PodsAreThereFromTheFirstTickToTheLastAndCountFromZero) {
  const Model model(Options(2, 5, 2));
  const PodRef pod = model.PodAt(0, 1, model.TickAt(kNowMs));
  const int64_t first = model.FirstTick(pod);
  const int64_t last = model.LastTick(pod);
  EXPECT_FALSE(model.Value(pod, 0, Series::kCpuUsageUsec, first - 1).has_value());
  EXPECT_FALSE(model.Value(pod, 0, Series::kCpuUsageUsec, last + 1).has_value());
  const Signal cpu = model.ContainerSignal(0, 1, 0, 0);
  const auto at_first = model.Value(pod, 0, Series::kCpuUsageUsec, first);
  ASSERT_TRUE(at_first.has_value());
  EXPECT_GE(*at_first, cpu.scale * 7 / 10);
  EXPECT_LE(*at_first, cpu.scale * 13 / 10);
  const auto at_last = model.Value(pod, 0, Series::kCpuUsageUsec, last);
  ASSERT_TRUE(at_last.has_value());
  EXPECT_NEAR(static_cast<double>(*at_last),
              static_cast<double>(cpu.scale) * static_cast<double>(last - first + 1),
              static_cast<double>(cpu.scale));
}

TEST(Model, WhatIsNotMeasuredIsAbsent) {
  const Model model(Options());
  const int64_t tick = model.TickAt(kNowMs);
  const PodRef pod = model.PodAt(0, 0, tick);
  EXPECT_FALSE(model.Value(pod, 0, Series::kOomKills, tick).has_value());
  EXPECT_FALSE(model.Value(pod, 2, Series::kCpuUsageUsec, tick).has_value()) << "two containers";
  EXPECT_FALSE(model.Value(pod, std::nullopt, Series::kCpuUsageUsec, tick).has_value());
  EXPECT_TRUE(model.Value(pod, std::nullopt, Series::kNetworkRxBytes, tick).has_value());
}

// A counter is the sum of what its ticks add, wherever one begins to look.
TEST(Model, ValuesAreTheSumOfTheirSteps) {
  const Model model(Options(2, 5, 2));
  const PodRef pod = model.PodAt(1, 1, model.TickAt(kNowMs));
  for (const Series series : kContainerSeries) {
    if (TypeOf(series) != SeriesType::kCounter) continue;
    uint64_t sum = 0;
    uint64_t before = 0;
    for (int64_t tick = model.FirstTick(pod); tick <= model.LastTick(pod); ++tick) {
      const uint64_t value = model.Value(pod, 1, series, tick).value_or(0);
      ASSERT_GE(value, before) << NameOf(series) << " at " << tick;
      sum += value - before;
      before = value;
    }
    EXPECT_EQ(sum, model.Value(pod, 1, series, model.LastTick(pod))) << NameOf(series);
  }
}

TEST(Model, TheWorkloadIsAsDescribed) {
  const Model model(Options(50, 20));
  const int64_t tick = model.TickAt(kNowMs);
  int with_disk = 0;
  uint64_t least_memory = UINT64_MAX, most_memory = 0, least_cpu = UINT64_MAX, most_cpu = 0;
  for (uint32_t node = 0; node < 50; ++node) {
    for (uint32_t slot = 0; slot < 20; ++slot) {
      const PodRef pod = model.PodAt(node, slot, tick);
      for (uint32_t c = 0; c < 2; ++c) {
        const auto value = [&](Series series) { return *model.Value(pod, c, series, tick); };
        const uint64_t memory = value(Series::kMemoryCurrentBytes);
        EXPECT_LE(value(Series::kMemoryWorkingSetBytes), memory);
        EXPECT_GE(value(Series::kMemoryWorkingSetBytes), memory / 2);
        least_memory = std::min(least_memory, memory);
        most_memory = std::max(most_memory, memory);
        const uint64_t cpu =
            value(Series::kCpuUsageUsec) - *model.Value(pod, c, Series::kCpuUsageUsec, tick - 1);
        least_cpu = std::min(least_cpu, cpu);
        most_cpu = std::max(most_cpu, cpu);
        with_disk += value(Series::kDiskWriteBytes) > 0 ? 1 : 0;
        EXPECT_EQ(value(Series::kDiskReadBytes) > 0, value(Series::kDiskWriteBytes) > 0);
      }
    }
  }
  EXPECT_NEAR(with_disk, 400, 60);
  constexpr uint64_t kMiB = 1 << 20;
  EXPECT_GE(least_memory, 8 * kMiB);
  EXPECT_LT(least_memory, 10 * kMiB);
  EXPECT_LE(most_memory, 901 * kMiB);
  EXPECT_GT(most_memory, 700 * kMiB);
  EXPECT_GE(least_cpu, 20'000U * 7 / 10);
  EXPECT_LT(least_cpu, 25'000U);
  EXPECT_LE(most_cpu, 3'000'000U * 13 / 10);
  EXPECT_GT(most_cpu, 2'500'000U);
}

TEST(Model, RatesDoNotDependOnTheInterval) {
  ModelOptions quick = Options();
  quick.interval_ms = 1'000;
  const Model slow(Options());
  const Model fast(quick);
  for (size_t i = 0; i < kContainerSeries.size(); ++i) {
    if (kContainerSeries[i] != Series::kCpuUsageUsec) continue;
    EXPECT_NEAR(static_cast<double>(slow.ContainerSignal(0, 0, 0, i).scale),
                static_cast<double>(fast.ContainerSignal(0, 0, 0, i).scale) * 10, 10);
  }
}

TEST(Model, TheSeedDecidesEverything) {
  ModelOptions other = Options();
  other.seed = 2;
  const Model one(Options());
  const Model same(Options());
  const Model two(other);
  const int64_t tick = one.TickAt(kNowMs);
  const PodRef pod = one.PodAt(0, 0, tick);
  EXPECT_EQ(one.PodIdentity(pod, 1), same.PodIdentity(pod, 1));
  EXPECT_NE(one.PodIdentity(pod, 1), two.PodIdentity(pod, 1));
  for (const Series series : {Series::kCpuUsageUsec, Series::kMemoryCurrentBytes}) {
    EXPECT_EQ(one.Value(pod, 0, series, tick), same.Value(pod, 0, series, tick));
    EXPECT_NE(one.Value(pod, 0, series, tick), two.Value(pod, 0, series, tick));
  }
}

// Pinned: another machine, compiler or version must not give another cluster.
TEST(Model, GoldenValues) {
  const Model model(Options(4, 10, 3));
  const int64_t tick = model.TickAt(kNowMs);
  const PodRef pod = model.PodAt(2, 3, tick);
  EXPECT_EQ(pod.generation, 71'235);
  EXPECT_EQ(model.PodName(pod), "db-001-2");
  EXPECT_EQ(model.PodIdentity(pod, 1).pod_uid, "470b9892-4670-4e6f-bb8a-8f07c5d61b4f");
  EXPECT_EQ(model.StartedAtMs(pod), 1'789'999'437'286);
  EXPECT_EQ(model.BootUsec(2, tick), 57'060'777'660'779U);
  std::map<std::string_view, uint64_t> values;
  for (const Series series : kContainerSeries) {
    values[NameOf(series)] = model.Value(pod, 1, series, tick).value_or(0);
  }
  const std::map<std::string_view, uint64_t> expected{{"cpu_throttled_usec", 770'362},
                                                      {"cpu_usage_usec", 70'554'283},
                                                      {"disk_read_bytes", 0},
                                                      {"disk_write_bytes", 0},
                                                      {"memory_current_bytes", 811'536'384},
                                                      {"memory_working_set_bytes", 730'484'736},
                                                      {"pids", 6},
                                                      {"psi_cpu_some_usec", 21'793},
                                                      {"psi_io_some_usec", 28'436},
                                                      {"psi_memory_some_usec", 293'604}};
  EXPECT_EQ(values, expected);
  EXPECT_EQ(model.Value(pod, std::nullopt, Series::kNetworkRxBytes, tick), 5'162'834U);
}

}  // namespace
}  // namespace kubemonitor
