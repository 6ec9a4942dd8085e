#include "simulator/kubernetes/api_request.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>
#include <vector>

#include "common/text.h"

namespace kubemonitor {
namespace {

std::optional<uint64_t> ParseNumber(std::string_view text) {
  uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || rest != end) return std::nullopt;
  return value;
}

std::vector<std::string_view> Split(std::string_view text, char at) {
  std::vector<std::string_view> out;
  for (;;) {
    const size_t found = text.find(at);
    out.push_back(text.substr(0, found));
    if (found == std::string_view::npos) return out;
    text.remove_prefix(found + 1);
  }
}

// The first value; an empty one counts as none.
std::string_view Parameter(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.query) {
    if (key == name) return value;
  }
  return {};
}

bool Flag(const HttpRequest& request, std::string_view name) {
  const std::string_view value = Parameter(request, name);
  return value == "true" || value == "1";
}

enum class Form : uint8_t { kNone, kWhole, kMetadata };

// "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
Form FormOf(std::string_view media, bool watch) {
  std::vector<std::string_view> parts = Split(media, ';');
  for (std::string_view& part : parts) {
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
  }
  const std::string_view type = parts[0];
  if (type != "application/json" && type != "application/*" && type != "*/*") return Form::kNone;
  std::string_view as, group, version;
  for (const std::string_view part : parts) {
    if (part.starts_with("as=")) as = part.substr(3);
    if (part.starts_with("g=")) group = part.substr(2);
    if (part.starts_with("v=")) version = part.substr(2);
  }
  if (as.empty()) return Form::kWhole;
  const bool meta = group == "meta.k8s.io" && version == "v1";
  const std::string_view wanted = watch ? "PartialObjectMetadata" : "PartialObjectMetadataList";
  return meta && as == wanted ? Form::kMetadata : Form::kNone;
}

// Of the Accept fields; the first one that can be served counts, whatever its weight.
Form AcceptedForm(const HttpRequest& request, bool watch) {
  bool any = false;
  for (const auto& [name, value] : request.headers) {
    if (name != "accept") continue;
    any = true;
    for (const std::string_view media : Split(value, ',')) {
      const Form form = FormOf(media, watch);
      if (form != Form::kNone) return form;
    }
  }
  return any ? Form::kNone : Form::kWhole;
}

std::optional<ApiError> ParseVersion(const HttpRequest& request, ApiRequest* out) {
  const std::string_view version = Parameter(request, "resourceVersion");
  if (!version.empty()) {
    out->version = ParseNumber(version);
    if (!out->version) {
      return BadRequest(
          fmt::format("resourceVersion: Invalid value: {}", QuoteForMessage(version, 100)));
    }
  }
  const std::string_view match = Parameter(request, "resourceVersionMatch");
  if (!Parameter(request, "sendInitialEvents").empty()) {
    return Invalid(
        "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the "
        "WatchList feature gate is enabled");
  }
  if (match.empty()) return std::nullopt;
  const auto forbidden = [](std::string_view why) {
    return Invalid(fmt::format("resourceVersionMatch: Forbidden: {}", why));
  };
  if (out->watch)
    return forbidden("it is forbidden for watch unless sendInitialEvents is provided");
  if (!out->version) return forbidden("it is forbidden unless resourceVersion is provided");
  if (!Parameter(request, "continue").empty()) return forbidden("it is forbidden with continue");
  if (match == "NotOlderThan") {
    out->match = VersionMatch::kNotOlderThan;
  } else if (match == "Exact" && *out->version != 0) {
    out->match = VersionMatch::kExact;
  } else if (match == "Exact") {
    return forbidden("Exact is forbidden for resourceVersion 0");
  } else {
    return Invalid(
        "resourceVersionMatch: Unsupported value: supported values: \"Exact\", "
        "\"NotOlderThan\"");
  }
  return std::nullopt;
}

std::optional<ApiError> ParsePage(const HttpRequest& request, ApiRequest* out) {
  const std::string_view limit = Parameter(request, "limit");
  const std::string_view token = Parameter(request, "continue");
  if (out->watch && (!limit.empty() || !token.empty())) {
    return BadRequest("limit and continue are not allowed with watch");
  }
  if (!limit.empty()) {
    const auto number = ParseNumber(limit);
    if (!number) {
      return BadRequest(fmt::format("limit: Invalid value: {}", QuoteForMessage(limit, 100)));
    }
    out->limit = *number;
  }
  if (token.empty()) return std::nullopt;
  if (out->version.value_or(0) != 0) {
    return BadRequest("specifying resource version is not allowed when using continue");
  }
  out->token = ParseToken(token);
  if (!out->token) return BadRequest("continue key is not valid");
  return std::nullopt;
}

}  // namespace

std::string FormatToken(const ContinueToken& token) {
  std::string out = fmt::format("v1.{}.{}.{}", token.revision, token.place, token.skip);
  if (token.remaining) out += fmt::format(".{}", *token.remaining);
  return out;
}

std::optional<ContinueToken> ParseToken(std::string_view text) {
  const std::vector<std::string_view> parts = Split(text, '.');
  if ((parts.size() != 4 && parts.size() != 5) || parts[0] != "v1") return std::nullopt;
  std::vector<uint64_t> numbers;
  for (size_t i = 1; i < parts.size(); ++i) {
    const auto number = ParseNumber(parts[i]);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  if (numbers[1] > UINT32_MAX || numbers[2] > UINT32_MAX) return std::nullopt;
  ContinueToken out;
  out.revision = numbers[0];
  out.place = static_cast<uint32_t>(numbers[1]);
  out.skip = static_cast<uint32_t>(numbers[2]);
  if (numbers.size() == 4) out.remaining = numbers[3];
  return out;
}

std::optional<ApiPath> ParseApiPath(const HttpRequest& request) {
  const std::vector<std::string>& path = request.segments;
  size_t at = 0;
  std::string_view group;
  if (path.size() > 2 && path[0] == "api" && path[1] == "v1") {
    at = 2;
  } else if (path.size() > 3 && path[0] == "apis" && path[2] == "v1") {
    group = path[1];
    at = 3;
  } else {
    return std::nullopt;
  }
  ApiPath out;
  if (path.size() == at + 3 && path[at] == "namespaces") {
    out.namespace_name = path[at + 1];
    at += 2;
  }
  if (path.size() != at + 1) return std::nullopt;
  for (size_t i = 0; i < kResources; ++i) {
    const ResourceInfo& info = kResourceInfos[i];
    if (info.name != path[at] || info.group != group) continue;
    if (!info.namespaced && !out.namespace_name.empty()) return std::nullopt;
    out.resource = static_cast<Resource>(i);
    return out;
  }
  return std::nullopt;
}

ApiResult<ApiRequest> ParseApiRequest(const ApiPath& path, const HttpRequest& request) {
  ApiRequest out;
  out.resource = path.resource;
  out.watch = Flag(request, "watch");
  out.bookmarks = Flag(request, "allowWatchBookmarks");
  const Form form = AcceptedForm(request, out.watch);
  if (form == Form::kNone) {
    return ApiError{406, "NotAcceptable",
                    "only the following media types are accepted: application/json, "
                    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"};
  }
  out.metadata_only = form == Form::kMetadata;
  if (auto error = ParseVersion(request, &out)) return *std::move(error);
  if (auto error = ParsePage(request, &out)) return *std::move(error);
  const std::string_view timeout = Parameter(request, "timeoutSeconds");
  if (!timeout.empty()) {
    constexpr uint64_t kYear = 365 * 86'400;
    const auto seconds = ParseNumber(timeout);
    if (!seconds || *seconds > kYear) {
      return BadRequest(
          fmt::format("timeoutSeconds: Invalid value: {}", QuoteForMessage(timeout, 100)));
    }
    if (*seconds > 0) out.timeout_seconds = static_cast<int64_t>(*seconds);
  }
  auto selector = Selector::Parse(path.resource, Parameter(request, "labelSelector"),
                                  Parameter(request, "fieldSelector"), path.namespace_name);
  if (auto* error = std::get_if<ApiError>(&selector)) return std::move(*error);
  out.selector = std::get<Selector>(std::move(selector));
  return out;
}

}  // namespace kubemonitor
