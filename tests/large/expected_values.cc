// What a simulated cluster used, by the simulator's own arithmetic: the answers that the API server
// must give for it. JSON on stdout, keyed as the REST answers name things:
//   {"timestamps":[…],"items":{"ns-001":{"cpuMillicores":[…],"memoryBytes":[…],"networkRxBytesPerSecond":[…]},…}}
// Rates are differences by boot time over each step, memory is the mean of the step's ticks.
// Clusters without churn only: then each object is there at all ticks.

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/node_ticks.h"

namespace kubemonitor {
namespace {

constexpr char kUsage[] =
    "Usage: expected_values KIND end=SECONDS window=SECONDS step=SECONDS [name=number …]\n"
    "KIND: nodes, pods (as namespace/name) or namespaces. Further names: interval, node (from 1: "
    "that "
    "one's pods alone), and the simulator's: nodes, pods-per-node, containers-per-pod, namespaces, "
    "deployments, seed.\n";

struct Request {
  std::string kind;
  ModelOptions model;
  uint32_t end = 0, window = 0, step = 0, interval = 10;  // seconds
  uint32_t node = 0;                                      // 0: all
};

struct Points {
  std::vector<double> cpu, memory, rx;
};

std::optional<Request> Parse(int argc, char** argv) {
  Request request;
  if (argc < 2) return std::nullopt;
  request.kind = argv[1];
  uint32_t seed = 1;
  const std::map<std::string_view, uint32_t*> numbers{
      {"end", &request.end},
      {"window", &request.window},
      {"step", &request.step},
      {"interval", &request.interval},
      {"node", &request.node},
      {"seed", &seed},
      {"nodes", &request.model.nodes},
      {"pods-per-node", &request.model.pods_per_node},
      {"containers-per-pod", &request.model.containers_per_pod},
      {"namespaces", &request.model.namespaces},
      {"deployments", &request.model.deployments}};
  for (int i = 2; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const auto found = numbers.find(argument.substr(0, argument.find('=')));
    if (found == numbers.end() || found->first.size() == argument.size()) return std::nullopt;
    const char* end = argument.data() + argument.size();
    const auto [rest, error] =
        std::from_chars(argument.data() + found->first.size() + 1, end, *found->second);
    if (error != std::errc() || rest != end) return std::nullopt;
  }
  request.model.seed = seed;
  request.model.interval_ms = int64_t{request.interval} * 1000;
  const bool known =
      request.kind == "nodes" || request.kind == "pods" || request.kind == "namespaces";
  const bool whole = request.interval > 0 && request.step > 0 && request.window > 0 &&
                     request.step % request.interval == 0 && request.window % request.step == 0 &&
                     request.end % request.interval == 0;
  if (!known || !whole || request.node > request.model.nodes) return std::nullopt;
  return request;
}

// One row of a node: a pod's sums over its containers, or the node's own.
struct Row {
  uint64_t cpu_usec = 0, memory_bytes = 0, rx_bytes = 0;
};

class Arithmetic {
 public:
  explicit Arithmetic(const Request& request)
      : request_(request), model_(request.model), ticks_(model_) {}

  std::map<std::string, Points> Run() {
    const uint32_t first = request_.node == 0 ? 0 : request_.node - 1;
    const uint32_t last = request_.node == 0 ? request_.model.nodes : request_.node;
    for (uint32_t node = first; node < last; ++node) AddNode(node);
    return std::move(items_);
  }

 private:
  void AddNode(uint32_t node) {
    const int64_t last = model_.TickAt(int64_t{request_.end} * 1000);
    const int64_t step = request_.step / request_.interval;
    const size_t count = request_.window / request_.step;
    int64_t tick = last - static_cast<int64_t>(count) * step;
    ticks_.SetNode(node);
    ticks_.MoveTo(tick);
    const std::vector<Points*> targets = TargetsOf(node, count);
    std::vector<Row> before = Rows();
    uint64_t boot_before = ticks_.boot_usec();
    // A rate is the difference over the whole step. A sum over nodes, whose clocks differ, is the
    // mean of the sums of its ticks.
    const int64_t rate_ticks = request_.kind == "namespaces" ? 1 : step;
    for (int64_t i = 1; i <= step * static_cast<int64_t>(count); ++i) {
      ticks_.MoveTo(++tick);
      const std::vector<Row> rows = Rows();
      const auto point = static_cast<size_t>((i - 1) / step);
      const auto of_step = static_cast<double>(step);
      for (size_t r = 0; r < rows.size(); ++r) {
        targets[r]->memory[point] += static_cast<double>(rows[r].memory_bytes) / of_step;
      }
      if (i % rate_ticks != 0) continue;
      const double share = static_cast<double>(rate_ticks) / of_step;
      const double usec = static_cast<double>(ticks_.boot_usec() - boot_before) / share;
      for (size_t r = 0; r < rows.size(); ++r) {
        Points& points = *targets[r];
        points.cpu[point] +=
            static_cast<double>(rows[r].cpu_usec - before[r].cpu_usec) * 1e3 / usec;
        points.rx[point] += static_cast<double>(rows[r].rx_bytes - before[r].rx_bytes) * 1e6 / usec;
      }
      before = rows;
      boot_before = ticks_.boot_usec();
    }
  }

  std::vector<Row> Rows() const {
    if (request_.kind == "nodes") {
      const SeriesValues& values = ticks_.node_values();
      return {{values.Get(Series::kCpuUsageUsec).value_or(0),
               values.Get(Series::kMemoryCurrentBytes).value_or(0),
               values.Get(Series::kNetworkRxBytes).value_or(0)}};
    }
    static_assert(kContainerSeries[0] == Series::kCpuUsageUsec);
    static_assert(kContainerSeries[5] == Series::kMemoryCurrentBytes);
    static_assert(kPodSeries[0] == Series::kNetworkRxBytes);
    const size_t containers = request_.model.containers_per_pod;
    std::vector<Row> rows(request_.model.pods_per_node);
    for (size_t slot = 0; slot < rows.size(); ++slot) {
      for (size_t c = slot * containers; c < (slot + 1) * containers; ++c) {
        rows[slot].cpu_usec += ticks_.container_values(0)[c];
        rows[slot].memory_bytes += ticks_.container_values(5)[c];
      }
      rows[slot].rx_bytes = ticks_.pod_values(0)[slot];
    }
    return rows;
  }

  // Where each of Rows() is added.
  std::vector<Points*> TargetsOf(uint32_t node, size_t count) {
    std::vector<Points*> targets;
    const auto add = [&](const std::string& key) {
      Points& points = items_[key];
      for (auto* values : {&points.cpu, &points.memory, &points.rx}) values->resize(count);
      targets.push_back(&points);
    };
    if (request_.kind == "nodes") {
      add(model_.NodeName(node));
      return targets;
    }
    for (const PodRef& pod : ticks_.pods()) {
      std::string key = model_.NamespaceOf(model_.WorkloadOf(pod));
      if (request_.kind == "pods") key += "/" + model_.PodName(pod);
      add(key);
    }
    return targets;
  }

  const Request& request_;
  const Model model_;
  NodeTicks ticks_;
  std::map<std::string, Points> items_;
};

std::string List(const std::vector<double>& values) {
  std::string text = "[";
  for (const double value : values) {
    if (text.size() > 1) text += ',';
    text += fmt::format("{:.6f}", value);
  }
  return text + "]";
}

int Main(int argc, char** argv) {
  const std::optional<Request> request = Parse(argc, argv);
  if (!request) {
    fputs(kUsage, stderr);
    return 2;
  }
  std::string timestamps;
  for (uint32_t at = request->end - request->window + request->step; at <= request->end;
       at += request->step) {
    if (!timestamps.empty()) timestamps += ',';
    timestamps += std::to_string(at);
  }
  fmt::print("{{\"timestamps\":[{}],\"items\":{{", timestamps);
  bool first = true;
  for (const auto& [key, points] : Arithmetic(*request).Run()) {
    fmt::print(
        "{}\n\"{}\":{{\"cpuMillicores\":{},\"memoryBytes\":{},\"networkRxBytesPerSecond\":{}}}",
        first ? "" : ",", key, List(points.cpu), List(points.memory), List(points.rx));
    first = false;
  }
  fmt::print("}}}}\n");
  return 0;
}

}  // namespace
}  // namespace kubemonitor

int main(int argc, char** argv) { return kubemonitor::Main(argc, argv); }
