#include "collector/readers/cgroup_mode.h"

#include <gtest/gtest.h>

#include "collector/readers/cgroup_test_tree.h"

namespace kubemonitor {
namespace {

TEST(DetectCgroupRoot, PlainV2) {
  TestTree tree;
  tree.Write("cgroup.controllers", "cpu memory\n");
  const CgroupRoot root = DetectCgroupRoot(tree.path());
  EXPECT_EQ(root.mode, CgroupMode::kV2);
  EXPECT_FALSE(root.kernel_mount);
  EXPECT_FALSE(root.nested);
}

TEST(DetectCgroupRoot, NestedWhereTheRootHasFilesOfAChild) {
  for (const char* file : {"cgroup.type", "cgroup.events", "memory.current"}) {
    TestTree tree;
    tree.Write("cgroup.controllers", "");
    tree.Write(file, "");
    EXPECT_TRUE(DetectCgroupRoot(tree.path()).nested) << file;
  }
}

TEST(DetectCgroupRoot, HybridV1AndNone) {
  TestTree tree;
  EXPECT_EQ(DetectCgroupRoot(tree.path()).mode, CgroupMode::kNone);
  tree.MakeDirectory("memory");
  EXPECT_EQ(DetectCgroupRoot(tree.path()).mode, CgroupMode::kV1);
  tree.Write("unified/cgroup.controllers", "");
  EXPECT_EQ(DetectCgroupRoot(tree.path()).mode, CgroupMode::kHybrid);
  EXPECT_EQ(DetectCgroupRoot(tree.path("absent")).mode, CgroupMode::kNone);
  TestTree v1;
  v1.MakeDirectory("cpu,cpuacct");
  EXPECT_EQ(DetectCgroupRoot(v1.path()).mode, CgroupMode::kV1);
}

TEST(DetectCgroupRoot, Names) {
  EXPECT_EQ(NameOf(CgroupMode::kV2), "v2");
  EXPECT_EQ(NameOf(CgroupMode::kHybrid), "hybrid");
  EXPECT_EQ(NameOf(CgroupMode::kV1), "v1");
  EXPECT_EQ(NameOf(CgroupMode::kNone), "none");
}

}  // namespace
}  // namespace kubemonitor
