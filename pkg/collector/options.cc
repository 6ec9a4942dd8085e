#include "collector/options.h"

#include <fmt/format.h>

#include <algorithm>

#include "collector/names/cri_sockets.h"
#include "common/text.h"
#include "wire/node_name.h"
#include "wire/resolver.h"

namespace kubemonitor {
namespace {

using Problem = std::optional<std::string>;

Problem CheckServer(const std::string& value) {
  const auto parsed = ParseHostPort(value);
  if (parsed.ok()) return std::nullopt;
  return std::string(parsed.status().message());
}

Problem CheckCriEndpoint(const std::string& value) {
  const auto parsed = ParseCriEndpoint(value);
  if (parsed.ok()) return std::nullopt;
  return std::string(parsed.status().message());
}

Problem CheckNodeName(const std::string& value) {
  if (IsNodeName(value)) return std::nullopt;
  return fmt::format(
      "{} is no node name (small letters, digits, '-' and '.', at most 253 characters)",
      QuoteForMessage(value));
}

Problem CheckPath(const std::string& value) {
  if (!value.empty() && value.find('\0') == std::string::npos) return std::nullopt;
  return "is empty; give a directory";
}

void AddRoots(FlagSet& flags, CollectorOptions& options) {
  flags.Text({"cgroup-root", "DIR", options.cgroup_root, "The node's cgroup v2 tree.", ""},
             &options.cgroup_root, CheckPath);
  flags.Text({"proc-root", "DIR", options.proc_root, "The node's /proc.", ""}, &options.proc_root,
             CheckPath);
  flags.Text(
      {"sys-root", "DIR", options.sys_root,
       "Block-device names and topology; a device of unknown topology counts as a leaf.", ""},
      &options.sys_root, CheckPath);
  flags.Text(
      {"pod-log-root", "DIR", options.pod_log_root,
       "Names of pods and containers when the runtime gives none: the kubelet's log folders, "
       "and its links in the folder 'containers' beside it.",
       ""},
      &options.pod_log_root, CheckPath);
  flags.Text(
      {"cri-endpoint", "ENDPOINT", options.cri_endpoint,
       "The container runtime's socket: auto (try the known ones), none, or unix:///path.", ""},
      &options.cri_endpoint, CheckCriEndpoint);
}

void AddFlags(FlagSet& flags, CollectorOptions& options) {
  flags.Text({"node-name", "NAME", "the host name", "The node's name in Kubernetes.", "NODE_NAME"},
             &options.node_name, CheckNodeName);
  flags.List({"api-server", "HOST:PORT", options.api_servers.front(),
              "Where to send; repeatable or comma-separated. Every one, and every address a name "
              "resolves to, is a server of its own and gets all data.",
              "API_SERVER_ADDR"},
             &options.api_servers);
  flags.Duration({"interval", "DURATION", "the server's, 10s until known",
                  "Time between two samples, whole seconds from 1s to 60s; samples are aligned to "
                  "the wall clock. Given explicitly it is kept, otherwise the server's is adopted.",
                  "COLLECT_INTERVAL"},
                 1'000, 60'000, 1'000, [&options](int64_t ms) { options.interval_ms = ms; });
  AddRoots(flags, options);
  flags.Duration(
      {"history", "DURATION", FormatDuration(options.history_ms),
       "How far back ticks are kept, compressed, to be sent to a server that was away or "
       "restarted, 0s to 1h, and at most 8 MiB of them; 0s: only the newest.",
       ""},
      0, 3'600'000, 1, [&options](int64_t ms) { options.history_ms = ms; });
  flags.Switch(
      {"process-arguments", "", "off",
       "Send command lines of host processes (they can hold secrets); without it only name "
       "and executable.",
       ""},
      &options.process_arguments);
  flags.Switch(
      {"dry-run", "", "off",
       "Sample two ticks, one second apart, print what would be sent as JSON on stdout, and "
       "exit; no server is needed.",
       ""},
      &options.dry_run);
  flags.LogFlags(&options.log_format, &options.log_level);
}

// Of a list FlagSet tells only what is wrong first; all is told here.
void CheckServers(const std::vector<std::string>& arguments, ParsedCollectorOptions& out) {
  const bool by_flag = std::any_of(arguments.begin(), arguments.end(), [](const auto& argument) {
    return argument.starts_with("--api-server");
  });
  for (const std::string& server : out.options.api_servers) {
    const Problem problem = CheckServer(server);
    if (!problem) continue;
    out.problems.push_back(fmt::format(
        "{}: {}", by_flag ? "--api-server" : "API_SERVER_ADDR (environment)", *problem));
  }
}

std::string SmallLetters(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace

ParsedCollectorOptions ParseCollectorOptions(const std::vector<std::string>& arguments,
                                             const std::map<std::string, std::string>& environment,
                                             const std::string& host_name) {
  ParsedCollectorOptions out;
  FlagSet flags(
      "kubemonitor-collector",
      "Samples containers, pods, processes and the node itself from cgroup v2 and /proc, and "
      "sends them to the kubemonitor API server. Nothing on the node is written.");
  AddFlags(flags, out.options);
  out.help = flags.Help();
  out.outcome = flags.Parse(arguments, environment, &out.problems);
  if (out.outcome == FlagSet::Outcome::kRun) CheckServers(arguments, out);
  if (out.outcome == FlagSet::Outcome::kRun && out.options.node_name.empty()) {
    // As the kubelet makes a node's name of the host's.
    out.options.node_name = SmallLetters(host_name);
    const bool told = std::any_of(out.problems.begin(), out.problems.end(), [](const auto& p) {
      return p.starts_with("--node-name") || p.starts_with("NODE_NAME");
    });
    const auto problem = CheckNodeName(out.options.node_name);
    if (problem && !told) {
      out.problems.push_back("--node-name: not given, and the host name " + *problem);
    }
  }
  return out;
}

}  // namespace kubemonitor
