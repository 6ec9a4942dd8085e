// Requests and their answers.

#include "http/http_server.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "http/http_server_testing.h"

namespace kubemonitor {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST_F(HttpServerTest, ServesManyRequestsOnOneConnection) {
  Start();
  RawClient client = Connect();
  for (int i = 0; i < 20; ++i) {
    const auto response = client.Get(fmt::format("/echo/a%2Fb/{}?x=1+2&y=%C3%A9", i));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, fmt::format("[echo][a/b][{}] x=1 2 y=\xC3\xA9", i));
    EXPECT_THAT(response->head, AllOf(HasSubstr("Date: "), Not(HasSubstr("Connection:"))));
  }
  EXPECT_EQ(server_->counters().requests, 20u);
  EXPECT_EQ(server_->counters().connections_accepted, 1u);
}

TEST_F(HttpServerTest, ConnectionCloseIsHonoured) {
  Start();
  RawClient client = Connect();
  const auto response = client.Get("/echo", "Connection: close\r\n");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->headers.at("connection"), "close");
  EXPECT_TRUE(client.WaitForClose());
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  Start();
  RawClient client = Connect();
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests += fmt::format("GET /echo/{} HTTP/1.1\r\nHost: localhost\r\n\r\n", i);
    if (i % 7 == 0)
      requests += "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc";
  }
  ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < 50; ++i) {
    const auto response = client.Receive();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->body, fmt::format("[echo][{}]", i));
    if (i % 7 == 0) {
      const auto refused = client.Receive();
      ASSERT_TRUE(refused);
      EXPECT_EQ(refused->status, 405);
    }
  }
}

TEST_F(HttpServerTest, CompressesWhatIsLongEnough) {
  Start();
  RawClient client = Connect();
  for (const char* path : {"/long", "/stream", "/short-stream"}) {
    const auto plain = client.Get(path);
    const auto gzipped = client.Get(path, "Accept-Encoding: br, gzip;q=0.5\r\n");
    ASSERT_TRUE(plain && gzipped);
    EXPECT_TRUE(plain->complete && gzipped->complete);
    EXPECT_FALSE(plain->headers.contains("content-encoding"));
    EXPECT_EQ(gzipped->headers.at("content-encoding"), "gzip");
    EXPECT_EQ(plain->headers.at("vary"), "Accept-Encoding");
    EXPECT_EQ(gzipped->headers.at("vary"), "Accept-Encoding");
    EXPECT_LT(gzipped->body.size(), plain->body.size() / 4);
    EXPECT_EQ(Gunzip(gzipped->body), plain->body);
  }
  const auto small = client.Get("/echo", "Accept-Encoding: gzip\r\n");
  EXPECT_FALSE(small->headers.contains("content-encoding"));
  EXPECT_EQ(client.Get("/stream")->body, AllLines(500));
  EXPECT_EQ(client.Get("/stream")->headers.at("transfer-encoding"), "chunked");
}

TEST_F(HttpServerTest, HeadHasTheHeadersOfGetAndNoBody) {
  Start();
  RawClient client = Connect();
  auto without_date = [](std::string head) {
    const size_t date = head.find("Date: ");
    return head.erase(date, head.find('\n', date) - date);
  };
  for (const char* path : {"/echo/x", "/long", "/stream", "/short-stream", "/empty", "/nowhere"}) {
    for (const char* fields : {"", "Accept-Encoding: gzip\r\n"}) {
      const auto get = client.Get(path, fields);
      const auto head = client.Exchange(
          fmt::format("HEAD {} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", path, fields), true);
      ASSERT_TRUE(get && head) << path;
      EXPECT_EQ(without_date(get->head), without_date(head->head));
    }
  }
}

TEST_F(HttpServerTest, ClientsOfHttp10GetNoChunks) {
  Start();
  RawClient client = Connect();
  const auto kept = client.Exchange("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->headers.at("connection"), "keep-alive");
  const auto stream = client.Exchange("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->headers.at("connection"), "close");
  EXPECT_FALSE(stream->headers.contains("transfer-encoding"));
  EXPECT_EQ(stream->body, AllLines(500));
  const auto closed = Connect().Exchange("GET /echo HTTP/1.0\r\n\r\n");
  EXPECT_EQ(closed->headers.at("connection"), "close");
}

struct BadRequest {
  std::string bytes;
  int status;
  bool closes;
  std::string detail;
};

TEST_F(HttpServerTest, EveryErrorIsAProblemDocument) {
  Start();
  const std::string host = "Host: localhost\r\n";
  const std::vector<BadRequest> cases = {
      {"GET /nowhere HTTP/1.1\r\n" + host + "\r\n", 404, false, "/nowhere"},
      {"PUT /echo HTTP/1.1\r\n" + host + "\r\n", 405, false, "PUT"},
      {"BREW /echo HTTP/1.1\r\n" + host + "\r\n", 405, false, "BREW"},
      {"OPTIONS * HTTP/1.1\r\n" + host + "\r\n", 405, false, "OPTIONS"},
      {"GET /echo HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421, false, "--http-allowed-hosts"},
      {"GET http://evil.example/ HTTP/1.1\r\n" + host + "\r\n", 421, false, "evil.example"},
      {"GET /echo HTTP/1.1\r\n\r\n", 400, true, "Host"},
      {"GET /echo HTTP/1.1\r\n" + host + host + "\r\n", 400, true, "Host"},
      {"GET /%zz HTTP/1.1\r\n" + host + "\r\n", 400, false, "%zz"},
      {"GET /?a=%ff HTTP/1.1\r\n" + host + "\r\n", 400, false, "UTF-8"},
      {"GET /%00 HTTP/1.1\r\n" + host + "\r\n", 400, false, "NUL"},
      {"GET * HTTP/1.1\r\n" + host + "\r\n", 400, false, "path"},
      {"GET / HTTP/2.0\r\n" + host + "\r\n", 400, true, "HTTP/1.1"},
      {"GET /\r\n\r\n", 400, true, "HTTP"},
      {"GET / HTTP/1.1\n\n", 400, true, "HTTP"},
      {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400, true, "HTTP"},
      {std::string(2000, '\xff'), 400, true, "HTTP"},
      {"GET / HTTP/1.1\r\nBad Name: x\r\n\r\n", 400, true, "HTTP"},
      {"GET / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", 400, true, "HTTP"},
      {"GET / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
       true, "HTTP"},
      {"GET / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\n\r\n", 400, true, "chunked"},
      {"GET / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400, true,
       "HTTP"},
      {"GET / HTTP/1.1\r\n" + host + "Content-Length: 65537\r\n\r\n", 413, true, "65536"},
      {"GET / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n20000\r\n" +
           std::string(0x20000, 'x'),
       413, true, "65536"},
      {"GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n" + host + "\r\n", 414, true, "8192"},
      {"GET /" + std::string(40000, 'a'), 414, true, "8192"},
      {"GET / HTTP/1.1\r\n" + host + "X: " + std::string(17000, 'a') + "\r\n\r\n", 431, true,
       "16384"},
      {"GET / HTTP/1.1\r\n" + host + "X: " + std::string(300'000, 'a'), 431, true, "16384"},
      {"GET /throws HTTP/1.1\r\n" + host + "\r\n", 500, false, "log"},
      {"GET /source-throws HTTP/1.1\r\n" + host + "\r\n", 500, false, "log"},
  };
  for (const BadRequest& bad : cases) {
    SCOPED_TRACE(bad.bytes.substr(0, 80));
    RawClient client = Connect();
    client.Send(bad.bytes);  // may fail when the server closes before all is sent
    const auto response = client.Receive();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, bad.status);
    EXPECT_EQ(response->headers.at("content-type"), "application/problem+json");
    EXPECT_THAT(response->body, HasSubstr(fmt::format("{{\"status\":{},\"title\":\"{}\"",
                                                      bad.status, ReasonPhrase(bad.status))));
    EXPECT_THAT(response->body, AllOf(HasSubstr(bad.detail), Not(HasSubstr("secret"))));
    EXPECT_EQ(response->headers.contains("connection"), bad.closes);
    EXPECT_EQ(response->headers.contains("allow"), bad.status == 405);
    if (bad.closes) {
      EXPECT_TRUE(client.WaitForClose());
    } else {
      EXPECT_EQ(client.Get("/echo")->status, 200);
    }
  }
  EXPECT_EQ(server_->counters().handler_failures, 2u);
}

TEST_F(HttpServerTest, HeaderInjectionIsNotPossible) {
  Start();
  const auto response = Connect().Get("/evil-header");
  ASSERT_TRUE(response);
  EXPECT_THAT(response->head, AllOf(Not(HasSubstr("Evil")), Not(HasSubstr("Set-Cookie"))));
  EXPECT_EQ(response->body, "body");
}

TEST_F(HttpServerTest, BodiesAreReadOver) {
  Start();
  RawClient client = Connect();
  const std::string post = "GET /echo HTTP/1.1\r\nHost: localhost\r\n";
  EXPECT_EQ(
      client.Exchange(post + "Content-Length: 65536\r\n\r\n" + std::string(65536, 'x'))->status,
      200);
  EXPECT_EQ(
      client
          .Exchange(post + "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nT: x\r\n\r\n")
          ->status,
      200);
  const auto invited = client.Exchange(post + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(invited->status, 100);
  EXPECT_EQ(client.Exchange("hi")->status, 200);
  const auto refused = client.Exchange(
      "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(refused->status, 405);
  EXPECT_EQ(refused->headers.at("connection"), "close");
}

TEST_F(HttpServerTest, ASourceThatBreaksCutsTheAnswerOff) {
  Start();
  for (const char* version : {"1.1", "1.0"}) {
    RawClient client = Connect();
    const auto response = client.Exchange(
        fmt::format("GET /source-breaks HTTP/{}\r\nHost: localhost\r\n\r\n", version));
    if (response && std::string_view(version) == "1.1") {
      EXPECT_FALSE(response->complete);
    }
    EXPECT_TRUE(client.WaitForClose());
  }
  EXPECT_EQ(Connect().Get("/echo")->status, 200);
}

TEST_F(HttpServerTest, RequestsArriveByteByByte) {
  Start();
  RawClient client = Connect();
  const std::string request =
      "\r\nGET /header HTTP/1.1\r\nHost: LOCALHOST:80\r\nIf-None-Match: \"x\"\r\n\r\n";
  for (char c : request) ASSERT_TRUE(client.Send(std::string_view(&c, 1)));
  EXPECT_EQ(client.Receive()->body, "host=LOCALHOST:80;if-none-match=\"x\";");
}

TEST_F(HttpServerTest, AHalfClosedRequestGetsAnAnswer) {
  Start();
  RawClient whole = Connect();
  ASSERT_TRUE(whole.Send("GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  whole.ShutdownSend();
  EXPECT_EQ(whole.Receive()->status, 200);
  EXPECT_TRUE(whole.WaitForClose());
  RawClient part = Connect();
  ASSERT_TRUE(part.Send("GET /echo HT"));
  part.ShutdownSend();
  const auto response = part.Receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 400);
  EXPECT_THAT(response->body, HasSubstr("middle"));
}

TEST_F(HttpServerTest, ManyClientsAtOnce) {
  Start();
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> clients;
    for (int t = 0; t < 8; ++t) {
      clients.emplace_back([&, t] {
        RawClient client = Connect();
        for (int i = 0; i < 30; ++i) {
          const char* path = (i + t) % 3 == 0 ? "/stream" : "/long";
          const auto response = client.Get(path, "Accept-Encoding: gzip\r\n");
          if (response && response->complete && Gunzip(response->body)) ++good;
        }
      });
    }
  }
  EXPECT_EQ(good, 240);
}

}  // namespace
}  // namespace kubemonitor
