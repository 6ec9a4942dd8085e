#include "apiserver/options.h"

#include "apiserver/kubernetes/access.h"
#include "apiserver/kubernetes/kubeconfig.h"
#include "http/net_address.h"

namespace kubemonitor {
namespace {

using Problem = std::optional<std::string>;

Problem CheckListen(const std::string& value) {
  const auto parsed = ParseListenAddress(value);
  if (parsed.ok()) return std::nullopt;
  return std::string(parsed.status().message());
}

Problem CheckHealthListen(const std::string& value) {
  return value == "none" ? std::nullopt : CheckListen(value);
}

Problem CheckHost(const std::string& value) {
  const auto parsed = HostAllowlist::Create({value});
  if (parsed.ok()) return std::nullopt;
  return std::string(parsed.status().message());
}

// What the cluster's API is asked with has to be there; whether it answers is another matter.
Problem CheckKubernetes(const std::string& value,
                        const std::map<std::string, std::string>& environment) {
  if (value == "auto" || value == "off") return std::nullopt;
  if (value.empty()) return "expected auto, off, in-cluster or the path of a kubeconfig";
  const auto access = value == "in-cluster" ? InClusterAccess(environment) : LoadKubeconfig(value);
  if (access.ok()) return std::nullopt;
  return std::string(access.status().message());
}

void AddListeners(FlagSet& flags, ApiServerOptions& options) {
  flags.Text({"grpc-listen", "ADDRESS:PORT", options.grpc_listen,
              "Where collectors report; port 0: any free one.", ""},
             &options.grpc_listen, CheckListen);
  flags.Text({"http-listen", "ADDRESS:PORT", options.http_listen,
              "REST API and dashboard; port 0: any free one. Requests are not authenticated.", ""},
             &options.http_listen, CheckListen);
  flags.Text({"health-listen", "ADDRESS:PORT", "none",
              "/healthz, /livez and /readyz alone, for probes.", ""},
             &options.health_listen, CheckHealthListen);
  flags.List({"http-allowed-hosts", "HOST", "localhost, 127.0.0.1, [::1]",
              "Host headers answered to, without port; repeatable or comma-separated; * is any. "
              "Others get 421 (against DNS rebinding).",
              ""},
             &options.http_allowed_hosts, CheckHost);
}

void AddFlags(FlagSet& flags, ApiServerOptions& options,
              const std::map<std::string, std::string>& environment) {
  AddListeners(flags, options);
  flags.Duration({"retention", "DURATION", FormatDuration(options.retention_ms),
                  "How long samples are kept, in memory; whole seconds from 1m to 1h.", ""},
                 60'000, 3'600'000, 1'000, [&options](int64_t ms) { options.retention_ms = ms; });
  flags.Duration(
      {"interval", "DURATION", FormatDuration(options.interval_ms),
       "Resolution of what is stored, whole seconds from 1s to 60s; collectors adopt it.", ""},
      1'000, 60'000, 1'000, [&options](int64_t ms) { options.interval_ms = ms; });
  flags.Text(
      {"kubernetes", "SOURCE", options.kubernetes,
       "Where the cluster's objects are read from (owners, requests, limits, phases, nodes): "
       "in-cluster (the pod's service account), the path of a kubeconfig, auto (in-cluster if "
       "there is a service account, else off), or off. Without it names and labels are what the "
       "collectors tell.",
       ""},
      &options.kubernetes,
      [&environment](const std::string& value) { return CheckKubernetes(value, environment); });
  flags.Size(
      {"memory-limit", "SIZE", "none",
       "Bytes for samples and names, e.g. 512Mi; the process itself comes on top. A pod or "
       "container not known yet is admitted only if what it costs over a full retention fits "
       "beside what the present ones cost over theirs; others are refused, which is answered and "
       "counted. Should the limit be met all the same, the oldest five minutes of all nodes go "
       "first, the newest stay; /api/v1/status says what retention is left.",
       ""},
      uint64_t{1} << 20, [&options](uint64_t bytes) { options.memory_limit_bytes = bytes; });
  flags.LogFlags(&options.log_format, &options.log_level);
}

}  // namespace

ParsedApiServerOptions ParseApiServerOptions(
    const std::vector<std::string>& arguments,
    const std::map<std::string, std::string>& environment) {
  ParsedApiServerOptions out;
  FlagSet flags(
      "kubemonitor-apiserver",
      "Takes the reports of collectors over gRPC, keeps the last hour in memory, and answers "
      "questions over REST.");
  AddFlags(flags, out.options, environment);
  out.help = flags.Help();
  out.outcome = flags.Parse(arguments, environment, &out.problems);
  return out;
}

}  // namespace kubemonitor
