#include "apiserver/rest/schema_testing.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidjson/pointer.h>

#include <string_view>

namespace kubemonitor::testing {
namespace {

using rapidjson::Value;

constexpr std::string_view kSchemas = "#/components/schemas/";

bool HasType(const Value& value, std::string_view type) {
  if (type == "object") return value.IsObject();
  if (type == "array") return value.IsArray();
  if (type == "string") return value.IsString();
  if (type == "boolean") return value.IsBool();
  if (type == "integer") return value.IsInt64() || value.IsUint64();
  return type == "number" && value.IsNumber();
}

// The name of a schema of components, empty for one that stands in place.
std::string NameOf(const Value& reference) {
  if (!reference.HasMember("$ref")) return "";
  const std::string_view target = reference["$ref"].GetString();
  return target.starts_with(kSchemas) ? std::string(target.substr(kSchemas.size())) : "";
}

}  // namespace

const Value& SchemaChecker::Resolve(const Value& reference) {
  if (!reference.HasMember("$ref")) return reference;
  const Value* target = rapidjson::Pointer(reference["$ref"].GetString()).Get(spec_);
  EXPECT_TRUE(target != nullptr) << reference["$ref"].GetString();
  return target == nullptr ? reference : *target;
}

std::vector<std::string> SchemaChecker::Check(const Value& schema, const Value& value) {
  problems_.clear();
  CheckValue(schema, value, "", "");
  return problems_;
}

void SchemaChecker::Complain(const std::string& where, const std::string& what) {
  problems_.push_back(fmt::format("{}: {}", where, what));
}

void SchemaChecker::CheckValue(const Value& reference, const Value& value, const std::string& where,
                               std::string name) {
  const Value& schema = Resolve(reference);
  if (const std::string own = NameOf(reference); !own.empty()) name = own;
  if (value.IsNull()) {
    const bool nullable = schema.HasMember("nullable") && schema["nullable"].GetBool();
    if (!nullable) Complain(where, "is null");
    return;
  }
  if (!schema.HasMember("type") || !HasType(value, schema["type"].GetString())) {
    Complain(where, "has another type than described");
    return;
  }
  if (value.IsObject()) {
    CheckObject(schema, value, where, name);
  } else if (value.IsArray()) {
    for (rapidjson::SizeType i = 0; i < value.Size(); ++i) {
      CheckValue(schema["items"], value[i], fmt::format("{}[{}]", where, i), name + "[]");
    }
  } else {
    CheckScalar(schema, value, where);
  }
}

void SchemaChecker::CheckObject(const Value& schema, const Value& value, const std::string& where,
                                const std::string& name) {
  if (schema.HasMember("required")) {
    for (const Value& key : schema["required"].GetArray()) {
      if (!value.HasMember(key)) Complain(where, fmt::format("lacks {}", key.GetString()));
    }
  }
  for (const auto& member : value.GetObject()) {
    const std::string key = member.name.GetString();
    const std::string below = where + "." + key;
    if (schema.HasMember("properties") && schema["properties"].HasMember(member.name)) {
      seen_.insert(name + "." + key);
      CheckValue(schema["properties"][member.name], member.value, below, name + "." + key);
      continue;
    }
    const auto additional = schema.FindMember("additionalProperties");
    if (additional == schema.MemberEnd() || additional->value.IsFalse()) {
      Complain(below, "is not described");
    } else if (additional->value.IsObject()) {
      CheckValue(additional->value, member.value, below, "");
    }
  }
}

void SchemaChecker::CheckScalar(const Value& schema, const Value& value, const std::string& where) {
  if (schema.HasMember("enum")) {
    bool found = false;
    for (const Value& allowed : schema["enum"].GetArray()) found = found || allowed == value;
    if (!found) Complain(where, "is none of the values described");
  }
  if (!value.IsNumber()) return;
  if (schema.HasMember("minimum") && value.GetDouble() < schema["minimum"].GetDouble()) {
    Complain(where, "is below the minimum");
  }
  if (schema.HasMember("maximum") && value.GetDouble() > schema["maximum"].GetDouble()) {
    Complain(where, "is above the maximum");
  }
}

void SchemaChecker::CollectProperties(const Value& schema, const std::string& name,
                                      std::set<std::string>* properties) const {
  if (schema.HasMember("items")) CollectProperties(schema["items"], name + "[]", properties);
  if (!schema.HasMember("properties")) return;
  for (const auto& property : schema["properties"].GetObject()) {
    const std::string key = name + "." + property.name.GetString();
    properties->insert(key);
    CollectProperties(property.value, key, properties);
  }
}

std::vector<std::string> SchemaChecker::UnseenProperties() const {
  std::set<std::string> all;
  for (const auto& schema : spec_["components"]["schemas"].GetObject()) {
    const std::string name = schema.name.GetString();
    if (name != "Problem") CollectProperties(schema.value, name, &all);
  }
  std::vector<std::string> unseen;
  for (const std::string& property : all) {
    if (!seen_.contains(property)) unseen.push_back(property);
  }
  return unseen;
}

}  // namespace kubemonitor::testing
