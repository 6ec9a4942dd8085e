#include "apiserver/rest/continue_token.h"

#include <absl/status/status.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace kubemonitor {
namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kMaxTokenBytes = 8192;
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// FNV-1a: any one changed byte changes it.
uint64_t Hash(std::string_view bytes, uint64_t seed = 0xCBF29CE484222325u) {
  for (const char c : bytes) seed = (seed ^ static_cast<uint8_t>(c)) * 0x100000001B3u;
  return seed;
}

std::string Base64Url(std::string_view bytes) {
  std::string text;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<uint8_t>(c);
    for (count += 8; count >= 6; count -= 6) text += kAlphabet[bits >> (count - 6) & 63];
  }
  if (count > 0) text += kAlphabet[bits << (6 - count) & 63];
  return text;
}

std::optional<std::string> FromBase64Url(std::string_view text) {
  std::string bytes;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 0xFF);
    }
  }
  // Left-over bits belong to no byte: one text for each token.
  if (count == 6 || (bits & ((1u << count) - 1)) != 0) return std::nullopt;
  return bytes;
}

void Put64(uint64_t value, std::string* out) {
  for (int shift = 0; shift < 64; shift += 8) out->push_back(static_cast<char>(value >> shift));
}

uint64_t Take64(std::string_view* bytes) {  // `bytes` has at least 8
  uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = value << 8 | static_cast<uint8_t>((*bytes)[i]);
  bytes->remove_prefix(8);
  return value;
}

constexpr size_t kHeadBytes = 2 + 5 * 8;  // version, flag, five numbers
constexpr size_t kChecksumBytes = 8;

}  // namespace

std::string EncodeContinueToken(const ContinueToken& token) {
  std::string bytes;
  bytes.push_back(static_cast<char>(kVersion));
  bytes.push_back(token.after.value ? 1 : 0);
  Put64(token.instance, &bytes);
  Put64(token.list_hash, &bytes);
  Put64(static_cast<uint64_t>(token.tick_ms), &bytes);
  Put64(static_cast<uint64_t>(token.issued_ms), &bytes);
  Put64(std::bit_cast<uint64_t>(token.after.value.value_or(0.0)), &bytes);
  bytes += token.after.name;
  Put64(Hash(bytes), &bytes);
  return Base64Url(bytes);
}

absl::StatusOr<ContinueToken> DecodeContinueToken(std::string_view text) {
  absl::Status not_a_token =
      absl::InvalidArgumentError("it is not what an earlier answer gave as \"continue\"");
  if (text.size() > kMaxTokenBytes) return not_a_token;
  const std::optional<std::string> decoded = FromBase64Url(text);
  if (!decoded || decoded->size() < kHeadBytes + kChecksumBytes) return not_a_token;
  std::string_view bytes = *decoded;
  std::string_view checksum = bytes.substr(bytes.size() - kChecksumBytes);
  bytes.remove_suffix(kChecksumBytes);
  if (Take64(&checksum) != Hash(bytes)) return not_a_token;
  const auto version = static_cast<uint8_t>(bytes[0]);
  const auto has_value = static_cast<uint8_t>(bytes[1]);
  if (version != kVersion || has_value > 1) return not_a_token;
  bytes.remove_prefix(2);
  ContinueToken token;
  token.instance = Take64(&bytes);
  token.list_hash = Take64(&bytes);
  token.tick_ms = static_cast<int64_t>(Take64(&bytes));
  token.issued_ms = static_cast<int64_t>(Take64(&bytes));
  const auto value = std::bit_cast<double>(Take64(&bytes));
  if (!std::isfinite(value)) return not_a_token;
  if (has_value == 1) token.after.value = value;
  token.after.name = bytes;
  return token;
}

std::string ListQuestion(const Route& route, const std::vector<std::string>& arguments,
                         const NameValueList& query) {
  std::vector<std::string> parts(arguments);
  std::vector<std::string> pairs;
  for (const auto& [name, value] : query) {
    const std::optional<Parameter> parameter = ParameterFromName(name);
    if (parameter == Parameter::kContinue || parameter == Parameter::kLimit ||
        parameter == Parameter::kOffset) {
      continue;
    }
    std::string& pair = pairs.emplace_back(name);
    (pair += '=') += value;
  }
  std::sort(pairs.begin(), pairs.end());
  parts.insert(parts.end(), pairs.begin(), pairs.end());
  std::string question(route.path);
  // NUL separates: parameters and names are free of it.
  for (const std::string& part : parts) (question += '\0') += part;
  return question;
}

uint64_t ListHash(std::string_view question) { return Hash(question); }

}  // namespace kubemonitor
