// Beast asserts that the last chunk comes in five bytes at least. A sender may cut it after three:
// then it asks for more, as it should, where it does not assert.
#define BOOST_DISABLE_ASSERTS

#include "apiserver/kubernetes/http_reply.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <charconv>
#include <utility>

namespace kubemonitor {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
using Text = boost::beast::string_view;

std::string Lower(Text text) {
  std::string out(text.data(), text.size());
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

// Seconds; the form with a date is not used by Kubernetes.
std::optional<int64_t> RetryAfter(Text text) {
  int64_t seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, code] = std::from_chars(text.data(), end, seconds);
  if (code != std::errc() || stopped != end || seconds < 0) return std::nullopt;
  return seconds;
}

class Parser final : public http::basic_parser<false> {
 public:
  Parser(HttpReply::HeadFunction head, HttpReply::BodyFunction body)
      : on_head_(std::move(head)), on_body_(std::move(body)) {
    header_limit(HttpReply::kMaxHeadBytes);
    body_limit(boost::none);
    eager(true);
  }
  bool stopped() const { return stopped_; }

 private:
  void on_request_impl(http::verb, Text, Text, int, error_code&) override {}
  void on_response_impl(int code, Text, int, error_code&) override { head_.status = code; }
  void on_field_impl(http::field name, Text, Text value, error_code&) override {
    if (name == http::field::content_encoding) head_.content_encoding = Lower(value);
    if (name == http::field::retry_after) head_.retry_after_seconds = RetryAfter(value);
  }
  void on_header_impl(error_code&) override {
    head_.keep_alive = keep_alive();
    on_head_(head_);
  }
  void on_body_init_impl(const boost::optional<uint64_t>&, error_code&) override {}
  size_t on_body_impl(Text body, error_code& code) override { return Take(body, code); }
  void on_chunk_header_impl(uint64_t, Text, error_code&) override {}
  size_t on_chunk_body_impl(uint64_t, Text body, error_code& code) override {
    return Take(body, code);
  }
  void on_finish_impl(error_code&) override {}

  size_t Take(Text body, error_code& code) {
    if (!on_body_({body.data(), body.size()})) {
      stopped_ = true;
      code = http::error::end_of_stream;
    }
    return body.size();
  }

  const HttpReply::HeadFunction on_head_;
  const HttpReply::BodyFunction on_body_;
  HttpReplyHead head_;
  bool stopped_ = false;
};

}  // namespace

struct HttpReply::Impl {
  Impl(HeadFunction head, BodyFunction body) : parser(std::move(head), std::move(body)) {}

  State Judge(const error_code& code) {
    if (parser.stopped()) return State::kStopped;
    if (code && code != http::error::need_more) {
      problem = "the reply is not HTTP/1.1 as it should be: " + code.message();
      return State::kFailed;
    }
    return parser.is_done() ? State::kDone : State::kMore;
  }

  Parser parser;
  std::string problem;
};

HttpReply::HttpReply(HeadFunction head, BodyFunction body)
    : impl_(std::make_unique<Impl>(std::move(head), std::move(body))) {}
HttpReply::~HttpReply() = default;

HttpReply::State HttpReply::Write(std::string_view data, size_t* consumed) {
  *consumed = 0;
  while (*consumed < data.size()) {
    const std::string_view rest = data.substr(*consumed);
    error_code code;
    const size_t taken = impl_->parser.put(boost::asio::buffer(rest.data(), rest.size()), code);
    *consumed += taken;
    const State state = impl_->Judge(code);
    if (state != State::kMore) return state;
    if (taken == 0 || code == http::error::need_more) break;
  }
  if (!impl_->parser.is_header_done() && data.size() - *consumed > kMaxHeadBytes) {
    impl_->problem = "the head of the reply is too long";
    return State::kFailed;
  }
  return State::kMore;
}

HttpReply::State HttpReply::End() {
  if (!impl_->parser.got_some()) {
    impl_->problem = "the connection ended before a reply";
    return State::kFailed;
  }
  error_code code;
  impl_->parser.put_eof(code);
  if (!code && impl_->parser.is_done()) return State::kDone;
  impl_->problem = "the connection ended in the middle of the reply";
  return State::kFailed;
}

std::string HttpReply::problem() const { return impl_->problem; }
bool HttpReply::keep_alive() const { return impl_->parser.keep_alive(); }

}  // namespace kubemonitor
