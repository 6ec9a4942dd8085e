// The parts of the HTTP layer that do no I/O, by table.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

#include "http/content_coding.h"
#include "http/net_address.h"
#include "http/problem.h"
#include "http/raw_client.h"
#include "http/request_parser.h"
#include "http/response_body.h"
#include "http/response_head.h"
#include "http/target.h"
#include "http/worker_pool.h"

namespace kubemonitor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using State = RequestParser::State;

TEST(TargetTest, SplitsAndDecodes) {
  struct Case {
    const char* target;
    std::vector<std::string> segments;
    NameValueList query;
  };
  const std::vector<Case> cases = {
      {"/", {}, {}},
      {"/a", {"a"}, {}},
      {"/a/", {"a", ""}, {}},
      {"//a", {"", "a"}, {}},
      {"/a%2fb/c%20d", {"a/b", "c d"}, {}},
      {"/a+b", {"a+b"}, {}},
      {"/%F0%9F%98%80", {"\xF0\x9F\x98\x80"}, {}},
      {"/..", {".."}, {}},
      {"/?", {}, {}},
      {"/?a=1&b=2&a=3", {}, {{"a", "1"}, {"b", "2"}, {"a", "3"}}},
      {"/?a", {}, {{"a", ""}}},
      {"/?=x", {}, {{"", "x"}}},
      {"/?&&a=b=c&", {}, {{"a", "b=c"}}},
      {"/?a+b=c%2Bd", {}, {{"a b", "c+d"}}},
      {"/?a=/b?c", {}, {{"a", "/b?c"}}},
      {"http://h:1/a?b=c", {"a"}, {{"b", "c"}}},
      {"http://h", {}, {}},
      {"https://h?x=y", {}, {{"x", "y"}}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.target);
    const auto target = ParseTarget(c.target);
    ASSERT_TRUE(target.ok()) << target.status();
    EXPECT_EQ(target->segments, c.segments);
    EXPECT_EQ(target->query, c.query);
    EXPECT_EQ(target->path[0], '/');
  }
  EXPECT_EQ(ParseTarget("http://h:1/a")->authority, "h:1");
  EXPECT_EQ(ParseTarget("/a")->authority, std::nullopt);
}

TEST(TargetTest, RefusesWhatIsMalformed) {
  for (const char* target :
       {"", "a", "*", "?a=b", "h:1", "ftp://h/", "/%", "/%1", "/%g1", "/%1g", "/%00", "/?a=%",
        "/?%00", "/?a=%C0%80", "/%ED%A0%80", "/%ff", "/a#b", "/?a#b"}) {
    EXPECT_EQ(ParseTarget(target).status().code(), absl::StatusCode::kInvalidArgument) << target;
  }
}

TEST(ProblemTest, IsEscaped) {
  const HttpResponse problem =
      MakeProblem(404, "", "no \"x\\y\"\n\t\r\x01<b>\xFF\xC3\xA9", {{"Allow", "GET"}});
  EXPECT_EQ(problem.status, 404);
  EXPECT_EQ(problem.body,
            "{\"status\":404,\"title\":\"Not Found\",\"detail\":\"no \\\"x\\\\y\\\"\\n\\t\\r\\u0001"
            "\\u003cb>\xEF\xBF\xBD\xC3\xA9\"}\n");
  EXPECT_THAT(problem.headers,
              ElementsAre(Pair("Content-Type", "application/problem+json"),
                          Pair("Cache-Control", "no-store"), Pair("Allow", "GET")));
  EXPECT_THAT(MakeProblem(400, "", "cut \xF0\x9F\x98!").body,
              HasSubstr("\"cut \xEF\xBF\xBD!\""));  // one mark for one broken character
  EXPECT_EQ(MakeProblem(410, "Gone away", "").body, "{\"status\":410,\"title\":\"Gone away\"}\n");
  EXPECT_LT(MakeProblem(400, "", std::string(100'000, 'x')).body.size(), 5000u);
  EXPECT_EQ(ReasonPhrase(599), "Unknown Status");
}

TEST(AddressTest, ListenAddresses) {
  struct Case {
    const char* text;
    const char* ip;
    int port;
  };
  for (const Case& c : std::vector<Case>{{"127.0.0.1:8080", "127.0.0.1", 8080},
                                         {"0.0.0.0:0", "0.0.0.0", 0},
                                         {"[::1]:65535", "::1", 65535},
                                         {"[0:0::0]:1", "::", 1}}) {
    const auto address = ParseListenAddress(c.text);
    ASSERT_TRUE(address.ok()) << c.text;
    EXPECT_EQ(address->ip, c.ip);
    EXPECT_EQ(address->port, c.port);
    EXPECT_EQ(address->is_ipv6, c.text[0] == '[');
  }
  for (const char* text :
       {"", ":", ":80", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:8x", "127.0.0.1:80 ", "127.1:80", "localhost:80", "::1:80", "[::1]", "[::1]80",
        "[127.0.0.1]:80", "[::1:80", "256.0.0.1:80", "http://127.0.0.1:80"}) {
    EXPECT_FALSE(ParseListenAddress(text).ok()) << text;
  }
  EXPECT_EQ(FormatAddress("::1", 80), "[::1]:80");
  EXPECT_EQ(FormatAddress("10.0.0.1", 80), "10.0.0.1:80");
}

TEST(AddressTest, DefaultHostsAreLoopback) {
  const HostAllowlist list = *HostAllowlist::Create({});
  for (const char* good :
       {"localhost", "LocalHost", "localhost.", "localhost:1", "localhost:", "127.0.0.1",
        "127.0.0.1:65535", "[::1]", "[::1]:80", "[0:0:0:0:0:0:0:1]:80"}) {
    EXPECT_TRUE(list.Allows(good)) << good;
  }
  for (const char* bad :
       {"", ":80", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.2",
        "localhost:99999", "localhost:x", "localhost:80:80", "::1", "[::1", "[::1]x", "[localhost]",
        "[127.0.0.1]", "localhost@evil", " localhost", "localhost..", "[]"}) {
    EXPECT_FALSE(list.Allows(bad)) << bad;
  }
  EXPECT_EQ(list.Describe(), "127.0.0.1, [::1], localhost");
}

TEST(AddressTest, ConfiguredHosts) {
  const HostAllowlist list =
      *HostAllowlist::Create({"Monitor.Example.com", "10.0.0.1", "[fe80::1]", "fd00::1"});
  EXPECT_TRUE(list.Allows("monitor.example.COM:443"));
  EXPECT_TRUE(list.Allows("10.0.0.1:80"));
  EXPECT_TRUE(list.Allows("[FE80::1]"));
  EXPECT_TRUE(list.Allows("[fd00:0::1]:80"));
  EXPECT_FALSE(list.Allows("localhost"));
  EXPECT_TRUE(HostAllowlist::Create({"*"})->Allows("anything"));
  for (const char* bad : {"", "http://x", "x:80", "[::1]:80", "[x]", "a b", "*.x", "[10.0.0.1]"}) {
    EXPECT_FALSE(HostAllowlist::Create({bad}).ok()) << bad;
  }
}

TEST(ContentCodingTest, AcceptEncoding) {
  struct Case {
    const char* value;
    bool gzip;
  };
  for (const Case& c : std::vector<Case>{{"", false},
                                         {"gzip", true},
                                         {"GZIP", true},
                                         {"x-gzip", true},
                                         {"deflate, br", false},
                                         {"deflate, gzip, br, zstd", true},
                                         {"gzip;q=0", false},
                                         {"gzip;q=0.000", false},
                                         {"gzip;q=0.001", true},
                                         {"gzip ; q=0.5 , identity;q=0.4", true},
                                         {"gzip;q=0.5, identity", false},
                                         {"identity;q=0.5, gzip;q=0.5", true},
                                         {"*", true},
                                         {"*;q=0", false},
                                         {"*;q=0, gzip", true},
                                         {"gzip;q=0, *", false},
                                         {"identity;q=0, *;q=0.1", true},
                                         {"gzip;q=2", false},
                                         {"gzip;q=x", false},
                                         {"gzip;q=", false},
                                         {"gzip;q=1.0001", false},
                                         {"gzip;q=1.5", false},
                                         {"gzip;q=1.000", true},
                                         {"gzip;Q=0", false},
                                         {"gzip;a=b;q=0", false},
                                         {"gzipx", false},
                                         {",,;,", false}}) {
    EXPECT_EQ(PrefersGzip(c.value), c.gzip) << c.value;
  }
}

TEST(ContentCodingTest, GzipRoundTrip) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += fmt::format("{},", i * 7919 % 10'007);
  for (size_t step : {size_t{1} << 20, size_t{1000}}) {
    auto encoder = GzipEncoder::Create(6);
    ASSERT_NE(encoder, nullptr);
    std::string out;
    for (size_t at = 0; at < text.size(); at += step) {
      ASSERT_TRUE(encoder->Write(std::string_view(text).substr(at, step), &out));
    }
    ASSERT_TRUE(encoder->Finish(&out));
    EXPECT_EQ(Gunzip(out), text);
    EXPECT_EQ(Gunzip(out.substr(0, out.size() - 1)), std::nullopt);
  }
  std::string empty;
  ASSERT_TRUE(GzipEncoder::Create(1)->Finish(&empty));
  EXPECT_EQ(Gunzip(empty), "");
}

// Feeds all of `bytes`, `step` at a time, like a connection does.
State ParseAll(RequestParser* parser, std::string bytes, size_t step, std::string* rest) {
  std::string buffer;
  State state = State::kNeedMore;
  while (true) {
    size_t consumed = 0;
    if (!buffer.empty()) state = parser->Parse(buffer, &consumed);
    buffer.erase(0, consumed);
    if (state == State::kDone || state == State::kError) break;
    if (state == State::kHeaderDone && !buffer.empty()) continue;
    if (bytes.empty()) break;
    buffer += bytes.substr(0, step);
    bytes.erase(0, step);
  }
  *rest = buffer + bytes;
  return state;
}

TEST(RequestParserTest, GivesTheSameWhateverThePieces) {
  const std::string request =
      "\r\nGET /a?b HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n0\r\n\r\n";
  for (size_t step : {size_t{1}, size_t{2}, size_t{7}, request.size() + 9}) {
    RequestParser parser({});
    std::string rest;
    ASSERT_EQ(ParseAll(&parser, request + "GET /next", step, &rest), State::kDone) << step;
    EXPECT_EQ(rest, "GET /next");
    EXPECT_EQ(parser.request().method, "GET");
    EXPECT_EQ(parser.request().target, "/a?b");
    EXPECT_TRUE(parser.request().http11 && parser.request().keep_alive);
    EXPECT_TRUE(parser.request().has_body);
    EXPECT_EQ(parser.request().Header("x-a"), "1, 2");
    EXPECT_EQ(parser.request().Header("x-b"), std::nullopt);
  }
}

TEST(RequestParserTest, EmptyChunkedBodiesComeInPiecesToo) {
  const std::string request =
      "GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  for (size_t step = 1; step < 10; ++step) {
    RequestParser parser({});
    std::string rest;
    EXPECT_EQ(ParseAll(&parser, request, step, &rest), State::kDone) << step;
    EXPECT_EQ(rest, "");
  }
}

TEST(RequestParserTest, EveryPrefixIsIncomplete) {
  const std::string request = "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab";
  for (size_t length = 0; length < request.size(); ++length) {
    RequestParser parser({});
    std::string rest;
    const State state = ParseAll(&parser, request.substr(0, length), 1, &rest);
    EXPECT_TRUE(state == State::kNeedMore || state == State::kHeaderDone) << length;
    EXPECT_EQ(parser.ParseEnd(), State::kError);
  }
}

TEST(RequestParserTest, KeepAliveByVersion) {
  struct Case {
    const char* request;
    bool keep_alive;
  };
  for (const Case& c :
       std::vector<Case>{{"GET / HTTP/1.1\r\nHost: h\r\n\r\n", true},
                         {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false},
                         {"GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n", false},
                         {"GET / HTTP/1.0\r\n\r\n", false},
                         {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true}}) {
    RequestParser parser({});
    std::string rest;
    ASSERT_EQ(ParseAll(&parser, c.request, 1000, &rest), State::kDone) << c.request;
    EXPECT_EQ(parser.request().keep_alive, c.keep_alive) << c.request;
  }
}

TEST(RequestParserTest, Limits) {
  const RequestLimits limits = {
      .max_header_bytes = 1000, .max_target_bytes = 300, .max_body_bytes = 10};
  struct Case {
    std::string request;
    int status;  // 0 = fine
  };
  const std::string line = "GET / HTTP/1.1\r\nHost: h\r\n";
  const std::vector<Case> cases = {
      {"GET /" + std::string(299, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 0},
      {"GET /" + std::string(300, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
      {"GET /" + std::string(5000, 'a'), 414},
      {std::string(5000, 'a'), 400},
      {std::string(32, 'A') + " /" + std::string(299, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 0},
      {std::string(33, 'A') + " / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {std::string(60, 'A') + " /" + std::string(299, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {line + "A: " + std::string(900, 'a') + "\r\n\r\n", 0},
      {line + "A: " + std::string(968, 'a') + "\r\n\r\n", 0},
      {line + "A: " + std::string(969, 'a') + "\r\n\r\n", 431},
      {line + std::string(5000, 'a'), 431},
      {line + "Content-Length: 10\r\n\r\n" + std::string(10, 'b'), 0},
      {line + "Content-Length: 11\r\n\r\n", 413},
      {line + "Content-Length: 99999999999999999999999\r\n\r\n", 400},
      {line + "Content-Length: 18446744073709551615\r\n\r\n", 413},
      {line + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
      {line + "Transfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n", 413},
      {line + "Transfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n6\r\n123456\r\n0\r\n\r\n", 413},
      {line + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(5000, 'x'), 400},
      {line + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", 400},
      {line + "Transfer-Encoding: chunked, gzip\r\n\r\n", 400},
      {"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {line + std::string("A: \0\r\n\r\n", 8), 400},
      {line + "A : b\r\n\r\n", 400},
      {"\r\n\r\n\r\n\r\n\r\n", 400},
  };
  for (size_t step : {size_t{1}, size_t{100}, size_t{100'000}}) {
    for (const Case& c : cases) {
      SCOPED_TRACE(c.request.substr(0, 100));
      RequestParser parser(limits);
      std::string rest;
      const State state = ParseAll(&parser, c.request, step, &rest);
      if (c.status == 0) {
        EXPECT_EQ(state, State::kDone);
        continue;
      }
      ASSERT_EQ(state, State::kError);
      EXPECT_EQ(parser.error().status, c.status);
      EXPECT_FALSE(parser.error().detail.empty());
    }
  }
}

TEST(ResponseHeadTest, Fields) {
  HttpResponse response;
  response.headers = {
      {"Content-Type", "a/b"}, {"content-length", "7"}, {"Date", "x"}, {"Connection", "upgrade"},
      {"A\nB", "c"},           {"A", "b\nc"},           {"", "x"},     {"E-Tag", "\"\xC3\xA9\""}};
  const std::string head = MakeResponseHead(response, {.length = 3}, 784111777);
  EXPECT_EQ(head,
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Content-Type-Options: "
            "nosniff\r\nContent-Type: a/b\r\nE-Tag: \"\xC3\xA9\"\r\nContent-Length: 3\r\n\r\n");
  EXPECT_THAT(MakeResponseHead({}, {.chunked = true, .keep_alive = false}, 0),
              HasSubstr("Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"));
  EXPECT_THAT(MakeResponseHead({}, {.length = 0, .no_body = true}, 0),
              Not(HasSubstr("Content-Length")));
}

// Everything the body yields, compressed or not, and how many pieces it took.
std::string Drain(ResponseBody* body, int* pieces) {
  std::string all = body->piece();
  for (*pieces = 1; !body->ended(); ++*pieces) {
    body->Fill();
    all += body->piece();
  }
  return all;
}

TEST(ResponseBodyTest, PlainBodyIsOnePiece) {
  HttpResponse response{.body = std::string(1'000'000, 'x')};
  auto body = ResponseBody::Create(&response, false, {});
  int pieces = 0;
  EXPECT_EQ(body->length(), 1'000'000u);
  EXPECT_EQ(Drain(body.get(), &pieces).size(), 1'000'000u);
  EXPECT_EQ(pieces, 1);
  EXPECT_THAT(response.headers, ElementsAre(Pair("Vary", "Accept-Encoding")));
}

TEST(ResponseBodyTest, SourcesComeInPieces) {
  for (bool gzip : {false, true}) {
    std::string expected;
    HttpResponse response;
    response.source = [&, n = 0](std::string* chunk) mutable {
      if (n == 40'000) return false;
      *chunk = n % 5 == 0 ? "" : fmt::format("{:x}", n * 2654435761u);
      ++n;
      expected += *chunk;
      return true;
    };
    auto body = ResponseBody::Create(&response, gzip, {.piece_bytes = 1000});
    EXPECT_EQ(body->length(), std::nullopt);
    int pieces = 0;
    const std::string all = Drain(body.get(), &pieces);
    EXPECT_GT(pieces, 2);
    EXPECT_EQ(gzip ? Gunzip(all) : all, expected);
  }
}

TEST(ResponseBodyTest, OneHugeChunkIsCut) {
  HttpResponse response;
  response.source = [n = 0](std::string* chunk) mutable {
    chunk->assign(1'000'000, 'x');
    return n++ == 0;
  };
  auto body = ResponseBody::Create(&response, false, {.piece_bytes = 1000});
  int pieces = 0;
  EXPECT_EQ(Drain(body.get(), &pieces).size(), 1'000'000u);
  EXPECT_GE(pieces, 1000);
}

TEST(ResponseBodyTest, ShortAndEncodedBodiesStayAsTheyAre) {
  HttpResponse small{.body = "abc"};
  auto body = ResponseBody::Create(&small, true, {});
  EXPECT_EQ(body->piece(), "abc");
  EXPECT_EQ(body->length(), 3u);
  HttpResponse encoded{.headers = {{"content-encoding", "br"}}, .body = std::string(9999, 'x')};
  EXPECT_EQ(ResponseBody::Create(&encoded, true, {})->length(), 9999u);
  EXPECT_EQ(encoded.headers.size(), 1u);
  HttpResponse image{.body = std::string(9999, 'x'), .compressible = false};
  EXPECT_EQ(ResponseBody::Create(&image, true, {})->length(), 9999u);
  EXPECT_THAT(image.headers, IsEmpty());
}

TEST(ResponseBodyTest, AThrowingSourceFails) {
  HttpResponse response;
  response.source = [n = 0](std::string* chunk) mutable {
    if (++n == 50) throw std::runtime_error("broken");
    chunk->assign(100, 'x');
    return true;
  };
  auto body = ResponseBody::Create(&response, false, {.piece_bytes = 1000});
  EXPECT_FALSE(body->failed());
  int pieces = 0;
  Drain(body.get(), &pieces);
  EXPECT_TRUE(body->failed());
  EXPECT_EQ(body->failure(), "broken");
}

TEST(WorkerPoolTest, ClientsTakeTurns) {
  std::vector<std::string> order;
  std::promise<void> release;
  {
    WorkerPool pool(1);
    pool.Post("first", [&, released = release.get_future().share()] { released.wait(); });
    for (int i = 0; i < 3; ++i) pool.Post("busy", [&order] { order.push_back("busy"); });
    pool.Post("modest", [&order] { order.push_back("modest"); });
    release.set_value();
  }
  EXPECT_THAT(order, ElementsAre("busy", "modest", "busy", "busy"));
}

TEST(WorkerPoolTest, RunsEverythingThatWasPosted) {
  std::atomic<int> done = 0;
  {
    WorkerPool pool(4);
    for (int i = 0; i < 1000; ++i) pool.Post(std::to_string(i % 7), [&done] { ++done; });
  }
  EXPECT_EQ(done, 1000);
}

}  // namespace
}  // namespace kubemonitor
