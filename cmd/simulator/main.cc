// kubemonitor-simulator: options are checked, everything is wired once, and it sends until the end
// of its duration or a signal.

#include <fmt/format.h>
#include <stdio.h>
#include <sys/resource.h>

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/flags.h"
#include "common/log.h"
#include "common/signals.h"
#include "common/version.h"
#include "simulator/cluster.h"
#include "simulator/grpc_calls.h"
#include "simulator/kubernetes/kubernetes_api.h"
#include "simulator/options.h"
#include "wire/resolver.h"

namespace kubemonitor {
namespace {

constexpr int kUsageError = 2;

int Print(const std::string& text) {
  const bool written = fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return written && fflush(stdout) == 0 ? 0 : 1;
}

// Every node is a connection. What is wrong, or an empty text.
std::string RaiseDescriptorLimit(uint64_t nodes) {
  constexpr uint64_t kOthers = 64;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= nodes + kOthers) return {};
  return fmt::format(
      "{} nodes need as many connections, and the limit of open files is {}: raise "
      "it (ulimit -Hn) or simulate fewer",
      nodes, limit.rlim_cur);
}

int Simulate(const SimulatorOptions& options) {
  std::stop_source stop;
  const StopOnSignal on_signal([&stop] { stop.request_stop(); });
  std::string problem = RaiseDescriptorLimit(options.model.nodes);
  if (problem.empty() && SystemClock().WallMs() < kFirstClockMs) {
    problem = "the clock of this machine is before 2025: set it";
  }
  const auto addresses = ResolveServer(options.api_server);
  if (!addresses.ok()) problem = std::string(addresses.status().message());
  if (problem.empty() && addresses->empty()) problem = options.api_server + " has no address";
  if (!problem.empty()) {
    LogError("{}", problem);
    return 1;
  }
  std::unique_ptr<KubernetesServer> kubernetes;
  if (!options.kubernetes_listen.empty()) {
    auto server = KubernetesServer::Create(options.kubernetes_listen, options.model, SystemClock());
    if (!server.ok()) {
      LogError("{}", std::string(server.status().message()));
      return 1;
    }
    kubernetes = *std::move(server);
    if (Print("listening kubernetes=" + kubernetes->address() + "\n") != 0) return 1;
  }
  LogInfo("{}: {} nodes, {} pods on each, {} containers in each, to {}",
          VersionLine("kubemonitor-simulator"), options.model.nodes, options.model.pods_per_node,
          options.model.containers_per_pod, addresses->front());
  const ClusterSummary summary = RunCluster(
      {options.model, options.backfill_ms, options.duration_ms, ThisBuild().version}, SystemClock(),
      [&addresses] { return NewGrpcCalls(addresses->front()); }, stop.get_token());
  return Print(SummaryJson(summary) + "\n");
}

int Main(const std::vector<std::string>& arguments) {
  const ParsedSimulatorOptions parsed = ParseSimulatorOptions(arguments, Environment());
  if (parsed.outcome == FlagSet::Outcome::kHelp) return Print(parsed.help);
  if (parsed.outcome == FlagSet::Outcome::kVersion) {
    return Print(VersionLine("kubemonitor-simulator") + "\n");
  }
  for (const std::string& problem : parsed.problems) fprintf(stderr, "%s\n", problem.c_str());
  if (!parsed.problems.empty()) return kUsageError;
  PrepareSignals();
  InitLogging(parsed.options.log_format, parsed.options.log_level);
  return Simulate(parsed.options);
}

}  // namespace
}  // namespace kubemonitor

int main(int argc, char** argv) { return kubemonitor::Main({argv + 1, argv + argc}); }
