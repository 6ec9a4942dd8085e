#include "apiserver/rest/routes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace kubemonitor {
namespace {

constexpr std::array<std::string_view, kParameterCount> kParameterNames = {
    "window", "step",     "end",    "metrics", "namespace", "node", "includeTerminated",
    "limit",  "continue", "offset", "sort",    "uid",       "kind", "labelSelector",
    "search", "finding",  "series", "q"};

constexpr ParameterSet kOfItem = {Parameter::kWindow, Parameter::kStep, Parameter::kEnd,
                                  Parameter::kMetrics, Parameter::kSeries};
// Ended pods are found by name with or without includeTerminated; who read it in a list may pass it
// on.
constexpr ParameterSet kOfPod =
    kOfItem | ParameterSet{Parameter::kUid, Parameter::kIncludeTerminated};
constexpr ParameterSet kOfList =
    kOfItem |
    ParameterSet{Parameter::kNamespace, Parameter::kNode,          Parameter::kIncludeTerminated,
                 Parameter::kLimit,     Parameter::kContinue,      Parameter::kOffset,
                 Parameter::kSort,      Parameter::kLabelSelector, Parameter::kSearch};
constexpr ParameterSet kOfFound = kOfList | ParameterSet{Parameter::kFinding};
constexpr ParameterSet kOfWorkloads = kOfList | ParameterSet{Parameter::kKind};
constexpr ParameterSet kNone = {};

constexpr Route OfKind(RouteId id, std::string_view path, std::string_view workload_kind) {
  const bool list = id != RouteId::kWorkload;
  const ItemKind kind = id == RouteId::kWorkloadPods ? ItemKind::kPod : ItemKind::kWorkload;
  const ParameterSet of_list = id == RouteId::kWorkloadPods ? kOfFound : kOfList;
  return {id, path, kind, list, list ? of_list : kOfItem, QueryHandling::kChecked, workload_kind};
}

constexpr Route kRoutes[] = {
    {RouteId::kNodes, "/api/v1/nodes", ItemKind::kNode, true, kOfFound},
    {RouteId::kNode, "/api/v1/nodes/{nodeName}", ItemKind::kNode, false, kOfItem},
    {RouteId::kNodePods, "/api/v1/nodes/{nodeName}/pods", ItemKind::kPod, true, kOfFound},
    {RouteId::kPods, "/api/v1/pods", ItemKind::kPod, true, kOfFound},
    {RouteId::kNamespaces, "/api/v1/namespaces", ItemKind::kNamespace, true, kOfList},
    {RouteId::kNamespace, "/api/v1/namespaces/{namespace}", ItemKind::kNamespace, false, kOfItem},
    {RouteId::kNamespacePods, "/api/v1/namespaces/{namespace}/pods", ItemKind::kPod, true,
     kOfFound},
    {RouteId::kPod, "/api/v1/namespaces/{namespace}/pods/{podName}", ItemKind::kPod, false, kOfPod},
    {RouteId::kWorkloads, "/api/v1/workloads", ItemKind::kWorkload, true, kOfWorkloads},
    OfKind(RouteId::kWorkloadsOfKind, "/api/v1/namespaces/{namespace}/deployments", "Deployment"),
    OfKind(RouteId::kWorkload, "/api/v1/namespaces/{namespace}/deployments/{deploymentName}",
           "Deployment"),
    OfKind(RouteId::kWorkloadPods,
           "/api/v1/namespaces/{namespace}/deployments/{deploymentName}/pods", "Deployment"),
    OfKind(RouteId::kWorkloadsOfKind, "/api/v1/namespaces/{namespace}/statefulsets", "StatefulSet"),
    OfKind(RouteId::kWorkload, "/api/v1/namespaces/{namespace}/statefulsets/{statefulSetName}",
           "StatefulSet"),
    OfKind(RouteId::kWorkloadPods,
           "/api/v1/namespaces/{namespace}/statefulsets/{statefulSetName}/pods", "StatefulSet"),
    OfKind(RouteId::kWorkloadsOfKind, "/api/v1/namespaces/{namespace}/daemonsets", "DaemonSet"),
    OfKind(RouteId::kWorkload, "/api/v1/namespaces/{namespace}/daemonsets/{daemonSetName}",
           "DaemonSet"),
    OfKind(RouteId::kWorkloadPods, "/api/v1/namespaces/{namespace}/daemonsets/{daemonSetName}/pods",
           "DaemonSet"),
    OfKind(RouteId::kWorkloadsOfKind, "/api/v1/namespaces/{namespace}/jobs", "Job"),
    OfKind(RouteId::kWorkload, "/api/v1/namespaces/{namespace}/jobs/{jobName}", "Job"),
    OfKind(RouteId::kWorkloadPods, "/api/v1/namespaces/{namespace}/jobs/{jobName}/pods", "Job"),
    OfKind(RouteId::kWorkloadsOfKind, "/api/v1/namespaces/{namespace}/cronjobs", "CronJob"),
    OfKind(RouteId::kWorkload, "/api/v1/namespaces/{namespace}/cronjobs/{cronJobName}", "CronJob"),
    OfKind(RouteId::kWorkloadPods, "/api/v1/namespaces/{namespace}/cronjobs/{cronJobName}/pods",
           "CronJob"),
    {RouteId::kCluster, "/api/v1/cluster", ItemKind::kCluster, false, kOfItem},
    {RouteId::kFindings, "/api/v1/findings", std::nullopt, false, kNone},
    {RouteId::kSearch, "/api/v1/search", std::nullopt, false,
     ParameterSet{Parameter::kText, Parameter::kLimit}},
    {RouteId::kStream, "/api/v1/stream", std::nullopt, false, kNone},
    {RouteId::kStatus, "/api/v1/status", std::nullopt, false, kNone},
    {RouteId::kHealthz, "/healthz", std::nullopt, false, kNone, QueryHandling::kIgnored},
    {RouteId::kReadyz, "/readyz", std::nullopt, false, kNone, QueryHandling::kIgnored},
    {RouteId::kLivez, "/livez", std::nullopt, false, kNone, QueryHandling::kIgnored},
    {RouteId::kVersion, "/version", std::nullopt, false, kNone},
    {RouteId::kOpenApi, "/openapi.json", std::nullopt, false, kNone},
    {RouteId::kIndex, "/api/v1", std::nullopt, false, kNone},
    {RouteId::kRoot, "/", std::nullopt, false, kNone, QueryHandling::kIgnored},
};

constexpr size_t kMaxSegments = 8;       // more than any path has
constexpr size_t kMaxSegmentBytes = 64;  // of an unknown path, as far as it is compared

std::vector<std::string_view> SplitTemplate(std::string_view path) {
  std::vector<std::string_view> pieces;
  while (path.size() > 1) {
    path.remove_prefix(1);
    const size_t slash = std::min(path.find('/'), path.size());
    pieces.push_back(path.substr(0, slash));
    path.remove_prefix(slash);
  }
  return pieces;
}

bool IsPlaceholder(std::string_view piece) { return !piece.empty() && piece[0] == '{'; }

// Levenshtein's distance over anything that has a cost of changing one element into another.
template <typename A, typename B, typename ChangeCost>
size_t EditDistance(const A& a, const B& b, size_t gap_cost, const ChangeCost& change_cost) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j * gap_cost;
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = (i + 1) * gap_cost;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t above = row[j + 1];
      row[j + 1] =
          std::min({above + gap_cost, row[j] + gap_cost, diagonal + change_cost(a[i], b[j])});
      diagonal = above;
    }
  }
  return row[b.size()];
}

size_t SegmentCost(std::string_view given, std::string_view known) {
  constexpr size_t kPlaceholderCost = 1;  // a literal that fits is more likely meant
  constexpr size_t kMostOfAWord = 6;
  if (IsPlaceholder(known)) return kPlaceholderCost;
  const size_t distance =
      EditDistance(given, known, 1, [](char x, char y) { return x == y ? size_t{0} : size_t{1}; });
  return std::min(distance, kMostOfAWord);
}

}  // namespace

std::string_view ParameterName(Parameter parameter) {
  return kParameterNames[static_cast<size_t>(parameter)];
}

std::optional<Parameter> ParameterFromName(std::string_view name) {
  for (size_t i = 0; i < kParameterCount; ++i) {
    if (kParameterNames[i] == name) return static_cast<Parameter>(i);
  }
  return std::nullopt;
}

std::span<const Route> Routes() { return kRoutes; }

std::optional<RouteMatch> MatchRoute(const std::vector<std::string>& segments) {
  size_t count = segments.size();
  if (count > 0 && segments.back().empty()) --count;
  for (const Route& route : kRoutes) {
    const std::vector<std::string_view> pieces = SplitTemplate(route.path);
    if (pieces.size() != count) continue;
    RouteMatch match{&route, {}};
    bool equal = true;
    for (size_t i = 0; i < count && equal; ++i) {
      if (!IsPlaceholder(pieces[i])) {
        equal = pieces[i] == segments[i];
      } else {
        equal = !segments[i].empty();
        match.arguments.push_back(segments[i]);
      }
    }
    if (equal) return match;
  }
  return std::nullopt;
}

std::vector<std::string_view> NearestPaths(const std::vector<std::string>& segments, size_t count) {
  constexpr size_t kSegmentGap = 4;
  std::vector<std::string_view> given;
  for (const std::string& segment : segments) {
    if (given.size() == kMaxSegments) break;
    if (!segment.empty()) given.push_back(std::string_view(segment).substr(0, kMaxSegmentBytes));
  }
  std::vector<std::pair<size_t, std::string_view>> ranked;
  for (const Route& route : kRoutes) {
    ranked.emplace_back(EditDistance(given, SplitTemplate(route.path), kSegmentGap, SegmentCost),
                        route.path);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string_view> nearest;
  for (const auto& [cost, path] : ranked) {
    if (nearest.size() == count) break;
    nearest.push_back(path);
  }
  return nearest;
}

}  // namespace kubemonitor
