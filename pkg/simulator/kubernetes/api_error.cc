#include "simulator/kubernetes/api_error.h"

namespace kubemonitor {

void WriteStatus(const ApiError& error, JsonWriter* json) {
  json->StartObject();
  json->TextField("kind", "Status");
  json->TextField("apiVersion", "v1");
  json->Key("metadata");
  json->StartObject();
  json->TextFieldIf("continue", error.continue_token);
  json->EndObject();
  json->TextField("status", "Failure");
  json->TextField("message", error.message);
  json->TextField("reason", error.reason);
  if (error.retry_after_seconds || !error.cause.empty()) {
    json->Key("details");
    json->StartObject();
    if (!error.cause.empty()) {
      json->Key("causes");
      json->StartArray();
      json->StartObject();
      json->TextField("reason", error.cause);
      json->TextField("message", error.message);
      json->EndObject();
      json->EndArray();
    }
    if (error.retry_after_seconds) {
      json->UnsignedField("retryAfterSeconds", *error.retry_after_seconds);
    }
    json->EndObject();
  }
  json->IntegerField("code", error.code);
  json->EndObject();
}

HttpResponse ErrorResponse(const ApiError& error) {
  HttpResponse out;
  out.status = error.code;
  out.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-cache, private"}};
  if (error.retry_after_seconds) {
    out.headers.emplace_back("Retry-After", std::to_string(*error.retry_after_seconds));
  }
  if (error.code == 401) out.headers.emplace_back("WWW-Authenticate", "Bearer");
  JsonWriter json;
  WriteStatus(error, &json);
  json.Take(&out.body);
  return out;
}

}  // namespace kubemonitor
