// Nodes and namespaces.

#include <fmt/format.h>

#include <array>

#include "simulator/ids.h"
#include "simulator/kubernetes/json_forms.h"
#include "simulator/kubernetes/objects.h"
#include "simulator/node_profile.h"

namespace kubemonitor {
namespace {

constexpr uint32_t kControlPlanes = 3;  // of clusters of more nodes than that
constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr uint64_t kReservedMillicores = 200;
constexpr uint64_t kReservedBytes = 612 * kMiB;

enum class NodeState : uint8_t { kReady, kNotReady, kWindows };

class NodeObjects : public ObjectSource {
 public:
  explicit NodeObjects(const ObjectContext& context) : context_(context) {}

  uint32_t Places() const override {
    return context_.model().options().nodes + ObjectPlaces::kOtherNodes;
  }
  void AtPlace(uint32_t place, Revision at, std::vector<ObjectState>* out) const override;
  ObjectMeta MetaOf(const ObjectState& state) const override;
  void WriteBody(const ObjectState& state, JsonWriter* json) const override;
  std::optional<std::string> FieldOf(const ObjectState& state,
                                     std::string_view field) const override;

 private:
  struct Size {
    uint64_t millicores = 4'000, memory_bytes = 16'384 * kMiB, pods = 110;
  };

  NodeState StateOf(uint32_t place) const {
    const uint32_t nodes = context_.model().options().nodes;
    if (place < nodes) return NodeState::kReady;
    return place == nodes ? NodeState::kNotReady : NodeState::kWindows;
  }
  bool IsControlPlane(uint32_t place) const {
    return context_.model().options().nodes > kControlPlanes && place < kControlPlanes;
  }
  bool IsCordoned(uint32_t place) const { return place > 0 && place % 100 == 99; }
  Size SizeOf(uint32_t place) const;
  void WriteSpec(uint32_t place, JsonWriter* json) const;
  void WriteConditions(const ObjectState& state, JsonWriter* json) const;
  void WriteInfo(uint32_t place, JsonWriter* json) const;

  const ObjectContext& context_;
};

void NodeObjects::AtPlace(uint32_t place, Revision at, std::vector<ObjectState>* out) const {
  // The one that is not ready is not heard of any more.
  const Revision revision = StateOf(place) == NodeState::kNotReady
                                ? RevisionAt(kFirstClockMs)
                                : HeartbeatAt(context_.model(), place, at);
  out->push_back({{Resource::kNodes, place}, revision});
}

ObjectMeta NodeObjects::MetaOf(const ObjectState& state) const {
  const uint32_t place = state.ref.place;
  ObjectMeta out;
  out.name = context_.places.NodeName(place);
  out.uid = context_.model().Uid(UidOf::kNode, place);
  out.created_ms = kOriginMs - 3'600'000 * int64_t{1 + place % 24};
  const std::string system = StateOf(place) == NodeState::kWindows ? "windows" : "linux";
  out.labels = {{"beta.kubernetes.io/arch", "amd64"},
                {"beta.kubernetes.io/os", system},
                {"kubernetes.io/arch", "amd64"},
                {"kubernetes.io/hostname", out.name},
                {"kubernetes.io/os", system},
                {"node.kubernetes.io/instance-type", place % 2 == 0 ? "m5.2xlarge" : "m5.4xlarge"},
                {"topology.kubernetes.io/region", "region-1"},
                {"topology.kubernetes.io/zone", fmt::format("region-1{:c}", 'a' + place % 3)}};
  if (IsControlPlane(place)) out.labels["node-role.kubernetes.io/control-plane"] = "";
  if (!IsControlPlane(place) && place % 4 == 0) out.labels["node-role.kubernetes.io/worker"] = "";
  out.annotations = {{"node.alpha.kubernetes.io/ttl", "0"},
                     {"volumes.kubernetes.io/controller-managed-attach-detach", "true"}};
  return out;
}

NodeObjects::Size NodeObjects::SizeOf(uint32_t place) const {
  if (StateOf(place) != NodeState::kReady) return {};
  const NodeProfile profile = ProfileOf(context_.model(), place);
  const uint64_t pods = context_.model().options().pods_per_node;
  return {profile.cores * 1000, profile.memory_bytes, pods > 100 ? pods + 50 : 110};
}

void NodeObjects::WriteSpec(uint32_t place, JsonWriter* json) const {
  json->Key("spec");
  json->StartObject();
  json->TextField("podCIDR", fmt::format("100.{}.{}.0/24", 64 + place / 256 % 64, place % 256));
  json->TextField("providerID", "simulated://" + context_.places.NodeName(place));
  const bool cordoned = IsCordoned(place);
  if (cordoned) json->BoolField("unschedulable", true);
  const bool lost = StateOf(place) == NodeState::kNotReady;
  if (cordoned || lost || IsControlPlane(place)) {
    json->Key("taints");
    json->StartArray();
    json->StartObject();
    json->TextField("key", cordoned ? "node.kubernetes.io/unschedulable"
                           : lost   ? "node.kubernetes.io/unreachable"
                                    : "node-role.kubernetes.io/control-plane");
    json->TextField("effect", "NoSchedule");
    json->EndObject();
    json->EndArray();
  }
  json->EndObject();
}

void NodeObjects::WriteConditions(const ObjectState& state, JsonWriter* json) const {
  const bool lost = StateOf(state.ref.place) == NodeState::kNotReady;
  const int64_t heartbeat_ms = WallMsOf(state.revision);
  const auto write = [&](std::string_view type, std::string_view status, std::string_view reason,
                         std::string_view message) {
    Condition condition{type, status, reason, message, kOriginMs, heartbeat_ms};
    if (lost) {
      condition.status = "Unknown";
      condition.reason = "NodeStatusUnknown";
      condition.message = "Kubelet stopped posting node status.";
      condition.since_ms = heartbeat_ms + 40'000;
    }
    WriteCondition(condition, json);
  };
  json->Key("conditions");
  json->StartArray();
  write("MemoryPressure", "False", "KubeletHasSufficientMemory",
        "kubelet has sufficient memory available");
  write("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure");
  write("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available");
  write("Ready", "True", "KubeletReady", "kubelet is posting ready status");
  json->EndArray();
}

void NodeObjects::WriteInfo(uint32_t place, JsonWriter* json) const {
  const Model& model = context_.model();
  const bool windows = StateOf(place) == NodeState::kWindows;
  const std::string id = HexOf(model.NodeKey(place), 32);
  json->Key("nodeInfo");
  json->StartObject();
  json->TextField("machineID", id);
  json->TextField("systemUUID", UuidOf(model.NodeKey(place)));
  json->TextField("bootID", model.BootId(place));
  json->TextField("kernelVersion", windows ? "10.0.20348.2227" : "6.1.0-simulated");
  json->TextField("osImage",
                  windows ? "Windows Server 2022 Datacenter" : "Debian GNU/Linux 12 (bookworm)");
  json->TextField("containerRuntimeVersion", "containerd://1.7.20");
  // A rollout of the kubelet has come so far.
  json->TextField("kubeletVersion", place % 8 == 7 ? "v1.33.4" : "v1.34.1");
  json->TextField("kubeProxyVersion", "");
  json->TextField("operatingSystem", windows ? "windows" : "linux");
  json->TextField("architecture", "amd64");
  json->EndObject();
}

void NodeObjects::WriteBody(const ObjectState& state, JsonWriter* json) const {
  const uint32_t place = state.ref.place;
  const Size size = SizeOf(place);
  const auto amounts = [&](std::string_view key, uint64_t millicores, uint64_t bytes) {
    json->Key(key);
    json->StartObject();
    json->TextField("cpu", CpuQuantity(millicores));
    json->TextField("ephemeral-storage", "101430960Ki");
    json->TextField("hugepages-2Mi", "0");
    json->TextField("memory", MemoryQuantity(bytes));
    json->TextField("pods", std::to_string(size.pods));
    json->EndObject();
  };
  WriteSpec(place, json);
  json->Key("status");
  json->StartObject();
  amounts("capacity", size.millicores, size.memory_bytes);
  amounts("allocatable", size.millicores - kReservedMillicores, size.memory_bytes - kReservedBytes);
  WriteConditions(state, json);
  json->Key("addresses");
  json->StartArray();
  for (const auto& [type, address] :
       {std::pair<std::string, std::string>{
            "InternalIP", fmt::format("10.0.{}.{}", place / 250 % 250, place % 250 + 1)},
        {"Hostname", context_.places.NodeName(place)}}) {
    json->StartObject();
    json->TextField("type", type);
    json->TextField("address", address);
    json->EndObject();
  }
  json->EndArray();
  WriteInfo(place, json);
  json->EndObject();
}

std::optional<std::string> NodeObjects::FieldOf(const ObjectState& state,
                                                std::string_view field) const {
  if (field != "spec.unschedulable") return std::nullopt;
  return IsCordoned(state.ref.place) ? "true" : "false";
}

class NamespaceObjects : public ObjectSource {
 public:
  explicit NamespaceObjects(const ObjectContext& context) : context_(context) {}

  uint32_t Places() const override {
    return context_.model().options().namespaces + static_cast<uint32_t>(kOfItself.size());
  }
  void AtPlace(uint32_t place, Revision /*at*/, std::vector<ObjectState>* out) const override {
    out->push_back({{Resource::kNamespaces, place}, RevisionAt(kOriginMs)});
  }
  ObjectMeta MetaOf(const ObjectState& state) const override {
    const uint32_t own = static_cast<uint32_t>(kOfItself.size());
    const uint32_t place = state.ref.place;
    ObjectMeta out;
    out.name = place < own ? kOfItself[place] : context_.model().NamespaceName(place - own);
    out.uid = context_.model().Uid(UidOf::kNamespace, place);
    out.created_ms = kOriginMs - 86'400'000;
    out.labels = {{"kubernetes.io/metadata.name", out.name}};
    if (place >= own) out.labels["team"] = fmt::format("team-{}", (place - own) % 4 + 1);
    return out;
  }
  void WriteBody(const ObjectState& /*state*/, JsonWriter* json) const override {
    json->Key("spec");
    json->Raw(R"({"finalizers":["kubernetes"]})");
    json->Key("status");
    json->Raw(R"({"phase":"Active"})");
  }
  std::optional<std::string> FieldOf(const ObjectState& /*state*/,
                                     std::string_view field) const override {
    if (field != "status.phase") return std::nullopt;
    return "Active";
  }

 private:
  // That every cluster has.
  static constexpr std::array<const char*, 4> kOfItself{"default", "kube-node-lease", "kube-public",
                                                        "kube-system"};
  const ObjectContext& context_;
};

}  // namespace

std::unique_ptr<ObjectSource> NewNodeObjects(const ObjectContext& context) {
  return std::make_unique<NodeObjects>(context);
}

std::unique_ptr<ObjectSource> NewNamespaceObjects(const ObjectContext& context) {
  return std::make_unique<NamespaceObjects>(context);
}

}  // namespace kubemonitor
