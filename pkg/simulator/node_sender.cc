#include "simulator/node_sender.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "metrics.pb.h"

namespace kubemonitor {
namespace {

constexpr int64_t kHistoryMs = 3'600'000;  // what a collector remembers
// A tick is not sent when it would be too old by the time it arrives.
constexpr int64_t kTravelMs = 3'000;
constexpr uint64_t kMaxJitterUsec = 2'000'000;
constexpr uint64_t kFirstBackOffUsec = 500'000;
constexpr uint64_t kAwayBackOffUsec = 30'000'000;
// Refused for what only time or a person changes.
constexpr uint64_t kSlowRetryUsec = 30'000'000;
constexpr int kMaxAttempts = 4;

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
    : context_(context), node_(node), hash_(HashOfName(context.model->NodeName(node))) {}

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
  const bool due = failures_ > 0 || since_usec >= jitter_usec;
  const bool newest_missing = newest >= oldest && IsMissing(newest);
  out.wake_usec = now + jitter_usec + (newest_missing && !due ? 0 : IntervalUsec()) - since_usec;
  if (newest_missing && due && backfilled_) {
    out.kind = SendKind::kNewest;
    out.content = Content({newest}, true);
    return out;
  }
  std::vector<int64_t> missing = Missing(oldest, backfilled_ ? newest - 1 : newest);
  if (missing.empty()) {
    backfilled_ = true;
    return out;
  }
  const bool details = missing.back() == newest;
  out.kind = SendKind::kHistory;
  out.content = Content(std::move(missing), details);
  return out;
}

// What nobody asks for any more needs no memory.
void NodeSender::Forget(int64_t oldest_ms) {
  given_up_.erase(given_up_.begin(), given_up_.lower_bound(oldest_ms));
  attempts_.erase(attempts_.begin(), attempts_.lower_bound(oldest_ms));
  const size_t slots = context_.model->options().pods_per_node;
  if (told_.size() < 4 * slots) return;
  const int64_t oldest = context_.model->TickAt(oldest_ms);
  const PodRef first{node_, 0, context_.model->OldestGeneration(oldest)};
  told_.erase(told_.begin(),
              std::lower_bound(told_.begin(), told_.end(), context_.numbers->Pod(first)));
}

void NodeSender::OnSend(const ReportContent& content) {
  sent_ticks_ = content.ticks;
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
  return outcome;
}

void NodeSender::Delay(uint64_t usec) {
  not_before_usec_ = std::max(not_before_usec_, context_.clock->BootUsec() + usec);
}

void NodeSender::OnFailure(const absl::Status& status) {
  ++failures_;
  if (absl::IsInvalidArgument(status)) {
    // The very same bytes would be refused again.
    for (const int64_t tick : sent_ticks_) given_up_.insert(context_.model->TickMs(tick));
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
  attempts_.clear();
  told_.clear();
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
    (IsSlow(refusal.reason()) ? slow : final) = true;
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
      given_up_.insert(tick_ms);
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
