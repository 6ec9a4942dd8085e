#include "apiserver/rest/list.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "apiserver/rest/query_testing.h"

namespace kubemonitor {
namespace {

using ::testing::ElementsAre;

struct FakeItem {
  std::string name;
  std::optional<double> value;
};

// Items that are a name and a value; answers nothing but what lists ask for.
class FakeQuery : public testing::EmptyQuery {
 public:
  explicit FakeQuery(std::vector<FakeItem> items) : items_(std::move(items)) {}

  int64_t tick_ms() const override { return 1'000'000; }
  const WindowAxis* axis() const override { return axis_ ? &*axis_ : nullptr; }
  std::string SortName(const ItemRef& ref) override { return items_[ref.index].name; }
  std::optional<double> SortValue(const ItemRef& ref, Metric, SortStatistic) override {
    return items_[ref.index].value;
  }
  void Expect(const std::vector<ItemRef>& refs) override { expected_ = refs.size(); }
  Item Describe(const ItemRef& ref, bool detailed) override {
    EXPECT_FALSE(detailed);
    ++described_;
    Item item;
    item.name = items_[ref.index].name;
    item.usage[static_cast<size_t>(Metric::kCpuMillicores)] = items_[ref.index].value;
    return item;
  }

  std::vector<ItemRef> All() const {
    std::vector<ItemRef> refs;
    for (uint32_t i = 0; i < items_.size(); ++i) refs.push_back({ItemKind::kPod, i});
    return refs;
  }
  int described() const { return described_; }
  size_t expected() const { return expected_; }
  void set_axis(WindowAxis axis) { axis_ = std::move(axis); }

 private:
  std::vector<FakeItem> items_;
  std::optional<WindowAxis> axis_;
  int described_ = 0;
  size_t expected_ = 0;
};

SortOrder By(bool descending) { return {Metric::kCpuMillicores, SortStatistic::kNow, descending}; }

std::shared_ptr<OrderedList> List(const std::vector<FakeItem>& items, const SortOrder& order = {}) {
  auto query = std::make_unique<FakeQuery>(items);
  const std::vector<ItemRef> refs = query->All();
  return std::make_shared<OrderedList>(std::move(query), refs, order);
}

std::vector<std::string> NamesOf(OrderedList& list, const Page& page) {
  std::vector<std::string> names;
  for (const Item& item : list.Describe(page, 0, page.refs.size())) names.push_back(item.name);
  return names;
}

std::string Drain(const BodySource& source, std::vector<size_t>* sizes = nullptr) {
  std::string whole;
  std::string chunk;
  while (source(&chunk)) {
    if (sizes != nullptr) sizes->push_back(chunk.size());
    whole += chunk;
  }
  return whole;
}

std::vector<FakeItem> Some() {
  return {{"d", 1}, {"b", 3}, {"a", std::nullopt}, {"c", 3}, {"f", std::nullopt}, {"e", 2}};
}

TEST(ListTest, Orders) {
  const auto names = [](const SortOrder& order) {
    const auto list = List(Some(), order);
    return NamesOf(*list, list->MakePage({}));
  };
  EXPECT_THAT(names({}), ElementsAre("a", "b", "c", "d", "e", "f"));
  EXPECT_THAT(names({std::nullopt, SortStatistic::kNow, true}),
              ElementsAre("f", "e", "d", "c", "b", "a"));
  EXPECT_THAT(names(By(false)), ElementsAre("d", "e", "b", "c", "a", "f"));
  EXPECT_THAT(names(By(true)), ElementsAre("b", "c", "e", "d", "a", "f"));
}

TEST(ListTest, OffsetAndLimit) {
  const auto list = List(Some());
  const auto page = [&list](std::optional<uint64_t> limit, std::optional<uint64_t> offset) {
    return list->MakePage({limit, offset, {}});
  };
  EXPECT_THAT(NamesOf(*list, page(2, {})), ElementsAre("a", "b"));
  EXPECT_EQ(page(2, {}).total, 6u);
  EXPECT_EQ(page(2, {}).last->name, "b");
  EXPECT_THAT(NamesOf(*list, page(2, 4)), ElementsAre("e", "f"));
  EXPECT_FALSE(page(2, 4).last.has_value());
  EXPECT_THAT(NamesOf(*list, page({}, 5)), ElementsAre("f"));
  EXPECT_TRUE(page(1, 6).refs.empty());
  EXPECT_TRUE(page(1, 1'000'000'000).refs.empty());
  EXPECT_EQ(page(1, 1'000'000'000).total, 6u);
  EXPECT_FALSE(page(6, {}).last.has_value());
  EXPECT_EQ(page(1'000'000'000, {}).refs.size(), 6u);
}

TEST(ListTest, PagesGoOnExactlyInEveryOrder) {
  for (const SortOrder& order :
       {SortOrder{}, SortOrder{std::nullopt, SortStatistic::kNow, true}, By(false), By(true)}) {
    const auto list = List(Some(), order);
    const std::vector<std::string> whole = NamesOf(*list, list->MakePage({}));
    for (uint64_t limit = 1; limit <= 7; ++limit) {
      for (const bool shared : {false, true}) {
        std::vector<std::string> pieces;
        PageRequest request{limit, {}, {}};
        do {
          const auto same = shared ? list : List(Some(), order);
          const Page page = same->MakePage(request);
          for (const std::string& name : NamesOf(*same, page)) pieces.push_back(name);
          request.after = page.last;
        } while (request.after);
        EXPECT_EQ(pieces, whole) << limit;
      }
    }
  }
}

TEST(ListTest, PagesNeitherRepeatNorSkipWhatStays) {
  const auto before = List(Some(), By(true));
  const Page first = before->MakePage({3, {}, {}});
  EXPECT_THAT(NamesOf(*before, first), ElementsAre("b", "c", "e"));
  // "b" and the last one of the page went, "aa" and "g" came.
  const auto after =
      List({{"d", 1}, {"a", std::nullopt}, {"aa", 9}, {"c", 3}, {"g", 0}, {"f", {}}}, By(true));
  const Page second = after->MakePage({10, {}, first.last});
  EXPECT_THAT(NamesOf(*after, second), ElementsAre("d", "g", "a", "f"));
}

TEST(ListTest, AnyPagesInAnyOrderAreThoseOfTheWholeList) {
  std::vector<FakeItem> items;
  for (int i = 0; i < 500; ++i) items.push_back({fmt::format("{:03}", i), i * 37 % 100});
  const auto whole_list = List(items, By(true));
  const std::vector<std::string> whole = NamesOf(*whole_list, whole_list->MakePage({}));
  const auto list = List(items, By(true));
  for (const uint64_t offset : {0, 10, 5, 300, 290, 490, 20, 0}) {
    const std::vector<std::string> names = NamesOf(*list, list->MakePage({10, offset, {}}));
    const auto first = whole.begin() + static_cast<ptrdiff_t>(offset);
    EXPECT_EQ(names, std::vector<std::string>(first, first + 10)) << offset;
  }
}

TEST(ListTest, PagesThatAreSentAtTheSameTimeAreExpectedInTurn) {
  auto query = std::make_unique<FakeQuery>(Some());
  const FakeQuery* watched = query.get();
  const std::vector<ItemRef> refs = query->All();
  OrderedList list(std::move(query), refs, {});
  const Page two = list.MakePage({2, {}, {}});
  const Page three = list.MakePage({3, {}, {}});
  list.Describe(two, 0, 1);
  EXPECT_EQ(watched->expected(), 2u);
  list.Describe(three, 0, 2);
  EXPECT_EQ(watched->expected(), 3u);
  list.Describe(two, 1, 1);
  EXPECT_EQ(watched->expected(), 0u) << "what was made for the page is forgotten with it";
}

TEST(ListTest, StreamedEqualsWhole) {
  std::vector<FakeItem> items;
  for (int i = 0; i < 2000; ++i) items.push_back({fmt::format("pod-{:05}", i), i * 0.5});
  auto query = std::make_unique<FakeQuery>(items);
  FakeQuery* watched = query.get();
  const std::vector<ItemRef> refs = query->All();
  auto list = std::make_shared<OrderedList>(std::move(query), refs, SortOrder());
  Page page = list->MakePage({});
  JsonWriter expected;
  expected.StartObject();
  expected.Key("items");
  expected.StartArray();
  for (const ItemRef& ref : page.refs) {
    expected.StartObject();
    WriteItemFields(watched->Describe(ref, false), {}, &expected);
    expected.EndObject();
  }
  expected.EndArray();
  expected.UnsignedField("total", 2000);
  expected.TextField("continue", "token");
  expected.EndObject();
  std::string whole;
  expected.Take(&whole);

  const int before = watched->described();
  const BodySource source = StreamList(list, std::move(page), "token", {});
  std::string first;
  ASSERT_TRUE(source(&first));
  EXPECT_LT(watched->described() - before, 2000) << "items are made as they are sent";
  std::vector<size_t> sizes;
  EXPECT_EQ(first + Drain(source, &sizes), whole + "\n");
  EXPECT_GT(sizes.size(), 5u);
  EXPECT_GE(first.size(), kListChunkBytes);
  EXPECT_LT(*std::max_element(sizes.begin(), sizes.end()), kListChunkBytes + 2048);
  std::string more;
  EXPECT_FALSE(source(&more));
  EXPECT_EQ(WriteList(*list, list->MakePage({}), "token", {}), whole + "\n");
}

TEST(ListTest, EmptyListAndWindow) {
  EXPECT_EQ(Drain(StreamList(List({}), {}, "", {})), "{\"items\":[],\"total\":0}\n");
  auto query = std::make_unique<FakeQuery>(std::vector<FakeItem>{});
  query->set_axis({980, 1000, 10, {990, 1000}});
  const auto list =
      std::make_shared<OrderedList>(std::move(query), std::vector<ItemRef>(), SortOrder());
  EXPECT_EQ(Drain(StreamList(list, {}, "", {})),
            "{\"window\":{\"start\":980,\"end\":1000,\"step\":10,\"timestamps\":[990,1000]},"
            "\"items\":[],\"total\":0}\n");
}

}  // namespace
}  // namespace kubemonitor
