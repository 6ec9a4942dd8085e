#include "common/text.h"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>

namespace kubemonitor {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";     // U+2026

struct Sequence {
  size_t length = 0;  // bytes that belong together, at least 1
  bool well_formed = false;
};

// What a lead byte asks for. The second byte's range is what excludes overlong forms, surrogates
// and what is above U+10FFFF.
struct LeadByte {
  size_t length = 0;  // 0: not a lead byte
  uint8_t second_low = 0x80;
  uint8_t second_high = 0xBF;
};

LeadByte Classify(uint8_t lead) {
  if (lead < 0x80) return {1};
  if (lead >= 0xC2 && lead <= 0xDF) return {2};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead >= 0xE1 && lead <= 0xEF) return {3};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead >= 0xF1 && lead <= 0xF3) return {4};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0};
}

// `text` is not empty.
Sequence FirstSequence(std::string_view text) {
  const LeadByte lead = Classify(static_cast<uint8_t>(text[0]));
  if (lead.length == 0) return {1, false};
  for (size_t i = 1; i < lead.length; ++i) {
    if (i >= text.size()) return {i, false};
    const auto byte = static_cast<uint8_t>(text[i]);
    const uint8_t low = i == 1 ? lead.second_low : 0x80;
    const uint8_t high = i == 1 ? lead.second_high : 0xBF;
    if (byte < low || byte > high) return {i, false};
  }
  return {lead.length, true};
}

void AppendForMessage(std::string_view character, std::string* out) {
  const auto byte = static_cast<uint8_t>(character[0]);
  if (character.size() > 1) {
    out->append(character);
  } else if (byte < 0x20 || byte == 0x7F) {
    fmt::format_to(std::back_inserter(*out), "\\x{:02X}", byte);
  } else {
    if (byte == '\'' || byte == '\\') out->push_back('\\');
    out->push_back(character[0]);
  }
}

}  // namespace

size_t ValidUtf8PrefixLength(std::string_view text) {
  size_t offset = 0;
  while (offset < text.size()) {
    const Sequence sequence = FirstSequence(text.substr(offset));
    if (!sequence.well_formed) break;
    offset += sequence.length;
  }
  return offset;
}

std::string SanitizeUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t valid = ValidUtf8PrefixLength(text);
    out.append(text.substr(0, valid));
    text.remove_prefix(valid);
    if (text.empty()) break;
    out.append(kReplacement);
    text.remove_prefix(FirstSequence(text).length);
  }
  return out;
}

std::string QuoteForMessage(std::string_view value, size_t max_bytes) {
  std::string out = "'";
  size_t offset = 0;
  while (offset < value.size()) {
    const Sequence sequence = FirstSequence(value.substr(offset));
    if (offset + sequence.length > max_bytes) break;
    if (sequence.well_formed) {
      AppendForMessage(value.substr(offset, sequence.length), &out);
    } else {
      out.append(kReplacement);
    }
    offset += sequence.length;
  }
  if (offset < value.size()) out.append(kEllipsis);
  out.push_back('\'');
  return out;
}

}  // namespace kubemonitor
