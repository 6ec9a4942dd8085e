#ifndef KUBEMONITOR_APISERVER_REST_ROUTES_H_
#define KUBEMONITOR_APISERVER_REST_ROUTES_H_

// The paths of the API and which parameters each of them takes: one table, which api/openapi.yaml
// is tested against.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/query/query.h"

namespace kubemonitor {

enum class Parameter : uint8_t {
  kWindow,
  kStep,
  kEnd,
  kMetrics,
  kNamespace,
  kNode,
  kIncludeTerminated,
  kLimit,
  kContinue,
  kOffset,
  kSort,
  kUid,
  kKind,
  kLabelSelector,
  kSearch,
  kFinding,
  kSeries,
  kText,  // "q"
};
inline constexpr size_t kParameterCount = 18;

std::string_view ParameterName(Parameter parameter);  // "includeTerminated"
std::optional<Parameter> ParameterFromName(std::string_view name);

class ParameterSet {
 public:
  constexpr ParameterSet() = default;
  constexpr ParameterSet(std::initializer_list<Parameter> parameters) {
    for (const Parameter parameter : parameters) bits_ |= Bit(parameter);
  }
  constexpr bool Has(Parameter parameter) const { return (bits_ & Bit(parameter)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr ParameterSet operator|(const ParameterSet& other) const {
    ParameterSet both;
    both.bits_ = bits_ | other.bits_;
    return both;
  }

 private:
  static constexpr uint32_t Bit(Parameter parameter) {
    return uint32_t{1} << static_cast<unsigned>(parameter);
  }
  uint32_t bits_ = 0;
};

enum class RouteId : uint8_t {
  kRoot,
  kIndex,
  kNodes,
  kNode,
  kNodePods,
  kPods,
  kNamespaces,
  kNamespace,
  kNamespacePods,
  kPod,
  kWorkloads,        // of all namespaces and kinds
  kWorkloadsOfKind,  // of a namespace
  kWorkload,
  kWorkloadPods,
  kCluster,
  kFindings,
  kSearch,
  kStream,
  kStatus,
  kHealthz,
  kReadyz,
  kLivez,
  kVersion,
  kOpenApi,
};

enum class QueryHandling : uint8_t {
  kChecked,  // what is not in `parameters` is refused
  kIgnored,  // probes add parameters of their own ("?verbose"), and must not fail for it
};

struct Route {
  RouteId id;
  std::string_view path;         // "/api/v1/nodes/{nodeName}"
  std::optional<ItemKind> kind;  // of the item or items answered
  bool list = false;
  ParameterSet parameters;
  QueryHandling query = QueryHandling::kChecked;
  std::string_view workload_kind = {};  // "Deployment", of paths that have one
};

// All paths, in the order of the documentation.
std::span<const Route> Routes();

struct RouteMatch {
  const Route* route = nullptr;
  std::vector<std::string> arguments;  // what stands for the {placeholders}, in order; never empty
};

// `segments` as HttpRequest has them. One trailing slash is accepted: "/api/v1/nodes/" is
// "/api/v1/nodes". Empty segments elsewhere match nothing.
std::optional<RouteMatch> MatchRoute(const std::vector<std::string>& segments);

// The paths most like an unknown one, most likely first: for the answer that says so.
std::vector<std::string_view> NearestPaths(const std::vector<std::string>& segments, size_t count);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_ROUTES_H_
