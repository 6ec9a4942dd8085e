#include "simulator/options.h"

#include <fmt/format.h>

#include "http/net_address.h"
#include "simulator/kubernetes/control_help.h"
#include "wire/limits.h"
#include "wire/resolver.h"

namespace kubemonitor {
namespace {

using Problem = std::optional<std::string>;

constexpr uint32_t kMaxNodes = 10'000;  // what a server takes
constexpr uint32_t kMaxPodsPerNode = 1'000;
constexpr uint32_t kMaxContainersPerPod = 20;
static_assert(size_t{kMaxPodsPerNode} * kMaxContainersPerPod <= kMaxObjectsPerSet);
constexpr uint32_t kMaxNamespaces = 10'000;
constexpr uint32_t kMaxDeployments = 150'000;
constexpr uint32_t kMaxChurn = 1'000'000;
constexpr int64_t kMaxDurationMs = int64_t{365} * 24 * 3'600'000;

Problem CheckServer(const std::string& value) {
  const auto parsed = ParseHostPort(value);
  if (parsed.ok()) return std::nullopt;
  return std::string(parsed.status().message());
}

Problem CheckListen(const std::string& value) {
  const auto parsed = ParseListenAddress(value);
  if (parsed.ok()) return std::nullopt;
  return std::string(parsed.status().message());
}

void AddCount(FlagSet& flags, const char* name, const char* help, uint32_t min, uint32_t max,
              uint32_t* target) {
  flags.Number(
      {name, "N", std::to_string(*target), fmt::format("{} {} to {}.", help, min, max), ""}, min,
      max, [target](uint64_t value) { *target = static_cast<uint32_t>(value); });
}

void AddShape(FlagSet& flags, ModelOptions& model) {
  AddCount(flags, "nodes", "Simulated nodes, each with a connection of its own,", 1, kMaxNodes,
           &model.nodes);
  AddCount(flags, "pods-per-node", "Pods on each node,", 1, kMaxPodsPerNode, &model.pods_per_node);
  AddCount(flags, "containers-per-pod", "Containers in each pod,", 1, kMaxContainersPerPod,
           &model.containers_per_pod);
  AddCount(flags, "namespaces", "Namespaces, over which the deployments are spread,", 1,
           kMaxNamespaces, &model.namespaces);
  AddCount(flags, "deployments", "Deployments, over which the pods are spread,", 1, kMaxDeployments,
           &model.deployments);
}

void AddFlags(FlagSet& flags, SimulatorOptions& options) {
  ModelOptions& model = options.model;
  flags.Text({"api-server", "HOST:PORT", options.api_server,
              "Where to send. Of a name that stands for several addresses the first is taken.", ""},
             &options.api_server, CheckServer);
  flags.Text(
      {"kubernetes-listen", "ADDRESS:PORT", "none",
       "Where to serve list and watch of the cluster's pods, nodes, namespaces, deployments, "
       "replicasets, statefulsets, daemonsets, jobs and cronjobs in the Kubernetes API's "
       "form, over plain HTTP. Port 0: any free one, which a line on stdout tells. " +
           std::string(kControlHelp),
       ""},
      &options.kubernetes_listen, CheckListen);
  AddShape(flags, model);
  flags.Duration(
      {"interval", "DURATION", FormatDuration(model.interval_ms),
       "Time between two ticks, whole seconds from 1s to 60s, aligned to the wall clock.", ""},
      1'000, 60'000, 1'000, [&model](int64_t ms) { model.interval_ms = ms; });
  flags.Duration(
      {"backfill", "DURATION", FormatDuration(options.backfill_ms),
       "The past that is sent first, oldest first and as fast as the server takes it, "
       "in compressed blocks if it reads them, whole seconds from 0s to 1h; then it goes on live.",
       ""},
      0, 3'600'000, 1'000, [&options](int64_t ms) { options.backfill_ms = ms; });
  AddCount(flags, "churn",
           "Pods replaced per minute, over the whole cluster; each lives for two intervals at "
           "least.",
           0, kMaxChurn, &model.churn_per_minute);
  flags.Duration({"duration", "DURATION", "forever",
                  "How long to go on after the back-fill, up to a year; 0s: stop after it. At the "
                  "end a line of JSON on stdout says samples, errors, wallSeconds, bytes of the "
                  "requests, and more.",
                  ""},
                 0, kMaxDurationMs, 1, [&options](int64_t ms) { options.duration_ms = ms; });
  flags.Number({"seed", "N", std::to_string(model.seed),
                "The same seed makes the same cluster and the same values at the same ticks.", ""},
               0, UINT64_MAX, [&model](uint64_t seed) { model.seed = seed; });
  flags.LogFlags(&options.log_format, &options.log_level);
}

// A pod lives for half of the mean at least: that is to be two ticks, so that none is missed.
Problem CheckChurn(const ModelOptions& model) {
  const uint64_t slots = uint64_t{model.nodes} * model.pods_per_node;
  const uint64_t most = slots * 60'000 / (4 * static_cast<uint64_t>(model.interval_ms));
  if (model.churn_per_minute <= most) return std::nullopt;
  return fmt::format("--churn: {} is more than {}, what {} pods allow at an interval of {}",
                     model.churn_per_minute, most, slots, FormatDuration(model.interval_ms));
}

}  // namespace

ParsedSimulatorOptions ParseSimulatorOptions(
    const std::vector<std::string>& arguments,
    const std::map<std::string, std::string>& environment) {
  ParsedSimulatorOptions out;
  FlagSet flags(
      "kubemonitor-simulator",
      "A whole cluster in one process, for demos and measurements: sends to a kubemonitor "
      "API server what the collectors of many nodes would.");
  AddFlags(flags, out.options);
  out.help = flags.Help();
  out.outcome = flags.Parse(arguments, environment, &out.problems);
  if (out.outcome != FlagSet::Outcome::kRun) return out;
  if (auto problem = CheckChurn(out.options.model)) out.problems.push_back(*std::move(problem));
  return out;
}

}  // namespace kubemonitor
