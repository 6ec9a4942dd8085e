#include <algorithm>
#include <string>
#include <tuple>

#include "apiserver/query/query_impl.h"

namespace kubemonitor {
namespace {

constexpr uint64_t kAllSeries = ~uint64_t{0};

void FillLimits(const PackedDetails& packed, Item* item) {
  if (packed == nullptr) return;
  const ObjectDetails details = packed.Unpack();
  if (details.cpu_limit_millicores) {
    item->limits.cpu_millicores = static_cast<double>(*details.cpu_limit_millicores);
  }
  if (details.memory_limit_bytes) {
    item->limits.memory_bytes = static_cast<double>(*details.memory_limit_bytes);
  }
  item->oom_events = details.oom_events;
}

std::optional<uint64_t> Plus(std::optional<uint64_t> a, std::optional<uint64_t> b) {
  if (!a || !b) return a ? a : b;
  return *a + *b;
}
std::optional<double> Plus(std::optional<double> a, std::optional<double> b) {
  if (!a || !b) return a ? a : b;
  return *a + *b;
}

std::optional<ObjectDetails> DetailsBefore(const ObjectInfo& object) {
  if (object.previous_details == nullptr) return std::nullopt;
  return object.previous_details.Unpack();
}

std::vector<DeviceRate> DisksOf(const ObjectInfo& object) {
  if (object.details == nullptr) return {};
  const std::optional<ObjectDetails> before = DetailsBefore(object);
  return DeviceRates(object.details.Unpack().disks, before ? &before->disks : nullptr,
                     object.details_boot_usec, object.previous_details_boot_usec);
}

void AddDisks(const std::vector<DeviceRate>& part, std::vector<DeviceRate>* total) {
  for (const DeviceRate& disk : part) {
    const auto known = std::find_if(total->begin(), total->end(), [&](const DeviceRate& entry) {
      return entry.total.name == disk.total.name;
    });
    if (known == total->end()) {
      total->push_back(disk);
      continue;
    }
    DeviceUsage& sum = known->total;
    sum.read_bytes = Plus(sum.read_bytes, disk.total.read_bytes);
    sum.write_bytes = Plus(sum.write_bytes, disk.total.write_bytes);
    sum.read_operations = Plus(sum.read_operations, disk.total.read_operations);
    sum.write_operations = Plus(sum.write_operations, disk.total.write_operations);
    known->read_bytes_per_second = Plus(known->read_bytes_per_second, disk.read_bytes_per_second);
    known->write_bytes_per_second =
        Plus(known->write_bytes_per_second, disk.write_bytes_per_second);
  }
}

// A pod's own devices, or else those of its containers.
void FillDevices(const PodEntry& pod, Item* item) {
  if (pod.own) {
    item->disks = DisksOf(*pod.own);
    if (pod.own->details != nullptr && !pod.host_network) {
      const std::optional<ObjectDetails> before = DetailsBefore(*pod.own);
      item->interfaces = InterfaceRates(
          pod.own->details.Unpack().interfaces, before ? &before->interfaces : nullptr,
          pod.own->details_boot_usec, pod.own->previous_details_boot_usec);
    }
  }
  if (!item->disks.empty()) return;
  for (const ContainerEntry& container : pod.containers) {
    AddDisks(DisksOf(container.info), &item->disks);
  }
}

struct NamedContainer {
  std::string name;
  std::tuple<int64_t, int64_t, ObjectId> age;
  size_t index = 0;  // in PodEntry::containers
};

// Without sandboxes; those of one name stand together, the newest first.
std::vector<NamedContainer> ByNameAndAge(const PodEntry& pod) {
  std::vector<NamedContainer> containers;
  containers.reserve(pod.containers.size());
  for (size_t index = 0; index < pod.containers.size(); ++index) {
    const ObjectInfo& info = pod.containers[index].info;
    if (info.identity.container_type() == ContainerType::kSandbox) continue;
    const int64_t started_ms = info.identity.started_at_ms().value_or(info.first_tick_ms);
    containers.push_back(
        {info.identity.container_name_or_id(), {started_ms, info.first_tick_ms, info.id}, index});
  }
  std::sort(containers.begin(), containers.end(),
            [](const NamedContainer& a, const NamedContainer& b) {
              return a.name != b.name ? a.name < b.name : b.age < a.age;
            });
  return containers;
}

}  // namespace

std::optional<uint32_t> RestartCount(const PodEntry& pod) {
  std::optional<uint32_t> sum;
  std::optional<std::string> before;
  for (NamedContainer& container : ByNameAndAge(pod)) {
    const bool newest = before != container.name;
    before = std::move(container.name);
    if (!newest) continue;
    const PackedIdentity& identity = pod.containers[container.index].info.identity;
    const std::optional<uint32_t> count = identity.restart_count();
    if (count && ComesBack(identity.container_type())) sum = sum.value_or(0) + *count;
  }
  return sum;
}

std::pair<Grid, PodRows> QueryImpl::ReadShown(const PodEntry& pod, uint64_t mask) {
  Grid grid{pod.shown_ms, store_.options().interval_ms, 1};
  PodRows rows = ReadPod(store_, pod, mask, RangeOf(grid));
  // The pod may have missed the very tick, as happens where T is not its newest.
  grid.first_ms = NewestRow(rows, grid.first_ms).value_or(grid.first_ms);
  return {grid, std::move(rows)};
}

std::optional<uint64_t> QueryImpl::OomKills(const PodEntry& pod, const ObjectInfo& object) {
  const bool ever = (object.nonzero & SeriesValues::Bit(Series::kOomKills)) != 0;
  const bool born = ever && BornAfter(snapshot_.nodes()[pod.node].first_held_ms, object);
  return Increase(store_, object, Series::kOomKills, born, EventsStartMs(), frame_.tick_ms);
}

std::optional<uint64_t> QueryImpl::PodOomKills(const PodEntry& pod) {
  if (pod.last_tick_ms <= EventsStartMs()) return std::nullopt;
  std::optional<uint64_t> kills;
  if (pod.own) kills = OomKills(pod, *pod.own);
  if (kills) return kills;
  for (const ContainerEntry& container : pod.containers) {
    kills = Plus(kills, OomKills(pod, container.info));
  }
  return kills;
}

void QueryImpl::FillIdentity(const PodEntry& pod, Item* item) const {
  item->name = pod.name;
  item->namespace_name = pod.namespace_name;
  item->node = snapshot_.nodes()[pod.node].info->name;
  item->uid = pod.uid;
  item->stale = pod.stale;
  item->terminated = pod.terminated;
  item->host_network = pod.host_network;
  item->started_at_ms = pod.started_at_ms;
  item->owner = pod.owner;
}

Item QueryImpl::DescribePod(const ItemRef& ref, bool detailed) {
  const PodEntry& pod = Pod(ref);
  if (!pod.measured) return DescribeNotMeasured(pod, detailed);
  Item item;
  item.kind = ItemKind::kPod;
  FillIdentity(pod, &item);
  if (pod.own) {
    Identity identity = pod.own->identity.Unpack();
    item.labels.merge(identity.labels);
    item.qos_class = identity.qos_class;
    FillLimits(pod.own->details, &item);
  }
  item.oom_kills = PodOomKills(pod);

  const bool with_its_node = !detailed && (expected_.empty() || expected_[pod.node] > kFewPods);
  const ShownPod& shown = Shown(ref.index, with_its_node);
  item.sampled_at_ms = shown.tick_ms;
  FillAge(&item);
  for (size_t number = 0; number < kMetricCount; ++number) {
    item.usage[number] = shown.cells[number].value();
  }
  if (frame_.window) {
    const Grid& window = frame_.window->grid;
    const PodRows window_rows = ReadPod(store_, pod, MaskOf(Wanted(item.kind)), RangeOf(window));
    item.series = MakeSeries(item.kind, [&](Metric metric) {
      return PodColumn(pod.host_network, window_rows, metric, window);
    });
  }
  item.restart_count = RestartCount(pod);
  if (detailed) {
    DescribeContainers(pod, &item);
    FillDevices(pod, &item);
  }
  if (std::optional<KubePod> known = KubernetesPod(pod, detailed)) {
    if (detailed) JoinContainers(*known, &item);
    JoinPod(*std::move(known), &item);
  }
  return item;
}

std::vector<QueryImpl::ContainerGroup> QueryImpl::ContainerGroups(const PodEntry& pod) const {
  std::vector<ContainerGroup> groups;
  for (NamedContainer& container : ByNameAndAge(pod)) {
    if (groups.empty() || groups.back().name != container.name) {
      groups.push_back({std::move(container.name), {}});
    }
    groups.back().members.push_back(container.index);
  }
  return groups;
}

void QueryImpl::DescribeContainers(const PodEntry& pod, Item* item) {
  PodRows window_rows;
  if (frame_.window) {
    window_rows =
        ReadPod(store_, pod, MaskOf(Wanted(ItemKind::kContainer)), RangeOf(frame_.window->grid));
  }
  for (const ContainerGroup& group : ContainerGroups(pod)) {
    int64_t shown_ms = 0;
    bool lives = false;
    for (const size_t member : group.members) {
      const ContainerEntry& container = pod.containers[member];
      lives = lives || !container.ended;
      shown_ms = std::max(shown_ms, std::min(container.info.last_tick_ms, pod.shown_ms));
    }
    const ContainerType type = pod.containers[group.members.front()].info.identity.container_type();
    const bool listed = lives || pod.terminated || ComesBack(type) || options_.include_terminated;
    if (!listed) continue;
    const Grid now{shown_ms, store_.options().interval_ms, 1};
    const PodRows rows = ReadPod(store_, pod, kAllSeries, RangeOf(now));
    Item container = DescribeContainer(pod, group, rows, window_rows);
    container.terminated = !lives;
    container.stale = lives && pod.stale;
    item->containers.push_back(std::move(container));
  }
}

Item QueryImpl::DescribeContainer(const PodEntry& pod, const ContainerGroup& group,
                                  const PodRows& rows, const PodRows& window_rows) {
  const ObjectInfo& newest = pod.containers[group.members.front()].info;
  Item item;
  item.kind = ItemKind::kContainer;
  item.name = group.name;
  item.namespace_name = pod.namespace_name;
  item.node = snapshot_.nodes()[pod.node].info->name;
  const Identity identity = newest.identity.Unpack();
  item.container_id = identity.container_id;
  item.container_type = identity.container_type;
  item.started_at_ms = identity.started_at_ms;
  item.restart_count = identity.restart_count;
  FillLimits(newest.details, &item);

  PodRows members;  // of the group alone, to find its newest tick
  std::vector<const ObjectRows*> now_rows, over_window;
  for (const size_t member : group.members) {
    const ObjectInfo& container = pod.containers[member].info;
    item.oom_kills = Plus(item.oom_kills, OomKills(pod, container));
    members.containers.push_back(rows.containers[member]);
    now_rows.push_back(&rows.containers[member]);
    if (frame_.window) over_window.push_back(&window_rows.containers[member]);
  }
  if (const auto tick = NewestRow(members, pod.shown_ms)) {
    item.sampled_at_ms = tick;
    FillAge(&item);
    const Grid now{*tick, store_.options().interval_ms, 1};
    for (size_t number = 0; number < kMetricCount; ++number) {
      const auto metric = static_cast<Metric>(number);
      if (Applies(metric, item.kind)) {
        item.usage[number] = ContainerColumn(now_rows, metric, now)[0].value();
      }
    }
  }
  if (frame_.window) {
    item.series = MakeSeries(item.kind, [&](Metric metric) {
      return ContainerColumn(over_window, metric, frame_.window->grid);
    });
  }
  return item;
}

}  // namespace kubemonitor
