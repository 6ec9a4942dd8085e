#ifndef KUBEMONITOR_SIMULATOR_KUBERNETES_KUBERNETES_API_TESTING_H_
#define KUBEMONITOR_SIMULATOR_KUBERNETES_KUBERNETES_API_TESTING_H_

// For tests: the fake API without sockets, under a clock that is set.

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "http/target.h"
#include "simulator/kubernetes/kubernetes_api.h"
#include "simulator/simulator_testing.h"

namespace kubemonitor::testing {

inline constexpr char kMetadataList[] =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
inline constexpr char kMetadata[] = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

inline rapidjson::Document ParseJson(const std::string& text) {
  rapidjson::Document out;
  out.Parse(text.c_str());
  EXPECT_FALSE(out.HasParseError()) << text.substr(0, 500);
  return out;
}

// What a client holds: revisions by namespace and name.
using Held = std::map<std::string, std::string>;

inline std::string KeyOf(const rapidjson::Value& object) {
  const auto& metadata = object["metadata"];
  const std::string name = metadata["name"].GetString();
  if (!metadata.HasMember("namespace")) return name;
  return metadata["namespace"].GetString() + ("/" + name);
}

// One open watch.
class WatchReader {
 public:
  WatchReader(KubernetesApi& api, HttpResponse response)
      : api_(api), response_(std::move(response)) {
    std::string chunk;
    while (response_.source && response_.source(&chunk)) pending_ += chunk;
  }

  int status() const { return response_.status; }
  // Whole events that have come by now.
  std::vector<rapidjson::Document> Events() {
    api_.watches().Tell();
    std::string pieces;
    if (response_.push) {
      ended_ = response_.push->Take(&pieces) != PushBody::State::kOpen;
    }
    pending_ += pieces;
    std::vector<rapidjson::Document> out;
    for (size_t end = 0; (end = pending_.find('\n')) != std::string::npos;) {
      out.push_back(ParseJson(pending_.substr(0, end)));
      pending_.erase(0, end + 1);
    }
    return out;
  }
  bool ended() const { return ended_; }
  const std::string& rest() const { return pending_; }  // of a line that has not ended

 private:
  KubernetesApi& api_;
  HttpResponse response_;
  std::string pending_;
  bool ended_ = false;
};

class KubernetesApiTest : public ::testing::Test {
 protected:
  static ModelOptions Options() {
    ModelOptions out;
    out.nodes = 4;
    out.pods_per_node = 12;
    out.deployments = 6;
    out.churn_per_minute = 30;
    return out;
  }

  HttpResponse Serve(const std::string& target, const std::string& accept = "",
                     const std::string& authorization = "") {
    HttpRequest request;
    const auto parsed = ParseTarget(target);
    EXPECT_TRUE(parsed.ok()) << target;
    request.path = parsed->path;
    request.segments = parsed->segments;
    request.query = parsed->query;
    if (!accept.empty()) request.headers.emplace_back("accept", accept);
    if (!authorization.empty()) request.headers.emplace_back("authorization", authorization);
    return api_.Serve(request);
  }
  rapidjson::Document Get(const std::string& target, const std::string& accept = "") {
    HttpResponse response = Serve(target, accept);
    std::string chunk;
    while (response.source && response.source(&chunk)) response.body += chunk;
    status_ = response.status;
    return ParseJson(response.body);
  }
  WatchReader Watch(const std::string& target, const std::string& accept = "") {
    return {api_, Serve(target, accept)};
  }
  Held HeldOf(const rapidjson::Value& list) {
    Held out;
    for (const auto& item : list["items"].GetArray()) {
      EXPECT_TRUE(out.emplace(KeyOf(item), item["metadata"]["resourceVersion"].GetString()).second);
    }
    return out;
  }
  static std::string VersionOf(const rapidjson::Value& object) {
    return object["metadata"]["resourceVersion"].GetString();
  }

  FakeClock clock_;
  KubernetesApi api_{Options(), clock_};
  int status_ = 0;  // of the last Get
};

}  // namespace kubemonitor::testing

#endif  // KUBEMONITOR_SIMULATOR_KUBERNETES_KUBERNETES_API_TESTING_H_
