#include "apiserver/query/node_pods.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace kubemonitor {
namespace {

// The object stands for a pod: it is one, or a container whose pod nobody knows.
bool StandsForPod(const ObjectInfo& object) {
  return object.identity.kind() == ObjectKind::kPod ||
         (!object.pod && object.identity.container_type() != ContainerType::kSandbox);
}

}  // namespace

NodePods NodePods::Make(const std::vector<ObjectInfo>& objects, int64_t oldest_ms, SumTable* sums) {
  NodePods result;
  std::map<std::string, std::vector<Pod>> by_namespace;
  for (const ObjectInfo& object : objects) {
    if (!StandsForPod(object)) continue;
    const Identity identity = object.identity.Unpack();
    if (identity.namespace_name.empty()) continue;
    by_namespace[identity.namespace_name].push_back({object.id.index, 0, identity.host_network});
  }
  std::map<uint32_t, uint32_t> pod_of;  // by the index of the object that stands for it
  for (auto& [name, pods] : by_namespace) {
    for (Pod& pod : pods) {
      pod.group = static_cast<uint32_t>(result.groups_.size());
      pod_of[pod.index] = static_cast<uint32_t>(result.pods_.size());
      result.pods_.push_back(pod);
    }
    result.groups_.push_back(sums->Group(name));
  }
  result.objects_.reserve(objects.size());
  for (const ObjectInfo& object : objects) {
    const auto pod = pod_of.find(object.pod ? object.pod->index : object.id.index);
    const bool own = object.identity.kind() == ObjectKind::kPod;
    result.objects_.push_back({object.id.index, pod == pod_of.end() ? kNoPod : pod->second, own,
                               BornAfter(oldest_ms, object) ? object.first_tick_ms : kNotBorn});
  }
  return result;
}

const NodePods::Object* NodePods::Find(uint32_t index) const {
  const auto found =
      std::lower_bound(objects_.begin(), objects_.end(), index,
                       [](const Object& object, uint32_t wanted) { return object.index < wanted; });
  return found == objects_.end() || found->index != index ? nullptr : &*found;
}

bool NodePods::Lacks(const std::vector<IndexedRows>& rows) const {
  return std::any_of(rows.begin(), rows.end(), [this](const IndexedRows& object) {
    return object.index != 0 && Find(object.index) == nullptr;
  });
}

bool NodePods::Agrees(const NodePods& other, const TickRange& ticks) const {
  return std::all_of(objects_.begin(), objects_.end(), [&](const Object& object) {
    const Object* theirs = other.Find(object.index);
    return theirs == nullptr || SameSums(object, other, *theirs, ticks);
  });
}

bool NodePods::SameSums(const Object& object, const NodePods& other, const Object& theirs,
                        const TickRange& ticks) const {
  if (object.pod == kNoPod || theirs.pod == kNoPod) return object.pod == theirs.pod;
  const Pod& mine = pods_[object.pod];
  const Pod& other_pod = other.pods_[theirs.pod];
  // A birth elsewhere has nothing to add.
  const auto elsewhere = [&ticks](int64_t born_ms) {
    return born_ms < ticks.first_ms || born_ms > ticks.last_ms;
  };
  const bool same_birth =
      object.born_ms == theirs.born_ms || (elsewhere(object.born_ms) && elsewhere(theirs.born_ms));
  return same_birth && mine.index == other_pod.index &&
         mine.host_network == other_pod.host_network &&
         groups_[mine.group] == other.groups_[other_pod.group];
}

bool NodePods::InGroup(const SumGroup& group) const {
  return std::any_of(groups_.begin(), groups_.end(),
                     [&group](const auto& own) { return own.get() == &group; });
}

std::vector<NodePods::Share> NodePods::Shares(std::vector<IndexedRows> rows,
                                              const Grid& grid) const {
  std::vector<PodRows> rows_of(pods_.size());
  std::vector<PodReading> readings(pods_.size());
  for (size_t pod = 0; pod < pods_.size(); ++pod) {
    readings[pod] = {&rows_of[pod], pods_[pod].host_network, {kNotBorn}};
  }
  for (IndexedRows& object : rows) {
    const Object* known = Find(object.index);
    if (known == nullptr || known->pod == kNoPod) continue;
    PodRows& pod = rows_of[known->pod];
    std::vector<int64_t>& born_ms = readings[known->pod].born_ms;
    if (known->own) {
      pod.own = std::move(object.rows);
      born_ms[0] = known->born_ms;
    } else {
      pod.containers.push_back(std::move(object.rows));
      born_ms.push_back(known->born_ms);
    }
  }
  std::vector<Share> shares;
  for (size_t begin = 0, end = 0; begin < pods_.size(); begin = end) {
    while (end < pods_.size() && pods_[end].group == pods_[begin].group) ++end;
    Share share{groups_[pods_[begin].group], std::vector<SumRow>(grid.count)};
    const auto pods = std::span(readings).subspan(begin, end - begin);
    AddPods(pods, grid, SummedMetrics(), &share.rows);
    AddOomKills(pods, grid, &share.rows);
    shares.push_back(std::move(share));
  }
  return shares;
}

}  // namespace kubemonitor
