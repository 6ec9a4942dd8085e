#include "bench/micro/model_hour.h"

#include <array>

#include "simulator/node_ticks.h"

namespace kubemonitor::bench {

ModelOptions BenchModel() {
  ModelOptions options;
  options.nodes = 10;
  options.pods_per_node = 30;
  options.containers_per_pod = 2;
  options.namespaces = 50;
  options.deployments = 60;
  options.interval_ms = kIntervalMs;
  return options;
}

std::vector<Identity> IdentitiesOf(const Model& model, uint32_t node) {
  std::vector<Identity> identities;
  uint32_t number = 1;
  for (uint32_t slot = 0; slot < model.options().pods_per_node; ++slot) {
    const PodRef pod = model.PodAt(node, slot, model.TickAt(kHourStartMs));
    const uint32_t pod_number = number++;
    identities.push_back(model.PodIdentity(pod, pod_number));
    for (uint32_t c = 0; c < model.options().containers_per_pod; ++c) {
      identities.push_back(model.ContainerIdentity(pod, c, number++, pod_number));
    }
  }
  return identities;
}

std::vector<Tick> HourOf(const Model& model, uint32_t node) {
  NodeTicks values(model);
  values.SetNode(node);
  const size_t containers = model.options().containers_per_pod;
  std::vector<Tick> hour(kTicksPerHour);
  for (size_t i = 0; i < hour.size(); ++i) {
    Tick& tick = hour[i];
    tick.tick_ms = kHourStartMs + static_cast<int64_t>(i) * kIntervalMs;
    values.MoveTo(model.TickAt(tick.tick_ms));
    tick.boot_usec = values.boot_usec();
    tick.node = values.node_values();
    uint32_t number = 1;
    for (size_t slot = 0; slot < model.options().pods_per_node; ++slot) {
      ObjectSample& pod = tick.pods.emplace_back();
      pod.object = number++;
      for (size_t s = 0; s < kPodSeries.size(); ++s) {
        pod.values.Set(kPodSeries[s], values.pod_values(s)[slot]);
      }
      for (size_t c = 0; c < containers; ++c) {
        ObjectSample& container = tick.containers.emplace_back();
        container.object = number++;
        for (size_t s = 0; s < kContainerSeries.size(); ++s) {
          container.values.Set(kContainerSeries[s],
                               values.container_values(s)[slot * containers + c]);
        }
      }
    }
  }
  return hour;
}

uint64_t SamplesOf(const Tick& tick) {
  const auto count = [](const SeriesValues& values) {
    return static_cast<uint64_t>(std::popcount(values.present_mask()));
  };
  uint64_t samples = count(tick.node);
  for (const ObjectSample& pod : tick.pods) samples += count(pod.values);
  for (const ObjectSample& container : tick.containers) samples += count(container.values);
  return samples;
}

NodeReport ReportOf(const Model& model, uint32_t node, const std::vector<Tick>& hour, size_t first,
                    size_t count) {
  NodeReport report;
  report.node_name = model.NodeName(node);
  report.boot_id = model.BootId(node);
  report.instance_id = "bench";
  report.collector_version = "bench";
  report.interval_ms = static_cast<uint32_t>(kIntervalMs);
  if (first == 0) report.identities = IdentitiesOf(model, node);
  const auto begin = hour.begin() + static_cast<std::ptrdiff_t>(first);
  report.ticks.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
  report.sent_at_ms = report.ticks.back().tick_ms;
  return report;
}

void AppendTick(const Tick& tick, std::vector<ObjectRow>* rows, OpenBlock* block) {
  rows->clear();
  rows->push_back({0, &tick.node});
  for (const ObjectSample& pod : tick.pods) rows->push_back({pod.object, &pod.values});
  for (const ObjectSample& container : tick.containers) {
    rows->push_back({container.object, &container.values});
  }
  block->Append({tick.tick_ms, tick.boot_usec, 0, false}, rows);
}

OpenBlock OpenBlockOf(const std::vector<Tick>& hour, size_t first, size_t count) {
  OpenBlock block(BlockStartMs(hour[first].tick_ms));
  std::vector<ObjectRow> rows;
  for (size_t i = first; i < first + count; ++i) AppendTick(hour[i], &rows, &block);
  return block;
}

std::vector<uint8_t> SealBlock(const OpenBlock& block, const std::string& boot_id) {
  const std::array<uint32_t, 1> boots{0};
  const std::array<std::string, 1> ids{boot_id};
  return block.Seal(boots, ids);
}

}  // namespace kubemonitor::bench
