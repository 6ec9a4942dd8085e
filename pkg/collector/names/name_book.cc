#include "collector/names/name_book.h"

#include <tuple>
#include <utility>

namespace kubemonitor {
namespace {

// Which of two sandboxes of one pod speaks for it: a pod keeps those that failed or were made
// again.
bool SpeaksRather(const CriSandbox& a, const CriSandbox& b) {
  const auto rank = [](const CriSandbox& s) {
    return std::make_tuple(s.ready, s.attempt, s.created_at_ms.value_or(0));
  };
  return rank(a) > rank(b);
}

// An answer that leaves out what was known does not erase it.
void Learn(const std::string& told, std::string* known) {
  if (!told.empty()) *known = told;
}

}  // namespace

void NameBook::AddRuntimeLists(const CriList<CriSandbox>& sandboxes,
                               const CriList<CriContainer>& containers, const WantedNames& wanted) {
  for (auto& [uid, pod] : pods_) pod.alive = false;
  for (auto& [id, container] : containers_) container.alive = false;
  AddSandboxes(sandboxes.items, wanted);
  for (const CriContainer& container : containers.items) AddContainer(container, wanted);
}

void NameBook::AddSandboxes(const std::vector<CriSandbox>& sandboxes, const WantedNames& wanted) {
  std::unordered_map<std::string, const CriSandbox*> speakers;
  for (const CriSandbox& sandbox : sandboxes) {
    if (!sandbox.pod_uid.empty()) {
      const CriSandbox*& speaker = speakers[sandbox.pod_uid];
      if (speaker == nullptr || SpeaksRather(sandbox, *speaker)) speaker = &sandbox;
    }
    if (!sandbox.ready && !wanted.container_ids.contains(sandbox.id)) continue;
    Container& entry = containers_[sandbox.id];
    Learn(sandbox.pod_uid, &entry.name.pod_uid);
    entry.name.container_name.clear();
    entry.name.type = ContainerType::kSandbox;
    entry.name.restart_count = sandbox.attempt;
    if (sandbox.created_at_ms) entry.name.started_at_ms = sandbox.created_at_ms;
    entry.knowledge = Knowledge::kComplete;
    entry.alive = sandbox.ready;
  }
  for (const auto& [uid, speaker] : speakers) {
    // The last sandbox of a pod that ended still names it; Forget drops it unless it is wanted or
    // has a living container.
    Pod& pod = pods_[uid];
    Learn(speaker->namespace_name, &pod.name.namespace_name);
    Learn(speaker->pod_name, &pod.name.pod_name);
    if (!speaker->labels.empty()) pod.name.labels = speaker->labels;
    pod.knowledge = Knowledge::kComplete;
    pod.alive = speaker->ready;
    pod.sandbox_id = speaker->id;
  }
}

void NameBook::AddContainer(const CriContainer& container, const WantedNames& wanted) {
  if (container.exited && !wanted.container_ids.contains(container.id)) return;
  std::string uid = container.pod_uid;
  if (uid.empty()) {
    const auto sandbox = containers_.find(container.sandbox_id);
    if (sandbox != containers_.end()) uid = sandbox->second.name.pod_uid;
  }
  Container& entry = containers_[container.id];
  Learn(uid, &entry.name.pod_uid);
  Learn(container.container_name, &entry.name.container_name);
  entry.name.type = container.type;
  if (container.restart_count) entry.name.restart_count = container.restart_count;
  if (container.created_at_ms) entry.name.started_at_ms = container.created_at_ms;
  entry.knowledge = Knowledge::kComplete;
  entry.alive = !container.exited;
  if (!uid.empty()) AddPodOfContainer(container, uid, entry.alive);
}

void NameBook::AddPodOfContainer(const CriContainer& container, const std::string& pod_uid,
                                 bool alive) {
  Pod& pod = pods_[pod_uid];
  if (pod.name.namespace_name.empty()) pod.name.namespace_name = container.namespace_name;
  if (pod.name.pod_name.empty()) pod.name.pod_name = container.pod_name;
  pod.alive = pod.alive || alive;
}

void NameBook::AddLogNames(const NameTable& names) {
  for (const auto& [uid, told] : names.pods) {
    Pod& pod = pods_[uid];
    if (pod.name.namespace_name.empty()) pod.name.namespace_name = told.namespace_name;
    if (pod.name.pod_name.empty()) pod.name.pod_name = told.pod_name;
  }
  for (const auto& [id, told] : names.containers) {
    Container& container = containers_[id];
    if (container.knowledge != Knowledge::kComplete) container.name = told;
  }
}

void NameBook::SetHostNetwork(const std::string& pod_uid, bool host_network) {
  if (const auto pod = pods_.find(pod_uid); pod != pods_.end()) {
    pod->second.name.host_network = host_network;
  }
}

bool NameBook::Forget(const WantedNames& wanted) {
  std::unordered_set<std::string> uids = wanted.pod_uids;
  size_t forgotten = std::erase_if(containers_, [&](const auto& entry) {
    const bool is_wanted = wanted.container_ids.contains(entry.first);
    if (is_wanted) uids.insert(entry.second.name.pod_uid);
    return !is_wanted && !entry.second.alive;
  });
  forgotten += std::erase_if(
      pods_, [&](const auto& entry) { return !entry.second.alive && !uids.contains(entry.first); });
  return forgotten > 0;
}

Knowledge NameBook::OfContainer(const std::string& id) const {
  const auto found = containers_.find(id);
  return found == containers_.end() ? Knowledge::kNothing : found->second.knowledge;
}

Knowledge NameBook::OfPod(const std::string& uid) const {
  const auto found = pods_.find(uid);
  if (found == pods_.end() || found->second.name.pod_name.empty()) return Knowledge::kNothing;
  return found->second.knowledge;
}

std::vector<SandboxQuestion> NameBook::HostNetworkQuestions(const WantedNames& wanted) const {
  std::unordered_set<std::string> uids = wanted.pod_uids;
  for (const std::string& id : wanted.container_ids) {
    const auto found = containers_.find(id);
    if (found != containers_.end()) uids.insert(found->second.name.pod_uid);
  }
  std::vector<SandboxQuestion> questions;
  for (const std::string& uid : uids) {
    const auto pod = pods_.find(uid);
    if (pod == pods_.end() || pod->second.name.host_network || pod->second.sandbox_id.empty()) {
      continue;
    }
    questions.push_back({uid, pod->second.sandbox_id});
  }
  return questions;
}

NameTable NameBook::MakeTable(const std::string& runtime) const {
  NameTable table;
  table.runtime = runtime;
  table.pods.reserve(pods_.size());
  for (const auto& [uid, pod] : pods_) {
    if (!pod.name.pod_name.empty()) table.pods.emplace(uid, pod.name);
  }
  table.containers.reserve(containers_.size());
  for (const auto& [id, container] : containers_) table.containers.emplace(id, container.name);
  return table;
}

}  // namespace kubemonitor
