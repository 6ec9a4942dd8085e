#ifndef KUBEMONITOR_COMMON_TEXT_H_
#define KUBEMONITOR_COMMON_TEXT_H_

// Text from outside made fit for answers, messages and logs. Process names, labels and request
// parameters may be any bytes.

#include <cstddef>
#include <string>
#include <string_view>

namespace kubemonitor {

// How many leading bytes of `text` are well-formed UTF-8 (RFC 3629: no overlong forms, no
// surrogates, nothing above U+10FFFF).
size_t ValidUtf8PrefixLength(std::string_view text);

inline bool IsValidUtf8(std::string_view text) {
  return ValidUtf8PrefixLength(text) == text.size();
}

// `text` as well-formed UTF-8: each maximal ill-formed piece (Unicode 15, §3.9) becomes one U+FFFD.
// Well-formed text is unchanged, control characters included.
std::string SanitizeUtf8(std::string_view text);

// `value` in single quotes for an error message: at most `max_bytes` of it (an ellipsis says that
// more followed; no character is cut in two), as UTF-8, with control characters, quotes and
// backslashes escaped (\x0A, \', \\).
std::string QuoteForMessage(std::string_view value, size_t max_bytes = 64);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COMMON_TEXT_H_
