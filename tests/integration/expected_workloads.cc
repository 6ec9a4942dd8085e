// What the workloads of a simulated cluster used, by the simulator's own arithmetic and with churn:
// the answers that the API server must give for them when it knows who owns which pod. JSON on
// stdout: {"timestamps":[…],"items":{"Deployment/ns-001/app-001":{"cpuMillicores":[…],
// "memoryBytes":[…],"podCount":[…]},…}}, at each tick the sum over the pods that are there. A pod's
// first tick has no rate.

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/model.h"

namespace kubemonitor {
namespace {

struct Request {
  ModelOptions model;
  uint32_t end = 0, window = 0, interval = 10, seed = 1;  // seconds
};

struct Points {
  std::vector<double> cpu, memory;
  std::vector<uint32_t> pods;
};

std::optional<Request> Parse(int argc, char** argv) {
  Request out;
  const std::map<std::string_view, uint32_t*> numbers{
      {"end", &out.end},
      {"window", &out.window},
      {"interval", &out.interval},
      {"seed", &out.seed},
      {"nodes", &out.model.nodes},
      {"pods-per-node", &out.model.pods_per_node},
      {"containers-per-pod", &out.model.containers_per_pod},
      {"namespaces", &out.model.namespaces},
      {"deployments", &out.model.deployments},
      {"churn", &out.model.churn_per_minute}};
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const size_t sign = argument.find('=');
    const auto found = numbers.find(argument.substr(0, sign));
    if (found == numbers.end() || sign == std::string_view::npos) return std::nullopt;
    const char* end = argument.data() + argument.size();
    const auto [rest, error] = std::from_chars(argument.data() + sign + 1, end, *found->second);
    if (error != std::errc() || rest != end) return std::nullopt;
  }
  out.model.seed = out.seed;
  out.model.interval_ms = int64_t{out.interval} * 1000;
  const bool whole = out.interval > 0 && out.window > 0 && out.end % out.interval == 0 &&
                     out.window % out.interval == 0;
  return whole ? std::optional(out) : std::nullopt;
}

std::string_view KindOf(WorkloadKind kind) {
  switch (kind) {
    case WorkloadKind::kDeployment:
      return "Deployment";
    case WorkloadKind::kStatefulSet:
      return "StatefulSet";
    case WorkloadKind::kCronJob:
      return "CronJob";
    case WorkloadKind::kJob:
      return "Job";
    case WorkloadKind::kDaemonSet:
      return "DaemonSet";
    case WorkloadKind::kBarePod:
    case WorkloadKind::kStaticPod:
      return "";  // no workloads
  }
  return "";
}

void AddPod(const Model& model, const PodRef& pod, int64_t tick, size_t place, Points* out) {
  const auto elapsed =
      static_cast<double>(model.BootUsec(pod.node, tick) - model.BootUsec(pod.node, tick - 1));
  ++out->pods[place];
  for (uint32_t c = 0; c < model.options().containers_per_pod; ++c) {
    const auto cpu = model.Value(pod, c, Series::kCpuUsageUsec, tick);
    const auto before = model.Value(pod, c, Series::kCpuUsageUsec, tick - 1);
    if (cpu && before) out->cpu[place] += static_cast<double>(*cpu - *before) * 1000 / elapsed;
    const auto memory = model.Value(pod, c, Series::kMemoryCurrentBytes, tick);
    out->memory[place] += static_cast<double>(memory.value_or(0));
  }
}

std::map<std::string, Points> Sums(const Request& request) {
  const Model model(request.model);
  const int64_t last = model.TickAt(int64_t{request.end} * 1000);
  const size_t count = request.window / request.interval;
  std::map<std::string, Points> out;
  for (uint32_t node = 0; node < request.model.nodes; ++node) {
    for (uint32_t slot = 0; slot < request.model.pods_per_node; ++slot) {
      const Workload workload = model.layout().PlaceOf({node, slot}).workload;
      const std::string_view kind = KindOf(workload.kind);
      if (kind.empty()) continue;
      Points& points = out[fmt::format("{}/{}/{}", kind, model.NamespaceOf(workload),
                                       model.WorkloadName(workload))];
      points.cpu.resize(count);
      points.memory.resize(count);
      points.pods.resize(count);
      for (size_t place = 0; place < count; ++place) {
        const int64_t tick = last - static_cast<int64_t>(count - 1 - place);
        AddPod(model, model.PodAt(node, slot, tick), tick, place, &points);
      }
    }
  }
  return out;
}

template <typename T>
std::string List(const std::vector<T>& values) {
  std::string text = "[";
  for (const T& value : values) {
    if (text.size() > 1) text += ',';
    text += fmt::format("{}", value);
  }
  return text + "]";
}

int Main(int argc, char** argv) {
  const std::optional<Request> request = Parse(argc, argv);
  if (!request) {
    fputs(
        "Usage: expected_workloads end=SECONDS window=SECONDS [interval=SECONDS] [FLAG=NUMBER of "
        "the simulator's …]\n",
        stderr);
    return 2;
  }
  std::vector<uint32_t> timestamps;
  for (uint32_t at = request->end - request->window + request->interval; at <= request->end;
       at += request->interval) {
    timestamps.push_back(at);
  }
  fmt::print("{{\"timestamps\":{},\"items\":{{", List(timestamps));
  const char* separator = "";
  for (const auto& [key, points] : Sums(*request)) {
    fmt::print("{}\n\"{}\":{{\"cpuMillicores\":{},\"memoryBytes\":{},\"podCount\":{}}}", separator,
               key, List(points.cpu), List(points.memory), List(points.pods));
    separator = ",";
  }
  fmt::print("}}}}\n");
  return 0;
}

}  // namespace
}  // namespace kubemonitor

int main(int argc, char** argv) { return kubemonitor::Main(argc, argv); }
