#include "apiserver/ingest/ingest.h"

#include <fmt/format.h>
#include <google/protobuf/arena.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "apiserver/ingest/ingest_call.h"
#include "common/text.h"
#include "metrics.pb.h"
#include "wire/node_name.h"
#include "wire/report_codec.h"
#include "wire/wire_shape.h"

namespace kubemonitor {
namespace {

// Room for nodes of which nothing is stored beside those that are. The more, the rarer the look for
// those that can be forgotten.
constexpr size_t kSpareNodes = 1000;
// One place of so many in the store is for nodes that are shown although nothing is stored of them.
constexpr size_t kStoredPerEmpty = 10;
constexpr uint64_t kMinuteUsec = 60'000'000;
constexpr size_t kMalformedLimiter = 0;
constexpr uint64_t kLogPeriodUsec = 10'000'000;

uint64_t ItemsOf(const v1::MetricsRequest& request) {
  return static_cast<uint64_t>(
      std::max(1, request.ticks_size() + request.metrics_size() + request.blocks_size()));
}

// Nullopt: the request may go on to its node.
std::optional<Refusal> CheckRequest(const v1::MetricsRequest& request) {
  const auto refuse = [&request](RefusalReason reason, std::string detail) {
    return Refusal{reason, ItemsOf(request), std::move(detail)};
  };
  if (!IsNodeName(request.node_name())) {
    return refuse(
        RefusalReason::kInvalid,
        fmt::format("node_name {} is no DNS subdomain (small letters, digits, '-', '.', at "
                    "most 253): send the node's name in Kubernetes",
                    QuoteForMessage(request.node_name())));
  }
  const uint32_t version = request.protocol_version();
  if (version > kProtocolVersion) {
    return refuse(RefusalReason::kVersion,
                  fmt::format("protocol version {} is not understood: this server reads version {} "
                              "and the simple form (0)",
                              version, kProtocolVersion));
  }
  if (version == 0 &&
      (request.ticks_size() > 0 || request.identities_size() > 0 || request.blocks_size() > 0)) {
    return refuse(RefusalReason::kVersion, "ticks, blocks and identities need protocol_version 1");
  }
  // Before the node takes a place among those that are known.
  if (version != 0 && request.sent_at_ms() <= 0) {
    return refuse(RefusalReason::kInvalid,
                  "sent_at_ms is missing: set it to the sender's wall clock");
  }
  if (version != 0 && request.metrics_size() > 0) {
    return refuse(RefusalReason::kInvalid,
                  "metrics (the simple form) go into a request of their own, without "
                  "protocol_version");
  }
  return std::nullopt;
}

}  // namespace

Ingest::Ingest(Store& store, const Clock& clock, IngestOptions options)
    : store_(store),
      clock_(clock),
      options_(std::move(options)),
      admission_(store, clock),
      empty_nodes_(store.options().max_nodes / kStoredPerEmpty,
                   static_cast<uint64_t>(store.options().retention_ms) * 1000),
      credits_(options_.history) {
  const MutexLock lock(mutex_);
  limiters_.fill(LogLimiter(kLogPeriodUsec));
}

Ingest::~Ingest() = default;

absl::Status Ingest::HandleBytes(std::string_view bytes, std::string_view peer,
                                 std::string* answer) {
  absl::Status status = CheckRequestShape(bytes);
  google::protobuf::Arena arena;
  auto* request = google::protobuf::Arena::CreateMessage<v1::MetricsRequest>(&arena);
  if (status.ok() && !request->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    status = absl::InvalidArgumentError("the bytes are no serialized MetricsRequest");
  }
  if (!status.ok()) {
    {
      const MutexLock lock(mutex_);
      ++counters_.malformed_requests;
    }
    uint64_t held_back = 0;
    if (AllowLog(kMalformedLimiter, &held_back)) {
      LogWarning("refused a request of {} bytes from {}: {} ({} more like it not logged)",
                 bytes.size(), QuoteForMessage(peer), std::string(status.message()), held_back);
    }
    return status;
  }
  auto* response = google::protobuf::Arena::CreateMessage<v1::MetricsResponse>(&arena);
  Handle(*request, peer, response);
  if (!response->SerializeToString(answer)) {
    return absl::InternalError("the answer cannot be serialized");
  }
  return absl::OkStatus();
}

void Ingest::Handle(const v1::MetricsRequest& request, std::string_view peer,
                    v1::MetricsResponse* response) {
  const int64_t now_ms = clock_.WallMs();
  const uint64_t now_usec = clock_.BootUsec();
  IngestAnswer answer;
  if (const auto refusal = CheckRequest(request)) {
    answer.refusals.Add(refusal->reason, refusal->count, refusal->detail);
  } else if (const auto node = FindNode(request.node_name())) {
    const MutexLock lock(node->mutex);
    answer = IngestCall({store_, admission_, empty_nodes_, now_ms, now_usec}, node->memory, request)
                 .Run();
    if (answer.took_something) AnswerCredit(request, now_usec, response);
  } else {
    answer.refusals.Add(RefusalReason::kCapacity, ItemsOf(request),
                        fmt::format("the server knows {} nodes already and takes no more",
                                    store_.options().max_nodes + kSpareNodes));
  }
  Answer(answer, now_ms, response);
  Count(answer, request, peer, now_ms);
}

std::shared_ptr<IngestNode> Ingest::FindNode(const std::string& name) {
  if (auto node = FindOrAdd(name)) return node;
  ForgetEmptyNodes();
  return FindOrAdd(name);
}

// Null: no room.
std::shared_ptr<IngestNode> Ingest::FindOrAdd(const std::string& name) {
  const MutexLock lock(mutex_);
  const auto known = nodes_.find(name);
  if (known != nodes_.end()) return known->second;
  if (nodes_.size() >= store_.options().max_nodes + kSpareNodes) return nullptr;
  return nodes_.emplace(name, std::make_shared<IngestNode>()).first->second;
}

// Names cost a hostile client nothing: what is remembered of nodes of which the store holds nothing
// makes room for others. Nodes amidst a request stay.
void Ingest::ForgetEmptyNodes() {
  std::unordered_set<std::string> stored;
  for (const std::shared_ptr<const NodeInfo>& node : store_.Nodes()) {
    if (node->newest_tick_ms) stored.insert(node->name);
  }
  const MutexLock lock(mutex_);
  std::erase_if(nodes_, [&stored](const auto& entry) {
    const auto& [name, node] = entry;
    return node.use_count() == 1 && !stored.contains(name);
  });
}

void Ingest::Answer(const IngestAnswer& answer, int64_t now_ms,
                    v1::MetricsResponse* response) const {
  response->set_server_instance(options_.server_instance);
  response->set_interval_ms(static_cast<uint32_t>(store_.options().interval_ms));
  response->set_retention_seconds(static_cast<uint32_t>(store_.KeptMs(now_ms) / 1000));
  response->set_codec_version(kBlockVersion);
  response->set_accepted(answer.accepted);
  for (const TickRange& range : answer.held) {
    v1::TickRange* to = response->add_held();
    to->set_first_ms(range.first_ms);
    to->set_last_ms(range.last_ms);
  }
  for (const uint32_t object : answer.identities_wanted) {
    response->add_identities_wanted(object);
  }
  for (const Refusal& refusal : answer.refusals.items()) {
    v1::Refusal* to = response->add_refusals();
    to->set_reason(static_cast<v1::RefusalReason>(refusal.reason));
    to->set_count(refusal.count);
    to->set_detail(refusal.detail);
  }
}

// Who waits for nothing more has used its credit. The newest tick, which needs none, may come
// between a credit and its use: then one node more sends for a moment.
void Ingest::AnswerCredit(const v1::MetricsRequest& request, uint64_t now_usec,
                          v1::MetricsResponse* response) {
  if (request.history_waiting_bytes() > 0) {
    const HistoryCredits::Answer answer =
        credits_.Ask(request.node_name(), request.history_waiting_bytes(), now_usec);
    response->set_history_credit_bytes(answer.credit_bytes);
    response->set_history_retry_ms(answer.retry_ms);
  } else {
    credits_.Settle(request.node_name());
  }
}

void Ingest::Count(const IngestAnswer& answer, const v1::MetricsRequest& request,
                   std::string_view peer, int64_t now_ms) {
  {
    const MutexLock lock(mutex_);
    ++counters_.requests;
    counters_.accepted_ticks += answer.accepted;
    for (const Refusal& refusal : answer.refusals.items()) {
      counters_.refused[static_cast<size_t>(refusal.reason)] += refusal.count;
    }
    if (answer.newest_tick_ms && answer.accepted > 0) {
      CountLag(now_ms - *answer.newest_tick_ms, clock_.BootUsec());
    }
  }
  for (const Refusal& refusal : answer.refusals.items()) {
    uint64_t held_back = 0;
    if (!AllowLog(static_cast<size_t>(refusal.reason), &held_back)) continue;
    LogWarning("refused {} of node {} from {} ({}): {} ({} more like it not logged)", refusal.count,
               QuoteForMessage(request.node_name()), QuoteForMessage(peer), NameOf(refusal.reason),
               refusal.detail, held_back);
  }
}

void Ingest::CountLag(int64_t lag_ms, uint64_t now_usec) {
  const double lag = static_cast<double>(lag_ms) / 1000;
  const uint64_t minute = now_usec / kMinuteUsec;
  if (minute != minute_) {
    minute_lag_[1] = minute == minute_ + 1 ? minute_lag_[0] : std::nullopt;
    minute_lag_[0].reset();
    minute_ = minute;
  }
  minute_lag_[0] = std::max(minute_lag_[0].value_or(lag), lag);
  counters_.last_lag_seconds = lag;
}

bool Ingest::AllowLog(size_t limiter, uint64_t* held_back) {
  const MutexLock lock(mutex_);
  return limiters_[limiter].Allow(clock_.BootUsec(), held_back);
}

IngestCounters Ingest::counters() const {
  const MutexLock lock(mutex_);
  IngestCounters out = counters_;
  const uint64_t minute = clock_.BootUsec() / kMinuteUsec;
  for (size_t age = 0; age < minute_lag_.size(); ++age) {
    if (!minute_lag_[age] || minute > minute_ + 1 - age) continue;
    out.max_lag_seconds =
        std::max(out.max_lag_seconds.value_or(*minute_lag_[age]), *minute_lag_[age]);
  }
  return out;
}

}  // namespace kubemonitor
