#ifndef KUBEMONITOR_APISERVER_KUBERNETES_RFC3339_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_RFC3339_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace kubemonitor {

// "2026-01-02T03:04:05Z", with a fraction ("05.678901Z") or an offset ("+02:00"): Unix
// milliseconds, what is finer cut off. Nullopt: no time of RFC 3339 §5.6, or before 1970.
std::optional<int64_t> ParseRfc3339(std::string_view text);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_RFC3339_H_
