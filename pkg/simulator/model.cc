#include "simulator/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "simulator/ids.h"

namespace kubemonitor {
namespace {

constexpr int64_t kMonthMs = int64_t{30} * 86'400'000;

// Sets the hashes of different things apart.
enum Purpose : uint64_t {
  kNodes = 1,
  kSlots,
  kContainers,
  kPodSignals,
  kDisk,
  kStart,
  kPods,
  kBootId = 12,
  kBootTime,
  kReadTime,
  kShape,
  kPhase,
};

int64_t FloorDivide(int64_t value, int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

uint64_t RoundUp(uint64_t value, uint64_t to) { return (value + to - 1) / to * to; }

int64_t CeilDivide(int64_t value, int64_t by) { return -FloorDivide(-value, by); }

constexpr size_t kCpuIndex = 0;
constexpr size_t kMemoryIndex = 5;
static_assert(kContainerSeries[kCpuIndex] == Series::kCpuUsageUsec);
static_assert(kContainerSeries[kMemoryIndex] == Series::kMemoryCurrentBytes);

template <typename Table>
std::optional<size_t> IndexOf(const Table& table, Series series) {
  const auto found = std::find(table.begin(), table.end(), series);
  if (found == table.end()) return std::nullopt;
  return static_cast<size_t>(found - table.begin());
}

Signal Busy(uint64_t key, uint64_t size_hash, int64_t interval_ms) {
  const uint64_t pages =
      LogUniform(4, 1024, size_hash) * static_cast<uint64_t>(interval_ms) / 10'000;
  return {Shape::kBusy, key, std::max<uint64_t>(1, pages), 4096};
}

}  // namespace

uint64_t Model::Elapsed(int64_t tick) const {
  return static_cast<uint64_t>(std::max<int64_t>(0, tick - TickAt(kOriginMs)));
}

// ---- Nodes

uint64_t Model::NodeKey(uint32_t node) const { return HashOf(HashOf(options_.seed, kNodes), node); }

std::string Model::NodeName(uint32_t node) const {
  return fmt::format("node-{:04}", uint64_t{node} + 1);
}

std::string Model::BootId(uint32_t node) const { return UuidOf(HashOf(NodeKey(node), kBootId)); }

uint64_t Model::BootUsec(uint32_t node, int64_t tick) const {
  const uint64_t key = NodeKey(node);
  const auto before = static_cast<int64_t>(HashOf(key, kBootTime) % kMonthMs);
  const int64_t since_ms = std::max<int64_t>(0, TickMs(tick) - (kOriginMs - before));
  const uint64_t late_usec = HashOf(HashOf(key, kReadTime), static_cast<uint64_t>(tick)) % 20'000;
  return static_cast<uint64_t>(since_ms) * 1000 + late_usec;
}

// ---- Pods

uint64_t Model::SlotKey(uint32_t node, uint32_t slot) const {
  return HashOf(HashOf(NodeKey(node), kSlots), slot);
}

uint64_t Model::PodKey(const PodRef& pod) const {
  return HashOf(HashOf(SlotKey(pod.node, pod.slot), kPods), static_cast<uint64_t>(pod.generation));
}

int64_t Model::LifetimeMs() const {
  if (options_.churn_per_minute == 0) return 0;
  const int64_t slots = int64_t{options_.nodes} * options_.pods_per_node;
  return std::max<int64_t>(1, slots * 60'000 / options_.churn_per_minute);
}

// So that at no time all slots wait for their next pods.
int64_t Model::PhaseMs(uint32_t node, uint32_t slot) const {
  const uint64_t hash = HashOf(SlotKey(node, slot), kPhase);
  return static_cast<int64_t>(hash % static_cast<uint64_t>(std::max<int64_t>(1, LifetimeMs())));
}

int64_t Model::BoundaryMs(uint32_t node, uint32_t slot, int64_t generation) const {
  const uint64_t key = HashOf(SlotKey(node, slot), kStart);
  const int64_t lifetime_ms = LifetimeMs();
  const uint64_t hash = HashOf(key, static_cast<uint64_t>(generation));
  // What began before the origin began in its month, as without churn.
  if (lifetime_ms == 0 || generation < 0) {
    return kOriginMs + static_cast<int64_t>(HashOf(key, 0) % kMonthMs);
  }
  const auto late = static_cast<int64_t>(hash % static_cast<uint64_t>(lifetime_ms / 2 + 1));
  return kOriginMs + PhaseMs(node, slot) + lifetime_ms * generation + late;
}

PodRef Model::PodAt(uint32_t node, uint32_t slot, int64_t tick) const {
  const int64_t lifetime_ms = LifetimeMs();
  if (lifetime_ms == 0) return {node, slot, 0};
  const int64_t generation =
      FloorDivide(TickMs(tick) - kOriginMs - PhaseMs(node, slot), lifetime_ms);
  const bool begun = generation < 0 || BoundaryMs(node, slot, generation) <= TickMs(tick);
  return {node, slot, std::max<int64_t>(-1, begun ? generation : generation - 1)};
}

int64_t Model::OldestGeneration(int64_t tick) const {
  const int64_t lifetime_ms = LifetimeMs();
  if (lifetime_ms == 0) return 0;
  return std::max<int64_t>(-1, FloorDivide(TickMs(tick) - kOriginMs, lifetime_ms) - 2);
}

int64_t Model::StartedAtMs(const PodRef& pod) const {
  return BoundaryMs(pod.node, pod.slot, pod.generation);
}

int64_t Model::FirstTick(const PodRef& pod) const {
  return CeilDivide(StartedAtMs(pod), options_.interval_ms);
}

int64_t Model::LastTick(const PodRef& pod) const {
  if (LifetimeMs() == 0) return std::numeric_limits<int64_t>::max();
  return FirstTick({pod.node, pod.slot, pod.generation + 1}) - 1;
}

PodShape Model::ShapeOf(const Slot& slot) const {
  const uint64_t hash = HashOf(SlotKey(slot.node, slot.slot), kShape);
  PodShape out;
  if (hash % 8 < 2) out.qos = hash % 8 == 0 ? QosClass::kBestEffort : QosClass::kGuaranteed;
  const bool restarted = (hash >> 8) % 16 == 0;
  if (restarted) out.restarts = static_cast<uint32_t>(1 + (hash >> 16) % 4);
  out.init_container = (hash >> 24) % 8 == 0;
  out.sidecar = options_.containers_per_pod > 1 && (hash >> 32) % 8 == 0;
  out.overhead = (hash >> 40) % 16 == 0;
  out.own_resources = out.qos == QosClass::kBurstable && (hash >> 48) % 16 == 0;
  return out;
}

ContainerResources Model::ResourcesOf(const Slot& slot, uint32_t container) const {
  constexpr uint64_t kMiB = uint64_t{1} << 20;
  const QosClass qos = ShapeOf(slot).qos;
  ContainerResources out;
  if (qos == QosClass::kBestEffort) return out;
  const Signal cpu = ContainerSignal(slot.node, slot.slot, container, kCpuIndex);
  const Signal memory = ContainerSignal(slot.node, slot.slot, container, kMemoryIndex);
  const uint64_t millicores = cpu.scale / static_cast<uint64_t>(options_.interval_ms);
  const uint64_t bytes = memory.unit * (memory.scale + kWalkSpan);
  out.cpu_request_millicores = RoundUp(millicores + 1, 10);
  out.memory_request_bytes = RoundUp(bytes, 16 * kMiB);
  if (qos != QosClass::kGuaranteed && cpu.key % 2 != 0) return out;
  out.cpu_limit_millicores = RoundUp(millicores * 2 + 1, 100);
  out.memory_limit_bytes = RoundUp(bytes * 5 / 4, 64 * kMiB);
  if (qos != QosClass::kGuaranteed) return out;
  out.cpu_request_millicores = out.cpu_limit_millicores;
  out.memory_request_bytes = out.memory_limit_bytes;
  return out;
}

// ---- Values

Signal Model::ContainerSignal(uint32_t node, uint32_t slot, uint32_t container,
                              size_t index) const {
  const auto interval_ms = static_cast<uint64_t>(options_.interval_ms);
  const uint64_t of = HashOf(HashOf(SlotKey(node, slot), kContainers), container);
  const auto number = static_cast<uint64_t>(kContainerSeries[index]);
  const uint64_t key = HashOf(of, number);
  const uint64_t size = HashOf(key, 0);
  switch (kContainerSeries[index]) {
    case Series::kCpuUsageUsec:  // millionths of a core
      return {Shape::kSteady, key, LogUniform(2'000, 300'000, size) * interval_ms / 1000};
    case Series::kMemoryCurrentBytes:
      return {Shape::kWalk, key, LogUniform(2048, 230'400, size), 4096};
    case Series::kMemoryWorkingSetBytes: {
      const auto current = static_cast<uint64_t>(Series::kMemoryCurrentBytes);
      const uint64_t base = LogUniform(2048, 230'400, HashOf(HashOf(of, current), 0));
      return {Shape::kWalk, key, base * (60 + size % 31) / 100, 4096};
    }
    case Series::kDiskReadBytes:
    case Series::kDiskWriteBytes:
      if (HashOf(of, kDisk + kSeriesEnd) % 5 != 0) return {};
      return Busy(key, size, options_.interval_ms);
    case Series::kPids:
      return {Shape::kSteps, key, LogUniform(1, 32, size)};
    default:
      return {Shape::kSparse, key, LogUniform(1, 32, size) * interval_ms};
  }
}

Signal Model::PodSignal(uint32_t node, uint32_t slot, size_t index) const {
  const uint64_t of = HashOf(SlotKey(node, slot), kPodSignals);
  const uint64_t key = HashOf(of, static_cast<uint64_t>(kPodSeries[index]));
  const uint64_t bytes_per_second = LogUniform(100, 1'000'000, HashOf(key, 0));
  return {Shape::kSteady, key,
          bytes_per_second * static_cast<uint64_t>(options_.interval_ms) / 1000};
}

std::optional<uint64_t> Model::Value(const PodRef& pod, std::optional<uint32_t> container,
                                     Series series, int64_t tick) const {
  if (PodAt(pod.node, pod.slot, tick) != pod) return std::nullopt;
  if (container && *container >= options_.containers_per_pod) return std::nullopt;
  const auto index = container ? IndexOf(kContainerSeries, series) : IndexOf(kPodSeries, series);
  if (!index) return std::nullopt;
  const Signal signal = container ? ContainerSignal(pod.node, pod.slot, *container, *index)
                                  : PodSignal(pod.node, pod.slot, *index);
  const uint64_t value = ValueAt(signal, Elapsed(tick));
  if (!IsCounter(signal.shape)) return value;
  const uint64_t before = ValueAt(signal, Elapsed(FirstTick(pod) - 1));
  return value - std::min(value, before);
}

}  // namespace kubemonitor
