// The request target (RFC 9112 §3.2): split, percent-decoded and checked.

#ifndef KUBEMONITOR_HTTP_TARGET_H_
#define KUBEMONITOR_HTTP_TARGET_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "http/http_types.h"

namespace kubemonitor {

struct RequestTarget {
  // Only of the absolute form ("http://host:port/path"); then it counts instead of the Host field.
  std::optional<std::string> authority;
  // As HttpRequest documents them.
  std::string path;
  std::vector<std::string> segments;
  NameValueList query;
};

// InvalidArgument, with a message for the client, if `target` is neither a path nor of the absolute
// form, holds a broken percent-encoding, or decodes to NUL or to bytes that are not UTF-8.
absl::StatusOr<RequestTarget> ParseTarget(std::string_view target);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_HTTP_TARGET_H_
