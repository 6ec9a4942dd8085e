#include "collector/publish/sender.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "common/text.h"
#include "metrics.pb.h"
#include "wire/limits.h"
#include "wire/message_field.h"
#include "wire/report_codec.h"

namespace kubemonitor {
namespace {

constexpr uint64_t kAwayBackOffUsec = 30'000'000;
// A whole request refused for what only time or a person changes.
constexpr uint64_t kSlowRetryUsec = 30'000'000;
constexpr int kMaxAttempts = 4;
constexpr int kLoggedRefusals = 8;
constexpr uint32_t kMinIntervalMs = 1'000;
constexpr uint32_t kMaxIntervalMs = 60'000;
constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max();
constexpr uint64_t kMinCreditWaitUsec = 100'000;
constexpr uint64_t kMaxCreditWaitUsec = 60'000'000;

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
      pace_(options_.node_name),
      request_size_(options_.batch_bytes) {}

bool Sender::IsMissing(int64_t tick_ms) const {
  if (held_.Contains(tick_ms) || given_up_.contains(tick_ms)) return false;
  if (server_interval_ms_ != 0 && tick_ms % server_interval_ms_ != 0) return false;
  return server_retention_ms_ == 0 || tick_ms >= clock_.WallMs() - server_retention_ms_;
}

void Sender::FindMissing(int64_t newest_ms) {
  missing_.clear();
  const std::vector<int64_t> before = std::exchange(missing_ticks_, {});
  int64_t oldest_ms = newest_ms;
  for (LoggedBlock& block : log_.Blocks()) {
    Missing missing;
    for (const int64_t tick_ms : block.ticks) {
      if (tick_ms < newest_ms && IsMissing(tick_ms)) missing.ticks.push_back(tick_ms);
    }
    oldest_ms = std::min(oldest_ms, block.ticks.front());
    if (missing.ticks.empty()) continue;
    missing_ticks_.insert(missing_ticks_.end(), missing.ticks.begin(), missing.ticks.end());
    missing.block = std::move(block);
    missing_.push_back(std::move(missing));
  }
  if (IsMissing(newest_ms)) missing_ticks_.push_back(newest_ms);
  ForgetOutside(oldest_ms, newest_ms);
  if (failures_ > 0 || refused_) CountLost(before, oldest_ms);
}

// What was missing `before` and is neither there nor wanted any more.
void Sender::CountLost(const std::vector<int64_t>& before, int64_t oldest_ms) {
  const int64_t newest_lost_ms = missing_ticks_.empty() ? oldest_ms : missing_ticks_.front();
  const auto lost = std::count_if(before.begin(), before.end(), [&](int64_t tick_ms) {
    return tick_ms < newest_lost_ms && !held_.Contains(tick_ms) && !given_up_.contains(tick_ms);
  });
  if (lost == 0) return;
  lost_ticks_ += static_cast<uint64_t>(lost);
  uint64_t held_back = 0;
  if (!lost_log_.Allow(clock_.BootUsec(), &held_back)) return;
  LogWarning("server {}: it took nothing for longer than ticks are kept, {} are lost so far",
             options_.server, lost_ticks_);
}

bool Sender::GoesAsBlock(const Missing& missing) const {
  const LoggedBlock& block = missing.block;
  if (server_codec_version_ < kBlockVersion || block.sealed == nullptr) return false;
  if (block.sealed->size() > kMaxHistoryBlockBytes || as_ticks_.contains(block.start_ms)) {
    return false;
  }
  // A slow link: its ticks go in smaller portions.
  const bool slow = request_size_.bytes() < options_.batch_bytes;
  if (slow && block.sealed->size() > request_size_.bytes()) return false;
  return std::none_of(block.ticks.begin(), block.ticks.end(), [this](int64_t tick_ms) {
    const bool off_grid = server_interval_ms_ != 0 && tick_ms % server_interval_ms_ != 0;
    return off_grid || held_.Contains(tick_ms) || suspects_.contains(tick_ms);
  });
}

std::optional<std::string> Sender::Next(uint32_t interval_ms, uint64_t* wake_usec) {
  std::optional<std::string> request = Build(interval_ms, wake_usec);
  sent_usec_ = clock_.BootUsec();
  sent_bytes_ = request ? request->size() : 0;
  return request;
}

std::optional<std::string> Sender::Build(uint32_t interval_ms, uint64_t* wake_usec) {
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
    if (server_instance_.empty()) return Begin();
    return std::nullopt;
  }
  FindMissing(newest->tick.tick_ms);
  if (IsMissing(newest->tick.tick_ms)) {
    const uint64_t due = newest->added_usec + (connected() ? pace_.JitterUsec(interval_ms_) : 0);
    if (now >= due) return BuildNewest(*newest);
    *wake_usec = due;
  }
  if (!missing_.empty()) return BuildHistory(wake_usec);
  return BuildWanted(wake_usec);
}

std::string Sender::BuildNewest(const TickLog::NewestTick& newest) {
  std::string request = Begin();
  const bool suspect = suspects_.contains(newest.tick.tick_ms);
  AppendMessageField(&request, v1::MetricsRequest::kTicksFieldNumber, *newest.tick.bytes,
                     suspect || newest.details == nullptr ? std::string_view{} : *newest.details);
  sent_ticks_.push_back(newest.tick.tick_ms);
  AppendWaiting(&request);
  return request;
}

// Without credit: a request that asks for it, as soon as it may.
std::optional<std::string> Sender::BuildHistory(uint64_t* wake_usec) {
  const bool needs_credit = server_codec_version_ > 0;
  if (needs_credit && credit_bytes_ == 0 && clock_.BootUsec() < ask_credit_usec_) {
    *wake_usec = std::min(*wake_usec, ask_credit_usec_);
    return std::nullopt;
  }
  const uint64_t credit_bytes = needs_credit ? std::exchange(credit_bytes_, 0) : kNoLimit;
  std::string request = Begin();
  const size_t room = request_size_.bytes() - std::min(request_size_.bytes(), request.size());
  if (credit_bytes > 0) AppendHistory(std::min<uint64_t>(room, credit_bytes), &request);
  AppendWaiting(&request);
  return request;
}

void Sender::AppendHistory(size_t max_bytes, std::string* request) {
  if (GoesAsBlock(missing_.front())) {
    AppendBlocks(max_bytes, request);
  } else {
    AppendTicks(max_bytes, request);
  }
}

void Sender::AppendBlocks(size_t max_bytes, std::string* request) {
  size_t bytes = 0;
  for (const Missing& missing : missing_) {
    if (!GoesAsBlock(missing)) return;
    const std::string& block = *missing.block.sealed;
    bytes += block.size();
    const bool full = bytes > max_bytes || sent_blocks_.size() == kMaxBlocksPerRequest;
    if (full && !sent_blocks_.empty()) return;
    std::string message;
    AppendMessageField(&message, v1::HistoryBlock::kBytesFieldNumber, block);
    AppendMessageField(request, v1::MetricsRequest::kBlocksFieldNumber, message);
    sent_blocks_.insert(missing.block.start_ms);
    sent_ticks_.insert(sent_ticks_.end(), missing.ticks.begin(), missing.ticks.end());
  }
}

// Of the oldest block, up to a suspect, which goes alone.
void Sender::AppendTicks(size_t max_bytes, std::string* request) {
  const Missing& missing = missing_.front();
  std::span<const int64_t> ticks = missing.ticks;
  const auto suspect = std::find_if(
      ticks.begin(), ticks.end(), [this](int64_t tick_ms) { return suspects_.contains(tick_ms); });
  if (suspect != ticks.end()) {
    ticks = ticks.first(std::max<size_t>(1, static_cast<size_t>(suspect - ticks.begin())));
  }
  for (const LoggedTick& tick : log_.Ticks(missing.block.start_ms, ticks, max_bytes)) {
    AppendMessageField(request, v1::MetricsRequest::kTicksFieldNumber, *tick.bytes);
    sent_ticks_.push_back(tick.tick_ms);
  }
}

// Of what does not go with this request. Ticks count with what their block takes.
uint64_t Sender::WaitingBytes() const {
  constexpr uint64_t kTickBytes = 8'192;  // of a node of usual size
  uint64_t bytes = 0;
  for (const Missing& missing : missing_) {
    if (sent_blocks_.contains(missing.block.start_ms)) continue;
    const auto left = static_cast<uint64_t>(
        std::count_if(missing.ticks.begin(), missing.ticks.end(), [this](int64_t tick_ms) {
          return std::find(sent_ticks_.begin(), sent_ticks_.end(), tick_ms) == sent_ticks_.end();
        }));
    bytes += GoesAsBlock(missing) ? missing.block.sealed->size() : left * kTickBytes;
  }
  return bytes;
}

void Sender::AppendWaiting(std::string* request) {
  v1::MetricsRequest waiting;
  waiting.set_owed_ticks(missing_ticks_.size() -
                         std::min(missing_ticks_.size(), sent_ticks_.size()));
  if (clock_.BootUsec() >= ask_credit_usec_) waiting.set_history_waiting_bytes(WaitingBytes());
  asked_credit_ = waiting.history_waiting_bytes() > 0;
  waiting.AppendToString(request);
}

// What the log forgot cannot be told any more.
std::optional<std::string> Sender::BuildWanted(uint64_t* wake_usec) {
  const std::vector<LoggedIdentity> known = log_.Identities({wanted_.begin(), wanted_.end()});
  wanted_.clear();
  for (const LoggedIdentity& identity : known) wanted_.insert(identity.object);
  if (wanted_.empty()) return std::nullopt;
  if (clock_.BootUsec() >= asked_again_usec_) return Begin();
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
  as_ticks_.erase(as_ticks_.begin(), as_ticks_.lower_bound(BlockStartMs(first_ms)));
  as_ticks_.erase(as_ticks_.upper_bound(last_ms), as_ticks_.end());
}

// A block that the server does not take has another chance as ticks.
void Sender::GiveUp(int64_t tick_ms) {
  if (sent_blocks_.contains(BlockStartMs(tick_ms))) {
    as_ticks_.insert(BlockStartMs(tick_ms));
  } else {
    given_up_.insert(tick_ms);
  }
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
    if (request->size() + identity.bytes->size() > request_size_.bytes() &&
        !sent_identities_.empty()) {
      all = false;
      continue;
    }
    AppendMessageField(request, v1::MetricsRequest::kIdentitiesFieldNumber, *identity.bytes);
    sent_identities_.push_back({identity.object, identity.version});
  }
  for (const auto& [object, version] : told_) newest_version = std::max(newest_version, version);
  if (all) completes_version_ = newest_version;
}

// All of a request but its content.
std::string Sender::Begin() {
  sent_ticks_.clear();
  sent_blocks_.clear();
  sent_identities_.clear();
  asked_credit_ = false;
  completes_version_.reset();
  v1::MetricsRequest header;
  header.set_node_name(options_.node_name);
  header.set_protocol_version(kProtocolVersion);
  header.set_codec_version(kBlockVersion);
  header.set_boot_id(options_.boot_id);
  header.set_instance_id(options_.instance_id);
  header.set_interval_ms(interval_ms_);
  header.set_sent_at_ms(clock_.WallMs());
  header.set_collector_version(options_.version);
  header.set_lost_ticks(lost_ticks_);
  std::string request = header.SerializeAsString();
  AppendIdentities(&request);
  return request;
}

void Sender::OnAnswer(const absl::StatusOr<std::string>& answer) {
  request_size_.Took(clock_.BootUsec() - sent_usec_, sent_bytes_);
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
  sent_blocks_.clear();
  sent_identities_.clear();
}

void Sender::Delay(uint64_t usec) {
  not_before_usec_ = std::max(not_before_usec_, clock_.BootUsec() + usec);
}

void Sender::OnFailure(const absl::Status& status) {
  ++failures_;
  credit_bytes_ = 0;
  ask_credit_usec_ = 0;
  // Half an interval at most, so that a server that is back has data that soon.
  const uint64_t cap = std::min(kAwayBackOffUsec, uint64_t{interval_ms_} * 1000 / 2);
  Delay(pace_.BackOffUsec(failures_, cap));
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
    if (!sent_blocks_.empty()) {
      GiveUp(tick_ms);
      continue;
    }
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
  LearnCredit(response);
  LogRefusals(response);
}

void Sender::LearnCredit(const v1::MetricsResponse& response) {
  server_codec_version_ = response.codec_version();
  if (!asked_credit_) return;
  credit_bytes_ = response.history_credit_bytes();
  if (credit_bytes_ > 0) return;
  const uint32_t told_ms = response.history_retry_ms();
  const uint64_t wait_usec = uint64_t{told_ms == 0 ? interval_ms_ / 2 : told_ms} * 1000;
  ask_credit_usec_ =
      clock_.BootUsec() + std::clamp(wait_usec, kMinCreditWaitUsec, kMaxCreditWaitUsec);
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
  as_ticks_.clear();
  attempts_.clear();
  suspects_.clear();
  wanted_.clear();
  credit_bytes_ = 0;
  ask_credit_usec_ = 0;
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
    const bool of_block = refusal.reason() == v1::REFUSAL_REASON_VERSION && !sent_blocks_.empty();
    (IsSlow(refusal.reason()) && !of_block ? slow : final) = true;
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
  refused_ = stuck;
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
