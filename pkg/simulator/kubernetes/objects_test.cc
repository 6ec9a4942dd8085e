#include "simulator/kubernetes/objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <map>
#include <set>
#include <string>

#include "simulator/kubernetes/json_forms.h"
#include "simulator/node_profile.h"

namespace kubemonitor {
namespace {

using ::testing::IsSupersetOf;
using ::testing::MatchesRegex;

constexpr int64_t kNowMs = 1'790'000'000'000;

class ObjectsTest : public ::testing::Test {
 protected:
  static ModelOptions Options() {
    ModelOptions out;
    out.nodes = 5;
    out.pods_per_node = 40;
    out.churn_per_minute = 20;
    return out;
  }

  std::vector<ObjectState> All(Resource resource) {
    std::vector<ObjectState> out;
    const ObjectSource& source = objects_.of(resource);
    for (uint32_t place = 0; place < source.Places(); ++place) source.AtPlace(place, at_, &out);
    return out;
  }
  rapidjson::Document Parse(const ObjectState& state, bool body = true) {
    JsonWriter json;
    std::string text;
    objects_.Write(state, objects_.of(state.ref.resource).MetaOf(state), true, body, &json);
    json.Take(&text);
    rapidjson::Document out;
    out.Parse(text.c_str());
    EXPECT_FALSE(out.HasParseError()) << text;
    return out;
  }
  static std::string Text(const rapidjson::Value& value, const char* key) {
    return value.HasMember(key) ? value[key].GetString() : "";
  }

  const Model model_{Options()};
  const ClusterObjects objects_{model_};
  const Revision at_ = RevisionAt(kNowMs);
};

TEST_F(ObjectsTest, QuantitiesAreCanonical) {
  EXPECT_EQ(CpuQuantity(250), "250m");
  EXPECT_EQ(CpuQuantity(2'000), "2");
  EXPECT_EQ(CpuQuantity(0), "0");
  EXPECT_EQ(MemoryQuantity(uint64_t{64} << 20), "64Mi");
  EXPECT_EQ(MemoryQuantity(uint64_t{3} << 30), "3Gi");
  EXPECT_EQ(MemoryQuantity((uint64_t{3} << 30) + 1024), "3145729Ki");
  EXPECT_EQ(MemoryQuantity(1'000), "1000");
  EXPECT_EQ(MemoryQuantity(0), "0");
}

// The chain of owners is whole: every uid that is named is that of an object.
TEST_F(ObjectsTest, OwnersExist) {
  std::map<std::string, std::string> kinds, names;  // of uids
  std::map<std::string, std::string> owners;
  std::set<std::string> chains;
  for (size_t i = 0; i < kResources; ++i) {
    const auto resource = static_cast<Resource>(i);
    for (const ObjectState& state : All(resource)) {
      const ObjectMeta meta = objects_.of(resource).MetaOf(state);
      EXPECT_TRUE(kinds.emplace(meta.uid, InfoOf(resource).kind).second) << meta.name;
      names[meta.uid] = meta.name;
      if (meta.owner) owners[meta.uid] = meta.owner->uid;
      EXPECT_EQ(meta.namespace_name.empty(), !InfoOf(resource).namespaced);
    }
  }
  for (const auto& [uid, owner] : owners) {
    ASSERT_TRUE(kinds.contains(owner)) << kinds[uid] << " " << names[uid];
    chains.insert(kinds[uid] + "<" + kinds[owner]);
  }
  EXPECT_THAT(chains, IsSupersetOf({"Pod<ReplicaSet", "ReplicaSet<Deployment", "Pod<StatefulSet",
                                    "Pod<DaemonSet", "Pod<Job", "Job<CronJob", "Pod<Node"}));
}

TEST_F(ObjectsTest, PodsAreThoseOfTheSamples) {
  std::map<std::string, ObjectState> by_name;
  for (const ObjectState& state : All(Resource::kPods)) {
    const ObjectMeta meta = objects_.of(Resource::kPods).MetaOf(state);
    EXPECT_TRUE(by_name.emplace(meta.namespace_name + "/" + meta.name, state).second) << meta.name;
  }
  int mirrors = 0;
  for (uint32_t node = 0; node < 5; ++node) {
    for (uint32_t slot = 0; slot < 40; ++slot) {
      const PodRef pod = model_.PodAt(node, slot, model_.TickAt(kNowMs));
      const Identity sampled = model_.PodIdentity(pod, 1);
      const auto found = by_name.find(sampled.namespace_name + "/" + sampled.pod_name);
      ASSERT_NE(found, by_name.end()) << sampled.pod_name;
      if (found->second.stage < PodStage::kRunning) continue;  // not said yet
      const auto object = Parse(found->second);
      EXPECT_EQ(object["spec"]["nodeName"], model_.NodeName(node).c_str());
      const auto& metadata = object["metadata"];
      if (model_.WorkloadOf(pod).kind == WorkloadKind::kStaticPod) {
        ++mirrors;
        EXPECT_NE(metadata["uid"], sampled.pod_uid.c_str());
        EXPECT_EQ(metadata["annotations"]["kubernetes.io/config.mirror"], sampled.pod_uid.c_str());
      } else {
        EXPECT_EQ(metadata["uid"], sampled.pod_uid.c_str());
      }
      std::map<std::string, std::string> labels;
      for (const auto& label : metadata["labels"].GetObject()) {
        labels[label.name.GetString()] = label.value.GetString();
      }
      EXPECT_EQ(labels, sampled.labels);
      std::map<std::string, std::string> ids;
      for (const char* key : {"initContainerStatuses", "containerStatuses"}) {
        if (!object["status"].HasMember(key)) continue;
        for (const auto& status : object["status"][key].GetArray()) {
          ids[status["name"].GetString()] = Text(status, "containerID");
        }
      }
      for (uint32_t c = 0; c < 2; ++c) {
        const Identity container = model_.ContainerIdentity(pod, c, 2, 1);
        EXPECT_EQ(ids[container.container_name], "containerd://" + container.container_id);
      }
    }
  }
  EXPECT_GT(mirrors, 3);
}

TEST_F(ObjectsTest, ThereArePodsOfEverySort) {
  std::map<std::string, int> phases, qos, reasons;
  int sidecars = 0, inits = 0, overheads = 0, own = 0, restarted = 0, unscheduled = 0;
  for (const ObjectState& state : All(Resource::kPods)) {
    const auto object = Parse(state);
    const auto& spec = object["spec"];
    const auto& status = object["status"];
    ++phases[status["phase"].GetString()];
    ++qos[status["qosClass"].GetString()];
    overheads += spec.HasMember("overhead") ? 1 : 0;
    own += spec.HasMember("resources") ? 1 : 0;
    unscheduled += spec.HasMember("nodeName") ? 0 : 1;
    if (spec.HasMember("initContainers")) {
      for (const auto& container : spec["initContainers"].GetArray()) {
        ++(container.HasMember("restartPolicy") ? sidecars : inits);
      }
    }
    if (!status.HasMember("containerStatuses")) continue;
    for (const auto& container : status["containerStatuses"].GetArray()) {
      restarted += container["restartCount"].GetInt() > 0 ? 1 : 0;
      if (container["lastState"].HasMember("terminated")) {
        ++reasons[container["lastState"]["terminated"]["reason"].GetString()];
      }
    }
  }
  for (const char* phase : {"Pending", "Running", "Succeeded", "Failed"}) {
    EXPECT_GT(phases[phase], 0) << phase;
  }
  for (const char* name : {"Guaranteed", "Burstable", "BestEffort"}) EXPECT_GT(qos[name], 5);
  for (const int count : {sidecars, inits, overheads, own, restarted, unscheduled}) {
    EXPECT_GT(count, 0);
  }
  EXPECT_GT(reasons["OOMKilled"], 0);
}

TEST_F(ObjectsTest, NodesSayWhatCollectorsSayToo) {
  const auto node = Parse({{Resource::kNodes, 2}, HeartbeatAt(model_, 2, at_)});
  EXPECT_EQ(node["kind"], "Node");
  EXPECT_EQ(node["metadata"]["name"], "node-0003");
  const NodeProfile profile = ProfileOf(model_, 2);
  const auto& capacity = node["status"]["capacity"];
  EXPECT_EQ(capacity["cpu"], std::to_string(profile.cores).c_str());
  EXPECT_EQ(capacity["memory"], MemoryQuantity(profile.memory_bytes).c_str());
  EXPECT_EQ(node["status"]["conditions"][3]["type"], "Ready");
  EXPECT_EQ(node["status"]["conditions"][3]["status"], "True");
  EXPECT_THAT(Text(node["status"]["conditions"][3], "lastHeartbeatTime"),
              MatchesRegex("2026-09-21T[0-9:]{8}Z"));
  std::map<std::string, std::string> ready;
  for (const ObjectState& state : All(Resource::kNodes)) {
    const auto object = Parse(state);
    ready[object["metadata"]["name"].GetString()] =
        object["status"]["conditions"][3]["status"].GetString();
  }
  EXPECT_EQ(ready.size(), 7U);
  EXPECT_EQ(ready["spare-0001"], "Unknown");
  EXPECT_EQ(ready["windows-0001"], "True");
}

// What Deployments say adds up to their pods.
TEST_F(ObjectsTest, WorkloadsCountTheirPods) {
  std::map<std::string, int> ready, replicas;  // by ReplicaSet
  for (const ObjectState& state : All(Resource::kPods)) {
    const ObjectMeta meta = objects_.of(Resource::kPods).MetaOf(state);
    if (!meta.owner || meta.owner->kind != "ReplicaSet" || meta.deletion_ms) continue;
    ++replicas[meta.owner->name];
    ready[meta.owner->name] += state.stage == PodStage::kReady ? 1 : 0;
  }
  std::map<std::string, int> of_deployments;
  size_t rolling = 0;
  for (const ObjectState& state : All(Resource::kReplicaSets)) {
    const auto object = Parse(state);
    const std::string name = object["metadata"]["name"].GetString();
    EXPECT_EQ(object["status"]["replicas"].GetInt(), replicas[name]) << name;
    const auto& status = object["status"];
    EXPECT_EQ(status.HasMember("readyReplicas") ? status["readyReplicas"].GetInt() : 0,
              ready[name]);
    of_deployments[object["metadata"]["ownerReferences"][0]["name"].GetString()] += ready[name];
    rolling += replicas[name] > 0 ? 1 : 0;
  }
  EXPECT_GT(rolling, 42U) << "some have pods of two of them";
  for (const ObjectState& state : All(Resource::kDeployments)) {
    const auto object = Parse(state);
    EXPECT_EQ(object["status"]["readyReplicas"].GetInt(),
              of_deployments[object["metadata"]["name"].GetString()]);
  }
  const auto agents = Parse(All(Resource::kDaemonSets)[0]);
  EXPECT_EQ(agents["status"]["desiredNumberScheduled"].GetInt(), 5);
}

TEST_F(ObjectsTest, MetadataAloneIsAKindOfItsOwn) {
  const auto object = Parse(All(Resource::kReplicaSets)[0], false);
  EXPECT_EQ(object["kind"], "PartialObjectMetadata");
  EXPECT_EQ(object["apiVersion"], "meta.k8s.io/v1");
  EXPECT_TRUE(object["metadata"].HasMember("ownerReferences"));
  EXPECT_TRUE(object["metadata"].HasMember("managedFields"));
  EXPECT_FALSE(object.HasMember("spec"));
}

TEST_F(ObjectsTest, PodsAreAsLongAsRealOnes) {
  size_t bytes = 0;
  const std::vector<ObjectState> pods = All(Resource::kPods);
  JsonWriter json;
  std::string text;
  for (const ObjectState& state : pods) {
    objects_.Write(state, objects_.of(Resource::kPods).MetaOf(state), false, true, &json);
    json.Take(&text);
    bytes += text.size();
  }
  EXPECT_GT(bytes / pods.size(), 4'000U);
  EXPECT_LT(bytes / pods.size(), 8'000U);
}

}  // namespace
}  // namespace kubemonitor
