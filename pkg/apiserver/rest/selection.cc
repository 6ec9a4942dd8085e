#include "apiserver/rest/selection.h"

#include <absl/status/status.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "common/text.h"

namespace kubemonitor {
namespace {

constexpr size_t kNameInMessage = 253;

std::string Quoted(std::string_view name) { return QuoteForMessage(name, kNameInMessage); }

absl::Status NoSuchNode(std::string_view name) {
  return absl::NotFoundError(
      fmt::format("node {} is not known; /api/v1/nodes lists those that are", Quoted(name)));
}

absl::Status NoSuchNamespace(std::string_view name) {
  return absl::NotFoundError(fmt::format(
      "namespace {} has no pods that are known; /api/v1/namespaces lists those that have",
      Quoted(name)));
}

absl::Status NoSuchDeployment(std::string_view namespace_name, std::string_view name) {
  return absl::NotFoundError(fmt::format(
      "deployment {} of namespace {} is not known; /api/v1/namespaces/{{namespace}}/deployments "
      "lists those that are",
      Quoted(name), Quoted(namespace_name)));
}

absl::Status NoSuchPod(std::string_view namespace_name, std::string_view name,
                       const std::optional<std::string>& uid) {
  return absl::NotFoundError(fmt::format(
      "pod {} of namespace {}{} is not known; /api/v1/namespaces/{{namespace}}/pods"
      "?includeTerminated=true lists those that are",
      Quoted(name), Quoted(namespace_name), uid ? " with the uid " + Quoted(*uid) : ""));
}

bool SameItem(const ItemRef& a, const ItemRef& b) { return a.kind == b.kind && a.index == b.index; }

// The name of a namespace or deployment: the last part of what it is sorted by.
std::string NameOf(Query* query, const ItemRef& ref) {
  const std::string sorted_by = query->SortName(ref);
  return sorted_by.substr(sorted_by.rfind('\0') + 1);
}

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
    std::erase_if(refs, [&](const ItemRef& ref) {
      return query->Pods({parameters.namespace_name, query->SortName(ref), std::nullopt}).empty();
    });
  }
  return refs;
}

std::vector<ItemRef> SelectNamespaces(Query* query, const Parameters& parameters) {
  std::vector<ItemRef> refs = query->Namespaces();
  if (parameters.namespace_name)
    refs = Only(refs, query->FindNamespace(*parameters.namespace_name));
  if (parameters.node) {
    std::erase_if(refs, [&](const ItemRef& ref) {
      return query->Pods({NameOf(query, ref), parameters.node, std::nullopt}).empty();
    });
  }
  return refs;
}

std::vector<ItemRef> SelectDeployments(Query* query, const std::string& namespace_name,
                                       const Parameters& parameters) {
  if (parameters.namespace_name.value_or(namespace_name) != namespace_name) return {};
  std::vector<ItemRef> refs = query->Deployments(namespace_name);
  if (parameters.node) {
    std::erase_if(refs, [&](const ItemRef& ref) {
      return query->Pods({namespace_name, parameters.node, NameOf(query, ref)}).empty();
    });
  }
  return refs;
}

}  // namespace

absl::StatusOr<std::vector<ItemRef>> SelectList(Query* query, const RouteMatch& match,
                                                const Parameters& parameters) {
  const std::vector<std::string>& arguments = match.arguments;
  switch (match.route->id) {
    case RouteId::kNodes:
      return SelectNodes(query, parameters);
    case RouteId::kNodePods:
      if (!query->FindNode(arguments[0])) return NoSuchNode(arguments[0]);
      return SelectPods(query, {std::nullopt, arguments[0], std::nullopt}, parameters);
    case RouteId::kPods:
      return SelectPods(query, {}, parameters);
    case RouteId::kNamespaces:
      return SelectNamespaces(query, parameters);
    case RouteId::kNamespacePods:
      return SelectPods(query, {arguments[0], std::nullopt, std::nullopt}, parameters);
    case RouteId::kDeployments:
      return SelectDeployments(query, arguments[0], parameters);
    case RouteId::kDeploymentPods:
      if (!query->FindDeployment(arguments[0], arguments[1])) {
        return NoSuchDeployment(arguments[0], arguments[1]);
      }
      return SelectPods(query, {arguments[0], std::nullopt, arguments[1]}, parameters);
    default:
      return absl::InternalError(fmt::format("{} is not a list", match.route->path));
  }
}

absl::StatusOr<ItemRef> SelectItem(Query* query, const RouteMatch& match,
                                   const Parameters& parameters) {
  const std::vector<std::string>& arguments = match.arguments;
  std::optional<ItemRef> ref;
  switch (match.route->id) {
    case RouteId::kCluster:
      return query->Cluster();
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
    case RouteId::kDeployment:
      ref = query->FindDeployment(arguments[0], arguments[1]);
      if (!ref) return NoSuchDeployment(arguments[0], arguments[1]);
      break;
    default:
      return absl::InternalError(fmt::format("{} is not an item", match.route->path));
  }
  return *ref;
}

}  // namespace kubemonitor
