#include "collector/readers/read_errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace kubemonitor {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string LoggedBy(ReadErrors& errors, uint64_t boot_usec, int times) {
  ::testing::internal::CaptureStderr();
  errors.BeginTick(boot_usec);
  for (int i = 0; i < times; ++i) errors.Add("file {}: {}", i, "not understood");
  return ::testing::internal::GetCapturedStderr();
}

TEST(ReadErrors, CountsAllAndLogsOneAMinute) {
  ReadErrors errors;
  EXPECT_THAT(LoggedBy(errors, 1, 3), HasSubstr("file 0: not understood (0 more"));
  EXPECT_THAT(LoggedBy(errors, 59'000'000, 2), IsEmpty());
  EXPECT_THAT(LoggedBy(errors, 61'000'000, 1), HasSubstr("(4 more like it not logged)"));
  EXPECT_EQ(errors.count(), 6u);
}

TEST(ReadErrors, ManyAtOnceAreOneMessage) {
  ReadErrors errors;
  ::testing::internal::CaptureStderr();
  errors.AddMany(0, "nothing");
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), IsEmpty());
  ::testing::internal::CaptureStderr();
  errors.AddMany(5, "{} lines", 5);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("5 lines"));
  EXPECT_EQ(errors.count(), 5u);
}

}  // namespace
}  // namespace kubemonitor
