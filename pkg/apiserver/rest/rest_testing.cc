#include "apiserver/rest/rest_testing.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "http/target.h"

namespace kubemonitor::testing {
namespace {

constexpr uint64_t kMiB = 1024 * 1024;

bool IsOf(ObjectKind kind, Series series) {
  if (series >= Series::kNodeCpuUserUsec) return kind == ObjectKind::kNode;
  switch (series) {
    case Series::kCpuReportedMillicores:
      return false;
    case Series::kNetworkRxBytes:
    case Series::kNetworkTxBytes:
    case Series::kNetworkRxPackets:
    case Series::kNetworkTxPackets:
      return kind != ObjectKind::kContainer;
    default:
      return true;
  }
}

DeviceUsage Device(int index) {
  const auto n = static_cast<uint64_t>(index);
  return {"sda", 4096 * n, 8192 * n, n, 2 * n};
}

InterfaceUsage Interface(int index) {
  const auto n = static_cast<uint64_t>(index);
  InterfaceUsage interface;
  interface.name = "eth0";
  interface.rx_bytes = 1000 * n;
  interface.tx_bytes = 2000 * n;
  interface.rx_packets = interface.tx_packets = n;
  interface.rx_errors = interface.tx_errors = interface.rx_dropped = interface.tx_dropped = 0;
  interface.counted = true;
  return interface;
}

NodeDetails NodeDetailsAt(int index) {
  NodeDetails details;
  details.cpu_capacity_millicores = 4000;
  details.memory_capacity_bytes = 8192 * kMiB;
  details.swap_capacity_bytes = 0;
  details.uptime_seconds = 86'400;
  details.kernel_version = "6.1.0-18-amd64";
  details.cgroup_mode = "v2";
  details.runtime = "containerd v2.1.4";
  details.read_errors = 1;
  details.disks = {Device(index)};
  details.interfaces = {Interface(index)};
  details.units = {{"containerd.service", 1'000'000, 12.5, 100 * kMiB, 14}};
  ProcessUsage process;
  process.pid = 1234;
  process.name = "kube\xFFlet \"x\"\n";
  process.command_line = "kubelet --config=/etc/kubelet.yaml";
  process.executable = "/usr/bin/kubelet";
  process.user = "root";
  process.unit = "kubelet.service";
  process.cpu_millicores = 55.5;
  process.memory_rss_bytes = 80 * kMiB;
  process.threads = 20;
  process.disk_read_bytes_per_second = 0;
  process.disk_write_bytes_per_second = 4096;
  details.processes = {process};
  return details;
}

ObjectDetails DetailsOf(uint32_t object, int index) {
  ObjectDetails details;
  details.object = object;
  details.cpu_limit_millicores = 500;
  details.memory_limit_bytes = 256 * kMiB;
  details.pids_limit = 100;
  details.oom_events = 2;
  details.disks = {Device(index)};
  details.interfaces = {Interface(index)};
  return details;
}

// Builds the report of one node.
class ReportBuilder {
 public:
  explicit ReportBuilder(std::string node) {
    report_.node_name = std::move(node);
    report_.boot_id = "0f1e2d3c-boot";
    report_.instance_id = report_.node_name + "-instance";
    report_.collector_version = "0.1.0";
    report_.interval_ms = kIntervalMs;
    report_.sent_at_ms = kNewestTickMs + 500;
  }

  // Returns the pod's identity, to be completed.
  Identity& AddPod(std::string namespace_name, std::string name, uint64_t pace, int ticks) {
    Identity& pod = AddIdentity(ObjectKind::kPod, pace, ticks);
    pod.pod_uid = "uid-of-" + name;
    pod.namespace_name = std::move(namespace_name);
    pod.pod_name = std::move(name);
    pod.qos_class = QosClass::kBurstable;
    pod.started_at_ms = kNewestTickMs - 3'600'500;
    pod.restart_count = 1;
    return pod;
  }

  void AddContainer(const Identity& pod_identity, std::string name, uint64_t pace, int ticks) {
    const Identity pod = pod_identity;  // adding moves it
    Identity& container = AddIdentity(ObjectKind::kContainer, pace, ticks);
    const uint32_t object = container.object;
    container = pod;
    container.object = object;
    container.kind = ObjectKind::kContainer;
    container.pod_object = pod.object;
    container.container_id = name + "-of-" + pod.pod_name;
    container.container_name = std::move(name);
    container.container_type = ContainerType::kApp;
  }

  NodeReport Build() {
    for (int i = 0; i < kTicks; ++i) report_.ticks.push_back(TickNumber(i));
    return std::move(report_);
  }

 private:
  struct Life {
    uint64_t pace;
    int ticks;  // from the first one on
  };

  Identity& AddIdentity(ObjectKind kind, uint64_t pace, int ticks) {
    Identity& identity = report_.identities.emplace_back();
    identity.object = static_cast<uint32_t>(report_.identities.size());
    identity.kind = kind;
    lives_.push_back({pace, ticks});
    return identity;
  }

  Tick TickNumber(int index) const {
    Tick tick;
    tick.tick_ms = kNewestTickMs - (kTicks - 1 - index) * kIntervalMs;
    tick.boot_usec = static_cast<uint64_t>(1'000'000'000 + index * kIntervalMs * 1000);
    tick.node = ValuesAt(ObjectKind::kNode, index, 2000);
    tick.node_details = NodeDetailsAt(index);
    for (size_t i = 0; i < report_.identities.size(); ++i) {
      const Identity& identity = report_.identities[i];
      if (index >= lives_[i].ticks) continue;
      SeriesValues values = ValuesAt(identity.kind, index, lives_[i].pace);
      if (identity.host_network) {
        values.Clear(Series::kNetworkRxBytes);
        values.Clear(Series::kNetworkTxBytes);
      }
      auto& samples = identity.kind == ObjectKind::kPod ? tick.pods : tick.containers;
      samples.push_back({identity.object, values});
      tick.object_details.push_back(DetailsOf(identity.object, index));
    }
    return tick;
  }

  NodeReport report_;
  std::vector<Life> lives_;
};

void AddWebPod(std::string name, uint64_t pace, ReportBuilder* builder) {
  Identity& pod = builder->AddPod("default", std::move(name), pace, kTicks);
  pod.labels = {{"app", "web"}, {"pod-template-hash", "7d4b9c6f5d"}};
  const Identity identity = pod;
  builder->AddContainer(identity, "app", pace / 2, kTicks);
  builder->AddContainer(identity, "sidecar", pace / 4, kTicks);
}

}  // namespace

SeriesValues ValuesAt(ObjectKind kind, int index, uint64_t pace) {
  const auto n = static_cast<uint64_t>(index);
  SeriesValues values;
  for (uint32_t number = 0; number < kSeriesEnd; ++number) {
    const std::optional<Series> series = SeriesFromNumber(number);
    if (!series || !IsOf(kind, *series)) continue;
    // A counter grows by `pace` thousandths of a second a second: millicores for CPU time.
    const uint64_t value = TypeOf(*series) == SeriesType::kCounter
                               ? 1'000'000 + n * pace * static_cast<uint64_t>(kIntervalMs)
                               : pace * kMiB;
    values.Set(*series, value);
  }
  values.Set(Series::kCpuPeriods, n * 100);
  values.Set(Series::kCpuThrottledPeriods, n * 25);
  values.Set(Series::kPids, 7);
  values.Set(Series::kOomKills, n >= 6 ? 1 : 0);
  return values;
}

std::unique_ptr<SummedStore> SmallCluster() {
  StoreOptions options;
  options.interval_ms = kIntervalMs;
  options.memory_limit_bytes = uint64_t{1} << 30;
  std::unique_ptr<SummedStore> store = NewSummedStore(options);
  ReportBuilder a("node-a");
  AddWebPod("web-7d4b9c6f5d-aaaaa", 400, &a);
  AddWebPod("web-7d4b9c6f5d-bbbbb", 100, &a);
  a.AddPod("default", "job-1", 50, kTicks - 5);
  a.AddPod("kube-system", "kube-proxy-x", 20, kTicks).host_network = true;
  ReportBuilder b("node-b");
  AddWebPod("web-7d4b9c6f5d-ccccc", 300, &b);
  for (ReportBuilder* builder : {&a, &b}) {
    const AppendResult result = store->Append(builder->Build(), kNewestTickMs + 1'000);
    EXPECT_EQ(result.accepted_ticks, static_cast<uint64_t>(kTicks));
    EXPECT_TRUE(result.refusals.empty());
    EXPECT_TRUE(result.identities_wanted.empty());
  }
  NodeHealth health;
  health.clock_skew_seconds = 0.25;
  health.lost_ticks = 3;
  health.owed_ticks = 5;
  EXPECT_TRUE(store->SetHealth("node-a", health, kNewestTickMs + 1'000));
  return store;
}

RestOptions OptionsFor(const SummedStore& store, const Clock& clock, int64_t uptime_ms) {
  RestOptions options;
  options.store = &store;
  options.clock = &clock;
  options.ticks = std::make_shared<TickStream>(store, clock, "run-1");
  options.version = {"0.1.0", "abcdef0", "g++ 12.2.0"};
  ServerStatus status;
  status.listening = true;
  status.started_ms = clock.WallMs() - uptime_ms;
  status.started_boot_usec = clock.BootUsec() - static_cast<uint64_t>(uptime_ms) * 1000;
  status.ingest_requests = 26;
  status.report_lag_last_seconds = 0.7;
  status.report_lag_max_seconds = 12.5;
  status.refusals = {{RefusalReason::kTooOld, 3}, {RefusalReason::kInvalid, 1}};
  status.http = HttpCounters{};
  options.status = [status] { return status; };
  return options;
}

namespace {

KubernetesStatus StatusOfKubernetes(int64_t now_ms) {
  KubernetesStatus status;
  status.mode = "in-cluster";
  status.server = "https://10.96.0.1:443";
  status.state = KubernetesStatus::State::kPartial;
  status.last_sync_ms = now_ms - 2'000;
  status.version = "v1.34.1";
  status.bytes = 4'096;
  KubeKindStatus& pods = status.kinds.emplace_back();
  pods.kind = "Pod";
  pods.state = KubeKindStatus::State::kSynced;
  pods.objects = 5;
  pods.last_event_ms = now_ms - 2'000;
  KubeKindStatus& jobs = status.kinds.emplace_back();
  jobs.kind = "Job";
  jobs.state = KubeKindStatus::State::kForbidden;
  jobs.error = "jobs.batch is forbidden";
  return status;
}

}  // namespace

RestOptions OptionsFor(const SummedStore& store, const Clock& clock, const ClusterSource& cluster) {
  RestOptions options = OptionsFor(store, clock);
  options.cluster = &cluster;
  ServerStatus status = options.status();
  status.kubernetes = StatusOfKubernetes(clock.WallMs());
  options.status = [status] { return status; };
  return options;
}

HttpResponse Ask(const Handler& handler, std::string_view target, NameValueList headers) {
  HttpRequest request;
  const absl::StatusOr<RequestTarget> parsed = ParseTarget(target);
  EXPECT_TRUE(parsed.ok()) << target;
  if (!parsed.ok()) return {};
  request.path = parsed->path;
  request.segments = parsed->segments;
  request.query = parsed->query;
  request.headers = std::move(headers);
  HttpResponse response = handler(request);
  if (response.source) {
    std::string chunk;
    while (response.source(&chunk)) response.body += chunk;
    response.source = nullptr;
  }
  return response;
}

std::string HeaderOf(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

rapidjson::Document Json(const HttpResponse& response) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(response.body.data(), response.body.size());
  EXPECT_FALSE(document.HasParseError()) << response.body;
  if (document.HasParseError()) document.SetObject();
  return document;
}

std::string DetailOf(const HttpResponse& response) {
  EXPECT_EQ(HeaderOf(response, "Content-Type"), "application/problem+json");
  const rapidjson::Document document = Json(response);
  if (!document.HasMember("detail")) return "";
  EXPECT_EQ(document["status"].GetInt(), response.status);
  return document["detail"].GetString();
}

}  // namespace kubemonitor::testing
