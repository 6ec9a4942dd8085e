#ifndef KUBEMONITOR_APISERVER_KUBERNETES_QUANTITY_H_
#define KUBEMONITOR_APISERVER_KUBERNETES_QUANTITY_H_

// Quantities as Kubernetes writes them: "500m", "1.5", "128Mi", "1e3", "2E"
// (apimachinery pkg/api/resource):
//
//   quantity = [+-] (digits [. [digits]] | . digits) suffix
//   suffix   = Ki Mi Gi Ti Pi Ei | n u m "" k M G T P E | (e | E) [+-] digits
//
// What is finer than the unit asked for is rounded away from zero, what is larger than an int64
// holds is the largest one. Nullopt: no quantity.

#include <cstdint>
#include <optional>
#include <string_view>

namespace kubemonitor {

std::optional<int64_t> QuantityValue(std::string_view text);   // "1.5Ki" → 1536, "100m" → 1
std::optional<int64_t> QuantityMillis(std::string_view text);  // "1.5" → 1500, "100u" → 1

}  // namespace kubemonitor

#endif  // KUBEMONITOR_APISERVER_KUBERNETES_QUANTITY_H_
