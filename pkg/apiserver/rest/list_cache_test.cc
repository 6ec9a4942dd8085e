#include "apiserver/rest/list_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "apiserver/rest/query_testing.h"
#include "apiserver/rest/rest_testing.h"

namespace kubemonitor {
namespace {

using testing::FakeClock;
using testing::kNewestTickMs;
using testing::SmallCluster;

struct PageOfNames {
  std::vector<std::string> names;
  std::string token;
};

PageOfNames Parsed(const HttpResponse& response) {
  PageOfNames page;
  const rapidjson::Document answer = testing::Json(response);
  for (const auto& item : answer["items"].GetArray()) {
    page.names.emplace_back(item["name"].GetString());
  }
  if (answer.HasMember("continue")) page.token = answer["continue"].GetString();
  return page;
}

class ListCacheTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::shared_ptr<OrderedList>> Make() {
    ++made_;
    auto query =
        Query::Create(*store_, clock_.WallMs(), QueryOptions(), EverythingVisible(), nullptr);
    if (!query.ok()) return query.status();
    const std::vector<ItemRef> refs = (*query)->Pods({});
    return std::make_shared<OrderedList>(*std::move(query), refs, SortOrder());
  }
  std::shared_ptr<OrderedList> Get(const std::string& question,
                                   std::optional<int64_t> tick_ms = kNewestTickMs) {
    return lists_.Get(question, tick_ms, [this] { return Make(); }).value();
  }

  FakeClock clock_;
  std::unique_ptr<SummedStore> store_ = SmallCluster();
  ListCache lists_{clock_};
  std::atomic<int> made_ = 0;
};

TEST_F(ListCacheTest, PagesOfAListShareIt) {
  const std::shared_ptr<OrderedList> list = Get("a");
  EXPECT_EQ(Get("a"), list);
  EXPECT_NE(Get("b"), list);
  EXPECT_NE(Get("a", std::nullopt), list) << "of another tick";
  EXPECT_EQ(Get("a", std::nullopt), Get("a", std::nullopt));
  EXPECT_EQ(made_, 3);
}

TEST_F(ListCacheTest, AListOfAnotherTickThanTheOneAskedForIsNotKept) {
  EXPECT_EQ(Get("a", kNewestTickMs - 10'000)->tick_ms(), kNewestTickMs);
  Get("a", kNewestTickMs - 10'000);
  EXPECT_EQ(made_, 2);
}

TEST_F(ListCacheTest, AListIsOldAfterAWhile) {
  const auto slowly = [this] {
    clock_.Advance(2 * ListCache::kShareMs);
    lists_.Expire();
    return Make();
  };
  std::weak_ptr<OrderedList> first = lists_.Get("a", kNewestTickMs, slowly).value();
  clock_.Advance(ListCache::kShareMs - 1);
  lists_.Expire();
  EXPECT_EQ(Get("a"), first.lock()) << "counted from when it was made";
  clock_.Advance(1);
  lists_.Expire();
  EXPECT_TRUE(first.expired()) << "it takes no memory any more";
  Get("a");
  EXPECT_EQ(made_, 2);
}

TEST_F(ListCacheTest, ManyListsDoNotPileUp) {
  const std::weak_ptr<OrderedList> first = Get("0");
  for (size_t n = 1; n < ListCache::kMostLists; ++n) Get(std::to_string(n));
  EXPECT_FALSE(first.expired());
  Get("one more");
  EXPECT_TRUE(first.expired());
}

// A query that says it holds so much.
class LargeQuery : public testing::EmptyQuery {
 public:
  explicit LargeQuery(size_t bytes) : bytes_(bytes) {}
  int64_t tick_ms() const override { return kNewestTickMs; }
  size_t MemoryBytes() const override { return bytes_; }

 private:
  const size_t bytes_;
};

TEST_F(ListCacheTest, WhatIsKeptIsBounded) {
  const auto get = [this](const std::string& question, size_t bytes) {
    return lists_
        .Get(question, kNewestTickMs,
             [=] {
               return std::make_shared<OrderedList>(std::make_unique<LargeQuery>(bytes),
                                                    std::vector<ItemRef>(), SortOrder());
             })
        .value();
  };
  const std::weak_ptr<OrderedList> first = get("first", ListCache::kMostBytes / 2);
  const std::weak_ptr<OrderedList> second = get("second", ListCache::kMostBytes / 4);
  EXPECT_FALSE(first.expired());
  const std::weak_ptr<OrderedList> third = get("third", ListCache::kMostBytes / 2);
  EXPECT_TRUE(first.expired());
  EXPECT_FALSE(second.expired() || third.expired());
  const std::weak_ptr<OrderedList> large = get("large", ListCache::kMostBytes + 1);
  EXPECT_TRUE(large.expired());
  EXPECT_FALSE(second.expired() || third.expired());
}

TEST_F(ListCacheTest, WhatCannotBeMadeIsTriedAgain) {
  const auto refuse = [] { return absl::InvalidArgumentError("no"); };
  EXPECT_EQ(lists_.Get("a", kNewestTickMs, refuse).status(), absl::InvalidArgumentError("no"));
  EXPECT_EQ(Get("a")->tick_ms(), kNewestTickMs);
}

TEST_F(ListCacheTest, WhoAsksAtTheSameTimeWaitsForOne) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int n = 0; n < 50; ++n) {
        const auto list = Get("a");
        const Page page = list->MakePage({});
        EXPECT_EQ(list->Describe(page, 0, 1).size(), 1u);
        EXPECT_EQ(list->Describe(page, 0, 1'000).size(), page.refs.size());
      }
    });
  }
  threads.clear();
  EXPECT_EQ(made_, 1);
}

TEST_F(ListCacheTest, PagesOverRestAreThoseOfOneOrder) {
  RestOptions options = testing::OptionsFor(*store_, clock_);
  options.lists = std::make_shared<ListCache>(clock_);
  const Handler shared = MakeRestHandler(options);
  const auto ask = [&](const std::string& query, NameValueList headers = {}) {
    return Parsed(testing::Ask(shared, "/api/v1/pods?sort=-cpuMillicores" + query, headers));
  };
  const std::vector<std::string> whole = ask("").names;
  ASSERT_GT(whole.size(), 2u);
  std::vector<std::string> by_offset, by_token;
  std::string token;
  for (size_t offset = 0; offset < whole.size(); ++offset) {
    by_offset.push_back(ask("&limit=1&offset=" + std::to_string(offset)).names.at(0));
    const PageOfNames next = ask(token.empty() ? "&limit=1" : "&limit=1&continue=" + token);
    by_token.push_back(next.names.at(0));
    token = next.token;
    if (offset == 0) {  // the order is kept, unless the client says otherwise
      store_->Clear();
      EXPECT_THAT(ask("&limit=1", {{"cache-control", "no-cache"}}).names, ::testing::IsEmpty());
    }
  }
  EXPECT_EQ(by_offset, whole);
  EXPECT_EQ(by_token, whole);
  EXPECT_EQ(token, "");
}

}  // namespace
}  // namespace kubemonitor
