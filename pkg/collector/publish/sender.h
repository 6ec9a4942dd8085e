#ifndef KUBEMONITOR_COLLECTOR_PUBLISH_SENDER_H_
#define KUBEMONITOR_COLLECTOR_PUBLISH_SENDER_H_

// Decides what one server gets next, and learns from its answers. It neither waits nor sends: a
// thread asks Next, sends the bytes, and gives the answer to OnAnswer. Not thread-safe.
//
// The newest tick goes first, spread over the nodes by a jitter (at once after a reconnect); then
// the history that the server lacks, oldest first: what expires next is saved first, and the
// server, whose sums look back, sums nothing twice. A sealed block of which the server holds
// nothing goes as it is, anything else as ticks. To a server that hands out credits no more than
// these allow is sent, and on a slow link less at a time. What it holds, the server tells with
// every answer: a lost request or answer costs no state. Before there is any tick a request without
// one learns the server's interval.

#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collector/publish/node_pace.h"
#include "collector/publish/request_size.h"
#include "collector/publish/tick_log.h"
#include "common/clock.h"
#include "common/log.h"
#include "wire/tick_ranges.h"

namespace kubemonitor {

namespace v1 {
class MetricsResponse;
}  // namespace v1

struct SenderOptions {
  std::string server;  // for the log
  std::string node_name;
  std::string instance_id;
  std::string boot_id;
  std::string version;
  size_t batch_bytes = size_t{1} << 20;  // of a request; a larger tick or block goes alone
};

class Sender {
 public:
  // Log and clock outlive this.
  Sender(const TickLog& log, const Clock& clock, SenderOptions options);

  // The request to send now, or nullopt: nothing to do before `*wake_usec` of the boot clock,
  // unless a tick is added.
  std::optional<std::string> Next(uint32_t interval_ms, uint64_t* wake_usec);
  // The answer to the request that Next gave last: bytes of a MetricsResponse, or why there is
  // none.
  void OnAnswer(const absl::StatusOr<std::string>& answer);

  // What the server stores; 0 until it answered.
  uint32_t server_interval_ms() const { return server_interval_ms_; }
  bool connected() const { return failures_ == 0 && !server_instance_.empty(); }
  // Ticks given up because the server cannot read them.
  uint64_t unreadable_ticks() const { return unreadable_ticks_; }
  // Ticks that the log or the server's retention left behind before the server had them.
  uint64_t lost_ticks() const { return lost_ticks_; }
  // Ticks of which something is remembered: never more than the log has, whatever was sent.
  size_t remembered_ticks() const {
    return given_up_.size() + attempts_.size() + suspects_.size() + as_ticks_.size();
  }

 private:
  struct SentIdentity {
    uint32_t object;
    uint64_t version;
  };

  // What the server lacks of a block.
  struct Missing {
    LoggedBlock block;
    std::vector<int64_t> ticks;  // ascending, without the newest one
  };

  std::optional<std::string> Build(uint32_t interval_ms, uint64_t* wake_usec);
  bool IsMissing(int64_t tick_ms) const;
  void FindMissing(int64_t newest_ms);
  void CountLost(const std::vector<int64_t>& before, int64_t oldest_ms);
  bool GoesAsBlock(const Missing& missing) const;
  uint64_t WaitingBytes() const;
  void ForgetOutside(int64_t first_ms, int64_t last_ms);
  void GiveUp(int64_t tick_ms);
  std::vector<LoggedIdentity> IdentitiesToSend();
  std::string Begin();
  std::string BuildNewest(const TickLog::NewestTick& newest);
  std::optional<std::string> BuildHistory(uint64_t* wake_usec);
  void AppendHistory(size_t max_bytes, std::string* request);
  void AppendBlocks(size_t max_bytes, std::string* request);
  void AppendTicks(size_t max_bytes, std::string* request);
  void AppendWaiting(std::string* request);
  std::optional<std::string> BuildWanted(uint64_t* wake_usec);
  void AppendIdentities(std::string* request);

  void OnFailure(const absl::Status& status);
  void OnUnreadable(const absl::Status& status);
  void OnResponse(const v1::MetricsResponse& response);
  void StartServer(const std::string& instance);
  void MarkTold();
  void LearnIdentities(const v1::MetricsResponse& response);
  void LearnTicks(const v1::MetricsResponse& response);
  void LearnCredit(const v1::MetricsResponse& response);
  void LogRefusals(const v1::MetricsResponse& response);
  void Delay(uint64_t usec);

  const TickLog& log_;
  const Clock& clock_;
  const SenderOptions options_;
  const NodePace pace_;

  // What is known of the server.
  std::string server_instance_;  // empty: never answered
  uint64_t server_since_usec_ = 0;
  uint32_t server_interval_ms_ = 0;
  int64_t server_retention_ms_ = 0;    // 0: not known
  uint32_t server_codec_version_ = 0;  // of history blocks; 0: reads none, and gives no credit
  TickRanges held_;
  std::set<int64_t> given_up_;       // ticks it does not take
  std::set<int64_t> as_ticks_;       // blocks it does not take, by start
  std::map<int64_t, int> attempts_;  // answered requests after which a tick was still missing
  std::set<int64_t> suspects_;  // of an unreadable request: sent alone, to find out which it was
  uint64_t unreadable_ticks_ = 0;
  uint64_t lost_ticks_ = 0;
  std::set<uint32_t> wanted_;                    // identities it asked for
  uint64_t identities_version_ = 0;              // all up to here were told
  std::unordered_map<uint32_t, uint64_t> told_;  // beyond that: version told, by object

  // What it lacks, oldest first, when last looked.
  std::vector<Missing> missing_;
  std::vector<int64_t> missing_ticks_;  // all of them, the newest too

  // The request under way.
  uint64_t sent_usec_ = 0;
  size_t sent_bytes_ = 0;
  std::vector<int64_t> sent_ticks_;  // those of blocks too
  std::set<int64_t> sent_blocks_;    // by start
  bool asked_credit_ = false;
  std::vector<SentIdentity> sent_identities_;
  std::optional<uint64_t>
      completes_version_;  // nothing is left to tell up to this version once it is answered

  // Pace.
  uint32_t interval_ms_ = 10'000;
  RequestSize request_size_;
  uint32_t failures_ = 0;
  bool refused_ = false;  // what it answered last: it takes no ticks for now
  uint64_t not_before_usec_ = 0;
  uint64_t asked_again_usec_ = 0;  // when identities may be sent alone again
  uint64_t credit_bytes_ = 0;      // of history, for the next request
  uint64_t ask_credit_usec_ = 0;   // not before
  LogLimiter failure_log_;
  LogLimiter refusal_log_;
  LogLimiter unreadable_log_;
  LogLimiter lost_log_{600'000'000};
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_PUBLISH_SENDER_H_
