#include "apiserver/http/http_server.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <future>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

#include "apiserver/http/problem.h"
#include "apiserver/http/raw_client.h"

namespace kubemonitor {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr size_t kStreamLine = 1000;

// Yields `count` lines of kStreamLine bytes.
BodySource Lines(int count) {
  return [count, next = 0](std::string* chunk) mutable {
    if (next == count) return false;
    *chunk = fmt::format("{:0>{}}\n", next++, kStreamLine - 1);
    return true;
  };
}

std::string AllLines(int count) {
  std::string all;
  std::string chunk;
  for (BodySource source = Lines(count); source(&chunk);) all += chunk;
  return all;
}

// One resource for each kind of answer.
HttpResponse Serve(const HttpRequest& request) {
  HttpResponse response;
  response.headers = {{"Content-Type", "text/plain"}};
  const std::string name = request.segments.empty() ? "" : request.segments[0];
  if (name == "echo") {
    for (const std::string& segment : request.segments) response.body += "[" + segment + "]";
    for (const auto& [key, value] : request.query) response.body += " " + key + "=" + value;
  } else if (name == "long") {
    response.body = AllLines(200);
  } else if (name == "stream") {
    response.source = Lines(500);
  } else if (name == "short-stream") {
    response.source = Lines(1);
  } else if (name == "endless") {
    response.source = Lines(1 << 30);
  } else if (name == "empty") {
    response.status = 204;
  } else if (name == "throws") {
    throw std::runtime_error("secret detail");
  } else if (name == "source-throws") {
    response.source = [](std::string*) -> bool { throw std::runtime_error("secret detail"); };
  } else if (name == "source-breaks") {
    response.source = [n = 0](std::string* chunk) mutable {
      if (++n > 200) throw std::runtime_error("broken");
      chunk->assign(1000, 'x');
      return true;
    };
  } else if (name == "evil-header") {
    response.headers.emplace_back("X-Evil", "a\r\nSet-Cookie: b");
    response.headers.emplace_back("X Evil", "a");
    response.headers.emplace_back("Content-Length", "3");
    response.body = "body";
  } else if (name == "header") {
    for (const auto& [key, value] : request.headers) response.body += key + "=" + value + ";";
  } else {
    return MakeProblem(404, "", "there is no " + request.path);
  }
  return response;
}

class HttpServerTest : public testing::Test {
 protected:
  void Start(HttpServerOptions options = {}, Handler handler = Serve) {
    auto server = HttpServer::Create(std::move(options), {{"127.0.0.1:0", std::move(handler)}});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  RawClient Connect(int receive_buffer = 0) {
    return RawClient(server_->addresses()[0], receive_buffer);
  }

  std::unique_ptr<HttpServer> server_;
};

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

TEST_F(HttpServerTest, ARequestThatStopsInTheMiddleTimesOut) {
  Start({.header_timeout = milliseconds(200)});
  RawClient stopped = Connect();
  ASSERT_TRUE(stopped.Send("GET /echo HTTP/1.1\r\nHost: loc"));
  RawClient silent = Connect();
  RawClient no_body = Connect();
  ASSERT_TRUE(no_body.Send("GET /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nab"));
  for (RawClient* client : {&stopped, &no_body}) {
    const auto response = client->Receive();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 408);
    EXPECT_EQ(response->headers.at("content-type"), "application/problem+json");
    EXPECT_TRUE(client->WaitForClose());
  }
  EXPECT_FALSE(silent.Receive());
  EXPECT_TRUE(silent.WaitForClose());
  EXPECT_EQ(server_->counters().timed_out, 2u);
}

TEST_F(HttpServerTest, ADripDoesNotProlongTheDeadline) {
  Start({.header_timeout = milliseconds(300)});
  RawClient client = Connect();
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\n"));
  while (!client.WaitForClose(milliseconds(20)) && client.Send("X: y\r\n")) {
    ASSERT_LT(std::chrono::steady_clock::now() - begin, seconds(10));
  }
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(290));
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

TEST_F(HttpServerTest, IdleConnectionsAreClosed) {
  Start({.idle_timeout = milliseconds(100)});
  RawClient client = Connect();
  ASSERT_TRUE(client.Get("/echo"));
  EXPECT_TRUE(client.WaitForClose());
  EXPECT_EQ(server_->counters().timed_out, 0u);
}

TEST_F(HttpServerTest, AReaderThatNeverReadsIsReset) {
  Start({.write_timeout = milliseconds(200)});
  RawClient client = Connect(/*receive_buffer=*/4096);
  ASSERT_TRUE(client.Send("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const auto end = std::chrono::steady_clock::now() + seconds(20);
  while (server_->counters().timed_out == 0 && std::chrono::steady_clock::now() < end) {
    EXPECT_EQ(Connect().Get("/echo")->status, 200);  // others are served meanwhile
  }
  EXPECT_EQ(server_->counters().timed_out, 1u);
  EXPECT_TRUE(client.WaitForClose());
}

TEST_F(HttpServerTest, HundredsOfSlowConnectionsDoNotHarmAHealthyOne) {
  rlimit limit = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  Start();
  std::vector<RawClient> slow;
  for (int i = 0; i < 500; ++i) {
    slow.push_back(Connect(4096));
    ASSERT_TRUE(slow.back().connected()) << i;
    if (i % 4 == 1) slow.back().Send("GET /ec");
    if (i % 4 == 2) slow.back().Send("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n");
    if (i % 4 == 3) {
      ASSERT_TRUE(slow.back().Get("/echo"));
    }
  }
  RawClient healthy = Connect();
  for (int i = 0; i < 100; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const auto response = healthy.Get("/echo");
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(2));
  }
  EXPECT_EQ(server_->counters().connections_open, 501u);
  EXPECT_EQ(server_->counters().connections_refused, 0u);
}

TEST_F(HttpServerTest, AFullServerMakesRoomAtTheExpenseOfTheIdle) {
  Start({.max_connections = 4, .eviction_grace = seconds(100)});
  std::vector<RawClient> idle;
  for (int i = 0; i < 4; ++i) {
    idle.push_back(Connect());
    ASSERT_TRUE(idle.back().Get("/echo"));
  }
  RawClient fifth = Connect();
  EXPECT_EQ(fifth.Get("/echo")->status, 200);
  EXPECT_TRUE(idle[0].WaitForClose());  // the one idle for longest
  EXPECT_EQ(idle[3].Get("/echo")->status, 200);
  EXPECT_EQ(server_->counters().connections_evicted, 1u);
}

TEST_F(HttpServerTest, AFullServerMakesRoomAtTheExpenseOfTheSlow) {
  Start({.max_connections = 4, .eviction_grace = milliseconds(0)});
  std::vector<RawClient> slow;
  for (int i = 0; i < 4; ++i) {
    slow.push_back(Connect());
    ASSERT_TRUE(slow.back().Send("GET /"));
  }
  EXPECT_EQ(Connect().Get("/echo")->status, 200);
  EXPECT_EQ(server_->counters().connections_evicted, 1u);
}

TEST_F(HttpServerTest, AServerFullOfWorkRefuses) {
  std::latch begun(2);
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  Start({.max_connections = 2}, [&](const HttpRequest&) {
    begun.count_down();
    released.wait();
    return HttpResponse{};
  });
  RawClient first = Connect();
  RawClient second = Connect();
  const std::string request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  ASSERT_TRUE(first.Send(request) && second.Send(request));
  begun.wait();
  RawClient third = Connect();
  third.Send(request);
  const auto refused = third.Receive();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->headers.at("retry-after"), "1");
  EXPECT_EQ(refused->headers.at("content-type"), "application/problem+json");
  EXPECT_EQ(server_->counters().connections_refused, 1u);
  release.set_value();
  EXPECT_EQ(first.Receive()->status, 200);
  EXPECT_EQ(second.Receive()->status, 200);
}

TEST_F(HttpServerTest, StopFinishesRunningRequestsAndClosesIdleConnections) {
  std::latch begun(1);
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  Start({}, [&](const HttpRequest& request) {
    if (request.path == "/slow") {
      begun.count_down();
      released.wait();
    }
    HttpResponse response;
    response.source = Lines(300);
    return response;
  });
  RawClient idle = Connect();
  ASSERT_TRUE(idle.Get("/"));
  RawClient incomplete = Connect();
  ASSERT_TRUE(incomplete.Send("GET /"));
  RawClient running = Connect();
  ASSERT_TRUE(running.Send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  begun.wait();
  std::jthread stopper([&] { server_->Stop(seconds(20)); });
  EXPECT_TRUE(idle.WaitForClose());
  EXPECT_TRUE(incomplete.WaitForClose());
  EXPECT_FALSE(Connect().connected());
  release.set_value();
  const auto response = running.Receive();
  ASSERT_TRUE(response);
  EXPECT_TRUE(response->complete);
  EXPECT_EQ(response->body, AllLines(300));
  EXPECT_EQ(response->headers.at("connection"), "close");
  EXPECT_TRUE(running.WaitForClose());
  stopper.join();
  server_->Stop(seconds(1));  // may be called again
  EXPECT_EQ(server_->counters().connections_open, 0u);
}

TEST_F(HttpServerTest, StopCutsOffAtItsDeadline) {
  Start();
  RawClient endless = Connect(4096);
  ASSERT_TRUE(endless.Send("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  while (server_->counters().requests == 0) std::this_thread::yield();
  const auto begin = std::chrono::steady_clock::now();
  server_->Stop(milliseconds(100));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(5));
  EXPECT_TRUE(endless.WaitForClose());
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

TEST(HttpServerListenTest, EveryListenerHasItsOwnHandlerAndHostRule) {
  auto health = [](const HttpRequest&) { return HttpResponse{.body = "ok"}; };
  auto server = HttpServer::Create(
      {},
      {{"127.0.0.1:0", Serve}, {"127.0.0.1:0", health, /*check_host=*/false}, {"[::1]:0", Serve}});
  if (!server.ok() && absl::IsUnavailable(server.status())) GTEST_SKIP() << server.status();
  ASSERT_TRUE(server.ok()) << server.status();
  const auto& addresses = (*server)->addresses();
  ASSERT_EQ(addresses.size(), 3u);
  EXPECT_THAT(addresses[2], HasSubstr("[::1]:"));
  EXPECT_EQ(RawClient(addresses[0]).Get("/echo")->body, "[echo]");
  EXPECT_EQ(
      RawClient(addresses[1]).Exchange("GET /x HTTP/1.1\r\nHost: 10.1.2.3:8081\r\n\r\n")->body,
      "ok");
  EXPECT_EQ(RawClient(addresses[2]).Exchange("GET /echo HTTP/1.1\r\nHost: [::1]:80\r\n\r\n")->body,
            "[echo]");
}

TEST(HttpServerListenTest, ErrorsSayWhatToDo) {
  auto first = HttpServer::Create({}, {{"127.0.0.1:0", Serve}});
  ASSERT_TRUE(first.ok());
  const std::string taken = (*first)->addresses()[0];
  const auto in_use = HttpServer::Create({}, {{taken, Serve}}).status();
  EXPECT_EQ(in_use.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(in_use.ToString(), AllOf(HasSubstr(taken), HasSubstr("another port")));
  const auto foreign = HttpServer::Create({}, {{"192.0.2.1:0", Serve}}).status();
  EXPECT_EQ(foreign.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(foreign.ToString(), HasSubstr("no such address"));
  const auto name = HttpServer::Create({}, {{"localhost:80", Serve}}).status();
  EXPECT_EQ(name.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(name.ToString(), AllOf(HasSubstr("localhost:80"), HasSubstr("127.0.0.1:8080")));
  const auto host = HttpServer::Create({.allowed_hosts = {"http://x"}}, {{"127.0.0.1:0", Serve}});
  EXPECT_THAT(host.status().ToString(), HasSubstr("http://x"));
  const auto options = HttpServer::Create({.worker_threads = 0, .max_connections = 0}, {}).status();
  EXPECT_THAT(options.ToString(), AllOf(HasSubstr("worker_threads"), HasSubstr("max_connections"),
                                        HasSubstr("no address")));
}

}  // namespace
}  // namespace kubemonitor
