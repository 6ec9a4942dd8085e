#include "apiserver/dashboard/dashboard.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/text.h"
#include "http/content_coding.h"
#include "http/problem.h"

namespace kubemonitor {
namespace {

constexpr std::string_view kIndex = "index.html";
constexpr std::string_view kHashedFolder = "assets";

// What a page may do: run and show what came from here, and ask only this server. Whatever text of
// the cluster ends up in the page, it runs nowhere and goes nowhere.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

constexpr std::string_view kLeftOutPage = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>kubemonitor</title>
<h1>kubemonitor</h1>
<p>The API server is running, but the dashboard was left out of this build:
npm was not found when it was built, or the option <code>KUBEMONITOR_DASHBOARD</code> is <code>OFF</code>.</p>
<p>To have it, install npm (on Debian 12: <code>apt-get install npm brotli</code>) and build again with
<code>scripts/build.sh</code>.</p>
<p>The REST API is there: <a href="/api/v1/nodes">/api/v1/nodes</a>,
<a href="/api/v1/status">/api/v1/status</a>, <a href="/openapi.json">/openapi.json</a>.</p>
</html>
)";

struct Representation {
  std::string_view content;
  std::string_view coding;      // of Content-Encoding; empty: none
  std::string_view tag_suffix;  // another representation is another entity (RFC 9110 §8.8.3)
};

// What the client likes best; of equals the shortest.
Representation Choose(const Asset& asset, std::string_view accept_encoding) {
  const CodingWeights weights = ParseAcceptEncoding(accept_encoding);
  Representation best{asset.identity, "", ""};
  int best_weight = std::max(weights.identity, 1);  // the last resort, even if it is refused
  if (!asset.gzip.empty() && weights.gzip >= best_weight) {
    best = {asset.gzip, "gzip", "-gz"};
    best_weight = weights.gzip;
  }
  if (!asset.brotli.empty() && weights.brotli >= best_weight) {
    best = {asset.brotli, "br", "-br"};
  }
  return best;
}

std::string HeaderOf(const HttpRequest& request, std::string_view name) {
  std::string joined;
  for (const auto& [key, value] : request.headers) {
    if (key != name) continue;
    if (!joined.empty()) joined += ",";
    joined += value;
  }
  return joined;
}

// If-None-Match: `"a", W/"b"` or `*`.
bool Matches(std::string_view condition, std::string_view tag) {
  while (!condition.empty()) {
    const size_t comma = std::min(condition.find(','), condition.size());
    std::string_view one = condition.substr(0, comma);
    condition.remove_prefix(std::min(comma + 1, condition.size()));
    while (!one.empty() && (one.front() == ' ' || one.front() == '\t')) one.remove_prefix(1);
    while (!one.empty() && (one.back() == ' ' || one.back() == '\t')) one.remove_suffix(1);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == tag || one == "*") return true;
  }
  return false;
}

void AddPageHeaders(HttpResponse* response) {
  response->headers.emplace_back("Content-Security-Policy", kContentSecurityPolicy);
  response->headers.emplace_back("Referrer-Policy", "no-referrer");
  response->headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
}

HttpResponse AnswerAsset(const Asset& asset, const HttpRequest& request) {
  const Representation chosen = Choose(asset, HeaderOf(request, "accept-encoding"));
  const std::string tag = fmt::format("\"{}{}\"", asset.digest, chosen.tag_suffix);
  HttpResponse response;
  response.compressible = false;
  response.headers = {{"ETag", tag}, {"Vary", "Accept-Encoding"}};
  response.headers.emplace_back("Cache-Control",
                                asset.hashed ? "public, max-age=31536000, immutable" : "no-cache");
  if (Matches(HeaderOf(request, "if-none-match"), tag)) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("Content-Type", asset.content_type);
  if (!chosen.coding.empty()) response.headers.emplace_back("Content-Encoding", chosen.coding);
  if (asset.content_type.starts_with("text/html")) AddPageHeaders(&response);
  response.body = chosen.content;
  return response;
}

HttpResponse LeftOut() {
  HttpResponse response;
  response.headers = {{"Content-Type", "text/html; charset=utf-8"}, {"Cache-Control", "no-store"}};
  AddPageHeaders(&response);
  response.body = kLeftOutPage;
  return response;
}

HttpResponse NotFound(const HttpRequest& request) {
  constexpr size_t kPathInMessage = 200;
  return MakeProblem(404, "",
                     fmt::format("there is no {}; the dashboard is at /, /openapi.json has all "
                                 "paths of the API",
                                 QuoteForMessage(request.path, kPathInMessage)),
                     {{"Cache-Control", "no-store"}});
}

// "favicon.ico", "assets/…": not a place in the dashboard. Names of nodes and pods have dots too,
// and stand behind another segment.
bool LooksLikeFile(const std::vector<std::string>& segments) {
  if (segments.empty()) return false;
  if (segments[0] == kHashedFolder) return true;
  return segments.size() == 1 && segments[0].find('.') != std::string::npos;
}

class Dashboard {
 public:
  explicit Dashboard(std::span<const Asset> assets) : assets_(assets), index_(Find(kIndex)) {}

  HttpResponse Answer(const HttpRequest& request) const {
    std::string path;
    bool plain = true;  // no segment has a '/' of its own
    for (const std::string& segment : request.segments) {
      plain = plain && segment.find('/') == std::string::npos;
      if (!path.empty()) path += '/';
      path += segment;
    }
    const Asset* asset = plain ? Find(path) : nullptr;
    if (asset != nullptr) return AnswerAsset(*asset, request);
    if (index_ == nullptr) {
      const bool page = path.empty() || path == kIndex;
      return page ? LeftOut() : NotFound(request);
    }
    return LooksLikeFile(request.segments) ? NotFound(request) : AnswerAsset(*index_, request);
  }

 private:
  const Asset* Find(std::string_view path) const {
    const auto found = std::find_if(assets_.begin(), assets_.end(),
                                    [path](const Asset& asset) { return asset.path == path; });
    return found == assets_.end() ? nullptr : &*found;
  }

  const std::span<const Asset> assets_;
  const Asset* const index_;
};

}  // namespace

Handler MakeDashboardHandler(std::span<const Asset> assets) {
  return [dashboard = Dashboard(assets)](const HttpRequest& request) {
    return dashboard.Answer(request);
  };
}

}  // namespace kubemonitor
