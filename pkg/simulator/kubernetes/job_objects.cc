// Jobs and CronJobs.

#include <fmt/format.h>

#include <algorithm>

#include "simulator/kubernetes/json_forms.h"
#include "simulator/kubernetes/objects.h"

namespace kubemonitor {
namespace {

void WriteTemplate(JsonWriter* json) {
  json->Key("template");
  json->Raw(R"({"spec":{"containers":[{"name":"app","image":"registry.local/app:1.4"}],)"
            R"("restartPolicy":"Never"}})");
}

// ---- Jobs: of a CronJob one a generation, which is its version; others have pods one after the
// other, of which the ones before have failed.

class JobObjects : public ObjectSource {
 public:
  explicit JobObjects(const ObjectContext& context) : context_(context) {}

  uint32_t Places() const override { return context_.places.Jobs(); }
  void AtPlace(uint32_t place, Revision at, std::vector<ObjectState>* out) const override;
  ObjectMeta MetaOf(const ObjectState& state) const override;
  void WriteBody(const ObjectState& state, JsonWriter* json) const override;

 private:
  Slot SlotOf(uint32_t place) const {
    return context_.model().layout().MemberAt(context_.places.OwnerOfJob(place), 0);
  }
  bool IsOfCronJob(uint32_t place) const {
    return context_.places.OwnerOfJob(place).kind == WorkloadKind::kCronJob;
  }
  PodRef PodOf(const ObjectRef& ref) const {
    const Slot slot = SlotOf(ref.place);
    return {slot.node, slot.slot, ref.version};
  }
  void WriteStatus(const ObjectState& state, JsonWriter* json) const;
  struct Counts {
    int64_t active = 0, ready = 0, failed = 0, succeeded = 0;
  };
  Counts CountsOf(const ObjectState& state) const;

  const ObjectContext& context_;
};

void JobObjects::AtPlace(uint32_t place, Revision at, std::vector<ObjectState>* out) const {
  const Slot slot = SlotOf(place);
  const bool cron = IsOfCronJob(place);
  const int64_t wall_ms = WallMsOf(at);
  const auto [first, last] = context_.lives.Between(slot, wall_ms, wall_ms);
  ObjectState whole{{Resource::kJobs, place}, RevisionAt(kOriginMs)};
  for (int64_t generation = first; generation <= last; ++generation) {
    const PodLife life = context_.lives.Of({slot.node, slot.slot, generation});
    // It is there before its pod, and goes after it.
    const PodChange change = life.At(at);
    const bool created = life.created().revision + Beside::kBefore <= at;
    const bool gone = change.stage == PodStage::kGone && change.revision + Beside::kAfter <= at;
    ObjectState job{{Resource::kJobs, place, generation}, 0, change.stage};
    if (created) job.revision = life.created().revision + Beside::kBefore;
    for (const PodChange& each : life) {
      const bool told = each.stage == PodStage::kReady || each.stage == PodStage::kEnded ||
                        each.stage == PodStage::kGone || &each == life.begin();
      if (told && each.revision + Beside::kAfter <= at) {
        job.revision = each.revision + Beside::kAfter;
      }
    }
    if (created) whole.revision = std::max(whole.revision, job.revision);
    if (cron && created && !gone) out->push_back(job);
  }
  if (!cron) out->push_back(whole);
}

ObjectMeta JobObjects::MetaOf(const ObjectState& state) const {
  const Model& model = context_.model();
  const Workload owner = context_.places.OwnerOfJob(state.ref.place);
  const PodRef pod = PodOf(state.ref);
  ObjectMeta out;
  out.name = model.JobName(pod);
  out.namespace_name = model.NamespaceOf(owner);
  out.uid = model.JobUid(pod);
  out.generation = 1;
  out.labels = {{"app", model.WorkloadName(owner)},
                {"batch.kubernetes.io/job-name", out.name},
                {"job-name", out.name}};
  out.created_ms = kOriginMs;
  if (owner.kind != WorkloadKind::kCronJob) return out;
  out.created_ms = WallMsOf(context_.lives.Of(pod).created().revision);
  out.owner = {"batch/v1", "CronJob", model.WorkloadName(owner), model.WorkloadUid(owner)};
  return out;
}

JobObjects::Counts JobObjects::CountsOf(const ObjectState& state) const {
  const bool cron = IsOfCronJob(state.ref.place);
  const Slot slot = SlotOf(state.ref.place);
  const int64_t wall_ms = WallMsOf(state.revision);
  auto [first, last] = context_.lives.Between(slot, wall_ms, wall_ms);
  if (cron) first = last = state.ref.version;
  Counts out;
  for (int64_t generation = first; generation <= last; ++generation) {
    const PodStage stage =
        context_.lives.Of({slot.node, slot.slot, generation}).At(state.revision).stage;
    if (stage == PodStage::kNone) continue;
    if (stage < PodStage::kEnded) ++out.active;
    if (stage == PodStage::kReady) ++out.ready;
    if (stage == PodStage::kEnded || (cron && stage == PodStage::kGone)) {
      ++(cron ? out.succeeded : out.failed);
    }
  }
  return out;
}

void JobObjects::WriteStatus(const ObjectState& state, JsonWriter* json) const {
  const Counts counts = CountsOf(state);
  const PodLife life = context_.lives.Of(PodOf(state.ref));
  json->Key("status");
  json->StartObject();
  json->TimeFieldIf("startTime", WholeSeconds(WallMsOf(life.created().revision)));
  if (counts.succeeded > 0) {
    for (const PodChange& change : life) {
      if (change.stage != PodStage::kEnded) continue;
      const int64_t ended_ms = WallMsOf(change.revision);
      json->TimeFieldIf("completionTime", WholeSeconds(ended_ms));
      json->Key("conditions");
      json->StartArray();
      WriteCondition({"Complete", "True", "", "", ended_ms}, json);
      json->EndArray();
    }
  }
  if (counts.active > 0) json->IntegerField("active", counts.active);
  if (counts.succeeded > 0) json->IntegerField("succeeded", counts.succeeded);
  if (counts.failed > 0) json->IntegerField("failed", counts.failed);
  json->IntegerField("ready", counts.ready);
  json->EndObject();
}

void JobObjects::WriteBody(const ObjectState& state, JsonWriter* json) const {
  json->Key("spec");
  json->StartObject();
  json->IntegerField("parallelism", 1);
  json->IntegerField("completions", 1);
  json->IntegerField("backoffLimit", 6);
  json->BoolField("suspend", false);
  WriteTemplate(json);
  json->EndObject();
  WriteStatus(state, json);
}

// ---- CronJobs

class CronJobObjects : public ObjectSource {
 public:
  explicit CronJobObjects(const ObjectContext& context) : context_(context) {}

  uint32_t Places() const override {
    return context_.model().layout().Count(WorkloadKind::kCronJob);
  }
  void AtPlace(uint32_t place, Revision at, std::vector<ObjectState>* out) const override {
    out->push_back({{Resource::kCronJobs, place}, NewsOf(place, at).last_changed});
  }
  ObjectMeta MetaOf(const ObjectState& state) const override;
  void WriteBody(const ObjectState& state, JsonWriter* json) const override;

 private:
  struct News {
    Revision last_changed = RevisionAt(kOriginMs);
    std::optional<int64_t> scheduled_ms, succeeded_ms;  // last
    std::vector<PodRef> active;
  };
  News NewsOf(uint32_t place, Revision at) const;

  const ObjectContext& context_;
};

CronJobObjects::News CronJobObjects::NewsOf(uint32_t place, Revision at) const {
  const Slot slot = context_.model().layout().MemberAt({WorkloadKind::kCronJob, place}, 0);
  const int64_t wall_ms = WallMsOf(at);
  const auto [first, last] = context_.lives.Between(slot, wall_ms, wall_ms);
  News out;
  for (int64_t generation = first; generation <= last; ++generation) {
    const PodRef pod{slot.node, slot.slot, generation};
    const PodLife life = context_.lives.Of(pod);
    bool active = false;
    for (const PodChange& change : life) {
      const bool created = &change == life.begin();
      if (!created && change.stage != PodStage::kEnded) continue;
      const Revision revision = change.revision + Beside::kAfterThat;
      if (revision > at) break;
      out.last_changed = std::max(out.last_changed, revision);
      (created ? out.scheduled_ms : out.succeeded_ms) = WallMsOf(revision);
      active = created;
    }
    if (active) out.active.push_back(pod);
  }
  return out;
}

ObjectMeta CronJobObjects::MetaOf(const ObjectState& state) const {
  const Model& model = context_.model();
  const Workload workload{WorkloadKind::kCronJob, state.ref.place};
  ObjectMeta out;
  out.name = model.WorkloadName(workload);
  out.namespace_name = model.NamespaceOf(workload);
  out.uid = model.WorkloadUid(workload);
  out.generation = 1;
  out.created_ms = kOriginMs;
  out.labels = {{"app", out.name}};
  return out;
}

void CronJobObjects::WriteBody(const ObjectState& state, JsonWriter* json) const {
  const Model& model = context_.model();
  const News news = NewsOf(state.ref.place, state.revision);
  json->Key("spec");
  json->StartObject();
  json->TextField("schedule", "*/10 * * * *");
  json->TextField("concurrencyPolicy", "Allow");
  json->BoolField("suspend", false);
  json->IntegerField("successfulJobsHistoryLimit", 1);
  json->IntegerField("failedJobsHistoryLimit", 1);
  json->EndObject();
  json->Key("status");
  json->StartObject();
  if (!news.active.empty()) {
    json->Key("active");
    json->StartArray();
    for (const PodRef& pod : news.active) {
      json->StartObject();
      json->TextField("kind", "Job");
      json->TextField("namespace", model.NamespaceOf(model.WorkloadOf(pod)));
      json->TextField("name", model.JobName(pod));
      json->TextField("uid", model.JobUid(pod));
      json->TextField("apiVersion", "batch/v1");
      json->EndObject();
    }
    json->EndArray();
  }
  const auto time = [json](std::string_view key, std::optional<int64_t> wall_ms) {
    if (wall_ms) json->TimeFieldIf(key, WholeSeconds(*wall_ms));
  };
  time("lastScheduleTime", news.scheduled_ms);
  time("lastSuccessfulTime", news.succeeded_ms);
  json->EndObject();
}

}  // namespace

std::unique_ptr<ObjectSource> NewJobObjects(const ObjectContext& context) {
  return std::make_unique<JobObjects>(context);
}

std::unique_ptr<ObjectSource> NewCronJobObjects(const ObjectContext& context) {
  return std::make_unique<CronJobObjects>(context);
}

}  // namespace kubemonitor
