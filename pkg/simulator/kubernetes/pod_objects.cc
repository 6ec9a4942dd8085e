#include "simulator/kubernetes/objects.h"
#include "simulator/kubernetes/pod_facts.h"

namespace kubemonitor {
namespace {

class PodObjects : public ObjectSource {
 public:
  explicit PodObjects(const ObjectContext& context) : context_(context) {}

  uint32_t Places() const override { return context_.places.Pods(); }
  void AtPlace(uint32_t place, Revision at, std::vector<ObjectState>* out) const override;
  ObjectMeta MetaOf(const ObjectState& state) const override { return PodMetaOf(context_, state); }
  void WriteBody(const ObjectState& state, JsonWriter* json) const override {
    const PodFacts facts = FactsOf(context_, state.ref);
    WritePodSpec(facts, state.stage, json);
    WritePodStatus(facts, state, json);
  }
  std::optional<std::string> FieldOf(const ObjectState& state,
                                     std::string_view field) const override;

 private:
  const ObjectContext& context_;
};

void PodObjects::AtPlace(uint32_t place, Revision at, std::vector<ObjectState>* out) const {
  if (const auto slot = context_.places.SlotOf(place)) {
    const int64_t wall_ms = WallMsOf(at);
    const auto [first, last] = context_.lives.Between(*slot, wall_ms, wall_ms);
    for (int64_t generation = first; generation <= last; ++generation) {
      const PodChange change = context_.lives.Of({slot->node, slot->slot, generation}).At(at);
      if (change.stage == PodStage::kNone || change.stage == PodStage::kGone) continue;
      out->push_back({{Resource::kPods, place, generation}, change.revision, change.stage});
    }
    return;
  }
  if (const auto deployment = context_.places.DeploymentOfWaiting(place)) {
    const Model& model = context_.model();
    const int64_t number = TemplateAt(model, *deployment, at, kWaitingReplicaMoves);
    out->push_back({{Resource::kPods, place, number},
                    TemplateRevision(model, *deployment, number) + kWaitingReplicaMoves,
                    PodStage::kPending});
    return;
  }
  out->push_back({{Resource::kPods, place}, RevisionAt(kOriginMs), PodStage::kReady});
}

std::optional<std::string> PodObjects::FieldOf(const ObjectState& state,
                                               std::string_view field) const {
  if (field == "spec.nodeName") {
    return state.stage > PodStage::kPending ? FactsOf(context_, state.ref).node_name : "";
  }
  if (field == "status.phase") {
    return std::string(PhaseOf(FactsOf(context_, state.ref), state.stage));
  }
  return std::nullopt;
}

}  // namespace

std::unique_ptr<ObjectSource> NewPodObjects(const ObjectContext& context) {
  return std::make_unique<PodObjects>(context);
}

}  // namespace kubemonitor
