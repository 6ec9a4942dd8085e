#include "collector/readers/descriptor_budget.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace kubemonitor {
namespace {

TEST(DescriptorBudget, Table) {
  const struct {
    size_t limit, cgroup_files, process_files;
  } cases[] = {
      {0, 0, 0},        {20, 10, 5},        {256, 128, 64},
      {1024, 512, 256}, {2560, 1280, 1024}, {65'536, 64'256, 1024},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.limit);
    const DescriptorBudget budget = DivideDescriptors(c.limit);
    EXPECT_EQ(budget.cgroup_files, c.cgroup_files);
    EXPECT_EQ(budget.process_files, c.process_files);
  }
}

TEST(DescriptorBudget, SomethingIsLeftForEverybodyElse) {
  for (size_t limit = 4; limit < 5000; ++limit) {
    const DescriptorBudget budget = DivideDescriptors(limit);
    EXPECT_LT(budget.cgroup_files + budget.process_files, limit) << limit;
  }
}

TEST(DescriptorBudget, TheSoftLimitIsRaised) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit low = before;
  low.rlim_cur = before.rlim_max / 2;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  const DescriptorBudget budget = OwnDescriptorBudget();
  EXPECT_EQ(budget.cgroup_files, DivideDescriptors(before.rlim_max).cgroup_files);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
}  // namespace kubemonitor
