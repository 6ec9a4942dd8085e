#ifndef KUBEMONITOR_SIMULATOR_OPTIONS_H_
#define KUBEMONITOR_SIMULATOR_OPTIONS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/flags.h"
#include "common/log.h"
#include "simulator/model.h"

namespace kubemonitor {

// The flags of kubemonitor-simulator.
struct SimulatorOptions {
  std::string api_server = "127.0.0.1:50051";
  std::string kubernetes_listen;  // empty: no Kubernetes API
  ModelOptions model;
  int64_t backfill_ms = 0;
  std::optional<int64_t> duration_ms;  // absent: for ever
  LogFormat log_format = LogFormat::kText;
  LogLevel log_level = LogLevel::kInfo;
};

struct ParsedSimulatorOptions {
  FlagSet::Outcome outcome = FlagSet::Outcome::kRun;
  SimulatorOptions options;
  std::vector<std::string> problems;  // everything that is wrong, one sentence each
  std::string help;
};

ParsedSimulatorOptions ParseSimulatorOptions(const std::vector<std::string>& arguments,
                                             const std::map<std::string, std::string>& environment);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_OPTIONS_H_
