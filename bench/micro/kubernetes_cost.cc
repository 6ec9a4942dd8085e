// What the objects of a large cluster cost the API server: 150,000 pods of 30,000 deployments on
// 5,000 nodes are listed, then changed a hundred at a time with a snapshot behind each hundred, as
// a second of a busy cluster brings them; and what a list of pods costs with them and without, over
// the samples of some of the nodes. Prints one line of JSON.
//
//   kubernetes-cost [PODS]

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "apiserver/kubernetes/api_readers.h"
#include "apiserver/kubernetes/cluster_cache.h"
#include "apiserver/query/query.h"
#include "apiserver/query/summed_store.h"

namespace kubemonitor::bench {
namespace {

constexpr int kPodsADeployment = 5;
constexpr int kPodsANode = 30;
constexpr int kPage = 500;
constexpr int kSeconds = 100;
constexpr int kChangesASecond = 100;
constexpr int kSampledNodes = 50;
constexpr int kContainers = 2;
constexpr int64_t kTickMs = 1'770'000'000'000, kIntervalMs = 10'000;

std::string PodUid(int number) { return fmt::format("{0:08x}-0000-4000-8000-{0:012x}", number); }
std::string ContainerId(int number, int container, int restarts) {
  return fmt::format("{:064x}", number * 7919LL + container * 131 + restarts * 1'000'003LL);
}
int DeploymentOf(int number) { return number / kPodsADeployment; }
std::string NamespaceOf(int number) { return fmt::format("ns-{:03}", DeploymentOf(number) % 1000); }
std::string PodName(int number) {
  return fmt::format("app-{:05}-5d4f8c7b9-{:05x}", DeploymentOf(number), number);
}
std::string NodeName(int number) { return fmt::format("node-{:04}", number / kPodsANode); }

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double ResidentBytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  long total = 0;
  long resident = 0;
  const int fields = std::fscanf(file, "%ld %ld", &total, &resident);
  std::fclose(file);
  return fields == 2 ? static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE))
                     : 0;
}

// What a pod of a real cluster drags along: about five kilobytes.
std::string ManagedFields() {
  std::string fields;
  for (int i = 0; i < 60; ++i) {
    fields += fmt::format(R"({}"f:field-number-{}":{{"f:deeper":{{"f:still":{{}}}}}})",
                          i == 0 ? "" : ",", i);
  }
  return R"("managedFields":[{"manager":"kubelet","operation":"Update","fieldsV1":{)" + fields +
         "}}]";
}

std::string PodJson(int number, int restarts) {
  static const std::string kManaged = ManagedFields();
  const int deployment = DeploymentOf(number);
  const std::string name = fmt::format("app-{:05}", deployment);
  std::string statuses;
  std::string containers;
  for (int i = 0; i < kContainers; ++i) {
    containers += fmt::format(
        R"({}{{"name":"c{}","image":"registry.example.com/team/{}:1.{}","resources":{{"requests":)"
        R"({{"cpu":"{}m","memory":"128Mi"}},"limits":{{"cpu":"1","memory":"256Mi"}}}},)"
        R"("env":[{{"name":"A_VARIABLE","value":"with some value"}}],"terminationMessagePath":"x"}})",
        i == 0 ? "" : ",", i, name, i, 50 + deployment % 200);
    statuses += fmt::format(
        R"({}{{"name":"c{}","ready":true,"restartCount":{},"containerID":"containerd://{}",)"
        R"("state":{{"running":{{"startedAt":"2026-01-02T03:04:{:02}Z"}}}},"lastState":{{}}}})",
        i == 0 ? "" : ",", i, restarts, ContainerId(number, i, restarts), number % 60);
  }
  return fmt::format(
      R"({{"metadata":{{"name":"{2}","namespace":"{8}","uid":)"
      R"("{9}","resourceVersion":"{1}","creationTimestamp":)"
      R"("2026-01-02T03:04:05Z","labels":{{"app.kubernetes.io/name":"{0}","pod-template-hash":)"
      R"("5d4f8c7b9","tier":"front"}},"ownerReferences":[{{"kind":"ReplicaSet","name":)"
      R"("{0}-5d4f8c7b9","uid":"{3:08x}-1111-4000-8000-000000000000","controller":true}}],{4}}},)"
      R"("spec":{{"nodeName":"{5}","containers":[{6}],"tolerations":[{{"key":"k"}}]}},)"
      R"("status":{{"phase":"Running","qosClass":"Burstable","startTime":"2026-01-02T03:04:06Z",)"
      R"("conditions":[{{"type":"Ready","status":"True"}}],"containerStatuses":[{7}]}}}})",
      name, number, PodName(number), deployment, kManaged, NodeName(number), containers, statuses,
      NamespaceOf(number), PodUid(number));
}

// What the pods of a node report at two ticks.
NodeReport ReportOf(int first_pod, int64_t tick_ms) {
  NodeReport report;
  report.node_name = NodeName(first_pod);
  report.boot_id = report.instance_id = "one";
  report.interval_ms = kIntervalMs;
  Tick& tick = report.ticks.emplace_back();
  tick.tick_ms = tick_ms;
  tick.boot_usec = static_cast<uint64_t>(tick_ms) * 1000;
  SeriesValues values;
  values.Set(Series::kCpuUsageUsec, static_cast<uint64_t>(tick_ms));
  values.Set(Series::kMemoryCurrentBytes, 100'000'000);
  values.Set(Series::kMemoryWorkingSetBytes, 90'000'000);
  tick.node = values;
  uint32_t object = 0;
  for (int number = first_pod; number < first_pod + kPodsANode; ++number) {
    Identity pod;
    pod.object = ++object;
    pod.pod_uid = PodUid(number);
    pod.namespace_name = NamespaceOf(number);
    pod.pod_name = PodName(number);
    pod.labels = {{"pod-template-hash", "5d4f8c7b9"}};
    tick.pods.push_back({pod.object, values});
    for (int i = 0; i < kContainers; ++i) {
      Identity container;
      container.object = ++object;
      container.kind = ObjectKind::kContainer;
      container.pod_object = pod.object;
      container.container_id = ContainerId(number, i, 0);
      container.container_name = fmt::format("c{}", i);
      container.container_type = ContainerType::kApp;
      tick.containers.push_back({container.object, values});
      report.identities.push_back(std::move(container));
    }
    report.identities.push_back(std::move(pod));
  }
  return report;
}

// Nanoseconds of CPU a pod, of a list of all that are measured; the rest of their nodes' alone.
double ListNanoseconds(const SummedStore& store, const std::shared_ptr<const Cluster>& cluster,
                       int sampled) {
  constexpr int kRounds = 20;
  const double begin = CpuSeconds();
  for (int round = 0; round < kRounds; ++round) {
    auto query = Query::Create(store, kTickMs + 1000, {}, EverythingVisible(), cluster);
    if (!query.ok()) std::abort();
    int described = 0;
    for (int first = 0; first < sampled; first += kPodsANode) {
      const auto refs = (*query)->Pods({std::nullopt, NodeName(first)});
      (*query)->Expect(refs);
      for (const ItemRef& ref : refs) {
        if ((*query)->Describe(ref, false).name.empty()) std::abort();
        ++described;
      }
    }
    if (described != sampled) std::abort();
  }
  return (CpuSeconds() - begin) * 1e9 / kRounds / sampled;
}

struct ListCost {
  double with = 0, without = 0;
};
ListCost MeasureLists(const std::shared_ptr<const Cluster>& cluster, int pods) {
  const int nodes = std::min(kSampledNodes, pods / kPodsANode);
  if (nodes == 0) return {};
  const std::unique_ptr<SummedStore> store = NewSummedStore({});
  for (int node = 0; node < nodes; ++node) {
    for (const int64_t tick_ms : {kTickMs - kIntervalMs, kTickMs}) {
      const AppendResult result = store->Append(ReportOf(node * kPodsANode, tick_ms), tick_ms);
      if (result.accepted_ticks != 1) std::abort();
    }
  }
  const int sampled = nodes * kPodsANode;
  ListCost cost;
  cost.with = ListNanoseconds(*store, cluster, sampled);
  cost.without = ListNanoseconds(*store, nullptr, sampled);
  return cost;
}

int Run(int pods) {
  ClusterCache cache;
  const auto require = [](bool holds) {
    if (!holds) std::abort();
  };
  const double rss_before = ResidentBytes();
  double cpu_list = 0;
  uint64_t json_bytes = 0;
  cache.BeginList(KubeKind::kPod);
  for (int first = 0; first < pods; first += kPage) {
    std::string page = R"({"kind":"PodList","metadata":{"resourceVersion":"1"},"items":[)";
    for (int i = 0; i < kPage && first + i < pods; ++i) {
      page += (i == 0 ? "" : ",") + PodJson(first + i, 0);
    }
    page += "]}";
    json_bytes += page.size();
    const double begin = CpuSeconds();
    ListReader reader(KubeKind::kPod, [&](const KubeObject& object) {
      require(cache.Put(KubeKind::kPod, object, 1));
    });
    require(reader.Write(page).ok() && reader.Finish().ok());
    cpu_list += CpuSeconds() - begin;
  }
  cache.EndList(KubeKind::kPod, 1);
  std::shared_ptr<const Cluster> cluster = cache.Publish();
  const double rss_bytes = ResidentBytes() - rss_before;

  WatchReader watch(KubeKind::kPod, [&](const WatchEvent& event) {
    return cache.Put(KubeKind::kPod, *event.object, 1);
  });
  double cpu_changes = 0;
  for (int second = 1; second <= kSeconds; ++second) {
    std::string events;
    for (int i = 0; i < kChangesASecond; ++i) {
      const int number = static_cast<int>((second * 7'919LL + i * 104'729LL) % pods);
      events += R"({"type":"MODIFIED","object":)" + PodJson(number, second) + "}\n";
    }
    const double begin = CpuSeconds();
    require(watch.Write(events).ok());
    cluster = cache.Publish();
    cpu_changes += CpuSeconds() - begin;
  }
  const ListCost lists = MeasureLists(cluster, pods);
  std::puts(
      fmt::format(
          R"({{"pods":{},"jsonBytesAPod":{},"listCpuSeconds":{:.2f},"rssBytesAPod":)"
          R"({:.0f},"estimatedBytesAPod":{},"changesCpuCores":{:.4f},"listNanosecondsAPod":{:.0f},)"
          R"("listNanosecondsAPodWithoutKubernetes":{:.0f}}})",
          pods, json_bytes / static_cast<uint64_t>(pods), cpu_list, rss_bytes / pods,
          cache.MemoryBytes() / static_cast<uint64_t>(pods), cpu_changes / kSeconds, lists.with,
          lists.without)
          .c_str());
  return 0;
}

}  // namespace
}  // namespace kubemonitor::bench

int main(int argc, char** argv) {
  const int pods = argc > 1 ? std::atoi(argv[1]) : 150'000;
  return pods < 1 ? 2 : kubemonitor::bench::Run(pods);
}
