#include "apiserver/kubernetes/controllers.h"

#include <utility>

#include "apiserver/kubernetes/cron_job_name.h"
#include "apiserver/store/byte_codec.h"

namespace kubemonitor {
namespace {

// Without a uid, kind and name have to do.
std::string KeyOf(const ControllerReference& controller) {
  return controller.uid.empty() ? controller.kind + "/" + controller.name : controller.uid;
}

KubeOwner OwnerOf(const ControllerReference& controller) {
  return {controller.kind, controller.name, false};
}

}  // namespace

KubeOwner InferOwner(const ControllerReference& controller, const KubeLabels& pod_labels) {
  const std::string& name = controller.name;
  if (controller.kind == "ReplicaSet") {
    const auto hash = pod_labels.find("pod-template-hash");
    if (hash == pod_labels.end() || hash->second.empty()) return OwnerOf(controller);
    const std::string suffix = "-" + hash->second;
    if (name.size() <= suffix.size() || !name.ends_with(suffix)) return OwnerOf(controller);
    return {"Deployment", name.substr(0, name.size() - suffix.size()), true};
  }
  if (controller.kind == "Job") {
    const std::string_view cron_job = CronJobOf(name);
    if (cron_job.empty()) return OwnerOf(controller);
    return {"CronJob", std::string(cron_job), true};
  }
  return OwnerOf(controller);
}

PackedController::PackedController(const ControllerReference& self, const KubeOwner& top,
                                   Interner* interner) {
  ByteWriter own;
  own.Id(KeyOf(self));
  own.Text(self.kind);
  own.Text(self.name);
  self_ = SharedBytes(own.bytes());
  ByteWriter above;
  above.Byte(top.inferred ? 1 : 0);
  above.Text(top.kind);
  above.Text(top.name);
  top_ = interner->Intern(above.bytes());
}

ControllerReference PackedController::self() const {
  ByteReader own(self_.view());
  ControllerReference out;
  out.uid = own.Id();
  out.kind = own.Text();
  out.name = own.Text();
  return out;
}

KubeOwner PackedController::top() const {
  ByteReader above(top_.view());
  KubeOwner out;
  out.inferred = above.Byte() != 0;
  out.kind = above.Text();
  out.name = above.Text();
  return out;
}

bool PackedController::HasUid(std::string_view uid) const {
  return ByteReader(self_.view()).Id() == uid;
}

Controllers::Controllers(const SeededHash& hash, Interner* interner)
    : hash_(hash), interner_(interner) {
  states_.resize(1);  // 0 is none
}

uint32_t Controllers::Find(std::string_view uid) const {
  uint32_t found = 0;
  by_uid_.Find(HashOf(uid), [this, uid, &found](uint32_t number) {
    if (!controllers_[number].HasUid(uid)) return false;
    found = number;
    return true;
  });
  return found;
}

uint32_t Controllers::Insert(const ControllerReference& self, const KubeOwner& top) {
  uint32_t number = 0;
  if (free_.empty()) {
    number = static_cast<uint32_t>(states_.size());
    states_.emplace_back();
    controllers_.GrowTo(states_.size());
  } else {
    number = free_.back();
    free_.pop_back();
    states_[number] = {};
  }
  SetTop(number, self, top);
  by_uid_.Add(HashOf(KeyOf(self)), number);
  return number;
}

void Controllers::SetTop(uint32_t number, const ControllerReference& self, const KubeOwner& top) {
  PackedController packed(self, top, interner_);
  if (controllers_[number] == packed) return;
  bytes_ += packed.MemoryBytes();
  bytes_ -= controllers_[number].MemoryBytes();
  controllers_.At(number) = std::move(packed);
}

uint32_t Controllers::Acquire(const ControllerReference& controller, const KubeLabels& pod_labels) {
  uint32_t number = Find(KeyOf(controller));
  if (number == 0) number = Insert(controller, InferOwner(controller, pod_labels));
  ++states_[number].references;
  return number;
}

void Controllers::Release(uint32_t number) {
  if (number == 0) return;
  --states_[number].references;
  FreeIfUnused(number);
}

void Controllers::Put(const ControllerReference& self,
                      const std::optional<ControllerReference>& above, uint32_t list) {
  const KubeOwner top = above ? OwnerOf(*above) : OwnerOf(self);
  uint32_t number = Find(KeyOf(self));
  if (number == 0) {
    number = Insert(self, top);
  } else {
    SetTop(number, self, top);
  }
  if (!states_[number].known) ++counts_[self.kind];
  states_[number].known = true;
  states_[number].list = list;
}

void Controllers::Remove(std::string_view uid) {
  if (const uint32_t number = Find(uid); number != 0) Forget(number);
}

void Controllers::RemoveOthers(std::string_view kind, uint32_t list) {
  for (uint32_t number = 1; number < states_.size(); ++number) {
    if (!states_[number].known || states_[number].list == list) continue;
    if (controllers_[number].self().kind == kind) Forget(number);
  }
}

// What it said of its own controller stays true for the pods it had.
void Controllers::Forget(uint32_t number) {
  if (!states_[number].known) return;
  states_[number].known = false;
  --counts_[controllers_[number].self().kind];
  FreeIfUnused(number);
}

void Controllers::FreeIfUnused(uint32_t number) {
  if (states_[number].known || states_[number].references > 0) return;
  by_uid_.Remove(HashOf(controllers_[number].self().uid), number);
  bytes_ -= controllers_[number].MemoryBytes();
  controllers_.At(number) = {};
  free_.push_back(number);
}

uint64_t Controllers::Count(std::string_view kind) const {
  const auto found = counts_.find(kind);
  return found == counts_.end() ? 0 : found->second;
}

size_t Controllers::MemoryBytes() const {
  return bytes_ + controllers_.MemoryBytes() + by_uid_.MemoryBytes() +
         states_.capacity() * sizeof(State) + free_.capacity() * sizeof(uint32_t);
}

}  // namespace kubemonitor
