#include "apiserver/ingest/grpc_listener.h"

#include <errno.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "common/clock.h"
#include "common/text.h"

namespace kubemonitor {
namespace {

constexpr uint64_t kLogPeriodUsec = 10'000'000;
// Until the next attempt after an error: descriptors or memory ran out.
constexpr int kRetryMs = 50;

struct Parts {
  std::string host;  // without brackets
  std::string port;
  bool ipv6 = false;
};

std::optional<Parts> Split(std::string_view listen) {
  const size_t colon = listen.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  Parts out{std::string(listen.substr(0, colon)), std::string(listen.substr(colon + 1)), false};
  if (out.host.size() > 2 && out.host.front() == '[' && out.host.back() == ']') {
    out.host = out.host.substr(1, out.host.size() - 2);
    out.ipv6 = true;
  }
  if (out.host.empty() || out.port.empty()) return std::nullopt;
  return out;
}

absl::Status BindError(const std::string& listen, int error) {
  const std::string message =
      fmt::format("cannot listen for collectors on {}: {}", listen, strerror(error));
  if (error == EADDRINUSE) {
    return absl::AlreadyExistsError(
        message + "; stop what uses the port, or choose another with --grpc-listen");
  }
  if (error == EACCES) {
    return absl::PermissionDeniedError(message + "; choose a port above 1023 with --grpc-listen");
  }
  return absl::UnavailableError(message + "; choose an address of this machine with --grpc-listen");
}

absl::StatusOr<int> Listen(const std::string& listen, const Parts& parts) {
  addrinfo hints{};
  hints.ai_family = parts.ipv6 ? AF_INET6 : AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  addrinfo* found = nullptr;
  if (getaddrinfo(parts.host.c_str(), parts.port.c_str(), &hints, &found) != 0) {
    return absl::InvalidArgumentError(fmt::format(
        "--grpc-listen {} is no literal address with a port, e.g. 127.0.0.1:50051 or [::1]:50051",
        QuoteForMessage(listen)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  const int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return BindError(listen, errno);
  const int on = 1;
  const int off = 0;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // [::] serves IPv4 as well, whatever the system's default.
  if (parts.ipv6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (bind(fd, found->ai_addr, found->ai_addrlen) == 0 && ::listen(fd, SOMAXCONN) == 0) return fd;
  const int error = errno;
  close(fd);
  return BindError(listen, error);
}

uint16_t PortOf(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  // The port stands at the same place in both forms.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

int EndDescriptor(size_t spare) {
  rlimit limit{};
  constexpr rlim_t kMax = std::numeric_limits<int>::max();
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return static_cast<int>(kMax);
  const rlim_t files = std::min(limit.rlim_cur, kMax);
  return static_cast<int>(files - std::min<rlim_t>(spare, files / 2));
}

bool IsShortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcListener>> GrpcListener::Create(
    const GrpcListenerOptions& options) {
  const auto parts = Split(options.listen);
  if (!parts) {
    return absl::InvalidArgumentError(
        fmt::format("--grpc-listen {} is no address with a port, e.g. 127.0.0.1:50051",
                    QuoteForMessage(options.listen)));
  }
  const int stop_event = eventfd(0, EFD_CLOEXEC);
  if (stop_event < 0) return absl::UnavailableError(fmt::format("eventfd: {}", strerror(errno)));
  const absl::StatusOr<int> listener = Listen(options.listen, *parts);
  if (!listener.ok()) {
    close(stop_event);
    return listener.status();
  }
  const std::string address =
      fmt::format("{}:{}", parts->ipv6 ? "[" + parts->host + "]" : parts->host, PortOf(*listener));
  return std::unique_ptr<GrpcListener>(
      new GrpcListener(*listener, stop_event, EndDescriptor(options.spare_descriptors), address));
}

GrpcListener::GrpcListener(int listener, int stop_event, int end_descriptor, std::string address)
    : listener_(listener),
      stop_event_(stop_event),
      end_descriptor_(end_descriptor),
      address_(std::move(address)),
      full_log_(kLogPeriodUsec) {}

GrpcListener::~GrpcListener() {
  Stop();
  close(listener_);
  close(stop_event_);
}

void GrpcListener::Start(Take take) {
  thread_ = std::jthread([this, take = std::move(take)] { Run(take); });
}

void GrpcListener::Stop() {
  if (!thread_.joinable()) return;
  eventfd_write(stop_event_, 1);
  thread_.join();
  shutdown(listener_, SHUT_RDWR);  // who knocks now is told at once
}

void GrpcListener::Run(const Take& take) {
  while (Wait(true, -1)) {
    if (AcceptOne(take) || errno == EAGAIN) continue;
    if (IsShortage(errno)) SayFull();
    Wait(false, kRetryMs);
  }
}

// False: none was there, or an error.
bool GrpcListener::AcceptOne(const Take& take) {
  const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return false;
  if (fd >= end_descriptor_) {
    close(fd);
    SayFull();
    return true;
  }
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) {
    close(fd);  // gone already: gRPC would write a line for each
    return true;
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  take(fd);
  return true;
}

// False: stopped.
bool GrpcListener::Wait(bool for_connection, int timeout_ms) const {
  std::array<pollfd, 2> events{{{stop_event_, POLLIN, 0}, {listener_, POLLIN, 0}}};
  while (poll(events.data(), for_connection ? 2 : 1, timeout_ms) < 0 && errno == EINTR) {
  }
  return events[0].revents == 0;
}

void GrpcListener::SayFull() {
  uint64_t held_back = 0;
  if (!full_log_.Allow(SystemClock().BootUsec(), &held_back)) return;
  LogWarning(
      "no descriptor for another collector's connection: raise the limit of open files ({} more "
      "like it not logged)",
      held_back);
}

}  // namespace kubemonitor
