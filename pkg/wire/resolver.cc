#include "wire/resolver.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "common/text.h"

namespace kubemonitor {
namespace {

absl::Status Invalid(std::string_view text, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("{} {}; expected host:port, e.g. 127.0.0.1:50051",
                                                QuoteForMessage(text, 300), why));
}

std::string Literal(const sockaddr* address, const std::string& port) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    if (inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text) == nullptr) return {};
    return fmt::format("{}:{}", text, port);
  }
  if (address->sa_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    if (inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text) == nullptr) return {};
    return fmt::format("[{}]:{}", text, port);
  }
  return {};
}

}  // namespace

absl::StatusOr<HostPort> ParseHostPort(std::string_view text) {
  HostPort out;
  std::string_view rest = text;
  if (rest.starts_with('[')) {
    const size_t close = rest.find(']');
    if (close == std::string_view::npos) return Invalid(text, "has no closing bracket");
    out.host = rest.substr(1, close - 1);
    rest.remove_prefix(close + 1);
    in6_addr ignored{};
    if (inet_pton(AF_INET6, out.host.c_str(), &ignored) != 1) {
      return Invalid(text, "has no IPv6 address between the brackets");
    }
  } else {
    const size_t colon = rest.rfind(':');
    out.host = rest.substr(0, colon);
    rest.remove_prefix(std::min(rest.size(), colon));
    if (out.host.find(':') != std::string::npos) {
      return Invalid(text, "needs brackets around its IPv6 address");
    }
  }
  if (out.host.empty() || out.host.size() > 253) return Invalid(text, "has no host");
  if (out.host.find_first_of(" \t\r\n/@") != std::string::npos) {
    return Invalid(text, "has a character no host name has");
  }
  if (!rest.starts_with(':')) return Invalid(text, "has no port");
  rest.remove_prefix(1);
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), port);
  if (error != std::errc() || end != rest.data() + rest.size() || port == 0) {
    return Invalid(text, "has a port that is not 1 to 65535");
  }
  out.port = std::to_string(port);
  return out;
}

absl::StatusOr<std::vector<std::string>> ResolveServer(const std::string& server) {
  const auto parsed = ParseHostPort(server);
  if (!parsed.ok()) return parsed.status();
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(parsed->host.c_str(), parsed->port.c_str(), &hints, &found);
  if (error != 0) {
    return absl::UnavailableError(
        fmt::format("cannot resolve {}: {}; is the name right, does DNS answer?",
                    QuoteForMessage(parsed->host, 300), gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  std::vector<std::string> out;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    std::string literal = Literal(entry->ai_addr, parsed->port);
    if (!literal.empty()) out.push_back(std::move(literal));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace kubemonitor
