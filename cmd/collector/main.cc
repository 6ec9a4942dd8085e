// kubemonitor-collector: one per node. Options are checked, everything is wired once, and the loop
// runs until a signal.

#include <stdio.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "collector/collector.h"
#include "collector/names/cri_client.h"
#include "collector/names/name_resolver.h"
#include "collector/options.h"
#include "collector/publish/grpc_transport.h"
#include "collector/publish/publisher.h"
#include "collector/sampling/sampler.h"
#include "common/clock.h"
#include "common/flags.h"
#include "common/log.h"
#include "common/signals.h"
#include "common/version.h"

namespace kubemonitor {
namespace {

constexpr int kUsageError = 2;

std::string HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

int Print(const std::string& text) {
  const bool written = fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return written && fflush(stdout) == 0 ? 0 : 1;
}

PublisherOptions PublishingOf(const CollectorOptions& options, const Sampler& sampler) {
  PublisherOptions out;
  out.servers = options.api_servers;
  out.node_name = options.node_name;
  out.instance_id = RandomId();
  out.boot_id = sampler.boot_id();
  out.version = ThisBuild().version;
  out.interval_ms = static_cast<uint32_t>(options.interval_ms.value_or(kDefaultIntervalMs));
  out.history_ms = options.history_ms;
  return out;
}

int RunCollector(const CollectorOptions& options) {
  std::stop_source stop;
  const StopOnSignal on_signal([&stop] { stop.request_stop(); });
  const Clock& clock = SystemClock();
  auto names =
      NameResolver::Create({options.cri_endpoint, options.pod_log_root, ""}, MakeCriClient, clock);
  if (!names.ok()) {
    LogError("{}", std::string(names.status().message()));
    return 1;
  }
  auto sampler = Sampler::Create(
      {options.cgroup_root, options.proc_root, options.sys_root, options.process_arguments},
      **names, clock);
  if (!sampler.ok()) {
    LogError("{}", std::string(sampler.status().message()));
    return 1;
  }
  (*names)->Start();
  if (options.dry_run) {
    const std::string json =
        DryRun(**sampler, clock, options.node_name,
               options.interval_ms.value_or(kDefaultIntervalMs), stop.get_token());
    return json.empty() ? 0 : Print(json + "\n");
  }
  const PublisherOptions publishing = PublishingOf(options, **sampler);
  LogInfo("{}: node {}, instance {}, cgroup {}", VersionLine("kubemonitor-collector"),
          publishing.node_name, publishing.instance_id, (*sampler)->cgroup_mode());
  const auto publisher = NewPublisher(publishing, clock, NewGrpcTransport);
  Collector({options.interval_ms}, **sampler, *publisher, clock).Run(stop.get_token());
  return 0;
}

int Main(const std::vector<std::string>& arguments) {
  const ParsedCollectorOptions parsed = ParseCollectorOptions(arguments, Environment(), HostName());
  if (parsed.outcome == FlagSet::Outcome::kHelp) return Print(parsed.help);
  if (parsed.outcome == FlagSet::Outcome::kVersion) {
    return Print(VersionLine("kubemonitor-collector") + "\n");
  }
  for (const std::string& problem : parsed.problems) fprintf(stderr, "%s\n", problem.c_str());
  if (!parsed.problems.empty()) return kUsageError;
  PrepareSignals();
  InitLogging(parsed.options.log_format, parsed.options.log_level);
  return RunCollector(parsed.options);
}

}  // namespace
}  // namespace kubemonitor

int main(int argc, char** argv) { return kubemonitor::Main({argv + 1, argv + argc}); }
