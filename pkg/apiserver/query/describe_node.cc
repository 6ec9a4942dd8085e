#include <array>
#include <utility>

#include "apiserver/query/query_impl.h"
#include "apiserver/query/rates.h"

namespace kubemonitor {
namespace {

constexpr uint64_t kAllSeries = ~uint64_t{0};

std::optional<double> RateOf(const std::optional<uint64_t>& now,
                             const std::optional<uint64_t>& before, double seconds) {
  if (!now || !before || *now < *before) return std::nullopt;
  return static_cast<double>(*now - *before) / seconds;
}

// Nullopt: the boot clock did not advance.
std::optional<double> SecondsBetween(uint64_t before_boot_usec, uint64_t now_boot_usec) {
  if (now_boot_usec <= before_boot_usec) return std::nullopt;
  return static_cast<double>(now_boot_usec - before_boot_usec) / 1e6;
}

template <typename T>
const T* FindName(const std::vector<T>* list, const std::string& name) {
  if (list == nullptr) return nullptr;
  for (const T& entry : *list) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

// A rate of the node at its newest tick in thousandths of a core.
std::optional<double> Millicores(const ObjectRows& rows, Series counter, int64_t tick_ms) {
  const std::vector<CounterStep> steps = CounterSteps(rows, counter);
  if (steps.empty() || steps.back().tick_ms != tick_ms) return std::nullopt;
  return static_cast<double>(steps.back().delta) * 1000 /
         static_cast<double>(steps.back().elapsed_usec);
}

std::optional<double> Gauge(const ObjectRows& rows, Series series, int64_t tick_ms) {
  if (rows.empty() || rows.tick(rows.size() - 1).tick_ms != tick_ms) return std::nullopt;
  const std::optional<uint64_t> value = rows.Get(rows.size() - 1, series);
  if (!value) return std::nullopt;
  return static_cast<double>(*value);
}

std::optional<double> Thousandths(std::optional<double> value) {
  if (value) *value /= 1000;
  return value;
}

void FillFacts(const NodeEntry& node, const ObjectRows& rows, NodeFacts* facts) {
  facts->details = node.info->details;
  facts->health = node.info->health;
  facts->boot_id = node.info->boot_id;
  facts->collector_version = node.info->collector_version;
  facts->interval_ms = node.info->interval_ms;
  if (!node.tick_ms) return;
  const int64_t tick_ms = *node.tick_ms;
  facts->load1 = Thousandths(Gauge(rows, Series::kNodeLoad1Milli, tick_ms));
  facts->load5 = Thousandths(Gauge(rows, Series::kNodeLoad5Milli, tick_ms));
  facts->load15 = Thousandths(Gauge(rows, Series::kNodeLoad15Milli, tick_ms));
  facts->memory_available_bytes = Gauge(rows, Series::kNodeMemoryAvailableBytes, tick_ms);
  static constexpr std::array<std::pair<const char*, Series>, 8> kModes = {{
      {"user", Series::kNodeCpuUserUsec},
      {"nice", Series::kNodeCpuNiceUsec},
      {"system", Series::kNodeCpuSystemUsec},
      {"idle", Series::kNodeCpuIdleUsec},
      {"iowait", Series::kNodeCpuIowaitUsec},
      {"irq", Series::kNodeCpuIrqUsec},
      {"softirq", Series::kNodeCpuSoftirqUsec},
      {"steal", Series::kNodeCpuStealUsec},
  }};
  for (const auto& [name, series] : kModes) {
    if (const auto rate = Millicores(rows, series, tick_ms)) {
      facts->cpu_modes_millicores.emplace(name, *rate);
    }
  }
}

// What the parts leave of the whole, with its sign: they are read one after the other. Nullopt:
// whole or every part unknown.
std::optional<double> Remainder(std::optional<double> whole,
                                std::initializer_list<std::optional<double>> parts) {
  bool any = false;
  for (const std::optional<double>& part : parts) {
    if (!part) continue;
    any = true;
    if (whole) *whole -= *part;
  }
  return any ? whole : std::nullopt;
}

std::optional<Breakdown> MakeBreakdown(const ObjectRows& rows, const Item& node, int64_t tick_ms) {
  Breakdown ledger;
  auto fill = [&](Series cpu, Series memory, BreakdownPart* part) {
    part->cpu_millicores = Millicores(rows, cpu, tick_ms);
    part->memory_bytes = Gauge(rows, memory, tick_ms);
    return part->cpu_millicores || part->memory_bytes;
  };
  const bool pods = fill(Series::kLedgerPodsCpuUsec, Series::kLedgerPodsMemoryBytes, &ledger.pods);
  const bool services = fill(Series::kLedgerServicesCpuUsec, Series::kLedgerServicesMemoryBytes,
                             &ledger.system_services);
  const bool kernel = fill(Series::kLedgerKernelCpuUsec, Series::kLedgerKernelMemoryBytes,
                           &ledger.kernel_and_other);
  if (!pods && !services && !kernel) return std::nullopt;
  ledger.unattributed.cpu_millicores =
      Remainder(node.usage[static_cast<size_t>(Metric::kCpuMillicores)],
                {ledger.pods.cpu_millicores, ledger.system_services.cpu_millicores,
                 ledger.kernel_and_other.cpu_millicores});
  ledger.unattributed.memory_bytes =
      Remainder(node.usage[static_cast<size_t>(Metric::kMemoryBytes)],
                {ledger.pods.memory_bytes, ledger.system_services.memory_bytes,
                 ledger.kernel_and_other.memory_bytes});
  return ledger;
}

CollectorState CollectorOf(const NodeEntry& node) {
  if (!node.reported) return CollectorState::kMissing;
  if (node.info->health.clock_refused || !node.tick_ms) return CollectorState::kRefused;
  return node.stale ? CollectorState::kStale : CollectorState::kReporting;
}

UsageMissing WhyMissing(const KubeNode& node) {
  if (node.operating_system == "windows") return UsageMissing::kUnsupportedOs;
  return node.ready() ? UsageMissing::kNoCollector : UsageMissing::kNodeNotReady;
}

void FillDevices(const NodeInfo& info, Item* item) {
  if (info.details == nullptr) return;
  const NodeDetails* before = info.previous_details.get();
  item->disks = DeviceRates(info.details->disks, before != nullptr ? &before->disks : nullptr,
                            info.details_boot_usec, info.previous_details_boot_usec);
  item->interfaces =
      InterfaceRates(info.details->interfaces, before != nullptr ? &before->interfaces : nullptr,
                     info.details_boot_usec, info.previous_details_boot_usec);
}

}  // namespace

std::vector<DeviceRate> DeviceRates(const std::vector<DeviceUsage>& now,
                                    const std::vector<DeviceUsage>* before, uint64_t now_boot_usec,
                                    uint64_t before_boot_usec) {
  const std::optional<double> seconds = SecondsBetween(before_boot_usec, now_boot_usec);
  std::vector<DeviceRate> rates;
  for (const DeviceUsage& device : now) {
    DeviceRate rate{device, std::nullopt, std::nullopt};
    const DeviceUsage* old = FindName(before, device.name);
    if (old != nullptr && seconds) {
      rate.read_bytes_per_second = RateOf(device.read_bytes, old->read_bytes, *seconds);
      rate.write_bytes_per_second = RateOf(device.write_bytes, old->write_bytes, *seconds);
    }
    rates.push_back(std::move(rate));
  }
  return rates;
}

std::vector<InterfaceRate> InterfaceRates(const std::vector<InterfaceUsage>& now,
                                          const std::vector<InterfaceUsage>* before,
                                          uint64_t now_boot_usec, uint64_t before_boot_usec) {
  const std::optional<double> seconds = SecondsBetween(before_boot_usec, now_boot_usec);
  std::vector<InterfaceRate> rates;
  for (const InterfaceUsage& device : now) {
    InterfaceRate rate{device, std::nullopt, std::nullopt};
    const InterfaceUsage* old = FindName(before, device.name);
    if (old != nullptr && seconds) {
      rate.rx_bytes_per_second = RateOf(device.rx_bytes, old->rx_bytes, *seconds);
      rate.tx_bytes_per_second = RateOf(device.tx_bytes, old->tx_bytes, *seconds);
    }
    rates.push_back(std::move(rate));
  }
  return rates;
}

Column QueryImpl::NodeColumn(const NodeEntry& node, Metric metric, const Grid& grid) {
  if (!node.reported) return Column(grid.count);
  const ReadRange range = RangeOf(grid);
  return ColumnOf(
      store_.Read({node.info->node, 0}, SeriesMask(metric), range.first_ms, range.last_ms), metric,
      grid);
}

std::optional<uint64_t> QueryImpl::NodeOomKills(const NodeEntry& node) const {
  if (!node.tick_ms) return std::nullopt;
  ObjectInfo self;
  self.id = {node.info->node, 0};
  self.seen = node.info->seen;
  self.nonzero = node.info->nonzero;
  self.first_tick_ms = node.first_held_ms.value_or(*node.tick_ms);
  return Increase(store_, self, Series::kOomKills, /*born=*/false, EventsStartMs(), frame_.tick_ms);
}

void QueryImpl::JoinNode(const NodeEntry& node, Item* item) const {
  item->node_facts->collector = CollectorOf(node);
  if (cluster_ == nullptr) return;
  if (cluster_->Knows("Pod")) {  // of some of them it would be no sum
    const Cluster::PodTotals totals = cluster_->NodeTotals(node.info->name);
    item->requests = AmountsOf(totals.requests);
    item->limits = AmountsOf(totals.limits);
  }
  if (node.kubernetes == nullptr) return;
  item->node_facts->kubernetes = node.kubernetes;
  item->labels = node.kubernetes->labels;
  item->created_at_ms = node.kubernetes->created_at_ms;
  if (!node.reported) item->usage_missing = WhyMissing(*node.kubernetes);
}

Item QueryImpl::DescribeNode(const ItemRef& ref, bool detailed) {
  const NodeEntry& node = Node(ref);
  Item item = node.reported ? DescribeReported(node, detailed) : NotMeasured(ItemKind::kNode);
  item.name = node.info->name;
  item.node = node.info->name;
  if (!item.node_facts) item.node_facts.emplace();
  JoinNode(node, &item);
  return item;
}

Item QueryImpl::DescribeReported(const NodeEntry& node, bool detailed) {
  const ObjectId id{node.info->node, 0};
  Item item;
  item.kind = ItemKind::kNode;
  item.stale = node.stale;
  item.sampled_at_ms = node.tick_ms;
  FillAge(&item);
  item.node_facts.emplace();
  ObjectRows rows;
  if (node.tick_ms) {
    const Grid now{*node.tick_ms, store_.options().interval_ms, 1};
    const ReadRange range = RangeOf(now);
    rows = store_.Read(id, kAllSeries, range.first_ms, range.last_ms);
    for (size_t number = 0; number < kMetricCount; ++number) {
      const auto metric = static_cast<Metric>(number);
      if (Applies(metric, item.kind)) {
        item.usage[number] = ColumnOf(rows, metric, now)[0].value();
      }
    }
    item.oom_kills = NodeOomKills(node);
  }
  FillFacts(node, rows, &*item.node_facts);
  if (frame_.window) {
    const ReadRange range = RangeOf(frame_.window->grid);
    const ObjectRows window =
        store_.Read(id, MaskOf(Wanted(item.kind)), range.first_ms, range.last_ms);
    item.series = MakeSeries(
        item.kind, [&](Metric metric) { return ColumnOf(window, metric, frame_.window->grid); });
  }
  if (detailed) {
    if (node.tick_ms) item.node_facts->breakdown = MakeBreakdown(rows, item, *node.tick_ms);
    FillDevices(*node.info, &item);
  }
  return item;
}

}  // namespace kubemonitor
