#include "wire/message_field.h"

namespace kubemonitor {

void AppendMessageField(std::string* out, uint32_t number, std::string_view content,
                        std::string_view more) {
  constexpr uint32_t kLengthDelimited = 2;
  out->push_back(static_cast<char>(number << 3 | kLengthDelimited));
  size_t length = content.size() + more.size();
  for (; length >= 0x80; length >>= 7) out->push_back(static_cast<char>(length | 0x80));
  out->push_back(static_cast<char>(length));
  out->append(content);
  out->append(more);
}

}  // namespace kubemonitor
