#include "apiserver/query/utilization.h"

namespace kubemonitor {
namespace {

std::optional<double> PercentOf(const std::optional<double>& whole,
                                const std::optional<double>& part) {
  if (!part || !whole || *whole <= 0) return std::nullopt;
  return 100 * *part / *whole;
}

std::optional<double> Number(const std::optional<int64_t>& amount) {
  if (!amount) return std::nullopt;
  return static_cast<double>(*amount);
}

}  // namespace

Utilization UtilizationOf(const Item& item) {
  const std::optional<double>& cpu = item.usage[static_cast<size_t>(Metric::kCpuMillicores)];
  const std::optional<double>& memory =
      item.usage[static_cast<size_t>(Metric::kMemoryWorkingSetBytes)];
  Utilization result;
  result.cpu_of_request = PercentOf(item.requests.cpu_millicores, cpu);
  result.memory_of_request = PercentOf(item.requests.memory_bytes, memory);
  if (!item.node_facts && !item.cluster_facts) {
    result.cpu_of_limit = PercentOf(item.limits.cpu_millicores, cpu);
    result.memory_of_limit = PercentOf(item.limits.memory_bytes, memory);
  }
  if (item.node_facts && item.node_facts->kubernetes != nullptr) {
    const ResourceAmounts& allocatable = item.node_facts->kubernetes->allocatable;
    result.cpu_of_allocatable = PercentOf(Number(allocatable.cpu_millicores), cpu);
    result.memory_of_allocatable = PercentOf(Number(allocatable.memory_bytes), memory);
  }
  if (item.cluster_facts) {
    const Amounts& allocatable = item.cluster_facts->allocatable;
    result.cpu_of_allocatable = PercentOf(allocatable.cpu_millicores, cpu);
    result.memory_of_allocatable = PercentOf(allocatable.memory_bytes, memory);
  }
  return result;
}

}  // namespace kubemonitor
