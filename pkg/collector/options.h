#ifndef KUBEMONITOR_COLLECTOR_OPTIONS_H_
#define KUBEMONITOR_COLLECTOR_OPTIONS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/flags.h"
#include "common/log.h"

namespace kubemonitor {

// The flags of kubemonitor-collector.
struct CollectorOptions {
  std::string node_name;  // --node-name, NODE_NAME; default: the host's name
  std::vector<std::string> api_servers{
      "127.0.0.1:50051"};              // --api-server, API_SERVER_ADDR: host:port
  std::optional<int64_t> interval_ms;  // --interval, COLLECT_INTERVAL; absent: the server's
  std::string cgroup_root = "/sys/fs/cgroup";
  std::string proc_root = "/proc";
  std::string sys_root = "/sys";
  std::string pod_log_root = "/var/log/pods";
  std::string cri_endpoint = "auto";  // "auto", "none", "unix:///path"
  int64_t history_ms = 3'600'000;     // 0: none
  bool process_arguments = false;
  bool dry_run = false;
  LogFormat log_format = LogFormat::kText;
  LogLevel log_level = LogLevel::kInfo;
};

inline constexpr int64_t kDefaultIntervalMs = 10'000;

struct ParsedCollectorOptions {
  FlagSet::Outcome outcome = FlagSet::Outcome::kRun;
  CollectorOptions options;
  std::vector<std::string> problems;  // everything that is wrong, one sentence each
  std::string help;
};

// `host_name` stands in for --node-name, in small letters.
ParsedCollectorOptions ParseCollectorOptions(const std::vector<std::string>& arguments,
                                             const std::map<std::string, std::string>& environment,
                                             const std::string& host_name);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_OPTIONS_H_
