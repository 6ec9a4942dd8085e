#ifndef KUBEMONITOR_APISERVER_REST_CONTINUE_TOKEN_H_
#define KUBEMONITOR_APISERVER_REST_CONTINUE_TOKEN_H_

// The `continue` of a list: which tick its pages show and after which item the next one begins. The
// order is a total one (value, then name), so that going on after a key neither repeats nor skips
// an item when others come and go in between, and the server keeps nothing.
//
// A token grants nothing: the page it asks for passes the same checks as the first one. Its
// checksum is there to tell a mangled token.

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/rest/routes.h"
#include "http/http_types.h"

namespace kubemonitor {

inline constexpr int64_t kContinueValidMs = 60'000;

// The place of an item in a list.
struct SortKey {
  std::optional<double> value;  // of the metric sorted by; absent: not measured, or sorted by name
  std::string name;             // Query::SortName
  bool operator==(const SortKey&) const = default;
};

struct ContinueToken {
  uint64_t instance = 0;   // of the server: another one may not hold the tick
  uint64_t list_hash = 0;  // of the list asked for; see ListHash
  int64_t tick_ms = 0;
  int64_t issued_ms = 0;  // of the first page: the 60 s are those of the whole list
  SortKey after;
  bool operator==(const ContinueToken&) const = default;
};

// Base64url without padding.
std::string EncodeContinueToken(const ContinueToken& token);
// InvalidArgument: not a token, or mangled. Never reads beyond `text`, however it was made.
absl::StatusOr<ContinueToken> DecodeContinueToken(std::string_view text);

// What must be the same for all pages: the path (`arguments` are the names in it) and all
// parameters but `continue`, `limit` and `offset`, whatever their order.
std::string ListQuestion(const Route& route, const std::vector<std::string>& arguments,
                         const NameValueList& query);
// Tells lists apart that are not asked for on purpose: anybody can find two of one hash.
uint64_t ListHash(std::string_view question);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_REST_CONTINUE_TOKEN_H_
