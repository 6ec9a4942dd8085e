#include "collector/publish/sender.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "common/text.h"
#include "metrics.pb.h"
#include "wire/report_codec.h"

namespace kubemonitor {
namespace {

constexpr uint64_t kMaxJitterUsec = 2'000'000;
constexpr uint64_t kFirstBackOffUsec = 500'000;
constexpr uint64_t kAwayBackOffUsec = 30'000'000;
// A whole request refused for what only time or a person changes.
constexpr uint64_t kSlowRetryUsec = 30'000'000;
constexpr int kMaxAttempts = 4;
constexpr int kLoggedRefusals = 8;
constexpr uint32_t kMinIntervalMs = 1'000;
constexpr uint32_t kMaxIntervalMs = 60'000;

// FNV-1a: the same node has the same place in the interval everywhere.
uint64_t Hash(std::string_view text) {
  uint64_t hash = 14695981039346656037U;
  for (const char c : text) {
    hash ^= static_cast<uint8_t>(c);
    hash *= 1099511628211U;
  }
  // The low bits decide; let the high ones take part.
  return hash ^ (hash >> 32);
}

void AppendLength(std::string* out, size_t length) {
  for (; length >= 0x80; length >>= 7) out->push_back(static_cast<char>(length | 0x80));
  out->push_back(static_cast<char>(length));
}

// Field `number` (below 16) of a message, with serialized content.
void AppendField(std::string* out, uint32_t number, const std::string& content,
                 const std::string* more = nullptr) {
  out->push_back(static_cast<char>(number << 3 | 2));
  AppendLength(out, content.size() + (more == nullptr ? 0 : more->size()));
  out->append(content);
  if (more != nullptr) out->append(*more);
}

bool IsSlow(v1::RefusalReason reason) {
  return reason == v1::REFUSAL_REASON_CLOCK_SKEW || reason == v1::REFUSAL_REASON_SUPERSEDED ||
         reason == v1::REFUSAL_REASON_CAPACITY || reason == v1::REFUSAL_REASON_VERSION;
}

// Whether nothing of the request was looked at, not even its identities.
bool TookNothing(const v1::MetricsResponse& response) {
  return std::any_of(response.refusals().begin(), response.refusals().end(), [](const auto& r) {
    return r.reason() == v1::REFUSAL_REASON_CLOCK_SKEW ||
           r.reason() == v1::REFUSAL_REASON_SUPERSEDED || r.reason() == v1::REFUSAL_REASON_VERSION;
  });
}

}  // namespace

Sender::Sender(const TickLog& log, const Clock& clock, SenderOptions options)
    : log_(log),
      clock_(clock),
      options_(std::move(options)),
      node_hash_(Hash(options_.node_name)) {}

uint64_t Sender::JitterUsec() const {
  const uint64_t span = std::min(kMaxJitterUsec, uint64_t{interval_ms_} * 1000 / 5);
  return span == 0 ? 0 : node_hash_ % span;
}

bool Sender::IsMissing(int64_t tick_ms) const {
  if (held_.Contains(tick_ms) || given_up_.contains(tick_ms)) return false;
  if (server_interval_ms_ != 0 && tick_ms % server_interval_ms_ != 0) return false;
  return server_retention_ms_ == 0 || tick_ms >= clock_.WallMs() - server_retention_ms_;
}

// Oldest first, up to a suspect, which goes alone.
std::vector<LoggedTick> Sender::MissingBefore(int64_t newest_ms) {
  std::vector<LoggedTick> ticks = log_.Ticks();
  if (!ticks.empty()) ForgetOutside(ticks.front().tick_ms, ticks.back().tick_ms);
  std::erase_if(ticks, [this, newest_ms](const LoggedTick& tick) {
    return tick.tick_ms >= newest_ms || !IsMissing(tick.tick_ms);
  });
  const auto suspect = std::find_if(ticks.begin(), ticks.end(), [this](const LoggedTick& tick) {
    return suspects_.contains(tick.tick_ms);
  });
  if (suspect != ticks.end()) {
    ticks.erase(suspect == ticks.begin() ? suspect + 1 : suspect, ticks.end());
  }
  return ticks;
}

std::optional<std::string> Sender::Next(uint32_t interval_ms, uint64_t* wake_usec) {
  interval_ms_ = interval_ms;
  const uint64_t now = clock_.BootUsec();
  *wake_usec = std::numeric_limits<uint64_t>::max();
  if (now < not_before_usec_) {
    *wake_usec = not_before_usec_;
    return std::nullopt;
  }
  const auto newest = log_.Newest();
  if (!newest) {
    // Before the first tick: ask for the server's interval.
    if (server_instance_.empty()) return Build({}, nullptr);
    return std::nullopt;
  }
  if (IsMissing(newest->tick.tick_ms)) {
    const uint64_t due = newest->tick.added_usec + (connected() ? JitterUsec() : 0);
    const bool suspect = suspects_.contains(newest->tick.tick_ms);
    if (now >= due) return Build({newest->tick}, suspect ? nullptr : newest->details.get());
    *wake_usec = due;
  }
  const std::vector<LoggedTick> missing = MissingBefore(newest->tick.tick_ms);
  if (!missing.empty()) return Build(missing, nullptr);
  // What the log forgot cannot be told any more.
  const std::vector<LoggedIdentity> known = log_.Identities({wanted_.begin(), wanted_.end()});
  wanted_.clear();
  for (const LoggedIdentity& identity : known) wanted_.insert(identity.object);
  if (wanted_.empty()) return std::nullopt;
  if (now >= asked_again_usec_) return Build({}, nullptr);
  *wake_usec = std::min(*wake_usec, asked_again_usec_);
  return std::nullopt;
}

// What is not in the log, or not any more, needs no memory. Later ticks leave it when the clock is
// set back, and others get their time.
void Sender::ForgetOutside(int64_t first_ms, int64_t last_ms) {
  const auto forget = [first_ms, last_ms](auto& ticks) {
    ticks.erase(ticks.begin(), ticks.lower_bound(first_ms));
    ticks.erase(ticks.upper_bound(last_ms), ticks.end());
  };
  forget(given_up_);
  forget(attempts_);
  forget(suspects_);
}

void Sender::GiveUp(int64_t tick_ms) {
  given_up_.insert(tick_ms);
  attempts_.erase(tick_ms);
  suspects_.erase(tick_ms);
}

// What the server asked for, then what it was not told yet. Read at one moment: otherwise an
// identity that changes meanwhile would be sent as it was, and taken for told as it is.
std::vector<LoggedIdentity> Sender::IdentitiesToSend() {
  std::vector<LoggedIdentity> out;
  std::vector<LoggedIdentity> news;
  for (LoggedIdentity& identity : log_.IdentitiesSince(identities_version_, wanted_)) {
    if (wanted_.contains(identity.object)) {
      out.push_back(std::move(identity));
      continue;
    }
    const auto told = told_.find(identity.object);
    if (told != told_.end() && told->second >= identity.version) continue;
    news.push_back(std::move(identity));
  }
  out.insert(out.end(), std::move_iterator(news.begin()), std::move_iterator(news.end()));
  return out;
}

void Sender::AppendIdentities(std::string* request) {
  const std::vector<LoggedIdentity> identities = IdentitiesToSend();
  uint64_t newest_version = identities_version_;
  bool all = true;
  for (const LoggedIdentity& identity : identities) {
    newest_version = std::max(newest_version, identity.version);
    if (request->size() + identity.bytes->size() > options_.batch_bytes &&
        !sent_identities_.empty()) {
      all = false;
      continue;
    }
    AppendField(request, v1::MetricsRequest::kIdentitiesFieldNumber, *identity.bytes);
    sent_identities_.push_back({identity.object, identity.version});
  }
  for (const auto& [object, version] : told_) newest_version = std::max(newest_version, version);
  if (all) completes_version_ = newest_version;
}

std::string Sender::Build(const std::vector<LoggedTick>& ticks, const std::string* details) {
  sent_ticks_.clear();
  sent_identities_.clear();
  completes_version_.reset();
  v1::MetricsRequest header;
  header.set_node_name(options_.node_name);
  header.set_protocol_version(kProtocolVersion);
  header.set_boot_id(options_.boot_id);
  header.set_instance_id(options_.instance_id);
  header.set_interval_ms(interval_ms_);
  header.set_sent_at_ms(clock_.WallMs());
  header.set_collector_version(options_.version);
  std::string request = header.SerializeAsString();
  AppendIdentities(&request);
  for (const LoggedTick& tick : ticks) {
    if (!sent_ticks_.empty() && request.size() + tick.bytes->size() > options_.batch_bytes) break;
    AppendField(&request, v1::MetricsRequest::kTicksFieldNumber, *tick.bytes, details);
    sent_ticks_.push_back(tick.tick_ms);
  }
  return request;
}

void Sender::OnAnswer(const absl::StatusOr<std::string>& answer) {
  v1::MetricsResponse response;
  if (!answer.ok()) {
    OnFailure(answer.status());
  } else if (!response.ParseFromString(*answer) || response.server_instance().empty()) {
    OnFailure(
        absl::InternalError("the answer is no MetricsResponse: is this a kubemonitor server?"));
  } else {
    OnResponse(response);
  }
  sent_ticks_.clear();
  sent_identities_.clear();
}

void Sender::Delay(uint64_t usec) {
  not_before_usec_ = std::max(not_before_usec_, clock_.BootUsec() + usec);
}

// Doubles up to the cap; between half of it and all of it, so that nodes do not come back together.
uint64_t Sender::BackOffUsec(uint64_t cap_usec) {
  const uint64_t shift = std::min(failures_ - 1, uint32_t{10});
  const uint64_t full = std::min(cap_usec, kFirstBackOffUsec << shift);
  return full / 2 + Hash(options_.node_name + std::to_string(failures_)) % (full / 2 + 1);
}

void Sender::OnFailure(const absl::Status& status) {
  ++failures_;
  // Half an interval at most, so that a server that is back has data that soon.
  const uint64_t cap = std::min(kAwayBackOffUsec, uint64_t{interval_ms_} * 1000 / 2);
  Delay(BackOffUsec(cap));
  if (absl::IsInvalidArgument(status) && !sent_ticks_.empty()) {
    OnUnreadable(status);
    return;
  }
  uint64_t held_back = 0;
  if (failure_log_.Allow(clock_.BootUsec(), &held_back)) {
    LogWarning("server {}: {}; trying again, ticks are kept meanwhile ({} failures not logged)",
               options_.server, std::string(status.message()), held_back);
  }
}

// The same bytes would be refused again: each tick goes once more, alone and without details, and
// is given up when that is refused as well.
void Sender::OnUnreadable(const absl::Status& status) {
  for (const int64_t tick_ms : sent_ticks_) {
    if (suspects_.insert(tick_ms).second) continue;
    GiveUp(tick_ms);
    ++unreadable_ticks_;
  }
  uint64_t held_back = 0;
  if (unreadable_log_.Allow(clock_.BootUsec(), &held_back)) {
    LogWarning(
        "server {} cannot read a request with {} ticks: {}; they are tried one by one, {} "
        "were given up so far ({} such answers not logged)",
        options_.server, sent_ticks_.size(), std::string(status.message()), unreadable_ticks_,
        held_back);
  }
}

void Sender::OnResponse(const v1::MetricsResponse& response) {
  if (failures_ > 0 || server_instance_.empty()) {
    LogInfo("server {}: connected (instance {}, interval {} ms)", options_.server,
            QuoteForMessage(response.server_instance()), response.interval_ms());
    failure_log_ = LogLimiter();
  }
  failures_ = 0;
  if (response.server_instance() != server_instance_) StartServer(response.server_instance());
  if (response.interval_ms() >= kMinIntervalMs && response.interval_ms() <= kMaxIntervalMs) {
    server_interval_ms_ = response.interval_ms();
  }
  server_retention_ms_ = int64_t{response.retention_seconds()} * 1000;
  held_.Clear();
  for (const v1::TickRange& range : response.held()) held_.Add(range.first_ms(), range.last_ms());
  LearnIdentities(response);
  LearnTicks(response);
  LogRefusals(response);
}

void Sender::StartServer(const std::string& instance) {
  const uint64_t now = clock_.BootUsec();
  const uint64_t interval_usec = uint64_t{interval_ms_} * 1000;
  // Several servers behind one address would be told everything in turns: not faster than this.
  if (!server_instance_.empty() && now - server_since_usec_ < interval_usec) {
    Delay(interval_usec / 2);
  }
  server_since_usec_ = now;
  server_instance_ = instance;
  given_up_.clear();
  attempts_.clear();
  suspects_.clear();
  wanted_.clear();
  // What this request told counts, what earlier ones told an earlier server does not.
  if (identities_version_ > 0 || !told_.empty()) completes_version_.reset();
  identities_version_ = 0;
  told_.clear();
}

void Sender::MarkTold() {
  for (const SentIdentity& sent : sent_identities_) {
    told_[sent.object] = sent.version;
    wanted_.erase(sent.object);
  }
  if (completes_version_) {
    identities_version_ = *completes_version_;
    told_.clear();
  }
}

void Sender::LearnIdentities(const v1::MetricsResponse& response) {
  if (!TookNothing(response)) MarkTold();
  std::unordered_set<uint32_t> sent;
  for (const SentIdentity& identity : sent_identities_) sent.insert(identity.object);
  bool again = false;
  for (const LoggedIdentity& identity : log_.Identities(
           {response.identities_wanted().begin(), response.identities_wanted().end()})) {
    again = again || sent.contains(identity.object);
    wanted_.insert(identity.object);
  }
  // Told, and wanted all the same: not in a tight loop.
  if (again) asked_again_usec_ = clock_.BootUsec() + uint64_t{interval_ms_} * 1000;
}

void Sender::LearnTicks(const v1::MetricsResponse& response) {
  bool slow = false;
  bool final = false;
  for (const v1::Refusal& refusal : response.refusals()) {
    (IsSlow(refusal.reason()) ? slow : final) = true;
  }
  bool stuck = false;
  for (const int64_t tick_ms : sent_ticks_) {
    suspects_.erase(tick_ms);  // it was read
    if (held_.Contains(tick_ms)) {
      attempts_.erase(tick_ms);
      continue;
    }
    const bool wants = response.identities_wanted_size() > 0;
    if (slow && !final && !wants) {
      stuck = true;
    } else if (final && !wants && !slow) {
      GiveUp(tick_ms);
    } else if (wants && !completes_version_) {
      continue;  // more identities than fit into one request: the next one tells more
    } else if (++attempts_[tick_ms] >= kMaxAttempts) {
      GiveUp(tick_ms);
    } else if (attempts_[tick_ms] > 1) {
      Delay(uint64_t{interval_ms_} * 1000 / 2);
    }
  }
  if (stuck) Delay(kSlowRetryUsec);
}

void Sender::LogRefusals(const v1::MetricsResponse& response) {
  if (response.refusals_size() == 0) return;
  uint64_t held_back = 0;
  if (!refusal_log_.Allow(clock_.BootUsec(), &held_back)) return;
  for (int i = 0; i < std::min(response.refusals_size(), kLoggedRefusals); ++i) {
    LogWarning("server {} refused {}: {} ({} answers with refusals not logged)", options_.server,
               response.refusals(i).count(), QuoteForMessage(response.refusals(i).detail(), 1024),
               held_back);
  }
}

}  // namespace kubemonitor
