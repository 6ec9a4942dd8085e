#include "apiserver/kubernetes/objects_json.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "apiserver/kubernetes/objects_testing.h"

namespace kubemonitor {
namespace {

using testing::Read;
using testing::ReadObject;

constexpr char kId1[] = "4f9a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8";
constexpr int64_t kStartMs = 1'767'323'045'000;

PodObject ReadPod(const std::string& spec, const std::string& status,
                  const std::string& metadata = "") {
  return Read<PodObject>(KubeKind::kPod, "{'metadata':{'name':'p','namespace':'n','uid':'u'" +
                                             metadata + "},'spec':{" + spec + "},'status':{" +
                                             status + "}}");
}

TEST(PodJsonTest, AWholePod) {
  const PodObject object = Read<PodObject>(KubeKind::kPod, R"({
    'kind':'Pod','apiVersion':'v1','metadata':{'name':'web-5d4f8c7b9-x2x8k','generateName':'web-',
      'namespace':'shop','uid':'11111111-2222-3333-4444-555555555555','resourceVersion':'77',
      'creationTimestamp':'2026-01-02T03:04:05Z','labels':{'app':'web','pod-template-hash':'5d4f'},
      'annotations':{'kubernetes.io/config.seen':'x','other':'y'},
      'ownerReferences':[{'apiVersion':'x/v1','kind':'Other','name':'o','uid':'1'},
        {'apiVersion':'apps/v1','kind':'ReplicaSet','name':'web-5d4f8c7b9','uid':'rs-1',
         'controller':true,'blockOwnerDeletion':true}],
      'managedFields':[{'manager':'kubelet','fieldsV1':{'f:status':{'f:conditions':{}}}}]},
    'spec':{'nodeName':'node-1','hostNetwork':true,'priorityClassName':'high',
      'overhead':{'cpu':'10m','memory':'1Mi'},'volumes':[{'name':'v'}],
      'initContainers':[
        {'name':'proxy','restartPolicy':'Always','resources':{'requests':{'cpu':'50m'}}},
        {'name':'setup','resources':{'requests':{'cpu':'2','memory':'16Mi'}}}],
      'containers':[{'name':'web','image':'nginx','env':[{'name':'A','value':'B'}],
        'resources':{'requests':{'cpu':'250m','memory':'64Mi'},'limits':{'memory':'128Mi'}}}],
      'ephemeralContainers':[{'name':'debug'}]},
    'status':{'phase':'Running','qosClass':'Burstable','startTime':'2026-01-02T03:04:06Z',
      'conditions':[{'type':'Initialized','status':'True'},{'type':'Ready','status':'True'}],
      'initContainerStatuses':[{'name':'setup','ready':true,'restartCount':0,
        'state':{'terminated':{'exitCode':0,'reason':'Completed',
          'startedAt':'2026-01-02T03:04:07Z'}}}],
      'containerStatuses':[{'name':'web','ready':true,'restartCount':3,'started':true,
        'containerID':'containerd://)" + std::string(kId1) + R"(',
        'state':{'running':{'startedAt':'2026-01-02T03:04:08Z'}},
        'lastState':{'terminated':{'exitCode':137,'reason':'OOMKilled'}}}],
      'ephemeralContainerStatuses':[{'name':'debug','state':{'waiting':{'reason':'ErrImagePull'}}}]
    }})");
  const KubePod& pod = object.pod;
  EXPECT_EQ(pod.name, "web-5d4f8c7b9-x2x8k");
  EXPECT_EQ(pod.namespace_name, "shop");
  EXPECT_EQ(pod.uid, "11111111-2222-3333-4444-555555555555");
  EXPECT_EQ(pod.sample_uid, pod.uid);
  EXPECT_EQ(pod.node_name, "node-1");
  EXPECT_EQ(pod.phase, "Running");
  EXPECT_EQ(pod.reason, "");
  EXPECT_EQ(pod.priority_class, "high");
  EXPECT_EQ(pod.qos_class, QosClass::kBurstable);
  EXPECT_TRUE(pod.host_network);
  EXPECT_TRUE(pod.ready);
  EXPECT_EQ(pod.created_at_ms, kStartMs);
  EXPECT_EQ(pod.started_at_ms, kStartMs + 1000);
  EXPECT_EQ(pod.terminating_since_ms, std::nullopt);
  EXPECT_EQ(pod.labels, (KubeLabels{{"app", "web"}, {"pod-template-hash", "5d4f"}}));
  EXPECT_EQ(object.controller, (ControllerReference{"ReplicaSet", "web-5d4f8c7b9", "rs-1"}));
  EXPECT_EQ(pod.requests, (ResourceAmounts{2050 + 10, (64 << 20) + (1 << 20)}));
  EXPECT_EQ(pod.limits, (ResourceAmounts{std::nullopt, std::nullopt}));  // the sidecar has none
  ASSERT_EQ(pod.containers.size(), 4u);
  const KubeContainer& proxy = pod.containers[0];
  EXPECT_EQ(proxy.name, "proxy");
  EXPECT_EQ(proxy.type, ContainerType::kSidecar);
  EXPECT_EQ(proxy.state, KubeContainerState::kUnknown);
  const KubeContainer& setup = pod.containers[1];
  EXPECT_EQ(setup.type, ContainerType::kInit);
  EXPECT_EQ(setup.state, KubeContainerState::kTerminated);
  EXPECT_EQ(setup.reason, "Completed");
  EXPECT_EQ(setup.started_at_ms, kStartMs + 2000);
  const KubeContainer& web = pod.containers[2];
  EXPECT_EQ(web.type, ContainerType::kApp);
  EXPECT_EQ(web.container_id, kId1);
  EXPECT_EQ(web.state, KubeContainerState::kRunning);
  EXPECT_EQ(web.reason, "");
  EXPECT_EQ(web.last_reason, "OOMKilled");
  EXPECT_EQ(web.restart_count, 3u);
  EXPECT_TRUE(web.ready);
  EXPECT_EQ(web.started_at_ms, kStartMs + 3000);
  EXPECT_EQ(web.requests, (ResourceAmounts{250, 64 << 20}));
  EXPECT_EQ(web.limits, (ResourceAmounts{std::nullopt, 128 << 20}));
  const KubeContainer& debug = pod.containers[3];
  EXPECT_EQ(debug.type, ContainerType::kEphemeral);
  EXPECT_EQ(debug.state, KubeContainerState::kWaiting);
  EXPECT_EQ(debug.reason, "ErrImagePull");
}

TEST(PodJsonTest, Metadata) {
  const std::string annotations =
      ",'annotations':{'kubernetes.io/config.mirror':'0a1b','kubernetes.io/config.hash':'0a1b'}";
  const auto owned_by = [](const std::string& kind) {
    return ",'ownerReferences':[{'kind':'" + kind + "','name':'n1','uid':'x','controller':true}]";
  };
  const KubePod mirror = ReadPod("", "", annotations + owned_by("Node")).pod;
  EXPECT_EQ(mirror.uid, "u");
  EXPECT_EQ(mirror.sample_uid, "0a1b");
  // Only a kubelet's mirror is one.
  EXPECT_EQ(ReadPod("", "", annotations).pod.sample_uid, "u");
  EXPECT_EQ(ReadPod("", "", annotations + owned_by("ReplicaSet")).pod.sample_uid, "u");
  EXPECT_EQ(ReadPod("", "", owned_by("Node")).pod.sample_uid, "u");
  const KubePod terminating = ReadPod("", "",
                                      ",'deletionTimestamp':'2026-01-02T03:04:35Z',"
                                      "'deletionGracePeriodSeconds':30")
                                  .pod;
  EXPECT_EQ(terminating.terminating_since_ms, kStartMs);
  EXPECT_EQ(ReadPod("", "", ",'ownerReferences':[{'kind':'X','name':'y','uid':'z'}]").controller,
            std::nullopt);
  EXPECT_EQ(ReadPod("", "", ",'ownerReferences':[{'kind':'X','controller':true}]").controller,
            std::nullopt);
  EXPECT_EQ(ReadPod("", "", ",'labels':{'a':1,'b':'" + std::string(64, 'x') + "','c':'','':'d'}")
                .pod.labels,
            (KubeLabels{{"c", ""}}));
  std::string labels = "'k':'v'";
  for (int i = 0; i < 30'000; ++i) labels += ",'l" + std::to_string(i) + "':'v'";
  const KubePod many = ReadPod("'nodeName':'n1'", "", ",'labels':{" + labels + "}").pod;
  EXPECT_EQ(many.labels.size(), 256u);
  EXPECT_EQ(many.node_name, "n1");
  EXPECT_EQ(ReadPod("", "", ",'creationTimestamp':null").pod.created_at_ms, std::nullopt);
}

TEST(PodJsonTest, WhatIsNotOfItsTypeIsNotSet) {
  const KubePod pod =
      ReadPod(
          "'nodeName':5,'hostNetwork':'yes','containers':[{'name':'c','resources':[]},5,"
          "{'name':''},{}],'initContainers':{'name':'x'},'overhead':'1'",
          "'phase':{},'conditions':'x','containerStatuses':[{'name':'c','restartCount':-1,"
          "'containerID':'docker://xyz','state':'running','ready':1}],'startTime':'soon'")
          .pod;
  EXPECT_EQ(pod.node_name, "");
  EXPECT_FALSE(pod.host_network);
  EXPECT_EQ(pod.phase, "");
  EXPECT_FALSE(pod.ready);
  EXPECT_EQ(pod.started_at_ms, std::nullopt);
  ASSERT_EQ(pod.containers.size(), 1u);
  EXPECT_EQ(pod.containers[0].container_id, "");
  EXPECT_EQ(pod.containers[0].restart_count, 0u);
  EXPECT_FALSE(pod.containers[0].ready);
  EXPECT_EQ(pod.containers[0].requests, ResourceAmounts());
}

TEST(PodJsonTest, Amounts) {
  const struct {
    std::string cpu, memory;
    ResourceAmounts expected;
  } kCases[] = {
      {"'2'", "'1Gi'", {2000, 1 << 30}},
      {"2", "1024", {2000, 1024}},
      {"'0'", "'0'", {0, 0}},
      {"'100u'", "'400m'", {1, 1}},
      {"'-1'", "'x'", {std::nullopt, std::nullopt}},
      {"null", "{}", {std::nullopt, std::nullopt}},
      {"1.5", "true", {std::nullopt, std::nullopt}},
  };
  for (const auto& [cpu, memory, expected] : kCases) {
    const KubePod pod = ReadPod("'containers':[{'name':'c','resources':{'requests':{'cpu':" + cpu +
                                    ",'memory':" + memory + "}}}]",
                                "")
                            .pod;
    EXPECT_EQ(pod.requests, expected) << cpu << memory;
  }
}

TEST(PodJsonTest, WhyItHasNoNode) {
  const auto reason = [](const std::string& status) { return ReadPod("", status).pod.reason; };
  const std::string waits =
      "'conditions':[{'type':'PodScheduled','status':'False','reason':'Unschedulable'}]";
  EXPECT_EQ(reason("'phase':'Pending'," + waits), "Unschedulable");
  EXPECT_EQ(reason("'reason':'Evicted'," + waits), "Evicted");
  EXPECT_EQ(reason("'conditions':[{'type':'PodScheduled','status':'True','reason':'x'}]"), "");
}

TEST(PodJsonTest, AResizeInPlace) {
  const std::string spec = "'containers':[{'name':'c','resources':{'requests':{'cpu':'4'}}}]";
  const std::string statuses =
      "'containerStatuses':[{'name':'c','allocatedResources':{'cpu':'1'},"
      "'resources':{'requests':{'cpu':'2'}}}]";
  EXPECT_EQ(ReadPod(spec, statuses).pod.requests.cpu_millicores, 4000);
  const KubePod infeasible =
      ReadPod(spec, statuses +
                        ",'conditions':[{'type':'PodResizePending','status':'True',"
                        "'reason':'Infeasible'}]")
          .pod;
  EXPECT_EQ(infeasible.requests.cpu_millicores, 2000);
  EXPECT_EQ(infeasible.containers[0].requests.cpu_millicores, 2000);
}

TEST(ObjectsJsonTest, ObjectsWithoutNameOrUidAreNone) {
  for (const KubeKind kind : kKubeKinds) {
    EXPECT_FALSE(ReadObject(kind, "{'metadata':{'name':'a'}}"));
    EXPECT_FALSE(ReadObject(kind, "{'metadata':{'uid':'a'}}"));
    EXPECT_FALSE(ReadObject(kind, "{'metadata':[]}"));
    EXPECT_FALSE(ReadObject(kind, "{}"));
    EXPECT_FALSE(
        ReadObject(kind, "{'metadata':{'uid':'a','name':'" + std::string(254, 'x') + "'}}"));
    EXPECT_TRUE(ReadObject(kind, "{'metadata':{'uid':'a','name':'b'}}"));
  }
}

TEST(ObjectsJsonTest, ANode) {
  const KubeNode node = Read<KubeNode>(KubeKind::kNode, R"({'metadata':{'name':'n1','uid':'u1',
    'creationTimestamp':'2026-01-02T03:04:05Z','labels':{'node-role.kubernetes.io/worker':'',
      'node-role.kubernetes.io/control-plane':'','node-role.kubernetes.io/':'',
      'topology.kubernetes.io/zone':'z1'}},
    'spec':{'unschedulable':true,'taints':[{'key':'k'}]},
    'status':{'capacity':{'cpu':'4','memory':'8Gi','pods':'110'},
      'allocatable':{'cpu':'3920m','memory':'7Gi','pods':'110','ephemeral-storage':'1'},
      'conditions':[{'type':'MemoryPressure','status':'False'},
        {'type':'Ready','status':'Unknown','reason':'NodeStatusUnknown',
         'lastTransitionTime':'2026-01-02T03:04:06Z','message':'x'}],
      'images':[{'names':['i'],'sizeBytes':1}],
      'nodeInfo':{'kubeletVersion':'v1.34.1','kernelVersion':'6.1','osImage':'Debian',
        'containerRuntimeVersion':'containerd://2.1','architecture':'amd64',
        'operatingSystem':'linux','machineID':'m'}}})");
  EXPECT_EQ(node.name, "n1");
  EXPECT_EQ(node.uid, "u1");
  EXPECT_EQ(node.roles, (std::vector<std::string>{"control-plane", "worker"}));
  EXPECT_EQ(node.labels.size(), 4u);
  EXPECT_TRUE(node.unschedulable);
  EXPECT_EQ(node.created_at_ms, kStartMs);
  EXPECT_EQ(node.capacity, (ResourceAmounts{4000, int64_t{8} << 30}));
  EXPECT_EQ(node.allocatable, (ResourceAmounts{3920, int64_t{7} << 30}));
  EXPECT_EQ(node.allocatable_pods, 110);
  ASSERT_EQ(node.conditions.size(), 2u);
  EXPECT_EQ(node.conditions[1].type, "Ready");
  EXPECT_EQ(node.conditions[1].status, "Unknown");
  EXPECT_EQ(node.conditions[1].reason, "NodeStatusUnknown");
  EXPECT_EQ(node.conditions[1].last_transition_ms, kStartMs + 1000);
  EXPECT_FALSE(node.ready());
  EXPECT_EQ(node.kubelet_version + node.kernel_version + node.os_image + node.runtime_version +
                node.architecture + node.operating_system,
            "v1.34.16.1Debiancontainerd://2.1amd64linux");
}

TEST(ObjectsJsonTest, ANamespaceAndAReplicaSet) {
  const auto name = Read<KubeNamespace>(
      KubeKind::kNamespace,
      "{'metadata':{'name':'shop','uid':'u','labels':{'a':'b'},"
      "'creationTimestamp':'2026-01-02T03:04:05Z'},'status':{'phase':'Active'}}");
  EXPECT_EQ(name.name, "shop");
  EXPECT_EQ(name.phase, "Active");
  EXPECT_EQ(name.labels, (KubeLabels{{"a", "b"}}));
  EXPECT_EQ(name.created_at_ms, kStartMs);
  const auto set = Read<ReplicaSetObject>(
      KubeKind::kReplicaSet,
      "{'kind':'PartialObjectMetadata','metadata':{'name':'web-1','namespace':'shop','uid':'u',"
      "'ownerReferences':[{'kind':'Deployment','name':'web','uid':'d','controller':true}]}}");
  EXPECT_EQ(set.namespace_name + "/" + set.name + "/" + set.uid, "shop/web-1/u");
  EXPECT_EQ(set.controller, (ControllerReference{"Deployment", "web", "d"}));
}

TEST(ObjectsJsonTest, Workloads) {
  using Count = std::optional<int64_t>;
  constexpr Count kNone = std::nullopt;
  const struct {
    KubeKind kind;
    std::string rest;
    Count desired, ready, available, updated, active, succeeded, failed;
  } kCases[] = {
      {KubeKind::kDeployment,
       "'spec':{'replicas':3,'template':{'spec':{'replicas':9}}},'status':{'replicas':3,"
       "'readyReplicas':2,'availableReplicas':1,'updatedReplicas':3}",
       3, 2, 1, 3, kNone, kNone, kNone},
      {KubeKind::kDeployment, "'spec':{'replicas':0},'status':{'observedGeneration':1}", 0, 0, 0, 0,
       kNone, kNone, kNone},
      {KubeKind::kDeployment, "'spec':{'replicas':3},'status':{}", 3, kNone, kNone, kNone, kNone,
       kNone, kNone},
      {KubeKind::kStatefulSet, "'spec':{'replicas':3},'status':{'readyReplicas':2}", 3, 2, 0, 0,
       kNone, kNone, kNone},
      {KubeKind::kDaemonSet,
       "'status':{'desiredNumberScheduled':5,'numberReady':4,'numberAvailable':3,"
       "'updatedNumberScheduled':2}",
       5, 4, 3, 2, kNone, kNone, kNone},
      {KubeKind::kJob, "'spec':{'completions':6,'parallelism':2},'status':{'active':2,'failed':1}",
       6, kNone, kNone, kNone, 2, 0, 1},
      {KubeKind::kJob, "'spec':{'parallelism':2}", 2, kNone, kNone, kNone, kNone, kNone, kNone},
      {KubeKind::kCronJob, "'status':{'active':[{'uid':'1'},{'name':'x'}]}", kNone, kNone, kNone,
       kNone, 2, kNone, kNone},
      {KubeKind::kCronJob, "'status':{'lastScheduleTime':'2026-01-02T03:04:05Z'}", kNone, kNone,
       kNone, kNone, 0, kNone, kNone},
  };
  for (const auto& c : kCases) {
    const auto object = Read<WorkloadObject>(
        c.kind,
        "{'metadata':{'name':'w','namespace':'n','uid':'u','labels':{'a':'b'},"
        "'ownerReferences':[{'kind':'CronJob','name':'c','uid':'x','controller':true}]}," +
            c.rest + "}");
    const KubeWorkload& workload = object.workload;
    EXPECT_EQ(workload.kind, InfoOf(c.kind).name);
    EXPECT_EQ(workload.namespace_name + workload.name + workload.uid, "nwu");
    EXPECT_EQ(object.controller, (ControllerReference{"CronJob", "c", "x"}));
    EXPECT_EQ(workload.desired, c.desired) << c.rest;
    EXPECT_EQ(workload.ready, c.ready) << c.rest;
    EXPECT_EQ(workload.available, c.available) << c.rest;
    EXPECT_EQ(workload.updated, c.updated) << c.rest;
    EXPECT_EQ(workload.active, c.active) << c.rest;
    EXPECT_EQ(workload.succeeded, c.succeeded) << c.rest;
    EXPECT_EQ(workload.failed, c.failed) << c.rest;
  }
}

}  // namespace
}  // namespace kubemonitor
