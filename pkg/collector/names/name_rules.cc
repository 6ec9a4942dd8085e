#include "collector/names/name_rules.h"

#include <algorithm>
#include <cstdint>

namespace kubemonitor {
namespace {

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool IsLabelOfAnyLength(std::string_view text) {
  return !text.empty() && IsLowerOrDigit(text.front()) && IsLowerOrDigit(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsLowerOrDigit(c) || c == '-'; });
}

// Bytes of the UTF-8 character at the start of `text`; 0 if there is none (RFC 3629: no overlong
// forms, no surrogates, at most U+10FFFF).
size_t Utf8Length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const uint8_t second = byte(1);
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
      (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) {
    return 0;
  }
  return length;
}

bool IsControl(std::string_view character) {
  const auto first = static_cast<uint8_t>(character[0]);
  // U+0080 to U+009F are control characters too.
  return first < 0x20 || first == 0x7f ||
         (character.size() == 2 && first == 0xc2 && static_cast<uint8_t>(character[1]) < 0xa0);
}

}  // namespace

bool IsDnsLabel(std::string_view text) { return text.size() <= 63 && IsLabelOfAnyLength(text); }

bool IsDnsSubdomain(std::string_view text) {
  if (text.size() > kMaxPodNameBytes) return false;
  while (true) {
    const size_t dot = text.find('.');
    if (!IsLabelOfAnyLength(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool IsId(std::string_view text) {
  const auto alphanumeric = [](char c) { return IsLowerOrDigit(c) || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && text.size() <= kMaxIdBytes && alphanumeric(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

std::string CleanText(std::string_view text, size_t max_bytes) {
  std::string out;
  out.reserve(std::min(text.size(), max_bytes));
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    const bool odd = length == 0 || IsControl(text.substr(0, length));
    const std::string_view character = odd ? "\xef\xbf\xbd" : text.substr(0, length);
    if (character.size() > max_bytes - out.size()) break;
    out += character;
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

}  // namespace kubemonitor
