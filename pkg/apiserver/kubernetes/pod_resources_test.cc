#include "apiserver/kubernetes/pod_resources.h"

#include <gtest/gtest.h>

#include <string>

namespace kubemonitor {
namespace {

using Amount = std::optional<int64_t>;
constexpr auto kApp = ContainerType::kApp;
constexpr auto kInit = ContainerType::kInit;
constexpr auto kSidecar = ContainerType::kSidecar;
constexpr Amount kNone = std::nullopt;

struct Given {  // CPU
  ContainerType type;
  Amount request, limit;
};

PodResources Pod(const std::vector<Given>& containers) {
  PodResources pod;
  for (const Given& given : containers) {
    ContainerResources& container = pod.containers.emplace_back();
    container.type = given.type;
    container.spec.requests.cpu_millicores = given.request;
    container.spec.limits.cpu_millicores = given.limit;
  }
  return pod;
}

TEST(PodResourcesTest, TheMostThatRunsAtOnce) {
  const struct {
    std::string what;
    std::vector<Given> containers;
    Amount request, limit;
  } kCases[] = {
      {"nothing", {}, kNone, kNone},
      {"one container", {{kApp, 100, 200}}, 100, 200},
      {"containers add up", {{kApp, 100, 200}, {kApp, 50, 60}}, 150, 260},
      {"one without request", {{kApp, 100, 200}, {kApp, kNone, 60}}, 100, 260},
      {"one without limit", {{kApp, 100, 200}, {kApp, 50, kNone}}, 150, kNone},
      {"none has any", {{kApp, kNone, kNone}}, kNone, kNone},
      {"a small init container", {{kInit, 80, 90}, {kApp, 100, 200}}, 100, 200},
      {"a large init container", {{kInit, 500, 600}, {kApp, 100, 200}}, 500, 600},
      {"init containers do not add up", {{kInit, 80, 90}, {kInit, 90, 80}, {kApp, 10, 20}}, 90, 90},
      {"an init container without limit", {{kInit, 80, kNone}, {kApp, 10, 20}}, 80, 20},
      {"a sidecar stays", {{kSidecar, 30, 40}, {kApp, 100, 200}}, 130, 240},
      {"a sidecar without limit", {{kSidecar, 30, kNone}, {kApp, 100, 200}}, 130, kNone},
      {"beside the sidecars before it",
       {{kSidecar, 30, 40}, {kInit, 500, 600}, {kApp, 1, 2}},
       530,
       640},
      {"not beside those after it",
       {{kInit, 500, 600}, {kSidecar, 30, 40}, {kApp, 1, 2}},
       500,
       600},
      {"two sidecars", {{kSidecar, 30, 40}, {kSidecar, 5, 6}, {kInit, 7, 8}, {kApp, 1, 2}}, 42, 54},
      {"too much", {{kApp, INT64_MAX, INT64_MAX}, {kApp, 1, 1}}, INT64_MAX, INT64_MAX},
      {"zero is a value", {{kApp, 0, 0}}, 0, 0},
  };
  for (const auto& [what, containers, request, limit] : kCases) {
    const Resources out = EffectiveResources(Pod(containers));
    EXPECT_EQ(out.requests.cpu_millicores, request) << what;
    EXPECT_EQ(out.limits.cpu_millicores, limit) << what;
    EXPECT_EQ(out.requests.memory_bytes, kNone) << what;
    EXPECT_EQ(out.limits.memory_bytes, kNone) << what;
  }
}

TEST(PodResourcesTest, ResourcesAreReckonedApart) {
  PodResources pod = Pod({{kInit, 500, 600}, {kApp, 100, 200}});
  pod.containers[0].spec.requests.memory_bytes = 10;
  pod.containers[1].spec.requests.memory_bytes = 20;
  const Resources out = EffectiveResources(pod);
  EXPECT_EQ(out.requests, (ResourceAmounts{500, 20}));
  EXPECT_EQ(out.limits, (ResourceAmounts{600, std::nullopt}));
}

TEST(PodResourcesTest, ThePodsOwnValuesReplaceTheSums) {
  PodResources pod = Pod({{kApp, 100, kNone}});
  pod.pod_level.requests.cpu_millicores = 70;
  pod.pod_level.limits.cpu_millicores = 80;
  pod.containers[0].spec.requests.memory_bytes = 5;
  const Resources out = EffectiveResources(pod);
  EXPECT_EQ(out.requests, (ResourceAmounts{70, 5}));
  EXPECT_EQ(out.limits, (ResourceAmounts{80, std::nullopt}));
}

TEST(PodResourcesTest, OverheadIsAlwaysRequestedAndLimitedWhereThereIsALimit) {
  PodResources pod = Pod({{kApp, 100, 200}});
  pod.overhead = {10, 1000};
  const Resources out = EffectiveResources(pod);
  EXPECT_EQ(out.requests, (ResourceAmounts{110, 1000}));
  EXPECT_EQ(out.limits, (ResourceAmounts{210, std::nullopt}));
  EXPECT_EQ(EffectiveResources([] {
              PodResources zero = Pod({{kApp, 0, 0}});
              zero.overhead = {10, 0};
              return zero;
            }())
                .limits.cpu_millicores,
            0);
}

TEST(PodResourcesTest, AResizeHoldsOnToTheGreater) {
  const struct {
    std::string what;
    Amount spec, allocated, actual;
    bool infeasible;
    Amount request;
  } kCases[] = {
      {"growing", 200, 100, 100, false, 200},
      {"shrinking", 100, 200, 200, false, 200},
      {"allocated already", 100, 300, 200, false, 300},
      {"cannot be done", 900, 100, 150, true, 150},
      {"only wanted", 100, kNone, kNone, false, 100},
  };
  for (const auto& [what, spec, allocated, actual, infeasible, request] : kCases) {
    PodResources pod = Pod({{kApp, spec, spec}});
    pod.containers[0].allocated.cpu_millicores = allocated;
    pod.containers[0].actual.emplace();
    pod.containers[0].actual->requests.cpu_millicores = actual;
    pod.resize_infeasible = infeasible;
    EXPECT_EQ(EffectiveResources(pod).requests.cpu_millicores, request) << what;
  }
  // The limits in force; a status without resources says nothing of a resize.
  PodResources pod = Pod({{kApp, 100, 200}});
  pod.containers[0].actual.emplace();
  pod.containers[0].actual->limits.cpu_millicores = 400;
  EXPECT_EQ(EffectiveResources(pod).limits.cpu_millicores, 400);
  pod.containers[0].actual.reset();
  pod.containers[0].allocated.cpu_millicores = 400;
  pod.resize_infeasible = true;
  EXPECT_EQ(EffectiveResources(pod).requests.cpu_millicores, 100);
  EXPECT_EQ(EffectiveResources(pod).limits.cpu_millicores, 200);
}

}  // namespace
}  // namespace kubemonitor
