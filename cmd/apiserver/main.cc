// kubemonitor-apiserver: options are checked, everything is wired once, and it serves until a
// signal.

#include <absl/synchronization/mutex.h>
#include <stdio.h>
#include <sys/resource.h>

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "apiserver/options.h"
#include "apiserver/server.h"
#include "common/clock.h"
#include "common/flags.h"
#include "common/log.h"
#include "common/mutex.h"
#include "common/signals.h"
#include "common/version.h"

namespace kubemonitor {
namespace {

constexpr int kUsageError = 2;

int Print(const std::string& text) {
  const bool written = fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return written && fflush(stdout) == 0 ? 0 : 1;
}

// Every collector is a connection: a soft limit of 1024 descriptors is too low.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) LogWarning("cannot raise the limit of open files");
}

void WaitFor(const std::stop_token& stop) {
  Mutex mutex;
  Condition condition;
  const MutexLock lock(mutex);
  condition.wait(mutex, stop, [] { return false; });
}

int Serve(const ApiServerOptions& options) {
  std::stop_source stop;
  const StopOnSignal on_signal([&stop] { stop.request_stop(); });
  RaiseDescriptorLimit();
  const auto server = ApiServer::Create(options, SystemClock());
  if (!server.ok()) {
    LogError("{}", std::string(server.status().message()));
    return 1;
  }
  LogInfo("{}: {}, retention {}, interval {}", VersionLine("kubemonitor-apiserver"),
          (*server)->ListeningLine(), FormatDuration(options.retention_ms),
          FormatDuration(options.interval_ms));
  if (Print((*server)->ListeningLine() + "\n") != 0) LogWarning("stdout is closed");
  WaitFor(stop.get_token());
  return 0;
}

int Main(const std::vector<std::string>& arguments) {
  const ParsedApiServerOptions parsed = ParseApiServerOptions(arguments, Environment());
  if (parsed.outcome == FlagSet::Outcome::kHelp) return Print(parsed.help);
  if (parsed.outcome == FlagSet::Outcome::kVersion) {
    return Print(VersionLine("kubemonitor-apiserver") + "\n");
  }
  for (const std::string& problem : parsed.problems) fprintf(stderr, "%s\n", problem.c_str());
  if (!parsed.problems.empty()) return kUsageError;
  // Debian builds abseil with its search for deadlocks on: every lock of gRPC's pays for it.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  PrepareSignals();
  InitLogging(parsed.options.log_format, parsed.options.log_level);
  return Serve(parsed.options);
}

}  // namespace
}  // namespace kubemonitor

int main(int argc, char** argv) { return kubemonitor::Main({argv + 1, argv + argc}); }
