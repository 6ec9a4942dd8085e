#ifndef KUBEMONITOR_COLLECTOR_READERS_TEXT_H_
#define KUBEMONITOR_COLLECTOR_READERS_TEXT_H_

// Cutting kernel text: pure functions on views, no copies.

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kubemonitor {

// The whole of `text` as a decimal number; nullopt if it is empty, has another character, or does
// not fit.
inline std::optional<uint64_t> ParseUint(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Cuts the next line off `rest` (without its newline). False when nothing is left.
inline bool NextLine(std::string_view& rest, std::string_view& line) {
  if (rest.empty()) return false;
  const size_t end = rest.find('\n');
  line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return true;
}

// Cuts the next word (between blanks and tabs) off `rest`. False when nothing is left.
inline bool NextWord(std::string_view& rest, std::string_view& word) {
  // Loops of their own: find_first_of makes a call a character, and this is on the way of every
  // tick.
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  size_t start = 0;
  while (start < rest.size() && is_blank(rest[start])) ++start;
  if (start == rest.size()) return false;
  size_t end = start;
  while (end < rest.size() && !is_blank(rest[end])) ++end;
  word = rest.substr(start, end - start);
  rest.remove_prefix(end);
  return true;
}

inline std::string_view Trim(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_TEXT_H_
