#ifndef KUBEMONITOR_APISERVER_REST_REST_TESTING_H_
#define KUBEMONITOR_APISERVER_REST_REST_TESTING_H_

// A small cluster in a store, and short ways to ask a handler about it, for tests.

#include <rapidjson/document.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "apiserver/kubernetes/plain_cluster_testing.h"
#include "apiserver/query/summed_store.h"
#include "apiserver/rest/rest.h"
#include "apiserver/store/store.h"
#include "common/clock.h"
#include "common/node_report.h"
#include "http/http_types.h"

namespace kubemonitor::testing {

inline constexpr int64_t kIntervalMs = 10'000;
inline constexpr int64_t kNewestTickMs = 1'795'455'300'000;  // 2026-11-23T17:35:00Z
inline constexpr int kTicks = 13;                            // two minutes

class FakeClock : public Clock {
 public:
  int64_t WallMs() const override { return wall_ms_; }
  uint64_t BootUsec() const override { return boot_usec_; }
  void Advance(int64_t ms) {
    wall_ms_ += ms;
    boot_usec_ += static_cast<uint64_t>(ms) * 1000;
  }
  void StepWall(int64_t ms) { wall_ms_ += ms; }

 private:
  std::atomic<int64_t> wall_ms_ = kNewestTickMs + 2'000;
  std::atomic<uint64_t> boot_usec_ = uint64_t{86'400'000'000};
};

// Every series a kind of object can have, at the tick number `index` of `kTicks`. `pace` sets apart
// objects: millicores used, and MiB held.
SeriesValues ValuesAt(ObjectKind kind, int index, uint64_t pace);

// Two nodes with everything the wire can say. node-a: web-7d4b9c6f5d-aaaaa and -bbbbb (of the
// deployment web) and the ended job-1 in default; kube-proxy-x, of the host's network, in
// kube-system. node-b: web-7d4b9c6f5d-ccccc. The pods of web have the containers app and sidecar.
std::unique_ptr<SummedStore> SmallCluster();

// What Kubernetes says of the small cluster, and of what nobody measures there: node-c without a
// collector, db-0 of the stateful set db on it, web-7d4b9c6f5d-ddddd that waits for a node, the
// cron job nightly with a job, the deployment idle and the namespace empty without pods.
class SmallKubernetes final : public ClusterSource {
 public:
  SmallKubernetes();
  std::shared_ptr<const Cluster> cluster() const override { return cluster_; }

 private:
  std::shared_ptr<const Cluster> cluster_;
};

// A handler over `store`, of a server that started `uptime_ms` before the clock's time.
RestOptions OptionsFor(const SummedStore& store, const Clock& clock, int64_t uptime_ms = 600'000);
// The same that reads Kubernetes.
RestOptions OptionsFor(const SummedStore& store, const Clock& clock, const ClusterSource& cluster);

// The handler's answer to the target "/path?query", as the HTTP server would ask. The body is
// whole, a streamed one as well.
HttpResponse Ask(const Handler& handler, std::string_view target, NameValueList headers = {});
std::string HeaderOf(const HttpResponse& response, std::string_view name);  // empty: none

// The body as JSON; fails the test if it is not.
rapidjson::Document Json(const HttpResponse& response);
// Of a problem document.
std::string DetailOf(const HttpResponse& response);

}  // namespace kubemonitor::testing

#endif  // KUBEMONITOR_APISERVER_REST_REST_TESTING_H_
