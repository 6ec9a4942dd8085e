#include "wire/simple_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "common/text.h"
#include "metrics.pb.h"
#include "wire/limits.h"

namespace kubemonitor {
namespace {

absl::Status Invalid(const std::string& message) { return absl::InvalidArgumentError(message); }

absl::Status CheckText(std::string_view field, std::string_view value, size_t limit) {
  if (value.size() > limit) {
    return Invalid(
        fmt::format("{} has {} bytes, at most {} are allowed", field, value.size(), limit));
  }
  if (ValidUtf8PrefixLength(value) != value.size()) {
    return Invalid(fmt::format("{} is not UTF-8", field));
  }
  return absl::OkStatus();
}

std::string Key(std::string_view namespace_name, std::string_view pod, std::string_view uid,
                std::string_view id, std::string_view container) {
  std::string key;
  for (const std::string_view part : {namespace_name, pod, uid, id, container}) {
    key.append(part);
    key.push_back('\0');
  }
  return key;
}

std::string PodKey(const v1::Metric& metric) {
  return Key(metric.namespace_(), metric.pod_name(), metric.pod_uid(), {}, {});
}

bool IsContainer(const v1::Metric& metric) {
  return !metric.container_name().empty() || !metric.container_id().empty();
}

void SetOnce(SeriesValues& values, Series series, bool has, int64_t value) {
  if (has && !values.Has(series)) values.Set(series, static_cast<uint64_t>(value));
}

void CopyOwn(const v1::Metric& from, SeriesValues& to) {
  SetOnce(to, Series::kCpuReportedMillicores, from.has_cpu_millicores(), from.cpu_millicores());
  SetOnce(to, Series::kCpuUsageUsec, from.has_cpu_usage_usec(), from.cpu_usage_usec());
  SetOnce(to, Series::kMemoryCurrentBytes, from.has_memory_bytes(), from.memory_bytes());
  SetOnce(to, Series::kDiskReadBytes, from.has_disk_read_bytes(), from.disk_read_bytes());
  SetOnce(to, Series::kDiskWriteBytes, from.has_disk_write_bytes(), from.disk_write_bytes());
  // The cumulative counter says the same and more.
  if (to.Has(Series::kCpuUsageUsec)) to.Clear(Series::kCpuReportedMillicores);
}

std::string ContainerKey(const v1::Metric& metric) {
  return Key(metric.namespace_(), metric.pod_name(), metric.pod_uid(), metric.container_id(),
             metric.container_name());
}

void CopyNetwork(const v1::Metric& from, SeriesValues& to) {
  SetOnce(to, Series::kNetworkRxBytes, from.has_network_rx_bytes(), from.network_rx_bytes());
  SetOnce(to, Series::kNetworkTxBytes, from.has_network_tx_bytes(), from.network_tx_bytes());
}

struct TickInMaking {
  int64_t newest_ms = 0;
  std::map<uint32_t, SeriesValues> pods;
  std::map<uint32_t, SeriesValues> containers;
};

std::vector<ObjectSample> Samples(std::map<uint32_t, SeriesValues>& by_object) {
  std::vector<ObjectSample> out;
  for (auto& [object, values] : by_object) {
    if (!values.empty()) out.push_back({object, values});
  }
  return out;
}

Identity PodIdentity(const v1::Metric& metric, uint32_t object) {
  Identity out;
  out.object = object;
  out.kind = ObjectKind::kPod;
  out.pod_uid = metric.pod_uid();
  out.namespace_name = metric.namespace_();
  out.pod_name = metric.pod_name();
  return out;
}

Identity ContainerIdentity(const v1::Metric& metric, uint32_t object, uint32_t pod) {
  Identity out = PodIdentity(metric, object);
  out.kind = ObjectKind::kContainer;
  out.pod_object = pod;
  out.container_name = metric.container_name();
  out.container_id = metric.container_id();
  return out;
}

}  // namespace

absl::Status CheckMetric(const v1::Metric& metric) {
  if (metric.pod_name().empty()) return Invalid("pod_name is empty");
  if (metric.namespace_().empty()) return Invalid("namespace is empty");
  for (const absl::Status& status :
       {CheckText("pod_name", metric.pod_name(), kMaxObjectName),
        CheckText("namespace", metric.namespace_(), kMaxLabelValue),
        CheckText("container_name", metric.container_name(), kMaxLabelValue),
        CheckText("container_id", metric.container_id(), kMaxId),
        CheckText("pod_uid", metric.pod_uid(), kMaxId)}) {
    if (!status.ok()) return status;
  }
  const struct {
    const char* name;
    int64_t value;
  } numbers[] = {
      {"cpu_millicores", metric.cpu_millicores()},
      {"memory_bytes", metric.memory_bytes()},
      {"disk_read_bytes", metric.disk_read_bytes()},
      {"disk_write_bytes", metric.disk_write_bytes()},
      {"network_rx_bytes", metric.network_rx_bytes()},
      {"network_tx_bytes", metric.network_tx_bytes()},
      {"cpu_usage_usec", metric.cpu_usage_usec()},
  };
  for (const auto& number : numbers) {
    if (number.value < 0) {
      return Invalid(
          fmt::format("{} is {}: leave out what was not measured", number.name, number.value));
    }
  }
  return absl::OkStatus();
}

int64_t NearestTick(int64_t timestamp_ms, int64_t interval_ms) {
  const int64_t below = timestamp_ms / interval_ms * interval_ms;
  return timestamp_ms - below >= interval_ms - interval_ms / 2 ? below + interval_ms : below;
}

NodeReport FromSimpleForm(const std::vector<const v1::Metric*>& metrics, std::string_view node_name,
                          int64_t interval_ms) {
  std::unordered_map<std::string, uint32_t> numbers;
  const auto number = [&numbers](std::string key) {
    const auto next = static_cast<uint32_t>(numbers.size() + 1);
    return numbers.try_emplace(std::move(key), next).first->second;
  };
  std::map<int64_t, TickInMaking> ticks;
  std::map<uint32_t, Identity> identities;
  for (const v1::Metric* metric : metrics) {
    TickInMaking& tick = ticks[NearestTick(metric->timestamp(), interval_ms)];
    tick.newest_ms = std::max(tick.newest_ms, metric->timestamp());
    const uint32_t pod = number(PodKey(*metric));
    identities.try_emplace(pod, PodIdentity(*metric, pod));
    CopyNetwork(*metric, tick.pods[pod]);
    if (IsContainer(*metric)) {
      const uint32_t container = number(ContainerKey(*metric));
      identities.try_emplace(container, ContainerIdentity(*metric, container, pod));
      CopyOwn(*metric, tick.containers[container]);
    } else {
      CopyOwn(*metric, tick.pods[pod]);
    }
  }
  NodeReport report;
  report.node_name = node_name;
  report.instance_id = kSimpleInstance;
  report.interval_ms = static_cast<uint32_t>(interval_ms);
  for (auto& [object, identity] : identities) report.identities.push_back(std::move(identity));
  for (auto& [tick_ms, making] : ticks) {
    Tick& tick = report.ticks.emplace_back();
    tick.tick_ms = tick_ms;
    tick.boot_usec = static_cast<uint64_t>(making.newest_ms) * 1000;
    tick.pods = Samples(making.pods);
    tick.containers = Samples(making.containers);
  }
  return report;
}

}  // namespace kubemonitor
