#include "apiserver/ingest/ingest_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>
#include <utility>

#include "apiserver/ingest/history_block.h"
#include "common/text.h"
#include "wire/report_codec.h"

namespace kubemonitor {
namespace {

// Of a collector's clock, either way.
constexpr int64_t kMaxSkewMs = kMaxAheadMs;
// A collector silent for longer than this no longer keeps clients of the simple form out.
constexpr uint64_t kCollectorGoneUsec = 300'000'000;
// Decoded at a time: plain values are many times larger than columns.
constexpr size_t kObjectsPerChunk = 20'000;
// Of all ticks of a request. A column of zeros takes a few bytes for any number of objects, so that
// the bytes of a request do not bound the work it makes.
constexpr size_t kMaxSamplesPerRequest = 20 * kObjectsPerChunk;
constexpr uint64_t kOfferEveryUsec = 60'000'000;

size_t ObjectsOf(const Tick& tick) { return tick.pods.size() + tick.containers.size(); }

size_t SamplesOf(const v1::Tick& tick) {
  return static_cast<size_t>(tick.pods().objects_size()) +
         static_cast<size_t>(tick.containers().objects_size());
}

}  // namespace

IngestAnswer IngestCall::Run() {
  if (request_.protocol_version() == 0) {
    RunSimple();
  } else {
    RunCollector();
  }
  std::sort(answer_.identities_wanted.begin(), answer_.identities_wanted.end());
  answer_.identities_wanted.erase(
      std::unique(answer_.identities_wanted.begin(), answer_.identities_wanted.end()),
      answer_.identities_wanted.end());
  return std::move(answer_);
}

uint64_t IngestCall::Items() const {
  return static_cast<uint64_t>(std::max(1, request_.ticks_size() + request_.blocks_size()));
}

void IngestCall::RunCollector() {
  auto header = DecodeHeader(request_);
  const uint64_t count = Items();
  if (!header.ok()) {
    answer_.refusals.Add(RefusalReason::kInvalid, count, std::string(header.status().message()));
    return;
  }
  header_ = *std::move(header);
  if (header_.instance_id.empty() || header_.instance_id.starts_with("simple")) {
    answer_.refusals.Add(RefusalReason::kInvalid, count,
                         "instance_id must be a random text, new with every start of the sender");
    return;
  }
  // A superseded collector has no say, not even of the node's clock.
  if (!InstanceIsCurrent() || !ClockIsGood()) return;
  answer_.took_something = true;
  StartInstance(header_.instance_id);
  TakeIdentities();
  TakeBlocks();
  TakeTicks();
  if (was_empty_ && !answer_.held.empty()) context_.empty_nodes.Remove(header_.node_name);
  OfferRoom();
}

bool IngestCall::MayBeShown() {
  was_empty_ = context_.store.Held(header_.node_name).empty();
  return !was_empty_ || context_.empty_nodes.Admit(header_.node_name, context_.now_usec);
}

// False: the store has no room for the node.
bool IngestCall::ShowHealth(double skew_seconds, bool clock_refused) {
  if (!MayBeShown()) return true;
  NodeHealth health;
  health.clock_skew_seconds = skew_seconds;
  health.clock_refused = clock_refused;
  health.conflict = node_.instances.InConflict(context_.now_usec);
  health.lost_ticks = request_.lost_ticks();
  const StoreOptions& options = context_.store.options();
  health.owed_ticks = std::min<uint64_t>(
      request_.owed_ticks(), static_cast<uint64_t>(options.retention_ms / options.interval_ms));
  if (context_.store.SetHealth(request_.node_name(), health, context_.now_ms)) return true;
  answer_.refusals.Add(RefusalReason::kCapacity, 1,
                       fmt::format("the server holds {} nodes already and takes no more",
                                   context_.store.options().max_nodes));
  return false;
}

bool IngestCall::ClockIsGood() {
  const int64_t sent_ms = header_.sent_at_ms;
  // Both are positive, so that the difference cannot overflow.
  const int64_t skew_ms = context_.now_ms - sent_ms;
  const bool refused = std::abs(skew_ms) > kMaxSkewMs;
  const double skew_seconds = std::round(static_cast<double>(skew_ms) / 100) / 10;
  if (!ShowHealth(skew_seconds, refused)) return false;
  if (!refused) return true;
  answer_.refusals.Add(
      RefusalReason::kClockSkew, Items(),
      fmt::format("the clock of node {} is {:.0f} s {} the server's, more than 300 s: set the "
                  "node's clock (NTP), the reports are taken as soon as it is right",
                  QuoteForMessage(header_.node_name), std::abs(skew_seconds),
                  skew_ms > 0 ? "behind" : "ahead of"));
  return false;
}

bool IngestCall::InstanceIsCurrent() {
  const auto verdict = node_.instances.Admit(header_.instance_id, context_.now_usec);
  if (verdict != NodeInstances::Verdict::kSuperseded) return true;
  answer_.refusals.Add(
      RefusalReason::kSuperseded, Items(),
      fmt::format("instance {} of node {} was superseded by instance {}: stop one of the two "
                  "collectors, or give them different --node-name",
                  QuoteForMessage(header_.instance_id), QuoteForMessage(header_.node_name),
                  QuoteForMessage(node_.instances.current())));
  return false;
}

void IngestCall::StartInstance(const std::string& instance_id) {
  if (node_.refused_instance == instance_id) return;
  node_.refused_instance = instance_id;
  node_.refused_objects.clear();
}

void IngestCall::Refuse(uint32_t object, RefusalReason reason) {
  // Beyond any honest number of objects: forget, so that the sender is asked for identities again.
  if (node_.refused_objects.size() >= 2 * kMaxIdentitiesPerRequest) node_.refused_objects.clear();
  node_.refused_objects[object] = reason;
}

void IngestCall::TakeIdentities() {
  header_.identities.reserve(static_cast<size_t>(request_.identities_size()));
  for (const v1::Identity& message : request_.identities()) {
    auto identity = DecodeIdentity(message);
    if (identity.ok()) {
      header_.identities.push_back(*std::move(identity));
      continue;
    }
    answer_.refusals.Add(RefusalReason::kInvalid, 1, std::string(identity.status().message()));
    if (message.object() != 0) Refuse(message.object(), RefusalReason::kInvalid);
  }
  AdmitObjects(header_);
}

void IngestCall::AdmitObjects(NodeReport& report) {
  const std::vector<size_t> refused =
      context_.admission.Refused(report.node_name, report.identities);
  for (const size_t i : refused) Refuse(report.identities[i].object, RefusalReason::kCapacity);
  for (size_t i = 0, next = 0; i < report.identities.size(); ++i) {
    if (next < refused.size() && refused[next] == i) {
      ++next;
    } else {
      node_.refused_objects.erase(report.identities[i].object);
    }
  }
  if (refused.empty()) return;
  std::erase_if(report.identities, [this](const Identity& identity) {
    return node_.refused_objects.contains(identity.object);
  });
}

bool IngestCall::TimeIsGood(int64_t tick_ms) {
  const StoreOptions& options = context_.store.options();
  const int64_t kept_ms = context_.store.KeptMs(context_.now_ms);
  RefusalReason reason{};
  std::string why;
  if (tick_ms > context_.now_ms + kMaxAheadMs) {
    reason = RefusalReason::kInFuture;
    why = "is more than five minutes ahead of the server's clock";
  } else if (tick_ms < context_.now_ms - kept_ms) {
    reason = RefusalReason::kTooOld;
    why = fmt::format("is older than {} s, as long as ticks are kept", kept_ms / 1000);
  } else if (tick_ms % options.interval_ms != 0) {
    reason = RefusalReason::kOffGrid;
    why = fmt::format("is no multiple of the server's interval of {} ms", options.interval_ms);
  } else {
    answer_.newest_tick_ms = std::max(answer_.newest_tick_ms.value_or(tick_ms), tick_ms);
    return true;
  }
  answer_.refusals.Add(reason, 1, fmt::format("the tick of {} ms {}", tick_ms, why));
  return false;
}

void IngestCall::CutRefused(Tick& tick) {
  if (node_.refused_objects.empty()) return;
  std::array<uint64_t, kRefusalReasons> cut{};
  const auto is_refused = [this, &cut](uint32_t object, bool counted) {
    const auto it = node_.refused_objects.find(object);
    if (it == node_.refused_objects.end()) return false;
    if (counted) ++cut[static_cast<size_t>(it->second)];
    return true;
  };
  for (auto* samples : {&tick.pods, &tick.containers}) {
    std::erase_if(*samples, [&](const ObjectSample& s) { return is_refused(s.object, true); });
  }
  std::erase_if(tick.object_details,
                [&](const ObjectDetails& d) { return is_refused(d.object, false); });
  CountCut(cut);
}

void IngestCall::CountCut(const std::array<uint64_t, kRefusalReasons>& cut) {
  answer_.refusals.Add(RefusalReason::kInvalid, cut[static_cast<size_t>(RefusalReason::kInvalid)],
                       "values of objects whose identity was refused");
  answer_.refusals.Add(RefusalReason::kCapacity, cut[static_cast<size_t>(RefusalReason::kCapacity)],
                       context_.admission.Describe());
}

// The block itself where it has none of the objects refused.
BlockReader IngestCall::WithoutRefused(const BlockReader& block) {
  std::array<uint64_t, kRefusalReasons> cut{};
  BlockEncoder encoder(block);
  bool whole = true;
  for (BlockReader::Object object = block.Objects(); object.Next();) {
    const auto refused = node_.refused_objects.find(object.number());
    if (refused == node_.refused_objects.end()) {
      encoder.CopyObject(object, object.number());
      continue;
    }
    ++cut[static_cast<size_t>(refused->second)];
    whole = false;
  }
  if (whole) return block;
  CountCut(cut);
  return BlockReader::Trusted(cut_blocks_.emplace_back(encoder.Finish()));
}

void IngestCall::TakeBlocks() {
  const BlockRules rules{header_.boot_id, context_.now_ms,
                         context_.now_ms - context_.store.KeptMs(context_.now_ms),
                         context_.store.options().interval_ms};
  NodeReport chunk = header_;
  uint64_t rows = 0;
  uint64_t samples = 0;
  for (const v1::HistoryBlock& message : request_.blocks()) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(message.bytes().data());
    Refusal refusal;
    const auto block = ReadHistoryBlock({bytes, message.bytes().size()}, &refusal);
    if (!block) {
      answer_.refusals.Add(refusal.reason, refusal.count, refusal.detail);
      continue;
    }
    samples += block->sample_count();
    if (samples > kMaxBlockSamplesPerRequest) {
      answer_.refusals.Add(RefusalReason::kInvalid, block->tick_count(),
                           fmt::format("the blocks hold more than {} samples: send fewer at a time",
                                       kMaxBlockSamplesPerRequest));
      continue;
    }
    if (const auto why = CheckHistoryBlock(*block, rules)) {
      answer_.refusals.Add(why->reason, why->count, why->detail);
      continue;
    }
    chunk.blocks.push_back(node_.refused_objects.empty() ? *block : WithoutRefused(*block));
    rows += block->tick_count() * block->object_count();
    if (rows < kObjectsPerChunk) continue;
    Flush(chunk);
    rows = 0;
  }
  if (!chunk.blocks.empty()) Flush(chunk);
}

void IngestCall::TakeTicks() {
  NodeReport chunk = header_;
  size_t objects = 0;
  size_t samples = 0;
  for (const v1::Tick& message : request_.ticks()) {
    samples += SamplesOf(message);
    if (samples > kMaxSamplesPerRequest) {
      answer_.refusals.Add(RefusalReason::kInvalid, 1,
                           fmt::format("the ticks hold more than {} samples of pods and "
                                       "containers: send fewer ticks at a time",
                                       kMaxSamplesPerRequest));
      continue;
    }
    if (!TimeIsGood(message.tick_ms())) continue;
    auto tick = DecodeTick(message);
    if (!tick.ok()) {
      answer_.refusals.Add(
          RefusalReason::kInvalid, 1,
          fmt::format("tick {}: {}", message.tick_ms(), std::string(tick.status().message())));
      continue;
    }
    CutRefused(*tick);
    objects += ObjectsOf(*tick);
    chunk.ticks.push_back(*std::move(tick));
    if (objects < kObjectsPerChunk) continue;
    Flush(chunk);
    objects = 0;
  }
  if (!chunk.ticks.empty() || !chunk.identities.empty()) {
    Flush(chunk);
  } else if (answer_.held.empty()) {
    answer_.held = context_.store.Held(header_.node_name);
  }
}

void IngestCall::Flush(NodeReport& chunk) {
  AppendResult result = context_.store.Append(chunk, context_.now_ms);
  // Told in this very request and still unknown: the store has no room for them. The rest of the
  // tick is worth keeping.
  std::unordered_set<uint32_t> told;
  if (!result.identities_wanted.empty()) {
    for (const Identity& identity : header_.identities) told.insert(identity.object);
  }
  size_t without_room = 0;
  for (const uint32_t object : result.identities_wanted) {
    if (!told.contains(object)) continue;
    Refuse(object, RefusalReason::kCapacity);
    ++without_room;
  }
  if (without_room > 0) {
    for (Tick& tick : chunk.ticks) CutRefused(tick);
    for (BlockReader& block : chunk.blocks) block = WithoutRefused(block);
    std::erase_if(chunk.identities, [this](const Identity& identity) {
      return node_.refused_objects.contains(identity.object);
    });
    const std::vector<Refusal> first = std::move(result.refusals);
    result = context_.store.Append(chunk, context_.now_ms);
    if (result.refusals.empty()) result.refusals = first;
  }
  Merge(std::move(result));
  chunk.ticks.clear();
  chunk.blocks.clear();
  chunk.identities.clear();
}

void IngestCall::Merge(AppendResult result) {
  answer_.accepted += result.accepted_ticks;
  answer_.held = std::move(result.held);
  answer_.identities_wanted.insert(answer_.identities_wanted.end(),
                                   result.identities_wanted.begin(),
                                   result.identities_wanted.end());
  for (const Refusal& refusal : result.refusals) {
    answer_.refusals.Add(refusal.reason, refusal.count, refusal.detail);
  }
}

// Objects refused for want of room are asked for again from time to time: others end.
void IngestCall::OfferRoom() {
  if (node_.refused_objects.empty() || context_.now_usec < node_.next_offer_usec) return;
  uint64_t room = context_.admission.Room();
  if (room == 0) return;
  node_.next_offer_usec = context_.now_usec + kOfferEveryUsec;
  for (const auto& [object, reason] : node_.refused_objects) {
    if (reason != RefusalReason::kCapacity) continue;
    if (room-- == 0) return;
    answer_.identities_wanted.push_back(object);
  }
}

std::vector<const v1::Metric*> IngestCall::GoodMetrics() {
  const int64_t interval_ms = context_.store.options().interval_ms;
  std::vector<const v1::Metric*> good;
  for (const v1::Metric& metric : request_.metrics()) {
    const absl::Status status = CheckMetric(metric);
    if (!status.ok()) {
      answer_.refusals.Add(RefusalReason::kInvalid, 1,
                           fmt::format("metric of pod {}: {}", QuoteForMessage(metric.pod_name()),
                                       std::string(status.message())));
      continue;
    }
    // The raw value first: rounding must not overflow.
    const int64_t timestamp = std::clamp(metric.timestamp(), int64_t{0}, int64_t{1} << 60);
    const int64_t tick_ms = NearestTick(timestamp, interval_ms);
    if (TimeIsGood(tick_ms)) good.push_back(&metric);
  }
  return good;
}

void IngestCall::RunSimple() {
  const auto count = static_cast<uint64_t>(request_.metrics_size());
  const NodeInstances& instances = node_.instances;
  if (!instances.current().empty() &&
      context_.now_usec - instances.last_seen_usec() < kCollectorGoneUsec) {
    answer_.refusals.Add(
        RefusalReason::kSuperseded, std::max<uint64_t>(1, count),
        fmt::format("a collector (instance {}) reports for node {}: use another "
                    "node name",
                    QuoteForMessage(instances.current()), QuoteForMessage(request_.node_name())));
    return;
  }
  answer_.held = context_.store.Held(request_.node_name());
  const std::vector<const v1::Metric*> metrics = GoodMetrics();
  if (metrics.empty()) return;
  header_ = FromSimpleForm(metrics, request_.node_name(), context_.store.options().interval_ms);
  StartInstance(header_.instance_id);
  AdmitObjects(header_);
  for (Tick& tick : header_.ticks) CutRefused(tick);
  const uint64_t before = answer_.accepted;
  NodeReport chunk = std::move(header_);
  header_.node_name = chunk.node_name;
  header_.identities = chunk.identities;
  const size_t ticks = chunk.ticks.size();
  Flush(chunk);
  // The client counts in metrics. Of ticks that the store refused it says so itself.
  if (answer_.accepted - before == ticks) answer_.accepted = before + metrics.size();
}

}  // namespace kubemonitor
