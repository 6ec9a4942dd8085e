#ifndef KUBEMONITOR_HTTP_HTTP_SERVER_TESTING_H_
#define KUBEMONITOR_HTTP_HTTP_SERVER_TESTING_H_

// A server on a loopback port with one resource for each kind of answer, for tests.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "http/http_server.h"
#include "http/problem.h"
#include "http/raw_client.h"

namespace kubemonitor {

inline constexpr size_t kStreamLine = 1000;

// Yields `count` lines of kStreamLine bytes.
inline BodySource Lines(int count) {
  return [count, next = 0](std::string* chunk) mutable {
    if (next == count) return false;
    *chunk = fmt::format("{:0>{}}\n", next++, kStreamLine - 1);
    return true;
  };
}

inline std::string AllLines(int count) {
  std::string all;
  std::string chunk;
  for (BodySource source = Lines(count); source(&chunk);) all += chunk;
  return all;
}

// One resource for each kind of answer.
inline HttpResponse Serve(const HttpRequest& request) {
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
    Start(std::move(options), HttpListener{"127.0.0.1:0", std::move(handler)});
  }
  void Start(HttpServerOptions options, HttpListener listener) {
    auto server = HttpServer::Create(std::move(options), {std::move(listener)});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  RawClient Connect(int receive_buffer = 0) {
    return RawClient(server_->addresses()[0], receive_buffer);
  }

  std::unique_ptr<HttpServer> server_;
};

}  // namespace kubemonitor

#endif  // KUBEMONITOR_HTTP_HTTP_SERVER_TESTING_H_
