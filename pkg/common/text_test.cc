#include "common/text.h"

#include <gtest/gtest.h>

namespace kubemonitor {
namespace {

using std::string_literals::operator""s;

struct Utf8Case {
  std::string name;
  std::string input;
  std::string expected;
};

constexpr char kBad[] = "\xEF\xBF\xBD";

TEST(TextTest, SanitizeUtf8) {
  const Utf8Case cases[] = {
      {"empty", "", ""},
      {"ascii", "kube-system", "kube-system"},
      {"control characters stay", "a\n\x01z\0b"s, "a\n\x01z\0b"s},
      {"two, three and four bytes", "é€😀", "é€😀"},
      {"highest code point", "\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},
      {"above the highest", "\xF4\x90\x80\x80", ""s + kBad + kBad + kBad + kBad},
      {"lone continuation", "a\x80z", "a"s + kBad + "z"},
      {"overlong slash", "\xC0\xAF", ""s + kBad + kBad},
      {"overlong three bytes", "\xE0\x80\xAF", ""s + kBad + kBad + kBad},
      {"surrogate", "\xED\xA0\x80", ""s + kBad + kBad + kBad},
      {"truncated at the end", "ab\xE2\x82", "ab"s + kBad},
      {"truncated before ascii", "\xF0\x9F\x98!", ""s + kBad + "!"},
      {"latin-1", "caf\xE9", "caf"s + kBad},
      {"0xFF", "\xFF\xFE", ""s + kBad + kBad},
      {"bad between good", "é\xFFé", "é"s + kBad + "é"},
  };
  for (const Utf8Case& c : cases) {
    const std::string got = SanitizeUtf8(c.input);
    EXPECT_EQ(got, c.expected) << c.name;
    EXPECT_EQ(ValidUtf8PrefixLength(got), got.size()) << c.name;
  }
}

TEST(TextTest, IsValidUtf8) {
  for (const char* good : {"", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                           "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(IsValidUtf8(good)) << good;
  }
  for (const char* bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2g", "\xE0\x9F\xBF", "\xE1\x80", "\xED\xA0\x80",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF0\x90\x80", "\xFF"}) {
    EXPECT_FALSE(IsValidUtf8(bad)) << bad;
  }
}

TEST(TextTest, EveryShortByteStringBecomesValid) {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string text = {static_cast<char>(a), static_cast<char>(b)};
      const std::string got = SanitizeUtf8(text);
      ASSERT_EQ(ValidUtf8PrefixLength(got), got.size());
      ASSERT_EQ(got == text, ValidUtf8PrefixLength(text) == 2);
    }
  }
}

TEST(TextTest, QuoteForMessage) {
  EXPECT_EQ(QuoteForMessage(""), "''");
  EXPECT_EQ(QuoteForMessage("abc"), "'abc'");
  EXPECT_EQ(QuoteForMessage("a'b\\c\n\x7F"), "'a\\'b\\\\c\\x0A\\x7F'");
  EXPECT_EQ(QuoteForMessage("\xFF"), "'"s + kBad + "'");
  EXPECT_EQ(QuoteForMessage("abcdef", 3), "'abc…'");
  EXPECT_EQ(QuoteForMessage("abc", 3), "'abc'");
  EXPECT_EQ(QuoteForMessage("aé", 2), "'a…'");
  EXPECT_LT(QuoteForMessage(std::string(10'000'000, '\n')).size(), 300u);
}

}  // namespace
}  // namespace kubemonitor
