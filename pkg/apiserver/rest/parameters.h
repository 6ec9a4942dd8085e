#ifndef KUBEMONITOR_APISERVER_REST_PARAMETERS_H_
#define KUBEMONITOR_APISERVER_REST_PARAMETERS_H_

// Query parameters: from text to checked values. api/openapi.yaml documents them.

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apiserver/kubernetes/label_selector.h"
#include "apiserver/query/findings.h"
#include "apiserver/query/query.h"
#include "apiserver/query/window.h"
#include "apiserver/rest/routes.h"
#include "http/http_types.h"

namespace kubemonitor {

inline constexpr int64_t kMaxCount = 1'000'000'000;  // of limit and offset
inline constexpr size_t kMaxNameBytes = 253;  // of namespace, node and uid, as Kubernetes has it
inline constexpr size_t kMaxSelectorBytes = 4096;
inline constexpr size_t kMaxKinds = 32;
inline constexpr size_t kMaxKindBytes = 63;

// The order of a list. Equal values stand by name; what has no value stands last, in either
// direction.
struct SortOrder {
  std::optional<Metric> metric;
  SortStatistic statistic = SortStatistic::kNow;
  bool descending = false;
  std::optional<Fact> fact = std::nullopt;  // instead of a metric

  bool by_name() const { return !metric && !fact; }
};

struct Parameters {
  QueryOptions query;  // all but pinned_tick_ms
  SortOrder sort;
  std::optional<std::string> namespace_name, node, uid;
  std::vector<std::string> kinds;  // of workloads; empty: all
  LabelSelector label_selector;
  std::optional<uint64_t> limit, offset;
  std::optional<std::string> continue_token;  // as given; see continue_token.h
  std::optional<std::string> search;          // a part of names, in small letters
  std::optional<FindingKind> finding;         // only what has it
  std::optional<std::string> text;            // what /api/v1/search looks for
};

// InvalidArgument for parameters the route does not take (the message lists those it takes),
// repeated ones, and values out of range (the message names parameter, value and range). Ranges
// that depend on what is stored are checked by Query::Create.
absl::StatusOr<Parameters> ParseParameters(const Route& route, const NameValueList& query);

// "window, step, end", or "none": what a route takes.
std::string KnownParameters(const Route& route);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_PARAMETERS_H_
