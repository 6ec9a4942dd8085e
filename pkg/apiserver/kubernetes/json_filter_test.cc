#include "apiserver/kubernetes/json_filter.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <string>
#include <vector>

namespace kubemonitor {
namespace {

constexpr JsonShape kMeta[] = {{"name"}, {"labels", {}, false, 3}};
constexpr JsonShape kPart[] = {{"image"}};
constexpr JsonShape kItem[] = {{"meta", kMeta}, {"parts", kPart}, {"n"}};
constexpr JsonShape kList[] = {{"kind"}, {"items", kItem, true}, {"end"}};

struct Outcome {
  JsonFilter::State state = JsonFilter::State::kMore;
  std::vector<std::string> elements;
  std::string object, problem;
  size_t consumed = 0;
  bool cut = false;
  uint64_t skipped = 0;
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
  out.cut = filter.cut();
  out.skipped = filter.skipped();
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
      // As many fields as are asked for.
      {R"({"items":[{"meta":{"labels":{"a":"1","b":{"c":[1,2]},"d":"3","e":"4","f":{"g":1}},)"
       R"("name":"x"}}]})",
       R"({"items":[]})",
       {R"({"meta":{"labels":{"a":"1","b":{"c":[1,2]},"d":"3"},"name":"x"}})"}},
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
}

// `count` of them in an array.
std::string Array(const std::string& element, int count) {
  std::string out = "[";
  for (int i = 1; i < count; ++i) out += element + ",";
  return out + element + "]";
}

TEST(JsonFilterTest, LeavesOutWhatIsTooLarge) {
  std::string object = "{";
  for (int i = 0; i < 60'000; ++i) object += "\"" + std::to_string(i) + "\":{},";
  object += "\"z\":[]}";
  const std::string text = std::string(60'000, 'x');
  for (const std::string& large :
       {Array("1", 60'000), Array("[[]]", 60'000), object, Array("{\"k\":[true]}", 60'000),
        Array("\"" + text + "\"", 40)}) {
    SCOPED_TRACE(large.substr(0, 20));
    for (const size_t piece : {size_t{1000}, size_t{1} << 24}) {
      const Outcome rest = Read("{\"kind\":" + large + ",\"end\":1}", piece);
      EXPECT_EQ(rest.state, JsonFilter::State::kDone) << rest.problem;
      EXPECT_TRUE(rest.cut);
      EXPECT_LE(rest.object.size(), 2 * JsonFilter::kMaxKeptBytes);
      const Outcome list =
          Read("{\"items\":[{\"n\":1},{\"n\":" + large + ",\"meta\":{}},{\"n\":2}],\"kind\":\"L\"}",
               piece);
      EXPECT_EQ(list.elements, (std::vector<std::string>{R"({"n":1})", R"({"n":2})"}));
      EXPECT_EQ(list.object, R"({"items":[],"kind":"L"})");
      EXPECT_EQ(list.skipped, 1u);
      EXPECT_FALSE(list.cut);
    }
    // What is not kept costs nothing.
    EXPECT_EQ(Read("{\"items\":[{\"x\":" + large + "}]}", 1 << 20).elements.size(), 1u);
  }
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
