#ifndef KUBEMONITOR_SIMULATOR_KUBERNETES_API_ERROR_H_
#define KUBEMONITOR_SIMULATOR_KUBERNETES_API_ERROR_H_

// What the API refuses, in its own form: a Status.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "common/json_writer.h"
#include "http/http_types.h"

namespace kubemonitor {

struct ApiError {
  int code = 500;
  std::string reason;  // "NotFound"
  std::string message;
  std::optional<uint32_t> retry_after_seconds = {};
  std::string cause = {};           // of details.causes
  std::string continue_token = {};  // of metadata
};

template <typename T>
using ApiResult = std::variant<T, ApiError>;

inline ApiError BadRequest(std::string message) { return {400, "BadRequest", std::move(message)}; }
inline ApiError Invalid(std::string message) { return {422, "Invalid", std::move(message)}; }
// A resource version, or the token of a page, that is too old.
inline ApiError Expired(std::string message) { return {410, "Expired", std::move(message)}; }

void WriteStatus(const ApiError& error, JsonWriter* json);
HttpResponse ErrorResponse(const ApiError& error);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_SIMULATOR_KUBERNETES_API_ERROR_H_
