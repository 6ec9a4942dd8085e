#include "apiserver/kubernetes/rfc3339.h"

#include <gtest/gtest.h>

#include <string>

namespace kubemonitor {
namespace {

TEST(Rfc3339Test, Times) {
  const struct {
    std::string text;
    std::optional<int64_t> ms;
  } kCases[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"2026-01-02T03:04:05Z", 1'767'323'045'000},
      {"2026-01-02T03:04:05.678901Z", 1'767'323'045'678},
      {"2026-01-02T03:04:05.6Z", 1'767'323'045'600},
      {"2026-01-02T05:04:05+02:00", 1'767'323'045'000},
      {"2026-01-01T23:34:05-03:30", 1'767'323'045'000},
      {"2026-01-02t03:04:05z", 1'767'323'045'000},
      {"2024-02-29T00:00:00Z", 1'709'164'800'000},
      {"2016-12-31T23:59:60Z", 1'483'228'800'000},
      {"9999-12-31T23:59:59Z", 253'402'300'799'000},
      {"0001-01-01T00:00:00Z", std::nullopt},  // Go's zero time
      {"2025-02-29T00:00:00Z", std::nullopt},
      {"2026-13-01T00:00:00Z", std::nullopt},
      {"2026-00-01T00:00:00Z", std::nullopt},
      {"2026-01-32T00:00:00Z", std::nullopt},
      {"2026-01-02T24:00:00Z", std::nullopt},
      {"2026-01-02T00:60:00Z", std::nullopt},
      {"2026-01-02T00:00:61Z", std::nullopt},
      {"2026-01-02T03:04:05", std::nullopt},
      {"2026-01-02 03:04:05Z", std::nullopt},
      {"2026-01-02T03:04:05.Z", std::nullopt},
      {"2026-01-02T03:04Z", std::nullopt},
      {"2026-01-02T03:04:05Z ", std::nullopt},
      {"2026-01-02T03:04:05+2:00", std::nullopt},
      {"2026-01-02T03:04:05+24:00", std::nullopt},
      {"26-01-02T03:04:05Z", std::nullopt},
      {"-026-01-02T03:04:05Z", std::nullopt},
      {"", std::nullopt},
      {"now", std::nullopt},
  };
  for (const auto& [text, ms] : kCases) EXPECT_EQ(ParseRfc3339(text), ms) << text;
}

}  // namespace
}  // namespace kubemonitor
