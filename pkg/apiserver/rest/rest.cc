#include "apiserver/rest/rest.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "apiserver/query/findings.h"
#include "apiserver/query/name_index.h"
#include "apiserver/rest/answer_cache.h"
#include "apiserver/rest/openapi.h"
#include "apiserver/rest/overview_json.h"
#include "apiserver/rest/parameters.h"
#include "apiserver/rest/resources.h"
#include "apiserver/rest/routes.h"
#include "common/json_writer.h"
#include "common/text.h"
#include "http/problem.h"

namespace kubemonitor {
namespace {

uint64_t RandomInstance() {
  std::random_device random;
  return uint64_t{random()} << 32 | random();
}

HttpResponse PlainText(std::string text) {
  HttpResponse response;
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}};
  response.body = std::move(text);
  return response;
}

HttpResponse UnknownPath(const HttpRequest& request) {
  constexpr size_t kPathInMessage = 200;
  constexpr size_t kNearest = 3;
  std::string known;
  for (const std::string_view path : NearestPaths(request.segments, kNearest)) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", path);
  }
  return MakeProblem(404, "",
                     fmt::format("there is no path {}; the nearest are {}; /openapi.json has all",
                                 QuoteForMessage(request.path, kPathInMessage), known));
}

HttpResponse NotReady(const Readiness& readiness) {
  return MakeProblem(503, "", readiness.reason,
                     {{"Retry-After", fmt::format("{}", readiness.retry_after_seconds)}});
}

std::string IndexJson(const VersionInfo& version) {
  JsonWriter json;
  json.StartObject();
  json.TextField("name", "kubemonitor");
  json.TextField("version", version.version);
  json.Key("paths");
  json.StartArray();
  for (const Route& route : Routes()) json.String(route.path);
  json.EndArray();
  json.EndObject();
  std::string text;
  json.Take(&text);
  return text + "\n";
}

bool IsHealthRoute(RouteId id) {
  return id == RouteId::kHealthz || id == RouteId::kLivez || id == RouteId::kReadyz;
}

// What is made of samples.
bool IsShared(const Route& route) {
  return route.kind || route.id == RouteId::kFindings || route.id == RouteId::kSearch;
}

bool IsHealthProbe(const HttpRequest& request) {
  const std::optional<RouteMatch> match = MatchRoute(request.segments);
  return match && IsHealthRoute(match->route->id);
}

// The words that paths of the API begin with.
bool BeginsPathOfTheApi(std::string_view segment) {
  for (const std::string_view word : {"api", "healthz", "livez", "readyz", "version"}) {
    if (segment == word) return true;
  }
  return segment.starts_with("openapi");
}

// "/" is the dashboard's, unless a program asks for JSON.
bool IsOfTheApi(const HttpRequest& request, const std::optional<RouteMatch>& match) {
  if (!match || match->route->id != RouteId::kRoot) {
    return !request.segments.empty() && BeginsPathOfTheApi(request.segments[0]);
  }
  for (const auto& [name, value] : request.headers) {
    if (name != "accept") continue;
    return value.find("application/json") != std::string::npos &&
           value.find("text/html") == std::string::npos;
  }
  return false;
}

class RestApi {
 public:
  explicit RestApi(RestOptions options)
      : options_(std::move(options)),
        instance_(RandomInstance()),
        findings_(std::make_unique<FindingsCache>(*options_.store, options_.cluster)),
        names_(std::make_unique<NameIndexCache>(*options_.store, options_.cluster)) {
    if (options_.visibility == nullptr) options_.visibility = &EverythingVisible();
    if (options_.share_answers) {
      answers_ = std::make_unique<AnswerCache>(options_.ticks->watch(), *options_.clock);
    }
  }

  HttpResponse Answer(const HttpRequest& request) const {
    const std::optional<RouteMatch> match = MatchRoute(request.segments);
    if (options_.site && !IsOfTheApi(request, match)) return options_.site(request);
    if (!match) return UnknownPath(request);
    if (answers_ == nullptr || !IsShared(*match->route)) return Make(*match, request);
    return answers_->Answer(request, [&](const HttpRequest& asked) { return Make(*match, asked); });
  }

  HttpResponse AnswerHealthOnly(const HttpRequest& request) const {
    const std::optional<RouteMatch> match = MatchRoute(request.segments);
    if (match && IsHealthRoute(match->route->id)) return Health(match->route->id);
    return MakeProblem(404, "", "this address answers /healthz, /livez and /readyz alone");
  }

 private:
  HttpResponse Make(const RouteMatch& match, const HttpRequest& request) const {
    if (match.route->kind) return Resource(match, request);
    Parameters parameters;
    if (match.route->query == QueryHandling::kChecked) {
      absl::StatusOr<Parameters> checked = ParseParameters(*match.route, request.query);
      if (!checked.ok()) return ProblemOf(checked.status());
      parameters = *std::move(checked);
    }
    switch (match.route->id) {
      case RouteId::kStatus:
        return JsonResponse(StatusJson(*options_.store, options_.status(), options_.version,
                                       options_.clock->WallMs(), options_.clock->BootUsec()));
      case RouteId::kFindings:
      case RouteId::kSearch:
        return Overview(match.route->id, parameters);
      case RouteId::kStream:
        return options_.ticks ? options_.ticks->Open() : UnknownPath(request);
      case RouteId::kVersion:
        return JsonResponse(VersionJson(options_.version));
      case RouteId::kOpenApi:
        return JsonResponse(std::string(OpenApiJson()));
      case RouteId::kIndex:
      case RouteId::kRoot:
        return JsonResponse(IndexJson(options_.version));
      default:
        return Health(match.route->id);
    }
  }

  Readiness CurrentReadiness() const {
    return CheckReadiness(*options_.store, options_.status(), options_.clock->WallMs(),
                          options_.clock->BootUsec());
  }

  HttpResponse Health(RouteId id) const {
    if (id == RouteId::kReadyz) {
      const Readiness readiness = CurrentReadiness();
      if (!readiness.ready) return NotReady(readiness);
    }
    return PlainText("ok");
  }

  HttpResponse Overview(RouteId id, const Parameters& parameters) const {
    if (const Readiness readiness = CurrentReadiness(); !readiness.ready) {
      return NotReady(readiness);
    }
    const int64_t now_ms = options_.clock->WallMs();
    if (id == RouteId::kFindings) return JsonResponse(FindingsJson(*findings_->Get(now_ms)));
    constexpr uint64_t kDefaultLimit = 20;
    constexpr uint64_t kMostLimit = 1'000;
    const uint64_t limit = std::min(parameters.limit.value_or(kDefaultLimit), kMostLimit);
    const NameMatches matches =
        parameters.text ? names_->Get(now_ms)->Search(*parameters.text, limit, *options_.visibility)
                        : NameMatches();
    return JsonResponse(SearchJson(matches));
  }

  HttpResponse Resource(const RouteMatch& match, const HttpRequest& request) const {
    ResourceContext context;
    context.store = options_.store;
    context.visibility = options_.visibility;
    context.findings = findings_.get();
    if (options_.lists != nullptr && !WantsItsOwn(request)) {
      context.lists = options_.lists.get();
      context.newest_tick_ms = options_.ticks->watch().Newest();
    }
    if (options_.cluster != nullptr) context.cluster = options_.cluster->cluster();
    context.now_ms = options_.clock->WallMs();
    context.monotonic_ms = static_cast<int64_t>(options_.clock->BootUsec() / 1000);
    context.instance = instance_;
    HttpResponse response = AnswerResource(context, match, request.query);
    if (response.status != 200 && response.status != 404) return response;
    const Readiness readiness = CurrentReadiness();
    return readiness.ready ? std::move(response) : NotReady(readiness);
  }

  RestOptions options_;
  const uint64_t instance_;
  const std::unique_ptr<FindingsCache> findings_;
  const std::unique_ptr<NameIndexCache> names_;
  std::unique_ptr<AnswerCache> answers_;  // null: every question is answered anew
};

}  // namespace

Handler MakeRestHandler(RestOptions options) {
  auto api = std::make_shared<const RestApi>(std::move(options));
  return [api](const HttpRequest& request) { return api->Answer(request); };
}

Handler MakeHealthHandler(RestOptions options) {
  auto api = std::make_shared<const RestApi>(std::move(options));
  return [api](const HttpRequest& request) { return api->AnswerHealthOnly(request); };
}

HttpListener MakeRestListener(std::string address, RestOptions options) {
  HttpListener listener;
  listener.address = std::move(address);
  listener.handler = MakeRestHandler(std::move(options));
  listener.urgent = IsHealthProbe;
  return listener;
}

HttpListener MakeHealthListener(std::string address, RestOptions options) {
  HttpListener listener;
  listener.address = std::move(address);
  listener.handler = MakeHealthHandler(std::move(options));
  listener.check_host = false;  // kubelets probe by address
  listener.urgent = IsHealthProbe;
  return listener;
}

}  // namespace kubemonitor
