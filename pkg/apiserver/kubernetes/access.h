#ifndef KUBEMONITOR_APISERVER_KUBERNETES_ACCESS_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_ACCESS_H_

// Where the Kubernetes API is, whom it is trusted to be, and as whom it is asked.

#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/clock.h"

namespace kubemonitor {

// A text, or the file that holds it. Files are read again whenever they are needed: they are
// replaced while the program runs.
struct TextOrFile {
  std::string text;
  std::string path;  // wins
  bool empty() const { return text.empty() && path.empty(); }
};

struct KubernetesAccess {
  std::string mode;  // "in-cluster" or "kubeconfig"
  bool tls = true;
  std::string host;  // without brackets
  std::string port;
  std::string path_prefix;  // before "/api"; without a slash at the end
  std::string server_name;  // in the server's certificate; empty: `host`
  bool verify = true;
  TextOrFile ca;                              // PEM, one or several; empty: those of the system
  TextOrFile client_certificate, client_key;  // PEM
  TextOrFile token;

  std::string Authority() const;  // "10.96.0.1:443", "[::1]:8443"
  std::string Url() const;        // "https://10.96.0.1:443"
};

// "https://host:port/prefix" into tls, host, port and path_prefix. Plain HTTP is for loopback
// addresses.
absl::Status ParseServerUrl(std::string_view url, KubernetesAccess* out);

// Where a pod finds its service account.
inline constexpr char kServiceAccountDirectory[] = "/var/run/secrets/kubernetes.io/serviceaccount";

// Whether the program runs in a cluster and may ask: the address is in the environment and there is
// a token. NotFound: it is no pod. FailedPrecondition: it is one, and the token cannot be read.
absl::Status CheckInCluster(const std::map<std::string, std::string>& environment,
                            const std::string& directory = kServiceAccountDirectory);
// FailedPrecondition says what is missing.
absl::StatusOr<KubernetesAccess> InClusterAccess(
    const std::map<std::string, std::string>& environment,
    const std::string& directory = kServiceAccountDirectory);

// The whole file. Errors name it and say what is wrong.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path, size_t max_bytes);
// The text, or what stands in the file now.
absl::StatusOr<std::string> ReadText(const TextOrFile& source);

// A bearer token that is read again each minute, and when it was refused. One thread.
class TokenSource {
 public:
  static constexpr uint64_t kReadEveryUsec = 60'000'000;

  TokenSource(TextOrFile source, const Clock* clock) : source_(std::move(source)), clock_(clock) {}

  // Empty: none is used. If the file cannot be read, the token read before; else an error.
  absl::StatusOr<std::string> Token();
  void Refused() { read_usec_.reset(); }

 private:
  const TextOrFile source_;
  const Clock* const clock_;
  std::string token_;
  std::optional<uint64_t> read_usec_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_ACCESS_H_
