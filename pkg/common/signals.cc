#include "common/signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <thread>
#include <utility>

#include "common/log.h"

namespace kubemonitor {
namespace {

constexpr int kStopDeadlineMs = 8'000;

sigset_t StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

void PrepareSignals() {
  signal(SIGPIPE, SIG_IGN);
  const sigset_t set = StopSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

class StopOnSignal::Impl {
 public:
  explicit Impl(std::function<void()> stop) : stop_(std::move(stop)) {
    const sigset_t set = StopSignals();
    signals_ = signalfd(-1, &set, SFD_CLOEXEC);
    ended_ = eventfd(0, EFD_CLOEXEC);
    thread_ = std::jthread([this] { Run(); });
  }

  ~Impl() {
    const uint64_t one = 1;
    if (write(ended_, &one, sizeof one) < 0) LogError("eventfd: cannot wake the signal thread");
    thread_.join();
    close(signals_);
    close(ended_);
  }

 private:
  // True: a signal came. False: the program ends, or `timeout_ms` passed.
  bool WaitForSignal(int timeout_ms, bool* ended) const {
    std::array<pollfd, 2> fds{{{signals_, POLLIN, 0}, {ended_, POLLIN, 0}}};
    int ready = 0;
    do {
      ready = poll(fds.data(), fds.size(), timeout_ms);
    } while (ready < 0 && errno == EINTR);
    *ended = (fds[1].revents & POLLIN) != 0;
    if (*ended || (fds[0].revents & POLLIN) == 0) return false;
    signalfd_siginfo info{};
    return read(signals_, &info, sizeof info) == static_cast<ssize_t>(sizeof info);
  }

  void Run() const {
    bool ended = false;
    if (!WaitForSignal(-1, &ended)) return;
    LogInfo("stopping");
    stop_();
    WaitForSignal(kStopDeadlineMs, &ended);  // a second signal does not wait
    if (ended) return;
    LogWarning("not everything ended in time; leaving all the same");
    _exit(0);
  }

  const std::function<void()> stop_;
  int signals_ = -1;
  int ended_ = -1;
  std::jthread thread_;
};

StopOnSignal::StopOnSignal(std::function<void()> stop)
    : impl_(std::make_unique<Impl>(std::move(stop))) {}

StopOnSignal::~StopOnSignal() = default;

std::string RandomId() {
  std::array<unsigned char, 16> bytes{};
  size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t n = getrandom(bytes.data() + got, bytes.size() - got, 0);
    if (n > 0) got += static_cast<size_t>(n);  // only EINTR is possible at this size
  }
  std::string out;
  for (const unsigned char byte : bytes) out += fmt::format("{:02x}", byte);
  return out;
}

}  // namespace kubemonitor
