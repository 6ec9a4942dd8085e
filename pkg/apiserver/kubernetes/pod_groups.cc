#include "apiserver/kubernetes/pod_groups.h"

#include <algorithm>
#include <limits>

namespace kubemonitor {

std::optional<int64_t> AmountSum::value() const {
  if (count_ == 0) return std::nullopt;
  constexpr Wide kMax = std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(std::min(sum_, kMax));
}

size_t PodGroups::PlaceOf(std::string_view name) const {
  const auto found = std::lower_bound(
      groups_.begin(), groups_.end(), name,
      [](const std::shared_ptr<Group>& group, std::string_view key) { return group->name < key; });
  return static_cast<size_t>(found - groups_.begin());
}

const PodGroups::Group* PodGroups::Find(std::string_view name) const {
  const size_t place = PlaceOf(name);
  return place < groups_.size() && groups_[place]->name == name ? groups_[place].get() : nullptr;
}

PodGroups::Group& PodGroups::Writable(size_t place) {
  std::shared_ptr<Group>& group = groups_[place];
  if (group->generation != generation_) {
    group = std::make_shared<Group>(*group);
    group->generation = generation_;
  }
  return *group;
}

void PodGroups::Add(std::string_view name, const Member& member) {
  const size_t place = PlaceOf(name);
  if (place == groups_.size() || groups_[place]->name != name) {
    auto made = std::make_shared<Group>();
    made->generation = generation_;
    made->name = name;
    groups_.insert(groups_.begin() + static_cast<ptrdiff_t>(place), std::move(made));
  }
  Group& group = Writable(place);
  const auto at = std::lower_bound(group.numbers.begin(), group.numbers.end(), member.number);
  group.numbers.insert(at, member.number);
  if (!member.counts) return;
  ++group.counted;
  group.cpu_request.Add(member.requests.cpu_millicores);
  group.memory_request.Add(member.requests.memory_bytes);
  group.cpu_limit.Add(member.limits.cpu_millicores);
  group.memory_limit.Add(member.limits.memory_bytes);
}

void PodGroups::Remove(std::string_view name, const Member& member) {
  const size_t place = PlaceOf(name);
  if (place == groups_.size() || groups_[place]->name != name) return;
  Group& group = Writable(place);
  const auto at = std::lower_bound(group.numbers.begin(), group.numbers.end(), member.number);
  if (at == group.numbers.end() || *at != member.number) return;
  group.numbers.erase(at);
  if (group.numbers.empty()) {
    groups_.erase(groups_.begin() + static_cast<ptrdiff_t>(place));
    return;
  }
  if (!member.counts) return;
  --group.counted;
  group.cpu_request.Remove(member.requests.cpu_millicores);
  group.memory_request.Remove(member.requests.memory_bytes);
  group.cpu_limit.Remove(member.limits.cpu_millicores);
  group.memory_limit.Remove(member.limits.memory_bytes);
}

const std::vector<uint32_t>& PodGroups::Numbers(std::string_view name) const {
  static const std::vector<uint32_t> kNone;
  const Group* group = Find(name);
  return group != nullptr ? group->numbers : kNone;
}

Cluster::PodTotals PodGroups::Totals(std::string_view name) const {
  Cluster::PodTotals out;
  const Group* group = Find(name);
  if (group == nullptr) return out;
  out.pods = group->counted;
  out.requests = {group->cpu_request.value(), group->memory_request.value()};
  out.limits = {group->cpu_limit.value(), group->memory_limit.value()};
  if (group->cpu_limit.count() == group->counted) {
    out.limits_of_all.cpu_millicores = out.limits.cpu_millicores;
  }
  if (group->memory_limit.count() == group->counted) {
    out.limits_of_all.memory_bytes = out.limits.memory_bytes;
  }
  return out;
}

std::vector<std::string> PodGroups::Names() const {
  std::vector<std::string> names;
  for (const std::shared_ptr<Group>& group : groups_) {
    if (!group->numbers.empty()) names.push_back(group->name);
  }
  return names;
}

size_t PodGroups::MemoryBytes() const {
  size_t bytes = groups_.capacity() * sizeof(groups_[0]);
  for (const std::shared_ptr<Group>& group : groups_) {
    bytes += sizeof(Group) + group->name.capacity() + group->numbers.capacity() * sizeof(uint32_t);
  }
  return bytes;
}

}  // namespace kubemonitor
