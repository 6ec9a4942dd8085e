#include "apiserver/kubernetes/packed_pod.h"

#include <gtest/gtest.h>

#include "apiserver/kubernetes/cluster_testing.h"

namespace kubemonitor {
namespace {

using testing::Describe;
using testing::HexId;

KubePod WholePod() {
  KubePod pod;
  pod.namespace_name = "shop";
  pod.name = "web-5d4f8c7b9-x2x8k";
  pod.uid = "11111111-2222-3333-4444-555555555555";
  pod.sample_uid = pod.uid;
  pod.node_name = "node-1";
  pod.phase = "Running";
  pod.reason = "Evicted";
  pod.priority_class = "high";
  pod.qos_class = QosClass::kBestEffort;
  pod.host_network = true;
  pod.ready = true;
  pod.created_at_ms = 1'767'323'045'000;
  pod.started_at_ms = 0;
  pod.terminating_since_ms = 1'767'323'046'001;
  pod.deleted_at_ms = 5;
  pod.requests = {100, 0};
  pod.limits = {std::nullopt, INT64_MAX};
  pod.labels = {{"a", "b"}, {"c", ""}};
  KubeContainer container;
  container.name = "setup";
  container.type = ContainerType::kInit;
  pod.containers.push_back(container);
  container.name = "web";
  container.type = ContainerType::kApp;
  container.requests = {1, 2};
  container.limits = {3, 4};
  container.container_id = HexId(1);
  container.state = KubeContainerState::kTerminated;
  container.reason = "Completed";
  container.last_reason = "OOMKilled";
  container.restart_count = UINT32_MAX;
  container.ready = true;
  container.started_at_ms = 1'767'323'047'000;
  pod.containers.push_back(container);
  return pod;
}

TEST(PackedPodTest, ComesBackAsItWas) {
  Interner interner;
  KubePod pods[] = {{}, WholePod(), WholePod(), WholePod(), WholePod()};
  pods[2].phase = "Frozen";
  pods[3].sample_uid = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
  pods[4].containers.clear();
  for (const char* phase : {"", "Pending", "Running", "Succeeded", "Failed", "Unknown", "Other"}) {
    for (KubePod& pod : pods) {
      pod.phase = phase;
      const PackedPod packed(pod, &interner);
      EXPECT_EQ(Describe(packed.Unpack()), Describe(pod));
      EXPECT_EQ(packed.ended(), pod.ended());
      EXPECT_EQ(packed.in_trouble(), pod.in_trouble());
    }
  }
}

TEST(PackedPodTest, InTroubleIsWhatIsPendingWaitsOrWasRestarted) {
  KubePod pod;
  pod.phase = "Running";
  EXPECT_FALSE(pod.in_trouble());
  pod.containers.resize(2);
  EXPECT_FALSE(pod.in_trouble());
  pod.containers[1].state = KubeContainerState::kWaiting;
  EXPECT_TRUE(pod.in_trouble());
  pod.containers[1].state = KubeContainerState::kRunning;
  pod.containers[1].restart_count = 1;
  EXPECT_TRUE(pod.in_trouble());
  pod.containers.clear();
  pod.phase = "Pending";
  EXPECT_TRUE(pod.in_trouble());
}

TEST(PackedPodTest, FieldsAreHadAlone) {
  Interner interner;
  KubePod pod = WholePod();
  pod.sample_uid = "hash";
  const PackedPod packed(pod, &interner);
  EXPECT_EQ(packed.namespace_name(), "shop");
  EXPECT_EQ(packed.name(), pod.name);
  EXPECT_EQ(packed.node_name(), "node-1");
  EXPECT_EQ(packed.uid(), pod.uid);
  EXPECT_TRUE(packed.HasUid(pod.uid));
  EXPECT_TRUE(packed.HasUid("hash"));
  EXPECT_FALSE(packed.HasUid("other"));
  EXPECT_TRUE(packed.HasContainer(HexId(1)));
  EXPECT_FALSE(packed.HasContainer(HexId(2)));
  EXPECT_EQ(packed.deleted_at_ms(), 5);
  EXPECT_EQ(packed.requests(), pod.requests);
  EXPECT_EQ(packed.limits(), pod.limits);
  EXPECT_EQ(packed.ids().uids, (std::vector<std::string>{pod.uid, "hash"}));
  EXPECT_EQ(packed.ids().containers, (std::vector<std::string>{HexId(1)}));
}

TEST(PackedPodTest, BrieflyIsAllButLabelsAndContainers) {
  Interner interner;
  KubePod pod = WholePod();
  const KubePod brief = PackedPod(pod, &interner).UnpackBriefly();
  pod.labels.clear();
  pod.containers.clear();
  EXPECT_EQ(Describe(brief), Describe(PackedPod(pod, &interner).Unpack()));
  EXPECT_EQ(brief.requests, pod.requests);
}

TEST(PackedPodTest, ForAListIsWhatItsItemsShow) {
  Interner interner;
  KubePod pod = WholePod();
  pod.sample_uid = "hash";
  pod.containers[0].restart_count = 7;  // an init container
  const PackedPod packed(pod, &interner);
  const KubePod listed = packed.UnpackForList();
  EXPECT_EQ(packed.restarts(), UINT32_MAX);
  EXPECT_EQ(listed.restarts(), UINT32_MAX);
  for (KubeContainer& container : pod.containers) {
    KubeContainer kept;
    kept.type = container.type;
    kept.state = container.state;
    kept.reason = container.reason;
    kept.restart_count = container.restart_count;
    kept.ready = container.ready;
    kept.started_at_ms = container.started_at_ms;
    container = std::move(kept);
  }
  EXPECT_EQ(Describe(listed), Describe(pod));
  pod.containers.resize(1);
  EXPECT_EQ(PackedPod(pod, &interner).restarts(), std::nullopt);
}

TEST(PackedPodTest, ReplicasShareWhatTheyHaveInCommon) {
  Interner interner;
  KubePod pod = WholePod();
  const PackedPod first(pod, &interner);
  const size_t one = interner.MemoryBytes();
  pod.name = "web-5d4f8c7b9-other";
  pod.uid = pod.sample_uid = "11111111-2222-3333-4444-666666666666";
  const PackedPod second(pod, &interner);
  EXPECT_EQ(interner.MemoryBytes(), one);
  EXPECT_LE(second.MemoryBytes(), 160u);
}

}  // namespace
}  // namespace kubemonitor
