#ifndef KUBEMONITOR_APISERVER_OPTIONS_H_
#define KUBEMONITOR_APISERVER_OPTIONS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/flags.h"
#include "common/log.h"

namespace kubemonitor {

// The flags of kubemonitor-apiserver.
struct ApiServerOptions {
  std::string grpc_listen = "127.0.0.1:50051";
  std::string http_listen = "127.0.0.1:8080";
  std::string health_listen = "none";
  std::vector<std::string> http_allowed_hosts;  // empty: the loopback names
  int64_t retention_ms = 3'600'000;
  int64_t interval_ms = 10'000;
  std::string kubernetes = "auto";  // "auto", "off", "in-cluster", or the path of a kubeconfig
  std::optional<uint64_t> memory_limit_bytes;
  LogFormat log_format = LogFormat::kText;
  LogLevel log_level = LogLevel::kInfo;
};

struct ParsedApiServerOptions {
  FlagSet::Outcome outcome = FlagSet::Outcome::kRun;
  ApiServerOptions options;
  std::vector<std::string> problems;  // everything that is wrong, one sentence each
  std::string help;
};

ParsedApiServerOptions ParseApiServerOptions(const std::vector<std::string>& arguments,
                                             const std::map<std::string, std::string>& environment);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_OPTIONS_H_
