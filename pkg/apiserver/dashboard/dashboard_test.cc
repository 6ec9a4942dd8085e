#include "apiserver/dashboard/dashboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http/target.h"

namespace kubemonitor {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr Asset kAssets[] = {
    {.path = "assets/index-Bx3kQ9aZ.js",
     .content_type = "text/javascript; charset=utf-8",
     .digest = "0a",
     .hashed = true,
     .identity = "plain js",
     .gzip = "gzip js",
     .brotli = "brotli js"},
    {.path = "favicon.svg",
     .content_type = "image/svg+xml",
     .digest = "0b",
     .identity = "plain svg"},
    {.path = "index.html",
     .content_type = "text/html; charset=utf-8",
     .digest = "0c",
     .identity = "plain html",
     .gzip = "gzip html"},
};

class DashboardTest : public ::testing::Test {
 protected:
  HttpResponse Ask(const std::string& target, NameValueList headers = {}) {
    HttpRequest request;
    const auto parsed = ParseTarget(target);
    EXPECT_TRUE(parsed.ok()) << target;
    request.path = parsed->path;
    request.segments = parsed->segments;
    request.headers = std::move(headers);
    return handler_(request);
  }
  static std::string HeaderOf(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }

  Handler handler_ = MakeDashboardHandler(kAssets);
};

TEST_F(DashboardTest, FilesAreAnsweredUnderTheirNames) {
  const HttpResponse script = Ask("/assets/index-Bx3kQ9aZ.js");
  EXPECT_EQ(script.status, 200);
  EXPECT_EQ(script.body, "plain js");
  EXPECT_EQ(HeaderOf(script, "Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(HeaderOf(script, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(HeaderOf(script, "ETag"), "\"0a\"");
  EXPECT_EQ(HeaderOf(script, "Vary"), "Accept-Encoding");
  EXPECT_EQ(HeaderOf(script, "Content-Security-Policy"), "");
  const HttpResponse icon = Ask("/favicon.svg");
  EXPECT_EQ(icon.body, "plain svg");
  EXPECT_EQ(HeaderOf(icon, "Cache-Control"), "no-cache");
}

TEST_F(DashboardTest, PlacesInTheDashboardAreThePage) {
  for (const char* path : {"/", "/index.html", "/nodes", "/nodes/ip-10-0-0-1.ec2.internal",
                           "/pods/default/web.0", "/workloads/", "/a/../b"}) {
    const HttpResponse page = Ask(path);
    EXPECT_EQ(page.status, 200) << path;
    EXPECT_EQ(page.body, "plain html") << path;
    EXPECT_EQ(HeaderOf(page, "Cache-Control"), "no-cache");
  }
}

TEST_F(DashboardTest, ThePageMayDoLittle) {
  const HttpResponse page = Ask("/");
  const std::string policy = HeaderOf(page, "Content-Security-Policy");
  EXPECT_THAT(policy, StartsWith("default-src 'none'; script-src 'self'; "));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(HeaderOf(page, "Referrer-Policy"), "no-referrer");
  EXPECT_EQ(HeaderOf(page, "Cross-Origin-Opener-Policy"), "same-origin");
}

TEST_F(DashboardTest, WhatLooksLikeAFileAndIsNoneIsNotFound) {
  for (const char* path : {"/favicon.ico", "/assets/index-old.js", "/assets", "/assets/",
                           "/assets/../index.html", "/assets%2Findex-Bx3kQ9aZ.js"}) {
    const HttpResponse response = Ask(path);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_EQ(HeaderOf(response, "Content-Type"), "application/problem+json");
  }
}

struct Negotiation {
  std::string accept_encoding;
  std::string body;
};

TEST_F(DashboardTest, TheClientChoosesTheCoding) {
  const std::vector<Negotiation> cases = {
      {"", "plain js"},
      {"gzip, deflate, br, zstd", "brotli js"},
      {"gzip", "gzip js"},
      {"br;q=0.5, gzip", "gzip js"},
      {"br;q=0.5, gzip;q=0.2, identity", "plain js"},
      {"*", "brotli js"},
      {"*, br;q=0", "gzip js"},
      {"identity;q=0, gzip;q=0.001", "gzip js"},
      {"identity;q=0", "plain js"},
      {"deflate", "plain js"},
      {"br;q=x", "plain js"},
  };
  for (const Negotiation& negotiation : cases) {
    const HttpResponse response =
        Ask("/assets/index-Bx3kQ9aZ.js", {{"accept-encoding", negotiation.accept_encoding}});
    EXPECT_EQ(response.body, negotiation.body) << negotiation.accept_encoding;
    const std::string coding = negotiation.body.substr(0, negotiation.body.find(' '));
    const bool brotli = coding == "brotli";
    EXPECT_EQ(HeaderOf(response, "Content-Encoding"), coding == "plain" ? ""
                                                      : brotli          ? "br"
                                                                        : "gzip");
    EXPECT_EQ(HeaderOf(response, "ETag"), coding == "plain" ? "\"0a\""
                                          : brotli          ? "\"0a-br\""
                                                            : "\"0a-gz\"");
    EXPECT_FALSE(response.compressible);
  }
  EXPECT_EQ(Ask("/", {{"accept-encoding", "br"}}).body, "plain html") << "there is no brotli of it";
}

TEST_F(DashboardTest, WhatTheClientHasIsNotSentAgain) {
  const std::string gzip_tag = "\"0a-gz\"";
  for (const std::string& condition :
       {gzip_tag, std::string("\"x\", W/\"0a-gz\""), std::string("*"), "\"y\"," + gzip_tag}) {
    const HttpResponse response = Ask("/assets/index-Bx3kQ9aZ.js",
                                      {{"accept-encoding", "gzip"}, {"if-none-match", condition}});
    EXPECT_EQ(response.status, 304) << condition;
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(HeaderOf(response, "ETag"), gzip_tag);
    EXPECT_EQ(HeaderOf(response, "Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(HeaderOf(response, "Vary"), "Accept-Encoding");
  }
  for (const char* condition : {"\"0a\"", "0a-gz", "", ",", "\"0b-gz\""}) {
    const HttpResponse response = Ask("/assets/index-Bx3kQ9aZ.js",
                                      {{"accept-encoding", "gzip"}, {"if-none-match", condition}});
    EXPECT_EQ(response.status, 200) << condition;
  }
}

TEST_F(DashboardTest, WithoutFilesThePageSaysSo) {
  const Handler empty = MakeDashboardHandler({});
  HttpRequest request;
  const HttpResponse page = empty(request);
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(HeaderOf(page, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.body, HasSubstr("was left out of this build"));
  EXPECT_THAT(page.body, HasSubstr("KUBEMONITOR_DASHBOARD"));
  request.path = "/nodes";
  request.segments = {"nodes"};
  EXPECT_EQ(empty(request).status, 404);
}

TEST(EmbeddedAssetsTest, AreWhole) {
  for (const Asset& asset : EmbeddedAssets()) {
    EXPECT_FALSE(asset.path.empty());
    EXPECT_EQ(asset.digest.size(), 32u) << asset.path;
    EXPECT_FALSE(asset.content_type.empty()) << asset.path;
    EXPECT_FALSE(asset.identity.empty()) << asset.path;
    EXPECT_TRUE(asset.gzip.empty() || asset.gzip.starts_with("\x1f\x8b")) << asset.path;
    EXPECT_LT(asset.gzip.size(), asset.identity.size()) << asset.path;
    EXPECT_LT(asset.brotli.size(), asset.identity.size()) << asset.path;
  }
}

}  // namespace
}  // namespace kubemonitor
