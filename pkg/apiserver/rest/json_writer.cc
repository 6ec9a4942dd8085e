#include "apiserver/rest/json_writer.h"

#include <fmt/format.h>

#include <cmath>
#include <ctime>

#include "common/text.h"

namespace kubemonitor {

std::optional<std::string> FormatRfc3339(int64_t unix_ms) {
  constexpr int64_t kMsPerSecond = 1000;
  constexpr int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01
  constexpr int64_t kLastSecond = 253'402'300'799;   // 9999-12-31T23:59:59
  int64_t seconds = unix_ms / kMsPerSecond;
  int64_t millis = unix_ms % kMsPerSecond;
  if (millis < 0) {
    millis += kMsPerSecond;
    --seconds;
  }
  if (seconds < kFirstSecond || seconds > kLastSecond) return std::nullopt;
  const auto time = static_cast<std::time_t>(seconds);
  std::tm utc{};
  if (gmtime_r(&time, &utc) == nullptr) return std::nullopt;
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", utc.tm_year + 1900,
                                 utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
  if (millis != 0) text += fmt::format(".{:03}", millis);
  return text + "Z";
}

void JsonWriter::String(std::string_view text) {
  if (IsValidUtf8(text)) {
    writer_.String(text.data() == nullptr ? "" : text.data(), Size(text));
  } else {
    const std::string valid = SanitizeUtf8(text);
    writer_.String(valid.data(), Size(valid));
  }
}

void JsonWriter::Number(double value) {
  constexpr double kDecimals = 1000.0;
  constexpr double kExact = 9007199254740992.0;  // 2^53: beyond it there are no decimals to round
  if (!std::isfinite(value)) {
    Null();
    return;
  }
  const double rounded =
      std::abs(value) < kExact / kDecimals ? std::round(value * kDecimals) / kDecimals : value;
  if (std::abs(rounded) <= kExact && rounded == std::trunc(rounded)) {
    writer_.Int64(static_cast<int64_t>(rounded));
  } else {
    writer_.Double(rounded);
  }
}

void JsonWriter::NumberOrNull(std::optional<double> value) {
  if (value) {
    Number(*value);
  } else {
    Null();
  }
}

void JsonWriter::TextField(std::string_view key, std::string_view text) {
  Key(key);
  String(text);
}

void JsonWriter::TextFieldIf(std::string_view key, std::string_view text) {
  if (!text.empty()) TextField(key, text);
}

void JsonWriter::BoolField(std::string_view key, bool value) {
  Key(key);
  Bool(value);
}

void JsonWriter::UnsignedField(std::string_view key, uint64_t value) {
  Key(key);
  Unsigned(value);
}

void JsonWriter::UnsignedFieldIf(std::string_view key, std::optional<uint64_t> value) {
  if (value) UnsignedField(key, *value);
}

void JsonWriter::IntegerField(std::string_view key, int64_t value) {
  Key(key);
  Integer(value);
}

void JsonWriter::NumberField(std::string_view key, double value) {
  Key(key);
  Number(value);
}

void JsonWriter::NumberFieldIf(std::string_view key, std::optional<double> value) {
  if (value) NumberField(key, *value);
}

void JsonWriter::NumberOrNullField(std::string_view key, std::optional<double> value) {
  Key(key);
  NumberOrNull(value);
}

void JsonWriter::TimeFieldIf(std::string_view key, std::optional<int64_t> unix_ms) {
  if (!unix_ms) return;
  if (const std::optional<std::string> text = FormatRfc3339(*unix_ms)) TextField(key, *text);
}

void JsonWriter::Take(std::string* chunk) {
  chunk->assign(buffer_.GetString(), buffer_.GetSize());
  buffer_.Clear();
}

}  // namespace kubemonitor
