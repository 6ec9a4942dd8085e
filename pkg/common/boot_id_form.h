#ifndef KUBEMONITOR_COMMON_BOOT_ID_FORM_H_
#define KUBEMONITOR_COMMON_BOOT_ID_FORM_H_

// Boot ids are UUIDs as the kernel writes them (/proc/sys/kernel/random/boot_id): 36 characters of
// text, 16 bytes in a series block.
//
// 5a1d6e0c-3b0f-4c57-9a2e-0f4f7d8c1b2a

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace kubemonitor {

inline constexpr size_t kUuidBytes = 16;

// The bytes of a UUID in lower case with its four dashes. Nullopt: `text` is anything else.
std::optional<std::string> UuidBytes(std::string_view text);
// The text of kUuidBytes bytes.
std::string UuidText(std::string_view bytes);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COMMON_BOOT_ID_FORM_H_
