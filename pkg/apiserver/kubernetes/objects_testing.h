#ifndef KUBEMONITOR_APISERVER_KUBERNETES_OBJECTS_TESTING_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_OBJECTS_TESTING_H_

// For tests: objects from JSON with single quotes, as the API sends them.

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "apiserver/kubernetes/api_readers.h"

namespace kubemonitor::testing {

inline std::string Quoted(std::string text) {
  std::replace(text.begin(), text.end(), '\'', '"');
  return text;
}

// The object of a watch event.
inline std::optional<KubeObject> ReadObject(KubeKind kind, const std::string& json) {
  std::optional<KubeObject> out;
  WatchReader reader(kind, [&out](WatchEvent event) {
    out = std::move(event.object);
    return true;
  });
  const absl::Status status =
      reader.Write("{\"type\":\"ADDED\",\"object\":" + Quoted(json) + "}\n");
  EXPECT_TRUE(status.ok()) << status << " " << json;
  return out;
}

template <typename Object>
Object Read(KubeKind kind, const std::string& json) {
  std::optional<KubeObject> object = ReadObject(kind, json);
  if (!object || !std::holds_alternative<Object>(*object)) {
    ADD_FAILURE() << "no such object: " << json;
    return {};
  }
  return std::get<Object>(*std::move(object));
}

}  // namespace kubemonitor::testing

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_OBJECTS_TESTING_H_
