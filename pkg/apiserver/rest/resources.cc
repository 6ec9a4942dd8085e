#include "apiserver/rest/resources.h"

#include <absl/status/statusor.h>
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "apiserver/rest/continue_token.h"
#include "apiserver/rest/item_json.h"
#include "apiserver/rest/list.h"
#include "apiserver/rest/list_filters.h"
#include "apiserver/rest/parameters.h"
#include "apiserver/rest/selection.h"
#include "common/json_writer.h"
#include "common/text.h"
#include "http/problem.h"

namespace kubemonitor {
namespace {

int HttpStatusOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return 400;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kOutOfRange:
      return 410;
    case absl::StatusCode::kUnavailable:
      return 503;
    default:
      return 500;
  }
}

// InvalidArgument (400): not a token of this list. OutOfRange (410): its time is over.
absl::StatusOr<ContinueToken> CheckToken(const ResourceContext& context, uint64_t list_hash,
                                         const std::string& text) {
  const auto refused = [&text](std::string_view why) {
    return absl::InvalidArgumentError(
        fmt::format("parameter 'continue': {} is not allowed; {}", QuoteForMessage(text), why));
  };
  absl::StatusOr<ContinueToken> token = DecodeContinueToken(text);
  if (!token.ok()) {
    const absl::string_view why = token.status().message();
    return refused({why.data(), why.size()});
  }
  const int64_t age_ms = context.monotonic_ms - token->issued_ms;
  if (token->instance != context.instance) {
    return absl::OutOfRangeError(
        "parameter 'continue': the server was restarted since; begin the list again without it");
  }
  if (age_ms < 0 || age_ms > kContinueValidMs) {
    return absl::OutOfRangeError(
        fmt::format("parameter 'continue': it was valid for the {} s after the list's first page; "
                    "begin the list again without it",
                    kContinueValidMs / 1000));
  }
  if (token->list_hash != list_hash) {
    return refused(
        "it belongs to another list: path and parameters, 'limit' apart, must be those of the page "
        "that gave it");
  }
  return token;
}

absl::StatusOr<std::shared_ptr<OrderedList>> MakeList(const ResourceContext& context,
                                                      const RouteMatch& match,
                                                      const Parameters& parameters) {
  absl::StatusOr<std::unique_ptr<Query>> query = Query::Create(
      *context.store, context.now_ms, parameters.query, *context.visibility, context.cluster);
  if (!query.ok()) return query.status();
  absl::StatusOr<std::vector<ItemRef>> refs = SelectList(query->get(), match, parameters);
  if (!refs.ok()) return refs.status();
  if (parameters.search) KeepNamed(query->get(), *parameters.search, &*refs);
  if (parameters.finding) {
    KeepFound(query->get(), *context.findings->Get(context.now_ms), *parameters.finding, &*refs);
  }
  return std::make_shared<OrderedList>(*std::move(query), *refs, parameters.sort);
}

HttpResponse AnswerList(const ResourceContext& context, const RouteMatch& match,
                        const NameValueList& raw, Parameters parameters) {
  const std::string question = ListQuestion(*match.route, match.arguments, raw);
  const uint64_t list_hash = ListHash(question);
  PageRequest request{parameters.limit, parameters.offset, std::nullopt};
  int64_t issued_ms = context.monotonic_ms;
  if (parameters.continue_token) {
    absl::StatusOr<ContinueToken> token =
        CheckToken(context, list_hash, *parameters.continue_token);
    if (!token.ok()) return ProblemOf(token.status());
    parameters.query.pinned_tick_ms = token->tick_ms;
    issued_ms = token->issued_ms;
    request.after = token->after;
  }
  const auto make = [&] { return MakeList(context, match, parameters); };
  std::optional<int64_t> tick_ms = parameters.query.pinned_tick_ms;
  const bool with_end = parameters.query.end_seconds.has_value();  // told by the question
  if (!tick_ms && !with_end) tick_ms = context.newest_tick_ms;
  const bool shared = context.lists != nullptr && (tick_ms || with_end) && request.limit &&
                      *request.limit <= ListCache::kMostItemsOfAPage;
  absl::StatusOr<std::shared_ptr<OrderedList>> list =
      shared ? context.lists->Get(question, tick_ms, make) : make();
  if (!list.ok()) return ProblemOf(list.status());
  Page page = (*list)->MakePage(request);
  std::string token;
  if (page.last) {
    token = EncodeContinueToken(
        {context.instance, list_hash, (*list)->tick_ms(), issued_ms, *page.last});
  }
  const ItemShape shape{parameters.query.metrics, /*detailed=*/false,
                        parameters.query.window_seconds.has_value()};
  if (shared) return JsonResponse(WriteList(**list, page, token, shape));
  HttpResponse response = JsonResponse("");
  response.source = StreamList(*std::move(list), std::move(page), std::move(token), shape);
  return response;
}

HttpResponse AnswerItem(const ResourceContext& context, const RouteMatch& match,
                        const Parameters& parameters) {
  absl::StatusOr<std::unique_ptr<Query>> query = Query::Create(
      *context.store, context.now_ms, parameters.query, *context.visibility, context.cluster);
  if (!query.ok()) return ProblemOf(query.status());
  const absl::StatusOr<ItemRef> ref = SelectItem(query->get(), match, parameters);
  if (!ref.ok()) return ProblemOf(ref.status());
  JsonWriter json;
  json.StartObject();
  const WindowAxis* axis = (*query)->axis();
  if (axis != nullptr) WriteWindow(*axis, &json);
  WriteItemFields((*query)->Describe(*ref, /*detailed=*/true),
                  {parameters.query.metrics, /*detailed=*/true, axis != nullptr}, &json);
  json.EndObject();
  std::string body;
  json.Take(&body);
  return JsonResponse(body + "\n");
}

}  // namespace

HttpResponse ProblemOf(const absl::Status& status) {
  const absl::string_view message = status.message();
  return MakeProblem(HttpStatusOf(status.code()), "", {message.data(), message.size()});
}

HttpResponse JsonResponse(std::string body) {
  HttpResponse response;
  response.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  response.body = std::move(body);
  return response;
}

HttpResponse AnswerResource(const ResourceContext& context, const RouteMatch& match,
                            const NameValueList& query) {
  absl::StatusOr<Parameters> parameters = ParseParameters(*match.route, query);
  if (!parameters.ok()) return ProblemOf(parameters.status());
  if (!match.route->list) return AnswerItem(context, match, *parameters);
  return AnswerList(context, match, query, *std::move(parameters));
}

}  // namespace kubemonitor
