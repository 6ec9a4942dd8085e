#include "apiserver/store/packed_identity.h"

#include "apiserver/store/byte_codec.h"
#include "common/bit_stream.h"

namespace kubemonitor {
namespace {

// The first byte: kind, QoS class, network; the second: the container's type.
constexpr int kQosShift = 2;
constexpr uint8_t kKindBits = 3, kQosBits = 3, kHostNetwork = 1 << 4;

std::optional<int64_t> ReadStart(ByteReader* own) {
  const std::optional<uint64_t> started = own->Optional();
  if (!started) return std::nullopt;
  return static_cast<int64_t>(UnZigZag(*started));
}

// All that stands before the restarts.
void PassNumbers(ByteReader* own) {
  own->Byte();
  own->Byte();
  own->Optional();
  own->Varint();
  own->Varint();
}

}  // namespace

PackedIdentity::PackedIdentity(const Identity& identity, Interner* interner) {
  ByteWriter own;
  own.Byte(static_cast<uint8_t>(static_cast<uint8_t>(identity.kind) |
                                static_cast<uint8_t>(identity.qos_class) << kQosShift |
                                (identity.host_network ? kHostNetwork : 0)));
  own.Byte(static_cast<uint8_t>(identity.container_type));
  own.Optional(identity.started_at_ms ? std::optional(ZigZag(*identity.started_at_ms))
                                      : std::nullopt);
  own.Varint(identity.object);
  own.Varint(identity.pod_object);
  own.Optional(identity.restart_count);
  if (!identity.container_id.empty() || !identity.container_name.empty()) {
    own.Id(identity.container_id);
    own.Text(identity.container_name);
  }
  own_ = SharedBytes(own.bytes());

  ByteWriter pod;
  pod.Text(identity.namespace_name);
  pod.Text(identity.pod_name);
  pod.Id(identity.pod_uid);
  pod_ = interner->Intern(pod.bytes());

  ByteWriter labels;
  for (const auto& [key, value] : identity.labels) {
    labels.Text(key);
    labels.Text(value);
  }
  labels_ = interner->Intern(labels.bytes());
}

Identity PackedIdentity::Unpack() const {
  Identity identity;
  ByteReader own(own_.view());
  const uint8_t flags = own.Byte();
  identity.kind = static_cast<ObjectKind>(flags & kKindBits);
  identity.qos_class = static_cast<QosClass>(flags >> kQosShift & kQosBits);
  identity.host_network = (flags & kHostNetwork) != 0;
  identity.container_type = static_cast<ContainerType>(own.Byte());
  identity.started_at_ms = ReadStart(&own);
  identity.object = static_cast<uint32_t>(own.Varint());
  identity.pod_object = static_cast<uint32_t>(own.Varint());
  if (const auto count = own.Optional()) identity.restart_count = static_cast<uint32_t>(*count);
  if (!own.AtEnd()) {
    identity.container_id = own.Id();
    identity.container_name = own.Text();
  }
  ByteReader pod(pod_.view());
  identity.namespace_name = pod.Text();
  identity.pod_name = pod.Text();
  identity.pod_uid = pod.Id();
  for (ByteReader labels(labels_.view()); !labels.AtEnd();) {
    std::string key(labels.Text());
    identity.labels.emplace_hint(identity.labels.end(), std::move(key), labels.Text());
  }
  return identity;
}

ObjectKind PackedIdentity::kind() const {
  return static_cast<ObjectKind>(ByteReader(own_.view()).Byte() & kKindBits);
}

ContainerType PackedIdentity::container_type() const {
  ByteReader own(own_.view());
  own.Byte();
  return static_cast<ContainerType>(own.Byte());
}

std::optional<int64_t> PackedIdentity::started_at_ms() const {
  ByteReader own(own_.view());
  own.Byte();
  own.Byte();
  return ReadStart(&own);
}

std::optional<uint32_t> PackedIdentity::restart_count() const {
  ByteReader own(own_.view());
  PassNumbers(&own);
  const std::optional<uint64_t> count = own.Optional();
  if (!count) return std::nullopt;
  return static_cast<uint32_t>(*count);
}

std::string PackedIdentity::container_name_or_id() const {
  ByteReader own(own_.view());
  PassNumbers(&own);
  own.Optional();
  if (own.AtEnd()) return "";
  std::string id = own.Id();
  const std::string_view name = own.Text();
  return name.empty() ? id : std::string(name);
}

std::string_view PackedIdentity::namespace_name() const { return ByteReader(pod_.view()).Text(); }

std::string_view PackedIdentity::pod_name() const {
  ByteReader pod(pod_.view());
  pod.Text();
  return pod.Text();
}

}  // namespace kubemonitor
