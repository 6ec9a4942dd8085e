#include "collector/sampling/object_registry.h"

#include <utility>

namespace kubemonitor {
namespace {

// Takes `fresh` for `held` unless they say the same.
void Renew(std::shared_ptr<const Identity>& held, Identity fresh) {
  if (held == nullptr || *held != fresh) held = std::make_shared<const Identity>(std::move(fresh));
}

}  // namespace

void ObjectRegistry::BeginTick(std::shared_ptr<const NameTable> names) {
  ++tick_;
  if (names == nullptr || names == names_) return;
  names_ = std::move(names);
  ++names_version_;
  pods_with_names_.clear();
  for (const auto& [id, name] : names_->containers) {
    if (!name.container_name.empty()) pods_with_names_.insert(name.pod_uid);
  }
}

PodObject& ObjectRegistry::Pod(std::string_view uid) {
  auto it = pods_.find(uid);
  if (it == pods_.end()) {
    it = pods_.try_emplace(std::string(uid)).first;
    it->second.number = next_number_++;
    it->second.uid = std::string(uid);
  }
  it->second.seen_tick = tick_;
  return it->second;
}

ContainerObject& ObjectRegistry::Container(std::string_view id) {
  auto it = containers_.find(id);
  if (it == containers_.end()) {
    it = containers_.try_emplace(std::string(id)).first;
    it->second.number = next_number_++;
    it->second.id = std::string(id);
  }
  ContainerObject& container = it->second;
  if (container.seen_tick != tick_) {
    container.seen_tick = tick_;
    const auto name = names_->containers.find(container.id);
    container.name = name == names_->containers.end() ? nullptr : &name->second;
  }
  return container;
}

ContainerObject* ObjectRegistry::FindContainer(std::string_view id) {
  const auto it = containers_.find(id);
  return it == containers_.end() ? nullptr : &it->second;
}

void ObjectRegistry::EndTick() {
  const auto old = [this](const auto& item) {
    return item.second.seen_tick + kForgetAfterTicks < tick_;
  };
  std::erase_if(pods_, old);
  std::erase_if(containers_, old);
}

const PodName* ObjectRegistry::FindPodName(const std::string& uid) const {
  const auto it = names_->pods.find(uid);
  return it == names_->pods.end() ? nullptr : &it->second;
}

std::shared_ptr<const Identity> ObjectRegistry::IdentityOf(PodObject& pod) {
  if (pod.identity != nullptr && pod.names_version == names_version_ &&
      pod.identity->qos_class == pod.qos_class && pod.identity->host_network == pod.host_network &&
      pod.identity->started_at_ms == pod.started_at_ms) {
    return pod.identity;
  }
  Identity identity;
  identity.object = pod.number;
  identity.kind = ObjectKind::kPod;
  identity.pod_uid = pod.uid;
  identity.qos_class = pod.qos_class;
  identity.host_network = pod.host_network;
  identity.started_at_ms = pod.started_at_ms;
  if (const PodName* name = FindPodName(pod.uid)) {
    identity.namespace_name = name->namespace_name;
    identity.pod_name = name->pod_name;
    identity.labels = name->labels;
  }
  Renew(pod.identity, std::move(identity));
  pod.names_version = names_version_;
  return pod.identity;
}

std::shared_ptr<const Identity> ObjectRegistry::IdentityOf(ContainerObject& container) {
  if (container.identity != nullptr && container.names_version == names_version_ &&
      container.identity->pod_object == container.pod_number &&
      container.identity->qos_class == container.qos_class) {
    return container.identity;
  }
  Identity identity;
  identity.object = container.number;
  identity.kind = ObjectKind::kContainer;
  identity.pod_object = container.pod_number;
  identity.pod_uid = container.path_pod_uid;
  identity.container_id = container.id;
  identity.qos_class = container.qos_class;
  if (const ContainerName* name = container.name) {
    if (identity.pod_uid.empty()) identity.pod_uid = name->pod_uid;
    identity.container_name = name->container_name;
    identity.container_type = name->type;
    identity.started_at_ms = name->started_at_ms;
    identity.restart_count = name->restart_count;
  }
  if (const PodName* name = FindPodName(identity.pod_uid)) {
    identity.namespace_name = name->namespace_name;
    identity.pod_name = name->pod_name;
  }
  Renew(container.identity, std::move(identity));
  container.names_version = names_version_;
  return container.identity;
}

}  // namespace kubemonitor
