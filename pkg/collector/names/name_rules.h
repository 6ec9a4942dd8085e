#ifndef KUBEMONITOR_COLLECTOR_NAMES_NAME_RULES_H_
#define KUBEMONITOR_COLLECTOR_NAMES_NAME_RULES_H_

// What a name may look like before it is believed: runtimes and directories are written by others.
// Pure functions.

#include <cstddef>
#include <string>
#include <string_view>

namespace kubemonitor {

inline constexpr size_t kMaxPodNameBytes = 253;  // of pods and namespaces
inline constexpr size_t kMaxContainerNameBytes = 253;
inline constexpr size_t kMaxIdBytes = 128;  // container ids have 64, uids 36 or 32

// DNS-1123 label: 1 to 63 of [a-z0-9-], alphanumeric at both ends. Namespaces and containers.
bool IsDnsLabel(std::string_view text);
// DNS-1123 subdomain: labels of any length joined by dots, at most 253 in all. Pods.
bool IsDnsSubdomain(std::string_view text);
// Pod uids and container ids: 1 to 128 of [A-Za-z0-9._-], beginning with a letter or digit.
bool IsId(std::string_view text);

// `text` as UTF-8: bytes that are none, and control characters, become U+FFFD. As many characters
// of it as fit into `max_bytes`.
std::string CleanText(std::string_view text, size_t max_bytes = std::string_view::npos);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_NAMES_NAME_RULES_H_
