#ifndef KUBEMONITOR_COLLECTOR_PUBLISH_SENDER_H_
#define KUBEMONITOR_COLLECTOR_PUBLISH_SENDER_H_

// Decides what one server gets next, and learns from its answers. It neither waits nor sends: a
// thread asks Next, sends the bytes, and gives the answer to OnAnswer. Not thread-safe.
//
// The newest tick goes first, spread over the nodes by a jitter (at once after a reconnect); then
// what the server lacks, oldest first, in batches. What it holds, it tells with every answer: a
// lost request or answer costs no state. Before there is any tick a request without one learns the
// server's interval.

#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

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
  size_t batch_bytes = size_t{1} << 20;  // of a request; a larger tick goes alone
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
  // Ticks of which something is remembered: never more than the log has, whatever was sent.
  size_t remembered_ticks() const { return given_up_.size() + attempts_.size() + suspects_.size(); }

 private:
  struct SentIdentity {
    uint32_t object;
    uint64_t version;
  };

  bool IsMissing(int64_t tick_ms) const;
  std::vector<LoggedTick> MissingBefore(int64_t newest_ms);
  void ForgetOutside(int64_t first_ms, int64_t last_ms);
  void GiveUp(int64_t tick_ms);
  std::vector<LoggedIdentity> IdentitiesToSend();
  std::string Build(const std::vector<LoggedTick>& ticks, const std::string* details);
  void AppendIdentities(std::string* request);
  uint64_t JitterUsec() const;

  void OnFailure(const absl::Status& status);
  void OnUnreadable(const absl::Status& status);
  void OnResponse(const v1::MetricsResponse& response);
  void StartServer(const std::string& instance);
  void MarkTold();
  void LearnIdentities(const v1::MetricsResponse& response);
  void LearnTicks(const v1::MetricsResponse& response);
  void LogRefusals(const v1::MetricsResponse& response);
  void Delay(uint64_t usec);
  uint64_t BackOffUsec(uint64_t cap_usec);

  const TickLog& log_;
  const Clock& clock_;
  const SenderOptions options_;
  const uint64_t node_hash_;

  // What is known of the server.
  std::string server_instance_;  // empty: never answered
  uint64_t server_since_usec_ = 0;
  uint32_t server_interval_ms_ = 0;
  int64_t server_retention_ms_ = 0;  // 0: not known
  TickRanges held_;
  std::set<int64_t> given_up_;       // ticks it does not take
  std::map<int64_t, int> attempts_;  // answered requests after which a tick was still missing
  std::set<int64_t> suspects_;  // of an unreadable request: sent alone, to find out which it was
  uint64_t unreadable_ticks_ = 0;
  std::set<uint32_t> wanted_;                    // identities it asked for
  uint64_t identities_version_ = 0;              // all up to here were told
  std::unordered_map<uint32_t, uint64_t> told_;  // beyond that: version told, by object

  // The request under way.
  std::vector<int64_t> sent_ticks_;
  std::vector<SentIdentity> sent_identities_;
  std::optional<uint64_t>
      completes_version_;  // nothing is left to tell up to this version once it is answered

  // Pace.
  uint32_t interval_ms_ = 10'000;
  uint32_t failures_ = 0;
  uint64_t not_before_usec_ = 0;
  uint64_t asked_again_usec_ = 0;  // when identities may be sent alone again
  LogLimiter failure_log_;
  LogLimiter refusal_log_;
  LogLimiter unreadable_log_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_PUBLISH_SENDER_H_
