#ifndef KUBEMONITOR_WIRE_REPORT_CODEC_H_
#define KUBEMONITOR_WIRE_REPORT_CODEC_H_

// Between the plain structs of common/node_report.h and the messages of api/proto/metrics.proto
// (the collector's form).
//
// Encoding never fails. Texts are cut to the limits of wire/limits.h and made valid UTF-8 where the
// message wants a string. Decoding believes nothing: counts are checked before anything is
// allocated for them, and an error says which field is wrong. Column numbers that are not known (a
// newer sender's) are skipped. Thread-safe: pure functions.

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "common/node_report.h"

namespace kubemonitor {

namespace v1 {
class Identity;
class MetricsRequest;
class Tick;
}  // namespace v1

inline constexpr uint32_t kProtocolVersion = 1;

void EncodeIdentity(const Identity& identity, v1::Identity* out);
// Columns: only series that an object has. Neither node_details nor object_details.
void EncodeTickValues(const Tick& tick, v1::Tick* out);
// Only node_details and object_details: the two serialized one after the other are one message.
void EncodeTickDetails(const Tick& tick, v1::Tick* out);
// The whole request; details as the ticks have them.
void EncodeReport(const NodeReport& report, v1::MetricsRequest* out);

// InvalidArgument names field and limit. Names are checked for length and UTF-8, not for
// Kubernetes' alphabet.
absl::StatusOr<Identity> DecodeIdentity(const v1::Identity& message);
absl::StatusOr<Tick> DecodeTick(const v1::Tick& message);
// The fields of the request beside ticks and identities.
absl::StatusOr<NodeReport> DecodeHeader(const v1::MetricsRequest& message);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_WIRE_REPORT_CODEC_H_
