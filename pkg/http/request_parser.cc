#include "http/request_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <utility>

namespace kubemonitor {
namespace {

namespace http = boost::beast::http;

// A method before the target, a space, and " HTTP/1.1\r" behind it.
constexpr size_t kMaxMethodBytes = 32;
constexpr size_t kRequestLineSlack = kMaxMethodBytes + 11;
// Some clients send an empty line after a body (RFC 9112 §2.2).
constexpr size_t kMaxLeadingNewlines = 4;
// No chunked body ends in less than "0\r\n\r\n".
constexpr size_t kMinChunkedRest = 5;

RequestParser::Error Describe(boost::system::error_code code, const RequestLimits& limits) {
  if (code == http::error::body_limit || code == http::error::buffer_overflow) {
    return {413, fmt::format("the request body is longer than {} bytes", limits.max_body_bytes)};
  }
  if (code == http::error::bad_version) {
    return {400, "the request line does not end with HTTP/1.0 or HTTP/1.1"};
  }
  return {400, fmt::format("the request is not valid HTTP/1.1: {}", code.message())};
}

}  // namespace

std::optional<std::string> ParsedRequest::Header(std::string_view name) const {
  std::optional<std::string> joined;
  for (const auto& [header_name, value] : headers) {
    if (header_name != name) continue;
    joined = joined ? *joined + ", " + value : value;
  }
  return joined;
}

struct RequestParser::Impl {
  explicit Impl(const RequestLimits& l) : limits(l) {
    // Beast counts from where its last call ended, so that the pieces decide: header_bytes is the
    // limit that is told.
    parser.header_limit(static_cast<uint32_t>(2 * limits.max_header_bytes));
    parser.body_limit(limits.max_body_bytes);
    parser.eager(false);
  }

  State Fail(int status, std::string detail) {
    error = {status, std::move(detail)};
    return State::kError;
  }

  State FailMethod() { return Fail(400, "the request does not begin with a method"); }

  State FailTarget() {
    return Fail(414,
                fmt::format("the request target is longer than {} bytes", limits.max_target_bytes));
  }

  State FailHeaderTooLong() {
    return Fail(431, fmt::format("the request line and header fields are longer than {} bytes",
                                 limits.max_header_bytes));
  }

  State ParseHeader(std::string_view data, size_t* consumed);
  State ParseBody(std::string_view data, size_t* consumed);
  State TakeHeader();

  const RequestLimits limits;
  http::request_parser<http::string_body> parser;
  ParsedRequest request;
  Error error;
  size_t leading_newlines = 0;
  size_t header_bytes = 0;  // what the parser has taken of the request line and the fields
  bool line_done = false;
  bool header_taken = false;
};

RequestParser::RequestParser(const RequestLimits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::~RequestParser() = default;

const ParsedRequest& RequestParser::request() const { return impl_->request; }
const RequestParser::Error& RequestParser::error() const { return impl_->error; }

RequestParser::State RequestParser::Parse(std::string_view data, size_t* consumed) {
  *consumed = 0;
  return impl_->header_taken ? impl_->ParseBody(data, consumed)
                             : impl_->ParseHeader(data, consumed);
}

RequestParser::State RequestParser::ParseEnd() {
  return impl_->Fail(400, "the connection ended in the middle of the request");
}

RequestParser::State RequestParser::Impl::ParseHeader(std::string_view data, size_t* consumed) {
  if (!line_done) {
    while (!data.empty() && (data[0] == '\r' || data[0] == '\n')) {
      if (++leading_newlines > kMaxLeadingNewlines) {
        return Fail(400, "the request does not begin with a request line");
      }
      data.remove_prefix(1);
      ++*consumed;
    }
    if (data.empty()) return State::kNeedMore;
  }
  boost::system::error_code code;
  const size_t taken = parser.put(boost::asio::buffer(data.data(), data.size()), code);
  *consumed += taken;
  const bool line_open = !line_done && taken == 0 && data.find('\n') == std::string_view::npos;
  if (taken > 0) line_done = true;
  if (line_open && data.size() > limits.max_target_bytes + kRequestLineSlack) {
    const bool has_method = data.substr(0, kMaxMethodBytes + 1).find(' ') != data.npos;
    return has_method ? FailTarget() : FailMethod();
  }
  header_bytes += taken;
  const size_t open_bytes = parser.is_header_done() ? 0 : data.size() - taken;
  if (header_bytes + open_bytes > limits.max_header_bytes) return FailHeaderTooLong();
  if (code == http::error::need_more) return State::kNeedMore;
  if (code) {
    error = Describe(code, limits);
    return State::kError;
  }
  return parser.is_header_done() ? TakeHeader() : State::kNeedMore;
}

RequestParser::State RequestParser::Impl::TakeHeader() {
  header_taken = true;
  const auto& message = parser.get();
  const auto method = message.method_string();
  const auto target = message.target();
  request.method.assign(method.data(), method.size());
  request.target.assign(target.data(), target.size());
  request.http11 = message.version() == 11;
  request.keep_alive = message.keep_alive();
  bool has_coding = false;
  int hosts = 0;
  for (const auto& field : message) {
    const auto name_view = field.name_string();
    const auto value = field.value();
    std::string name(name_view.data(), name_view.size());
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    has_coding = has_coding || name == "transfer-encoding";
    if (name == "host") ++hosts;
    request.headers.emplace_back(std::move(name), std::string(value.data(), value.size()));
  }
  if (request.method.size() > kMaxMethodBytes) return FailMethod();
  if (request.target.size() > limits.max_target_bytes) return FailTarget();
  // A coding other than chunked leaves open where the body ends (RFC 9112 §6.3).
  if (has_coding && (!parser.chunked() || !request.http11)) {
    return Fail(400, "the only Transfer-Encoding of a request that is understood is 'chunked'");
  }
  if (hosts > 1 || (hosts == 0 && request.http11)) {
    return Fail(400, "an HTTP/1.1 request has exactly one Host field");
  }
  parser.eager(true);
  if (parser.is_done()) return State::kDone;
  request.has_body = true;
  return State::kHeaderDone;
}

RequestParser::State RequestParser::Impl::ParseBody(std::string_view data, size_t* consumed) {
  // Beast's assertion fails where the last chunk's "0\r\n" is given first and one byte more then.
  if (parser.chunked() && data.size() < kMinChunkedRest) return State::kNeedMore;
  boost::system::error_code code;
  *consumed = parser.put(boost::asio::buffer(data.data(), data.size()), code);
  if (code == http::error::need_more) code = {};
  if (code) {
    error = Describe(code, limits);
    return State::kError;
  }
  if (parser.is_done()) return State::kDone;
  // What stays unconsumed is a chunk header or trailer that does not end.
  if (data.size() - *consumed > limits.max_header_bytes) {
    return Fail(400, "a chunk header of the request body is too long");
  }
  return State::kNeedMore;
}

}  // namespace kubemonitor
