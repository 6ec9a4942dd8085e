#include "apiserver/server.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "apiserver/dashboard/assets.h"
#include "apiserver/dashboard/dashboard.h"
#include "apiserver/kubernetes/access.h"
#include "apiserver/kubernetes/kubeconfig.h"
#include "apiserver/rest/rest.h"
#include "common/flags.h"
#include "common/log.h"
#include "common/mutex.h"
#include "common/signals.h"
#include "common/version.h"

namespace kubemonitor {
namespace {

constexpr std::chrono::milliseconds kStopDeadline{3'000};
constexpr std::chrono::seconds kExpireEvery{5};
// An open dashboard holds a stream, and browsers keep some connections beside it for a while.
constexpr size_t kMaxOpenStreams = 2'000;
constexpr size_t kMaxConnections = 8'192;

// What --kubernetes auto came to, and why.
void TellChoice(const absl::Status& in_cluster) {
  if (in_cluster.ok()) {
    LogInfo("--kubernetes auto: in-cluster, by the service account of this pod");
  } else {
    // A pod without a token may be an oversight.
    Log(absl::IsNotFound(in_cluster) ? LogLevel::kInfo : LogLevel::kWarning,
        "--kubernetes auto: off, {}", std::string(in_cluster.message()));
  }
}

}  // namespace

// Set once, when everything is up.
struct ApiServer::Shared {
  std::atomic<const HttpServer*> http{nullptr};
};

ApiServer::ApiServer(const ApiServerOptions& options, const Clock& clock)
    : clock_(clock),
      started_ms_(clock.WallMs()),
      started_usec_(clock.BootUsec()),
      shared_(std::make_shared<Shared>()) {
  StoreOptions store;
  store.retention_ms = options.retention_ms;
  store.interval_ms = options.interval_ms;
  store.memory_limit_bytes = options.memory_limit_bytes;
  store_ = NewSummedStore(store);
  const std::string instance = RandomId();
  ticks_ = std::make_shared<TickStream>(*store_, clock, instance);
  lists_ = std::make_shared<ListCache>(clock);
  ingest_ = std::make_unique<Ingest>(*store_, clock, IngestOptions{instance});
}

absl::StatusOr<std::unique_ptr<ApiServer>> ApiServer::Create(const ApiServerOptions& options,
                                                             const Clock& clock) {
  std::unique_ptr<ApiServer> server(new ApiServer(options, clock));
  if (absl::Status status = server->Start(options); !status.ok()) return status;
  return server;
}

absl::Status ApiServer::StartKubernetes(const ApiServerOptions& options) {
  const std::map<std::string, std::string> environment = Environment();
  const std::string& from = options.kubernetes;
  if (from == "off") return absl::OkStatus();
  if (from == "auto") {
    const absl::Status found = CheckInCluster(environment);
    TellChoice(found);
    if (!found.ok()) return absl::OkStatus();
  }
  const bool in_cluster = from == "auto" || from == "in-cluster";
  auto access = in_cluster ? InClusterAccess(environment) : LoadKubeconfig(from);
  if (!access.ok()) {
    return absl::Status(
        access.status().code(),
        fmt::format("--kubernetes {}: {}", from, std::string(access.status().message())));
  }
  KubernetesSourceOptions kubernetes;
  kubernetes.access = *std::move(access);
  kubernetes.keep_ms = options.retention_ms + 2 * options.interval_ms;
  kubernetes.user_agent = fmt::format("kubemonitor-apiserver/{} (linux)", ThisBuild().version);
  kubernetes_ = std::make_unique<KubernetesSource>(std::move(kubernetes), clock_);
  return absl::OkStatus();
}

absl::Status ApiServer::Start(const ApiServerOptions& options) {
  if (absl::Status status = StartKubernetes(options); !status.ok()) return status;
  const BuildInfo build = ThisBuild();
  RestOptions rest;
  rest.cluster = kubernetes_.get();
  rest.store = store_.get();
  rest.clock = &clock_;
  rest.status = [this] { return Status(); };
  rest.ticks = ticks_;
  rest.share_answers = true;
  rest.lists = lists_;
  rest.site = MakeDashboardHandler(EmbeddedAssets());
  rest.version = {build.version, build.commit == "unknown" ? "" : build.commit, build.compiler};

  HttpServerOptions http;
  http.max_push_streams = kMaxOpenStreams;
  http.max_connections = kMaxConnections;
  http.allowed_hosts = options.http_allowed_hosts;
  std::vector<HttpListener> listeners;
  listeners.push_back(MakeRestListener(options.http_listen, rest));
  if (options.health_listen != "none") {
    listeners.push_back(MakeHealthListener(options.health_listen, rest));
  }
  auto http_server = HttpServer::Create(std::move(http), std::move(listeners));
  if (!http_server.ok()) return http_server.status();
  http_ = *std::move(http_server);

  GrpcServerOptions grpc;
  grpc.listen = options.grpc_listen;
  auto grpc_server = GrpcServer::Create(grpc, *ingest_);
  if (!grpc_server.ok()) return grpc_server.status();
  grpc_ = *std::move(grpc_server);
  shared_->http.store(http_.get());
  expiry_ = std::jthread([this](const std::stop_token& stop) { ExpireLoop(stop); });
  announcer_ = std::jthread([this](const std::stop_token& stop) { ticks_->Run(stop); });
  return absl::OkStatus();
}

ApiServer::~ApiServer() {
  expiry_.request_stop();
  announcer_.request_stop();
  if (grpc_ != nullptr) grpc_->Stop(kStopDeadline);
  if (http_ != nullptr) http_->Stop(kStopDeadline);
}

ServerStatus ApiServer::Status() const {
  ServerStatus out;
  out.started_ms = started_ms_;
  out.started_boot_usec = started_usec_;
  const IngestCounters ingest = ingest_->counters();
  out.ingest_requests = ingest.requests + ingest.malformed_requests;
  out.report_lag_last_seconds = ingest.last_lag_seconds;
  out.report_lag_max_seconds = ingest.max_lag_seconds;
  for (size_t reason = 1; reason < ingest.refused.size(); ++reason) {
    const uint64_t malformed =
        reason == static_cast<size_t>(RefusalReason::kInvalid) ? ingest.malformed_requests : 0;
    const uint64_t count = ingest.refused[reason] + malformed;
    if (count > 0) out.refusals[static_cast<RefusalReason>(reason)] = count;
  }
  if (kubernetes_ != nullptr) out.kubernetes = kubernetes_->status();
  if (const HttpServer* http = shared_->http.load()) {
    out.listening = true;
    out.http = http->counters();
  }
  return out;
}

std::string ApiServer::ListeningLine() const {
  std::string line = fmt::format("listening grpc={} http={}", grpc_address(), http_address());
  if (http_->addresses().size() > 1) line += fmt::format(" health={}", http_->addresses()[1]);
  return line;
}

void ApiServer::ExpireLoop(const std::stop_token& stop) {
  Mutex mutex;
  Condition condition;
  const MutexLock lock(mutex);
  while (!stop.stop_requested()) {
    condition.wait_for(mutex, stop, kExpireEvery, [] { return false; });
    if (stop.stop_requested()) return;
    store_->Expire(clock_.WallMs());
    lists_->Expire();
  }
}

}  // namespace kubemonitor
