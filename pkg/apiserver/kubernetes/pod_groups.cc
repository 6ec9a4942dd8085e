#include "apiserver/kubernetes/pod_groups.h"

#include <algorithm>
#include <limits>

namespace kubemonitor {

std::optional<int64_t> AmountSum::value() const {
  if (count_ == 0) return std::nullopt;
  constexpr Wide kMax = std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(std::min(sum_, kMax));
}

std::optional<int64_t> AmountSum::ValueOfAll(uint64_t count) const {
  return count_ == count ? value() : std::nullopt;
}

void PodSum::Add(const ResourceAmounts& requests, const ResourceAmounts& limits) {
  ++pods_;
  cpu_request_.Add(requests.cpu_millicores);
  memory_request_.Add(requests.memory_bytes);
  cpu_limit_.Add(limits.cpu_millicores);
  memory_limit_.Add(limits.memory_bytes);
}

void PodSum::Remove(const ResourceAmounts& requests, const ResourceAmounts& limits) {
  --pods_;
  cpu_request_.Remove(requests.cpu_millicores);
  memory_request_.Remove(requests.memory_bytes);
  cpu_limit_.Remove(limits.cpu_millicores);
  memory_limit_.Remove(limits.memory_bytes);
}

Cluster::PodTotals PodSum::Totals() const {
  Cluster::PodTotals totals;
  totals.pods = pods_;
  totals.requests = {cpu_request_.value(), memory_request_.value()};
  totals.limits = {cpu_limit_.value(), memory_limit_.value()};
  totals.limits_of_all = {cpu_limit_.ValueOfAll(pods_), memory_limit_.ValueOfAll(pods_)};
  return totals;
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
  if (member.counts) group.sum.Add(member.requests, member.limits);
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
  if (member.counts) group.sum.Remove(member.requests, member.limits);
}

const std::vector<uint32_t>& PodGroups::Numbers(std::string_view name) const {
  static const std::vector<uint32_t> kNone;
  const Group* group = Find(name);
  return group != nullptr ? group->numbers : kNone;
}

Cluster::PodTotals PodGroups::Totals(std::string_view name) const {
  const Group* group = Find(name);
  return group != nullptr ? group->sum.Totals() : Cluster::PodTotals();
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
