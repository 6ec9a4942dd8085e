#include "common/json_writer.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include "common/text.h"

namespace kubemonitor {
namespace {

constexpr std::string_view kHexDigits = "0123456789ABCDEF";

// Bytes that stand for themselves in a string.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (size_t byte = 0x20; byte < 0x80; ++byte) plain[byte] = byte != '"' && byte != '\\';
  return plain;
}();

bool IsPlain(std::string_view text) {
  for (const char c : text) {
    if (!kPlain[static_cast<uint8_t>(c)]) return false;
  }
  return true;
}

// Of a byte that is not plain and below 0x80.
void AppendEscaped(char c, std::string* out) {
  constexpr std::string_view kNamed = "\"\\\b\f\n\r\t";
  constexpr std::string_view kNames = "\"\\bfnrt";
  out->push_back('\\');
  if (const size_t named = kNamed.find(c); named != std::string_view::npos) {
    out->push_back(kNames[named]);
    return;
  }
  const auto byte = static_cast<uint8_t>(c);
  out->append("u00");
  out->push_back(kHexDigits[byte >> 4]);
  out->push_back(kHexDigits[byte & 0xf]);
}

template <typename T>
void AppendNumber(T value, std::string* out) {
  std::array<char, 32> digits;  // the longest double has 24 characters
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out->append(digits.data(), end);
}

// With zeros in front.
void AppendDigits(unsigned value, size_t count, std::string* out) {
  out->append(count, '0');
  for (size_t at = out->size(); value != 0; value /= 10) {
    (*out)[--at] = static_cast<char>('0' + value % 10);
  }
}

}  // namespace

std::optional<std::string> FormatRfc3339(int64_t unix_ms) {
  using std::chrono::milliseconds;
  constexpr int64_t kFirstMs = -62'135'596'800'000;  // 0001-01-01
  constexpr int64_t kLastMs = 253'402'300'799'999;   // 9999-12-31T23:59:59.999
  if (unix_ms < kFirstMs || unix_ms > kLastMs) return std::nullopt;
  const std::chrono::sys_time<milliseconds> time{milliseconds(unix_ms)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<milliseconds> clock(time - day);
  std::string text;
  AppendDigits(static_cast<unsigned>(static_cast<int>(date.year())), 4, &text);
  text.push_back('-');
  AppendDigits(static_cast<unsigned>(date.month()), 2, &text);
  text.push_back('-');
  AppendDigits(static_cast<unsigned>(date.day()), 2, &text);
  text.push_back('T');
  AppendDigits(static_cast<unsigned>(clock.hours().count()), 2, &text);
  text.push_back(':');
  AppendDigits(static_cast<unsigned>(clock.minutes().count()), 2, &text);
  text.push_back(':');
  AppendDigits(static_cast<unsigned>(clock.seconds().count()), 2, &text);
  if (const auto millis = static_cast<unsigned>(clock.subseconds().count()); millis != 0) {
    text.push_back('.');
    AppendDigits(millis, 3, &text);
  }
  text.push_back('Z');
  return text;
}

void JsonWriter::String(std::string_view text) {
  Separate();
  text_.push_back('"');
  if (IsPlain(text)) {  // the rule
    text_.append(text);
  } else {
    std::string valid;
    if (!IsValidUtf8(text)) text = valid = SanitizeUtf8(text);
    for (const char c : text) {
      if (kPlain[static_cast<uint8_t>(c)] || static_cast<uint8_t>(c) >= 0x80) {
        text_.push_back(c);
      } else {
        AppendEscaped(c, &text_);
      }
    }
  }
  text_.push_back('"');
}

void JsonWriter::Integer(int64_t value) {
  Separate();
  AppendNumber(value, &text_);
}

void JsonWriter::Unsigned(uint64_t value) {
  Separate();
  AppendNumber(value, &text_);
}

void JsonWriter::Number(double value) {
  constexpr unsigned kDecimals = 3;
  constexpr int64_t kScale = 1000;
  constexpr double kExact = 9007199254740992.0;  // 2^53: beyond it there are no decimals to round
  if (!std::isfinite(value)) return Null();
  if (std::abs(value) >= kExact / kScale) {
    if (std::abs(value) <= kExact && value == std::trunc(value)) {
      return Integer(static_cast<int64_t>(value));
    }
    Separate();
    return AppendNumber(value, &text_);
  }
  const auto scaled = static_cast<int64_t>(std::round(value * kScale));
  Separate();
  if (scaled < 0) text_.push_back('-');
  const auto size = static_cast<uint64_t>(std::abs(scaled));
  AppendNumber(size / kScale, &text_);
  const auto fraction = static_cast<unsigned>(size % kScale);
  if (fraction == 0) return;
  text_.push_back('.');
  AppendDigits(fraction, kDecimals, &text_);
  while (text_.back() == '0') text_.pop_back();
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
  chunk->swap(text_);  // so that both keep their memory
  text_.clear();
}

}  // namespace kubemonitor
