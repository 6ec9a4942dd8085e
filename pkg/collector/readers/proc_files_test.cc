#include "collector/readers/proc_files.h"

#include <gtest/gtest.h>

#include <string>

namespace kubemonitor {
namespace {

constexpr std::optional<uint64_t> kAbsent;

TEST(ProcFilesTest, CpuTimes) {
  struct Case {
    const char* what;
    std::string_view text;
    bool good;
    std::optional<uint64_t> user, iowait, softirq, steal, busy;
  };
  const Case cases[] = {
      {"modern", "cpu  3830 20 3325 3193 35 10 230 7 99 1\ncpu0 1 2 3 4\nintr 5\n", true, 38300000,
       350000, 2300000, 70000, 74150000},
      {"no newline", "cpu  1 2 3 4 5 6 7 8", true, 10000, 50000, 70000, 80000, 190000},
      {"four columns", "cpu 1 2 3 4\n", true, 10000, kAbsent, kAbsent, kAbsent, 60000},
      {"more columns", "cpu 1 2 3 4 5 6 7 8 9 10 11 12\n", true, 10000, 50000, 70000, 80000,
       190000},
      {"empty", "", false, {}, {}, {}, {}, {}},
      {"cut off", "cpu  3830 0 33\n", false, {}, {}, {}, {}, {}},
      {"a CPU's line", "cpu0 1 2 3 4\n", false, {}, {}, {}, {}, {}},
      {"garbage", "\x01\x02\xff", false, {}, {}, {}, {}, {}},
      {"not a number", "cpu 1 2 x 4\n", false, {}, {}, {}, {}, {}},
      {"negative", "cpu 1 2 -3 4\n", false, {}, {}, {}, {}, {}},
      {"overflow of the number", "cpu 99999999999999999999 2 3 4\n", false, {}, {}, {}, {}, {}},
      {"overflow of the unit", "cpu 18446744073709551615 2 3 4\n", false, {}, {}, {}, {}, {}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    const std::optional<CpuTimes> times = ParseCpuTimes(c.text);
    ASSERT_EQ(times.has_value(), c.good);
    if (!times) continue;
    EXPECT_EQ(times->user_usec, c.user);
    EXPECT_EQ(times->iowait_usec, c.iowait);
    EXPECT_EQ(times->softirq_usec, c.softirq);
    EXPECT_EQ(times->steal_usec, c.steal);
    EXPECT_EQ(BusyUsec(*times), c.busy);
  }
}

TEST(ProcFilesTest, CountsCpus) {
  EXPECT_EQ(CountCpuLines("cpu 1 2 3 4\ncpu0 1\ncpu3 1\nintr 1\ncpu9 1\n"), 2u);
  EXPECT_EQ(CountCpuLines("cpu 1 2 3 4\nintr 1\n"), kAbsent);
  EXPECT_EQ(CountCpuLines(""), kAbsent);
  EXPECT_EQ(CountCpuList("0-3,8\n"), 5u);
  EXPECT_EQ(CountCpuList("0"), 1u);
  EXPECT_EQ(CountCpuList("0-4294967295"), 4294967296u);
  for (const std::string_view bad :
       {"", "\n", "3-0", "0-", "-1", "0,", ",0", "a", "0-3;5", "0-99999999999"}) {
    EXPECT_EQ(CountCpuList(bad), kAbsent) << bad;
  }
}

TEST(ProcFilesTest, MemInfo) {
  const std::optional<MemInfo> info = ParseMemInfo(
      "MemTotal:         1000 kB\nMemFree:           1 kB\nMemAvailable:      600 kB\n"
      "Buffers:             5 kB\nCached:             95 kB\nSwapCached:          3 kB\n"
      "SReclaimable:        7 kB\nSUnreclaim:         10 kB\nKernelStack:         4 kB\n"
      "PageTables:          3 kB\nPercpu:              2 kB\nVmallocUsed:        20 kB\n"
      "HugePages_Total:     9\nSomethingNew:      xx\nno colon here\n");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->total, 1024000u);
  EXPECT_EQ(info->available, 614400u);
  EXPECT_EQ(info->cached, 95u * 1024);
  EXPECT_EQ(info->swap_total, kAbsent);
  EXPECT_EQ(info->anon_pages, kAbsent);
  EXPECT_EQ(info->odd_lines, 0u);
  // 10 + 3 + 2 + max(4, 20): kernel stacks are part of what is vmalloc'ed.
  EXPECT_EQ(UnreclaimableKernelBytes(*info), 35u * 1024);
}

TEST(ProcFilesTest, MemInfoOddities) {
  EXPECT_FALSE(ParseMemInfo(""));
  EXPECT_FALSE(ParseMemInfo("garbage\n\x01\xff"));
  EXPECT_FALSE(ParseMemInfo("MemTotal:"));
  EXPECT_FALSE(ParseMemInfo("MemTotal: 1000\n")) << "cut off before the unit";
  const std::optional<MemInfo> info = ParseMemInfo(
      "MemTotal: 18446744073709551615 kB\nMemAvailable: -1 kB\nCached: 5 MB\nBuffers: 1 kB\n");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->total, kAbsent);
  EXPECT_EQ(info->available, kAbsent);
  EXPECT_EQ(info->cached, kAbsent);
  EXPECT_EQ(info->buffers, 1024u);
  EXPECT_EQ(info->odd_lines, 3u);
  EXPECT_EQ(UnreclaimableKernelBytes(*info), kAbsent);
}

TEST(ProcFilesTest, LoadAverages) {
  const std::optional<LoadAverages> load = ParseLoadAverages("1.63 0.48 12.07 4/186 1109\n");
  ASSERT_TRUE(load);
  EXPECT_EQ(load->one, 1630u);
  EXPECT_EQ(load->five, 480u);
  EXPECT_EQ(load->fifteen, 12070u);
  EXPECT_EQ(ParseLoadAverages("1 2.5 3.12345")->fifteen, 3123u);
  for (const std::string_view bad :
       {"", "1.0", "1.0 2.0", "1.0 2.0 x", "1.0 -2.0 3.0", "1.0 2.0 3.-1", "1.0 nan 2.0",
        "99999999999999999999.0 1.0 1.0", "18446744073709551615.0 1.0 1.0"}) {
    EXPECT_FALSE(ParseLoadAverages(bad)) << bad;
  }
}

TEST(ProcFilesTest, UptimeAndKeyedValues) {
  EXPECT_EQ(ParseUptimeSeconds("58.95 31.93\n"), 58u);
  EXPECT_EQ(ParseUptimeSeconds("58"), 58u);
  for (const std::string_view bad : {"", "\n", "x 1", "-5.0 1", "99999999999999999999.1"}) {
    EXPECT_EQ(ParseUptimeSeconds(bad), kAbsent) << bad;
  }
  EXPECT_EQ(ParseKeyedValue("pswpout 0\noom_kill 11\n", "oom_kill"), 11u);
  EXPECT_EQ(ParseKeyedValue("oom_kill_more 3\noom_kill 11", "oom_kill"), 11u);
  EXPECT_EQ(ParseKeyedValue("oom_kill x\n", "oom_kill"), kAbsent);
  EXPECT_EQ(ParseKeyedValue("oom_kill\n", "oom_kill"), kAbsent);
  EXPECT_EQ(ParseKeyedValue("", "oom_kill"), kAbsent);
}

TEST(ProcFilesTest, DiskLines) {
  const std::string_view good[] = {
      " 254       0 vda 1557 273 217290 984 701 221 9672 1255 0 1736 2253 0 0 0 0 31 13",
      "254 0 vda 1557 273 217290 984 701 221 9672 1255 0 1736 2253 0 0 0 0",
      "254 0 vda 1557 273 217290 984 701 221 9672 1255 0 1736 2253",
      "254 0 vda 1557 273 217290 984 701 221 9672 1255 0 1736 2253 0 0 0 0 31 13 77 88",
  };
  for (const std::string_view line : good) {
    const std::optional<DiskCounters> disk = ParseDiskLine(line);
    ASSERT_TRUE(disk) << line;
    EXPECT_EQ(disk->major, 254u);
    EXPECT_EQ(disk->minor, 0u);
    EXPECT_EQ(disk->name, "vda");
    EXPECT_EQ(disk->read_operations, 1557u);
    EXPECT_EQ(disk->read_bytes, 217290u * 512);
    EXPECT_EQ(disk->write_operations, 701u);
    EXPECT_EQ(disk->write_bytes, 9672u * 512);
  }
  for (const std::string_view bad :
       {"", "garbage", "254 0 vda 1557 273 217290 984", "254 0 vda1 10 20 30 40",
        "x 0 vda 1 2 3 4 5 6 7 8 9 10 11", "254 0 vda 1 2 -3 4 5 6 7 8 9 10 11",
        "99999999999 0 vda 1 2 3 4 5 6 7 8 9 10 11",
        "254 0 vda 1 2 18446744073709551615 4 5 6 7 8 9 10 11"}) {
    EXPECT_FALSE(ParseDiskLine(bad)) << bad;
  }
  EXPECT_FALSE(ParseDiskLine("254 0 " + std::string(500, 'x') + " 1 2 3 4 5 6 7 8 9 10 11"));
}

constexpr std::string_view kNetHead =
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop "
    "fifo colls carrier compressed\n";

TEST(ProcFilesTest, NetworkDevices) {
  const NetworkDevices devices = ParseNetworkDevices(
      std::string(kNetHead) +
      "    lo:       9       9    0    0    0     0          0         0        9       9    0\n"
      "  eth0:    1263      19    1    2    0     0          0         0     1645      21    3    "
      "4 "
      "   0     0       0          0\n"
      "veth67edcff3:45478932 5639 0 0 0 0 0 0 366340 5536 0 0 0 0 0 0\n");
  EXPECT_EQ(devices.odd_lines, 0u);
  ASSERT_EQ(devices.interfaces.size(), 2u);
  const InterfaceUsage& eth0 = devices.interfaces[0];
  EXPECT_EQ(eth0.name, "eth0");
  EXPECT_EQ(eth0.rx_bytes, 1263u);
  EXPECT_EQ(eth0.rx_packets, 19u);
  EXPECT_EQ(eth0.rx_errors, 1u);
  EXPECT_EQ(eth0.rx_dropped, 2u);
  EXPECT_EQ(eth0.tx_bytes, 1645u);
  EXPECT_EQ(eth0.tx_packets, 21u);
  EXPECT_EQ(eth0.tx_errors, 3u);
  EXPECT_EQ(eth0.tx_dropped, 4u);
  EXPECT_FALSE(eth0.counted);
  EXPECT_EQ(devices.interfaces[1].name, "veth67edcff3");
  EXPECT_EQ(devices.interfaces[1].rx_bytes, 45478932u);
}

TEST(ProcFilesTest, NetworkDevicesOddities) {
  EXPECT_TRUE(ParseNetworkDevices("").interfaces.empty());
  EXPECT_EQ(ParseNetworkDevices("").odd_lines, 1u);
  EXPECT_EQ(ParseNetworkDevices(kNetHead).odd_lines, 1u) << "not even a loopback";
  EXPECT_EQ(ParseNetworkDevices("garbage\n").odd_lines, 1u);
  for (const std::string_view bad :
       {"garbage\n", "eth0: 1 2 3\n", "eth0:\n", ": 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n",
        "../x: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n",
        "..: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n",
        "eth0: 1 2 3 4 5 6 7 8 99999999999999999999 10 11 12 13 14 15 16\n",
        "eth0: -1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"}) {
    const NetworkDevices devices =
        ParseNetworkDevices(std::string(bad) + "eth1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n");
    EXPECT_EQ(devices.odd_lines, 1u) << bad;
    ASSERT_EQ(devices.interfaces.size(), 1u) << bad;
    EXPECT_EQ(devices.interfaces[0].name, "eth1");
  }
}

TEST(ProcFilesTest, DefaultRoutes) {
  constexpr std::string_view kHead =
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
  const std::string head(kHead);
  EXPECT_EQ(DefaultRouteInterface(head + "cni0\t0000F40A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\n"
                                         "wlan0\t00000000\t0202000A\t0003\t0\t0\t600\t00000000\t0\n"
                                         "eth0\t00000000\t0202000A\t0003\t0\t0\t100\t00000000\t0\n"
                                         "eth9\t00000000\t0202000A\t0203\t0\t0\t1\t00000000\t0\n"),
            "eth0");
  EXPECT_EQ(DefaultRouteInterface(head), "");
  EXPECT_EQ(DefaultRouteInterface(""), "");
  EXPECT_EQ(DefaultRouteInterface("eth0\t00000000\t02"), "");
  EXPECT_EQ(DefaultRouteInterface("eth0 00000000 x x x x x 00000000"), "");

  const std::string zero(32, '0');
  const auto line = [&](const char* metric, const char* flags, const char* name) {
    return zero + " 00 " + zero + " 00 fe80 " + metric + " 00000001 00000000 " + flags + "     " +
           name + "\n";
  };
  EXPECT_EQ(DefaultRouteInterfaceV6(line("ffffffff", "00200200", "lo") +
                                    line("00000400", "00000003", "eth1") +
                                    line("00000064", "00000003", "eth0")),
            "eth0");
  EXPECT_EQ(DefaultRouteInterfaceV6(line("00000001", "00000001", "lo")), "");
  EXPECT_EQ(DefaultRouteInterfaceV6(zero), "");
}

TEST(ProcFilesTest, PressureFiles) {
  const std::optional<Pressure> pressure = ParsePressure(
      "some avg10=0.04 avg60=0.26 avg300=0.09 total=499300\n"
      "full avg10=0.00 avg60=0.09 avg300=0.03 total=214927\n");
  ASSERT_TRUE(pressure);
  EXPECT_EQ(pressure->some_usec, 499300u);
  EXPECT_EQ(pressure->full_usec, 214927u);
  const std::optional<Pressure> some = ParsePressure("some avg10=0.00 total=7");
  ASSERT_TRUE(some);
  EXPECT_EQ(some->some_usec, 7u);
  EXPECT_EQ(some->full_usec, kAbsent);
  for (const std::string_view bad : {"", "\n", "garbage", "some avg10=0.00", "some total=x\n",
                                     "some total=99999999999999999999\n", "other total=5\n"}) {
    EXPECT_FALSE(ParsePressure(bad)) << bad;
  }
}

}  // namespace
}  // namespace kubemonitor
