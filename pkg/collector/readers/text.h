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
  const size_t start = rest.find_first_not_of(" \t");
  if (start == std::string_view::npos) return false;
  rest.remove_prefix(start);
  const size_t end = rest.find_first_of(" \t");
  word = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end);
  return true;
}

inline std::string_view Trim(std::string_view text) {
  const size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(" \t\r\n") - start + 1);
}

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_READERS_TEXT_H_
