#include "apiserver/kubernetes/host_lookup.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <cstring>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "common/mutex.h"
#include "common/text.h"

namespace kubemonitor {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kKnownFor{30};
constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::milliseconds kLookEvery{20};

absl::StatusOr<HostLookup::Addresses> Ask(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (error != 0) {
    return absl::UnavailableError(
        fmt::format("cannot resolve {}: {}", QuoteForMessage(host, 300), gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  HostLookup::Addresses out;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    tcp::endpoint endpoint;
    if (entry->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
    endpoint.resize(entry->ai_addrlen);
    out.push_back(endpoint);
  }
  if (out.empty()) return absl::UnavailableError(QuoteForMessage(host, 300) + " has no address");
  return out;
}

}  // namespace

struct HostLookup::Lookup {
  Mutex mutex;
  std::optional<absl::StatusOr<Addresses>> result GUARDED_BY(mutex);
};

HostLookup::HostLookup(asio::io_context& io, std::string host, std::string port)
    : io_(io), host_(std::move(host)), port_(std::move(port)) {
  boost::system::error_code code;
  const asio::ip::address address = asio::ip::make_address(host_, code);
  uint16_t number = 0;
  std::from_chars(port_.data(), port_.data() + port_.size(), number);
  if (code) return;
  known_ = {tcp::endpoint(address, number)};
  known_until_ = steady_clock::time_point::max();
}

asio::awaitable<absl::StatusOr<HostLookup::Addresses>> HostLookup::Resolve() {
  if (!known_.empty() && steady_clock::now() < known_until_) co_return known_;
  if (lookup_ == nullptr) {
    lookup_ = std::make_shared<Lookup>();
    try {
      std::thread([lookup = lookup_, host = host_, port = port_] {
        absl::StatusOr<Addresses> result = Ask(host, port);
        const MutexLock lock(lookup->mutex);
        lookup->result = std::move(result);
      }).detach();
    } catch (const std::system_error&) {
      lookup_ = nullptr;
      co_return absl::ResourceExhaustedError("no thread to ask for addresses");
    }
  }
  const std::shared_ptr<Lookup> lookup = lookup_;
  asio::steady_timer timer(io_);
  const auto deadline = steady_clock::now() + kPatience;
  while (steady_clock::now() < deadline) {
    std::optional<absl::StatusOr<Addresses>> result;
    {
      const MutexLock lock(lookup->mutex);
      result = lookup->result;
    }
    if (result) {
      if (lookup_ == lookup) lookup_ = nullptr;
      if (result->ok()) {
        known_ = **result;
        known_until_ = steady_clock::now() + kKnownFor;
      }
      co_return *std::move(result);
    }
    timer.expires_after(kLookEvery);
    co_await timer.async_wait(asio::use_awaitable);
  }
  co_return absl::DeadlineExceededError(
      fmt::format("cannot resolve {}: no answer yet", QuoteForMessage(host_, 300)));
}

}  // namespace kubemonitor
