#include "collector/readers/cgroup_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Value = std::optional<uint64_t>;
constexpr std::nullopt_t kAbsent = std::nullopt;

struct CpuCase {
  const char* name;
  const char* text;
  Value usage, user, system, periods, throttled, throttled_usec;
  bool malformed;
};

TEST(CpuStat, Table) {
  const CpuCase cases[] = {
      {"good",
       "usage_usec 201294\nuser_usec 64414\nsystem_usec 136880\nnr_periods 7\nnr_throttled 3\n"
       "throttled_usec 9\nnr_bursts 0\nburst_usec 0\n",
       201294, 64414, 136880, 7, 3, 9, false},
      {"without the controller", "usage_usec 3\nuser_usec 1\nsystem_usec 2\n", 3, 1, 2, kAbsent,
       kAbsent, kAbsent, false},
      {"another order and unknown keys in the middle",
       "system_usec 2\nnice_usec 5\ncore_sched.force_idle_usec 4\nusage_usec 3\n", 3, kAbsent, 2,
       kAbsent, kAbsent, kAbsent, false},
      {"empty", "", kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, false},
      {"cut in a key", "usage_usec 3\nuser_us", 3, kAbsent, kAbsent, kAbsent, kAbsent, kAbsent,
       false},
      {"cut before a value", "usage_usec 3\nuser_usec ", 3, kAbsent, kAbsent, kAbsent, kAbsent,
       kAbsent, true},
      {"no newline at the end", "usage_usec 3", 3, kAbsent, kAbsent, kAbsent, kAbsent, kAbsent,
       false},
      {"garbage", "\x01\xff\xfe nothing\n\n\n=", kAbsent, kAbsent, kAbsent, kAbsent, kAbsent,
       kAbsent, false},
      {"garbage value", "usage_usec 12x\nuser_usec 4\n", kAbsent, 4, kAbsent, kAbsent, kAbsent,
       kAbsent, true},
      {"negative", "usage_usec -1\n", kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, true},
      {"the largest", "usage_usec 18446744073709551615\n", UINT64_MAX, kAbsent, kAbsent, kAbsent,
       kAbsent, kAbsent, false},
      {"overflow", "usage_usec 18446744073709551616\n", kAbsent, kAbsent, kAbsent, kAbsent, kAbsent,
       kAbsent, true},
      {"max", "usage_usec max\n", kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, true},
  };
  for (const CpuCase& c : cases) {
    SCOPED_TRACE(c.name);
    const CpuStat stat = ParseCpuStat(c.text);
    EXPECT_EQ(stat.usage_usec, c.usage);
    EXPECT_EQ(stat.user_usec, c.user);
    EXPECT_EQ(stat.system_usec, c.system);
    EXPECT_EQ(stat.nr_periods, c.periods);
    EXPECT_EQ(stat.nr_throttled, c.throttled);
    EXPECT_EQ(stat.throttled_usec, c.throttled_usec);
    EXPECT_EQ(stat.malformed, c.malformed);
  }
}

TEST(MemoryStat, Good) {
  const MemoryStat stat = ParseMemoryStat(
      "anon 45056\nfile 16384\nkernel 151552\nkernel_stack 16384\npagetables 20480\nshmem 4096\n"
      "inactive_anon 40960\ninactive_file 8192\nactive_file 16384\nslab_reclaimable 52136\n"
      "slab_unreclaimable 42312\nslab 94448\n");
  EXPECT_EQ(stat.anon, 45056u);
  EXPECT_EQ(stat.file, 16384u);
  EXPECT_EQ(stat.kernel, 151552u);
  EXPECT_EQ(stat.shmem, 4096u);
  EXPECT_EQ(stat.inactive_file, 8192u);
  EXPECT_EQ(stat.active_file, 16384u);
  EXPECT_EQ(stat.slab_reclaimable, 52136u);
  EXPECT_FALSE(stat.malformed);
}

TEST(MemoryStat, KernelOfOldKernelsIsASum) {
  EXPECT_EQ(
      ParseMemoryStat("anon 1\nslab 100\nkernel_stack 20\npagetables 3\npercpu 4000\n").kernel,
      4123u);
  EXPECT_EQ(ParseMemoryStat("slab 100\n").kernel, 100u);
  EXPECT_EQ(ParseMemoryStat("anon 1\nfile 2\n").kernel, kAbsent);
  // Not the sum when the kernel gives its own.
  EXPECT_EQ(ParseMemoryStat("kernel 5\nslab 100\n").kernel, 5u);
}

TEST(MemoryStat, Odd) {
  EXPECT_FALSE(ParseMemoryStat("").malformed);
  EXPECT_EQ(ParseMemoryStat("").anon, kAbsent);
  EXPECT_EQ(ParseMemoryStat("anon_thp 4\nanonymous 5\n").anon, kAbsent) << "keys match as a whole";
  EXPECT_TRUE(ParseMemoryStat("anon 1 2\n").malformed);
  EXPECT_TRUE(ParseMemoryStat("anon\n").malformed);
  EXPECT_TRUE(ParseMemoryStat("file 99999999999999999999\nanon 1\n").malformed);
  EXPECT_EQ(ParseMemoryStat("file 99999999999999999999\nanon 1\n").anon, 1u);
  EXPECT_TRUE(ParseMemoryStat("slab x\n").malformed);
}

TEST(MemoryEvents, Table) {
  const MemoryEvents events =
      ParseMemoryEvents("low 0\nhigh 0\nmax 12\noom 4\noom_kill 3\noom_group_kill 1\n");
  EXPECT_EQ(events.oom, 4u);
  EXPECT_EQ(events.oom_kill, 3u);
  EXPECT_FALSE(events.malformed);
  EXPECT_EQ(ParseMemoryEvents("").oom_kill, kAbsent);
  EXPECT_EQ(ParseMemoryEvents("oom_group_kill 5\n").oom_kill, kAbsent);
  EXPECT_TRUE(ParseMemoryEvents("oom_kill ?\n").malformed);
}

TEST(Pressure, Table) {
  struct Case {
    const char* name;
    const char* text;
    Value some, full;
    bool malformed;
  };
  const Case cases[] = {
      {"good",
       "some avg10=0.03 avg60=0.13 avg300=0.04 total=174080\n"
       "full avg10=0.02 avg60=0.10 avg300=0.03 total=132889\n",
       174080, 132889, false},
      {"some alone", "some avg10=0.00 avg60=0.00 avg300=0.00 total=5\n", 5, kAbsent, false},
      {"irq has full alone", "full avg10=0.00 total=6\n", kAbsent, 6, false},
      {"unknown word and line", "some avg10=0.00 avg3600=1 total=7 new=3\nother total=8\n", 7,
       kAbsent, false},
      {"empty", "", kAbsent, kAbsent, false},
      {"cut", "some avg10=0.00 avg60=0.00 avg", kAbsent, kAbsent, true},
      {"garbage total", "some avg10=0.00 total=abc\nfull total=1\n", kAbsent, 1, true},
      {"overflow", "some total=18446744073709551616\n", kAbsent, kAbsent, true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const CgroupPressure pressure = ParseCgroupPressure(c.text);
    EXPECT_EQ(pressure.some_usec, c.some);
    EXPECT_EQ(pressure.full_usec, c.full);
    EXPECT_EQ(pressure.malformed, c.malformed);
  }
}

std::string Shown(const IoDevice& device) {
  const auto number = [](Value value) { return value ? std::to_string(*value) : "-"; };
  return (device.named ? std::to_string(device.major) + ":" + std::to_string(device.minor) : "?") +
         " " + number(device.rbytes) + " " + number(device.wbytes) + " " + number(device.rios) +
         " " + number(device.wios);
}

TEST(IoStat, Table) {
  struct Case {
    const char* name;
    const char* text;
    std::vector<std::string> devices;
    bool good;
  };
  const Case cases[] = {
      {"one",
       "259:0 rbytes=4096 wbytes=1 rios=2 wios=3 dbytes=0 dios=0\n",
       {"259:0 4096 1 2 3"},
       true},
      {"two",
       "254:16 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0\n"
       "254:0 rbytes=5 wbytes=6 rios=7 wios=8 dbytes=0 dios=0\n",
       {"254:16 1 2 3 4", "254:0 5 6 7 8"},
       true},
      {"empty", "", {}, true},
      {"a device without values", "8:0 \n7:7 \n", {}, true},
      {"several devices on one line: the last has the values",
       "7:7 7:6 7:5 8:0 rbytes=1 wbytes=2 rios=3 wios=4\n",
       {"8:0 1 2 3 4"},
       true},
      {"unknown device", "(unknown) rbytes=1 wbytes=2 rios=3 wios=4\n", {"? 1 2 3 4"}, true},
      {"a named one, then unknown",
       "7:0 (unknown) rbytes=1 wbytes=2 rios=3 wios=4\n",
       {"? 1 2 3 4"},
       true},
      {"torn after the device",
       "8:0 rbytes=1 wbytes=2 rios=3 wios=4\n252:0 ",
       {"8:0 1 2 3 4"},
       true},
      {"torn in the device", "8:0 rbytes=1 wbytes=2 rios=3 wios=4\n252", {"8:0 1 2 3 4"}, true},
      {"other order, unknown keys",
       "8:0 wios=4 cost.usage=9 rios=3 use_delay=1 wbytes=2 delay_nsec=7 rbytes=1\n",
       {"8:0 1 2 3 4"},
       true},
      {"some keys alone", "8:0 rbytes=1\n", {"8:0 1 - - -"}, true},
      {"garbage value",
       "8:0 rbytes=x wbytes=2\n9:0 rbytes=1\n",
       {"8:0 - 2 - -", "9:0 1 - - -"},
       false},
      {"a value taken back", "8:0 rbytes=1 rbytes=x\n", {}, false},
      {"overflow", "8:0 rbytes=18446744073709551616\n", {}, false},
      {"values without a device", "rbytes=1 wbytes=2\n", {}, false},
      {"device number too large", "4294967296:0 rbytes=1\n", {}, false},
      {"garbage", "hello world\n\xff\xfe\n", {}, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    std::vector<IoDevice> devices = {IoDevice{}};
    EXPECT_EQ(ParseIoStat(c.text, devices), c.good);
    std::vector<std::string> shown;
    for (const IoDevice& device : devices) {
      shown.push_back(Shown(device));
      EXPECT_TRUE(device.named || (device.major == 0 && device.minor == 0));
    }
    EXPECT_EQ(shown, c.devices);
  }
}

TEST(IoStat, SumsLeavesAlone) {
  std::vector<IoDevice> devices;
  ASSERT_TRUE(ParseIoStat(
      "253:0 rbytes=100 wbytes=100 rios=1 wios=1\n8:0 rbytes=100 wbytes=90 rios=2 wios=3\n"
      "(unknown) rbytes=5 wbytes=6 rios=7 wios=8\n9:1 wbytes=4\n",
      devices));
  const IoTotals sum =
      SumLeafDevices(devices, [](uint32_t major, uint32_t) { return major != 253; });
  EXPECT_EQ(sum.rbytes, 105u);
  EXPECT_EQ(sum.wbytes, 100u);
  EXPECT_EQ(sum.rios, 9u);
  EXPECT_EQ(sum.wios, 11u);
}

TEST(IoStat, ASumThatDoesNotFitIsAbsent) {
  std::vector<IoDevice> devices;
  ASSERT_TRUE(
      ParseIoStat("8:0 rbytes=18446744073709551615 wbytes=1 rios=1 wios=1\n"
                  "8:16 rbytes=2 wbytes=2 rios=2 wios=2\n8:32 rbytes=3 wbytes=3 rios=3 wios=3\n",
                  devices));
  const IoTotals sum = SumLeafDevices(devices, [](uint32_t, uint32_t) { return true; });
  EXPECT_EQ(sum.rbytes, kAbsent);
  EXPECT_EQ(sum.wbytes, 6u);
}

TEST(CpuMax, Table) {
  EXPECT_EQ(ParseCpuMax("50000 100000\n"), Limit::Of(500));
  EXPECT_EQ(ParseCpuMax("250000 100000\n"), Limit::Of(2500));
  EXPECT_EQ(ParseCpuMax("max 100000\n"), Limit::Unlimited());
  EXPECT_EQ(ParseCpuMax("max 100000 0\n"), Limit::Unlimited()) << "a word more";
  for (const char* bad : {"", "max", "50000", "50000 0\n", "x 100000\n", "50000 max\n",
                          "18446744073709551615 100000\n", "99999999999999999999 1\n"}) {
    EXPECT_EQ(ParseCpuMax(bad), std::nullopt) << bad;
  }
}

TEST(Limits, Table) {
  EXPECT_EQ(ParseLimit("max\n"), Limit::Unlimited());
  EXPECT_TRUE(ParseLimit("max")->unlimited());
  EXPECT_EQ(ParseLimit("201326592\n")->value(), 201326592u);
  EXPECT_EQ(ParseLimit("0\n"), Limit::Of(0)) << "0 is a limit of its own";
  for (const char* bad : {"", "\n", "maximum", "-1", "1 2", "18446744073709551616"}) {
    EXPECT_EQ(ParseLimit(bad), std::nullopt) << bad;
  }
}

TEST(Numbers, Table) {
  EXPECT_EQ(ParseNumber("134217728\n"), 134217728u);
  EXPECT_EQ(ParseNumber("7"), 7u);
  for (const char* bad : {"", "\n", "max\n", "1x", "18446744073709551616\n"}) {
    EXPECT_EQ(ParseNumber(bad), std::nullopt) << bad;
  }
}

TEST(CgroupEvents, Table) {
  EXPECT_EQ(ParsePopulated("populated 1\nfrozen 0\n"), true);
  EXPECT_EQ(ParsePopulated("frozen 0\npopulated 0\n"), false);
  EXPECT_EQ(ParsePopulated("frozen 0\n"), std::nullopt);
  EXPECT_EQ(ParsePopulated("populated 2\n"), std::nullopt);
  EXPECT_EQ(ParsePopulated(""), std::nullopt);
}

TEST(Procs, Table) {
  std::vector<uint32_t> pids;
  ParseProcs("12\n0\nx\n\n99999999999\n7\n", 10, pids);
  EXPECT_THAT(pids, ElementsAre(12, 7));
  pids.clear();
  ParseProcs("1\n2\n3\n", 2, pids);
  EXPECT_THAT(pids, ElementsAre(1, 2));
  pids.clear();
  ParseProcs("", 2, pids);
  EXPECT_THAT(pids, IsEmpty());
}

}  // namespace
}  // namespace kubemonitor
