// Any bytes as the target of a request to the REST API of a small cluster: answered as documented,
// with well-formed JSON; and as a list's `continue`.

#include <rapidjson/document.h>

#include <memory>
#include <string>

#include "apiserver/rest/continue_token.h"
#include "apiserver/rest/parameters.h"
#include "apiserver/rest/rest.h"
#include "apiserver/rest/rest_testing.h"
#include "fuzz/fuzzing.h"
#include "http/target.h"

namespace kubemonitor {
namespace {

// The same for all inputs: requests change nothing.
struct Server {
  testing::FakeClock clock;
  std::unique_ptr<SummedStore> store = testing::SmallCluster();
  const testing::SmallKubernetes kubernetes;
  Handler handler = MakeRestHandler(testing::OptionsFor(*store, clock, kubernetes));
};

void CheckParameters(const RequestTarget& target) {
  const auto match = MatchRoute(target.segments);
  if (!match) return;
  const auto parameters = ParseParameters(*match->route, target.query);
  if (!parameters.ok()) return;
  const QueryOptions& query = parameters->query;
  for (const auto& seconds : {query.window_seconds, query.step_seconds}) {
    Require(!seconds || (*seconds >= 1 && *seconds <= 3600), "seconds of an hour");
  }
  Require(!query.step_seconds || query.window_seconds, "a step of a window");
  Require(!parameters->limit || (*parameters->limit >= 1 && *parameters->limit <= kMaxCount),
          "a limit within its range");
  for (const auto& name : {parameters->namespace_name, parameters->node, parameters->uid}) {
    Require(!name || (!name->empty() && name->size() <= kMaxNameBytes), "names within their range");
  }
}

void CheckAnswer(std::string_view text) {
  static const Server server;
  const auto target = ParseTarget(text);
  if (!target.ok()) return;
  CheckParameters(*target);
  const HttpResponse response = testing::Ask(server.handler, text);
  const int status = response.status;
  Require(status == 200 || status == 400 || status == 404 || status == 410, "a documented status");
  const std::string type = testing::HeaderOf(response, "Content-Type");
  Require(status == 200 || type == "application/problem+json", "errors are problem documents");
  if (type.starts_with("text/")) return;
  rapidjson::Document json;
  json.Parse<rapidjson::kParseValidateEncodingFlag>(response.body.data(), response.body.size());
  Require(!json.HasParseError() && json.IsObject(), "well-formed JSON");
}

void CheckToken(std::string_view text) {
  const auto token = DecodeContinueToken(text);
  if (token.ok()) Require(EncodeContinueToken(*token) == text, "a token comes back");
  ContinueToken made;
  made.instance = text.size();
  made.after.name = text.substr(0, 1000);
  const auto again = DecodeContinueToken(EncodeContinueToken(made));
  Require(again.ok() && *again == made, "what was given is understood");
}

}  // namespace
}  // namespace kubemonitor

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = kubemonitor::TextOf(data, size);
  kubemonitor::CheckAnswer(text);
  kubemonitor::CheckToken(text);
  return 0;
}
