#ifndef KUBEMONITOR_APISERVER_SERVER_H_
#define KUBEMONITOR_APISERVER_SERVER_H_

// The API server, put together: gRPC → ingest → store → query → REST.

#include <absl/status/statusor.h>

#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include "apiserver/ingest/grpc_server.h"
#include "apiserver/ingest/ingest.h"
#include "apiserver/kubernetes/kubernetes_source.h"
#include "apiserver/options.h"
#include "apiserver/query/summed_store.h"
#include "apiserver/rest/list_cache.h"
#include "apiserver/rest/status.h"
#include "apiserver/rest/tick_stream.h"
#include "apiserver/store/store.h"
#include "common/clock.h"
#include "http/http_server.h"

namespace kubemonitor {

class ApiServer {
 public:
  // Binds all listeners and serves. Errors say what, where and what to do; a Kubernetes API that
  // does not answer is none. The clock outlives the server.
  static absl::StatusOr<std::unique_ptr<ApiServer>> Create(const ApiServerOptions& options,
                                                           const Clock& clock);
  // Lets running requests finish, for a few seconds at most.
  ~ApiServer();
  ApiServer(const ApiServer&) = delete;

  // "listening grpc=127.0.0.1:50051 http=127.0.0.1:8080", with the ports really bound; " health=…"
  // behind it if there is such a listener.
  std::string ListeningLine() const;
  const std::string& grpc_address() const { return grpc_->address(); }
  const std::string& http_address() const { return http_->addresses().front(); }

  const Store& store() const { return *store_; }
  const Ingest& ingest() const { return *ingest_; }

 private:
  ApiServer(const ApiServerOptions& options, const Clock& clock);

  absl::Status Start(const ApiServerOptions& options);
  absl::Status StartKubernetes(const ApiServerOptions& options);
  ServerStatus Status() const;
  void ExpireLoop(const std::stop_token& stop);

  const Clock& clock_;
  const int64_t started_ms_;
  const uint64_t started_usec_;
  std::unique_ptr<SummedStore> store_;
  std::shared_ptr<TickStream> ticks_;
  std::shared_ptr<ListCache> lists_;
  std::unique_ptr<Ingest> ingest_;
  std::unique_ptr<KubernetesSource> kubernetes_;  // null: Kubernetes is not asked
  std::unique_ptr<GrpcServer> grpc_;
  std::unique_ptr<HttpServer> http_;
  // What status() may look at while the listeners are still being made.
  struct Shared;
  std::shared_ptr<Shared> shared_;
  std::jthread expiry_;
  std::jthread announcer_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_SERVER_H_
