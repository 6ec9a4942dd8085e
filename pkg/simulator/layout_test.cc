#include "simulator/layout.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

namespace kubemonitor {
namespace {

std::vector<WorkloadKind> AllKinds() {
  std::vector<WorkloadKind> out;
  for (size_t kind = 0; kind < kWorkloadKinds; ++kind) {
    out.push_back(static_cast<WorkloadKind>(kind));
  }
  return out;
}

ModelOptions Options(uint32_t nodes, uint32_t pods, uint32_t deployments) {
  ModelOptions out;
  out.nodes = nodes;
  out.pods_per_node = pods;
  out.deployments = deployments;
  return out;
}

class LayoutTest : public ::testing::TestWithParam<ModelOptions> {};

// Every slot belongs to one workload, and is one of its members.
TEST_P(LayoutTest, SlotsAndMembersAreTheSame) {
  const ModelOptions& options = GetParam();
  const Layout layout(options);
  std::map<Workload, std::set<uint32_t>> members;
  for (uint32_t node = 0; node < options.nodes; ++node) {
    for (uint32_t slot = 0; slot < options.pods_per_node; ++slot) {
      const Layout::Place place = layout.PlaceOf({node, slot});
      EXPECT_LT(place.workload.number, layout.Count(place.workload.kind));
      EXPECT_TRUE(members[place.workload].insert(place.member).second);
      EXPECT_EQ(layout.MemberAt(place.workload, place.member), (Slot{node, slot}));
    }
  }
  uint64_t slots = 0;
  for (const WorkloadKind kind : AllKinds()) {
    for (uint32_t number = 0; number < layout.Count(kind); ++number) {
      const uint32_t count = layout.Members({kind, number});
      slots += count;
      const auto found = members.find({kind, number});
      ASSERT_EQ(found == members.end() ? 0 : found->second.size(), count);
      if (count > 0) {
        EXPECT_EQ(*found->second.rbegin(), count - 1);
      }
    }
  }
  EXPECT_EQ(slots, uint64_t{options.nodes} * options.pods_per_node);
}

INSTANTIATE_TEST_SUITE_P(Sizes, LayoutTest,
                         ::testing::Values(Options(1, 1, 1), Options(1, 3, 7), Options(3, 5, 2),
                                           Options(4, 8, 100), Options(3, 30, 40),
                                           Options(7, 100, 11), Options(50, 20, 3'000)));

TEST(Layout, SmallClustersHaveAllKinds) {
  const Layout layout(Options(3, 8, 4));
  for (const WorkloadKind kind : AllKinds()) EXPECT_GE(layout.Count(kind), 1U);
  EXPECT_EQ(layout.Count(WorkloadKind::kDeployment), 4U);
}

TEST(Layout, MostPodsBelongToDeployments) {
  const Layout layout(Options(100, 30, 600));
  uint32_t deployed = 0;
  for (uint32_t number = 0; number < 600; ++number) {
    const uint32_t members = layout.Members({WorkloadKind::kDeployment, number});
    EXPECT_NEAR(members, 3, 1) << "they share alike";
    deployed += members;
  }
  EXPECT_EQ(deployed, 2600U * 3 / 4);
  EXPECT_EQ(layout.Count(WorkloadKind::kDaemonSet), 3U);
  EXPECT_EQ(layout.Members({WorkloadKind::kDaemonSet, 2}), 100U) << "one a node";
  EXPECT_EQ(layout.Count(WorkloadKind::kStatefulSet), 75U);
}

}  // namespace
}  // namespace kubemonitor
