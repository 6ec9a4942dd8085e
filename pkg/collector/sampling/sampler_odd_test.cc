// What is odd on a node, and that it costs only itself.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector/readers/cgroup_test_tree.h"
#include "collector/sampling/sampler_test_support.h"

namespace kubemonitor {
namespace {

using ::testing::HasSubstr;

const std::string kUid = "1b2f0c5e-6a0d-4d0a-9a53-0c1d2e3f4a51";
const std::string kId(64, 'a');
const std::string kContainer = "kubepods/pod" + kUid + "/" + kId;

class SamplerOddTest : public ::testing::Test {
 protected:
  SamplerOddTest() {
    files_.Write("cg/cgroup.controllers", "cpu io memory pids\n");
    files_.Write("cg/cpu.stat", "usage_usec 9000\nuser_usec 5000\nsystem_usec 3000\n");
    files_.Write("proc/stat", "cpu  100 0 100 1000 0 0 0 0 0 0\n");
    files_.MakeDirectory("sys");
    files_.Cgroup("cg/kubepods", {{"cpu.stat", "usage_usec 20\n"}});
    files_.Cgroup("cg/" + kContainer, {{"cpu.stat", "usage_usec 10\n"}});
    SamplerOptions options;
    options.cgroup_root = files_.path("cg");
    options.proc_root = files_.path("proc");
    options.sys_root = files_.path("sys");
    sampler_ = *Sampler::Create(options, names_, clock_);
  }
  Sample Read() {
    clock_.boot_usec += 10'000'000;
    return sampler_->Read(static_cast<int64_t>(clock_.boot_usec / 1000));
  }
  static uint64_t ErrorsOf(const Sample& sample) { return sample.tick.node_details->read_errors; }

  TestTree files_;
  FakeClock clock_;
  FakeNames names_;
  std::unique_ptr<Sampler> sampler_;
};

TEST_F(SamplerOddTest, AValueTheServerRefusesIsAbsentAndCounted) {
  files_.Write("cg/" + kContainer + "/memory.current", "18446744073709551615\n");
  ::testing::internal::CaptureStderr();
  const Sample sample = Read();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("1 values above 2^63"));
  const SeriesValues* values = ValuesOf(sample, FindContainer(sample, kId));
  EXPECT_FALSE(values->Has(Series::kMemoryCurrentBytes));
  EXPECT_EQ(values->Get(Series::kCpuUsageUsec), 10u);
  EXPECT_EQ(ErrorsOf(sample), 1u);
}

TEST_F(SamplerOddTest, EverySourceIsCounted) {
  EXPECT_EQ(ErrorsOf(Read()), 0u);
  files_.Write("proc/loadavg", "garbage\n");
  EXPECT_EQ(ErrorsOf(Read()), 1u) << "the node";
  files_.Remove("proc/loadavg");
  files_.Write("proc/7/stat", "garbage\n");
  EXPECT_EQ(ErrorsOf(Read()), 2u) << "a process";
  files_.Remove("proc/7");
  files_.Write("cg/" + kContainer + "/memory.current", "garbage\n");
  EXPECT_EQ(ErrorsOf(Read()), 3u) << "a cgroup";
}

TEST_F(SamplerOddTest, ManyInterfacesOfAPodAreCutAndCounted) {
  std::string dev = "    lo: 5 5 0 0 0 0 0 0 5 5 0 0 0 0 0 0\n";
  for (int i = 0; i < 70; ++i) dev += fmt::format("  net{}: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n", i);
  files_.Write("proc/50/net/dev", dev);
  files_.Write("proc/50/cgroup", "0::/" + kContainer + "\n");
  files_.Link("proc/50/ns/net", "net:[2]");
  files_.Link("proc/1/ns/net", "net:[1]");
  files_.Write("cg/" + kContainer + "/cgroup.procs", "50\n");
  NameTable names;
  names.pods[kUid] = {"shop", "web", {}, false};
  names_.Set(names);
  const Sample sample = Read();
  const Identity* pod = FindPod(sample, kUid);
  EXPECT_EQ(DetailsOf(sample, pod)->interfaces.size(), 64u);
  EXPECT_EQ(ValuesOf(sample, pod)->Get(Series::kNetworkRxBytes), 70u) << "the sum is over all";
  EXPECT_EQ(ErrorsOf(sample), 6u);
}

// Kernels before 6.14 count stolen time into the root's usage_usec.
TEST_F(SamplerOddTest, StolenTimeIsNobodysCpu) {
  Read();
  files_.Write("cg/cpu.stat", "usage_usec 19000\nuser_usec 5500\nsystem_usec 3100\n");
  EXPECT_EQ(Read().tick.node.Get(Series::kLedgerKernelCpuUsec), 600u);
}

TEST_F(SamplerOddTest, UsageOfTheRootWhereItDoesNotTellMore) {
  files_.Write("cg/cpu.stat", "usage_usec 9000\n");
  Read();
  files_.Write("cg/cpu.stat", "usage_usec 9700\n");
  EXPECT_EQ(Read().tick.node.Get(Series::kLedgerKernelCpuUsec), 700u);
}

}  // namespace
}  // namespace kubemonitor
