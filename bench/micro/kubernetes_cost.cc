// What the objects of a large cluster cost the API server: 150,000 pods of 30,000 deployments on
// 5,000 nodes are listed, then changed a hundred at a time with a snapshot behind each hundred, as
// a second of a busy cluster brings them. Prints one line of JSON.
//
//   kubernetes-cost [PODS]

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "apiserver/kubernetes/api_readers.h"
#include "apiserver/kubernetes/cluster_cache.h"

namespace kubemonitor::bench {
namespace {

constexpr int kPodsADeployment = 5;
constexpr int kPodsANode = 30;
constexpr int kPage = 500;
constexpr int kSeconds = 100;
constexpr int kChangesASecond = 100;

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
  const int deployment = number / kPodsADeployment;
  const std::string name = fmt::format("app-{:05}", deployment);
  std::string statuses;
  std::string containers;
  for (int i = 0; i < 2; ++i) {
    containers += fmt::format(
        R"({}{{"name":"c{}","image":"registry.example.com/team/{}:1.{}","resources":{{"requests":)"
        R"({{"cpu":"{}m","memory":"128Mi"}},"limits":{{"cpu":"1","memory":"256Mi"}}}},)"
        R"("env":[{{"name":"A_VARIABLE","value":"with some value"}}],"terminationMessagePath":"x"}})",
        i == 0 ? "" : ",", i, name, i, 50 + deployment % 200);
    statuses += fmt::format(
        R"({}{{"name":"c{}","ready":true,"restartCount":{},"containerID":"containerd://{:064x}",)"
        R"("state":{{"running":{{"startedAt":"2026-01-02T03:04:{:02}Z"}}}},"lastState":{{}}}})",
        i == 0 ? "" : ",", i, restarts, number * 7919LL + i * 131 + restarts * 1'000'003LL,
        number % 60);
  }
  return fmt::format(
      R"({{"metadata":{{"name":"{0}-5d4f8c7b9-{1:05x}","namespace":"ns-{2:03}","uid":)"
      R"("{1:08x}-0000-4000-8000-{1:012x}","resourceVersion":"{1}","creationTimestamp":)"
      R"("2026-01-02T03:04:05Z","labels":{{"app.kubernetes.io/name":"{0}","pod-template-hash":)"
      R"("5d4f8c7b9","tier":"front"}},"ownerReferences":[{{"kind":"ReplicaSet","name":)"
      R"("{0}-5d4f8c7b9","uid":"{3:08x}-1111-4000-8000-000000000000","controller":true}}],{4}}},)"
      R"("spec":{{"nodeName":"node-{5:04}","containers":[{6}],"tolerations":[{{"key":"k"}}]}},)"
      R"("status":{{"phase":"Running","qosClass":"Burstable","startTime":"2026-01-02T03:04:06Z",)"
      R"("conditions":[{{"type":"Ready","status":"True"}}],"containerStatuses":[{7}]}}}})",
      name, number, deployment % 1000, deployment, kManaged, number / kPodsANode, containers,
      statuses);
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
  std::puts(fmt::format(R"({{"pods":{},"jsonBytesAPod":{},"listCpuSeconds":{:.2f},"rssBytesAPod":)"
                        R"({:.0f},"estimatedBytesAPod":{},"changesCpuCores":{:.4f}}})",
                        pods, json_bytes / static_cast<uint64_t>(pods), cpu_list, rss_bytes / pods,
                        cache.MemoryBytes() / static_cast<uint64_t>(pods), cpu_changes / kSeconds)
                .c_str());
  return 0;
}

}  // namespace
}  // namespace kubemonitor::bench

int main(int argc, char** argv) {
  const int pods = argc > 1 ? std::atoi(argv[1]) : 150'000;
  return pods < 1 ? 2 : kubemonitor::bench::Run(pods);
}
