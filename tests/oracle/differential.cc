#include "oracle/differential.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "apiserver/store/store.h"
#include "common/open_block.h"
#include "oracle/oracle_store.h"

namespace kubemonitor {
namespace {

constexpr int64_t kStartMs = 1'700'000'100'000;
constexpr int64_t kIntervalMs = 10'000;
constexpr int64_t kRetentionMs = 900'000;
constexpr uint64_t kAllSeries = ~uint64_t{0};

std::string Text(const std::vector<TickRange>& ranges) {
  std::string text;
  for (const TickRange& range : ranges) {
    text += fmt::format("[{},{}]", range.first_ms, range.last_ms);
  }
  return text;
}

std::string Text(const AppendResult& result) {
  std::string text =
      fmt::format("accepted {} held {} wanted", result.accepted_ticks, Text(result.held));
  for (const uint32_t number : result.identities_wanted) text += fmt::format(" {}", number);
  for (const Refusal& refusal : result.refusals) {
    text += fmt::format(" refused {} x{}", static_cast<int>(refusal.reason), refusal.count);
  }
  return text;
}

std::string Text(const NodeInfo& node) {
  return fmt::format("node {} {} boot {} instance {} interval {} newest {} received {} at {} {} {}",
                     node.node, node.name, node.boot_id, node.instance_id, node.interval_ms,
                     node.newest_tick_ms.value_or(-1), node.received_ms, node.boot_usec,
                     node.previous_tick_ms.value_or(-1), node.oldest_tick_ms.value_or(-1));
}

std::string Text(const ObjectInfo& object) {
  const Identity& identity = *object.identity;
  return fmt::format(
      "object {}/{} {} {} {} {} of {} from {} to {} seen {:x} nonzero {:x} details {}",
      object.id.node, object.id.index, identity.pod_uid, identity.pod_name, identity.container_name,
      identity.container_id, object.pod ? object.pod->index : 0, object.first_tick_ms,
      object.last_tick_ms, object.seen, object.nonzero,
      object.details == nullptr ? -1 : static_cast<int>(object.details->disks.size()));
}

// A boot is told from others by its epoch, whatever its number: a store may remember one for longer
// than its last visible tick.
class EpochNames {
 public:
  size_t Of(uint32_t epoch) { return names_.emplace(epoch, names_.size()).first->second; }

 private:
  std::map<uint32_t, size_t> names_;
};

std::string Text(const ObjectRows& rows) {
  std::string text;
  EpochNames epochs;
  for (size_t row = 0; row < rows.size(); ++row) {
    const ObjectRows::Tick& tick = rows.tick(row);
    text += fmt::format("\n  {} boot {} epoch {}:", tick.tick_ms, tick.boot_usec,
                        epochs.Of(tick.epoch));
    for (uint32_t number = 1; number < kSeriesEnd; ++number) {
      const auto value = rows.Get(row, static_cast<Series>(number));
      if (value) text += fmt::format(" {}={}", number, *value);
    }
  }
  return text;
}

std::string Text(std::span<const ObjectRows::Tick> ticks) {
  std::string text;
  EpochNames epochs;
  for (const ObjectRows::Tick& tick : ticks) {
    text +=
        fmt::format("\n  {} boot {} epoch {}", tick.tick_ms, tick.boot_usec, epochs.Of(tick.epoch));
  }
  return text;
}

// Of the ticks in the range and the newest before it.
std::span<const ObjectRows::Tick> Part(std::span<const ObjectRows::Tick> ticks, int64_t first_ms,
                                       int64_t last_ms) {
  while (ticks.size() > 1 && ticks[1].tick_ms < first_ms) ticks = ticks.subspan(1);
  while (!ticks.empty() && ticks.back().tick_ms > last_ms) ticks = ticks.first(ticks.size() - 1);
  return ticks;
}

std::string Difference(const std::string& what, const std::string& real,
                       const std::string& oracle) {
  return real == oracle ? "" : fmt::format("{}\nstore:  {}\noracle: {}", what, real, oracle);
}

// A few senders with object numbers of their own.
class History {
 public:
  explicit History(Choices* choices) : choices_(choices) {
    StoreOptions options;
    options.retention_ms = kRetentionMs;
    options.interval_ms = kIntervalMs;
    options.max_objects_per_node = 12;
    options.max_nodes = 3;
    real_ = NewBlockStore(options);
    oracle_ = NewOracleStore(options);
  }

  std::string Step() {
    now_ms_ += static_cast<int64_t>(choices_->Below(4)) * 5000;
    if (choices_->OneIn(200)) now_ms_ += static_cast<int64_t>(choices_->Below(1'200'000));
    if (choices_->OneIn(20)) {
      real_->Expire(now_ms_);
      oracle_->Expire(now_ms_);
    }
    if (choices_->OneIn(300)) {
      real_->Clear();
      oracle_->Clear();
    }
    NodeReport report = MakeReport();
    if (report.instance_id != kSimpleInstance && choices_->OneIn(3)) PackBlocks(&report);
    std::string difference = Difference("append", Text(real_->Append(report, now_ms_)),
                                        Text(oracle_->Append(report, now_ms_)));
    if (difference.empty()) difference = CompareStats();
    if (difference.empty() && choices_->OneIn(8)) difference = CompareAll();
    return difference;
  }

  std::string CompareAll() {
    const NodeInfos real_nodes = real_->Nodes();
    const NodeInfos oracle_nodes = oracle_->Nodes();
    if (real_nodes.size() != oracle_nodes.size()) return "another number of nodes";
    std::string difference = CompareStats();
    for (size_t index = 0; difference.empty() && index < real_nodes.size(); ++index) {
      difference = Difference("node", Text(*real_nodes[index]), Text(*oracle_nodes[index]));
      if (difference.empty()) difference = CompareObjects(real_nodes[index]->node);
      if (difference.empty()) {
        difference = Difference("held", Text(real_->Held(real_nodes[index]->name)),
                                Text(oracle_->Held(real_nodes[index]->name)));
      }
    }
    return difference;
  }

 private:
  struct Sender {
    int instance = 0, boot = 0;
    int generation = 0;       // of its pods
    std::set<uint32_t> told;  // numbers whose identity was sent
    std::map<uint32_t, uint64_t> counters;
  };

  NodeReport MakeReport() {
    const auto node = static_cast<int>(choices_->Below(3));
    Sender& sender = senders_[node];
    if (choices_->OneIn(60)) {
      ++sender.instance;
      sender.told.clear();
    }
    if (choices_->OneIn(80)) ++sender.boot;
    if (choices_->OneIn(30)) ++sender.generation;
    const bool simple = node == 2;
    NodeReport report;
    report.node_name = fmt::format("n{}", node);
    report.boot_id = simple ? "" : fmt::format("boot-{}", sender.boot);
    report.instance_id = simple ? "simple" : fmt::format("instance-{}", sender.instance);
    report.interval_ms = choices_->OneIn(50) ? 20'000 : 10'000;
    std::set<uint32_t> numbers;
    const uint64_t ticks = 1 + choices_->Below(choices_->OneIn(10) ? 40 : 3);
    int64_t tick_ms = now_ms_ - now_ms_ % kIntervalMs;
    if (choices_->OneIn(4)) {
      tick_ms -= static_cast<int64_t>(choices_->Below(100)) * kIntervalMs;
    }
    for (uint64_t n = 0; n < ticks; ++n) {
      report.ticks.push_back(MakeTick(&sender, tick_ms, &numbers));
      tick_ms += choices_->OneIn(3) ? -kIntervalMs : kIntervalMs;
      if (choices_->OneIn(100)) tick_ms += 3;
    }
    for (const uint32_t number : numbers) {
      const bool known = !simple && sender.told.contains(number);
      if (known ? choices_->OneIn(20) : !choices_->OneIn(30)) {
        report.identities.push_back(MakeIdentity(node, sender, number));
        sender.told.insert(number);
      }
    }
    return report;
  }

  // Some of its ticks come in blocks, those of one five minutes each.
  void PackBlocks(NodeReport* report) {
    blocks_.clear();
    std::map<int64_t, std::map<int64_t, const Tick*>> by_start;
    for (const Tick& tick : report->ticks) {
      by_start[BlockStartMs(tick.tick_ms)].emplace(tick.tick_ms, &tick);
    }
    for (const auto& [start_ms, ticks] : by_start) {
      if (choices_->OneIn(4)) continue;
      OpenBlock block(start_ms);
      for (const auto& [tick_ms, tick] : ticks) {
        std::vector<ObjectRow> rows = {{0, &tick->node}};
        for (const auto* samples : {&tick->pods, &tick->containers}) {
          for (const ObjectSample& sample : *samples)
            rows.push_back({sample.object, &sample.values});
        }
        block.Append({tick_ms, tick->boot_usec, 0, false}, &rows);
      }
      const uint32_t boot = 0;
      blocks_.push_back(block.Seal(std::span(&boot, 1), std::span(&report->boot_id, 1)));
      report->blocks.push_back(BlockReader::Check(blocks_.back()).value());
    }
    if (choices_->OneIn(3)) return;  // all of them once more as ticks
    std::erase_if(report->ticks, [&](const Tick& tick) {
      const auto of_tick = [&tick](const BlockReader& block) {
        return block.start_ms() == BlockStartMs(tick.tick_ms);
      };
      return std::any_of(report->blocks.begin(), report->blocks.end(), of_tick);
    });
  }

  // Pods have odd numbers, each its container the next one.
  Identity MakeIdentity(int node, const Sender& sender, uint32_t number) {
    const uint32_t pod = (number - 1) / 2;
    Identity identity;
    identity.object = number;
    identity.kind = number % 2 == 1 ? ObjectKind::kPod : ObjectKind::kContainer;
    identity.pod_name = choices_->OneIn(10) ? "" : fmt::format("pod-{}", pod);
    identity.namespace_name = "shop";
    identity.pod_uid = fmt::format("uid-{}-{}", node, pod);
    if (identity.kind == ObjectKind::kContainer) {
      identity.pod_object = choices_->OneIn(5) ? 0 : number - 1;
      identity.container_name = "main";
      identity.container_id = fmt::format("id-{}-{}-{}", node, pod, sender.generation);
    }
    return identity;
  }

  Tick MakeTick(Sender* sender, int64_t tick_ms, std::set<uint32_t>* numbers) {
    Tick tick;
    tick.tick_ms = tick_ms;
    tick.boot_usec =
        static_cast<uint64_t>(tick_ms - kStartMs + 10'000'000) * 1000 + choices_->Below(2000);
    tick.node = MakeValues(sender, 0);
    const auto base = static_cast<uint32_t>(sender->generation % 7) * 2;
    for (uint32_t pod = 0; pod < 4; ++pod) {
      if (choices_->OneIn(6)) continue;
      const uint32_t number = base + 1 + pod * 2;
      tick.pods.push_back({number, MakeValues(sender, number)});
      numbers->insert(number);
      if (choices_->OneIn(5)) continue;
      tick.containers.push_back({number + 1, MakeValues(sender, number + 1)});
      numbers->insert(number + 1);
    }
    if (choices_->OneIn(5)) std::reverse(tick.containers.begin(), tick.containers.end());
    if (choices_->OneIn(3) && !tick.pods.empty()) {
      ObjectDetails details;
      details.object = tick.pods.front().object;
      details.disks.resize(choices_->Below(4));
      tick.object_details.push_back(details);
    }
    return tick;
  }

  SeriesValues MakeValues(Sender* sender, uint32_t number) {
    SeriesValues values;
    uint64_t& counter = sender->counters[number];
    counter += choices_->Below(1'000'000);
    if (choices_->OneIn(40)) counter = 0;
    if (!choices_->OneIn(10)) values.Set(Series::kCpuUsageUsec, counter);
    if (choices_->OneIn(2)) values.Set(Series::kMemoryCurrentBytes, choices_->Below(64) * 4096);
    if (!choices_->OneIn(3)) values.Set(Series::kPsiIoSomeUsec, counter / 1'000'000);
    if (choices_->OneIn(4)) values.Set(Series::kPids, 7);
    if (choices_->OneIn(30)) {
      values.Set(Series::kDiskReadBytes, std::numeric_limits<uint64_t>::max() - choices_->Below(3));
    }
    return values;
  }

  std::string CompareStats() {
    const StoreStats real = real_->Stats();
    const StoreStats oracle = oracle_->Stats();
    const auto text = [](const StoreStats& stats) {
      return fmt::format("nodes {} pods {} containers {} total {} oldest {} newest {}", stats.nodes,
                         stats.pods, stats.containers, stats.samples_total,
                         stats.oldest_tick_ms.value_or(0), stats.newest_tick_ms.value_or(0));
    };
    return Difference("stats", text(real), text(oracle));
  }

  std::string CompareObjects(uint32_t node) {
    const std::vector<ObjectInfo> real = real_->Objects(node);
    const std::vector<ObjectInfo> oracle = oracle_->Objects(node);
    std::string real_text, oracle_text;
    for (const ObjectInfo& object : real) real_text += Text(object) + "\n";
    for (const ObjectInfo& object : oracle) oracle_text += Text(object) + "\n";
    std::string difference = Difference("objects", real_text, oracle_text);
    for (uint32_t index = 0; difference.empty() && index <= real.size(); ++index) {
      difference = CompareRows(index == 0 ? ObjectId{node, 0} : real[index - 1].id);
    }
    if (difference.empty()) difference = CompareNodeRows(node);
    return difference.empty() ? CompareSeries(node, real) : difference;
  }

  // One series of some objects in a range, with the newest tick before it.
  std::string CompareSeries(uint32_t node, const std::vector<ObjectInfo>& objects) {
    std::vector<uint32_t> indexes;
    for (const ObjectInfo& object : objects) {
      if (!choices_->OneIn(3)) indexes.push_back(object.id.index);
    }
    const Series series = choices_->OneIn(2) ? Series::kCpuUsageUsec : Series::kDiskReadBytes;
    const int64_t first_ms = now_ms_ - static_cast<int64_t>(choices_->Below(kRetentionMs * 5 / 4));
    const int64_t last_ms = first_ms + static_cast<int64_t>(choices_->Below(kRetentionMs));
    SeriesColumns real, all;
    real_->ReadSeries(node, indexes, series, first_ms, last_ms, &real);
    oracle_->ReadSeries(node, {}, series, first_ms, last_ms, &all);
    const std::string what = fmt::format("series {} of {} from {} to {}", static_cast<int>(series),
                                         node, first_ms, last_ms);
    std::string difference = Difference(what, Text(Part(real.ticks(), first_ms, last_ms)),
                                        Text(Part(all.ticks(), first_ms, last_ms)));
    for (size_t column = 0; column < indexes.size() && !real.ticks().empty(); ++column) {
      const ObjectRows rows =
          oracle_->Read({node, indexes[column]}, SeriesValues::Bit(series),
                        real.ticks().front().tick_ms, real.ticks().back().tick_ms);
      difference +=
          CompareColumn(fmt::format("{} column {}", what, column), real, column, rows, series);
    }
    return difference;
  }

  static std::string CompareColumn(const std::string& what, const SeriesColumns& columns,
                                   size_t column, const ObjectRows& rows, Series series) {
    const std::span<const ObjectRows::Tick> ticks = columns.ticks();
    const SeriesColumns::Column& of = columns.column(column);
    size_t first = ticks.size(), end = 0, count = 0;
    for (size_t tick = 0, row = 0; tick < ticks.size() && row < rows.size(); ++tick) {
      while (row < rows.size() && rows.tick(row).tick_ms < ticks[tick].tick_ms) ++row;
      if (row == rows.size() || rows.tick(row).tick_ms != ticks[tick].tick_ms) continue;
      first = std::min(first, tick);
      end = tick + 1;
      ++count;
      if (rows.Value(row, series) != columns.values(column)[tick]) {
        return fmt::format("{} tick {}: not {}", what, tick, rows.Value(row, series));
      }
    }
    if (count == 0) first = 0;
    return Difference(what, fmt::format("{} in [{},{})", of.count, of.first, of.end),
                      fmt::format("{} in [{},{})", count, first, end));
  }

  // All objects at once, as they come one by one.
  std::string CompareNodeRows(uint32_t node) {
    const int64_t first_ms = now_ms_ - static_cast<int64_t>(choices_->Below(kRetentionMs));
    const int64_t last_ms = first_ms + static_cast<int64_t>(choices_->Below(kRetentionMs));
    std::map<uint32_t, std::string> real, oracle;
    for (const IndexedRows& object : real_->ReadNode(node, kAllSeries, first_ms, last_ms)) {
      real[object.index] = Text(object.rows);
    }
    for (const IndexedRows& object : oracle_->ReadNode(node, kAllSeries, first_ms, last_ms)) {
      const bool in_range =
          !object.rows.empty() && object.rows.tick(object.rows.size() - 1).tick_ms >= first_ms;
      if (in_range) oracle[object.index] = Text(object.rows);
    }
    std::string difference;
    for (const auto& [index, rows] : oracle) {
      difference += Difference(fmt::format("node rows of {}/{}", node, index), real[index], rows);
    }
    return difference;
  }

  std::string CompareRows(ObjectId id) {
    const bool whole = choices_->OneIn(3);
    uint64_t mask = kAllSeries;
    if (choices_->OneIn(2)) mask = SeriesValues::Bit(Series::kPids);
    if (choices_->OneIn(4)) mask = SeriesValues::Bit(Series::kDiskReadBytes);
    int64_t first_ms = 0, last_ms = std::numeric_limits<int64_t>::max();
    if (!whole) {
      first_ms = now_ms_ - static_cast<int64_t>(choices_->Below(kRetentionMs * 5 / 4));
      last_ms = first_ms + static_cast<int64_t>(choices_->Below(kRetentionMs));
    }
    return Difference(fmt::format("rows of {}/{} mask {:x} from {} to {}", id.node, id.index, mask,
                                  first_ms, last_ms),
                      Text(real_->Read(id, mask, first_ms, last_ms)),
                      Text(oracle_->Read(id, mask, first_ms, last_ms)));
  }

  Choices* choices_;
  std::unique_ptr<Store> real_, oracle_;
  int64_t now_ms_ = kStartMs;
  std::map<int, Sender> senders_;
  std::deque<std::vector<uint8_t>> blocks_;  // of the report
};

}  // namespace

uint64_t Choices::Below(uint64_t count) {
  uint64_t value = 0;
  if (bytes_.empty()) {
    value = random_();
  } else {
    const size_t take = std::min<size_t>(bytes_.size(), count <= 256 ? 1 : 4);
    for (size_t i = 0; i < take; ++i) value = value << 8 | bytes_[i];
    bytes_ = bytes_.subspan(take);
  }
  return value % count;
}

std::string CompareStores(Choices* choices, size_t steps) {
  History history(choices);
  for (size_t step = 0; step < steps; ++step) {
    if (std::string difference = history.Step(); !difference.empty()) {
      return fmt::format("step {}: {}", step, difference);
    }
  }
  return history.CompareAll();
}

}  // namespace kubemonitor
