#ifndef KUBEMONITOR_APISERVER_INGEST_INGEST_H_
#define KUBEMONITOR_APISERVER_INGEST_INGEST_H_

// The gate of the server: everything a collector or any other client sends is checked here, and
// only what is sound reaches the store. What is refused is answered with reason, count and a detail
// that says what, where and what to do. Knows nothing of gRPC.

#include <absl/status/status.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "apiserver/ingest/empty_nodes.h"
#include "apiserver/ingest/history_credits.h"
#include "apiserver/ingest/object_admission.h"
#include "apiserver/ingest/refusals.h"
#include "apiserver/store/store.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mutex.h"

namespace kubemonitor {

struct IngestAnswer;
struct IngestNode;
namespace v1 {
class MetricsRequest;
class MetricsResponse;
}  // namespace v1

struct IngestOptions {
  std::string server_instance;  // random, new with every start
  HistoryCreditLimits history = {};
};

// Since the start of the server.
struct IngestCounters {
  uint64_t requests = 0;            // understood ones
  uint64_t malformed_requests = 0;  // bytes that are no request, or one beyond the limits
  uint64_t accepted_ticks = 0;      // ticks and metrics of the simple form
  std::array<uint64_t, kRefusalReasons> refused{};  // by number of the reason
  // Server's wall clock at arrival less the newest tick of the report.
  std::optional<double> last_lag_seconds;
  std::optional<double> max_lag_seconds;  // of this and the last minute
};

// Thread-safe; reports of one node are handled one after the other, those of different nodes side
// by side.
class Ingest {
 public:
  // Store and clock outlive this.
  Ingest(Store& store, const Clock& clock, IngestOptions options);
  ~Ingest();
  Ingest(const Ingest&) = delete;

  // `peer` is for the log. InvalidArgument: the bytes are no request, or one beyond wire/limits.h;
  // nothing was stored then. Otherwise `answer` is a serialized MetricsResponse.
  absl::Status HandleBytes(std::string_view bytes, std::string_view peer, std::string* answer);

  void Handle(const v1::MetricsRequest& request, std::string_view peer,
              v1::MetricsResponse* response);

  IngestCounters counters() const;

 private:
  // Null: too many nodes.
  std::shared_ptr<IngestNode> FindNode(const std::string& name);
  std::shared_ptr<IngestNode> FindOrAdd(const std::string& name) EXCLUDES(mutex_);
  void ForgetEmptyNodes() EXCLUDES(mutex_);
  void Answer(const IngestAnswer& answer, int64_t now_ms, v1::MetricsResponse* response) const;
  void AnswerCredit(const v1::MetricsRequest& request, uint64_t now_usec,
                    v1::MetricsResponse* response);
  void Count(const IngestAnswer& answer, const v1::MetricsRequest& request, std::string_view peer,
             int64_t now_ms);
  void CountLag(int64_t lag_ms, uint64_t now_usec) REQUIRES(mutex_);
  bool AllowLog(size_t limiter, uint64_t* held_back) EXCLUDES(mutex_);

  Store& store_;
  const Clock& clock_;
  const IngestOptions options_;
  ObjectAdmission admission_;
  EmptyNodes empty_nodes_;
  HistoryCredits credits_;

  mutable Mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<IngestNode>> nodes_ GUARDED_BY(mutex_);
  IngestCounters counters_ GUARDED_BY(mutex_);
  uint64_t minute_ GUARDED_BY(mutex_) = 0;
  std::array<std::optional<double>, 2> minute_lag_
      GUARDED_BY(mutex_);  // this minute's, the last one's
  std::array<LogLimiter, kRefusalReasons + 1> limiters_ GUARDED_BY(mutex_);  // 0: malformed
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_INGEST_INGEST_H_
