#include "collector/readers/node_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "collector/readers/proc_fixture.h"

namespace kubemonitor {
namespace {

using ::testing::HasSubstr;

constexpr std::optional<uint64_t> kAbsent;

std::string NetLine(const std::string& name, uint64_t rx, uint64_t tx) {
  return fmt::format("{}: {} {} 0 0 0 0 0 0 {} {} 0 0 0 0 0 0\n", name, rx, rx / 10, tx, tx / 10);
}

std::string DiskLine(const std::string& number, const std::string& name, uint64_t base) {
  return fmt::format("{} {} {} 0 {} 0 {} 0 {} 0 0 0 0\n", number, name, base, base * 2, base * 3,
                     base * 4);
}

class NodeReaderTest : public ::testing::Test {
 protected:
  NodeReaderTest() {
    tree_.MakeDirectory("proc");
    tree_.MakeDirectory("sys");
  }
  NodeReading Read() {
    if (!reader_) reader_.emplace(tree_.Path("proc"), tree_.Path("sys"));
    return reader_->Read(&errors_);
  }
  std::vector<std::string> Counted() {
    std::vector<std::string> names;
    for (const InterfaceUsage& usage : Read().details.interfaces) {
      if (usage.counted) names.push_back(usage.name);
    }
    return names;
  }
  std::vector<std::string> Disks() {
    std::vector<std::string> names;
    for (const DeviceUsage& usage : Read().details.disks) names.push_back(usage.name);
    return names;
  }
  using Names = std::vector<std::string>;

  FixtureTree tree_;
  std::optional<NodeReader> reader_;
  ReadErrors errors_;
};

TEST_F(NodeReaderTest, EverySeries) {
  tree_.Write("proc/stat", "cpu  10 1 20 300 40 2 3 5 7 0\ncpu0 1 1 1 1\ncpu1 1 1 1 1\nintr 1\n");
  tree_.Write("proc/meminfo",
              "MemTotal: 1000 kB\nMemAvailable: 600 kB\nBuffers: 5 kB\nCached: 95 kB\n"
              "AnonPages: 200 kB\nSwapTotal: 50 kB\nSwapFree: 20 kB\nSReclaimable: 7 kB\n"
              "SUnreclaim: 10 kB\nKernelStack: 4 kB\nPageTables: 3 kB\nPercpu: 2 kB\n");
  tree_.Write("proc/loadavg", "1.63 0.48 0.17 4/186 1109\n");
  tree_.Write("proc/uptime", "58.15 31.93\n");
  tree_.Write("proc/vmstat", "pswpin 1\noom_kill 11\n");
  tree_.Write("proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=21\n");
  tree_.Write("proc/pressure/memory", "some total=22\nfull total=23\n");
  tree_.Write("proc/pressure/io", "some total=24\nfull total=25\n");
  tree_.Write("proc/sys/kernel/osrelease", "6.1.0-test\n");
  tree_.Write("proc/sys/kernel/random/boot_id", "0a1b2c3d-0000-4000-8000-000000000001\n");
  tree_.MakeDirectory("proc/1");
  tree_.MakeDirectory("proc/22");
  NodeReading reading = Read();
  const auto get = [&](Series series) { return reading.values.Get(series); };
  EXPECT_EQ(get(Series::kCpuUsageUsec), 360000u);
  EXPECT_EQ(get(Series::kNodeCpuUserUsec), 100000u);
  EXPECT_EQ(get(Series::kNodeCpuNiceUsec), 10000u);
  EXPECT_EQ(get(Series::kNodeCpuSystemUsec), 200000u);
  EXPECT_EQ(get(Series::kNodeCpuIdleUsec), 3000000u);
  EXPECT_EQ(get(Series::kNodeCpuIowaitUsec), 400000u);
  EXPECT_EQ(get(Series::kNodeCpuIrqUsec), 20000u);
  EXPECT_EQ(get(Series::kNodeCpuSoftirqUsec), 30000u);
  EXPECT_EQ(get(Series::kNodeCpuStealUsec), 50000u);
  EXPECT_EQ(get(Series::kMemoryCurrentBytes), 400u * 1024);
  EXPECT_EQ(get(Series::kNodeMemoryAvailableBytes), 600u * 1024);
  EXPECT_EQ(get(Series::kMemoryAnonBytes), 200u * 1024);
  EXPECT_EQ(get(Series::kMemoryFileBytes), 100u * 1024);
  EXPECT_EQ(get(Series::kMemoryKernelBytes), 26u * 1024);
  EXPECT_EQ(get(Series::kMemorySwapBytes), 30u * 1024);
  EXPECT_EQ(get(Series::kNodeLoad1Milli), 1630u);
  EXPECT_EQ(get(Series::kNodeLoad5Milli), 480u);
  EXPECT_EQ(get(Series::kNodeLoad15Milli), 170u);
  EXPECT_EQ(get(Series::kPsiCpuSomeUsec), 21u);
  EXPECT_EQ(get(Series::kPsiMemorySomeUsec), 22u);
  EXPECT_EQ(get(Series::kPsiMemoryFullUsec), 23u);
  EXPECT_EQ(get(Series::kPsiIoSomeUsec), 24u);
  EXPECT_EQ(get(Series::kPsiIoFullUsec), 25u);
  EXPECT_EQ(get(Series::kOomKills), 11u);
  EXPECT_EQ(get(Series::kPids), 2u);
  EXPECT_EQ(reading.kernel_memory_bytes, 19u * 1024);
  EXPECT_EQ(reading.details.cpu_capacity_millicores, 2000u);
  EXPECT_EQ(reading.details.memory_capacity_bytes, 1000u * 1024);
  EXPECT_EQ(reading.details.swap_capacity_bytes, 50u * 1024);
  EXPECT_EQ(reading.details.uptime_seconds, 58u);
  EXPECT_EQ(reading.details.kernel_version, "6.1.0-test");
  EXPECT_EQ(reader_->BootId(), "0a1b2c3d-0000-4000-8000-000000000001");
  EXPECT_EQ(errors_.count(), 0u);

  // Files of a plain directory may be replaced; the list of CPUs on line goes before the lines of
  // /proc/stat.
  tree_.Write("sys/devices/system/cpu/online", "0-2,5\n");
  tree_.Remove("proc/loadavg");
  tree_.Write("proc/loadavg", "2.00 0.00 0.00 1/1 1\n");
  reading = Read();
  EXPECT_EQ(reading.details.cpu_capacity_millicores, 4000u);
  EXPECT_EQ(get(Series::kNodeLoad1Milli), 2000u);
}

TEST_F(NodeReaderTest, WhatIsNotThereIsAbsent) {
  NodeReading reading = Read();
  EXPECT_TRUE(reading.values.empty());
  EXPECT_EQ(reading.details.cpu_capacity_millicores, kAbsent);
  EXPECT_EQ(reading.details.uptime_seconds, kAbsent);
  EXPECT_EQ(reader_->BootId(), "");
  EXPECT_EQ(errors_.count(), 0u);
}

TEST_F(NodeReaderTest, WhatCannotBeUnderstoodIsCountedAndAbsent) {
  for (const char* name : {"stat", "meminfo", "loadavg", "uptime", "diskstats", "net/dev",
                           "pressure/cpu", "pressure/memory", "pressure/io"}) {
    tree_.Write(std::string("proc/") + name, "\x01garbage\n");
  }
  tree_.Write("proc/sys/kernel/random/boot_id", "evil\x1b[0m\n");
  ::testing::internal::CaptureStderr();
  EXPECT_TRUE(Read().values.empty());
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("proc/stat: not understood"));
  EXPECT_EQ(errors_.count(), 9u);
  EXPECT_EQ(reader_->BootId(), "");
}

TEST_F(NodeReaderTest, WhatIsTooLargeIsCountedAndAbsent) {
  tree_.Write("proc/net/dev", NetLine("eth0", 100, 10) + std::string(kMaxFileBytes, '\n'));
  EXPECT_FALSE(Read().values.Has(Series::kNetworkRxBytes)) << "half of a file is no sum";
  EXPECT_EQ(errors_.count(), 1u);
}

TEST_F(NodeReaderTest, ANetworkFileWithoutInterfacesIsCounted) {
  tree_.Write("proc/1/net/dev", "Inter-|   Receive\n face |bytes\n");
  Read();
  EXPECT_EQ(errors_.count(), 1u);
}

TEST_F(NodeReaderTest, MissingRootsAreCountedOnce) {
  NodeReader reader(tree_.Path("no-proc"), tree_.Path("no-sys"));
  EXPECT_TRUE(reader.Read(&errors_).values.empty());
  EXPECT_TRUE(reader.Read(&errors_).values.empty());
  EXPECT_EQ(errors_.count(), 2u);
  EXPECT_EQ(reader.BootId(), "");
}

TEST_F(NodeReaderTest, WholeLeafDisks) {
  tree_.Write("proc/diskstats",
              DiskLine("8 0", "sda", 100) + DiskLine("8 1", "sda1", 50) +
                  DiskLine("253 0", "dm-0", 90) + DiskLine("9 0", "md0", 80) +
                  DiskLine("7 0", "loop0", 70) + DiskLine("1 0", "ram0", 60) +
                  DiskLine("252 0", "zram0", 60) + DiskLine("104 0", "cciss/c0d0", 10) +
                  DiskLine("259 1", "nvme0c0n1", 5) + DiskLine("259 0", "nvme0n1", 5));
  for (const char* name :
       {"sda", "dm-0", "md0", "loop0", "ram0", "zram0", "cciss!c0d0", "nvme0c0n1", "nvme0n1"}) {
    tree_.MakeDirectory(std::string("sys/block/") + name + "/slaves");
  }
  tree_.MakeDirectory("sys/block/dm-0/slaves/sda1");
  tree_.MakeDirectory("sys/block/md0/slaves/sda1");
  tree_.Write("sys/block/nvme0c0n1/hidden", "1\n");
  tree_.Write("sys/block/nvme0n1/hidden", "0\n");
  EXPECT_EQ(Disks(), (Names{"sda", "cciss/c0d0", "nvme0n1"}));
  const NodeReading reading = Read();
  EXPECT_EQ(reading.values.Get(Series::kDiskReadOperations), 115u);
  EXPECT_EQ(reading.values.Get(Series::kDiskReadBytes), 115u * 2 * 512);
  EXPECT_EQ(reading.values.Get(Series::kDiskWriteOperations), 345u);
  EXPECT_EQ(reading.values.Get(Series::kDiskWriteBytes), 115u * 4 * 512);
  EXPECT_EQ(reading.details.disks[0].read_bytes, 200u * 512);
  EXPECT_EQ(errors_.count(), 0u);
}

TEST_F(NodeReaderTest, DisksWhereSysDoesNotTell) {
  tree_.Write("proc/diskstats", DiskLine("8 0", "sda", 100) + DiskLine("8 1", "sda1", 50) +
                                    DiskLine("259 0", "nvme0n1", 1) +
                                    DiskLine("259 1", "nvme0n1p1", 1) +
                                    DiskLine("7 0", "loop0", 70) + DiskLine("11 0", "sr0", 1) +
                                    DiskLine("9 0", "md0", 1) + "8 2 broken 1 2\n");
  EXPECT_EQ(Disks(), (Names{"sda", "nvme0n1", "sr0", "md0"}));
  EXPECT_EQ(errors_.count(), 1u);
}

TEST_F(NodeReaderTest, OverflowingSumsAreAbsent) {
  tree_.Write("proc/net/dev", NetLine("eth0", UINT64_MAX, 10) + NetLine("eth1", 5, 10));
  const NodeReading reading = Read();
  EXPECT_EQ(reading.values.Get(Series::kNetworkRxBytes), kAbsent);
  EXPECT_EQ(reading.values.Get(Series::kNetworkTxBytes), 20u);
}

TEST_F(NodeReaderTest, PhysicalInterfacesOnce) {
  tree_.Write("proc/1/net/dev", NetLine("lo", 9, 9) + NetLine("eth0", 100, 10) +
                                    NetLine("eth1", 200, 20) + NetLine("bond0", 300, 30) +
                                    NetLine("veth12", 50, 50) + NetLine("cni0", 50, 50) +
                                    NetLine("eth2", 7000, 700) + NetLine("eth3", 6000, 600));
  tree_.Write("proc/net/dev", NetLine("wrong", 1, 1));
  for (const char* name : {"eth0", "eth1", "eth2", "eth3"}) {
    tree_.MakeDirectory(std::string("sys/class/net/") + name + "/device");
  }
  for (const char* name : {"bond0", "veth12", "cni0"}) {
    tree_.MakeDirectory(std::string("sys/class/net/") + name);
  }
  // Ports of a bond count instead of it; a port of a physical interface is in that one's counters.
  tree_.Link("sys/class/net/eth0/master", "../bond0");
  tree_.Link("sys/class/net/eth1/master", "../bond0");
  tree_.Link("sys/class/net/eth3/master", "../eth2");
  EXPECT_EQ(Counted(), (Names{"eth0", "eth1", "eth2"}));
  const NodeReading reading = Read();
  EXPECT_EQ(reading.details.interfaces.size(), 7u);
  EXPECT_EQ(reading.values.Get(Series::kNetworkRxBytes), 7300u);
  EXPECT_EQ(reading.values.Get(Series::kNetworkTxBytes), 730u);
  EXPECT_EQ(reading.values.Get(Series::kNetworkRxPackets), 730u);
  EXPECT_EQ(reading.values.Get(Series::kNetworkTxPackets), 73u);
}

TEST_F(NodeReaderTest, InterfacesByRouteThenByName) {
  tree_.Write("proc/1/net/dev", NetLine("tun5", 100, 10) + NetLine("eth0", 100, 10) +
                                    NetLine("eth1", 200, 20) + NetLine("eth1.7", 200, 20) +
                                    NetLine("veth12", 50, 50) + NetLine("br0", 50, 50));
  EXPECT_EQ(Counted(), (Names{"eth0", "eth1"})) << "by name";
  const std::string zero(32, '0');
  tree_.Write("proc/1/net/ipv6_route",
              zero + " 00 " + zero + " 00 fe80 00000400 00000001 00000000 00000003     tun5\n");
  EXPECT_EQ(Counted(), (Names{"tun5"})) << "by the IPv6 default route";
  tree_.Write("proc/1/net/route", "eth1 00000000 0202000A 0003 0 0 0 00000000 0 0 0\n");
  EXPECT_EQ(Counted(), (Names{"eth1"})) << "by the IPv4 default route";
  tree_.MakeDirectory("sys/class/net/eth0/device");
  EXPECT_EQ(Counted(), (Names{"eth0"})) << "physical";
}

TEST_F(NodeReaderTest, OwnNamespaceWherePid1DoesNotTell) {
  tree_.Write("proc/net/dev", NetLine("eth0", 100, 10));
  EXPECT_EQ(Read().values.Get(Series::kNetworkRxBytes), 100u);
  tree_.Write("proc/net/dev", NetLine("veth0", 100, 10));
  EXPECT_EQ(Read().values.Get(Series::kNetworkRxBytes), kAbsent) << "nothing counted is not 0";
}

TEST_F(NodeReaderTest, TheMachineItself) {
  NodeReader reader("/proc", "/sys");
  const NodeReading first = reader.Read(&errors_);
  const NodeReading second = reader.Read(&errors_);
  for (const Series series : {Series::kCpuUsageUsec, Series::kMemoryCurrentBytes,
                              Series::kNodeLoad1Milli, Series::kPids}) {
    EXPECT_TRUE(first.values.Has(series));
  }
  EXPECT_GE(*second.values.Get(Series::kCpuUsageUsec), *first.values.Get(Series::kCpuUsageUsec));
  EXPECT_LE(*first.values.Get(Series::kMemoryCurrentBytes), *first.details.memory_capacity_bytes);
  EXPECT_GE(*first.details.cpu_capacity_millicores, 1000u);
  EXPECT_FALSE(first.details.kernel_version.empty());
  EXPECT_EQ(reader.BootId().size(), 36u);
  EXPECT_EQ(errors_.count(), 0u);
}

TEST(ReadNetworkDevicesTest, PodNamespaces) {
  FixtureTree tree;
  tree.Write("proc/7/net/dev",
             NetLine("lo", 9, 9) + NetLine("eth0", 100, 10) + NetLine("net1", 200, 20));
  tree.Write("proc/8/net/dev", NetLine("lo", 9, 9));
  tree.Write("proc/9/net/dev", "garbage\n");
  tree.Write("proc/10/net/dev", "");
  const absl::StatusOr<Directory> proc = Directory::Open(tree.Path("proc"));
  ASSERT_TRUE(proc.ok());
  ReadBuffer buffer;
  const auto two = ReadNetworkDevices(*proc, 7, buffer);
  ASSERT_TRUE(two.ok());
  ASSERT_EQ(two->interfaces.size(), 2u);
  EXPECT_EQ(two->interfaces[0].rx_bytes, 100u);
  EXPECT_TRUE(two->interfaces[0].counted);
  EXPECT_TRUE(two->interfaces[1].counted);
  const auto none = ReadNetworkDevices(*proc, 8, buffer);
  ASSERT_TRUE(none.ok());
  EXPECT_TRUE(none->interfaces.empty());
  EXPECT_FALSE(ReadNetworkDevices(*proc, 9, buffer).ok());
  EXPECT_FALSE(ReadNetworkDevices(*proc, 10, buffer).ok());
  EXPECT_TRUE(IsGone(ReadNetworkDevices(*proc, 11, buffer).status()));
}

TEST(ReadNetworkDevicesTest, ProcessThatEnded) {
  const pid_t pid = fork();
  if (pid == 0) {
    while (true) pause();
  }
  ASSERT_GT(pid, 0);
  const absl::StatusOr<Directory> proc = Directory::Open("/proc");
  ASSERT_TRUE(proc.ok());
  ReadBuffer buffer;
  EXPECT_TRUE(ReadNetworkDevices(*proc, static_cast<uint32_t>(pid), buffer).ok());
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  EXPECT_TRUE(IsGone(ReadNetworkDevices(*proc, static_cast<uint32_t>(pid), buffer).status()));
}

TEST(BlockDevicesTest, ByNumber) {
  FixtureTree tree;
  tree.MakeDirectory("sys/devices/sda/slaves");
  tree.MakeDirectory("sys/devices/dm-0/slaves/sda");
  tree.MakeDirectory("sys/devices/loop0/slaves");
  tree.Link("sys/dev/block/8:0", "../../devices/sda");
  tree.Link("sys/dev/block/253:0", "../../devices/dm-0");
  tree.Link("sys/dev/block/7:0", "../../devices/loop0");
  // Recorded trees: a link without its target, and devices by their numbers alone.
  tree.Link("sys/dev/block/9:1", "../../devices/virtual/block/md1");
  tree.MakeDirectory("sys/block/md1/slaves/sda1");
  tree.Write("sys/block/vdb/dev", "254:16\n");
  tree.Write("sys/block/odd/dev", "garbage");
  BlockDevices devices(tree.Path("sys"));
  EXPECT_EQ(devices.Lookup(8, 0).name, "sda");
  EXPECT_TRUE(devices.Lookup(8, 0).leaf);
  EXPECT_EQ(devices.Lookup(253, 0).name, "dm-0");
  EXPECT_FALSE(devices.Lookup(253, 0).leaf);
  EXPECT_FALSE(devices.Lookup(7, 0).leaf);
  EXPECT_EQ(devices.Lookup(9, 1).name, "md1");
  EXPECT_FALSE(devices.Lookup(9, 1).leaf);
  EXPECT_EQ(devices.Lookup(254, 16).name, "vdb");
  EXPECT_TRUE(devices.Lookup(254, 16).leaf);
  EXPECT_EQ(devices.Lookup(254, 32).name, "254:32");
  EXPECT_TRUE(devices.Lookup(254, 32).leaf);
  // Cached until the topology is refreshed.
  tree.Write("sys/block/vdc/dev", "254:32\n");
  EXPECT_EQ(devices.Lookup(254, 32).name, "254:32");
  devices.RefreshTopology();
  EXPECT_EQ(devices.Lookup(254, 32).name, "vdc");
}

TEST(BlockDevicesTest, WithoutSys) {
  FixtureTree tree;
  BlockDevices devices(tree.Path("no-sys"));
  EXPECT_EQ(devices.Lookup(8, 0).name, "8:0");
  EXPECT_TRUE(devices.Lookup(8, 0).leaf);
}

}  // namespace
}  // namespace kubemonitor
