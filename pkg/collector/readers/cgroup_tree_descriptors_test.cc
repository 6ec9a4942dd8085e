// The cgroup tree while file descriptors are scarce: it goes on reading.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <iterator>

#include "collector/readers/cgroup_tree_testing.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;

size_t OpenDescriptors() {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                                           std::filesystem::directory_iterator()));
}

// While it lives, `left` more descriptors can be opened.
class ScarceDescriptors {
 public:
  explicit ScarceDescriptors(size_t left) {
    // UBSan opens a pipe when it meets the virtual calls of a type for the first time: those of
    // the logger and of error texts are met here.
    LogWarning("{}", MessageOf(ErrnoToStatus(EMFILE, "scarce from here on")));
    getrlimit(RLIMIT_NOFILE, &before_);
    const int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close(next);
    rlimit few = before_;
    few.rlim_cur = static_cast<rlim_t>(next) + left;
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  }
  ~ScarceDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  ScarceDescriptors(const ScarceDescriptors&) = delete;

 private:
  rlimit before_{};
};

// Out of descriptors: the rest is opened, read and closed.
TEST_P(CgroupTreeTest, FewDescriptors) {
  Make();
  {
    const ScarceDescriptors scarce(12);
    for (int i = 0; i < 3; ++i) {
      EXPECT_FALSE(ReadAll());
      ExpectValues();
      Tick();
    }
  }
  EXPECT_EQ(tree_->read_errors(), 0u);
  EXPECT_THAT(Containers(*tree_), ElementsAre(Id('a'), Id('b')));
}

TEST_P(CgroupTreeTest, ATinyBudget) {
  max_held_ = 3;
  const size_t before = OpenDescriptors();
  Make();
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(ReadAll());
    ExpectValues();
    EXPECT_LE(OpenDescriptors(), before + 1 + *max_held_) << "the root's is not counted";
    Tick();
  }
  files_.Write(kPod + "/" + Id('a') + "/cpu.stat", "usage_usec 777\n");
  ReadAll();
  EXPECT_EQ(Find(*tree_, kPod + "/" + Id('a'))->reading.cpu.usage_usec, 777u);
  EXPECT_EQ(tree_->read_errors(), 0u);
}

// Somebody else has taken the last descriptors: held ones are given back.
TEST_P(CgroupTreeTest, HeldFilesMakeRoom) {
  Make();
  ReadAll();
  Tick();
  // A plain tree holds nothing: it needs one for the directory and one for the file.
  const ScarceDescriptors scarce(GetParam() ? 0 : 2);
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(ReadAll());
    ExpectValues();
    Cgroup* a = Find(*tree_, kPod + "/" + Id('a'));
    tree_->ReadLimits(*a);
    EXPECT_EQ(a->limits.pids, Limit::Of(100));
    Tick();
  }
  EXPECT_EQ(tree_->read_errors(), 0u);
}

// The last one goes while directories are listed, after some cgroups were forgotten.
TEST_P(CgroupTreeTest, HeldFilesMakeRoomForAListing) {
  if (!GetParam()) GTEST_SKIP() << "nothing is held";
  files_.Cgroup(kPod + "/" + Id('c'), Usage(30));
  Make();
  ReadAll();
  files_.Remove(kPod + "/" + Id('c'));
  // Each is a directory to hold: more than what the forgotten one held.
  for (int i = 0; i < 40; ++i) files_.Cgroup(fmt::format("system.slice/x{}.slice/y.service", i));
  {
    const ScarceDescriptors scarce(1);
    Tick();
    EXPECT_FALSE(ReadAll());
    ExpectValues();
  }
  EXPECT_THAT(Containers(*tree_), ElementsAre(Id('a'), Id('b')));
  EXPECT_NE(Find(*tree_, "system.slice/x39.slice/y.service"), nullptr);
  EXPECT_EQ(tree_->read_errors(), 0u);
}

// Not one is left and nothing can be given back: the listing is made up for.
TEST_P(CgroupTreeTest, AListingThatFailedIsRepeated) {
  max_held_ = 0;
  Make();
  ReadAll();
  files_.Cgroup("new.slice/new.service", Usage(30));
  {
    const ScarceDescriptors scarce(0);
    Tick();
  }
  EXPECT_GT(tree_->read_errors(), 0u);
  Tick();
  EXPECT_NE(Find(*tree_, "new.slice/new.service"), nullptr);
  EXPECT_FALSE(ReadAll());
  ExpectValues();
}

INSTANTIATE_TEST_SUITE_P(HeldAndPlain, CgroupTreeTest, ::testing::Bool(),
                         [](const auto& param) { return param.param ? "Held" : "Plain"; });

}  // namespace
}  // namespace kubemonitor
