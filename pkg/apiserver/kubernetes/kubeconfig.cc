// A kubeconfig:
//
//   current-context: dev
//   contexts: [{name: dev, context: {cluster: c, user: u}}]
//   clusters: [{name: c, cluster: {server: "https://10.0.0.1:6443", certificate-authority:
//   ca.crt}}] users: [{name: u, user: {client-certificate-data: LS0t…, client-key-data: LS0t…}}]

#include "apiserver/kubernetes/kubeconfig.h"

#include <fmt/format.h>

#include <utility>

#include "apiserver/kubernetes/yaml_document.h"
#include "common/text.h"

namespace kubemonitor {
namespace {

using Node = YamlDocument::Node;

absl::Status Invalid(std::string message) { return absl::InvalidArgumentError(std::move(message)); }

std::string TextOr(const Node& node, std::string otherwise = "") {
  return node.text().value_or(std::move(otherwise));
}

// {name: …, KEY: {…}} of a list.
absl::StatusOr<Node> FindNamed(const Node& root, std::string_view list, std::string_view key,
                               const std::string& name) {
  for (const Node& item : root[list].items()) {
    if (TextOr(item["name"]) == name) return item[key];
  }
  return Invalid(fmt::format("{} has no entry named {}", list, QuoteForMessage(name)));
}

std::string Resolved(const std::string& path, const std::string& directory) {
  return path.empty() || path[0] == '/' ? path : directory + "/" + path;
}

// KEY-data holds it in base64, else KEY names its file.
absl::Status ReadPem(const Node& node, const std::string& key, const std::string& directory,
                     TextOrFile* out) {
  if (const auto data = node[key + "-data"].text()) {
    auto decoded = DecodeBase64(*data);
    if (!decoded) return Invalid(key + "-data is not base64");
    out->text = *std::move(decoded);
    return absl::OkStatus();
  }
  out->path = Resolved(TextOr(node[key]), directory);
  return absl::OkStatus();
}

absl::Status ReadCluster(const Node& cluster, const std::string& directory, KubernetesAccess* out) {
  if (cluster["proxy-url"].is_set()) {
    return Invalid("the cluster has a proxy-url: proxies are not supported");
  }
  if (absl::Status status = ParseServerUrl(TextOr(cluster["server"]), out); !status.ok()) {
    return status;
  }
  out->server_name = TextOr(cluster["tls-server-name"]);
  out->verify = TextOr(cluster["insecure-skip-tls-verify"]) != "true";
  return ReadPem(cluster, "certificate-authority", directory, &out->ca);
}

absl::Status RefuseUnsupported(const Node& user) {
  const struct {
    const char* key;
    const char* why;
  } kUnsupported[] = {
      {"exec",
       "credential plugins (exec) are not run; use a client certificate, a token or a "
       "tokenFile, for instance of a service account (kubectl create token)"},
      {"auth-provider",
       "auth-provider plugins are not supported; use a client certificate, a "
       "token or a tokenFile"},
      {"username",
       "Kubernetes takes no user names and passwords any more; use a client "
       "certificate, a token or a tokenFile"},
      {"as", "impersonation (as) is not supported"},
  };
  for (const auto& [key, why] : kUnsupported) {
    if (user[key].is_set()) return Invalid(why);
  }
  return absl::OkStatus();
}

absl::Status ReadUser(const Node& user, const std::string& directory, KubernetesAccess* out) {
  if (absl::Status status = RefuseUnsupported(user); !status.ok()) return status;
  if (absl::Status status =
          ReadPem(user, "client-certificate", directory, &out->client_certificate);
      !status.ok()) {
    return status;
  }
  if (absl::Status status = ReadPem(user, "client-key", directory, &out->client_key);
      !status.ok()) {
    return status;
  }
  if (out->client_certificate.empty() != out->client_key.empty()) {
    return Invalid("a client certificate and its key belong together; one of them is missing");
  }
  out->token.path = Resolved(TextOr(user["tokenFile"]), directory);
  out->token.text = TextOr(user["token"]);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<KubernetesAccess> ParseKubeconfig(std::string_view text,
                                                 const std::string& directory) {
  const auto document = YamlDocument::Parse(text);
  if (!document.ok()) return document.status();
  const Node root = (*document)->root();
  const std::string context_name = TextOr(root["current-context"]);
  if (context_name.empty()) {
    return Invalid("it has no current-context (kubectl config use-context sets one)");
  }
  const auto context = FindNamed(root, "contexts", "context", context_name);
  if (!context.ok()) return context.status();
  const auto cluster = FindNamed(root, "clusters", "cluster", TextOr((*context)["cluster"]));
  if (!cluster.ok()) return cluster.status();
  KubernetesAccess out;
  out.mode = "kubeconfig";
  if (absl::Status status = ReadCluster(*cluster, directory, &out); !status.ok()) return status;
  const std::string user_name = TextOr((*context)["user"]);
  if (user_name.empty()) return out;
  const auto user = FindNamed(root, "users", "user", user_name);
  if (!user.ok()) return user.status();
  if (absl::Status status = ReadUser(*user, directory, &out); !status.ok()) return status;
  return out;
}

absl::StatusOr<KubernetesAccess> LoadKubeconfig(const std::string& path) {
  const auto text = ReadWholeFile(path, YamlDocument::kMaxBytes);
  if (!text.ok()) {
    return absl::Status(text.status().code(),
                        "kubeconfig: " + std::string(text.status().message()));
  }
  const size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "."
                                : slash == 0               ? "/"
                                                           : path.substr(0, slash);
  auto access = ParseKubeconfig(*text, directory);
  if (access.ok()) return access;
  return absl::Status(access.status().code(), fmt::format("kubeconfig {}: {}", path,
                                                          std::string(access.status().message())));
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  uint32_t bits = 0;
  size_t letters = 0;
  size_t padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == ' ' || c == '\t') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const size_t value = kLetters.find(c);
    if (value == std::string_view::npos || padding > 0) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(value);
    if (++letters % 4 == 0) {
      for (const int shift : {16, 8, 0}) out.push_back(static_cast<char>(bits >> shift & 0xff));
      bits = 0;
    }
  }
  const size_t rest = letters % 4;
  if (rest == 1 || padding != (4 - rest) % 4) return std::nullopt;
  if (rest == 2) out.push_back(static_cast<char>(bits >> 4 & 0xff));
  if (rest == 3) {
    out.push_back(static_cast<char>(bits >> 10 & 0xff));
    out.push_back(static_cast<char>(bits >> 2 & 0xff));
  }
  return out;
}

}  // namespace kubemonitor
