#include "collector/sampling/pod_network.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector/readers/cgroup_test_tree.h"

namespace kubemonitor {
namespace {

const std::string kUid = "1b2f0c5e-6a0d-4d0a-9a53-0c1d2e3f4a51";
const std::string kPod = "cg/kubepods/pod" + kUid;
const std::string kSandbox(64, 'a');
const std::string kApp(64, 'b');

class PodNetworkTest : public ::testing::Test {
 protected:
  PodNetworkTest() {
    files_.Cgroup(kPod + "/" + kSandbox, {{"cgroup.procs", "100\n"}});
    files_.Cgroup(kPod + "/" + kApp, {{"cgroup.procs", "200\n201\n"}});
    Process(1, "/init.scope", "net:[1]", "  eth0: 9000000 9 0 0 0 0 0 0 9000000 9 0 0 0 0 0 0");
    for (const int pid : {100, 200, 201}) {
      Process(pid, "/kubepods/pod" + kUid + "/" + (pid == 100 ? kSandbox : kApp), "net:[2]",
              fmt::format("  eth0: {} 5 0 0 0 0 0 0 70 7 0 0 0 0 0 0\n"
                          "  net1: 1 2 0 0 0 0 0 0 3 4 0 0 0 0 0 0",
                          pid));
    }
    CgroupTreeOptions options;
    options.root = files_.path("cg");
    tree_ = *CgroupTree::Create(options);
    proc_.emplace(files_.path("proc"));
  }
  void Process(int pid, const std::string& cgroup, const std::string& net, const std::string& dev) {
    const std::string directory = fmt::format("proc/{}/", pid);
    files_.Write(directory + "cgroup", "0::" + cgroup + "\n");
    files_.Write(
        directory + "net/dev",
        "Inter-|   Receive |  Transmit\n face |bytes packets\n    lo: 5 5 0 0 0 0 0 0 5 5 0 "
        "0 0 0 0 0\n" +
            dev + "\n");
    if (!net.empty()) files_.Link(directory + "ns/net", net);
  }
  PodNetwork::Result Read(std::optional<bool> told = std::nullopt) {
    tree_->BeginTick(++time_);
    std::vector<const Cgroup*> cgroups;
    for (const Cgroup* cgroup : tree_->all()) {
      if (cgroup->place.role == CgroupRole::kContainer) cgroups.push_back(cgroup);
    }
    return network_.Read(*proc_, *tree_, {kUid, &cgroups}, told);
  }
  static std::optional<uint64_t> Rx(const PodNetwork::Result& result) {
    SeriesValues values;
    SetNetworkSeries(result.interfaces, values);
    return values.Get(Series::kNetworkRxBytes);
  }

  TestTree files_;
  std::unique_ptr<CgroupTree> tree_;
  std::optional<ProcNetwork> proc_;
  PodNetwork network_;
  uint64_t time_ = 0;
};

TEST_F(PodNetworkTest, SumsAllButLoopback) {
  const PodNetwork::Result result = Read();
  EXPECT_TRUE(result.measured);
  EXPECT_EQ(result.host_network, false);
  ASSERT_EQ(result.interfaces.size(), 2u);
  SeriesValues values;
  SetNetworkSeries(result.interfaces, values);
  EXPECT_EQ(values.Get(Series::kNetworkRxBytes), 101u) << "by the sandbox's process";
  EXPECT_EQ(values.Get(Series::kNetworkTxBytes), 73u);
  EXPECT_EQ(values.Get(Series::kNetworkRxPackets), 7u);
  EXPECT_EQ(values.Get(Series::kNetworkTxPackets), 11u);
}

TEST_F(PodNetworkTest, AnotherProcessWhenTheFirstEnds) {
  EXPECT_EQ(Rx(Read()), 101u);
  files_.Remove("proc/100");
  EXPECT_EQ(Rx(Read()), 201u);
  EXPECT_EQ(Rx(Read()), 201u);
  files_.Remove("proc/200");
  EXPECT_EQ(Rx(Read()), 202u);
  files_.Remove("proc/201");
  const PodNetwork::Result result = Read();
  EXPECT_FALSE(result.measured);
  EXPECT_EQ(result.host_network, std::nullopt);
}

TEST_F(PodNetworkTest, APidOfAnotherPodIsNotRead) {
  EXPECT_EQ(Rx(Read()), 101u);
  // The pid was given to somebody else.
  Process(100, "/kubepods/pod77777777-6a0d-4d0a-9a53-0c1d2e3f4a51/" + std::string(64, 'c'),
          "net:[3]", "  eth0: 5555 5 0 0 0 0 0 0 70 7 0 0 0 0 0 0");
  EXPECT_EQ(Rx(Read()), 201u);
}

TEST_F(PodNetworkTest, HostNetworkByTheNamespace) {
  for (const int pid : {100, 200, 201}) files_.Link(fmt::format("proc/{}/ns/net", pid), "net:[1]");
  const PodNetwork::Result result = Read();
  EXPECT_EQ(result.host_network, true);
  EXPECT_FALSE(result.measured);
  EXPECT_TRUE(result.interfaces.empty());
}

TEST_F(PodNetworkTest, TheRuntimesWordCounts) {
  EXPECT_TRUE(Read(true).interfaces.empty());
  EXPECT_EQ(Read(true).host_network, true);
  EXPECT_EQ(Rx(Read(false)), 101u);
  EXPECT_EQ(Read(false).host_network, false);
}

TEST_F(PodNetworkTest, WithoutLinksTheInterfacesTell) {
  for (const int pid : {1, 100, 200, 201}) files_.Remove(fmt::format("proc/{}/ns", pid));
  EXPECT_EQ(Read().host_network, false);
  for (const int pid : {100, 200, 201}) {
    Process(pid, "/kubepods/pod" + kUid, "", "  eth0: 9000100 9 0 0 0 0 0 0 9000000 9 0 0 0 0 0 0");
  }
  network_ = PodNetwork();
  EXPECT_EQ(Read().host_network, true);
}

TEST_F(PodNetworkTest, WhatCannotBeUnderstoodIsCounted) {
  for (const int pid : {100, 200, 201}) {
    files_.Write(fmt::format("proc/{}/net/dev", pid), "garbage\n");
  }
  ::testing::internal::CaptureStderr();
  EXPECT_FALSE(Read().measured);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              ::testing::HasSubstr("100/net/dev cannot be understood"));
  EXPECT_GT(proc_->errors().count(), 0u);
}

TEST_F(PodNetworkTest, AnOddLineIsCountedAndCostsItself) {
  Process(100, "/kubepods/pod" + kUid + "/" + kSandbox, "net:[2]",
          "  eth0: 8 5 0 0 0 0 0 0 70 7 0 0 0 0 0 0\n  net1: garbage");
  EXPECT_EQ(Rx(Read()), 8u);
  EXPECT_EQ(proc_->errors().count(), 1u);
}

TEST_F(PodNetworkTest, AProcessThatEndedIsNoError) {
  Read();
  for (const int pid : {100, 200, 201}) files_.Remove(fmt::format("proc/{}", pid));
  Read();
  EXPECT_EQ(proc_->errors().count(), 0u);
}

TEST(SetNetworkSeries, ASumThatDoesNotFitIsAbsent) {
  std::vector<InterfaceUsage> interfaces(3);
  for (InterfaceUsage& interface : interfaces) {
    interface.rx_bytes = UINT64_MAX;
    interface.tx_bytes = interface.rx_packets = interface.tx_packets = 1;
    interface.counted = true;
  }
  SeriesValues values;
  SetNetworkSeries(interfaces, values);
  EXPECT_FALSE(values.Has(Series::kNetworkRxBytes));
  EXPECT_EQ(values.Get(Series::kNetworkTxBytes), 3u);
  values = SeriesValues();
  SetNetworkSeries({}, values);
  EXPECT_TRUE(values.empty()) << "no interface is not 0";
}

TEST_F(PodNetworkTest, NoProcAtAll) {
  proc_.emplace("/no/such/folder");
  EXPECT_FALSE(Read().measured);
}

}  // namespace
}  // namespace kubemonitor
