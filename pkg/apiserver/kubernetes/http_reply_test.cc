#include "apiserver/kubernetes/http_reply.h"

#include <gtest/gtest.h>

#include <string>

#include "apiserver/kubernetes/gunzip.h"
#include "http/content_coding.h"

namespace kubemonitor {
namespace {

struct Outcome {
  HttpReply::State state = HttpReply::State::kMore;
  HttpReplyHead head;
  std::string body, problem;
  size_t left = 0;
};

// Gives the text `piece` bytes more at a time, as a connection does.
Outcome Read(const std::string& text, size_t piece, bool end = false) {
  Outcome out;
  HttpReply reply([&out](const HttpReplyHead& head) { out.head = head; },
                  [&out](std::string_view data) {
                    out.body += data;
                    return out.body.size() < 100'000;
                  });
  std::string pending;
  for (size_t at = 0; at < text.size() && out.state == HttpReply::State::kMore; at += piece) {
    pending += text.substr(at, piece);
    size_t consumed = 0;
    out.state = reply.Write(pending, &consumed);
    pending.erase(0, consumed);
  }
  out.left = pending.size();
  if (end && out.state == HttpReply::State::kMore) out.state = reply.End();
  out.problem = reply.problem();
  return out;
}

TEST(HttpReplyTest, Framings) {
  const struct {
    std::string text, body;
    bool end, keep_alive;
  } kCases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", false, true},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello", "hello", false,
       false},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", false, true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n"
       "0\r\n\r\n",
       "hello world", false, true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "", false, true},
      {"HTTP/1.1 200 OK\r\n\r\nup to the end", "up to the end", true, false},
      {"HTTP/1.1 204 No Content\r\n\r\n", "", false, true},
  };
  for (const auto& [text, body, end, keep_alive] : kCases) {
    for (const size_t piece : {size_t{1}, size_t{3}, text.size()}) {
      const Outcome out = Read(text, piece, end);
      EXPECT_EQ(out.state, HttpReply::State::kDone) << text << out.problem;
      EXPECT_EQ(out.body, body) << text;
      EXPECT_EQ(out.head.keep_alive, keep_alive) << text;
      EXPECT_EQ(out.left, 0u);
    }
  }
}

TEST(HttpReplyTest, HeadFields) {
  const Outcome out = Read(
      "HTTP/1.1 429 Too Many Requests\r\nretry-after: 17\r\nCONTENT-ENCODING: GZip\r\n"
      "Content-Length: 0\r\n\r\n",
      7);
  EXPECT_EQ(out.head.status, 429);
  EXPECT_EQ(out.head.retry_after_seconds, 17);
  EXPECT_EQ(out.head.content_encoding, "gzip");
  for (const std::string value : {"-1", "x", "Wed, 21 Oct 2015 07:28:00 GMT", ""}) {
    EXPECT_EQ(Read("HTTP/1.1 503 x\r\nRetry-After: " + value + "\r\nContent-Length: 0\r\n\r\n", 99)
                  .head.retry_after_seconds,
              std::nullopt)
        << value;
  }
}

TEST(HttpReplyTest, TheEndInTheMiddle) {
  for (const std::string text :
       {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"}) {
    EXPECT_EQ(Read(text, 4, true).state, HttpReply::State::kFailed) << text;
    EXPECT_EQ(Read(text, 4, false).state, HttpReply::State::kMore) << text;
  }
}

TEST(HttpReplyTest, Refusals) {
  for (const std::string text :
       {"nonsense\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"}) {
    EXPECT_EQ(Read(text, 5).state, HttpReply::State::kFailed) << text;
  }
  for (const size_t piece : {size_t{1000}, size_t{1} << 20}) {
    EXPECT_EQ(Read("HTTP/1.1 200 OK\r\nX: " + std::string(200'000, 'x') + "\r\n\r\n", piece).state,
              HttpReply::State::kFailed);
  }
}

TEST(HttpReplyTest, StopsWhenToldTo) {
  const Outcome out =
      Read("HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n" + std::string(500'000, 'x'), 1000);
  EXPECT_EQ(out.state, HttpReply::State::kStopped);
  EXPECT_LT(out.body.size(), 110'000u);
}

std::string Zipped(const std::string& text) {
  std::string out;
  const auto encoder = GzipEncoder::Create(6);
  EXPECT_TRUE(encoder->Write(text, &out));
  EXPECT_TRUE(encoder->Finish(&out));
  return out;
}

TEST(GunzipTest, Unpacks) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i);
  const std::string zipped = Zipped(text);
  for (const size_t piece : {size_t{1}, size_t{100}, zipped.size()}) {
    Gunzip gunzip;
    std::string out;
    auto state = Gunzip::State::kMore;
    for (size_t at = 0; at < zipped.size(); at += piece) {
      EXPECT_EQ(state, Gunzip::State::kMore);
      state = gunzip.Write(std::string_view(zipped).substr(at, piece), [&out](std::string_view s) {
        out += s;
        return true;
      });
    }
    EXPECT_EQ(state, Gunzip::State::kDone);
    EXPECT_TRUE(out == text);
  }
}

TEST(GunzipTest, StopsAndFails) {
  const std::string zipped = Zipped(std::string(10'000'000, 'x'));  // 10 KB
  Gunzip gunzip;
  size_t out = 0;
  const auto some = [&out](std::string_view s) { return (out += s.size()) < 100'000; };
  EXPECT_EQ(gunzip.Write(zipped, some), Gunzip::State::kStopped);
  EXPECT_LT(out, 200'000u);
  EXPECT_EQ(gunzip.Write(zipped, some), Gunzip::State::kStopped);
  const auto all = [](std::string_view) { return true; };
  Gunzip garbage;
  EXPECT_EQ(garbage.Write("no gzip", all), Gunzip::State::kFailed);
  std::string broken = Zipped("hello");
  broken[broken.size() - 5] ^= 1;  // of the checksum
  Gunzip checked;
  EXPECT_EQ(checked.Write(broken, all), Gunzip::State::kFailed);
}

}  // namespace
}  // namespace kubemonitor
