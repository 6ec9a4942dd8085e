#include "apiserver/rest/answer_cache.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "apiserver/rest/rest_testing.h"
#include "apiserver/store/store_testing.h"
#include "http/raw_client.h"

namespace kubemonitor {
namespace {

using testing::FakeClock;
using testing::HeaderOf;
using testing::kIntervalMs;
using testing::kNewestTickMs;
using testing::SmallCluster;

class AnswerCacheTest : public ::testing::Test {
 protected:
  HttpResponse Ask(std::vector<std::string> segments, NameValueList query = {},
                   NameValueList headers = {}) {
    HttpRequest request;
    request.segments = std::move(segments);
    request.query = std::move(query);
    request.headers = std::move(headers);
    return cache_.Answer(request, [this](const HttpRequest&) {
      HttpResponse response;
      response.status = status_;
      response.headers = {{"Content-Type", "application/json"}};
      response.body = fmt::format("{} {}", ++made_, std::string(length_, 'x'));
      if (!streamed_) return response;
      response.source = [body = response.body, at = size_t{0}](std::string* chunk) mutable {
        if (at >= body.size()) return false;
        *chunk = body.substr(at, 1000);
        at += 1000;
        return true;
      };
      response.body.clear();
      return response;
    });
  }
  void Tick(int64_t tick_ms) {
    for (const char* node : {"node-a", "node-b"}) {
      store_->Append(testing::Report(node, {}, {testing::TickAt(tick_ms, testing::Values({}))}),
                     clock_.WallMs());
    }
  }

  FakeClock clock_;
  std::unique_ptr<SummedStore> store_ = SmallCluster();
  TickWatch ticks_{*store_, clock_};
  AnswerCache cache_{ticks_, clock_};
  std::atomic<int> made_ = 0;
  int status_ = 200;
  size_t length_ = 0;
  bool streamed_ = false;
};

TEST_F(AnswerCacheTest, EqualQuestionsShareAnAnswerForAWhile) {
  EXPECT_EQ(Ask({"a", "b"}).body, "1 ");
  EXPECT_EQ(Ask({"a", "b"}).body, "1 ");
  EXPECT_EQ(HeaderOf(Ask({"a", "b"}), "Content-Type"), "application/json");
  clock_.Advance(AnswerCache::kShareMs - 1);
  EXPECT_EQ(Ask({"a", "b"}).body, "1 ");
  clock_.Advance(1);
  EXPECT_EQ(Ask({"a", "b"}).body, "2 ");
}

TEST_F(AnswerCacheTest, AClientMayWantItsOwn) {
  EXPECT_EQ(Ask({"a"}).body, "1 ");
  EXPECT_EQ(Ask({"a"}, {}, {{"cache-control", "no-cache"}}).body, "2 ");
  EXPECT_EQ(Ask({"a"}).body, "1 ");
}

TEST_F(AnswerCacheTest, OtherQuestionsHaveTheirOwn) {
  EXPECT_EQ(Ask({"a", "b"}).body, "1 ");
  EXPECT_EQ(Ask({"a"}).body, "2 ");
  EXPECT_EQ(Ask({"ab"}).body, "3 ");
  EXPECT_EQ(Ask({"a", "b"}, {{"x", ""}}).body, "4 ");
  EXPECT_EQ(Ask({"a", "b"}, {{"", "x"}}).body, "5 ");
  EXPECT_EQ(Ask({"a", "b"}, {{"x", "1:y"}}).body, "6 ");
  EXPECT_EQ(Ask({"a", "b"}, {{"x", "1"}, {"y", ""}}).body, "7 ");
}

TEST_F(AnswerCacheTest, WhoWasToldOfATickDoesNotGetTheOneBefore) {
  EXPECT_EQ(Ask({"a"}).body, "1 ");
  Tick(kNewestTickMs + kIntervalMs);
  EXPECT_EQ(ticks_.Look(), kNewestTickMs + kIntervalMs);  // as the announcer does
  EXPECT_EQ(Ask({"a"}).body, "2 ");
  EXPECT_EQ(Ask({"a"}).body, "2 ");
}

TEST_F(AnswerCacheTest, ANewTickIsSeenWithoutAnAnnouncer) {
  EXPECT_EQ(Ask({"a"}).body, "1 ");
  Tick(kNewestTickMs + kIntervalMs);
  clock_.Advance(TickWatch::kEveryMs);
  EXPECT_EQ(Ask({"a"}).body, "2 ");
}

TEST_F(AnswerCacheTest, ErrorsAreNotShared) {
  status_ = 404;
  EXPECT_EQ(Ask({"a"}).status, 404);
  status_ = 200;
  EXPECT_EQ(Ask({"a"}).body, "2 ");
}

TEST_F(AnswerCacheTest, StreamedAnswersAreSharedWhenTheyAreShort) {
  streamed_ = true;
  length_ = 10'000;
  const std::string first = Ask({"a"}).body;
  EXPECT_EQ(first.size(), 10'002u);
  EXPECT_EQ(Ask({"a"}).body, first);
  EXPECT_EQ(made_, 1);

  length_ = AnswerCache::kMostBytesOfOne + 5'000;
  HttpResponse passed = Ask({"long"});
  ASSERT_TRUE(passed.source);
  std::string whole, chunk;
  while (passed.source(&chunk)) whole += chunk;
  EXPECT_EQ(whole, "2 " + std::string(length_, 'x'));
  Ask({"long"});
  EXPECT_EQ(made_, 3);
}

TEST_F(AnswerCacheTest, IsCompressedOnce) {
  length_ = 5'000;
  const HttpResponse plain = Ask({"a"}, {}, {{"accept-encoding", "gzip;q=0"}});
  EXPECT_EQ(HeaderOf(plain, "Content-Encoding"), "");
  EXPECT_EQ(HeaderOf(plain, "Vary"), "Accept-Encoding");
  const HttpResponse gzip = Ask({"a"}, {}, {{"accept-encoding", "gzip, br"}});
  EXPECT_EQ(HeaderOf(gzip, "Content-Encoding"), "gzip");
  EXPECT_LT(gzip.body.size(), 200u);
  EXPECT_EQ(Gunzip(gzip.body), plain.body);
  length_ = 10;
  EXPECT_EQ(HeaderOf(Ask({"short"}, {}, {{"accept-encoding", "gzip"}}), "Content-Encoding"), "");
}

TEST_F(AnswerCacheTest, IsBounded) {
  length_ = AnswerCache::kMostBytesOfOne - 100;
  const size_t fit = AnswerCache::kMostBytes / AnswerCache::kMostBytesOfOne;
  Ask({"first"});
  for (size_t i = 0; i < fit + 1; ++i) Ask({std::to_string(i)});
  const int before = made_;
  Ask({"first"});
  EXPECT_EQ(made_, before + 1) << "it had to make room";
  Ask({std::to_string(fit)});
  EXPECT_EQ(made_, before + 1);
}

TEST_F(AnswerCacheTest, ManyThreads) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 200; ++i) {
        EXPECT_EQ(Ask({std::to_string((i + t) % 5)}).status, 200);
        if (i % 50 == 0) clock_.Advance(700);
      }
    });
  }
}

}  // namespace
}  // namespace kubemonitor
