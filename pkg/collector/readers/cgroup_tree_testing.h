#ifndef KUBEMONITOR_COLLECTOR_READERS_CGROUP_TREE_TESTING_H_
#define KUBEMONITOR_COLLECTOR_READERS_CGROUP_TREE_TESTING_H_

// For tests of the cgroup tree: a made tree with one pod, read in both ways.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collector/readers/cgroup_test_tree.h"
#include "collector/readers/cgroup_tree.h"

namespace kubemonitor {

inline const std::string kUid = "1b2f0c5e-6a0d-4d0a-9a53-0c1d2e3f4a51";
inline const std::string kPod = "kubepods/burstable/pod" + kUid;

inline std::string Id(char c) { return std::string(64, c); }

inline std::map<std::string, std::string> Usage(int usage) {
  return {{"cpu.stat", fmt::format("usage_usec {}\nuser_usec 1\nsystem_usec 2\n", usage)},
          {"memory.current", "1000\n"},
          {"memory.stat", "anon 5\nfile 6\nkernel 7\ninactive_file 100\n"},
          {"memory.events", "oom 1\noom_kill 2\n"},
          {"memory.swap.current", "3\n"},
          {"io.stat", "8:0 rbytes=1 wbytes=2 rios=3 wios=4\n"},
          {"cpu.pressure", "some avg10=0.00 total=11\nfull avg10=0.00 total=12\n"},
          {"memory.pressure", "some total=13\nfull total=14\n"},
          {"io.pressure", "some total=15\nfull total=16\n"},
          {"pids.current", "9\n"},
          {"memory.max", "max\n"},
          {"cpu.max", "50000 100000\n"},
          {"pids.max", "100\n"}};
}

inline std::vector<std::string> Containers(const CgroupTree& tree) {
  std::vector<std::string> ids;
  for (const Cgroup* cgroup : tree.all()) {
    if (cgroup->place.role == CgroupRole::kContainer) ids.push_back(cgroup->place.container_id);
  }
  return ids;
}

inline Cgroup* Find(const CgroupTree& tree, const std::string& path) {
  for (Cgroup* cgroup : tree.all()) {
    if (cgroup->path == path) return cgroup;
  }
  return nullptr;
}

// Held and plain reading of the same tree must say the same.
class CgroupTreeTest : public ::testing::TestWithParam<bool> {
 protected:
  CgroupTreeTest() {
    files_.Write("cgroup.controllers", "cpu io memory pids\n");
    files_.Cgroup(kPod, Usage(50));
    files_.Cgroup(kPod + "/" + Id('a'), Usage(10));
    files_.Cgroup(kPod + "/" + Id('b'), Usage(20));
    files_.Cgroup("system.slice/kubelet.service", Usage(7));
  }
  void Make() {
    CgroupTreeOptions options;
    options.root = files_.path();
    options.hold = GetParam();
    options.max_held = max_held_;
    options.fail_read = [this](const std::string& path) {
      const auto it = failures_.find(path);
      return it == failures_.end() ? 0 : it->second;
    };
    auto tree = CgroupTree::Create(std::move(options));
    ASSERT_TRUE(tree.ok());
    tree_ = *std::move(tree);
    Tick();
  }
  void Tick() { tree_->BeginTick(time_ += 10'000'000); }
  // Reads all, and says whether one was gone.
  bool ReadAll() {
    bool gone = false;
    for (Cgroup* cgroup : tree_->all()) gone = !tree_->Read(*cgroup, kUsageFiles) || gone;
    return gone;
  }

  // That the values are those of Usage(10) and Usage(20).
  void ExpectValues() {
    for (const auto& [id, usage] : {std::pair{'a', 10u}, std::pair{'b', 20u}}) {
      const Cgroup* cgroup = Find(*tree_, kPod + "/" + Id(id));
      ASSERT_NE(cgroup, nullptr);
      EXPECT_EQ(cgroup->reading.cpu.usage_usec, usage);
      EXPECT_EQ(cgroup->reading.memory_current, 1000u);
      EXPECT_EQ(cgroup->reading.io_pressure.some_usec, 15u);
      EXPECT_EQ(cgroup->reading.pids_current, 9u);
    }
  }

  TestTree files_;
  std::optional<size_t> max_held_;
  std::map<std::string, int> failures_;
  std::unique_ptr<CgroupTree> tree_;
  uint64_t time_ = 0;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_CGROUP_TREE_TESTING_H_
