#ifndef KUBEMONITOR_COLLECTOR_NAMES_CRI_MESSAGES_H_
#define KUBEMONITOR_COLLECTOR_NAMES_CRI_MESSAGES_H_

// A runtime's replies, read into the plain structs of cri_runtime.h. Pure functions of the bytes.
//
// Lists are read item by item, so that neither a long list nor a hostile one is ever held as
// messages, and an item that cannot be read costs only itself. kDataLoss: the bytes are no such
// reply.

#include <absl/status/statusor.h>

#include <cstddef>
#include <optional>

#include "collector/names/cri_runtime.h"

namespace google::protobuf::io {
class ZeroCopyInputStream;
}

namespace kubemonitor {

inline constexpr int kMaxReplyBytes = 16 << 20;  // as containerd and the kubelet have it
inline constexpr size_t kMaxItems = 20000;
inline constexpr size_t kMaxItemBytes = 1 << 20;  // annotations alone may be 256 KiB
inline constexpr size_t kMaxLabels = 128;
inline constexpr size_t kMaxLabelKeyBytes = 317;  // prefix 253, '/', name 63
inline constexpr size_t kMaxLabelValueBytes = 63;
inline constexpr size_t kMaxVersionBytes = 64;

absl::StatusOr<CriVersion> ReadVersion(google::protobuf::io::ZeroCopyInputStream* reply);
absl::StatusOr<CriList<CriSandbox>> ReadSandboxes(google::protobuf::io::ZeroCopyInputStream* reply);
absl::StatusOr<CriList<CriContainer>> ReadContainers(
    google::protobuf::io::ZeroCopyInputStream* reply);
absl::StatusOr<std::optional<bool>> ReadUsesHostNetwork(
    google::protobuf::io::ZeroCopyInputStream* reply);

}  // namespace kubemonitor

#endif  // KUBEMONITOR_COLLECTOR_NAMES_CRI_MESSAGES_H_
