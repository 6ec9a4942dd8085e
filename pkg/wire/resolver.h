#ifndef KUBEMONITOR_WIRE_RESOLVER_H_
#define KUBEMONITOR_WIRE_RESOLVER_H_

#include <absl/status/statusor.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kubemonitor {

struct HostPort {
  std::string host;  // without brackets
  std::string port;
};

// "host:port", "192.0.2.1:50051" or "[2001:db8::1]:50051". InvalidArgument says what is wrong.
absl::StatusOr<HostPort> ParseHostPort(std::string_view text);

// The literal addresses a server's name stands for now, each with its port. May block for as long
// as the system's resolver does.
using Resolver = std::function<absl::StatusOr<std::vector<std::string>>(const std::string& server)>;

// getaddrinfo(3): /etc/hosts and DNS.
absl::StatusOr<std::vector<std::string>> ResolveServer(const std::string& server);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_WIRE_RESOLVER_H_
