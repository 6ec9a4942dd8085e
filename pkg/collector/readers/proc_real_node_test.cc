// Recorded files of real nodes, one of each cgroup driver, under four loads.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "collector/readers/node_reader.h"
#include "collector/readers/process_table.h"

namespace kubemonitor {
namespace {

class RecordedNodeTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    root_ = std::string(KUBEMONITOR_SOURCE_DIR "/tests/data/real-node/") + GetParam();
    ASSERT_TRUE(std::filesystem::exists(root_ + "/t0/proc")) << root_ << " is not there";
  }
  // Numbers of the first line of `name` that holds `key`, by other means than the readers'.
  std::vector<uint64_t> Numbers(const std::string& name, const std::string& key) {
    std::ifstream file(root_ + "/" + name);
    std::string line;
    std::vector<uint64_t> numbers;
    while (std::getline(file, line)) {
      const size_t at = line.find(key);
      if (at == std::string::npos) continue;
      std::istringstream words(line.substr(at + key.size()));
      for (uint64_t number = 0; words >> number;) numbers.push_back(number);
      break;
    }
    return numbers;
  }

  std::string root_;
};

TEST_P(RecordedNodeTest, NodeFigures) {
  for (const std::string& time : {std::string("t0"), std::string("t1")}) {
    SCOPED_TRACE(time);
    ReadErrors errors;
    NodeReader reader(root_ + "/" + time + "/proc", root_ + "/" + time + "/sys");
    const NodeReading reading = reader.Read(&errors);
    EXPECT_EQ(errors.count(), 0u);
    const auto get = [&](Series series) { return reading.values.Get(series); };
    const std::vector<uint64_t> cpu = Numbers(time + "/proc/stat", "cpu ");
    ASSERT_EQ(cpu.size(), 10u);
    EXPECT_EQ(get(Series::kCpuUsageUsec), (cpu[0] + cpu[1] + cpu[2] + cpu[5] + cpu[6]) * 10000);
    EXPECT_EQ(get(Series::kNodeCpuIdleUsec), cpu[3] * 10000);
    EXPECT_EQ(get(Series::kMemoryCurrentBytes),
              (Numbers(time + "/proc/meminfo", "MemTotal:").at(0) -
               Numbers(time + "/proc/meminfo", "MemAvailable:").at(0)) *
                  1024);
    uint64_t read_sectors = 0;
    uint64_t write_sectors = 0;
    for (const char* name : {" vda ", " vdb ", " vdc "}) {
      read_sectors += Numbers(time + "/proc/diskstats", name).at(2);
      write_sectors += Numbers(time + "/proc/diskstats", name).at(6);
    }
    EXPECT_EQ(get(Series::kDiskReadBytes), read_sectors * 512);
    EXPECT_EQ(get(Series::kDiskWriteBytes), write_sectors * 512);
    const std::vector<uint64_t> eth0 = Numbers(time + "/proc/1/net/dev", "eth0:");
    ASSERT_EQ(eth0.size(), 16u);
    EXPECT_EQ(get(Series::kNetworkRxBytes), eth0[0]);
    EXPECT_EQ(get(Series::kNetworkTxPackets), eth0[9]);
    EXPECT_GT(reading.details.interfaces.size(), 3u) << "those of pods are listed and not counted";
    EXPECT_EQ(reading.details.cpu_capacity_millicores, 2000u);
  }
}

TEST_P(RecordedNodeTest, HostProcesses) {
  ReadErrors errors;
  ProcessTable table({.proc_root = root_ + "/t0/proc"});
  const auto is_pod = [](std::string_view path) { return path.starts_with("/kubepods"); };
  std::set<std::string> names;
  for (const ProcessUsage& usage : table.Read(1, is_pod, &errors)) {
    names.insert(usage.name);
    if (usage.name == "containerd") {
      EXPECT_TRUE(usage.unit == "containerd" || usage.unit == "containerd.service") << usage.unit;
      EXPECT_GT(usage.memory_rss_bytes.value_or(0), 1u << 20);
    }
  }
  EXPECT_EQ(errors.count(), 0u);
  EXPECT_TRUE(names.contains("containerd"));
  EXPECT_TRUE(names.contains("containerd-shim"));
  for (const char* name : {"pause", "stress-ng", "stress-ng-cpu", "iperf3"}) {
    EXPECT_FALSE(names.contains(name)) << name;
  }
  EXPECT_GT(table.process_count(), names.size());
}

INSTANTIATE_TEST_SUITE_P(Drivers, RecordedNodeTest, ::testing::Values("cgroupfs", "systemd"));

}  // namespace
}  // namespace kubemonitor
