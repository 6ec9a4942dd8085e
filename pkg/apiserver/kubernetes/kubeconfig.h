#ifndef KUBEMONITOR_APISERVER_KUBERNETES_KUBECONFIG_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_KUBECONFIG_H_

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <string_view>

#include "apiserver/kubernetes/access.h"

namespace kubemonitor {

// What the current context of a kubeconfig says. Client certificates, tokens and token files are
// understood; plugins (exec, auth-provider), passwords, impersonation and proxies are refused, and
// the message says what to use instead. `directory` is where relative paths begin.
absl::StatusOr<KubernetesAccess> ParseKubeconfig(std::string_view text,
                                                 const std::string& directory);

// The same, of a file; messages name it.
absl::StatusOr<KubernetesAccess> LoadKubeconfig(const std::string& path);

// RFC 4648 §4, line breaks allowed. Nullopt: it is none.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_KUBECONFIG_H_
