#include "collector/readers/cgroup_tree.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>

#include "collector/readers/cgroup_tree_testing.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST_P(CgroupTreeTest, FindsAndReads) {
  Make();
  EXPECT_THAT(Containers(*tree_), ElementsAre(Id('a'), Id('b')));
  EXPECT_EQ(tree_->all().front(), &tree_->root());
  Cgroup* a = Find(*tree_, kPod + "/" + Id('a'));
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->parent->place.pod_uid, kUid);
  ASSERT_TRUE(tree_->Read(*a, kUsageFiles | FileBit(CgroupFile::kEvents)));
  const CgroupReading& reading = a->reading;
  EXPECT_EQ(reading.cpu.usage_usec, 10u);
  EXPECT_EQ(reading.memory_current, 1000u);
  EXPECT_EQ(reading.memory.inactive_file, 100u);
  EXPECT_EQ(reading.memory_events.oom_kill, 2u);
  EXPECT_EQ(reading.memory_swap_current, 3u);
  EXPECT_TRUE(reading.has_io);
  ASSERT_EQ(reading.devices.size(), 1u);
  EXPECT_EQ(reading.devices[0].wbytes, 2u);
  EXPECT_EQ(reading.cpu_pressure.some_usec, 11u);
  EXPECT_EQ(reading.memory_pressure.full_usec, 14u);
  EXPECT_EQ(reading.io_pressure.some_usec, 15u);
  EXPECT_EQ(reading.pids_current, 9u);
  EXPECT_EQ(reading.populated, true);
  tree_->ReadLimits(*a);
  EXPECT_EQ(a->limits.cpu_millicores, Limit::Of(500));
  EXPECT_EQ(a->limits.memory_bytes, Limit::Unlimited());
  EXPECT_EQ(a->limits.pids, Limit::Of(100));
  EXPECT_EQ(tree_->read_errors(), 0u);
}

TEST_P(CgroupTreeTest, SeesNewValues) {
  Make();
  ReadAll();
  files_.Write(kPod + "/" + Id('a') + "/cpu.stat", "usage_usec 777\n");
  Tick();
  ReadAll();
  EXPECT_EQ(Find(*tree_, kPod + "/" + Id('a'))->reading.cpu.usage_usec, 777u);
  EXPECT_EQ(Find(*tree_, kPod + "/" + Id('b'))->reading.cpu.usage_usec, 20u);
}

TEST_P(CgroupTreeTest, AddedAndRemoved) {
  Make();
  ReadAll();
  files_.Cgroup(kPod + "/" + Id('c'), Usage(30));
  Tick();
  EXPECT_THAT(Containers(*tree_), ElementsAre(Id('a'), Id('b'), Id('c')));
  ReadAll();
  files_.Remove(kPod + "/" + Id('a'));
  Tick();
  EXPECT_THAT(Containers(*tree_), ElementsAre(Id('b'), Id('c')));
  files_.Remove(kPod);
  Tick();
  EXPECT_THAT(Containers(*tree_), IsEmpty());
  EXPECT_EQ(Find(*tree_, kPod), nullptr);
  // And a new pod.
  files_.Cgroup("kubepods/pod" + kUid + "/" + Id('d'), Usage(1));
  Tick();
  EXPECT_THAT(Containers(*tree_), ElementsAre(Id('d')));
  EXPECT_EQ(tree_->read_errors(), 0u);
}

TEST_P(CgroupTreeTest, AMissingFileIsAbsentAndNoError) {
  files_.Remove(kPod + "/" + Id('a') + "/io.stat");
  failures_[kPod + "/" + Id('a') + "/cpu.pressure"] = EOPNOTSUPP;
  Make();
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(ReadAll());
    const Cgroup* a = Find(*tree_, kPod + "/" + Id('a'));
    EXPECT_FALSE(a->reading.has_io);
    EXPECT_EQ(a->reading.cpu_pressure.some_usec, std::nullopt);
    EXPECT_EQ(a->reading.memory_pressure.some_usec, 13u);
    EXPECT_EQ(a->reading.cpu.usage_usec, 10u);
    Tick();
  }
  EXPECT_EQ(tree_->read_errors(), 0u);
  // It is tried again at the rescan.
  files_.Write(kPod + "/" + Id('a') + "/io.stat", "");
  time_ += CgroupTree::kRescanUsec;
  Tick();
  ReadAll();
  EXPECT_TRUE(Find(*tree_, kPod + "/" + Id('a'))->reading.has_io);
}

TEST_P(CgroupTreeTest, OneBadFileCostsOnlyItself) {
  files_.Write(kPod + "/" + Id('a') + "/memory.current", "nonsense\n");
  failures_[kPod + "/" + Id('a') + "/io.stat"] = EIO;
  Make();
  EXPECT_FALSE(ReadAll());
  const CgroupReading& reading = Find(*tree_, kPod + "/" + Id('a'))->reading;
  EXPECT_EQ(reading.memory_current, std::nullopt);
  EXPECT_FALSE(reading.has_io);
  EXPECT_EQ(reading.cpu.usage_usec, 10u);
  EXPECT_EQ(tree_->read_errors(), 2u);
}

// A cgroup that is removed while its files are held: reads give ENODEV (ESRCH from some files),
// opens ENOENT.
TEST_P(CgroupTreeTest, RemovedUnderTheReader) {
  for (const int error : {ENODEV, ESRCH, ENXIO}) {
    SCOPED_TRACE(error);
    failures_.clear();
    Make();
    ReadAll();
    Tick();
    failures_[kPod + "/" + Id('a') + "/memory.stat"] = error;
    files_.Remove(kPod + "/" + Id('a'));
    EXPECT_TRUE(ReadAll());
    EXPECT_EQ(tree_->read_errors(), 0u);
    EXPECT_EQ(Find(*tree_, kPod + "/" + Id('a'))->reading.cpu.usage_usec, std::nullopt)
        << "half of a reading is none";
    EXPECT_FALSE(tree_->RefreshGone()) << "nothing new";
    EXPECT_THAT(Containers(*tree_), ElementsAre(Id('b')));
    files_.Cgroup(kPod + "/" + Id('a'), Usage(10));
  }
}

// One removed and one added leaves the link count as it was; the removed one's reads tell.
TEST_P(CgroupTreeTest, ReplacedWithinATick) {
  Make();
  ReadAll();
  Tick();
  files_.Remove(kPod + "/" + Id('a'));
  files_.Cgroup(kPod + "/" + Id('c'), Usage(30));
  failures_[kPod + "/" + Id('a') + "/cpu.stat"] = ENODEV;
  EXPECT_TRUE(ReadAll());
  EXPECT_TRUE(tree_->RefreshGone());
  EXPECT_THAT(Containers(*tree_), ElementsAre(Id('b'), Id('c')));
  const Cgroup* c = Find(*tree_, kPod + "/" + Id('c'));
  EXPECT_NE(c->read_tick, tree_->tick());
  EXPECT_EQ(c->found_tick, tree_->tick());
}

TEST_P(CgroupTreeTest, OpenOfARemovedOneIsNoError) {
  Make();  // found, but not read yet
  files_.Remove(kPod + "/" + Id('a'));
  EXPECT_TRUE(ReadAll());
  EXPECT_EQ(tree_->read_errors(), 0u);
  tree_->RefreshGone();
  EXPECT_THAT(Containers(*tree_), ElementsAre(Id('b')));
}

TEST_P(CgroupTreeTest, AWholeBranchReplaced) {
  Make();
  ReadAll();
  Tick();
  files_.Remove("kubepods");
  files_.Cgroup("kubepods/pod" + kUid + "/" + Id('e'), Usage(5));
  for (const char c : {'a', 'b'}) failures_[kPod + "/" + Id(c) + "/cpu.stat"] = ENODEV;
  failures_[kPod + "/cpu.stat"] = ENODEV;
  ReadAll();
  tree_->RefreshGone();
  EXPECT_THAT(Containers(*tree_), ElementsAre(Id('e')));
}

TEST_P(CgroupTreeTest, ACgroupOfTheSameNameIsAnotherOne) {
  Make();
  ReadAll();
  const uint64_t before = Find(*tree_, kPod + "/" + Id('a'))->serial;
  Tick();
  // Kept aside, so that the new directory cannot get the same inode.
  std::filesystem::rename(files_.path(kPod + "/" + Id('a')), files_.path("aside"));
  files_.Cgroup(kPod + "/" + Id('a'), Usage(99));
  files_.Cgroup(kPod + "/" + Id('f'), Usage(1));  // has the directory listed again
  Tick();
  ReadAll();
  const Cgroup* a = Find(*tree_, kPod + "/" + Id('a'));
  EXPECT_EQ(a->reading.cpu.usage_usec, 99u);
  if (GetParam()) {
    EXPECT_NE(a->serial, before);
  } else {
    EXPECT_EQ(a->serial, before) << "plain files may be replaced: the name counts";
  }
}

TEST_P(CgroupTreeTest, NothingWantedStillAsksWhetherItIsThere) {
  Make();
  Cgroup* a = Find(*tree_, kPod + "/" + Id('a'));
  EXPECT_TRUE(tree_->Read(*a, 0));
  EXPECT_EQ(a->reading.populated, true);
  failures_[kPod + "/" + Id('a') + "/cgroup.events"] = ENODEV;
  EXPECT_FALSE(tree_->Read(*a, 0));
}

TEST_P(CgroupTreeTest, PidsAlsoOfChildren) {
  files_.Write(kPod + "/" + Id('a') + "/cgroup.procs", "12\n13\n");
  files_.Cgroup(kPod + "/" + Id('b') + "/container/inner", {{"cgroup.procs", "77\n"}});
  Make();
  std::vector<uint32_t> pids;
  EXPECT_TRUE(tree_->ReadPids(*Find(*tree_, kPod + "/" + Id('a')), pids));
  EXPECT_THAT(pids, ElementsAre(12, 13));
  EXPECT_TRUE(tree_->ReadPids(*Find(*tree_, kPod + "/" + Id('b')), pids));
  EXPECT_THAT(pids, ElementsAre(77));
  EXPECT_EQ(Find(*tree_, kPod + "/" + Id('b') + "/container"), nullptr) << "not walked";
  EXPECT_TRUE(tree_->ReadPids(*Find(*tree_, "system.slice/kubelet.service"), pids));
  EXPECT_THAT(pids, IsEmpty());
}

TEST_P(CgroupTreeTest, EveryHierarchyOfTheNode) {
  const std::string node = "docker-" + Id('0') + ".scope";
  files_.Cgroup("kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod" + std::string(32, '1') +
                ".slice/cri-containerd-" + Id('1') + ".scope");
  files_.Cgroup("kubelet/kubepods/besteffort/pod" + std::string(32, '2') + "/" + Id('2'));
  files_.Cgroup("k3s/kubepods/pod" + std::string(32, '3') + "/" + Id('3'));
  files_.Cgroup("system.slice/" + node +
                "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod" +
                std::string(32, '4') + ".slice/cri-containerd-" + Id('4') + ".scope");
  files_.Cgroup("system.slice/containerd.service/kubepods-pod" + std::string(32, '5') +
                ".slice:cri-containerd:" + Id('5'));
  files_.Cgroup("system.slice/containerd.service/" + Id('6'));
  files_.Cgroup("kubepods.slice/kubepods-pod" + std::string(32, '7') + ".slice/cri-containerd-" +
                Id('7') + ".scope/kubepods/pod" + std::string(32, '8') + "/" + Id('8'));
  Make();
  EXPECT_THAT(Containers(*tree_), UnorderedElementsAre(Id('a'), Id('b'), Id('1'), Id('2'), Id('3'),
                                                       Id('4'), Id('5'), Id('6'), Id('7')));
}

TEST_P(CgroupTreeTest, BoundsTheNumber) {
  for (int i = 0; i < 50; ++i) files_.MakeDirectory(fmt::format("system.slice/x{}.service", i));
  CgroupTreeOptions options;
  options.root = files_.path();
  options.hold = GetParam();
  options.max_cgroups = 20;
  auto tree = CgroupTree::Create(std::move(options));
  ASSERT_TRUE(tree.ok());
  (*tree)->BeginTick(1);
  (*tree)->BeginTick(2);
  EXPECT_EQ((*tree)->all().size(), 20u);
  EXPECT_EQ((*tree)->read_errors(), 1u);
}

TEST_P(CgroupTreeTest, ALimitThatCannotBeReadIsCounted) {
  files_.Remove(kPod + "/" + Id('a') + "/memory.max");
  files_.MakeDirectory(kPod + "/" + Id('a') + "/memory.max");
  files_.Remove(kPod + "/" + Id('a') + "/cpu.max");
  Make();
  Cgroup* a = Find(*tree_, kPod + "/" + Id('a'));
  tree_->ReadLimits(*a);
  EXPECT_EQ(a->limits.memory_bytes, std::nullopt);
  EXPECT_EQ(a->limits.cpu_millicores, std::nullopt);
  EXPECT_EQ(a->limits.pids, Limit::Of(100));
  EXPECT_EQ(tree_->read_errors(), 1u) << "what is not there is no error";
}

TEST_P(CgroupTreeTest, AFileThatIsTooLargeIsCounted) {
  files_.Write(kPod + "/" + Id('a') + "/memory.stat", "anon 5\n" + std::string(kMaxFileBytes, 'x'));
  Make();
  EXPECT_FALSE(ReadAll());
  EXPECT_EQ(Find(*tree_, kPod + "/" + Id('a'))->reading.memory.anon, std::nullopt);
  EXPECT_EQ(tree_->read_errors(), 1u);
}

TEST_P(CgroupTreeTest, LimitsAreReadInTurns) {
  Make();
  Cgroup* a = Find(*tree_, kPod + "/" + Id('a'));
  tree_->ReadLimits(*a);
  files_.Write(kPod + "/" + Id('a') + "/cpu.max", "100000 100000\n");
  uint64_t ticks = 0;
  while (a->limits.cpu_millicores != Limit::Of(1000) && ticks < 10) {
    Tick();
    tree_->ReadLimits(*a);
    ++ticks;
  }
  EXPECT_LE(ticks, GetParam() ? CgroupTree::kLimitsEvery : 1u);
}

INSTANTIATE_TEST_SUITE_P(HeldAndPlain, CgroupTreeTest, ::testing::Bool(),
                         [](const auto& param) { return param.param ? "Held" : "Plain"; });

TEST(CgroupTree, NoRoot) {
  CgroupTreeOptions options;
  options.root = "/no/such/folder";
  EXPECT_FALSE(CgroupTree::Create(options).ok());
}

TEST(CgroupTree, APlainRootMayComeAndGo) {
  TestTree files;
  files.Cgroup("tree/" + kPod + "/" + Id('a'), Usage(1));
  CgroupTreeOptions options;
  options.root = files.path("tree");
  auto tree = CgroupTree::Create(options);
  ASSERT_TRUE(tree.ok());
  EXPECT_FALSE((*tree)->holds());
  (*tree)->BeginTick(1);
  EXPECT_THAT(Containers(**tree), ElementsAre(Id('a')));
  files.Remove("tree");
  (*tree)->BeginTick(2);
  EXPECT_THAT(Containers(**tree), IsEmpty());
  EXPECT_EQ((*tree)->all().size(), 1u);
  EXPECT_TRUE((*tree)->Read((*tree)->root(), kUsageFiles));
  files.Cgroup("tree/" + kPod + "/" + Id('b'), Usage(1));
  (*tree)->BeginTick(3);
  EXPECT_THAT(Containers(**tree), ElementsAre(Id('b')));
}

}  // namespace
}  // namespace kubemonitor
