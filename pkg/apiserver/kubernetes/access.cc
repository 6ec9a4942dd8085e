#include "apiserver/kubernetes/access.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "common/text.h"

namespace kubemonitor {
namespace {

constexpr size_t kMaxSecretBytes = 256 * 1024;  // a bundle of certificates
constexpr size_t kMaxTokenBytes = 64 * 1024;
constexpr char kNoPod[] = "this is no pod of Kubernetes: KUBERNETES_SERVICE_HOST is not set";

bool IsIpv6(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool IsLoopback(const std::string& host) {
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6) != 0;
  return host == "localhost";
}

bool IsHostName(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
}

bool IsPort(const std::string& text) {
  uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, code] = std::from_chars(text.data(), end, port);
  return code == std::errc() && stopped == end && port != 0;
}

// What may be a secret is not repeated: user information, a query.
absl::Status BadUrl(std::string_view url, std::string_view why) {
  const size_t at = url.rfind('@');
  if (at != std::string_view::npos) {
    url.remove_prefix(at);
    why =
        "user information (before the @) is not supported: a kubeconfig's user has a token or a "
        "client-certificate";
  }
  url = url.substr(0, url.find_first_of("?#"));
  return absl::InvalidArgumentError(
      fmt::format("server {}: {}; expected https://host:port", QuoteForMessage(url, 300), why));
}

// "host", "host:port", "[address]:port".
bool SplitAuthority(std::string_view authority, std::string* host, std::string* port) {
  if (authority.starts_with('[')) {
    const size_t close = authority.find(']');
    if (close == std::string_view::npos) return false;
    *host = authority.substr(1, close - 1);
    authority.remove_prefix(close + 1);
    if (!IsIpv6(*host) || (!authority.empty() && authority[0] != ':')) return false;
  } else {
    *host = authority.substr(0, authority.find(':'));
    authority.remove_prefix(host->size());
    if (!IsHostName(*host)) return false;
  }
  if (!authority.empty()) *port = authority.substr(1);
  return IsPort(*port);
}

bool IsPlainPath(std::string_view path) {
  return std::all_of(path.begin(), path.end(), [](char c) { return c > 0x20 && c < 0x7f; }) &&
         path.find_first_of("?#") == std::string_view::npos;
}

std::string Variable(const std::map<std::string, std::string>& environment,
                     const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

// Of the files of a service account.
absl::Status CheckMounted(const std::string& path) {
  if (access(path.c_str(), R_OK) == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("cannot read {} ({}): the pod needs a service account whose token is mounted "
                  "(automountServiceAccountToken)",
                  path, std::strerror(errno)));
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

}  // namespace

std::string KubernetesAccess::Authority() const {
  return IsIpv6(host) ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::string KubernetesAccess::Url() const {
  return fmt::format("{}://{}{}", tls ? "https" : "http", Authority(), path_prefix);
}

absl::Status ParseServerUrl(std::string_view url, KubernetesAccess* out) {
  std::string_view rest = url;
  if (rest.starts_with("https://")) {
    out->tls = true;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    out->tls = false;
    rest.remove_prefix(7);
  } else {
    return BadUrl(url, "it does not begin with https://");
  }
  const size_t slash = std::min(rest.find('/'), rest.size());
  std::string_view path = rest.substr(slash);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (!IsPlainPath(path)) return BadUrl(url, "its path has characters that do not belong there");
  out->path_prefix = path;
  out->port = out->tls ? "443" : "80";
  if (!SplitAuthority(rest.substr(0, slash), &out->host, &out->port)) {
    return BadUrl(url, "its host or port is none");
  }
  if (!out->tls && !IsLoopback(out->host)) {
    return BadUrl(url, "plain http is for loopback addresses");
  }
  return absl::OkStatus();
}

absl::Status CheckInCluster(const std::map<std::string, std::string>& environment,
                            const std::string& directory) {
  if (Variable(environment, "KUBERNETES_SERVICE_HOST").empty()) {
    return absl::NotFoundError(kNoPod);
  }
  return CheckMounted(directory + "/token");
}

absl::StatusOr<KubernetesAccess> InClusterAccess(
    const std::map<std::string, std::string>& environment, const std::string& directory) {
  KubernetesAccess out;
  out.mode = "in-cluster";
  out.host = Variable(environment, "KUBERNETES_SERVICE_HOST");
  out.port = Variable(environment, "KUBERNETES_SERVICE_PORT");
  if (out.port.empty()) out.port = "443";
  if (out.host.empty()) {
    return absl::FailedPreconditionError(kNoPod);
  }
  if ((!IsHostName(out.host) && !IsIpv6(out.host)) || !IsPort(out.port)) {
    return absl::FailedPreconditionError(
        fmt::format("KUBERNETES_SERVICE_HOST {} and KUBERNETES_SERVICE_PORT {} are no address",
                    QuoteForMessage(out.host), QuoteForMessage(out.port)));
  }
  out.token.path = directory + "/token";
  out.ca.path = directory + "/ca.crt";
  for (const std::string& path : {out.token.path, out.ca.path}) {
    if (absl::Status status = CheckMounted(path); !status.ok()) return status;
  }
  return out;
}

absl::StatusOr<std::string> ReadWholeFile(const std::string& path, size_t max_bytes) {
  const auto failed = [&path] {
    return absl::UnavailableError(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  };
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failed();
  std::string out;
  char buffer[16 * 1024];
  ssize_t got = 0;
  while ((got = read(fd, buffer, sizeof(buffer))) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || out.size() > max_bytes) break;
    out.append(buffer, static_cast<size_t>(got));
  }
  absl::Status status = got < 0 ? failed() : absl::OkStatus();
  close(fd);
  if (!status.ok()) return status;
  if (out.size() > max_bytes) {
    return absl::InvalidArgumentError(fmt::format("{} has more than {} bytes", path, max_bytes));
  }
  return out;
}

absl::StatusOr<std::string> ReadText(const TextOrFile& source) {
  if (source.path.empty()) return source.text;
  return ReadWholeFile(source.path, kMaxSecretBytes);
}

absl::StatusOr<std::string> TokenSource::Token() {
  const uint64_t now = clock_->BootUsec();
  if (read_usec_ && now - *read_usec_ < kReadEveryUsec) return token_;
  const auto text = ReadText(source_);
  if (!text.ok() && token_.empty()) return text.status();
  if (text.ok()) {
    const std::string_view token = Trimmed(*text);
    const bool plain =
        token.size() <= kMaxTokenBytes &&
        std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (!plain) {
      return absl::InvalidArgumentError("the token has characters that no token has" +
                                        (source_.path.empty() ? "" : ": " + source_.path));
    }
    token_ = token;
  }
  read_usec_ = now;
  return token_;
}

}  // namespace kubemonitor
