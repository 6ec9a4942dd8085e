#ifndef KUBEMONITOR_SIMULATOR_KUBERNETES_KUBERNETES_API_H_
#define KUBEMONITOR_SIMULATOR_KUBERNETES_KUBERNETES_API_H_

// The fake Kubernetes API: list and watch of the simulated cluster's objects over plain HTTP, in
// the real API's form. Anybody may ask; a bearer token matters to the faults alone.

#include <absl/status/statusor.h>

#include <memory>
#include <string>

#include "common/clock.h"
#include "http/http_server.h"
#include "http/http_types.h"
#include "simulator/kubernetes/faults.h"
#include "simulator/kubernetes/journal.h"
#include "simulator/kubernetes/objects.h"
#include "simulator/kubernetes/watches.h"
#include "simulator/model.h"

namespace kubemonitor {

// What it answers, without a socket. Thread-safe.
class KubernetesApi {
 public:
  KubernetesApi(const ModelOptions& options, const Clock& clock);  // which outlives this

  HttpResponse Serve(const HttpRequest& request);
  // Requests that must be answered whatever the mode is.
  static bool IsControl(const HttpRequest& request);
  // Lets go whoever waits.
  void Stop();

  Watches& watches() { return watches_; }

 private:
  HttpResponse List(const ApiRequest& request);
  HttpResponse Watch(const ApiRequest& request);
  ApiResult<Revision> ListRevision(const ApiRequest& request);

  const Model model_;
  const ClusterObjects objects_;
  RevisionClock revisions_;
  Journal journal_;
  Watches watches_;
  Faults faults_;
};

// It, listening.
class KubernetesServer {
 public:
  // Errors as HttpServer::Create.
  static absl::StatusOr<std::unique_ptr<KubernetesServer>> Create(const std::string& address,
                                                                  const ModelOptions& options,
                                                                  const Clock& clock);
  ~KubernetesServer();

  const std::string& address() const { return server_->addresses().front(); }
  KubernetesApi& api() { return *api_; }

 private:
  KubernetesServer(std::unique_ptr<KubernetesApi> api, std::unique_ptr<HttpServer> server);

  std::unique_ptr<KubernetesApi> api_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_KUBERNETES_KUBERNETES_API_H_
