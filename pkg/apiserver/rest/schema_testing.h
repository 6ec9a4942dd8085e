#ifndef KUBEMONITOR_APISERVER_REST_SCHEMA_TESTING_H_
#define KUBEMONITOR_APISERVER_REST_SCHEMA_TESTING_H_

// Holds JSON against the schemas of an OpenAPI 3.0 document, as far as api/openapi.yaml uses them.
// For tests.

#include <rapidjson/document.h>

#include <set>
#include <string>
#include <vector>

namespace kubemonitor::testing {

class SchemaChecker {
 public:
  // `spec` outlives the checker.
  explicit SchemaChecker(const rapidjson::Document& spec) : spec_(spec) {}

  // What `reference` refers to, or itself if it is no reference.
  const rapidjson::Value& Resolve(const rapidjson::Value& reference);

  // What is wrong with `value`, one line each; remembers the properties seen.
  std::vector<std::string> Check(const rapidjson::Value& schema, const rapidjson::Value& value);

  // "Pod.owner": the properties of components/schemas that no checked value had. Problem, of
  // errors, is left out.
  std::vector<std::string> UnseenProperties() const;

 private:
  void CheckValue(const rapidjson::Value& schema, const rapidjson::Value& value,
                  const std::string& where, std::string name);
  void CheckObject(const rapidjson::Value& schema, const rapidjson::Value& value,
                   const std::string& where, const std::string& name);
  void CheckScalar(const rapidjson::Value& schema, const rapidjson::Value& value,
                   const std::string& where);
  void CollectProperties(const rapidjson::Value& schema, const std::string& name,
                         std::set<std::string>* properties) const;
  void Complain(const std::string& where, const std::string& what);

  const rapidjson::Document& spec_;
  std::set<std::string> seen_;
  std::vector<std::string> problems_;
};

}  // namespace kubemonitor::testing

#endif  // KUBEMONITOR_APISERVER_REST_SCHEMA_TESTING_H_
