#include "apiserver/kubernetes/label_selector.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace kubemonitor {
namespace {

using Labels = std::map<std::string, std::string>;

const Labels kWeb = {{"app", "web"},
                     {"tier", "front"},
                     {"generation", "7"},
                     {"empty", ""},
                     {"app.kubernetes.io/name", "shop"}};

TEST(LabelSelectorTest, SelectsAsKubernetesDoes) {
  const struct {
    const char* text;
    bool matches;
  } kCases[] = {
      {"", true},
      {" \t", true},
      {"app=web", true},
      {"app==web", true},
      {" app = web ", true},
      {"app\t=\nweb", true},
      {"app=db", false},
      {"app!=db", true},
      {"app!=web", false},
      {"missing!=x", true},
      {"missing=x", false},
      {"missing=", false},
      {"empty=", true},
      {"empty", true},
      {"app=", false},
      {"app!=", true},
      {"app", true},
      {"missing", false},
      {"!missing", true},
      {"! missing", true},
      {"!app", false},
      {"app in (web)", true},
      {"app in (db, web)", true},
      {"app in(db,web)", true},
      {"app in (db)", false},
      {"missing in (web)", false},
      {"app notin (db,cache)", true},
      {"app notin (web)", false},
      {"missing notin (web)", true},
      {"empty in ()", true},
      {"empty in (,x)", true},
      {"app in (,x)", false},
      {"app=web,tier=front", true},
      {"app=web,tier=back", false},
      {"app,tier,!missing", true},
      {"app.kubernetes.io/name=shop", true},
      {"app.kubernetes.io/name in (shop),app", true},
      {"generation>6", true},
      {"generation>7", false},
      {"generation<8", true},
      {"generation<7", false},
      {"app>1", false},
      {"missing<1", false},
      {"in in (in)", false},
      {"notin", false},
  };
  for (const auto& [text, matches] : kCases) {
    const auto selector = LabelSelector::Parse(text);
    ASSERT_TRUE(selector.ok()) << text << ": " << selector.status();
    EXPECT_EQ(selector->Matches(kWeb), matches) << text;
  }
}

TEST(LabelSelectorTest, KeywordsAreKeysAndValuesToo) {
  const auto selector = LabelSelector::Parse("in in (notin,in),notin=in");
  ASSERT_TRUE(selector.ok()) << selector.status();
  EXPECT_TRUE(selector->Matches(Labels{{"in", "notin"}, {"notin", "in"}}));
}

TEST(LabelSelectorTest, SaysWhatIsWrongAndWhere) {
  const std::string long_name(64, 'a');
  const struct {
    std::string text, message;
  } kCases[] = {
      {",", "position 1: expected a label's key, found ','"},
      {"app=web,", "position 9: expected a label's key, found the end"},
      {"app=web,,tier", "position 9: expected a label's key, found ','"},
      {"app web",
       "position 5: expected one of = == != in notin > <, or ',' or the end, found "
       "'web'"},
      {"app=web tier=front", "position 9: expected ',' or the end, found 'tier'"},
      {"app in web", "position 8: expected '(', found 'web'"},
      {"app in (web", "position 12: expected ',' or ')', found the end"},
      {"app in (web tier)", "position 13: expected ',' or ')', found 'tier'"},
      {"app in (web))", "position 13: expected ',' or the end, found ')'"},
      {"!", "position 2: expected a label's key, found the end"},
      {"!app=web", "position 5: expected ',' or the end, found '='"},
      {"=web", "position 1: expected a label's key, found '='"},
      {"app=!web", "position 5: expected ',' or the end, found '!'"},
      {"app===web", "position 6: expected ',' or the end, found '='"},
      {"generation>many", "position 12: expected a whole number, found 'many'"},
      {"generation>", "position 12: expected a whole number, found the end"},
  };
  for (const auto& [text, message] : kCases) {
    const auto selector = LabelSelector::Parse(text);
    ASSERT_FALSE(selector.ok()) << text;
    EXPECT_EQ(selector.status().message(), message) << text;
  }
}

TEST(LabelSelectorTest, RefusesWhatNoLabelCanBe) {
  const std::string a63(63, 'a');
  const std::string a64(64, 'a');
  const struct {
    std::string text;
    bool ok;
  } kCases[] = {
      {a63, true},           {a64, false},     {"k=" + a63, true},
      {"k=" + a64, false},   {"-a", false},    {"a-", false},
      {"a_b.c-d", true},     {"k=-a", false},  {"k=a.", false},
      {"a/b", true},         {"A/b", false},   {"a.b-c/d", true},
      {"a..b/c", false},     {"-a/b", false},  {"/a", false},
      {"a/", false},         {"a/b/c", false}, {"k=a/b", false},
      {"k=\xC3\xA4", false}, {"k=a:b", false}, {std::string(8193, ' '), false},
  };
  for (const auto& [text, ok] : kCases) {
    EXPECT_EQ(LabelSelector::Parse(text).ok(), ok) << text.substr(0, 80);
  }
}

}  // namespace
}  // namespace kubemonitor
