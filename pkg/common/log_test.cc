#include "common/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <string>

namespace kubemonitor {
namespace {

using ::testing::EndsWith;
using ::testing::IsEmpty;

// What is written for one message, without the newline at the end.
std::string LineOf(LogFormat format, const std::string& message, LogLevel level = LogLevel::kInfo) {
  InitLogging(format, LogLevel::kInfo);
  ::testing::internal::CaptureStderr();
  LogMessage(level, message);
  std::string line = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(line, EndsWith("\n"));
  line.pop_back();
  EXPECT_EQ(line.find('\n'), std::string::npos) << "one line";
  return line;
}

std::string JsonMessage(const std::string& message) {
  const std::string line = LineOf(LogFormat::kJson, message);
  rapidjson::Document json;
  json.Parse<rapidjson::kParseValidateEncodingFlag>(line.data(), line.size());
  EXPECT_FALSE(json.HasParseError()) << line;
  if (json.HasParseError()) return "no JSON";
  EXPECT_STREQ(json["level"].GetString(), "info");
  return {json["message"].GetString(), json["message"].GetStringLength()};
}

TEST(JsonLog, SaysWhatWasSaid) {
  for (const std::string text : {"plain", "", "\"quoted\" \\ and \\\"",
                                 "two\nlines\r\tand \x1b[31m", "caf\xC3\xA9", "{}", "%v"}) {
    EXPECT_EQ(JsonMessage(text), text);
  }
}

TEST(JsonLog, BrokenUtf8IsReplaced) {
  EXPECT_EQ(JsonMessage("a\xff"
                        "b\xC3"),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
}

TEST(JsonLog, ALongMessageIsCutBeforeItIsEscaped) {
  const std::string almost(4095, 'x');
  for (const char* end : {"\"\"", "\\\\", "\n\n", "\x01\x01"}) {
    EXPECT_EQ(JsonMessage(almost + end), almost + end[0]);
  }
  EXPECT_EQ(JsonMessage(std::string(5000, '"')), std::string(4096, '"'));
  const std::string broken = JsonMessage(std::string(5000, '\xff'));
  EXPECT_LE(broken.size(), 4096U);
  EXPECT_GT(broken.size(), 4090U);
}

TEST(TextLog, IsOneLineAndKeepsQuotes) {
  EXPECT_THAT(LineOf(LogFormat::kText, "a \"b\" \\ c\nd\x7f"),
              EndsWith(R"( I a "b" \ c\nd\u007f)"));
  EXPECT_THAT(LineOf(LogFormat::kText, "a\xff"), EndsWith("a\xEF\xBF\xBD"));
}

TEST(Log, BelowTheLevelNothingIsWritten) {
  InitLogging(LogFormat::kText, LogLevel::kWarning);
  ::testing::internal::CaptureStderr();
  LogInfo("not {}", "this");
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), IsEmpty());
  EXPECT_FALSE(LogEnabled(LogLevel::kInfo));
  EXPECT_TRUE(LogEnabled(LogLevel::kError));
}

TEST(LogLimiter, OneAPeriodAndHowManyWereHeldBack) {
  LogLimiter limiter(1000);
  uint64_t held_back = 99;
  EXPECT_TRUE(limiter.Allow(5000, &held_back));
  EXPECT_EQ(held_back, 0U);
  EXPECT_FALSE(limiter.Allow(5001, &held_back));
  EXPECT_FALSE(limiter.Allow(5999, &held_back));
  EXPECT_TRUE(limiter.Allow(6000, &held_back));
  EXPECT_EQ(held_back, 2U);
}

}  // namespace
}  // namespace kubemonitor
