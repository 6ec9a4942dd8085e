#include "simulator/node_sender.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "metrics.pb.h"
#include "wire/limits.h"

namespace kubemonitor {
namespace {

constexpr int64_t kHistoryMs = 3'720'000;  // what a collector remembers at least
// A tick is not sent when it would be too old by the time it arrives.
constexpr int64_t kTravelMs = 3'000;
constexpr uint64_t kMaxJitterUsec = 2'000'000;
constexpr uint64_t kFirstBackOffUsec = 500'000;
constexpr uint64_t kAwayBackOffUsec = 30'000'000;
// Refused for what only time or a person changes.
constexpr uint64_t kSlowRetryUsec = 30'000'000;
constexpr int kMaxAttempts = 4;
constexpr uint64_t kMinCreditWaitUsec = 100'000;
constexpr uint64_t kMaxCreditWaitUsec = 60'000'000;

uint64_t HashOfName(const std::string& name) {
  uint64_t hash = 0;
  for (const char c : name) hash = HashOf(hash, static_cast<uint8_t>(c));
  return hash;
}

bool IsSlow(v1::RefusalReason reason) {
  return reason == v1::REFUSAL_REASON_CLOCK_SKEW || reason == v1::REFUSAL_REASON_SUPERSEDED ||
         reason == v1::REFUSAL_REASON_CAPACITY || reason == v1::REFUSAL_REASON_VERSION;
}

}  // namespace

NodeSender::NodeSender(const SenderContext& context, uint32_t node)
    : context_(context),
      node_(node),
      hash_(HashOfName(context.model->NodeName(node))),
      has_past_(context.first_tick < context.model->TickAt(context.clock->WallMs())) {}

uint64_t NodeSender::IntervalUsec() const {
  return static_cast<uint64_t>(context_.model->options().interval_ms) * 1000;
}

uint64_t NodeSender::JitterUsec() const {
  const uint64_t span = std::min(kMaxJitterUsec, IntervalUsec() / 5);
  return span == 0 ? 0 : hash_ % span;
}

bool NodeSender::IsMissing(int64_t tick) const {
  const int64_t tick_ms = context_.model->TickMs(tick);
  if (held_.Contains(tick_ms) || given_up_.contains(tick_ms)) return false;
  return server_interval_ms_ == 0 || tick_ms % server_interval_ms_ == 0;
}

std::vector<int64_t> NodeSender::Missing(int64_t first, int64_t last) const {
  std::vector<int64_t> out;
  for (int64_t tick = first; tick <= last && out.size() < context_.ticks_per_request; ++tick) {
    if (IsMissing(tick)) out.push_back(tick);
  }
  return out;
}

uint64_t NodeSender::BytesOf(uint64_t ticks) const {
  return ticks * ValuesPerTick(context_.model->options()) * 3 / 4;  // as blocks
}

std::optional<BlockSpan> NodeSender::WholeBlock(int64_t tick, int64_t newest) const {
  const Model& model = *context_.model;
  const int64_t interval_ms = model.options().interval_ms;
  const int64_t start_ms = BlockStartMs(model.TickMs(tick));
  const bool sealed = start_ms < BlockStartMs(model.TickMs(newest));
  if (!sealed || server_codec_version_ < kBlockVersion || as_ticks_.contains(start_ms) ||
      server_interval_ms_ == 0 || interval_ms % server_interval_ms_ != 0) {
    return std::nullopt;
  }
  const int64_t first = (start_ms + interval_ms - 1) / interval_ms;
  const BlockSpan span{std::max(context_.first_tick, first),
                       (start_ms + kBlockSpanMs - 1) / interval_ms};
  for (int64_t one = span.first_tick; one <= span.last_tick; ++one) {
    if (held_.Contains(model.TickMs(one))) return std::nullopt;
  }
  return span;
}

std::vector<BlockSpan> NodeSender::MissingBlocks(int64_t first, int64_t newest,
                                                 uint64_t max_bytes) const {
  std::vector<BlockSpan> blocks;
  uint64_t bytes = 0;
  for (int64_t tick = first; tick < newest; ++tick) {
    if (!IsMissing(tick)) continue;
    const std::optional<BlockSpan> block = WholeBlock(tick, newest);
    if (!block) break;
    bytes += BytesOf(static_cast<uint64_t>(block->last_tick - block->first_tick) + 1);
    const bool full = bytes > max_bytes || blocks.size() == kMaxBlocksPerRequest;
    if (full && !blocks.empty()) break;
    blocks.push_back(*block);
    tick = block->last_tick;
  }
  return blocks;
}

bool NodeSender::AsksForCredit() const { return context_.clock->BootUsec() >= ask_credit_usec_; }

NextSend NodeSender::NextHistory(int64_t first, int64_t last, int64_t newest) const {
  NextSend out;
  out.wake_usec = std::numeric_limits<uint64_t>::max();
  uint64_t missing = 0;
  for (int64_t tick = first; tick <= last; ++tick) missing += IsMissing(tick) ? 1 : 0;
  if (missing == 0) return out;
  const bool needs_credit = server_codec_version_ > 0;
  if (needs_credit && credit_bytes_ == 0 && !AsksForCredit()) {
    out.wake_usec = ask_credit_usec_;
    return out;
  }
  out.kind = SendKind::kHistory;
  std::vector<int64_t> sent;
  if (!needs_credit || credit_bytes_ > 0) {
    const uint64_t most = needs_credit ? credit_bytes_ : 0;
    std::vector<BlockSpan> blocks = MissingBlocks(first, newest, most);
    if (blocks.empty()) {
      sent = Missing(first, last);
      if (needs_credit) {  // those of one block: the next one may go as such
        const int64_t start_ms = BlockStartMs(context_.model->TickMs(sent.front()));
        std::erase_if(sent, [&](int64_t tick) {
          return BlockStartMs(context_.model->TickMs(tick)) != start_ms;
        });
      }
      const bool details = sent.back() == newest;
      out.content = Content(sent, details);
    } else {
      for (int64_t tick = blocks.front().first_tick; tick <= blocks.back().last_tick; ++tick) {
        sent.push_back(tick);
      }
      out.content.identities = Untold(sent);
      std::erase_if(sent, [&](int64_t tick) { return tick < first || !IsMissing(tick); });
      out.content.blocks = std::move(blocks);
    }
  }
  out.content.owed_ticks = missing - std::min<uint64_t>(missing, sent.size());
  out.content.waiting_bytes = BytesOf(out.content.owed_ticks);
  return out;
}

// The oldest tick that a collector would still have and the server still take.
int64_t NodeSender::OldestWanted(int64_t wall_ms) const {
  int64_t oldest_ms = wall_ms - kHistoryMs;
  if (server_retention_ms_ > 0) oldest_ms = std::max(oldest_ms, wall_ms - server_retention_ms_);
  const int64_t interval_ms = context_.model->options().interval_ms;
  oldest_ms += std::min(interval_ms, kTravelMs);
  return std::max(context_.first_tick, (oldest_ms + interval_ms - 1) / interval_ms);
}

bool NodeSender::Told(const PodRef& pod) const {
  return std::binary_search(told_.begin(), told_.end(), context_.numbers->Pod(pod));
}

std::vector<PodRef> NodeSender::Untold(const std::vector<int64_t>& ticks) const {
  std::vector<PodRef> out;
  const uint32_t slots = context_.model->options().pods_per_node;
  for (uint32_t slot = 0; slot < slots; ++slot) {
    PodRef pod = context_.model->PodAt(node_, slot, ticks.front());
    const PodRef last = context_.model->PodAt(node_, slot, ticks.back());
    for (; pod.generation <= last.generation; ++pod.generation) {
      if (!Told(pod)) out.push_back(pod);
    }
  }
  return out;
}

ReportContent NodeSender::Content(std::vector<int64_t> ticks, bool details) const {
  ReportContent out;
  out.identities = Untold(ticks);
  out.ticks = std::move(ticks);
  out.details = details;
  return out;
}

NextSend NodeSender::Next() {
  NextSend out;
  const uint64_t now = context_.clock->BootUsec();
  if (now < not_before_usec_) {
    out.wake_usec = not_before_usec_;
    return out;
  }
  out.wake_usec = std::numeric_limits<uint64_t>::max();
  if (server_instance_.empty()) {
    out.kind = SendKind::kHello;
    return out;
  }
  const int64_t wall_ms = context_.clock->WallMs();
  const int64_t newest = context_.model->TickAt(wall_ms);
  const int64_t oldest = OldestWanted(wall_ms);
  Forget(context_.model->TickMs(oldest));
  const uint64_t since_usec =
      static_cast<uint64_t>(wall_ms - context_.model->TickMs(newest)) * 1000;
  const uint64_t jitter_usec = JitterUsec();
  const bool due = failures_ > 0 || !backfilled_ || since_usec >= jitter_usec;
  const bool newest_missing = newest >= oldest && IsMissing(newest);
  out.wake_usec = now + jitter_usec + (newest_missing && !due ? 0 : IntervalUsec()) - since_usec;
  const bool live = backfilled_ || !has_past_;
  if (newest_missing && due && live) {
    out.kind = SendKind::kNewest;
    out.content = Content({newest}, true);
    out.content.owed_ticks = Missing(oldest, newest - 1).size();
    if (AsksForCredit()) {
      out.content.waiting_bytes = NextHistory(oldest, newest - 1, newest).content.waiting_bytes;
    }
    return out;
  }
  const int64_t last = live ? newest - 1 : newest;
  if (Missing(oldest, last).empty()) {
    backfilled_ = backfilled_ || !newest_missing;
    return out;
  }
  NextSend history = NextHistory(oldest, last, newest);
  history.wake_usec = std::min(history.wake_usec, out.wake_usec);
  return history;
}

// What nobody asks for any more needs no memory.
void NodeSender::Forget(int64_t oldest_ms) {
  given_up_.erase(given_up_.begin(), given_up_.lower_bound(oldest_ms));
  attempts_.erase(attempts_.begin(), attempts_.lower_bound(oldest_ms));
  as_ticks_.erase(as_ticks_.begin(), as_ticks_.lower_bound(BlockStartMs(oldest_ms)));
  const size_t slots = context_.model->options().pods_per_node;
  if (told_.size() < 4 * slots) return;
  const int64_t oldest = context_.model->TickAt(oldest_ms);
  const PodRef first{node_, 0, context_.model->OldestGeneration(oldest)};
  told_.erase(told_.begin(),
              std::lower_bound(told_.begin(), told_.end(), context_.numbers->Pod(first)));
}

void NodeSender::OnSend(const ReportContent& content) {
  sent_ticks_ = content.ticks;
  sent_blocks_.clear();
  for (const BlockSpan& block : content.blocks) {
    sent_blocks_.insert(BlockStartMs(context_.model->TickMs(block.first_tick)));
    for (int64_t tick = block.first_tick; tick <= block.last_tick; ++tick) {
      if (IsMissing(tick)) sent_ticks_.push_back(tick);
    }
  }
  asked_credit_ = content.waiting_bytes > 0;
  const bool newest = content.details && content.ticks.size() == 1;
  if (!newest) credit_bytes_ = 0;
  sent_pods_.clear();
  for (const PodRef& pod : content.identities) sent_pods_.push_back(context_.numbers->Pod(pod));
}

SendOutcome NodeSender::OnAnswer(const absl::StatusOr<std::string>& answer) {
  SendOutcome outcome;
  v1::MetricsResponse response;
  if (!answer.ok()) {
    outcome.failed = true;
    OnFailure(answer.status());
    return outcome;
  }
  if (!response.ParseFromString(*answer) || response.server_instance().empty()) {
    outcome.failed = true;
    OnFailure(absl::InternalError("the answer is no MetricsResponse"));
    return outcome;
  }
  failures_ = 0;
  if (response.server_instance() != server_instance_) StartServer(response.server_instance());
  server_interval_ms_ = response.interval_ms();
  server_retention_ms_ = int64_t{response.retention_seconds()} * 1000;
  held_.Clear();
  for (const v1::TickRange& range : response.held()) held_.Add(range.first_ms(), range.last_ms());
  LearnIdentities(response);
  LearnTicks(response, &outcome);
  LearnCredit(response);
  return outcome;
}

void NodeSender::LearnCredit(const v1::MetricsResponse& response) {
  server_codec_version_ = response.codec_version();
  if (!asked_credit_) return;
  credit_bytes_ = response.history_credit_bytes();
  if (credit_bytes_ > 0) return;
  const uint64_t told_usec = uint64_t{response.history_retry_ms()} * 1000;
  const uint64_t wait_usec = told_usec == 0 ? IntervalUsec() / 2 : told_usec;
  ask_credit_usec_ =
      context_.clock->BootUsec() + std::clamp(wait_usec, kMinCreditWaitUsec, kMaxCreditWaitUsec);
}

// A block that the server does not take has another chance as ticks.
void NodeSender::GiveUp(int64_t tick_ms) {
  const int64_t start_ms = BlockStartMs(tick_ms);
  if (sent_blocks_.contains(start_ms)) {
    as_ticks_.insert(start_ms);
    attempts_.erase(tick_ms);
  } else {
    given_up_.insert(tick_ms);
  }
}

void NodeSender::Delay(uint64_t usec) {
  not_before_usec_ = std::max(not_before_usec_, context_.clock->BootUsec() + usec);
}

void NodeSender::OnFailure(const absl::Status& status) {
  ++failures_;
  credit_bytes_ = 0;
  ask_credit_usec_ = 0;
  if (absl::IsInvalidArgument(status)) {
    // The very same bytes would be refused again.
    for (const int64_t tick : sent_ticks_) GiveUp(context_.model->TickMs(tick));
  }
  const uint64_t cap = std::min(kAwayBackOffUsec, IntervalUsec() / 2);
  const uint64_t full = std::min(cap, kFirstBackOffUsec << std::min(failures_ - 1, 10U));
  Delay(full / 2 + HashOf(hash_, failures_) % (full / 2 + 1));
}

void NodeSender::StartServer(const std::string& instance) {
  const uint64_t now = context_.clock->BootUsec();
  // Several servers behind one address would be told everything in turns: not faster than this.
  if (!server_instance_.empty() && now - server_since_usec_ < IntervalUsec()) {
    Delay(IntervalUsec() / 2);
  }
  server_since_usec_ = now;
  server_instance_ = instance;
  given_up_.clear();
  as_ticks_.clear();
  attempts_.clear();
  told_.clear();
  credit_bytes_ = 0;
  ask_credit_usec_ = 0;
}

void NodeSender::LearnIdentities(const v1::MetricsResponse& response) {
  told_.insert(told_.end(), sent_pods_.begin(), sent_pods_.end());
  std::sort(told_.begin(), told_.end());
  told_.erase(std::unique(told_.begin(), told_.end()), told_.end());
  bool again = false;
  for (const uint32_t object : response.identities_wanted()) {
    const uint32_t pod = context_.numbers->PodOf(object);
    const auto known = std::lower_bound(told_.begin(), told_.end(), pod);
    if (known == told_.end() || *known != pod) continue;
    told_.erase(known);
    again = again || std::find(sent_pods_.begin(), sent_pods_.end(), pod) != sent_pods_.end();
  }
  // Told, and wanted all the same: not in a tight loop.
  if (again) Delay(IntervalUsec());
}

void NodeSender::LearnTicks(const v1::MetricsResponse& response, SendOutcome* outcome) {
  bool slow = false;
  bool final = false;
  for (const v1::Refusal& refusal : response.refusals()) {
    const bool of_block = refusal.reason() == v1::REFUSAL_REASON_VERSION && !sent_blocks_.empty();
    (IsSlow(refusal.reason()) && !of_block ? slow : final) = true;
    if (refusal.reason() == v1::REFUSAL_REASON_TOO_OLD) continue;
    outcome->refused += refusal.count();
    if (outcome->first_refusal.empty()) outcome->first_refusal = refusal.detail();
  }
  const bool wants = response.identities_wanted_size() > 0;
  bool stuck = slow && sent_ticks_.empty() && !final;
  for (const int64_t tick : sent_ticks_) {
    const int64_t tick_ms = context_.model->TickMs(tick);
    if (held_.Contains(tick_ms)) {
      attempts_.erase(tick_ms);
      ++outcome->ticks;
    } else if (slow && !final && !wants) {
      stuck = true;
    } else if ((final && !wants && !slow) || ++attempts_[tick_ms] >= kMaxAttempts) {
      GiveUp(tick_ms);
    } else if (attempts_[tick_ms] > 1) {
      Delay(IntervalUsec() / 2);
    }
  }
  if (!stuck) return;
  // Nobody should wait for the back-fill of a node that is not let in.
  backfilled_ = true;
  Delay(kSlowRetryUsec);
}

}  // namespace kubemonitor
