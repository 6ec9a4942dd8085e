#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apiserver/kubernetes/plain_cluster_testing.h"
#include "apiserver/query/findings.h"
#include "apiserver/query/query_testing.h"

namespace kubemonitor {
namespace {

using testing::ClusterTest;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kI;
using testing::kT0;
using testing::PlainCluster;
using testing::Steady;

constexpr int64_t kNow = kT0 + 1000;
constexpr int64_t kHourAgo = kNow - 3'600'000;

KubeNode ReadyNode(const std::string& name) {
  KubeNode node;
  node.name = name;
  node.created_at_ms = kHourAgo;
  node.operating_system = "linux";
  node.conditions = {{"MemoryPressure", "False", "", kHourAgo}, {"Ready", "True", "", kHourAgo}};
  return node;
}

KubePod RunningPod(const std::string& name) {
  KubePod pod;
  pod.namespace_name = "shop";
  pod.name = name;
  pod.uid = pod.sample_uid = "uid-" + name;
  pod.node_name = "n1";
  pod.phase = "Running";
  pod.created_at_ms = kHourAgo;
  KubeContainer container;
  container.name = "main";
  container.state = KubeContainerState::kRunning;
  container.started_at_ms = kHourAgo;
  pod.containers.push_back(std::move(container));
  return pod;
}

KubePod PendingPod(const std::string& name, int64_t age_ms) {
  KubePod pod = RunningPod(name);
  pod.phase = "Pending";
  pod.node_name.clear();
  pod.containers[0].state = KubeContainerState::kUnknown;
  pod.containers[0].started_at_ms.reset();
  pod.created_at_ms = kNow - age_ms;
  return pod;
}

// One line a finding: "critical notReady 1: n2 60 s KubeletNotReady, …".
std::string Text(const FindingMember& member) {
  std::string out = member.name;
  if (!member.container.empty()) out += "/" + member.container;
  if (member.value) out += " " + std::to_string(static_cast<int>(*member.value));
  if (member.value && member.unit == FindingMember::Unit::kSeconds) out += " s";
  if (!member.reason.empty()) out += " " + member.reason;
  return out;
}
std::string Text(const Finding& finding) {
  constexpr const char* kNames[] = {"info", "warning", "critical"};
  std::string out = kNames[static_cast<size_t>(finding.severity)];
  out += " " + std::string(FindingKey(finding.kind)) + " " + std::to_string(finding.count) + ":";
  const char* before = " ";
  for (const FindingMember& member : finding.worst) {
    out += before + Text(member);
    before = ", ";
  }
  return out;
}

class KubeFindingsTest : public ClusterTest {
 protected:
  KubeFindingsTest() { Append("n1", kT0, {}, Steady(kT0, 100, 1000)); }
  Findings Make(int64_t now_ms = kNow) { return MakeFindings(*store_, kubernetes_.get(), now_ms); }
  std::vector<std::string> Texts() {
    std::vector<std::string> texts;
    for (const Finding& finding : Make().found) texts.push_back(Text(finding));
    return texts;
  }

  std::shared_ptr<PlainCluster> kubernetes_ = std::make_shared<PlainCluster>();
};

TEST_F(KubeFindingsTest, NothingIsWrong) {
  kubernetes_->Add(ReadyNode("n1"));
  kubernetes_->Add(RunningPod("web"));
  KubePod ended = RunningPod("job");
  ended.phase = "Succeeded";
  ended.containers[0].restart_count = 9;
  ended.containers[0].started_at_ms = kNow - 1000;
  kubernetes_->Add(ended);
  EXPECT_THAT(Texts(), IsEmpty());
}

TEST_F(KubeFindingsTest, NodesWithoutACollector) {
  kubernetes_->Add(ReadyNode("n1"));
  kubernetes_->Add(ReadyNode("n2"));
  KubeNode joins = ReadyNode("n3");
  joins.created_at_ms = kNow - kNoCollectorAfterMs + 1;
  kubernetes_->Add(joins);
  KubeNode windows = ReadyNode("n4");
  windows.operating_system = "windows";
  kubernetes_->Add(windows);
  EXPECT_THAT(Texts(), ElementsAre("warning noCollector 1: n2"));
  EXPECT_THAT(Make().found[0].node_names, ElementsAre("n2"));
  EXPECT_THAT(Make().found[0].objects, IsEmpty());
}

TEST_F(KubeFindingsTest, NodesThatAreNotReadySayNoMoreThanThat) {
  KubeNode away = ReadyNode("n1");
  away.conditions[1] = {"Ready", "Unknown", "NodeStatusUnknown", kNow - 60'000};
  kubernetes_->Add(away);
  KubeNode broken = ReadyNode("n2");
  broken.conditions[1] = {"Ready", "False", "KubeletNotReady", kNow - 90'000};
  kubernetes_->Add(broken);
  KubeNode silent = ReadyNode("n3");
  silent.conditions.clear();
  kubernetes_->Add(silent);
  KubeNode joins = ReadyNode("n4");
  joins.created_at_ms = kNow - 1000;
  joins.conditions[1].status = "False";
  kubernetes_->Add(joins);
  EXPECT_THAT(
      Texts(),
      ElementsAre("critical notReady 3: n2 90 s KubeletNotReady, n1 60 s NodeStatusUnknown, n3"));
}

TEST_F(KubeFindingsTest, NodesWhoseKubeletIsShortOfSomething) {
  KubeNode node = ReadyNode("n1");
  node.conditions[0] = {"MemoryPressure", "True", "KubeletHasInsufficientMemory", kNow - 30'000};
  node.conditions.push_back({"DiskPressure", "True", "", kNow - 70'000});
  node.conditions.push_back({"PIDPressure", "Unknown", "", kNow});
  kubernetes_->Add(node);
  EXPECT_THAT(Texts(),
              ElementsAre("warning nodeCondition 1: n1 70 s MemoryPressure, DiskPressure"));
}

TEST_F(KubeFindingsTest, PodsThatDoNotStart) {
  kubernetes_->Add(ReadyNode("n1"));
  KubePod waits = PendingPod("waits", kPendingAfterMs);
  waits.reason = "Unschedulable";
  kubernetes_->Add(waits);
  KubePod pulls = PendingPod("pulls", 300'000);
  pulls.node_name = "n1";
  pulls.containers[0].state = KubeContainerState::kWaiting;
  pulls.containers[0].reason = "ImagePullBackOff";
  kubernetes_->Add(pulls);
  kubernetes_->Add(PendingPod("fresh", kPendingAfterMs - 1));
  KubePod goes = PendingPod("goes", 300'000);
  goes.terminating_since_ms = kNow - 1000;
  kubernetes_->Add(goes);
  EXPECT_THAT(Texts(), ElementsAre("warning pending 2: pulls 300 s ImagePullBackOff, waits 60 s "
                                   "Unschedulable"));
  const Finding pending = Make().found[0];
  EXPECT_THAT(pending.pod_uids, ElementsAre("uid-pulls", "uid-waits"));
  EXPECT_EQ(pending.worst[0].node, "n1");
  EXPECT_EQ(pending.worst[1].node, "");
  EXPECT_EQ(pending.worst[1].namespace_name, "shop");
  EXPECT_EQ(pending.worst[1].uid, "uid-waits");
}

TEST_F(KubeFindingsTest, ContainersThatStartAgainAndAgain) {
  kubernetes_->Add(ReadyNode("n1"));
  KubePod loops = PendingPod("loops", 300'000);  // its init container does
  loops.containers[0].state = KubeContainerState::kWaiting;
  loops.containers[0].reason = "CrashLoopBackOff";
  loops.containers[0].restart_count = 3;
  kubernetes_->Add(loops);
  const auto restarted = [&](const std::string& name, uint32_t count, int64_t ago_ms) {
    KubePod pod = RunningPod(name);
    pod.containers[0].restart_count = count;
    pod.containers[0].started_at_ms = kNow - ago_ms;
    pod.containers[0].last_reason = "OOMKilled";
    kubernetes_->Add(pod);
  };
  restarted("often", 40, 1000);
  restarted("twice", kRestartsFrom, kRestartedWithinMs);
  restarted("once", kRestartsFrom - 1, 1000);
  restarted("long-ago", 40, kRestartedWithinMs + 1);
  EXPECT_THAT(Texts(), ElementsAre("critical restarting 3: loops/main 3 CrashLoopBackOff, "
                                   "often/main 40 OOMKilled, twice/main 2 OOMKilled"));
}

TEST_F(KubeFindingsTest, TheWorstFiveOfMany) {
  kubernetes_->Add(ReadyNode("n1"));
  for (int n = 1; n <= 8; ++n) {
    kubernetes_->Add(PendingPod("p" + std::to_string(n), 100'000 * n));
  }
  EXPECT_THAT(Texts(), ElementsAre("warning pending 8: p8 800 s, p7 700 s, p6 600 s, p5 500 s, "
                                   "p4 400 s"));
}

TEST_F(KubeFindingsTest, AreToldBesideThoseOfSamplesAndWithoutAny) {
  kubernetes_->Add(ReadyNode("n1"));
  kubernetes_->Add(ReadyNode("n2"));
  std::vector<std::string> keys;
  for (const Finding& finding : Make(kT0 + 10 * kI).found) {
    keys.emplace_back(FindingKey(finding.kind));
  }
  EXPECT_THAT(keys, ElementsAre("stale", "noCollector"));
  store_ = NewSummedStore({});
  EXPECT_EQ(Make().tick_ms, std::nullopt);
  EXPECT_THAT(Texts(), ElementsAre("warning noCollector 2: n1, n2"));
}

class OneCluster final : public ClusterSource {
 public:
  explicit OneCluster(std::shared_ptr<const Cluster> cluster) : cluster_(std::move(cluster)) {}
  std::shared_ptr<const Cluster> cluster() const override { return cluster_; }

 private:
  const std::shared_ptr<const Cluster> cluster_;
};

TEST_F(KubeFindingsTest, TheCacheAsksKubernetes) {
  kubernetes_->Add(ReadyNode("n2"));
  const OneCluster source(kubernetes_), nothing_yet(nullptr);
  EXPECT_NE(FindingsCache(*store_, &source).Get(kNow)->Find(FindingKind::kNoCollector), nullptr);
  EXPECT_THAT(FindingsCache(*store_, &nothing_yet).Get(kNow)->found, IsEmpty());
}

}  // namespace
}  // namespace kubemonitor
