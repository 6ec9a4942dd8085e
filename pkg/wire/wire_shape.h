#ifndef KUBEMONITOR_WIRE_WIRE_SHAPE_H_
#define KUBEMONITOR_WIRE_WIRE_SHAPE_H_

// A look at serialized bytes before they are parsed. Two bytes on the wire can become a message of
// 100 bytes in memory, so 16 MiB of hostile bytes would parse into a gigabyte; this counts what is
// inside, without allocating anything.

#include <absl/status/status.h>

#include <string_view>

namespace kubemonitor {

// InvalidArgument: no serialized MetricsRequest, or more of something than wire/limits.h allows;
// the message says what and the limit.
absl::Status CheckRequestShape(std::string_view bytes);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_WIRE_WIRE_SHAPE_H_
