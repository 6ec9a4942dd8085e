#include "apiserver/store/byte_codec.h"

#include <algorithm>

namespace kubemonitor {
namespace {

enum class IdForm : uint8_t { kText, kHex, kUuid };
constexpr uint64_t kForms = 3;
constexpr std::string_view kDigits = "0123456789abcdef";
constexpr size_t kUuidLength = 36;

bool IsDash(size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

bool IsDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

uint8_t DigitValue(char c) { return static_cast<uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10); }

IdForm FormOf(std::string_view text) {
  if (text.size() == kUuidLength) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (IsDash(i) ? text[i] != '-' : !IsDigit(text[i])) return IdForm::kText;
    }
    return IdForm::kUuid;
  }
  const bool hex = text.size() % 2 == 0 && std::all_of(text.begin(), text.end(), IsDigit);
  return hex ? IdForm::kHex : IdForm::kText;
}

size_t UnpackedSize(IdForm form, std::string_view bytes) {
  return form == IdForm::kUuid ? kUuidLength : 2 * bytes.size();
}

// Calls `visit` with each digit and where it stands in the text, until that is false.
template <typename Visit>
bool ForEachDigit(IdForm form, std::string_view bytes, const Visit& visit) {
  size_t position = 0;
  for (const char c : bytes) {
    if (form == IdForm::kUuid && IsDash(position)) ++position;
    const auto byte = static_cast<uint8_t>(c);
    if (!visit(position, kDigits[byte >> 4])) return false;
    if (!visit(position + 1, kDigits[byte & 0xf])) return false;
    position += 2;
  }
  return true;
}

}  // namespace

void ByteWriter::Varint(uint64_t value) {
  for (; value >= 0x80; value >>= 7) Byte(static_cast<uint8_t>(value | 0x80));
  Byte(static_cast<uint8_t>(value));
}

// One more than the value, so that 0 says that there is none. The largest value takes a byte more.
void ByteWriter::Optional(const std::optional<uint64_t>& value) {
  if (!value) return Varint(0);
  if (*value >= UINT64_MAX - 1) {
    Varint(UINT64_MAX);
    return Byte(static_cast<uint8_t>(UINT64_MAX - *value));
  }
  Varint(*value + 1);
}

void ByteWriter::Text(std::string_view text) {
  Varint(text.size());
  bytes_.append(text);
}

void ByteWriter::Id(std::string_view text) {
  const IdForm form = FormOf(text);
  const size_t packed = form == IdForm::kText  ? text.size()
                        : form == IdForm::kHex ? text.size() / 2
                                               : 16;
  Varint(packed * kForms + static_cast<uint64_t>(form));
  if (form == IdForm::kText) {
    bytes_.append(text);
    return;
  }
  for (size_t i = 0; i < text.size(); i += 2) {
    if (form == IdForm::kUuid && IsDash(i)) ++i;
    Byte(static_cast<uint8_t>(DigitValue(text[i]) << 4 | DigitValue(text[i + 1])));
  }
}

std::string_view ByteReader::Take(size_t count) {
  const std::string_view taken = left_.substr(0, count);
  left_.remove_prefix(taken.size());
  return taken;
}

uint8_t ByteReader::Byte() {
  const std::string_view byte = Take(1);
  return byte.empty() ? 0 : static_cast<uint8_t>(byte[0]);
}

uint64_t ByteReader::Varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const uint8_t byte = Byte();
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return value;
}

std::optional<uint64_t> ByteReader::Optional() {
  const uint64_t value = Varint();
  if (value == 0) return std::nullopt;
  if (value == UINT64_MAX) return UINT64_MAX - Byte();
  return value - 1;
}

std::string_view ByteReader::Text() { return Take(Varint()); }

std::string_view ByteReader::TakeId(uint64_t* form) {
  const uint64_t head = Varint();
  *form = head % kForms;
  return Take(head / kForms);
}

void ByteReader::SkipId() {
  uint64_t form = 0;
  TakeId(&form);
}

std::string ByteReader::Id() {
  uint64_t form = 0;
  const std::string_view bytes = TakeId(&form);
  const auto id_form = static_cast<IdForm>(form);
  if (id_form == IdForm::kText) return std::string(bytes);
  std::string text(UnpackedSize(id_form, bytes), '-');
  char* out = text.data();
  ForEachDigit(id_form, bytes, [&](size_t position, char digit) {
    out[position] = digit;
    return true;
  });
  return text;
}

bool ByteReader::IsId(std::string_view text) {
  uint64_t form = 0;
  const std::string_view bytes = TakeId(&form);
  const auto id_form = static_cast<IdForm>(form);
  if (id_form == IdForm::kText) return bytes == text;
  if (text.size() != UnpackedSize(id_form, bytes)) return false;
  // The dashes are where they are in any UUID, or the writer had kept the text.
  if (id_form == IdForm::kUuid && FormOf(text) != IdForm::kUuid) return false;
  return ForEachDigit(id_form, bytes,
                      [&](size_t position, char digit) { return text[position] == digit; });
}

}  // namespace kubemonitor
