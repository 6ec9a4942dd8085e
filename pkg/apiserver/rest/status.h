#ifndef KUBEMONITOR_APISERVER_REST_STATUS_H_
#define KUBEMONITOR_APISERVER_REST_STATUS_H_

// What /api/v1/status and the health paths tell, beside what the store knows itself.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "apiserver/kubernetes/kubernetes_status.h"
#include "apiserver/store/store.h"
#include "http/http_server.h"

namespace kubemonitor {

// The process' own counters, all since the start. Absent: not counted (yet).
struct ServerStatus {
  bool listening = false;          // all listeners are bound
  int64_t started_ms = 0;          // wall clock, Unix milliseconds
  uint64_t started_boot_usec = 0;  // Clock::BootUsec at the start: uptimes are made of this
  std::optional<uint64_t> ingest_requests;     // SendMetrics calls
  std::map<RefusalReason, uint64_t> refusals;  // what was refused, by reason; missing: 0 times
  // From the newest tick of a report to its arrival: of the last report, and the most of this and
  // the last minute.
  std::optional<double> report_lag_last_seconds, report_lag_max_seconds;
  std::optional<HttpCounters> http;
  KubernetesStatus kubernetes;  // mode "off": it is not asked
};

// Thread-safe; called once a request to a path that needs it.
using StatusFunction = std::function<ServerStatus()>;

struct VersionInfo {
  std::string version;  // "0.1.0"
  std::string commit;   // empty: not known
  std::string compiler;
};

// Ready: listening, and either the first complete tick is there or an interval and kReadyGraceMs
// passed since the start. Right after a start the store is empty although nodes are running: an
// answer then would say that there are none. Collectors reconnect and report inside one interval;
// the grace is theirs for jitter and back-off.
inline constexpr int64_t kReadyGraceMs = 5'000;

struct Readiness {
  bool ready = false;
  std::string reason;               // why not
  int64_t retry_after_seconds = 1;  // at least 1
};
Readiness CheckReadiness(const Store& store, const ServerStatus& status, int64_t now_ms,
                         uint64_t boot_usec);

// The document of /api/v1/status.
std::string StatusJson(const Store& store, const ServerStatus& status, const VersionInfo& version,
                       int64_t now_ms, uint64_t boot_usec);

// The document of /version.
std::string VersionJson(const VersionInfo& version);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_STATUS_H_
