#include "collector/names/name_rules.h"

#include <gtest/gtest.h>

#include <string>

namespace kubemonitor {
namespace {

TEST(NameRulesTest, DnsLabels) {
  for (const char* good : {"a", "0", "kube-system", "a--b"}) EXPECT_TRUE(IsDnsLabel(good)) << good;
  EXPECT_TRUE(IsDnsLabel(std::string(63, 'a')));
  EXPECT_FALSE(IsDnsLabel(std::string(64, 'a')));
  for (const char* bad : {"", "-a", "a-", "A", "a.b", "a_b", "..", "a/b", "a b", "\xc3\xa9"}) {
    EXPECT_FALSE(IsDnsLabel(bad)) << bad;
  }
}

TEST(NameRulesTest, DnsSubdomains) {
  for (const char* good : {"a", "etcd-node.example.com", "web-0"}) {
    EXPECT_TRUE(IsDnsSubdomain(good)) << good;
  }
  EXPECT_TRUE(IsDnsSubdomain(std::string(253, 'a')));
  EXPECT_FALSE(IsDnsSubdomain(std::string(254, 'a')));
  for (const char* bad : {"", ".", "..", "a.", ".a", "a..b", "a.-b", "a_b", "../a"}) {
    EXPECT_FALSE(IsDnsSubdomain(bad)) << bad;
  }
}

TEST(NameRulesTest, Ids) {
  EXPECT_TRUE(IsId("1b2f0c5e-6a0d-4d0a-9a53-0c1d2e3f4a51"));
  EXPECT_TRUE(IsId(std::string(64, 'f')));
  EXPECT_TRUE(IsId("my.uid_1"));
  EXPECT_FALSE(IsId(std::string(129, 'f')));
  for (const char* bad : {"", ".", "..", "-a", "a/b", "a b", "a\n", "\xff"})
    EXPECT_FALSE(IsId(bad)) << bad;
  EXPECT_FALSE(IsId(std::string_view("a\0b", 3)));
}

TEST(NameRulesTest, CleanText) {
  const struct {
    std::string text, clean;
  } cases[] = {
      {"", ""},
      {"plain", "plain"},
      {"\xed\x95\x9c\xea\xb8\x80 \xf0\x9f\x90\xb3", "\xed\x95\x9c\xea\xb8\x80 \xf0\x9f\x90\xb3"},
      {"a\xff"
       "b",
       "a\xef\xbf\xbd"
       "b"},
      {"a\nb",
       "a\xef\xbf\xbd"
       "b"},
      {std::string("a\0b", 3),
       "a\xef\xbf\xbd"
       "b"},
      {"\x7f", "\xef\xbf\xbd"},
      {"\xc2\x85", "\xef\xbf\xbd"},                              // U+0085, a control character
      {"\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd"},                  // overlong
      {"\xe0\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},  // overlong
      {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},  // a surrogate
      {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},  // > U+10FFFF
      {"\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd"},                                  // cut short
  };
  for (const auto& test : cases) EXPECT_EQ(CleanText(test.text), test.clean) << test.text;
  EXPECT_EQ(CleanText("\xff\xff\xff", 8), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(CleanText("a\xed\x95\x9c\xea\xb8\x80", 6), "a\xed\x95\x9c");
  EXPECT_EQ(CleanText("plain", 5), "plain");
}

}  // namespace
}  // namespace kubemonitor
