#include "http/net_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "absl/status/status.h"

namespace kubemonitor {
namespace {

std::optional<uint16_t> ParsePort(std::string_view text) {
  uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return port;
}

struct HostPort {
  std::string_view host;  // without brackets
  bool bracketed = false;
  std::optional<std::string_view> port;  // what stands behind the colon
};

// Splits "host", "host:port", "[ipv6]" and "[ipv6]:port".
std::optional<HostPort> SplitHostPort(std::string_view text) {
  HostPort result;
  std::string_view rest;
  if (!text.empty() && text[0] == '[') {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    result.host = text.substr(1, close - 1);
    result.bracketed = true;
    rest = text.substr(close + 1);
  } else {
    const size_t colon = text.find(':');
    result.host = text.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
  }
  if (!rest.empty()) {
    if (rest[0] != ':') return std::nullopt;
    result.port = rest.substr(1);
  }
  return result;
}

// The form in which names are compared: lower case, no final dot, literals in their short form.
std::string CanonicalHost(std::string_view host) {
  if (auto ip = CanonicalIp(host)) return *ip;
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  std::string name(host);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return name;
}

bool IsHostName(std::string_view name) {
  return !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

}  // namespace

std::optional<std::string> CanonicalIp(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  const std::string ip(text);
  char out[INET6_ADDRSTRLEN];
  in_addr v4;
  if (inet_pton(AF_INET, ip.c_str(), &v4) == 1) {
    return inet_ntop(AF_INET, &v4, out, sizeof(out));
  }
  in6_addr v6;
  if (inet_pton(AF_INET6, ip.c_str(), &v6) == 1) {
    return inet_ntop(AF_INET6, &v6, out, sizeof(out));
  }
  return std::nullopt;
}

std::string FormatAddress(std::string_view ip, uint16_t port) {
  const bool is_ipv6 = ip.find(':') != std::string_view::npos;
  return is_ipv6 ? fmt::format("[{}]:{}", ip, port) : fmt::format("{}:{}", ip, port);
}

absl::StatusOr<ListenAddress> ParseListenAddress(std::string_view text) {
  const std::optional<HostPort> split = SplitHostPort(text);
  const auto ip = split ? CanonicalIp(split->host) : std::nullopt;
  const auto port = split && split->port ? ParsePort(*split->port) : std::nullopt;
  const bool is_ipv6 = ip && ip->find(':') != std::string::npos;
  if (!ip || !port || is_ipv6 != split->bracketed) {
    return absl::InvalidArgumentError(fmt::format(
        "'{}' is no address to listen on: give an IP address and a port from 0 to 65535 (0 = any "
        "free one), such as 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080",
        text));
  }
  return ListenAddress{.ip = *ip, .is_ipv6 = is_ipv6, .port = *port};
}

absl::StatusOr<HostAllowlist> HostAllowlist::Create(const std::vector<std::string>& hosts) {
  HostAllowlist list;
  if (hosts.empty()) {
    list.names_ = {"localhost", "127.0.0.1", "::1"};
    return list;
  }
  for (const std::string& host : hosts) {
    if (host == "*") {
      list.any_ = true;
      continue;
    }
    if (auto ip = CanonicalIp(host)) {
      list.names_.insert(*ip);
      continue;
    }
    const std::optional<HostPort> split = SplitHostPort(host);
    const std::string name = split ? CanonicalHost(split->host) : "";
    const bool is_ipv6 = CanonicalIp(name) && name.find(':') != std::string::npos;
    if (!split || split->port || (is_ipv6 ? !split->bracketed : split->bracketed) ||
        (!is_ipv6 && !IsHostName(name))) {
      return absl::InvalidArgumentError(
          fmt::format("'{}' is no host to allow: give a host name or an IP address without scheme "
                      "and port (every port is accepted), or * for any host",
                      host));
    }
    list.names_.insert(name);
  }
  return list;
}

bool HostAllowlist::Allows(std::string_view host) const {
  if (any_) return true;
  const std::optional<HostPort> split = SplitHostPort(host);
  if (!split || split->host.empty()) return false;
  // "host:" with an empty port is valid by RFC 3986.
  if (split->port && !split->port->empty() && !ParsePort(*split->port)) return false;
  const std::string name = CanonicalHost(split->host);
  if ((name.find(':') != std::string::npos) != split->bracketed) return false;
  return names_.contains(name);
}

std::string HostAllowlist::Describe() const {
  if (any_) return "*";
  std::string text;
  for (const std::string& name : names_) {
    if (!text.empty()) text += ", ";
    text += name.find(':') == std::string::npos ? name : "[" + name + "]";
  }
  return text;
}

}  // namespace kubemonitor
