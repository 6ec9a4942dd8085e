#include "apiserver/query/workload_index.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "apiserver/query/owner.h"

namespace kubemonitor {
namespace {

// No name has a NUL in it.
std::string KeyOf(const WorkloadName& name) {
  std::string key;
  key.reserve(name.namespace_name.size() + name.kind.size() + name.name.size() + 2);
  return key.append(name.namespace_name)
      .append(1, '\0')
      .append(name.kind)
      .append(1, '\0')
      .append(name.name);
}

}  // namespace

std::vector<uint32_t> WorkloadIndex::Load(const std::optional<std::string>& namespace_name) {
  if (namespace_name ? !IsLoaded(*namespace_name) : !all_loaded_) {
    AddPods(namespace_name);
    if (cluster_ != nullptr) AddOfKubernetes(namespace_name);
    if (namespace_name) {
      loaded_.insert(*namespace_name);
    } else {
      all_loaded_ = true;
    }
  }
  if (namespace_name) {
    const auto found = by_namespace_.find(*namespace_name);
    return found == by_namespace_.end() ? std::vector<uint32_t>() : found->second;
  }
  std::vector<uint32_t> all(entries_.size());
  std::iota(all.begin(), all.end(), uint32_t{0});
  return all;
}

std::optional<uint32_t> WorkloadIndex::Find(const WorkloadName& name) {
  Load(name.namespace_name);
  const auto found = by_name_.find(KeyOf(name));
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

void WorkloadIndex::AddPods(const std::optional<std::string>& namespace_name) {
  // All before the first pod: which of two is there may be told by a node that comes later.
  std::vector<Snapshot::PodRange> ranges;
  for (const size_t node : snapshot_.NodesWithPods(namespace_name)) {
    ranges.push_back(snapshot_.LoadNode(node));
  }
  for (const Snapshot::PodRange& range : ranges) {
    for (uint32_t index = range.first; index < range.first + range.count; ++index) {
      const PodEntry& pod = snapshot_.loaded_pods()[index];
      if (namespace_name ? pod.namespace_name != *namespace_name : IsLoaded(pod.namespace_name)) {
        continue;
      }
      AddPod(index);
    }
  }
}

void WorkloadIndex::AddPod(uint32_t index) {
  const PodEntry& pod = snapshot_.loaded_pods()[index];
  // Static pods belong to their node, which is no workload.
  if (!pod.owner || pod.owner->kind == kNodeKind || !snapshot_.IsThere(pod)) return;
  const auto add = [&](const std::string& kind, const std::string& name) -> WorkloadEntry& {
    WorkloadEntry& entry = Entry({kind, pod.namespace_name, name});
    entry.pods.push_back(index);
    entry.life.Add(pod);
    entry.inferred = entry.inferred && pod.owner->inferred;
    return entry;
  };
  add(pod.owner->kind, pod.owner->name);
  if (!pod.job.empty()) add(std::string(kJob), pod.job).owner = pod.owner;
}

void WorkloadIndex::AddOfKubernetes(const std::optional<std::string>& namespace_name) {
  const auto& workloads = cluster_->workloads();
  auto next = workloads.begin();
  if (namespace_name) {
    next = std::lower_bound(workloads.begin(), workloads.end(), *namespace_name,
                            [](const auto& workload, const std::string& name) {
                              return workload->namespace_name < name;
                            });
  }
  for (; next != workloads.end(); ++next) {
    const KubeWorkload& workload = **next;
    if (namespace_name && workload.namespace_name != *namespace_name) break;
    if (!namespace_name && IsLoaded(workload.namespace_name)) continue;
    if (!visibility_.NamespaceVisible(workload.namespace_name)) continue;
    const WorkloadName name{workload.kind, workload.namespace_name, workload.name};
    if (!snapshot_.Began(workload.created_at_ms) && !by_name_.contains(KeyOf(name))) continue;
    WorkloadEntry& entry = Entry(name);
    if (entry.kubernetes != nullptr && workload.deleted_at_ms) continue;  // one of this name lives
    entry.kubernetes = &workload;
    entry.inferred = false;
    if (workload.owner) {
      entry.owner = Owner{workload.owner->kind, workload.owner->name, workload.owner->inferred};
    }
    if (!workload.deleted_at_ms) entry.life.terminated = false;
  }
}

WorkloadEntry& WorkloadIndex::Entry(const WorkloadName& name) {
  const auto [known, is_new] =
      by_name_.try_emplace(KeyOf(name), static_cast<uint32_t>(entries_.size()));
  if (is_new) {
    by_namespace_[name.namespace_name].push_back(known->second);
    entries_.emplace_back().name = name;
  }
  return entries_[known->second];
}

}  // namespace kubemonitor
