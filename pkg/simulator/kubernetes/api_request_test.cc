#include "simulator/kubernetes/api_request.h"

#include <gtest/gtest.h>

#include "http/target.h"

namespace kubemonitor {
namespace {

HttpRequest Request(const std::string& target, const std::string& accept = "") {
  HttpRequest out;
  const auto parsed = ParseTarget(target);
  EXPECT_TRUE(parsed.ok()) << target;
  out.path = parsed->path;
  out.segments = parsed->segments;
  out.query = parsed->query;
  if (!accept.empty()) out.headers = {{"accept", accept}};
  return out;
}

ApiResult<ApiRequest> Parse(const std::string& query, const std::string& accept = "") {
  const HttpRequest request = Request("/api/v1/pods?" + query, accept);
  return ParseApiRequest(*ParseApiPath(request), request);
}

int CodeOf(const std::string& query, const std::string& accept = "") {
  const auto parsed = Parse(query, accept);
  return std::holds_alternative<ApiError>(parsed) ? std::get<ApiError>(parsed).code : 200;
}

TEST(ApiRequest, Paths) {
  const auto kind_of = [](const std::string& path) {
    const auto parsed = ParseApiPath(Request(path));
    if (!parsed) return std::string("404");
    return std::string(InfoOf(parsed->resource).kind) + " " + parsed->namespace_name;
  };
  EXPECT_EQ(kind_of("/api/v1/pods"), "Pod ");
  EXPECT_EQ(kind_of("/api/v1/namespaces"), "Namespace ");
  EXPECT_EQ(kind_of("/api/v1/namespaces/shop/pods"), "Pod shop");
  EXPECT_EQ(kind_of("/apis/apps/v1/namespaces/shop/deployments"), "Deployment shop");
  EXPECT_EQ(kind_of("/apis/batch/v1/cronjobs"), "CronJob ");
  for (const char* path :
       {"/", "/api/v1", "/api/v2/pods", "/apis/apps/v1/pods", "/api/v1/deployments",
        "/apis/batch/v1beta1/jobs", "/api/v1/namespaces/shop", "/api/v1/namespaces/shop/nodes",
        "/api/v1/pods/", "/api/v1/secrets", "/api/v1/namespaces/shop/pods/web"}) {
    EXPECT_EQ(kind_of(path), "404") << path;
  }
}

TEST(ApiRequest, WhatIsAcceptedDecidesTheForm) {
  const auto metadata_only = [](const std::string& query, const std::string& accept) {
    const auto parsed = Parse(query, accept);
    return std::holds_alternative<ApiRequest>(parsed) && std::get<ApiRequest>(parsed).metadata_only;
  };
  const std::string list = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
  const std::string watch = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
  EXPECT_TRUE(metadata_only("", list));
  EXPECT_TRUE(metadata_only("", "application/cbor, " + list + ", application/json"));
  EXPECT_TRUE(metadata_only("watch=true", watch));
  EXPECT_FALSE(metadata_only("", "application/json, " + list));
  for (const char* accept : {"", "application/json", "*/*", "application/*;q=0.5",
                             "application/json;as=Table;g=meta.k8s.io;v=v1,application/json"}) {
    EXPECT_EQ(CodeOf("", accept), 200) << accept;
    EXPECT_FALSE(metadata_only("", accept));
  }
  EXPECT_EQ(CodeOf("", watch), 406) << "a list of them is asked for otherwise";
  EXPECT_EQ(CodeOf("watch=1", list), 406);
  EXPECT_EQ(CodeOf("", "application/vnd.kubernetes.protobuf"), 406);
  EXPECT_EQ(CodeOf("", "text/html"), 406);
  EXPECT_EQ(CodeOf("", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v2"), 406);
}

TEST(ApiRequest, ParametersAreCheckedAsTheRealOneDoes) {
  for (const char* query :
       {"", "limit=500", "resourceVersion=0&limit=500", "resourceVersion=", "limit=0",
        "resourceVersion=5&resourceVersionMatch=Exact&limit=10", "unknown=1",
        "resourceVersion=0&resourceVersionMatch=NotOlderThan", "continue=v1.7.3.0.9&limit=1",
        "watch=true&resourceVersion=7&allowWatchBookmarks=true&timeoutSeconds=300",
        "labelSelector=app%3Dweb&fieldSelector=spec.nodeName%3Dnode-1"}) {
    EXPECT_EQ(CodeOf(query), 200) << query;
  }
  for (const char* query :
       {"resourceVersion=abc", "resourceVersion=-1", "limit=-1", "limit=x", "continue=what",
        "continue=v1.1.2", "continue=v1.1.2.3.4.5", "continue=v1.1.99999999999.0",
        "continue=v1.7.3.0&resourceVersion=7", "watch=true&limit=5", "watch=true&continue=v1.7.3.0",
        "timeoutSeconds=x", "timeoutSeconds=99999999999", "fieldSelector=x%3Dy"}) {
    EXPECT_EQ(CodeOf(query), 400) << query;
  }
  for (const char* query :
       {"resourceVersionMatch=Exact", "resourceVersion=0&resourceVersionMatch=Exact",
        "resourceVersion=5&resourceVersionMatch=Newest",
        "watch=true&resourceVersion=5&resourceVersionMatch=NotOlderThan",
        "resourceVersion=5&resourceVersionMatch=Exact&continue=v1.7.3.0",
        "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"}) {
    EXPECT_EQ(CodeOf(query), 422) << query;
  }
}

TEST(ApiRequest, TokensComeBack) {
  for (const ContinueToken& token :
       {ContinueToken{123, 7, 2, 99}, ContinueToken{UINT64_MAX, UINT32_MAX, 0, std::nullopt}}) {
    const auto parsed = ParseToken(FormatToken(token));
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->revision, token.revision);
    EXPECT_EQ(parsed->place, token.place);
    EXPECT_EQ(parsed->skip, token.skip);
    EXPECT_EQ(parsed->remaining, token.remaining);
  }
}

}  // namespace
}  // namespace kubemonitor
