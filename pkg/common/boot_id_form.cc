#include "common/boot_id_form.h"

namespace kubemonitor {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr size_t kTextLength = 36;

// Before which byte of the sixteen there is a dash.
constexpr bool DashBefore(size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

}  // namespace

std::optional<std::string> UuidBytes(std::string_view text) {
  if (text.size() != kTextLength) return std::nullopt;
  std::string bytes;
  for (size_t i = 0; bytes.size() < kUuidBytes; i += 2) {
    if (DashBefore(bytes.size()) && text[i++] != '-') return std::nullopt;
    const size_t high = kDigits.find(text[i]);
    const size_t low = kDigits.find(text[i + 1]);
    if (high == kDigits.npos || low == kDigits.npos) return std::nullopt;
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return bytes;
}

std::string UuidText(std::string_view bytes) {
  std::string text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (DashBefore(i)) text.push_back('-');
    const auto byte = static_cast<unsigned char>(bytes[i]);
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 0xF]);
  }
  return text;
}

}  // namespace kubemonitor
