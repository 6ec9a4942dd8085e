// Addresses to listen on and host names to answer to.

#ifndef KUBEMONITOR_HTTP_NET_ADDRESS_H_
#define KUBEMONITOR_HTTP_NET_ADDRESS_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace kubemonitor {

struct ListenAddress {
  std::string ip;  // in its shortest form, an IPv6 address without brackets
  bool is_ipv6 = false;
  uint16_t port = 0;  // 0 = any free port
};

// "127.0.0.1:8080", "[::1]:8080", "0.0.0.0:0". Names are not resolved. InvalidArgument says what is
// expected.
absl::StatusOr<ListenAddress> ParseListenAddress(std::string_view text);

// "127.0.0.1:8080" or "[::1]:8080".
std::string FormatAddress(std::string_view ip, uint16_t port);

// The short form of an IPv4 or IPv6 literal (without brackets); nothing if it is neither.
std::optional<std::string> CanonicalIp(std::string_view text);

// The Host values a server answers to, so that a page of another site cannot reach it under a name
// of its own that resolves here (DNS rebinding). Immutable, hence thread-safe.
class HostAllowlist {
 public:
  // Names or IP literals without port, IPv6 with or without brackets; every port is accepted. "*"
  // accepts every host. An empty list means the loopback names: localhost, 127.0.0.1, [::1].
  static absl::StatusOr<HostAllowlist> Create(const std::vector<std::string>& hosts);

  // `host` as in the Host field: a name or literal with or without a port, in any case.
  bool Allows(std::string_view host) const;

  // "localhost, 127.0.0.1, [::1]", for messages.
  std::string Describe() const;

 private:
  bool any_ = false;
  std::set<std::string, std::less<>> names_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_HTTP_NET_ADDRESS_H_
