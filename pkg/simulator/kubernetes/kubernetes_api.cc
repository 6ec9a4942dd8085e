#include "simulator/kubernetes/kubernetes_api.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "simulator/kubernetes/list.h"

namespace kubemonitor {
namespace {

constexpr char kVersion[] =
    R"({"major":"1","minor":"34","gitVersion":"v1.34.1+simulated","gitCommit":"",)"
    R"("gitTreeState":"clean","buildDate":"2025-09-09T19:37:45Z","goVersion":"go1.24.6",)"
    R"("compiler":"gc","platform":"linux/amd64"})";
// Enough for some clients of nine resources each that all wait for their answers.
constexpr int kWorkers = 32;
constexpr size_t kMaxPushStreams = 900;

HttpResponse Plain(std::string type, std::string body) {
  HttpResponse out;
  out.headers = {{"Content-Type", std::move(type)}};
  out.body = std::move(body);
  return out;
}

ApiError TooLargeVersion(Revision asked, Revision now) {
  return {504, "Timeout", fmt::format("Too large resource version: {}, current: {}", asked, now), 1,
          "ResourceVersionTooLarge"};
}

}  // namespace

KubernetesApi::KubernetesApi(const ModelOptions& options, const Clock& clock)
    : model_(options),
      objects_(model_),
      revisions_(clock),
      journal_(objects_.context(), revisions_.Now()),
      watches_(objects_, journal_, revisions_),
      faults_(watches_, journal_, revisions_) {}

bool KubernetesApi::IsControl(const HttpRequest& request) {
  return request.segments == std::vector<std::string>{"control"};
}

void KubernetesApi::Stop() { faults_.Stop(); }

HttpResponse KubernetesApi::Serve(const HttpRequest& request) {
  if (IsControl(request)) return faults_.Control(request);
  const std::optional<ApiPath> path = ParseApiPath(request);
  const auto resource = path ? std::optional(path->resource) : std::nullopt;
  if (auto answer = faults_.Before(resource, request)) return *std::move(answer);
  if (!path) {
    const std::string name = request.segments.empty() ? "" : request.segments[0];
    if (request.segments.size() == 1 && name == "version") {
      return Plain("application/json", kVersion);
    }
    if (request.segments.size() == 1 &&
        (name == "livez" || name == "readyz" || name == "healthz")) {
      return Plain("text/plain", "ok");
    }
    return ErrorResponse({404, "NotFound", "the server could not find the requested resource"});
  }
  auto parsed = ParseApiRequest(*path, request);
  if (const auto* error = std::get_if<ApiError>(&parsed)) return ErrorResponse(*error);
  const auto& asked = std::get<ApiRequest>(parsed);
  return asked.watch ? Watch(asked) : List(asked);
}

// As of which version to list.
ApiResult<Revision> KubernetesApi::ListRevision(const ApiRequest& request) {
  const Revision now = revisions_.Now();
  if (request.token) {
    const Revision wanted = request.token->revision;
    if (wanted == 0) return now;
    if (wanted > now) return BadRequest("continue key is not valid");
    if (wanted >= journal_.compacted(now)) return wanted;
    ApiError error = Expired(
        "The provided continue parameter is too old to display a consistent list result. You can "
        "start a new list without the continue parameter, or use the continue token in this "
        "response to retrieve the remainder of the results.");
    ContinueToken rest = *request.token;
    rest.revision = 0;
    error.continue_token = FormatToken(rest);
    return error;
  }
  const Revision asked = request.version.value_or(0);
  if (asked == 0) return now;
  if (asked > now) return TooLargeVersion(asked, now);
  const bool exact = request.match == VersionMatch::kExact ||
                     (request.match == VersionMatch::kNone && request.limit > 0);
  if (!exact) return now;
  if (asked < journal_.compacted(now)) {
    return Expired(fmt::format("The resourceVersion for the provided list is too old: {}", asked));
  }
  return asked;
}

HttpResponse KubernetesApi::List(const ApiRequest& request) {
  auto revision = ListRevision(request);
  if (const auto* error = std::get_if<ApiError>(&revision)) return ErrorResponse(*error);
  const Revision at = std::get<Revision>(revision);
  faults_.CountList(request.resource);
  ListPage page = faults_.empty() ? EmptyPage(at) : MakePage(objects_, request, at);
  return ListResponse(objects_, request, std::move(page));
}

HttpResponse KubernetesApi::Watch(const ApiRequest& request) {
  const Revision now = revisions_.Now();
  const Revision asked = request.version.value_or(0);
  if (asked > now) return ErrorResponse(TooLargeVersion(asked, now));
  // Else the watch itself says it, with its first event.
  if (asked != 0 && asked < journal_.compacted(now) && faults_.gone_by_status()) {
    return ErrorResponse(Expired(fmt::format("too old resource version: {}", asked)));
  }
  faults_.CountWatch(request.resource);
  HttpResponse out;
  out.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-cache, private"}};
  out.compressible = false;
  if (asked == 0 && !faults_.empty()) {
    out.source = AddedEvents(objects_, request, MakePage(objects_, request, now));
  }
  out.push = watches_.Open(request, asked == 0 ? now : asked);
  return out;
}

KubernetesServer::KubernetesServer(std::unique_ptr<KubernetesApi> api,
                                   std::unique_ptr<HttpServer> server)
    : api_(std::move(api)), server_(std::move(server)) {}

KubernetesServer::~KubernetesServer() {
  api_->Stop();
  server_->Stop(std::chrono::seconds(2));
}

absl::StatusOr<std::unique_ptr<KubernetesServer>> KubernetesServer::Create(
    const std::string& address, const ModelOptions& options, const Clock& clock) {
  auto api = std::make_unique<KubernetesApi>(options, clock);
  HttpServerOptions http;
  http.worker_threads = kWorkers;
  http.max_push_streams = kMaxPushStreams;
  HttpListener listener;
  listener.address = address;
  listener.handler = [served = api.get()](const HttpRequest& request) {
    return served->Serve(request);
  };
  listener.check_host = false;  // what it tells is nobody's secret
  listener.urgent = KubernetesApi::IsControl;
  auto server = HttpServer::Create(std::move(http), {std::move(listener)});
  if (!server.ok()) return server.status();
  return std::unique_ptr<KubernetesServer>(
      new KubernetesServer(std::move(api), *std::move(server)));
}

}  // namespace kubemonitor
