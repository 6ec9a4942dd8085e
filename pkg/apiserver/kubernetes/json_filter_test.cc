#include "apiserver/kubernetes/json_filter.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <string>
#include <vector>

namespace kubemonitor {
namespace {

constexpr JsonShape kMeta[] = {{"name"}, {"labels"}};
constexpr JsonShape kPart[] = {{"image"}};
constexpr JsonShape kItem[] = {{"meta", kMeta}, {"parts", kPart}, {"n"}};
constexpr JsonShape kList[] = {{"kind"}, {"items", kItem, true}, {"end"}};

struct Outcome {
  JsonFilter::State state = JsonFilter::State::kMore;
  std::vector<std::string> elements;
  std::string object, problem;
  size_t consumed = 0;
};

// Gives the text `piece` bytes at a time.
Outcome Read(std::string_view text, size_t piece) {
  Outcome out;
  JsonFilter filter(kList, [&out](const JsonFilter::Object& element) {
    out.elements.push_back(boost::json::serialize(element));
  });
  while (out.consumed < text.size() && out.state == JsonFilter::State::kMore) {
    size_t consumed = 0;
    out.state = filter.Write(text.substr(out.consumed, piece), &consumed);
    out.consumed += consumed;
  }
  if (out.state == JsonFilter::State::kDone) out.object = boost::json::serialize(filter.object());
  out.problem = filter.problem();
  return out;
}

TEST(JsonFilterTest, KeepsWhatTheShapeAsksFor) {
  const struct {
    std::string text, object;
    std::vector<std::string> elements;
  } kCases[] = {
      {"{}", "{}", {}},
      {" \n{} ", "{}", {}},
      {R"({"kind":"PodList","other":{"kind":"x"},"end":[1,2.5,true,null]})",
       R"({"kind":"PodList","end":[1,2.5E0,true,null]})",
       {}},
      {R"({"items":[]})", R"({"items":[]})", {}},
      {R"({"items":[{"meta":{"name":"a","uid":"1","labels":{"k":"v","l":{"m":[]}}},"x":[[{}]]},)"
       R"({"n":-7},{}],"kind":"L"})",
       R"({"items":[],"kind":"L"})",
       {R"({"meta":{"name":"a","labels":{"k":"v","l":{"m":[]}}}})", R"({"n":-7})", "{}"}},
      {R"({"items":[{"parts":[{"image":"i","env":[{"name":"n"}]},{},{"image":{"deep":1}}]}]})",
       R"({"items":[]})",
       {R"({"parts":[{"image":"i"},{},{"image":{"deep":1}}]})"}},
      // What is not of the expected type stays, or is no element.
      {R"({"items":[1,"two",null,[{"n":3}],{"n":4}]})", R"({"items":[]})", {R"({"n":4})"}},
      {R"({"items":{"meta":{"name":"x"}},"kind":5})",
       R"({"items":{"meta":{"name":"x"}},"kind":5})",
       {}},
      {R"({"items":"none"})", R"({"items":"none"})", {}},
      {R"({"items":[{"meta":[{"name":"x","y":1}],"parts":"none"}]})",
       R"({"items":[]})",
       {R"({"meta":[{"name":"x"}],"parts":"none"})"}},
      {R"({"k\u0069nd":"\ud83d\ude00\n"})", "{\"kind\":\"\xF0\x9F\x98\x80\\n\"}", {}},
      {R"({"kind":"a","kind":"b"})", R"({"kind":"b"})", {}},
  };
  for (const auto& [text, object, elements] : kCases) {
    for (const size_t piece : {size_t{1}, size_t{2}, size_t{7}, text.size()}) {
      const Outcome out = Read(text, piece);
      EXPECT_EQ(out.state, JsonFilter::State::kDone) << text << " " << piece << out.problem;
      EXPECT_EQ(out.object, object) << text << " " << piece;
      EXPECT_EQ(out.elements, elements) << text << " " << piece;
    }
  }
}

TEST(JsonFilterTest, RefusesWhatIsNoObject) {
  for (const std::string text :
       {"[]", "5", "\"x\"", "null", "{\"kind\":}", "{'kind':1}", "{\"kind\":\"\xFF\"}",
        "{\"kind\":1,}", "x", "{\"items\":[{]}", "{\"kind\":\"\x01\"}"}) {
    for (const size_t piece : {size_t{1}, text.size()}) {
      const Outcome out = Read(text + " ", piece);
      EXPECT_EQ(out.state, JsonFilter::State::kFailed) << text;
      EXPECT_NE(out.problem, "") << text;
    }
  }
}

TEST(JsonFilterTest, WaitsForTheRest) {
  const std::string text = R"({"kind":"PodList","items":[{"n":12}]})";
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_EQ(Read(text.substr(0, size), 3).state, JsonFilter::State::kMore) << size;
  }
}

TEST(JsonFilterTest, StopsAtTheEndOfEachObject) {
  const std::string text = "{\"kind\":1}\n{\"kind\":2}{\"kind\":3}\n\n";
  std::string rest = text;
  JsonFilter filter(kList, nullptr);
  std::string seen;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(filter.AtStart());
    size_t consumed = 0;
    ASSERT_EQ(filter.Write(rest, &consumed), JsonFilter::State::kDone);
    seen += boost::json::serialize(filter.object());
    rest.erase(0, consumed);
    filter.Reset();
  }
  EXPECT_EQ(seen, R"({"kind":1}{"kind":2}{"kind":3})");
  size_t consumed = 0;
  EXPECT_EQ(filter.Write(rest + " {", &consumed), JsonFilter::State::kMore);
  EXPECT_FALSE(filter.AtStart());
}

TEST(JsonFilterTest, Bounds) {
  const auto nested = [](size_t depth) {
    return "{\"x\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  EXPECT_EQ(Read(nested(100), 1000).state, JsonFilter::State::kDone);
  EXPECT_EQ(Read(nested(101), 1000).state, JsonFilter::State::kFailed);
  // Texts.
  const std::string fits(JsonFilter::kMaxTextBytes, 'x');
  for (const size_t piece : {size_t{1000}, size_t{1} << 20}) {
    EXPECT_EQ(Read("{\"kind\":\"" + fits + "\"}", piece).object, "{\"kind\":\"" + fits + "\"}");
    EXPECT_EQ(Read("{\"kind\":\"x" + fits + "\"}", piece).object, "{\"kind\":null}");
    EXPECT_EQ(Read("{\"" + fits + "\":1,\"kind\":2}", piece).object, "{\"kind\":2}");
  }
  // What is kept; what is not costs nothing.
  std::string many = "[";
  for (int i = 0; i < 60'000; ++i) many += "1,";
  many += "1]";
  EXPECT_EQ(Read("{\"kind\":" + many + "}", 1 << 20).problem, "it is too large");
  EXPECT_EQ(Read("{\"items\":[{\"n\":" + many + "}]}", 1 << 20).problem, "it is too large");
  EXPECT_EQ(Read("{\"items\":[{\"x\":" + many + "}]}", 1 << 20).elements.size(), 1u);
  std::string items = "{\"items\":[";
  for (int i = 0; i < 60'000; ++i) items += "{\"n\":1},";
  EXPECT_EQ(Read(items + "{}]}", 1 << 20).elements.size(), 60'001u);
}

TEST(JsonFilterTest, FailsForGoodUntilReset) {
  JsonFilter filter(kList, nullptr);
  size_t consumed = 0;
  EXPECT_EQ(filter.Write("nonsense", &consumed), JsonFilter::State::kFailed);
  EXPECT_EQ(filter.Write("{}", &consumed), JsonFilter::State::kFailed);
  filter.Reset();
  EXPECT_EQ(filter.Write("{}", &consumed), JsonFilter::State::kDone);
}

}  // namespace
}  // namespace kubemonitor
