#include "apiserver/query/utilization.h"

#include <gtest/gtest.h>

namespace kubemonitor {
namespace {

Item Using(double millicores, double working_set) {
  Item item;
  item.usage[static_cast<size_t>(Metric::kCpuMillicores)] = millicores;
  item.usage[static_cast<size_t>(Metric::kMemoryBytes)] = 10 * working_set;  // does not count
  item.usage[static_cast<size_t>(Metric::kMemoryWorkingSetBytes)] = working_set;
  return item;
}

TEST(UtilizationTest, OfWhatWasAskedForAndWhatIsAllowed) {
  Item item = Using(150, 30);
  item.requests = {100, 120};
  item.limits = {300, 60};
  const Utilization of = UtilizationOf(item);
  EXPECT_EQ(of.cpu_of_request, 150.0);
  EXPECT_EQ(of.cpu_of_limit, 50.0);
  EXPECT_EQ(of.memory_of_request, 25.0);
  EXPECT_EQ(of.memory_of_limit, 50.0);
  EXPECT_EQ(of.cpu_of_allocatable, std::nullopt);
}

TEST(UtilizationTest, AbsentWithoutADivisorOrAValue) {
  Item item = Using(150, 30);
  EXPECT_TRUE(UtilizationOf(item).empty());
  item.requests.cpu_millicores = 0;
  EXPECT_TRUE(UtilizationOf(item).empty());
  item.limits.memory_bytes = 60;
  EXPECT_EQ(UtilizationOf(item).memory_of_limit, 50.0);
  item.usage = {};
  EXPECT_TRUE(UtilizationOf(item).empty());
}

TEST(UtilizationTest, OfWhatANodesPodsMayHave) {
  Item item = Using(150, 30);
  KubeNode node;
  node.allocatable = {1500, std::nullopt};
  item.limits = {300, 60};
  item.node_facts.emplace().kubernetes = std::make_shared<const KubeNode>(node);
  EXPECT_EQ(UtilizationOf(item).cpu_of_allocatable, 10.0);
  EXPECT_EQ(UtilizationOf(item).memory_of_allocatable, std::nullopt);
  EXPECT_EQ(UtilizationOf(item).cpu_of_limit, std::nullopt);
  EXPECT_EQ(UtilizationOf(item).memory_of_limit, std::nullopt);
}

TEST(UtilizationTest, OfWhatTheClustersPodsMayHave) {
  Item item = Using(150, 30);
  item.cluster_facts.emplace().allocatable = {std::nullopt, 120.0};
  EXPECT_EQ(UtilizationOf(item).cpu_of_allocatable, std::nullopt);
  EXPECT_EQ(UtilizationOf(item).memory_of_allocatable, 25.0);
}

}  // namespace
}  // namespace kubemonitor
