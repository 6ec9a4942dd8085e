#include "simulator/worker.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/text.h"

namespace kubemonitor {
namespace {

// How soon a stop is noticed.
constexpr uint64_t kLongestWaitUsec = 100'000;
constexpr uint64_t kDrainUsec = 3'000'000;

}  // namespace

void SendCounters::Add(const SendCounters& other) {
  requests += other.requests;
  bytes += other.bytes;
  ticks += other.ticks;
  samples += other.samples;
  errors += other.errors;
  refused += other.refused;
}

Worker::Worker(const SenderContext& context, WorkerOptions options, std::unique_ptr<Calls> calls)
    : context_(context),
      options_(std::move(options)),
      calls_(std::move(calls)),
      maker_(*context.model, *context.numbers, options_.instance, options_.version) {
  const uint32_t all = context_.model->options().nodes;
  nodes_.reserve(all / options_.node_step + 1);
  for (uint32_t node = options_.first_node; node < all; node += options_.node_step) {
    nodes_.emplace_back(context_, node);
  }
}

void Worker::Run(const std::stop_token& stop) {
  for (uint32_t i = 0; i < nodes_.size(); ++i) Consider(i, false);
  while (!stop.stop_requested()) {
    RunWakes();
    const auto done = calls_->Wait(TimeoutUsec());
    if (!done) continue;
    Take(*done, true);
    Consider(IndexOf(*done), false);
    GivePlaces();
  }
  Drain();
}

uint64_t Worker::TimeoutUsec() const {
  if (wakes_.empty()) return kLongestWaitUsec;
  const uint64_t now = context_.clock->BootUsec();
  const uint64_t wake = wakes_.top().usec;
  return std::min(kLongestWaitUsec, wake > now ? wake - now : 0);
}

void Worker::WakeAt(uint32_t index, uint64_t usec) {
  nodes_[index].wake_usec = usec;
  if (usec != std::numeric_limits<uint64_t>::max()) wakes_.push({usec, index});
}

void Worker::RunWakes() {
  const uint64_t now = context_.clock->BootUsec();
  while (!wakes_.empty() && wakes_.top().usec <= now) {
    const Wake wake = wakes_.top();
    wakes_.pop();
    // Entries that were overtaken by a later decision mean nothing.
    if (nodes_[wake.index].wake_usec == wake.usec) Consider(wake.index, false);
  }
}

void Worker::Consider(uint32_t index, bool has_turn) {
  Node& node = nodes_[index];
  if (node.busy) return;
  const NextSend next = node.sender.Next();
  if (node.sender.backfilled() && !std::exchange(node.counted, true)) options_.on_backfilled();
  if (next.kind == SendKind::kNothing) return WakeAt(index, next.wake_usec);
  const bool history = next.kind != SendKind::kNewest;
  const bool wait = history_calls_ >= options_.history_calls || (!has_turn && !queue_.empty());
  if (history && wait) {
    if (!std::exchange(node.queued, true)) queue_.push_back(index);
    return WakeAt(index, next.wake_usec);
  }
  node.history = history;
  history_calls_ += history ? 1 : 0;
  Send(node, next);
}

void Worker::Send(Node& node, const NextSend& next) {
  const std::string& request = maker_.Make(node.number, next.content, context_.clock->WallMs());
  node.sender.OnSend(next.content);
  node.busy = true;
  ++calls_under_way_;
  ++counters_.requests;
  counters_.bytes += request.size();
  calls_->Start(node.number, request);
}

void Worker::Take(const Calls::Done& done, bool count_errors) {
  Node& node = nodes_[IndexOf(done)];
  node.busy = false;
  --calls_under_way_;
  if (std::exchange(node.history, false)) --history_calls_;
  const SendOutcome outcome = node.sender.OnAnswer(done.answer);
  counters_.ticks += outcome.ticks;
  counters_.samples += outcome.ticks * ValuesPerTick(context_.model->options());
  counters_.refused += outcome.refused;
  if (!count_errors || (!outcome.failed && outcome.refused == 0)) return;
  ++counters_.errors;
  Report(done, outcome);
}

void Worker::GivePlaces() {
  while (history_calls_ < options_.history_calls && !queue_.empty()) {
    const uint32_t index = queue_.front();
    queue_.pop_front();
    nodes_[index].queued = false;
    Consider(index, true);
  }
}

void Worker::Report(const Calls::Done& done, const SendOutcome& outcome) {
  const uint64_t now = context_.clock->BootUsec();
  const std::string node = context_.model->NodeName(done.node);
  uint64_t held_back = 0;
  if (outcome.failed) {
    if (!failure_log_.Allow(now, &held_back)) return;
    const std::string why = done.answer.ok()
                                ? "the answer cannot be read: is this a kubemonitor server?"
                                : std::string(done.answer.status().message());
    LogWarning("{}: {}; trying again ({} failures not logged)", node, why, held_back);
  } else if (refusal_log_.Allow(now, &held_back)) {
    LogWarning("{}: the server refused {}: {} ({} answers with refusals not logged)", node,
               outcome.refused, QuoteForMessage(outcome.first_refusal, 1024), held_back);
  }
}

// Nothing new is sent; what is under way may still end, and is cut off in the end.
void Worker::Drain() {
  const uint64_t until = context_.clock->BootUsec() + kDrainUsec;
  bool cut = false;
  while (calls_under_way_ > 0) {
    if (!cut && context_.clock->BootUsec() >= until) {
      calls_->CancelAll();
      cut = true;
    }
    if (const auto done = calls_->Wait(kLongestWaitUsec)) Take(*done, !cut);
  }
}

}  // namespace kubemonitor
