#include "apiserver/kubernetes/rfc3339.h"

#include <chrono>

namespace kubemonitor {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes `count` digits off the front.
std::optional<int> TakeNumber(std::string_view* text, size_t count) {
  if (text->size() < count) return std::nullopt;
  int value = 0;
  for (const char c : text->substr(0, count)) {
    if (!IsDigit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text->remove_prefix(count);
  return value;
}

bool TakeLetter(std::string_view* text, char upper, char lower) {
  if (text->empty() || (text->front() != upper && text->front() != lower)) return false;
  text->remove_prefix(1);
  return true;
}
bool TakeLetter(std::string_view* text, char letter) { return TakeLetter(text, letter, letter); }

// "2026-01-02": days since 1970.
std::optional<int64_t> TakeDate(std::string_view* text) {
  const auto year = TakeNumber(text, 4);
  if (!year || !TakeLetter(text, '-')) return std::nullopt;
  const auto month = TakeNumber(text, 2);
  if (!month || !TakeLetter(text, '-')) return std::nullopt;
  const auto day = TakeNumber(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

// "03:04", in minutes.
std::optional<int64_t> TakeMinutes(std::string_view* text) {
  const auto hours = TakeNumber(text, 2);
  if (!hours || *hours > 23 || !TakeLetter(text, ':')) return std::nullopt;
  const auto minutes = TakeNumber(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  return *hours * 60 + *minutes;
}

// ".678901", or nothing.
std::optional<int64_t> TakeFractionMs(std::string_view* text) {
  if (!TakeLetter(text, '.')) return 0;
  int64_t ms = 0;
  int64_t scale = 100;
  if (text->empty() || !IsDigit(text->front())) return std::nullopt;
  for (; !text->empty() && IsDigit(text->front()); text->remove_prefix(1), scale /= 10) {
    ms += (text->front() - '0') * scale;
  }
  return ms;
}

// "Z" or "+02:00", up to the end, in minutes.
std::optional<int64_t> TakeOffset(std::string_view* text) {
  if (TakeLetter(text, 'Z', 'z')) return text->empty() ? std::optional<int64_t>(0) : std::nullopt;
  const bool west = text->starts_with('-');
  if (!TakeLetter(text, '+', '-')) return std::nullopt;
  const auto minutes = TakeMinutes(text);
  if (!minutes || !text->empty()) return std::nullopt;
  return west ? -*minutes : *minutes;
}

}  // namespace

std::optional<int64_t> ParseRfc3339(std::string_view text) {
  const auto days = TakeDate(&text);
  if (!days || !TakeLetter(&text, 'T', 't')) return std::nullopt;
  const auto minutes = TakeMinutes(&text);
  if (!minutes || !TakeLetter(&text, ':')) return std::nullopt;
  const auto seconds = TakeNumber(&text, 2);
  if (!seconds || *seconds > 60) return std::nullopt;  // 60: a leap second
  const auto fraction_ms = TakeFractionMs(&text);
  if (!fraction_ms) return std::nullopt;
  const auto offset = TakeOffset(&text);
  if (!offset) return std::nullopt;
  const int64_t ms = ((*days * 1440 + *minutes - *offset) * 60 + *seconds) * 1000 + *fraction_ms;
  return ms < 0 ? std::nullopt : std::optional(ms);
}

}  // namespace kubemonitor
