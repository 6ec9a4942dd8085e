#include "apiserver/kubernetes/kubernetes_source.h"

#include <fmt/format.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "apiserver/kubernetes/api_client.h"
#include "apiserver/kubernetes/cluster_cache.h"
#include "apiserver/kubernetes/json_fields.h"
#include "apiserver/kubernetes/json_filter.h"
#include "apiserver/kubernetes/reflector.h"
#include "common/log.h"
#include "common/mutex.h"

namespace kubemonitor {
namespace {

namespace asio = boost::asio;
using State = KubernetesStatus::State;

constexpr int64_t kVersionEveryMs = 600'000, kVersionRetryMs = 30'000;
constexpr size_t kMaxVersionBytes = 64 * 1024;
constexpr std::chrono::seconds kRestartAfter{1};
constexpr JsonShape kVersionShape[] = {{"gitVersion"}};

std::chrono::microseconds Microseconds(uint64_t usec) {
  return std::chrono::microseconds(static_cast<int64_t>(usec));
}

// "v1.34.1" of {"major":"1","minor":"34","gitVersion":"v1.34.1",…}.
std::string VersionOf(std::string_view body) {
  JsonFilter filter(kVersionShape, nullptr);
  size_t consumed = 0;
  if (filter.Write(body, &consumed) != JsonFilter::State::kDone) return "";
  return TextField(filter.object(), "gitVersion", 64);
}

}  // namespace

class KubernetesSource::Impl {
 public:
  Impl(KubernetesSourceOptions options, const Clock& clock)
      : options_(std::move(options)),
        clock_(clock),
        cache_({.keep_ms = options_.keep_ms}),
        server_(*io_, options_.access, options_.user_agent, &clock_) {
    std::random_device seed;
    for (const KubeKind kind : kKubeKinds) {
      reflectors_.push_back(std::make_unique<Reflector>(kind, &cache_, &clock_, seed()));
      Start(InfoOf(kind).resource, [this, &reflector = *reflectors_.back()](bool again) {
        return Follow(reflector, again);
      });
    }
    Start("version", [this](bool) { return AskVersion(); });
    Start("snapshots", [this](bool) { return Publish(); });
    UpdateStatus();
    thread_ = std::jthread([this] { io_->run(); });
  }

  ~Impl() {
    io_->stop();
    thread_.join();
    io_.reset();  // ends the coroutines that wait, before what they use
  }

  std::shared_ptr<const Cluster> cluster() const {
    const MutexLock lock(mutex_);
    return cluster_;
  }

  KubernetesStatus status() const {
    KubernetesStatus out;
    {
      const MutexLock lock(mutex_);
      out = status_;
    }
    Summarize(clock_.WallMs(), &out);
    return out;
  }

 private:
  using Work = std::function<asio::awaitable<void>(bool again)>;

  void Start(std::string_view what, Work work) {
    asio::co_spawn(*io_, Forever(what, std::move(work)), asio::detached);
  }

  // Work ends by an exception alone, of which nothing else would be heard. It begins again: what
  // was stored is worth more than a program that starts anew.
  asio::awaitable<void> Forever(std::string_view what, Work work) {
    for (bool again = false;; again = true) {
      std::string problem;
      try {
        co_await work(again);
      } catch (const std::exception& exception) {
        problem = exception.what();
      } catch (...) {
        problem = "an exception of no known kind";
      }
      LogError("reading {} of Kubernetes failed and begins again: {}", what, problem);
      co_await Wait(kRestartAfter);
    }
  }

  asio::awaitable<void> Wait(std::chrono::microseconds time) {
    asio::steady_timer timer(*io_);
    timer.expires_after(time);
    co_await timer.async_wait(asio::use_awaitable);
  }

  asio::awaitable<void> Follow(Reflector& reflector, bool again) {
    if (again) reflector.Restart();
    ApiClient client(server_);
    while (true) {
      const Reflector::Step step = reflector.Next();
      if (!step.request) {
        co_await Wait(Microseconds(step.wait_usec));
        continue;
      }
      const ApiClient::HeadFunction head = [&reflector](const ApiReplyHead& given) {
        reflector.OnHead(given);
      };
      const ApiClient::BodyFunction body = [&reflector](std::string_view data) {
        return reflector.OnBody(data);
      };
      const absl::Status status = co_await client.Get(*step.request, head, body);
      reflector.OnEnd(status);
    }
  }

  // States pass quickly where a server is going down: one line a minute is enough.
  void Tell(const KubernetesStatus& status) {
    if (status.state == told_) return;
    uint64_t held_back = 0;
    if (!limiter_.Allow(clock_.BootUsec(), &held_back)) return;
    told_ = status.state;
    const bool good = status.state == State::kSynced || status.state == State::kConnecting;
    Log(good ? LogLevel::kInfo : LogLevel::kWarning, "{}", Describe(status));
  }

  asio::awaitable<void> AskVersion() {
    ApiClient client(server_);
    ApiRequest request;
    request.target = "/version";
    request.accept = "application/json";
    request.silence_ms = request.deadline_ms = kVersionRetryMs;
    request.max_body_bytes = kMaxVersionBytes;
    while (true) {
      std::string text;
      int code = 0;
      const ApiClient::HeadFunction head = [&code](const ApiReplyHead& given) {
        code = given.status;
      };
      const ApiClient::BodyFunction body = [&text](std::string_view data) {
        text.append(data);
        return true;
      };
      const absl::Status status = co_await client.Get(request, head, body);
      const std::string version = status.ok() && code == 200 ? VersionOf(text) : "";
      if (!version.empty()) version_ = version;
      co_await Wait(std::chrono::milliseconds(version.empty() ? kVersionRetryMs : kVersionEveryMs));
    }
  }

  asio::awaitable<void> Publish() {
    while (true) {
      co_await Wait(std::chrono::milliseconds(options_.publish_every_ms));
      cache_.Expire(clock_.WallMs());
      UpdateStatus();
      if (!cache_.changed() || !AnythingHeard()) continue;
      std::shared_ptr<const Cluster> cluster = cache_.Publish();
      const MutexLock lock(mutex_);
      cluster_.swap(cluster);
    }
  }

  bool AnythingHeard() const {
    for (const auto& reflector : reflectors_) {
      if (reflector->status().last_heard_ms) return true;
    }
    return false;
  }

  void UpdateStatus() {
    KubernetesStatus status;
    status.mode = options_.access.mode;
    status.server = options_.access.Url();
    status.version = version_;
    status.bytes = cache_.MemoryBytes();
    for (const auto& reflector : reflectors_) status.kinds.push_back(reflector->status());
    Summarize(clock_.WallMs(), &status);
    Tell(status);
    const MutexLock lock(mutex_);
    status_ = std::move(status);
  }

  const KubernetesSourceOptions options_;
  const Clock& clock_;

  mutable Mutex mutex_;
  std::shared_ptr<const Cluster> cluster_ GUARDED_BY(mutex_);
  KubernetesStatus status_ GUARDED_BY(mutex_);

  // The thread's own.
  std::unique_ptr<asio::io_context> io_ = std::make_unique<asio::io_context>(1);
  ClusterCache cache_;
  std::vector<std::unique_ptr<Reflector>> reflectors_;
  State told_ = State::kConnecting;  // to the log
  LogLimiter limiter_;
  std::string version_;
  ApiServerAddress server_;
  std::jthread thread_;
};

KubernetesSource::KubernetesSource(KubernetesSourceOptions options, const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(options), clock)) {}
KubernetesSource::~KubernetesSource() = default;

std::shared_ptr<const Cluster> KubernetesSource::cluster() const { return impl_->cluster(); }

KubernetesStatus KubernetesSource::status() const { return impl_->status(); }

}  // namespace kubemonitor
