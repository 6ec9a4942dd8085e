#include "apiserver/kubernetes/pod_groups.h"

#include <gtest/gtest.h>

namespace kubemonitor {
namespace {

TEST(PodGroupsTest, AddsUpWhatCounts) {
  PodGroups groups;
  groups.Add("b", {1, true, {100, std::nullopt}, {}});
  groups.Add("b", {3, true, {50, 7}, {1, std::nullopt}});
  groups.Add("b", {2, false, {1000, 1000}, {1000, 1000}});
  groups.Add("a", {4, true, {}, {}});
  EXPECT_EQ(groups.Numbers("b"), (std::vector<uint32_t>{1, 2, 3}));
  EXPECT_EQ(groups.Numbers("a"), (std::vector<uint32_t>{4}));
  EXPECT_TRUE(groups.Numbers("c").empty());
  EXPECT_EQ(groups.Totals("b").pods, 2u);
  EXPECT_EQ(groups.Totals("b").requests, (ResourceAmounts{150, 7}));
  EXPECT_EQ(groups.Totals("b").limits, (ResourceAmounts{1, std::nullopt}));
  EXPECT_EQ(groups.Totals("b").limits_of_all, ResourceAmounts());
  EXPECT_EQ(groups.Totals("a").pods, 1u);
  EXPECT_EQ(groups.Totals("a").requests, ResourceAmounts());
  EXPECT_EQ(groups.Totals("c").pods, 0u);
}

TEST(PodGroupsTest, AllAreLimitedOnlyWithoutAnyThatIsNot) {
  PodGroups groups;
  groups.Add("b", {1, true, {}, {10, 20}});
  groups.Add("b", {2, true, {}, {1, 2}});
  groups.Add("b", {3, false, {}, {}});  // has ended
  EXPECT_EQ(groups.Totals("b").limits_of_all, (ResourceAmounts{11, 22}));
  const PodGroups::Member unlimited{4, true, {}, {5, std::nullopt}};
  groups.Add("b", unlimited);
  EXPECT_EQ(groups.Totals("b").limits, (ResourceAmounts{16, 22}));
  EXPECT_EQ(groups.Totals("b").limits_of_all, (ResourceAmounts{16, std::nullopt}));
  groups.Remove("b", unlimited);
  EXPECT_EQ(groups.Totals("b").limits_of_all, (ResourceAmounts{11, 22}));
}

TEST(PodGroupsTest, NothingIsLeftOver) {
  PodGroups groups;
  const PodGroups::Member huge{1, true, {INT64_MAX, INT64_MAX}, {}};
  const PodGroups::Member huge_too{2, true, {INT64_MAX, 0}, {}};
  groups.Add("n", huge);
  groups.Add("n", huge_too);
  EXPECT_EQ(groups.Totals("n").requests, (ResourceAmounts{INT64_MAX, INT64_MAX}));
  const PodGroups shared = groups.Share();
  groups.Remove("n", huge);
  groups.Remove("n", huge);  // not there any more
  EXPECT_EQ(groups.Totals("n").requests, (ResourceAmounts{INT64_MAX, 0}));
  groups.Remove("n", huge_too);
  groups.Remove("other", huge_too);
  EXPECT_EQ(groups.Totals("n").pods, 0u);
  EXPECT_EQ(shared.Totals("n").pods, 2u);
  EXPECT_EQ(shared.Numbers("n").size(), 2u);
}

}  // namespace
}  // namespace kubemonitor
