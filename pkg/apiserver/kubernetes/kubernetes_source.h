#ifndef KUBEMONITOR_APISERVER_KUBERNETES_KUBERNETES_SOURCE_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_KUBERNETES_SOURCE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "apiserver/kubernetes/access.h"
#include "apiserver/kubernetes/cluster.h"
#include "apiserver/kubernetes/kubernetes_status.h"
#include "common/clock.h"

namespace kubemonitor {

struct KubernetesSourceOptions {
  KubernetesAccess access;
  int64_t keep_ms = 3'600'000;  // how long pods and workloads are known after they went
  std::string user_agent = "kubemonitor-apiserver";
  int64_t publish_every_ms = 1'000;
};

// Reads the cluster and follows it, on one thread of its own that does everything: a connection for
// each kind of objects. An API server that is away, slow or odd never fails anything here: what is
// known stays, and the status says how old it is.
class KubernetesSource final : public ClusterSource {
 public:
  // The clock outlives it.
  KubernetesSource(KubernetesSourceOptions options, const Clock& clock);
  // Within a second.
  ~KubernetesSource() override;
  KubernetesSource(const KubernetesSource&) = delete;

  // Both thread-safe.
  std::shared_ptr<const Cluster> cluster() const override;
  KubernetesStatus status() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_KUBERNETES_SOURCE_H_
