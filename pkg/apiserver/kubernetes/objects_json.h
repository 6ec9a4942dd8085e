#ifndef KUBEMONITOR_APISERVER_KUBERNETES_OBJECTS_JSON_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_OBJECTS_JSON_H_

// From filtered JSON to objects. A field that is missing or not of its type is as good as not set;
// only an object without name or uid is none.

#include <optional>
#include <span>

#include "apiserver/kubernetes/json_filter.h"
#include "apiserver/kubernetes/objects.h"

namespace kubemonitor {

// What is needed of an object of this kind.
std::span<const JsonShape> ShapeOf(KubeKind kind);

// Nullopt: it has no name, or no uid where one is needed.
std::optional<KubeObject> ObjectFromJson(KubeKind kind, const JsonFilter::Object& json);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_OBJECTS_JSON_H_
