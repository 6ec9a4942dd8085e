#ifndef KUBEMONITOR_SIMULATOR_NODE_SENDER_H_
#define KUBEMONITOR_SIMULATOR_NODE_SENDER_H_

// Decides what one simulated node sends next, as a collector would: the newest tick first, spread
// by a jitter (at once after a reconnect), then what the server lacks of the last hour, oldest
// first: in blocks where the server reads them and holds nothing of them, within the credit that it
// gives, else in ticks; identities once a server instance and when they are asked for; back-off
// after failures. Only the first time, while it back-fills, everything goes oldest first. Neither
// waits nor sends, and holds no values: a tick is made again from the model whenever it is sent.
// Not thread-safe.

#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/clock.h"
#include "simulator/model.h"
#include "simulator/object_numbers.h"
#include "simulator/request_maker.h"
#include "wire/tick_ranges.h"

namespace kubemonitor {

namespace v1 {
class MetricsResponse;
}  // namespace v1

// What all nodes of the cluster have in common. Everything pointed to outlives the senders.
struct SenderContext {
  const Model* model = nullptr;
  const ObjectNumbers* numbers = nullptr;
  const Clock* clock = nullptr;
  int64_t first_tick = 0;  // what is older was never sampled
  size_t ticks_per_request = 1;
};

enum class SendKind : uint8_t {
  kNothing,
  kHello,    // no ticks: learns the server's retention and what it holds
  kNewest,   // one tick that should not wait
  kHistory,  // ticks that may wait for their turn
};

struct NextSend {
  SendKind kind = SendKind::kNothing;
  ReportContent content;
  uint64_t wake_usec = 0;  // boot clock: ask again then, whatever happens before
};

struct SendOutcome {
  bool failed = false;        // no answer, or one that cannot be read
  uint64_t ticks = 0;         // that the server holds now
  uint64_t refused = 0;       // as the server counts; ticks that grew too old are left out
  std::string first_refusal;  // what it said of the first of them
};

class NodeSender {
 public:
  NodeSender(const SenderContext& context, uint32_t node);

  NextSend Next();
  // Before the request that Next asked for is sent.
  void OnSend(const ReportContent& content);
  // The answer to it: bytes of a MetricsResponse, or why there is none.
  SendOutcome OnAnswer(const absl::StatusOr<std::string>& answer);

  // Everything up to the newest tick was sent once, or will not be taken.
  bool backfilled() const { return backfilled_; }

 private:
  bool IsMissing(int64_t tick) const;
  std::vector<int64_t> Missing(int64_t first, int64_t last) const;
  // What to send of the ticks [first, last]; and of the past, those before `newest`.
  NextSend NextHistory(int64_t first, int64_t last, int64_t newest) const;
  std::vector<BlockSpan> MissingBlocks(int64_t first, int64_t newest, uint64_t max_bytes) const;
  // The block that the tick is part of, if it can go as one.
  std::optional<BlockSpan> WholeBlock(int64_t tick, int64_t newest) const;
  uint64_t BytesOf(uint64_t ticks) const;
  std::vector<PodRef> Untold(const std::vector<int64_t>& ticks) const;
  bool Told(const PodRef& pod) const;
  ReportContent Content(std::vector<int64_t> ticks, bool details) const;
  bool AsksForCredit() const;
  void GiveUp(int64_t tick_ms);
  void LearnCredit(const v1::MetricsResponse& response);
  int64_t OldestWanted(int64_t wall_ms) const;
  uint64_t JitterUsec() const;
  void Forget(int64_t oldest);

  void OnFailure(const absl::Status& status);
  void StartServer(const std::string& instance);
  void LearnIdentities(const v1::MetricsResponse& response);
  void LearnTicks(const v1::MetricsResponse& response, SendOutcome* outcome);
  void Delay(uint64_t usec);
  uint64_t IntervalUsec() const;

  const SenderContext context_;
  const uint32_t node_;
  const uint64_t hash_;  // of the node's name: its place in the interval, and in a back-off
  const bool has_past_;  // it starts with more than the newest tick
  bool backfilled_ = false;

  // What is known of the server.
  std::string server_instance_;  // empty: never answered
  uint64_t server_since_usec_ = 0;
  int64_t server_interval_ms_ = 0;     // 0: not known
  int64_t server_retention_ms_ = 0;    // 0: not known
  uint32_t server_codec_version_ = 0;  // of history blocks; 0: reads none, and gives no credit
  TickRanges held_;
  std::set<int64_t> given_up_;       // ticks it does not take
  std::set<int64_t> as_ticks_;       // blocks it does not take, by start
  std::map<int64_t, int> attempts_;  // answered requests after which a tick was still missing
  std::vector<uint32_t> told_;       // object numbers of pods, ascending

  // The request under way.
  std::vector<int64_t> sent_ticks_;  // those of blocks too
  std::set<int64_t> sent_blocks_;    // by start
  bool asked_credit_ = false;
  std::vector<uint32_t> sent_pods_;

  // Pace.
  uint32_t failures_ = 0;
  uint64_t not_before_usec_ = 0;
  uint64_t credit_bytes_ = 0;     // of history, for the next request
  uint64_t ask_credit_usec_ = 0;  // not before
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_NODE_SENDER_H_
