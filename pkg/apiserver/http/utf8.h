// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.

#ifndef KUBEMONITOR_APISERVER_HTTP_UTF8_H_
#define KUBEMONITOR_APISERVER_HTTP_UTF8_H_

#include <cstddef>
#include <string_view>

namespace kubemonitor {

// Length (1 to 4) of the well-formed sequence at the beginning of `text`; 0 if there is none.
size_t Utf8SequenceLength(std::string_view text);

bool IsValidUtf8(std::string_view text);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_HTTP_UTF8_H_
