#include "collector/readers/cgroup_path.h"

#include <gtest/gtest.h>

#include <string>

namespace kubemonitor {
namespace {

const std::string kUid = "1b2f0c5e-6a0d-4d0a-9a53-0c1d2e3f4a51";
const std::string kUid_ = "1b2f0c5e_6a0d_4d0a_9a53_0c1d2e3f4a51";
const std::string kHash = "3f1c0123456789abcdef0123456789ab";
const std::string kId = "9f0501be0b081964401c5349bf1a30b59b862599a44072b31ece921664f12c25";
const std::string kNode = "aaaabbbbccccddddeeeeffff0000111122223333444455556666777788889999";

struct Case {
  const char* name;
  std::string path;
  CgroupRole role;
  std::string pod_uid;
  std::string container_id;
  QosClass qos;
};

constexpr QosClass kNoQos = QosClass::kUnknown;

void Check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.name) + ": " + c.path);
    const CgroupPlace place = PlaceOfPath(c.path).place;
    EXPECT_EQ(place.role, c.role) << static_cast<int>(place.role);
    EXPECT_EQ(place.pod_uid, c.pod_uid);
    EXPECT_EQ(place.container_id, c.container_id);
    EXPECT_EQ(place.qos_class, c.qos);
  }
}

TEST(CgroupPath, KubeletNames) {
  const std::string systemd = "/kubepods.slice/";
  Check({
      {"systemd top", "/kubepods.slice", CgroupRole::kPods, "", "", kNoQos},
      {"cgroupfs top", "/kubepods", CgroupRole::kPods, "", "", kNoQos},
      {"systemd burstable", "/kubepods.slice/kubepods-burstable.slice", CgroupRole::kQos, "", "",
       QosClass::kBurstable},
      {"systemd besteffort", "/kubepods.slice/kubepods-besteffort.slice", CgroupRole::kQos, "", "",
       QosClass::kBestEffort},
      {"cgroupfs burstable", "/kubepods/burstable", CgroupRole::kQos, "", "", QosClass::kBurstable},
      {"cgroupfs besteffort", "/kubepods/besteffort", CgroupRole::kQos, "", "",
       QosClass::kBestEffort},
      {"systemd guaranteed pod", systemd + "kubepods-pod" + kUid_ + ".slice", CgroupRole::kPod,
       kUid, "", QosClass::kGuaranteed},
      {"systemd burstable pod",
       systemd + "kubepods-burstable.slice/kubepods-burstable-pod" + kUid_ + ".slice",
       CgroupRole::kPod, kUid, "", QosClass::kBurstable},
      {"systemd besteffort pod",
       systemd + "kubepods-besteffort.slice/kubepods-besteffort-pod" + kUid_ + ".slice",
       CgroupRole::kPod, kUid, "", QosClass::kBestEffort},
      {"cgroupfs guaranteed pod", "/kubepods/pod" + kUid, CgroupRole::kPod, kUid, "",
       QosClass::kGuaranteed},
      {"cgroupfs burstable pod", "/kubepods/burstable/pod" + kUid, CgroupRole::kPod, kUid, "",
       QosClass::kBurstable},
      {"cgroupfs besteffort pod", "/kubepods/besteffort/pod" + kUid, CgroupRole::kPod, kUid, "",
       QosClass::kBestEffort},
      {"systemd static pod",
       systemd + "kubepods-burstable.slice/kubepods-burstable-pod" + kHash + ".slice",
       CgroupRole::kPod, kHash, "", QosClass::kBurstable},
      {"cgroupfs static pod", "/kubepods/besteffort/pod" + kHash, CgroupRole::kPod, kHash, "",
       QosClass::kBestEffort},
      {"static pod with a uid of its manifest", "/kubepods/burstable/podmy-own_uid.1",
       CgroupRole::kPod, "my-own-uid.1", "", QosClass::kBurstable},
      {"no such uid outside of a pod hierarchy", "/system.slice/podman.slice", CgroupRole::kGroup,
       "", "", kNoQos},
      {"unknown below the hierarchy", "/kubepods/extra", CgroupRole::kOther, "", "", kNoQos},
  });
}

TEST(CgroupPath, ContainerLeaves) {
  const std::string slice =
      "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + kUid_ + ".slice/";
  const std::string guaranteed = "/kubepods.slice/kubepods-pod" + kUid_ + ".slice/";
  const std::string dir = "/kubepods/besteffort/pod" + kUid + "/";
  const auto burstable = QosClass::kBurstable;
  const auto best = QosClass::kBestEffort;
  Check({
      {"containerd systemd", slice + "cri-containerd-" + kId + ".scope", CgroupRole::kContainer,
       kUid, kId, burstable},
      {"containerd systemd guaranteed", guaranteed + "cri-containerd-" + kId + ".scope",
       CgroupRole::kContainer, kUid, kId, QosClass::kGuaranteed},
      {"containerd cgroupfs", dir + kId, CgroupRole::kContainer, kUid, kId, best},
      {"containerd cgroupfs guaranteed", "/kubepods/pod" + kUid + "/" + kId, CgroupRole::kContainer,
       kUid, kId, QosClass::kGuaranteed},
      {"CRI-O systemd", slice + "crio-" + kId + ".scope", CgroupRole::kContainer, kUid, kId,
       burstable},
      {"CRI-O cgroupfs", dir + "crio-" + kId, CgroupRole::kContainer, kUid, kId, best},
      {"cri-dockerd systemd", slice + "docker-" + kId + ".scope", CgroupRole::kContainer, kUid, kId,
       burstable},
      {"cri-dockerd cgroupfs", dir + kId, CgroupRole::kContainer, kUid, kId, best},
      {"podman in a pod", slice + "libpod-" + kId + ".scope", CgroupRole::kContainer, kUid, kId,
       burstable},
      {"conmon systemd", slice + "crio-conmon-" + kId + ".scope", CgroupRole::kMonitor, kUid, kId,
       burstable},
      {"conmon cgroupfs", dir + "crio-conmon-" + kId, CgroupRole::kMonitor, kUid, kId, best},
      {"CRI-O's empty directory of a dropped sandbox", slice + "crio-" + kId, CgroupRole::kOther,
       kUid, "", burstable},
      {"crun's child", slice + "crio-" + kId + ".scope/container", CgroupRole::kContainer, kUid,
       kId, burstable},
      {"an exec's child", slice + "crio-" + kId + ".scope/exec-1", CgroupRole::kContainer, kUid,
       kId, burstable},
      {"a mount unit", slice + "run-containerd-" + kId + "-rootfs.mount", CgroupRole::kOther, kUid,
       "", burstable},
      {"a short id of a test runtime", dir + "0123456789ab", CgroupRole::kContainer, kUid,
       "0123456789ab", best},
      {"too short", dir + "0123456789a", CgroupRole::kOther, kUid, "", best},
      {"too long", dir + kId + "0", CgroupRole::kOther, kUid, "", best},
      {"capital digits", dir + "ABCDEF" + kId.substr(6), CgroupRole::kOther, kUid, "", best},
      {"Kata's sandbox cgroup", dir + "kata_" + kId, CgroupRole::kOther, kUid, "", best},
  });
}

TEST(CgroupPath, NestedInAContainerIsTheContainersOwn) {
  const std::string container =
      "/kubepods.slice/kubepods-pod" + kUid_ + ".slice/cri-containerd-" + kId + ".scope";
  const std::string other = "77777777-6a0d-4d0a-9a53-0c1d2e3f4a51";
  for (const std::string& below :
       {"/kubepods/pod" + other + "/" + kNode, "/docker/" + kNode,
        "/system.slice/docker-" + kNode + ".scope", std::string("/init.scope"),
        "/kubelet/kubepods/burstable/pod" + other}) {
    SCOPED_TRACE(below);
    const CgroupPlace place = PlaceOfPath(container + below).place;
    EXPECT_EQ(place.role, CgroupRole::kContainer);
    EXPECT_EQ(place.container_id, kId);
    EXPECT_EQ(place.pod_uid, kUid);
  }
  CgroupPlace place;
  place.role = CgroupRole::kContainer;
  EXPECT_FALSE(place.has_children());
  EXPECT_EQ(PlaceOf(place, "x", "kubepods").role, CgroupRole::kOther);
}

TEST(CgroupPath, DriverMismatch) {
  const std::string burstable = "kubepods-burstable-pod" + kUid_ + ".slice";
  const std::string guaranteed = "kubepods-pod" + kUid_ + ".slice";
  const std::string best = "kubepods-besteffort-pod" + kUid_ + ".slice";
  const std::string service = "/system.slice/containerd.service/";
  const auto role = CgroupRole::kContainer;
  Check({
      {"burstable", service + burstable + ":cri-containerd:" + kId, role, kUid, kId,
       QosClass::kBurstable},
      {"guaranteed", service + guaranteed + ":cri-containerd:" + kId, role, kUid, kId,
       QosClass::kGuaranteed},
      {"besteffort", service + best + ":cri-containerd:" + kId, role, kUid, kId,
       QosClass::kBestEffort},
      {"crio", "/system.slice/crio.service/" + burstable + ":crio:" + kId, role, kUid, kId,
       QosClass::kBurstable},
      {"docker", "/system.slice/docker.service/" + burstable + ":docker:" + kId, role, kUid, kId,
       QosClass::kBurstable},
      {"below kubelet.slice", "/kubelet.slice/" + burstable + ":cri-containerd:" + kId, role, kUid,
       kId, QosClass::kBurstable},
      {"below podruntime", "/podruntime/runtime/" + burstable + ":cri-containerd:" + kId, role,
       kUid, kId, QosClass::kBurstable},
      {"at the root", "/" + burstable + ":cri-containerd:" + kId, role, kUid, kId,
       QosClass::kBurstable},
      {"static pod", service + "kubepods-burstable-pod" + kHash + ".slice:cri-containerd:" + kId,
       role, kHash, kId, QosClass::kBurstable},
      {"in k3s", "/system.slice/k3s.service/" + burstable + ":cri-containerd:" + kId, role, kUid,
       kId, QosClass::kBurstable},
      {"kind's slices",
       service + "kubelet-kubepods-burstable-pod" + kUid_ + ".slice:cri-containerd:" + kId, role,
       kUid, kId, QosClass::kBurstable},
      {"no pod in it", service + "system.slice:cri-containerd:" + kId, CgroupRole::kGroup, "", "",
       kNoQos},
      {"no id", service + burstable + ":cri-containerd:", CgroupRole::kGroup, "", "", kNoQos},
      {"one colon", service + burstable + ":" + kId, CgroupRole::kGroup, "", "", kNoQos},
      {"a mount", service + burstable + ":cri-containerd:" + kId + ".mount", CgroupRole::kOther, "",
       "", kNoQos},
  });
  const PathPlace found = PlaceOfPath(service + burstable + ":cri-containerd:" + kId);
  EXPECT_EQ(found.unit, "containerd.service");
  EXPECT_TRUE(found.place.pods_top);
  EXPECT_TRUE(found.place.in_pods);
  EXPECT_TRUE(found.place.in_unit);
}

TEST(CgroupPath, NoParentGiven) {
  const auto role = CgroupRole::kContainer;
  Check({
      {"containerd.service", "/system.slice/containerd.service/" + kId, role, "", kId, kNoQos},
      {"Bottlerocket", "/runtime.slice/containerd.service/" + kId, role, "", kId, kNoQos},
      {"Talos", "/podruntime/runtime/" + kId, role, "", kId, kNoQos},
      {"the root", "/" + kId, role, "", kId, kNoQos},
      {"a top-level containerd", "/containerd/" + kId, role, "", kId, kNoQos},
      {"systemd, without a class", "/system.slice/cri-containerd-" + kId + ".scope", role, "", kId,
       kNoQos},
      {"CRI-O, without a class", "/system.slice/crio-" + kId + ".scope", role, "", kId, kNoQos},
      {"a short id is none here", "/system.slice/containerd.service/0123456789ab",
       CgroupRole::kGroup, "", "", kNoQos},
  });
  EXPECT_TRUE(PlaceOfPath("/" + kId).place.pods_top);
}

TEST(CgroupPath, StartedByHandIsAServiceOfTheNode) {
  const auto unit = CgroupRole::kUnit;
  Check({
      {"docker scope", "/system.slice/docker-" + kId + ".scope", unit, "", "", kNoQos},
      {"nerdctl scope", "/system.slice/nerdctl-" + kId + ".scope", unit, "", "", kNoQos},
      {"libpod scope", "/machine.slice/libpod-" + kId + ".scope", unit, "", "", kNoQos},
      {"libpod's child", "/machine.slice/libpod-" + kId + ".scope/container", CgroupRole::kGroup,
       "", "", kNoQos},
      {"docker", "/docker/" + kId, CgroupRole::kGroup, "", "", kNoQos},
      {"ctr", "/default/" + kId, CgroupRole::kGroup, "", "", kNoQos},
      {"ctr in k8s.io", "/k8s.io/" + kId, CgroupRole::kGroup, "", "", kNoQos},
      {"buildkit", "/buildkit/" + kId, CgroupRole::kGroup, "", "", kNoQos},
      {"ctr in any namespace", "/mine/" + kId, CgroupRole::kGroup, "", "", kNoQos},
      {"lxc", "/lxc.payload.web", unit, "", "", kNoQos},
      {"conmon in system.slice", "/system.slice/crio-conmon-" + kId + ".scope", unit, "", "",
       kNoQos},
      {"containerd's mount unit",
       "/system.slice/run-containerd-io.containerd.runtime.v2.task-k8s.io-" + kId + "-rootfs.mount",
       unit, "", "", kNoQos},
      {"docker's mount unit", "/system.slice/var-lib-docker-overlay2-" + kId + "-merged.mount",
       unit, "", "", kNoQos},
  });
  EXPECT_FALSE(PlaceOfPath("/system.slice/crio-conmon-" + kId + ".scope").place.in_pods);
}

TEST(CgroupPath, NestedHierarchies) {
  const std::string kind_systemd =
      "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/"
      "kubelet-kubepods-burstable-pod" +
      kUid_ + ".slice/cri-containerd-" + kId + ".scope";
  const std::string kind_guaranteed = "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod" +
                                      kUid_ + ".slice/cri-containerd-" + kId + ".scope";
  const std::string kind_cgroupfs = "/kubelet/kubepods/burstable/pod" + kUid + "/" + kId;
  const std::string plain_systemd =
      "/kubepods.slice/kubepods-besteffort.slice/"
      "kubepods-besteffort-pod" +
      kUid_ + ".slice/docker-" + kId + ".scope";
  const std::string scope = "/system.slice/docker-" + kNode + ".scope";
  const auto role = CgroupRole::kContainer;
  const auto burstable = QosClass::kBurstable;
  Check({
      {"kind systemd", kind_systemd, role, kUid, kId, burstable},
      {"kind guaranteed", kind_guaranteed, role, kUid, kId, QosClass::kGuaranteed},
      {"kind cgroupfs", kind_cgroupfs, role, kUid, kId, burstable},
      {"kind's kubelet", "/kubelet.slice/kubelet.service", CgroupRole::kUnit, "", "", kNoQos},
      {"kind seen from the machine", scope + kind_systemd, role, kUid, kId, burstable},
      {"kind seen from the machine, cgroupfs", "/docker/" + kNode + kind_cgroupfs, role, kUid, kId,
       burstable},
      {"minikube seen from the machine", scope + plain_systemd, role, kUid, kId,
       QosClass::kBestEffort},
      {"minikube in docker/", "/docker/" + kNode + "/kubepods/pod" + kUid + "/" + kId, role, kUid,
       kId, QosClass::kGuaranteed},
      {"k3d", "/docker/" + kNode + "/k3s/kubepods/besteffort/pod" + kUid + "/" + kId, role, kUid,
       kId, QosClass::kBestEffort},
      {"podman's kind", "/machine.slice/libpod-" + kNode + ".scope/container" + kind_systemd, role,
       kUid, kId, burstable},
      {"k3s in a container", "/k3s/kubepods/burstable/pod" + kUid + "/" + kId, role, kUid, kId,
       burstable},
      {"k3s with systemd",
       "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + kUid_ +
           ".slice/cri-containerd-" + kId + ".scope",
       role, kUid, kId, burstable},
      {"a cgroup root of one's own",
       "/my_root.slice/my_root-kubepods.slice/my_root-kubepods-pod" + kUid_ +
           ".slice/cri-containerd-" + kId + ".scope",
       role, kUid, kId, QosClass::kGuaranteed},
  });
  EXPECT_TRUE(PlaceOfPath(scope + "/kubelet.slice/kubelet-kubepods.slice").place.pods_top);
  EXPECT_FALSE(PlaceOfPath(kind_systemd).place.pods_top) << "the hierarchy's top is";
}

TEST(CgroupPath, RestOfTheNode) {
  struct UnitCase {
    std::string path;
    CgroupRole role;
    std::string unit;
  };
  const std::vector<UnitCase> cases = {
      {"/", CgroupRole::kRoot, ""},
      {"", CgroupRole::kRoot, ""},
      {"/init.scope", CgroupRole::kUnit, "init.scope"},
      {"/system.slice", CgroupRole::kGroup, ""},
      {"/system.slice/kubelet.service", CgroupRole::kUnit, "kubelet.service"},
      {"/system.slice/system-getty.slice/getty@tty1.service", CgroupRole::kUnit,
       "getty@tty1.service"},
      {"/system.slice/system-serial\\x2dgetty.slice/serial-getty@ttyS0.service", CgroupRole::kUnit,
       "serial-getty@ttyS0.service"},
      {"/system.slice/_cpu.service", CgroupRole::kUnit, "cpu.service"},
      {"/user.slice", CgroupRole::kGroup, ""},
      {"/user.slice/user-1000.slice", CgroupRole::kUnit, "user-1000.slice"},
      {"/user.slice/user-1000.slice/session-3.scope", CgroupRole::kGroup, "user-1000.slice"},
      {"/user.slice/user-1000.slice/user@1000.service/init.scope", CgroupRole::kGroup,
       "user-1000.slice"},
      {"/runtime.slice/containerd.service", CgroupRole::kUnit, "containerd.service"},
      {"/machine.slice", CgroupRole::kGroup, ""},
      {"/dev-hugepages.mount", CgroupRole::kUnit, "dev-hugepages.mount"},
      {"/dev-zram0.swap", CgroupRole::kUnit, "dev-zram0.swap"},
      {"/podruntime/runtime", CgroupRole::kGroup, "podruntime"},
      {"/system/containerd", CgroupRole::kGroup, "system"},
      {"/init", CgroupRole::kUnit, "init"},
      {"/system.slice/containerd.service/child", CgroupRole::kGroup, "containerd.service"},
      {"/system.slice/docker-" + kNode + ".scope/system.slice/containerd.service",
       CgroupRole::kGroup, "docker-" + kNode + ".scope"},
      {"/kubepods.slice", CgroupRole::kPods, ""},
  };
  for (const UnitCase& c : cases) {
    SCOPED_TRACE(c.path);
    const PathPlace found = PlaceOfPath(c.path);
    EXPECT_EQ(found.place.role, c.role);
    EXPECT_EQ(found.unit, c.unit);
    EXPECT_EQ(found.place.container_id, "");
  }
}

TEST(CgroupPath, PathsOfProc) {
  const std::string leaf = "cri-containerd-" + kId + ".scope";
  const std::string pod = "kubepods-burstable-pod" + kUid_ + ".slice";
  // Seen from another cgroup namespace: the start is cut off.
  EXPECT_EQ(PlaceOfPath("/../../" + pod + "/" + leaf).place.pod_uid, kUid);
  EXPECT_EQ(PlaceOfPath("/../../" + pod + "/" + leaf).place.container_id, kId);
  EXPECT_EQ(PlaceOfPath("/../" + leaf).place.container_id, kId);
  EXPECT_EQ(PlaceOfPath("/kubepods.slice/" + pod + "/" + leaf + " (deleted)").place.container_id,
            kId);
  EXPECT_EQ(PlaceOfPath("/kubepods/pod" + kUid + " (deleted)").place.pod_uid, kUid);
  EXPECT_EQ(UnifiedPath("12:memory:/a\n0::/b/c\n"), "/b/c");
  EXPECT_EQ(UnifiedPath("0::/\n"), "/");
  EXPECT_EQ(UnifiedPath("1:name=systemd:/x\n"), "");
  EXPECT_EQ(UnifiedPath(""), "");
}

TEST(CgroupPath, HostileNames) {
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "/a";
  EXPECT_LE(PlaceOfPath(deep).place.depth, kMaxCgroupDepth);
  EXPECT_EQ(PlaceOfPath("/kubepods/pod").place.role, CgroupRole::kOther);
  EXPECT_EQ(PlaceOfPath("/kubepods/pod" + std::string(300, 'a')).place.role, CgroupRole::kOther);
  EXPECT_EQ(PlaceOfPath("/kubepods/pod\xff\xfe").place.role, CgroupRole::kOther);
  EXPECT_EQ(PlaceOfPath("/:::").place.role, CgroupRole::kUnit);
  EXPECT_EQ(ReportedUnitName("_"), "_");
}

}  // namespace
}  // namespace kubemonitor
