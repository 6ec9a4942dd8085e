// Any bytes as what a connection sends: the parser takes them whole or in pieces alike, keeps to
// its limits, and a target that it lets through comes back from its own encoding.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "common/text.h"
#include "fuzz/fuzzing.h"
#include "http/request_parser.h"
#include "http/target.h"

namespace kubemonitor {
namespace {

constexpr RequestLimits kLimits{1024, 256, 512};

struct Outcome {
  RequestParser::State state = RequestParser::State::kNeedMore;
  size_t taken = 0;
  ParsedRequest request;
};

// Gives the bytes as a connection does, `piece` at a time.
Outcome Parse(std::string_view bytes, size_t piece) {
  using State = RequestParser::State;
  RequestParser parser(kLimits);
  Outcome outcome;
  size_t given = 0;
  while (given < bytes.size()) {
    given = std::min(bytes.size(), given + piece);
    do {
      size_t consumed = 0;
      outcome.state = parser.Parse(bytes.substr(outcome.taken, given - outcome.taken), &consumed);
      outcome.taken += consumed;
      Require(outcome.taken <= given, "no more taken than given");
    } while (outcome.state == State::kHeaderDone);
    if (outcome.state != State::kNeedMore) break;
  }
  if (outcome.state == State::kDone) outcome.request = parser.request();
  if (outcome.state == State::kError) {
    const int status = parser.error().status;
    Require(status == 400 || status == 413 || status == 414 || status == 431, "a known status");
  }
  return outcome;
}

void CheckRequest(const ParsedRequest& request) {
  Require(request.target.size() <= kLimits.max_target_bytes, "a target within its limit");
  size_t bytes = 0;
  for (const auto& [name, value] : request.headers) {
    bytes += name.size() + value.size();
    Require(!name.empty() && name.find_first_of("\r\n: ") == std::string::npos, "a field's name");
    Require(value.find_first_of("\r\n") == std::string::npos, "a value of one line");
  }
  Require(bytes <= kLimits.max_header_bytes, "fields within their limit");
}

std::string Escape(std::string_view text) {
  std::string out;
  for (const char c : text) out += fmt::format("%{:02X}", static_cast<uint8_t>(c));
  return out;
}

void CheckTarget(std::string_view text) {
  const auto target = ParseTarget(text);
  if (!target.ok()) return;
  std::string encoded;
  for (const std::string& segment : target->segments) {
    Require(IsValidUtf8(segment) && segment.find('\0') == std::string::npos, "text without NUL");
    encoded += "/" + Escape(segment);
  }
  if (encoded.empty()) encoded = "/";
  encoded += "?";
  for (const auto& [name, value] : target->query) {
    Require(IsValidUtf8(name) && IsValidUtf8(value), "parameters are text");
    encoded += fmt::format("{}={}&", Escape(name), Escape(value));
  }
  const auto again = ParseTarget(encoded);
  Require(again.ok() && again->segments == target->segments && again->query == target->query,
          "a target comes back");
}

void Check(std::string_view bytes) {
  const Outcome whole = Parse(bytes, std::max<size_t>(1, bytes.size()));
  const bool done = whole.state == RequestParser::State::kDone;
  for (const size_t piece : {1, 7, 100}) {
    const Outcome pieces = Parse(bytes, piece);
    Require((pieces.state == RequestParser::State::kDone) == done, "pieces make no difference");
    if (!done) continue;
    Require(pieces.taken == whole.taken && pieces.request.method == whole.request.method &&
                pieces.request.target == whole.request.target &&
                pieces.request.headers == whole.request.headers,
            "the same request");
  }
  if (done) {
    CheckRequest(whole.request);
    CheckTarget(whole.request.target);
  }
  CheckTarget(bytes);
}

}  // namespace
}  // namespace kubemonitor

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  kubemonitor::Check(kubemonitor::TextOf(data, size));
  return 0;
}
