#ifndef KUBEMONITOR_APISERVER_KUBERNETES_JSON_FIELDS_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_JSON_FIELDS_H_

// Fields of Kubernetes' objects, bounded. What is missing, too long, out of range or not of its
// type is absent.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/kubernetes/cluster.h"
#include "apiserver/kubernetes/json_filter.h"
#include "apiserver/kubernetes/objects.h"

namespace kubemonitor {

using JsonObject = JsonFilter::Object;

inline constexpr size_t kMaxFieldBytes = 253;  // of names, as Kubernetes has it
inline constexpr size_t kMaxLabels = 256;
inline constexpr size_t kMaxListed = 512;  // containers, conditions, references

// Null: there is none.
const JsonObject* ObjectField(const JsonObject& json, std::string_view key);
// The objects of a list, at most kMaxListed.
std::vector<const JsonObject*> ListField(const JsonObject& json, std::string_view key);
// How many elements a list has; 0 without one.
size_t ListSize(const JsonObject& json, std::string_view key);
std::string TextField(const JsonObject& json, std::string_view key,
                      size_t max_bytes = kMaxFieldBytes);
bool BoolField(const JsonObject& json, std::string_view key);
std::optional<int64_t> CountField(const JsonObject& json, std::string_view key);  // not negative
std::optional<int64_t> TimeField(const JsonObject& json, std::string_view key);   // Unix ms
// {"cpu":"100m","memory":"128Mi"} below `key`.
ResourceAmounts AmountsField(const JsonObject& json, std::string_view key);
// A quantity, rounded up to whole ones.
std::optional<int64_t> QuantityField(const JsonObject& json, std::string_view key);

// metadata.
struct ObjectMetadata {
  std::string namespace_name, name, uid;
  std::optional<int64_t> created_at_ms;
  KubeLabels labels;
  std::optional<ControllerReference> controller;
};
ObjectMetadata MetadataOf(const JsonObject& json);

// A pod, given its metadata (pod_json.cc).
PodObject PodFromJson(const JsonObject& json, ObjectMetadata metadata);
std::span<const JsonShape> PodShape();

// Parts of shapes.
inline constexpr JsonShape kAmountsShape[] = {{"cpu"}, {"memory"}};
inline constexpr JsonShape kReferenceShape[] = {{"kind"}, {"name"}, {"uid"}, {"controller"}};
inline constexpr JsonShape kAnnotationsShape[] = {{"kubernetes.io/config.mirror"}};
inline constexpr JsonShape kMetadataShape[] = {{"name"},
                                               {"namespace"},
                                               {"uid"},
                                               {"resourceVersion"},
                                               {"creationTimestamp"},
                                               {"deletionTimestamp"},
                                               {"deletionGracePeriodSeconds"},
                                               {"labels", {}, false, kMaxLabels},
                                               {"annotations", kAnnotationsShape},
                                               {"ownerReferences", kReferenceShape}};
inline constexpr JsonShape kConditionShape[] = {
    {"type"}, {"status"}, {"reason"}, {"lastTransitionTime"}};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_JSON_FIELDS_H_
