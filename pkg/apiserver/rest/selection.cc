#include "apiserver/rest/selection.h"

#include <absl/status/status.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "common/text.h"

namespace kubemonitor {
namespace {

constexpr size_t kNameInMessage = 253;

std::string Quoted(std::string_view name) { return QuoteForMessage(name, kNameInMessage); }

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The workload of a path.
WorkloadName NameOf(const RouteMatch& match) {
  return {std::string(match.route->workload_kind), match.arguments[0], match.arguments[1]};
}

absl::Status NoSuchNode(std::string_view name) {
  return absl::NotFoundError(
      fmt::format("node {} is not known; /api/v1/nodes lists those that are", Quoted(name)));
}

absl::Status NoSuchNamespace(std::string_view name) {
  return absl::NotFoundError(
      fmt::format("namespace {} is not known, nor has it pods that are; /api/v1/namespaces lists "
                  "those that are",
                  Quoted(name)));
}

absl::Status NoSuchWorkload(const Route& route, const std::vector<std::string>& arguments) {
  // The path up to the workload's name.
  constexpr std::string_view kNamespace = "/api/v1/namespaces/{namespace}/";
  const std::string_view list = route.path.substr(0, route.path.find('/', kNamespace.size()));
  std::string kind;
  for (const char c : route.workload_kind) kind += ToLower(c);
  return absl::NotFoundError(
      fmt::format("{} {} of namespace {} is not known; {} lists those that are", kind,
                  Quoted(arguments[1]), Quoted(arguments[0]), list));
}

absl::Status NoSuchPod(std::string_view namespace_name, std::string_view name,
                       const std::optional<std::string>& uid) {
  return absl::NotFoundError(fmt::format(
      "pod {} of namespace {}{} is not known; /api/v1/namespaces/{{namespace}}/pods"
      "?includeTerminated=true lists those that are",
      Quoted(name), Quoted(namespace_name), uid ? " with the uid " + Quoted(*uid) : ""));
}

bool SameItem(const ItemRef& a, const ItemRef& b) { return a.kind == b.kind && a.index == b.index; }

// Those of `refs` that are `wanted`: one or none.
std::vector<ItemRef> Only(const std::vector<ItemRef>& refs, const std::optional<ItemRef>& wanted) {
  std::vector<ItemRef> kept;
  if (!wanted) return kept;
  for (const ItemRef& ref : refs) {
    if (SameItem(ref, *wanted)) kept.push_back(ref);
  }
  return kept;
}

// False if `filter` contradicts what is in *value already.
bool Narrow(const std::optional<std::string>& filter, std::optional<std::string>* value) {
  if (!filter) return true;
  if (*value && **value != *filter) return false;
  *value = *filter;
  return true;
}

std::vector<ItemRef> SelectPods(Query* query, PodFilter filter, const Parameters& parameters) {
  if (!Narrow(parameters.namespace_name, &filter.namespace_name) ||
      !Narrow(parameters.node, &filter.node)) {
    return {};
  }
  return query->Pods(filter);
}

std::vector<ItemRef> SelectNodes(Query* query, const Parameters& parameters) {
  std::vector<ItemRef> refs = query->Nodes();
  if (parameters.node) refs = Only(refs, query->FindNode(*parameters.node));
  if (parameters.namespace_name) {
    std::set<uint32_t> nodes;
    for (const ItemRef& pod : query->Pods({parameters.namespace_name, parameters.node})) {
      nodes.insert(query->NodeOf(pod).index);
    }
    std::erase_if(refs, [&](const ItemRef& ref) { return !nodes.contains(ref.index); });
  }
  return refs;
}

// The first part of what it is sorted by: of a namespace its name, of a pod its namespace.
std::string NamespaceOf(Query* query, const ItemRef& ref) {
  const std::string sorted_by = query->SortName(ref);
  return sorted_by.substr(0, sorted_by.find('\0'));
}

std::vector<ItemRef> SelectNamespaces(Query* query, const Parameters& parameters) {
  std::vector<ItemRef> refs = query->Namespaces();
  if (parameters.namespace_name)
    refs = Only(refs, query->FindNamespace(*parameters.namespace_name));
  if (parameters.node) {
    std::set<std::string> namespaces;
    for (const ItemRef& pod : query->Pods({parameters.namespace_name, parameters.node})) {
      namespaces.insert(NamespaceOf(query, pod));
    }
    std::erase_if(
        refs, [&](const ItemRef& ref) { return !namespaces.contains(NamespaceOf(query, ref)); });
  }
  return refs;
}

std::vector<ItemRef> SelectWorkloads(Query* query, const RouteMatch& match,
                                     const Parameters& parameters) {
  WorkloadFilter filter;
  filter.kinds = parameters.kinds;
  filter.namespace_name = parameters.namespace_name;
  filter.node = parameters.node;
  if (match.route->id == RouteId::kWorkloadsOfKind) {
    filter.kinds = {std::string(match.route->workload_kind)};
    filter.with_parts = true;
    filter.namespace_name = match.arguments[0];
    if (!Narrow(parameters.namespace_name, &filter.namespace_name)) return {};
  }
  return query->Workloads(filter);
}

absl::StatusOr<std::vector<ItemRef>> SelectByPath(Query* query, const RouteMatch& match,
                                                  const Parameters& parameters) {
  const std::vector<std::string>& arguments = match.arguments;
  switch (match.route->id) {
    case RouteId::kNodes:
      return SelectNodes(query, parameters);
    case RouteId::kNodePods:
      if (!query->FindNode(arguments[0])) return NoSuchNode(arguments[0]);
      return SelectPods(query, {std::nullopt, arguments[0]}, parameters);
    case RouteId::kPods:
      return SelectPods(query, {}, parameters);
    case RouteId::kNamespaces:
      return SelectNamespaces(query, parameters);
    case RouteId::kNamespacePods:
      return SelectPods(query, {arguments[0], std::nullopt}, parameters);
    case RouteId::kWorkloads:
    case RouteId::kWorkloadsOfKind:
      return SelectWorkloads(query, match, parameters);
    case RouteId::kWorkloadPods: {
      const WorkloadName name = NameOf(match);
      if (!query->FindWorkload(name)) return NoSuchWorkload(*match.route, arguments);
      return SelectPods(query, {arguments[0], std::nullopt, name}, parameters);
    }
    default:
      return absl::InternalError(fmt::format("{} is not a list", match.route->path));
  }
}

}  // namespace

absl::StatusOr<std::vector<ItemRef>> SelectList(Query* query, const RouteMatch& match,
                                                const Parameters& parameters) {
  absl::StatusOr<std::vector<ItemRef>> refs = SelectByPath(query, match, parameters);
  if (!refs.ok() || parameters.label_selector.empty()) return refs;
  std::erase_if(*refs, [&](const ItemRef& ref) {
    return !parameters.label_selector.Matches(query->LabelsOf(ref));
  });
  return refs;
}

absl::StatusOr<ItemRef> SelectItem(Query* query, const RouteMatch& match,
                                   const Parameters& parameters) {
  const std::vector<std::string>& arguments = match.arguments;
  std::optional<ItemRef> ref;
  switch (match.route->id) {
    case RouteId::kCluster:
      return query->WholeCluster();
    case RouteId::kNode:
      ref = query->FindNode(arguments[0]);
      if (!ref) return NoSuchNode(arguments[0]);
      break;
    case RouteId::kNamespace:
      ref = query->FindNamespace(arguments[0]);
      if (!ref) return NoSuchNamespace(arguments[0]);
      break;
    case RouteId::kPod:
      ref = query->FindPod(arguments[0], arguments[1], parameters.uid);
      if (!ref) return NoSuchPod(arguments[0], arguments[1], parameters.uid);
      break;
    case RouteId::kWorkload:
      ref = query->FindWorkload(NameOf(match));
      if (!ref) return NoSuchWorkload(*match.route, arguments);
      break;
    default:
      return absl::InternalError(fmt::format("{} is not an item", match.route->path));
  }
  return *ref;
}

}  // namespace kubemonitor
