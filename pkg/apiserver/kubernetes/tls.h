#ifndef KUBEMONITOR_APISERVER_KUBERNETES_TLS_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_TLS_H_

#include <absl/status/statusor.h>

#include <memory>
#include <string>

#include "apiserver/kubernetes/access.h"

struct ssl_ctx_st;
struct ssl_st;

namespace kubemonitor {

// What a client needs for TLS 1.2 or later to the Kubernetes API: the certificates it trusts, and
// its own. Files are read now. Errors name what cannot be read or is no certificate.
absl::StatusOr<std::shared_ptr<ssl_ctx_st>> MakeTlsContext(const KubernetesAccess& access);

// A connection over a connected, non-blocking socket, that lets the handshake succeed only with a
// certificate for this host (a DNS name or an address) unless verification is off.
absl::StatusOr<std::shared_ptr<ssl_st>> MakeTlsConnection(ssl_ctx_st* context, int socket,
                                                          const KubernetesAccess& access);

// Why a handshake or a transfer failed, from OpenSSL's queue of errors, which is emptied.
std::string TlsProblem(ssl_st* connection);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_TLS_H_
