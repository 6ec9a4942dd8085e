#include "common/json_writer.h"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <limits>

namespace kubemonitor {
namespace {

std::string Taken(JsonWriter* json) {
  std::string text;
  json->Take(&text);
  return text;
}

struct NumberCase {
  double value;
  std::string_view expected;
};

TEST(JsonWriterTest, Numbers) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const NumberCase cases[] = {
      {0, "0"},
      {-0.0, "0"},
      {-0.0001, "0"},
      {1, "1"},
      {-3, "-3"},
      {1.5, "1.5"},
      {0.1234, "0.123"},
      {0.1235, "0.124"},
      {0.1 + 0.2, "0.3"},
      {0.0005, "0.001"},
      {999.9996, "1000"},
      {1e12 / 7, "142857142857.143"},
      {4294967296.125, "4294967296.125"},
      {9007199254740991.0, "9007199254740991"},
      {12345678901234.5, "12345678901234.5"},
      {-1.05, "-1.05"},
      {-0.4, "-0.4"},
      {10.01, "10.01"},
      {kInfinity, "null"},
      {-kInfinity, "null"},
      {std::numeric_limits<double>::quiet_NaN(), "null"},
  };
  for (const NumberCase& c : cases) {
    JsonWriter json;
    json.Number(c.value);
    EXPECT_EQ(Taken(&json), c.expected) << c.value;
  }
  JsonWriter huge;
  huge.Number(1.8e19);
  rapidjson::Document parsed;
  parsed.Parse(Taken(&huge).c_str());
  ASSERT_FALSE(parsed.HasParseError());
  EXPECT_DOUBLE_EQ(parsed.GetDouble(), 1.8e19);
}

TEST(JsonWriterTest, IntegersAreExact) {
  JsonWriter json;
  json.StartArray();
  json.Unsigned(std::numeric_limits<uint64_t>::max());
  json.Integer(std::numeric_limits<int64_t>::min());
  json.EndArray();
  EXPECT_EQ(Taken(&json), "[18446744073709551615,-9223372036854775808]");
}

TEST(JsonWriterTest, StringsOfAnyBytesBecomeValidJson) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "\"\""},
      {"a\"b\\c", "\"a\\\"b\\\\c\""},
      {std::string("\0\x1F\n\b\f\r\t\x7F", 8), "\"\\u0000\\u001F\\n\\b\\f\\r\\t\x7F\""},
      {"é€😀", "\"é€😀\""},
      {"caf\xE9", "\"caf\xEF\xBF\xBD\""},
      {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
  };
  for (const auto& [input, expected] : cases) {
    JsonWriter json;
    json.String(input);
    EXPECT_EQ(Taken(&json), expected);
  }
  std::string all_bytes;
  for (int i = 0; i < 256; ++i) all_bytes.push_back(static_cast<char>(i));
  JsonWriter json;
  json.String(all_bytes);
  rapidjson::Document parsed;
  const std::string text = Taken(&json);
  parsed.Parse<rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  EXPECT_FALSE(parsed.HasParseError());
}

TEST(JsonWriterTest, KeysMayBeAnyBytesToo) {
  JsonWriter json;
  json.StartObject();
  json.TextField("a\xFF\"", "b");
  json.EndObject();
  EXPECT_EQ(Taken(&json), "{\"a\xEF\xBF\xBD\\\"\":\"b\"}");
}

TEST(JsonWriterTest, FieldsWithoutAValueAreLeftOut) {
  JsonWriter json;
  json.StartObject();
  json.TextFieldIf("a", "");
  json.NumberFieldIf("b", std::nullopt);
  json.UnsignedFieldIf("c", std::nullopt);
  json.TimeFieldIf("d", std::nullopt);
  json.TimeFieldIf("e", std::numeric_limits<int64_t>::max());
  json.NumberOrNullField("f", std::nullopt);
  json.UnsignedFieldIf("g", 0);
  json.EndObject();
  EXPECT_EQ(Taken(&json), R"({"f":null,"g":0})");
}

TEST(JsonWriterTest, TakenPiecesMakeTheWhole) {
  std::string whole;
  JsonWriter json;
  json.StartArray();
  for (int i = 0; i < 3; ++i) {
    json.Integer(i);
    whole += Taken(&json);
    EXPECT_EQ(json.size(), 0u);
  }
  json.EndArray();
  EXPECT_EQ(whole + Taken(&json), "[0,1,2]");
}

TEST(JsonWriterTest, Rfc3339) {
  EXPECT_EQ(FormatRfc3339(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(FormatRfc3339(1'795'455'310'000), "2026-11-23T17:35:10Z");
  EXPECT_EQ(FormatRfc3339(1'795'455'310'007), "2026-11-23T17:35:10.007Z");
  EXPECT_EQ(FormatRfc3339(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(FormatRfc3339(253'402'300'799'999), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(FormatRfc3339(253'402'300'800'000), std::nullopt);
  EXPECT_EQ(FormatRfc3339(std::numeric_limits<int64_t>::min()), std::nullopt);
}

}  // namespace
}  // namespace kubemonitor
