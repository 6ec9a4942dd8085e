#include "apiserver/kubernetes/pod_resources.h"

#include <algorithm>
#include <limits>

namespace kubemonitor {
namespace {

using Amount = std::optional<int64_t>;
constexpr Amount ResourceAmounts::* kAmounts[] = {&ResourceAmounts::cpu_millicores,
                                                  &ResourceAmounts::memory_bytes};

// Nothing and something is something; what is too much stays the most there is.
Amount Sum(const Amount& a, const Amount& b) {
  if (!a || !b) return a ? a : b;
  int64_t sum = 0;
  if (__builtin_add_overflow(*a, *b, &sum)) return std::numeric_limits<int64_t>::max();
  return sum;
}

Amount Greater(const Amount& a, const Amount& b) {
  if (!a || !b) return a ? a : b;
  return std::max(*a, *b);
}

// One resource of one container.
struct Part {
  ContainerType type;
  Amount amount;
};

// Sidecars and containers stay together; an init container runs beside the sidecars before it.
Amount MostAtOnce(const std::vector<Part>& parts) {
  Amount staying;
  Amount starting;
  Amount sidecars;
  for (const Part& part : parts) {
    if (part.type == ContainerType::kInit) {
      starting = Greater(starting, Sum(part.amount, sidecars));
      continue;
    }
    staying = Sum(staying, part.amount);
    if (part.type == ContainerType::kSidecar) {
      sidecars = Sum(sidecars, part.amount);
      starting = Greater(starting, sidecars);
    }
  }
  return Greater(staying, starting);
}

// One of them without a limit makes the pod's meaningless.
bool AllStayingHaveOne(const std::vector<Part>& parts) {
  return std::all_of(parts.begin(), parts.end(), [](const Part& part) {
    return part.type == ContainerType::kInit || part.amount.has_value();
  });
}

Amount PodRequest(const std::vector<Part>& parts, const Amount& pod_level, const Amount& overhead) {
  return Sum(pod_level ? pod_level : MostAtOnce(parts), overhead);
}

Amount PodLimit(const std::vector<Part>& parts, const Amount& pod_level, const Amount& overhead) {
  Amount limit = pod_level;
  if (!limit && AllStayingHaveOne(parts)) limit = MostAtOnce(parts);
  return limit && *limit > 0 ? Sum(limit, overhead) : limit;
}

}  // namespace

Resources EffectiveResources(const ContainerResources& container, bool resize_infeasible) {
  if (!container.actual) return container.spec;
  const Resources& actual = *container.actual;
  const Resources wanted = resize_infeasible ? Resources() : container.spec;
  Resources out;
  for (const auto amount : kAmounts) {
    out.requests.*amount = Greater(wanted.requests.*amount,
                                   Greater(actual.requests.*amount, container.allocated.*amount));
    out.limits.*amount = Greater(wanted.limits.*amount, actual.limits.*amount);
  }
  return out;
}

Resources EffectiveResources(const PodResources& pod) {
  std::vector<Resources> effective;
  effective.reserve(pod.containers.size());
  for (const ContainerResources& container : pod.containers) {
    effective.push_back(EffectiveResources(container, pod.resize_infeasible));
  }
  Resources out;
  std::vector<Part> requests(effective.size());
  std::vector<Part> limits(effective.size());
  for (const auto amount : kAmounts) {
    for (size_t i = 0; i < effective.size(); ++i) {
      requests[i] = {pod.containers[i].type, effective[i].requests.*amount};
      limits[i] = {pod.containers[i].type, effective[i].limits.*amount};
    }
    out.requests.*amount =
        PodRequest(requests, pod.pod_level.requests.*amount, pod.overhead.*amount);
    out.limits.*amount = PodLimit(limits, pod.pod_level.limits.*amount, pod.overhead.*amount);
  }
  return out;
}

}  // namespace kubemonitor
