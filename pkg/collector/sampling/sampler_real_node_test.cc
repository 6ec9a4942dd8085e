// The sampler over recorded files of real nodes, of both cgroup drivers: what it says of the time
// between two snapshots is compared with what a few lines of other code compute from the same
// files.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "collector/readers/cgroup_test_tree.h"
#include "collector/sampling/sampler_test_support.h"

namespace kubemonitor {
namespace {

namespace fs = std::filesystem;

std::string Slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Recorded {
  std::string namespace_name, pod, uid, container, id;
};

class RealNode : public ::testing::TestWithParam<std::string> {
 protected:
  RealNode() : source_(fs::path(KUBEMONITOR_SOURCE_DIR) / "tests/data/real-node" / GetParam()) {
    Overlay("t0");
    std::istringstream lines(Slurp(source_ / "t0/cri/pods.tsv"));
    Recorded r;
    std::string rest;
    while (lines >> r.namespace_name >> r.pod >> r.uid >> r.container >> r.id &&
           std::getline(lines, rest)) {
      (r.container == "POD" ? sandboxes_ : containers_).push_back(r);
    }
    SamplerOptions options;
    options.cgroup_root = node_.path("sys/fs/cgroup");
    options.proc_root = node_.path("proc");
    options.sys_root = node_.path("sys");
    sampler_ = *Sampler::Create(options, names_, clock_);
  }

  // Copies a snapshot over the node's files and sets the clock to the middle of its reading.
  void Overlay(const std::string& snapshot) {
    fs::copy(source_ / snapshot, node_.root(),
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    std::istringstream links(Slurp(source_ / snapshot / "links.tsv"));
    for (std::string path, target;
         std::getline(links, path, '\t') && std::getline(links, target);) {
      node_.Link(path, target);
    }
    clock_.boot_usec = (Uptime("uptime_start") + Uptime("uptime_cgroup_done")) / 2;
  }
  uint64_t Uptime(const std::string& key) {
    const std::string text = Slurp(node_.root() / "snapshot.json");
    return static_cast<uint64_t>(std::stod(text.substr(text.find(key) + key.size() + 3)) * 1e6);
  }

  // Independent of the product's readers: the directory of a container by its id, and the sum of
  // the numbers behind `key` in a file.
  fs::path DirectoryOf(const std::string& part) {
    for (const auto& entry : fs::recursive_directory_iterator(node_.root() / "sys/fs/cgroup")) {
      if (entry.is_directory() &&
          entry.path().filename().string().find(part) != std::string::npos) {
        return entry.path();
      }
    }
    ADD_FAILURE() << "no directory for " << part;
    return {};
  }
  static uint64_t Number(const fs::path& file, const std::string& key) {
    const std::string text = "\n" + Slurp(file);
    uint64_t sum = 0;
    for (size_t at = 0; (at = text.find(key, at)) != std::string::npos; at += key.size()) {
      if (text[at - 1] == '\n' || text[at - 1] == ' ')
        sum += std::stoull(text.substr(at + key.size()));
    }
    return sum;
  }
  const Recorded& Find(const std::string& container) {
    return *std::ranges::find(containers_, container, &Recorded::container);
  }
  static double Millicores(const Sample& a, const Sample& b, const SeriesValues& before,
                           const SeriesValues& after) {
    return static_cast<double>(*after.Get(Series::kCpuUsageUsec) -
                               *before.Get(Series::kCpuUsageUsec)) *
           1000 / static_cast<double>(b.tick.boot_usec - a.tick.boot_usec);
  }
  std::string PodPart(const std::string& uid) const {
    std::string part = uid;
    if (GetParam() == "systemd") std::ranges::replace(part, '-', '_');
    return "pod" + part;
  }

  const fs::path source_;
  TestTree node_;
  FakeClock clock_;
  FakeNames names_;
  std::unique_ptr<Sampler> sampler_;
  std::vector<Recorded> containers_, sandboxes_;
};

TEST_P(RealNode, FindsWhatTheRuntimeRan) {
  const Sample sample = sampler_->Read(1000);
  EXPECT_EQ(sampler_->cgroup_mode(), "v2");
  EXPECT_EQ(sampler_->boot_id() + "\n", Slurp(node_.root() / "proc/sys/kernel/random/boot_id"));
  EXPECT_EQ(sample.tick.containers.size(), containers_.size());
  EXPECT_EQ(sample.tick.pods.size(), sandboxes_.size());
  for (const Recorded& r : containers_) {
    SCOPED_TRACE(r.pod + "/" + r.container);
    const Identity* container = FindContainer(sample, r.id);
    const Identity* pod = FindPod(sample, r.uid);
    ASSERT_NE(container, nullptr);
    ASSERT_NE(pod, nullptr);
    EXPECT_EQ(container->pod_object, pod->object);
    EXPECT_EQ(container->pod_uid, r.uid);
    EXPECT_EQ(container->pod_name + container->container_name + container->namespace_name, "")
        << "nobody told names";
    EXPECT_EQ(pod->host_network, r.pod == "node-proxy");
    EXPECT_EQ(pod->qos_class, r.pod == "mem-holder"    ? QosClass::kGuaranteed
                              : r.pod == "disk-writer" ? QosClass::kBestEffort
                                                       : QosClass::kBurstable);
    ASSERT_NE(ValuesOf(sample, container), nullptr);
  }
  for (const Recorded& r : sandboxes_) EXPECT_EQ(FindContainer(sample, r.id), nullptr) << r.pod;
  // The names' owner is told of all of them, sandboxes too.
  EXPECT_EQ(names_.container_ids.size(), containers_.size() + sandboxes_.size());
  EXPECT_EQ(names_.pod_uids.size(), sandboxes_.size());
  EXPECT_EQ(sample.tick.node_details->read_errors, 0u);
}

TEST_P(RealNode, ValuesAreTheFiles) {
  const Sample sample = sampler_->Read(1000);
  const auto check = [&](const Identity* identity, const fs::path& directory) {
    const SeriesValues& values = *ValuesOf(sample, identity);
    const auto number = [&](const char* file, const char* key) {
      return Number(directory / file, key);
    };
    EXPECT_EQ(values.Get(Series::kCpuUsageUsec), number("cpu.stat", "usage_usec "));
    EXPECT_EQ(values.Get(Series::kCpuUserUsec), number("cpu.stat", "user_usec "));
    EXPECT_EQ(values.Get(Series::kCpuSystemUsec), number("cpu.stat", "system_usec "));
    EXPECT_EQ(values.Get(Series::kCpuPeriods), number("cpu.stat", "nr_periods "));
    EXPECT_EQ(values.Get(Series::kCpuThrottledPeriods), number("cpu.stat", "nr_throttled "));
    EXPECT_EQ(values.Get(Series::kCpuThrottledUsec), number("cpu.stat", "throttled_usec "));
    const uint64_t current = std::stoull(Slurp(directory / "memory.current"));
    EXPECT_EQ(values.Get(Series::kMemoryCurrentBytes), current);
    EXPECT_EQ(values.Get(Series::kMemoryWorkingSetBytes),
              current - number("memory.stat", "inactive_file "));
    EXPECT_EQ(values.Get(Series::kMemoryAnonBytes), number("memory.stat", "anon "));
    EXPECT_EQ(values.Get(Series::kMemoryFileBytes), number("memory.stat", "file "));
    EXPECT_EQ(values.Get(Series::kMemoryKernelBytes), number("memory.stat", "kernel "));
    EXPECT_EQ(values.Get(Series::kDiskReadBytes), number("io.stat", "rbytes="));
    EXPECT_EQ(values.Get(Series::kDiskWriteBytes), number("io.stat", "wbytes="));
    EXPECT_EQ(values.Get(Series::kDiskReadOperations), number("io.stat", "rios="));
    EXPECT_EQ(values.Get(Series::kDiskWriteOperations), number("io.stat", "wios="));
    EXPECT_EQ(values.Get(Series::kOomKills), number("memory.events", "oom_kill "));
    EXPECT_EQ(values.Get(Series::kPids), std::stoull(Slurp(directory / "pids.current")));
    const std::string pressure = Slurp(directory / "cpu.pressure");
    EXPECT_EQ(values.Get(Series::kPsiCpuSomeUsec),
              std::stoull(pressure.substr(pressure.find("total=") + 6)));
  };
  for (const Recorded& r : containers_) {
    SCOPED_TRACE(r.pod + "/" + r.container);
    check(FindContainer(sample, r.id), DirectoryOf(r.id));
    check(FindPod(sample, r.uid), DirectoryOf(PodPart(r.uid)));
  }
}

TEST_P(RealNode, RatesBetweenTheSnapshots) {
  const Recorded burner = Find("burner");
  const Recorded writer = Find("writer");
  const Recorded oom = Find("oom");
  const Sample first = sampler_->Read(1000);
  const uint64_t usage = Number(DirectoryOf(burner.id) / "cpu.stat", "usage_usec ");
  const uint64_t written = Number(DirectoryOf(writer.id) / "io.stat", "wbytes=");
  Overlay("t1");
  const Sample second = sampler_->Read(11000);
  ASSERT_GT(second.tick.boot_usec, first.tick.boot_usec);

  // The same objects have the same numbers, and the very same identities.
  ASSERT_EQ(second.identities.size(), first.identities.size());
  for (size_t i = 0; i < first.identities.size(); ++i) {
    EXPECT_EQ(second.identities[i], first.identities[i]);
  }

  const Identity* identity = FindContainer(second, burner.id);
  const double millicores =
      Millicores(first, second, *ValuesOf(first, identity), *ValuesOf(second, identity));
  const double expected =
      static_cast<double>(Number(DirectoryOf(burner.id) / "cpu.stat", "usage_usec ") - usage) *
      1000 / static_cast<double>(second.tick.boot_usec - first.tick.boot_usec);
  EXPECT_DOUBLE_EQ(millicores, expected);
  EXPECT_NEAR(millicores, 500, 50);
  EXPECT_EQ(DetailsOf(second, identity)->cpu_limit_millicores, 500u);
  EXPECT_GT(ValuesOf(second, identity)->Get(Series::kCpuThrottledPeriods),
            ValuesOf(first, identity)->Get(Series::kCpuThrottledPeriods));

  identity = FindContainer(second, writer.id);
  EXPECT_EQ(*ValuesOf(second, identity)->Get(Series::kDiskWriteBytes) -
                *ValuesOf(first, identity)->Get(Series::kDiskWriteBytes),
            Number(DirectoryOf(writer.id) / "io.stat", "wbytes=") - written);
  EXPECT_GT(*ValuesOf(second, identity)->Get(Series::kDiskWriteBytes),
            *ValuesOf(first, identity)->Get(Series::kDiskWriteBytes));
  const std::vector<DeviceUsage>& disks = DetailsOf(second, identity)->disks;
  EXPECT_NE(std::ranges::find(disks, "vdb", &DeviceUsage::name), disks.end());

  identity = FindContainer(second, oom.id);
  EXPECT_GT(*ValuesOf(second, identity)->Get(Series::kOomKills),
            *ValuesOf(first, identity)->Get(Series::kOomKills));
  EXPECT_EQ(DetailsOf(second, identity)->memory_limit_bytes, uint64_t{32} << 20);

  identity = FindContainer(second, Find("holder").id);
  EXPECT_GT(*ValuesOf(second, identity)->Get(Series::kMemoryWorkingSetBytes), uint64_t{128} << 20);
}

TEST_P(RealNode, NetworkIsThePods) {
  const Sample first = sampler_->Read(1000);
  Overlay("t1");
  const Sample second = sampler_->Read(11000);
  std::map<std::string, std::string> pid_of;
  std::istringstream lines(Slurp(source_ / "t0/cri/pods.tsv"));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name_space, pod, uid, container, id, state, pid;
    words >> name_space >> pod >> uid >> container >> id >> state >> pid;
    if (container == "POD") pid_of[uid] = pid;
  }
  ASSERT_EQ(pid_of.size(), sandboxes_.size());
  for (const auto& [uid, pid] : pid_of) {
    SCOPED_TRACE(uid);
    const Identity* pod = FindPod(second, uid);
    const SeriesValues& values = *ValuesOf(second, pod);
    if (pod->host_network) {
      EXPECT_FALSE(values.Has(Series::kNetworkRxBytes));
      EXPECT_TRUE(DetailsOf(second, pod)->interfaces.empty());
      continue;
    }
    const std::string text = Slurp(node_.root() / "proc" / pid / "net/dev");
    std::istringstream numbers(text.substr(text.find("eth0:") + 5));
    uint64_t column[10];
    for (uint64_t& number : column) numbers >> number;
    EXPECT_EQ(values.Get(Series::kNetworkRxBytes), column[0]);
    EXPECT_EQ(values.Get(Series::kNetworkRxPackets), column[1]);
    EXPECT_EQ(values.Get(Series::kNetworkTxBytes), column[8]);
    EXPECT_EQ(values.Get(Series::kNetworkTxPackets), column[9]);
    ASSERT_EQ(DetailsOf(second, pod)->interfaces.size(), 1u);
    EXPECT_EQ(DetailsOf(second, pod)->interfaces[0].name, "eth0");
  }
  // iperf3 sent 8 Mbit/s all the while.
  const auto server = std::ranges::find(containers_, "net-server", &Recorded::pod);
  const Identity* pod = FindPod(second, server->uid);
  const uint64_t received = *ValuesOf(second, pod)->Get(Series::kNetworkRxBytes) -
                            *ValuesOf(first, pod)->Get(Series::kNetworkRxBytes);
  EXPECT_NEAR(static_cast<double>(received) /
                  (static_cast<double>(second.tick.boot_usec - first.tick.boot_usec) / 1e6),
              1e6, 2e5);
}

TEST_P(RealNode, TheLedgerAddsUp) {
  const fs::path cgroup = node_.root() / "sys/fs/cgroup";
  const fs::path pods = cgroup / (GetParam() == "systemd" ? "kubepods.slice" : "kubepods");
  const Sample first = sampler_->Read(1000);
  const uint64_t root_before = Number(cgroup / "cpu.stat", "usage_usec ");
  const uint64_t pods_before = Number(pods / "cpu.stat", "usage_usec ");
  Overlay("t1");
  const Sample second = sampler_->Read(11000);
  const SeriesValues& node = second.tick.node;
  EXPECT_EQ(first.tick.node.Get(Series::kLedgerPodsCpuUsec), 0u);
  EXPECT_EQ(first.tick.node.Get(Series::kLedgerServicesCpuUsec), 0u);
  EXPECT_EQ(first.tick.node.Get(Series::kLedgerKernelCpuUsec), 0u);
  const uint64_t root = Number(cgroup / "cpu.stat", "usage_usec ") - root_before;
  const uint64_t in_pods = Number(pods / "cpu.stat", "usage_usec ") - pods_before;
  EXPECT_EQ(node.Get(Series::kLedgerPodsCpuUsec), in_pods);
  // The second snapshot has no other cgroups: what they did shows as the root's own.
  EXPECT_EQ(node.Get(Series::kLedgerServicesCpuUsec), 0u);
  EXPECT_EQ(node.Get(Series::kLedgerKernelCpuUsec), root - in_pods);
  // By /proc/stat, which counts in hundredths.
  const uint64_t busy =
      *node.Get(Series::kCpuUsageUsec) - *first.tick.node.Get(Series::kCpuUsageUsec);
  EXPECT_NEAR(static_cast<double>(busy), static_cast<double>(root),
              0.1 * static_cast<double>(busy));
}

TEST_P(RealNode, MemoryAddsUp) {
  const fs::path cgroup = node_.root() / "sys/fs/cgroup";
  const SeriesValues node = sampler_->Read(1000).tick.node;
  EXPECT_EQ(node.Get(Series::kMemoryWorkingSetBytes),
            Number(cgroup / "memory.stat", "anon ") + Number(cgroup / "memory.stat", "file ") -
                Number(cgroup / "memory.stat", "inactive_file "));
  const auto memory = [&](Series series) { return static_cast<double>(*node.Get(series)); };
  const double sum = memory(Series::kLedgerPodsMemoryBytes) +
                     memory(Series::kLedgerServicesMemoryBytes) +
                     memory(Series::kLedgerKernelMemoryBytes);
  // What is in use and cannot be taken back. MemAvailable is lower by the kernel's reserve besides,
  // much on so small a machine, and that is nobody's.
  const fs::path meminfo = node_.root() / "proc/meminfo";
  const auto held =
      static_cast<double>((Number(meminfo, "MemTotal:") - Number(meminfo, "MemFree:") -
                           Number(meminfo, "Active(file):") - Number(meminfo, "Inactive(file):") -
                           Number(meminfo, "SReclaimable:")) *
                          1024);
  EXPECT_NEAR(sum, held, 0.15 * held);
  EXPECT_LE(sum, memory(Series::kMemoryCurrentBytes));
  EXPECT_GT(memory(Series::kLedgerPodsMemoryBytes), 128 << 20);
}

TEST_P(RealNode, UnitsAndProcesses) {
  const Sample sample = sampler_->Read(1000);
  const NodeDetails& details = *sample.tick.node_details;
  EXPECT_EQ(details.cgroup_mode, "v2");
  EXPECT_FALSE(details.nested);
  const std::string unit = GetParam() == "systemd" ? "containerd.service" : "system";
  const fs::path directory =
      node_.root() / "sys/fs/cgroup" / (GetParam() == "systemd" ? "system.slice/" + unit : unit);
  const UnitUsage* usage = FindUnit(sample, unit);
  ASSERT_NE(usage, nullptr);
  EXPECT_EQ(usage->cpu_usage_usec, Number(directory / "cpu.stat", "usage_usec "));
  EXPECT_EQ(usage->memory_bytes, std::stoull(Slurp(directory / "memory.current")));
  EXPECT_FALSE(usage->cpu_millicores.has_value()) << "nothing to compare with yet";
  ASSERT_FALSE(details.processes.empty());
  std::set<std::string> names;
  for (const ProcessUsage& process : details.processes) names.insert(process.name);
  EXPECT_TRUE(names.contains("containerd"));
  for (const char* of_pods : {"pause", "stress-ng", "iperf3"})
    EXPECT_FALSE(names.contains(of_pods));
}

INSTANTIATE_TEST_SUITE_P(BothDrivers, RealNode, ::testing::Values("systemd", "cgroupfs"),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace kubemonitor
