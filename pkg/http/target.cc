#include "http/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "common/text.h"

namespace kubemonitor {
namespace {

std::optional<int> HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

absl::StatusOr<std::string> PercentDecode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      const auto high = i + 1 < text.size() ? HexValue(text[i + 1]) : std::nullopt;
      const auto low = i + 2 < text.size() ? HexValue(text[i + 2]) : std::nullopt;
      if (!high || !low) {
        return absl::InvalidArgumentError(
            fmt::format("'{}' holds a '%' that is not followed by two hexadecimal digits", text));
      }
      out.push_back(static_cast<char>(*high * 16 + *low));
      i += 2;
    }
  }
  if (out.find('\0') != std::string::npos || !IsValidUtf8(out)) {
    return absl::InvalidArgumentError(
        fmt::format("'{}' does not decode to UTF-8 text without NUL", text));
  }
  return out;
}

// Calls use(piece) for each piece between separators until one fails.
template <typename Use>
absl::Status ForEachPiece(std::string_view text, char separator, const Use& use) {
  while (true) {
    const size_t end = text.find(separator);
    absl::Status status = use(text.substr(0, end));
    if (!status.ok() || end == std::string_view::npos) return status;
    text.remove_prefix(end + 1);
  }
}

absl::Status AddSegment(std::string_view piece, std::vector<std::string>* segments) {
  absl::StatusOr<std::string> decoded = PercentDecode(piece, /*plus_is_space=*/false);
  if (!decoded.ok()) return decoded.status();
  segments->push_back(*std::move(decoded));
  return absl::OkStatus();
}

absl::Status AddParameter(std::string_view piece, NameValueList* query) {
  if (piece.empty()) return absl::OkStatus();
  const size_t equals = piece.find('=');
  absl::StatusOr<std::string> name = PercentDecode(piece.substr(0, equals), true);
  if (!name.ok()) return name.status();
  absl::StatusOr<std::string> value = std::string();
  if (equals != std::string_view::npos) value = PercentDecode(piece.substr(equals + 1), true);
  if (!value.ok()) return value.status();
  query->emplace_back(*std::move(name), *std::move(value));
  return absl::OkStatus();
}

// Removes "http://authority" from an absolute form and returns the authority.
std::optional<std::string> TakeAuthority(std::string_view* target) {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (target->substr(0, scheme.size()) != scheme) continue;
    target->remove_prefix(scheme.size());
    const size_t end = std::min(target->find_first_of("/?"), target->size());
    std::string authority(target->substr(0, end));
    target->remove_prefix(end);
    return authority;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<RequestTarget> ParseTarget(std::string_view target) {
  RequestTarget result;
  result.authority = TakeAuthority(&target);
  const size_t question = target.find('?');
  std::string_view path = target.substr(0, question);
  if (path.empty() && result.authority) path = "/";
  if (path.empty() || path[0] != '/' || target.find('#') != std::string_view::npos) {
    return absl::InvalidArgumentError("the request target must be a path that begins with '/'");
  }
  result.path = path;
  if (path != "/") {
    absl::Status status = ForEachPiece(
        path.substr(1), '/', [&](std::string_view p) { return AddSegment(p, &result.segments); });
    if (!status.ok()) return status;
  }
  if (question != std::string_view::npos) {
    absl::Status status = ForEachPiece(target.substr(question + 1), '&', [&](std::string_view p) {
      return AddParameter(p, &result.query);
    });
    if (!status.ok()) return status;
  }
  return result;
}

}  // namespace kubemonitor
