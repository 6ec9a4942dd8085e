#include "apiserver/kubernetes/json_fields.h"

#include <algorithm>
#include <utility>

#include "apiserver/kubernetes/quantity.h"
#include "apiserver/kubernetes/rfc3339.h"

namespace kubemonitor {
namespace {

namespace json = boost::json;

constexpr size_t kMaxLabelKeyBytes = 317;  // 253 of the prefix, the slash, 63 of the name
constexpr size_t kMaxLabelValueBytes = 63;
constexpr size_t kMaxQuantityBytes = 64;

const json::value* Field(const JsonObject& object, std::string_view key) {
  return object.if_contains({key.data(), key.size()});
}

std::string_view TextOf(const json::value* value, size_t max_bytes) {
  const json::string* text = value != nullptr ? value->if_string() : nullptr;
  if (text == nullptr || text->size() > max_bytes) return {};
  return {text->data(), text->size()};
}

// Quantities are texts; a bare number is one too.
std::optional<int64_t> Quantity(const json::value* value,
                                std::optional<int64_t> (*parse)(std::string_view)) {
  if (value == nullptr) return std::nullopt;
  const std::string number = value->is_int64() ? std::to_string(value->get_int64()) : "";
  const std::string_view text = number.empty() ? TextOf(value, kMaxQuantityBytes) : number;
  const std::optional<int64_t> parsed = parse(text);
  return parsed && *parsed >= 0 ? parsed : std::nullopt;
}

KubeLabels LabelsOf(const JsonObject& metadata) {
  KubeLabels labels;
  const JsonObject* given = ObjectField(metadata, "labels");
  if (given == nullptr) return labels;
  for (const auto& [key, value] : *given) {
    if (labels.size() == kMaxLabels) break;
    const json::string* text = value.if_string();
    if (text == nullptr || text->size() > kMaxLabelValueBytes) continue;
    if (key.empty() || key.size() > kMaxLabelKeyBytes) continue;
    labels.emplace(std::string(key.data(), key.size()), std::string(text->data(), text->size()));
  }
  return labels;
}

std::optional<ControllerReference> ControllerOf(const JsonObject& metadata) {
  for (const JsonObject* reference : ListField(metadata, "ownerReferences")) {
    if (!BoolField(*reference, "controller")) continue;
    ControllerReference out{TextField(*reference, "kind"), TextField(*reference, "name"),
                            TextField(*reference, "uid")};
    if (!out.kind.empty() && !out.name.empty()) return out;
  }
  return std::nullopt;
}

}  // namespace

const JsonObject* ObjectField(const JsonObject& object, std::string_view key) {
  const json::value* value = Field(object, key);
  return value != nullptr ? value->if_object() : nullptr;
}

std::vector<const JsonObject*> ListField(const JsonObject& object, std::string_view key) {
  std::vector<const JsonObject*> out;
  const json::value* value = Field(object, key);
  const json::array* list = value != nullptr ? value->if_array() : nullptr;
  if (list == nullptr) return out;
  for (const json::value& element : *list) {
    if (out.size() == kMaxListed) break;
    if (const JsonObject* found = element.if_object()) out.push_back(found);
  }
  return out;
}

size_t ListSize(const JsonObject& object, std::string_view key) {
  const json::value* value = Field(object, key);
  const json::array* list = value != nullptr ? value->if_array() : nullptr;
  return list != nullptr ? list->size() : 0;
}

std::string TextField(const JsonObject& object, std::string_view key, size_t max_bytes) {
  return std::string(TextOf(Field(object, key), max_bytes));
}

bool BoolField(const JsonObject& object, std::string_view key) {
  const json::value* value = Field(object, key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::optional<int64_t> CountField(const JsonObject& object, std::string_view key) {
  const json::value* value = Field(object, key);
  if (value == nullptr || !value->is_int64() || value->get_int64() < 0) return std::nullopt;
  return value->get_int64();
}

std::optional<int64_t> TimeField(const JsonObject& object, std::string_view key) {
  return ParseRfc3339(TextOf(Field(object, key), kMaxFieldBytes));
}

ResourceAmounts AmountsField(const JsonObject& object, std::string_view key) {
  const JsonObject* amounts = ObjectField(object, key);
  if (amounts == nullptr) return {};
  return {Quantity(Field(*amounts, "cpu"), &QuantityMillis),
          Quantity(Field(*amounts, "memory"), &QuantityValue)};
}

std::optional<int64_t> QuantityField(const JsonObject& object, std::string_view key) {
  return Quantity(Field(object, key), &QuantityValue);
}

ObjectMetadata MetadataOf(const JsonObject& object) {
  const JsonObject* metadata = ObjectField(object, "metadata");
  if (metadata == nullptr) return {};
  ObjectMetadata out;
  out.namespace_name = TextField(*metadata, "namespace");
  out.name = TextField(*metadata, "name");
  out.uid = TextField(*metadata, "uid");
  out.created_at_ms = TimeField(*metadata, "creationTimestamp");
  out.labels = LabelsOf(*metadata);
  out.controller = ControllerOf(*metadata);
  return out;
}

}  // namespace kubemonitor
