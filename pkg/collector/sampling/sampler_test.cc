// The sampler over trees made here: every layout of pods and containers, what is no container, and
// what goes wrong.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "collector/readers/cgroup_test_tree.h"
#include "collector/sampling/sampler_test_support.h"

namespace kubemonitor {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const std::string kUid = "1b2f0c5e-6a0d-4d0a-9a53-0c1d2e3f4a51";
const std::string kUid_ = "1b2f0c5e_6a0d_4d0a_9a53_0c1d2e3f4a51";

std::string Id(char c) { return std::string(64, c); }

class SamplerTest : public ::testing::Test {
 protected:
  SamplerTest() {
    files_.Write("cg/cgroup.controllers", "cpu io memory pids\n");
    files_.Write("cg/cpu.stat", "usage_usec 100000\n");
    files_.Write("cg/memory.stat", "anon 500\nfile 300\ninactive_file 200\nactive_file 50\n");
    files_.Write("proc/stat", "cpu  100 0 100 1000 0 0 0 0 0 0\n");
    files_.Write("proc/meminfo",
                 "MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 400 kB\nSUnreclaim: 100 kB\n"
                 "KernelStack: 10 kB\nPageTables: 10 kB\nPercpu: 1 kB\n");
    files_.Write("proc/sys/kernel/random/boot_id", "the-boot\n");
    files_.MakeDirectory("sys");
  }
  // A cgroup with usage, and all above it.
  void Usage(const std::string& path, uint64_t usage, uint64_t memory = 1000,
             std::map<std::string, std::string> files = {}) {
    files.try_emplace("cpu.stat", fmt::format("usage_usec {}\n", usage));
    files.try_emplace("memory.current", fmt::format("{}\n", memory));
    files.try_emplace("memory.stat",
                      "anon 1\nfile 2\nkernel 3\ninactive_file 100\nactive_file 10\n");
    files_.Cgroup("cg/" + path, files);
  }
  void Process(int pid, const std::string& comm, const std::string& cgroup) {
    const std::string directory = fmt::format("proc/{}/", pid);
    files_.Write(directory + "comm", comm + "\n");
    files_.Write(directory + "cgroup", "0::/" + cgroup + "\n");
    files_.Write(
        directory + "stat",
        fmt::format("{} ({}) S 1 1 1 0 -1 0 0 0 0 0 5 5 0 0 20 0 1 0 100 1000 10 0\n", pid, comm));
    files_.Write("cg/" + cgroup + "/cgroup.procs", fmt::format("{}\n", pid));
  }
  Sample Read() {
    if (sampler_ == nullptr) {
      SamplerOptions options;
      options.cgroup_root = files_.path("cg");
      options.proc_root = files_.path("proc");
      options.sys_root = files_.path("sys");
      sampler_ = *Sampler::Create(options, names_, clock_);
    }
    clock_.boot_usec += 10'000'000;
    return sampler_->Read(static_cast<int64_t>(clock_.boot_usec / 1000));
  }
  static std::vector<std::string> ContainersOf(const Sample& sample) {
    std::vector<std::string> ids;
    for (const auto& identity : sample.identities) {
      if (identity->kind == ObjectKind::kContainer) ids.push_back(identity->container_id);
    }
    return ids;
  }

  TestTree files_;
  FakeClock clock_;
  FakeNames names_;
  std::unique_ptr<Sampler> sampler_;
};

TEST_F(SamplerTest, EveryLayout) {
  struct Layout {
    const char* name;
    std::string pod;        // the pod's cgroup; empty: none
    std::string container;  // below it, or the whole path
    QosClass qos;
    std::string uid = kUid;
  };
  const std::string hash = "3f1c0123456789abcdef0123456789ab";
  const std::string slice = "kubepods-burstable-pod" + kUid_ + ".slice";
  const std::string node = "system.slice/docker-" + Id('e') + ".scope/";
  const std::string kind =
      "kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/"
      "kubelet-kubepods-burstable-pod" +
      kUid_ + ".slice";
  const std::string systemd = "kubepods.slice/kubepods-burstable.slice/" + slice;
  const std::string scope = "cri-containerd-" + Id('a') + ".scope";
  const auto burstable = QosClass::kBurstable;
  const std::vector<Layout> layouts = {
      {"systemd, containerd", systemd, scope, burstable},
      {"systemd, guaranteed", "kubepods.slice/kubepods-pod" + kUid_ + ".slice", scope,
       QosClass::kGuaranteed},
      {"systemd, best effort",
       "kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" + kUid_ + ".slice", scope,
       QosClass::kBestEffort},
      {"systemd, CRI-O", systemd, "crio-" + Id('a') + ".scope", burstable},
      {"systemd, cri-dockerd", systemd, "docker-" + Id('a') + ".scope", burstable},
      {"cgroupfs, burstable", "kubepods/burstable/pod" + kUid, Id('a'), burstable},
      {"cgroupfs, guaranteed", "kubepods/pod" + kUid, Id('a'), QosClass::kGuaranteed},
      {"cgroupfs, best effort", "kubepods/besteffort/pod" + kUid, Id('a'), QosClass::kBestEffort},
      {"cgroupfs, CRI-O", "kubepods/burstable/pod" + kUid, "crio-" + Id('a'), burstable},
      {"static pod",
       "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + hash + ".slice", scope,
       burstable, hash},
      {"kind", kind, scope, burstable},
      {"kind seen from the machine", node + kind, scope, burstable},
      {"kind, cgroupfs", "kubelet/kubepods/burstable/pod" + kUid, Id('a'), burstable},
      {"minikube seen from the machine", "docker/" + Id('e') + "/kubepods/burstable/pod" + kUid,
       Id('a'), burstable},
      {"k3s", "k3s/kubepods/burstable/pod" + kUid, Id('a'), burstable},
      {"driver mismatch", "",
       "system.slice/containerd.service/" + slice + ":cri-containerd:" + Id('a'), burstable},
      {"driver mismatch, CRI-O", "", "system.slice/crio.service/" + slice + ":crio:" + Id('a'),
       burstable},
      {"driver mismatch, Docker", "", "system.slice/docker.service/" + slice + ":docker:" + Id('a'),
       burstable},
      {"driver mismatch at the root", "", slice + ":cri-containerd:" + Id('a'), burstable},
      {"no parent", "", "system.slice/containerd.service/" + Id('a'), QosClass::kUnknown, ""},
  };
  for (const Layout& layout : layouts) {
    SCOPED_TRACE(layout.name);
    files_.Remove("cg/kubepods");
    sampler_.reset();
    const std::string path =
        layout.pod.empty() ? layout.container : layout.pod + "/" + layout.container;
    if (!layout.pod.empty()) Usage(layout.pod, 700);
    Usage(path, 500);
    const Sample sample = Read();
    const Identity* container = FindContainer(sample, Id('a'));
    ASSERT_NE(container, nullptr);
    EXPECT_EQ(container->pod_uid, layout.uid);
    EXPECT_EQ(container->qos_class, layout.qos);
    EXPECT_EQ(ValuesOf(sample, container)->Get(Series::kCpuUsageUsec), 500u);
    EXPECT_EQ(ValuesOf(sample, container)->Get(Series::kMemoryWorkingSetBytes), 900u);
    EXPECT_EQ(sample.tick.containers.size(), 1u);
    if (layout.uid.empty()) {
      EXPECT_EQ(container->pod_object, 0u);
      EXPECT_THAT(sample.tick.pods, IsEmpty());
    } else {
      const Identity* pod = FindPod(sample, layout.uid);
      ASSERT_NE(pod, nullptr);
      EXPECT_EQ(container->pod_object, pod->object);
      EXPECT_EQ(pod->qos_class, layout.qos);
      EXPECT_EQ(ValuesOf(sample, pod)->Get(Series::kCpuUsageUsec),
                layout.pod.empty() ? std::nullopt : std::optional<uint64_t>(700));
    }
    // The next layout starts with none of it.
    files_.Remove("cg/" + path.substr(0, path.find('/')));
  }
}

TEST_F(SamplerTest, SandboxByTheRuntimesWord) {
  const std::string pod = "kubepods/pod" + kUid;
  Usage(pod + "/" + Id('a'), 1);
  Usage(pod + "/" + Id('b'), 2);
  NameTable names;
  names.pods[kUid] = {"shop", "web", {}, false};
  names.containers[Id('a')] = {kUid, "", ContainerType::kSandbox, 1000, std::nullopt};
  names.containers[Id('b')] = {kUid, "main", ContainerType::kApp, 2000, 3};
  names.runtime = "containerd v2";
  names_.Set(names);
  const Sample sample = Read();
  EXPECT_THAT(ContainersOf(sample), UnorderedElementsAre(Id('b')));
  EXPECT_EQ(FindPod(sample, kUid)->pod_name, "web");
  EXPECT_EQ(FindPod(sample, kUid)->started_at_ms, 1000) << "the sandbox's start";
  EXPECT_EQ(FindContainer(sample, Id('b'))->container_name, "main");
  EXPECT_EQ(FindContainer(sample, Id('b'))->restart_count, 3u);
  EXPECT_EQ(sample.tick.node_details->runtime, "containerd v2");
  EXPECT_THAT(names_.container_ids, UnorderedElementsAre(Id('a'), Id('b')));
  EXPECT_THAT(names_.pod_uids, UnorderedElementsAre(kUid));
}

TEST_F(SamplerTest, SandboxByItsProcess) {
  const std::string pod = "kubepods/pod" + kUid;
  Usage(pod + "/" + Id('a'), 1);
  Usage(pod + "/" + Id('b'), 2);
  Usage(pod + "/" + Id('c'), 3);
  Process(300, "pause", pod + "/" + Id('a'));  // an application of that name
  Process(200, "pause", pod + "/" + Id('b'));  // started first
  Process(400, "runc:[2:INIT]", pod + "/" + Id('c'));
  Read();
  Process(400, "nginx", pod + "/" + Id('c'));
  EXPECT_THAT(ContainersOf(Read()), UnorderedElementsAre(Id('a'), Id('c')));
  EXPECT_THAT(ContainersOf(Read()), UnorderedElementsAre(Id('a'), Id('c')));
}

TEST_F(SamplerTest, SandboxByTheLogLinksOfTheOthers) {
  const std::string pod = "kubepods/pod" + kUid;
  Usage(pod + "/" + Id('a'), 1);
  Usage(pod + "/" + Id('b'), 2);
  Process(200, "mypause", pod + "/" + Id('a'));
  Process(300, "nginx", pod + "/" + Id('b'));
  NameTable names;
  names.containers[Id('b')] = {kUid, "main", ContainerType::kUnknown, std::nullopt, std::nullopt};
  names_.Set(names);
  EXPECT_THAT(ContainersOf(Read()), UnorderedElementsAre(Id('a'), Id('b'))) << "not settled yet";
  for (int i = 0; i < 3; ++i) Read();
  EXPECT_THAT(ContainersOf(Read()), UnorderedElementsAre(Id('b')));
  // And it was none, should the runtime say so.
  names.containers[Id('a')] = {kUid, "side", ContainerType::kSidecar, std::nullopt, std::nullopt};
  names_.Set(names);
  EXPECT_THAT(ContainersOf(Read()), UnorderedElementsAre(Id('a'), Id('b')));
}

TEST_F(SamplerTest, WhatIsNoContainer) {
  const std::string pod = "kubepods.slice/kubepods-pod" + kUid_ + ".slice";
  Usage(pod + "/crio-" + Id('a') + ".scope", 1);
  Usage(pod + "/crio-conmon-" + Id('a') + ".scope", 2);
  Usage(pod + "/crio-" + Id('b'), 3);  // of a dropped sandbox
  Usage(pod + "/run-containerd-" + Id('c') + "-rootfs.mount", 4);
  Usage(pod + "/crio-" + Id('a') + ".scope/container", 5);
  Usage(pod + "/crio-" + Id('a') + ".scope/kubepods/pod" + std::string(32, '7') + "/" + Id('d'), 6);
  Usage("system.slice/docker-" + Id('e') + ".scope", 7);
  Usage("system.slice/crio-conmon-" + Id('f') + ".scope", 8);
  const Sample sample = Read();
  EXPECT_THAT(ContainersOf(sample), UnorderedElementsAre(Id('a')));
  EXPECT_EQ(sample.tick.pods.size(), 1u);
  EXPECT_NE(FindUnit(sample, "docker-" + Id('e') + ".scope"), nullptr);
}

TEST_F(SamplerTest, AnEmptyPodDirectoryIsNothing) {
  Usage("kubepods/pod" + kUid, 0, 0, {{"cgroup.events", "populated 0\nfrozen 0\n"}});
  Usage("kubepods/burstable", 0);
  const Sample sample = Read();
  EXPECT_THAT(sample.tick.pods, IsEmpty());
  EXPECT_THAT(sample.identities, IsEmpty());
  EXPECT_THAT(names_.pod_uids, IsEmpty());
}

TEST_F(SamplerTest, APodWithProcessesOfItsOwn) {
  // As with a runtime that makes one cgroup a pod.
  Usage("kubepods/pod" + kUid + "/kata_overhead", 90);
  Usage("kubepods/pod" + kUid, 95);
  const Sample sample = Read();
  ASSERT_EQ(sample.tick.pods.size(), 1u);
  EXPECT_EQ(sample.tick.pods[0].values.Get(Series::kCpuUsageUsec), 95u);
}

TEST_F(SamplerTest, DriverMismatch) {
  const std::string name = "kubepods-burstable-pod" + kUid_ + ".slice";
  const std::string service = "system.slice/containerd.service";
  const std::string own = "kubepods.slice/kubepods-burstable.slice/" + name;
  Usage("kubepods.slice", 0, 0);
  Usage(own, 0, 0, {{"cgroup.events", "populated 0\nfrozen 0\n"}, {"pids.current", "0\n"}});
  Usage("system.slice", 1000, 100'000);
  Usage(service, 800, 50'000, {{"pids.current", "30\n"}});
  Usage(service + "/" + name + ":cri-containerd:" + Id('a'), 600, 20'000,
        {{"pids.current", "9\n"}});
  Usage(service + "/" + name + ":cri-containerd:" + Id('b'), 100, 3'000, {{"pids.current", "1\n"}});
  Process(100, "pause", service + "/" + name + ":cri-containerd:" + Id('b'));
  const Sample first = Read();
  EXPECT_THAT(ContainersOf(first), UnorderedElementsAre(Id('a')));
  ASSERT_EQ(first.tick.pods.size(), 1u);
  EXPECT_FALSE(first.tick.pods[0].values.Has(Series::kCpuUsageUsec)) << "its cgroup is empty";
  EXPECT_EQ(FindUnit(first, "containerd.service")->cpu_usage_usec, 100u);
  EXPECT_EQ(FindUnit(first, "containerd.service")->memory_bytes, 27'000u);

  files_.Write("cg/cpu.stat", "usage_usec 101000\n");
  files_.Write("cg/system.slice/cpu.stat", "usage_usec 1500\n");
  files_.Write("cg/" + service + "/cpu.stat", "usage_usec 1250\n");
  files_.Write("cg/" + service + "/" + name + ":cri-containerd:" + Id('a') + "/cpu.stat",
               "usage_usec 1000\n");
  const Sample second = Read();
  EXPECT_EQ(second.tick.node.Get(Series::kLedgerPodsCpuUsec), 400u);
  EXPECT_EQ(second.tick.node.Get(Series::kLedgerServicesCpuUsec), 100u);
  EXPECT_EQ(second.tick.node.Get(Series::kLedgerKernelCpuUsec), 500u);
  EXPECT_EQ(FindUnit(second, "containerd.service")->cpu_usage_usec, 150u);
  EXPECT_NEAR(*FindUnit(second, "containerd.service")->cpu_millicores, 0.005, 1e-9);
  EXPECT_GT(second.tick.node.Get(Series::kLedgerPodsMemoryBytes), 0u);

  // The container ends: no part of the ledger falls, and the service does not get its past.
  files_.Remove("cg/" + service + "/" + name + ":cri-containerd:" + Id('a'));
  const Sample third = Read();
  EXPECT_EQ(third.tick.node.Get(Series::kLedgerPodsCpuUsec), 400u);
  EXPECT_EQ(third.tick.node.Get(Series::kLedgerServicesCpuUsec), 100u);
  EXPECT_EQ(FindUnit(third, "containerd.service")->cpu_usage_usec, 150u);
}

TEST_F(SamplerTest, NoParentButTheRuntimeKnowsThePod) {
  Usage("system.slice/containerd.service/" + Id('a'), 5);
  Usage("system.slice/containerd.service/" + Id('b'), 6);
  NameTable names;
  names.pods[kUid] = {"shop", "web", {{"app", "web"}}, std::nullopt};
  names.containers[Id('a')] = {kUid, "main", ContainerType::kApp, std::nullopt, std::nullopt};
  names.containers[Id('b')] = {kUid, "", ContainerType::kSandbox, std::nullopt, std::nullopt};
  names_.Set(names);
  const Sample sample = Read();
  EXPECT_THAT(ContainersOf(sample), UnorderedElementsAre(Id('a')));
  const Identity* pod = FindPod(sample, kUid);
  ASSERT_NE(pod, nullptr);
  EXPECT_EQ(pod->labels.at("app"), "web");
  EXPECT_EQ(FindContainer(sample, Id('a'))->pod_object, pod->object);
  EXPECT_EQ(FindContainer(sample, Id('a'))->namespace_name, "shop");
}

TEST_F(SamplerTest, BothDriversDirectoriesOfAPod) {
  Usage("kubepods/pod" + kUid, 0, 0, {{"cgroup.events", "populated 0\n"}, {"pids.current", "0\n"}});
  Usage("kubepods.slice/kubepods-pod" + kUid_ + ".slice", 77);
  Usage("kubepods.slice/kubepods-pod" + kUid_ + ".slice/cri-containerd-" + Id('a') + ".scope", 70);
  const Sample sample = Read();
  ASSERT_EQ(sample.tick.pods.size(), 1u);
  EXPECT_EQ(sample.tick.pods[0].values.Get(Series::kCpuUsageUsec), 77u);
}

TEST_F(SamplerTest, OneIdInTwoPlacesIsOneContainer) {
  Usage("kubepods/pod" + kUid + "/" + Id('a'), 5);
  Usage("system.slice/containerd.service/" + Id('a'), 6);
  EXPECT_THAT(ContainersOf(Read()), UnorderedElementsAre(Id('a')));
}

TEST_F(SamplerTest, NumbersAndIdentitiesOverTime) {
  const std::string pod = "kubepods/pod" + kUid;
  Usage(pod + "/" + Id('a'), 1);
  const Sample first = Read();
  const uint32_t number = FindContainer(first, Id('a'))->object;
  // The container is replaced by another of the pod.
  files_.Remove("cg/" + pod + "/" + Id('a'));
  Usage(pod + "/" + Id('b'), 1);
  const Sample second = Read();
  EXPECT_EQ(FindContainer(second, Id('a')), nullptr);
  EXPECT_NE(FindContainer(second, Id('b'))->object, number);
  EXPECT_EQ(FindPod(second, kUid)->object, FindPod(first, kUid)->object);
  // A name becomes known: the same number, a new identity.
  NameTable names;
  names.pods[kUid] = {"shop", "web", {}, std::nullopt};
  names_.Set(names);
  const Sample third = Read();
  EXPECT_EQ(FindPod(third, kUid)->object, FindPod(first, kUid)->object);
  EXPECT_EQ(FindPod(third, kUid)->pod_name, "web");
  EXPECT_EQ(FindPod(first, kUid)->pod_name, "") << "given identities never change";
}

TEST_F(SamplerTest, StackedDevicesDoNotCountTwice) {
  files_.MakeDirectory("sys/devices/virtual/block/dm-0/slaves/sda");
  files_.MakeDirectory("sys/devices/block/sda/slaves");
  files_.Link("sys/dev/block/253:0", "../../devices/virtual/block/dm-0");
  files_.Link("sys/dev/block/8:0", "../../devices/block/sda");
  Usage("kubepods/pod" + kUid + "/" + Id('a'), 1, 1000,
        {{"io.stat",
          "253:0 rbytes=100 wbytes=200 rios=1 wios=2 dbytes=0 dios=0\n"
          "8:0 rbytes=100 wbytes=200 rios=1 wios=2 dbytes=0 dios=0\n7:0 \n"},
         {"cpu.max", "150000 100000\n"},
         {"memory.max", "max\n"},
         {"pids.max", "77\n"}});
  const Sample sample = Read();
  const Identity* container = FindContainer(sample, Id('a'));
  EXPECT_EQ(ValuesOf(sample, container)->Get(Series::kDiskReadBytes), 100u);
  EXPECT_EQ(ValuesOf(sample, container)->Get(Series::kDiskWriteOperations), 2u);
  const ObjectDetails* details = DetailsOf(sample, container);
  ASSERT_EQ(details->disks.size(), 1u);
  EXPECT_EQ(details->disks[0].name, "sda");
  EXPECT_EQ(details->cpu_limit_millicores, 1500u);
  EXPECT_EQ(details->memory_limit_bytes, std::nullopt) << "unlimited";
  EXPECT_EQ(details->pids_limit, 77u);
}

TEST_F(SamplerTest, OneBadFileCostsOnlyItself) {
  const std::string pod = "kubepods/pod" + kUid;
  Usage(pod + "/" + Id('a'), 1, 1000, {{"cpu.stat", "usage_usec x\nuser_usec 5\n"}});
  Usage(pod + "/" + Id('b'), 2);
  const Sample sample = Read();
  const SeriesValues* bad = ValuesOf(sample, FindContainer(sample, Id('a')));
  EXPECT_FALSE(bad->Has(Series::kCpuUsageUsec));
  EXPECT_EQ(bad->Get(Series::kCpuUserUsec), 5u);
  EXPECT_EQ(bad->Get(Series::kMemoryCurrentBytes), 1000u);
  EXPECT_FALSE(bad->Has(Series::kDiskReadBytes)) << "not there is not 0";
  EXPECT_EQ(ValuesOf(sample, FindContainer(sample, Id('b')))->Get(Series::kCpuUsageUsec), 2u);
  EXPECT_EQ(sample.tick.node_details->read_errors, 1u);
}

TEST_F(SamplerTest, NestedRoot) {
  files_.Write("cg/cgroup.type", "domain\n");
  files_.Write("cg/memory.current", "5000\n");
  const Sample sample = Read();
  EXPECT_TRUE(sample.tick.node_details->nested);
  EXPECT_EQ(sample.tick.node.Get(Series::kMemoryWorkingSetBytes), 4800u);
}

TEST_F(SamplerTest, TheMachinesOwnRoot) {
  const Sample sample = Read();
  EXPECT_FALSE(sample.tick.node_details->nested);
  EXPECT_EQ(sample.tick.node.Get(Series::kMemoryWorkingSetBytes), 600u) << "anon + file − inactive";
  EXPECT_EQ(sample.tick.boot_usec, clock_.boot_usec);
  EXPECT_EQ(sampler_->boot_id(), "the-boot");
}

TEST_F(SamplerTest, ServicesOfTheNode) {
  Usage("init.scope", 10);
  Usage("system.slice", 100, 5000);
  Usage("system.slice/kubelet.service", 40);
  Usage("system.slice/system-getty.slice/getty@tty1.service", 5);
  Usage("system.slice/_cpu.service", 6);
  Usage("user.slice/user-1000.slice/session-1.scope", 7);
  Usage("user.slice/user-1000.slice", 8);
  Usage("runtime.slice/containerd.service", 9);
  Usage("podruntime/runtime", 11);
  Usage("podruntime", 12);
  Usage("kubepods/pod" + kUid + "/" + Id('a'), 1);
  const Sample sample = Read();
  std::vector<std::string> names;
  for (const UnitUsage& unit : sample.tick.node_details->units) names.push_back(unit.name);
  EXPECT_THAT(names, UnorderedElementsAre("init.scope", "kubelet.service", "getty@tty1.service",
                                          "cpu.service", "user-1000.slice", "containerd.service",
                                          "podruntime"));
  EXPECT_EQ(FindUnit(sample, "podruntime")->cpu_usage_usec, 12u);
}

TEST_F(SamplerTest, WithoutCgroupV2TheNodeIsReported) {
  for (const auto& [file, mode] : std::map<std::string, std::string>{
           {"memory", "v1"}, {"unified/cgroup.controllers", "hybrid"}, {"x", "none"}}) {
    SCOPED_TRACE(mode);
    files_.Remove("cg");
    files_.Write("cg/" + file + (mode == "v1" ? "/tasks" : ""), "");
    sampler_.reset();
    const Sample sample = Read();
    EXPECT_EQ(sampler_->cgroup_mode(), mode);
    EXPECT_EQ(sample.tick.node_details->cgroup_mode, mode);
    EXPECT_TRUE(sample.tick.node.Has(Series::kCpuUsageUsec));
    EXPECT_FALSE(sample.tick.node.Has(Series::kLedgerPodsCpuUsec));
    EXPECT_THAT(sample.tick.pods, IsEmpty());
  }
}

TEST_F(SamplerTest, NothingAtAllIsAnError) {
  SamplerOptions options;
  options.cgroup_root = "/no/such/folder";
  options.proc_root = "/no/such/folder";
  EXPECT_FALSE(Sampler::Create(options, names_, clock_).ok());
}

TEST_F(SamplerTest, HostProcessesOfNoPod) {
  Usage("kubepods/pod" + kUid + "/" + Id('a'), 1);
  Usage("system.slice/cron.service", 1);
  Process(10, "cron", "system.slice/cron.service");
  Process(20, "nginx", "kubepods/pod" + kUid + "/" + Id('a'));
  const Sample sample = Read();
  ASSERT_EQ(sample.tick.node_details->processes.size(), 1u);
  EXPECT_EQ(sample.tick.node_details->processes[0].name, "cron");
  EXPECT_EQ(sample.tick.node_details->processes[0].unit, "cron.service");
}

// On the machine the tests run on: whatever it is, nothing fails.
TEST(SamplerHere, TheMachineItself) {
  FakeNames names;
  auto sampler = Sampler::Create(SamplerOptions(), names, SystemClock());
  ASSERT_TRUE(sampler.ok());
  const Sample first = (*sampler)->Read(1000);
  const Sample second = (*sampler)->Read(2000);
  EXPECT_TRUE(second.tick.node.Has(Series::kCpuUsageUsec));
  EXPECT_GE(second.tick.node.Get(Series::kCpuUsageUsec),
            first.tick.node.Get(Series::kCpuUsageUsec));
  EXPECT_GE(second.tick.boot_usec, first.tick.boot_usec);
  EXPECT_FALSE(second.tick.node_details->processes.empty());
}

}  // namespace
}  // namespace kubemonitor
