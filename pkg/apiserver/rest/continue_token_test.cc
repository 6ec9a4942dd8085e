#include "apiserver/rest/continue_token.h"

#include <gtest/gtest.h>

#include <limits>

namespace kubemonitor {
namespace {

ContinueToken Example() {
  return {0x0123456789ABCDEF, 42, 1'795'455'310'000, 987'654'321, {1234.5, "default/web-1/uid-1"}};
}

TEST(ContinueTokenTest, RoundTrip) {
  ContinueToken token = Example();
  for (const std::optional<double> value :
       {std::optional<double>(), std::optional(0.0), std::optional(-1.5),
        std::optional(std::numeric_limits<double>::max())}) {
    for (const char* name : {"", "a", "ab", "abc", "\xFF\n\"ü"}) {
      token.after = {value, name};
      const std::string text = EncodeContinueToken(token);
      EXPECT_EQ(text.find_first_not_of(
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                std::string::npos);
      const auto decoded = DecodeContinueToken(text);
      ASSERT_TRUE(decoded.ok());
      EXPECT_EQ(*decoded, token);
    }
  }
}

TEST(ContinueTokenTest, EveryMangledCharacterIsTold) {
  const std::string text = EncodeContinueToken(Example());
  for (size_t i = 0; i < text.size(); ++i) {
    for (const char c : {'A', 'b', '9', '_', '=', '%', '\0', '\xFF'}) {
      std::string mangled = text;
      mangled[i] = c;
      if (mangled == text) continue;
      EXPECT_FALSE(DecodeContinueToken(mangled).ok()) << i << " " << c;
    }
    EXPECT_FALSE(DecodeContinueToken(text.substr(0, i)).ok()) << i;
    EXPECT_FALSE(DecodeContinueToken(text.substr(i + 1)).ok()) << i;
  }
  EXPECT_FALSE(DecodeContinueToken(text + "A").ok());
  EXPECT_FALSE(DecodeContinueToken(text + "AAAA").ok());
  EXPECT_FALSE(DecodeContinueToken(std::string(10'000'000, 'A')).ok());
}

TEST(ContinueTokenTest, AValueThatIsNoNumberIsRefused) {
  ContinueToken token = Example();
  for (const double value :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    token.after.value = value;
    EXPECT_FALSE(DecodeContinueToken(EncodeContinueToken(token)).ok());
  }
}

uint64_t HashOf(const Route& route, const std::vector<std::string>& arguments,
                const NameValueList& query) {
  return ListHash(ListQuestion(route, arguments, query));
}

TEST(ContinueTokenTest, ListHash) {
  const Route& pods = *MatchRoute({"api", "v1", "pods"})->route;
  const Route& nodes = *MatchRoute({"api", "v1", "nodes"})->route;
  const uint64_t hash = HashOf(pods, {}, {{"sort", "cpu"}, {"window", "60"}});
  EXPECT_EQ(hash, HashOf(pods, {}, {{"window", "60"}, {"sort", "cpu"}}));
  EXPECT_EQ(hash, HashOf(pods, {},
                         {{"window", "60"},
                          {"limit", "5"},
                          {"sort", "cpu"},
                          {"continue", "abc"},
                          {"offset", "3"}}));
  EXPECT_NE(hash, HashOf(nodes, {}, {{"sort", "cpu"}, {"window", "60"}}));
  EXPECT_NE(hash, HashOf(pods, {"a"}, {{"sort", "cpu"}, {"window", "60"}}));
  EXPECT_NE(hash, HashOf(pods, {}, {{"sort", "cpu"}, {"window", "61"}}));
  EXPECT_NE(hash, HashOf(pods, {}, {{"sort", "cpu"}}));
  EXPECT_NE(HashOf(pods, {"a", "b"}, {}), HashOf(pods, {"ab"}, {}));
  EXPECT_NE(HashOf(pods, {"a", "b"}, {}), HashOf(pods, {"b", "a"}, {}));
}

}  // namespace
}  // namespace kubemonitor
