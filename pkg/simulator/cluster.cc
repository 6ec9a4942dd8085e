#include "simulator/cluster.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "common/log.h"
#include "common/mutex.h"
#include "common/signals.h"

namespace kubemonitor {
namespace {

// Requests with history under way over the whole process: enough to keep the server busy.
constexpr size_t kHistoryCallsPerCore = 4;
constexpr size_t kMinHistoryCalls = 8;
constexpr size_t kMaxHistoryCalls = 32;
constexpr uint32_t kMaxWorkers = 8;

uint32_t Cores() { return std::max(1U, std::thread::hardware_concurrency()); }

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// How many nodes have finished their back-fill. Thread-safe.
class Progress {
 public:
  explicit Progress(uint32_t all) : all_(all) {}

  void One() EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    ++finished_;
    changed_.notify_all();
  }
  // False: stopped before all were.
  bool WaitForAll(const std::stop_token& stop) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return changed_.wait(mutex_, stop, [this]() REQUIRES(mutex_) { return finished_ >= all_; });
  }
  void WaitFor(std::chrono::milliseconds time, const std::stop_token& stop) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    changed_.wait_for(mutex_, stop, time, [] { return false; });
  }
  void WaitForStop(const std::stop_token& stop) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    changed_.wait(mutex_, stop, [] { return false; });
  }

 private:
  const uint32_t all_;
  Mutex mutex_;
  Condition changed_;
  uint32_t finished_ GUARDED_BY(mutex_) = 0;
};

uint64_t RandomNumber() {
  uint64_t number = 0;
  for (const char c : RandomId()) number = HashOf(number, static_cast<uint8_t>(c));
  return number;
}

std::vector<std::unique_ptr<Worker>> MakeWorkers(const SenderContext& context,
                                                 const std::string& version,
                                                 const CallsFactory& make_calls,
                                                 Progress& progress) {
  const uint32_t count =
      std::clamp(Cores() / 2, 1U, std::min(kMaxWorkers, context.model->options().nodes));
  const size_t calls =
      std::clamp(Cores() * kHistoryCallsPerCore, kMinHistoryCalls, kMaxHistoryCalls);
  std::vector<std::unique_ptr<Worker>> out;
  const uint64_t instance = RandomNumber();
  for (uint32_t i = 0; i < count; ++i) {
    WorkerOptions options;
    options.first_node = i;
    options.node_step = count;
    options.history_calls = std::max<size_t>(1, calls / count);
    options.instance = instance;
    options.version = version;
    options.on_backfilled = [&progress] { progress.One(); };
    out.push_back(std::make_unique<Worker>(context, std::move(options), make_calls()));
  }
  return out;
}

}  // namespace

ClusterSummary RunCluster(const ClusterOptions& options, const Clock& clock,
                          const CallsFactory& make_calls, const std::stop_token& stop) {
  const uint64_t start_usec = clock.BootUsec();
  const auto seconds = [&clock, start_usec] {
    return static_cast<double>(clock.BootUsec() - start_usec) / 1e6;
  };
  const Model model(options.model);
  const int64_t first_tick = model.TickAt(clock.WallMs() - options.backfill_ms);
  const ObjectNumbers numbers(model, first_tick);
  const SenderContext context{&model, &numbers, &clock, first_tick, TicksPerRequest(options.model)};
  Progress progress(options.model.nodes);
  const auto workers = MakeWorkers(context, options.version, make_calls, progress);
  ClusterSummary out;
  {
    std::vector<std::jthread> threads;
    threads.reserve(workers.size());
    for (const auto& worker : workers) {
      threads.emplace_back([&worker](const std::stop_token& ended) { worker->Run(ended); });
    }
    if (progress.WaitForAll(stop)) {
      out.backfill_seconds = seconds();
      LogInfo("all {} nodes are up to date after {:.1f} s", options.model.nodes,
              *out.backfill_seconds);
      if (options.duration_ms) {
        progress.WaitFor(std::chrono::milliseconds(*options.duration_ms), stop);
      } else {
        progress.WaitForStop(stop);
      }
    }
    for (std::jthread& thread : threads) thread.request_stop();
  }
  for (const auto& worker : workers) out.counters.Add(worker->counters());
  out.wall_seconds = seconds();
  out.cpu_seconds = CpuSeconds();
  return out;
}

std::string SummaryJson(const ClusterSummary& summary) {
  const SendCounters& counters = summary.counters;
  const std::string backfill =
      summary.backfill_seconds ? fmt::format("{:.3f}", *summary.backfill_seconds) : "null";
  return fmt::format(
      "{{\"samples\":{},\"errors\":{},\"wallSeconds\":{:.3f},\"bytes\":{},\"ticks\":{},"
      "\"requests\":{},\"refused\":{},\"backfillSeconds\":{},\"cpuSeconds\":{:.3f}}}",
      counters.samples, counters.errors, summary.wall_seconds, counters.bytes, counters.ticks,
      counters.requests, counters.refused, backfill, summary.cpu_seconds);
}

}  // namespace kubemonitor
